"""The dashboard: pages that show a result folder and ask `services` for everything else. The only part of gait that imports streamlit."""
