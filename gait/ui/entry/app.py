"""The script that Streamlit runs: once for each view it is the page; imported by the server it is the application.

It has a folder of its own: Streamlit puts the script's folder on the path, and would take `pages/` beside it for its own menu.
"""

import streamlit as st

from gait.ui import app as dashboard

if __name__ == "__main__":
    dashboard.show()
else:
    app = st.App(__file__, **dashboard.server())
