"""What pages and commands ask for: running analyses, keeping recordings and results, applying corrections. No streamlit here."""
