"""The dashboard's entry: `streamlit run app.py`. Page set-up and navigation only.

Imported by the server it is the application with the recording page's own routes; run by it, for each view, it is the page.
"""

import streamlit as st

from gait.ui import nav, theme
from gait.ui.pages import record
from gait.ui.parts import desk

if __name__ == "__main__":
    st.set_page_config(page_title="gait", page_icon=str(theme.MARK), layout="wide", menu_items={})
    theme.apply()
    st.navigation(list(nav.pages().values()), position="top").run()
    theme.footer()
else:
    desk.warm()
    app = st.App(__file__, routes=record.routes())
