"""The dashboard: pages that arrange what a result folder holds. The only part of gait that imports streamlit."""
