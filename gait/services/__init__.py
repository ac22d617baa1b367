"""What pages and commands ask for: analyses, recordings, results, corrections. No streamlit here."""
