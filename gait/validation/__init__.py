"""`gait validate`: compares results with clips whose truth is known, and writes the accuracy page."""
