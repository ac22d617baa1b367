"""The dashboard's entry: `streamlit run app.py`. Page set-up and navigation only."""

import streamlit as st

from gait.ui import nav, theme

st.set_page_config(page_title="gait", page_icon=str(theme.MARK), layout="wide", menu_items={})
theme.apply()
st.navigation(list(nav.pages().values()), position="top").run()
theme.footer()
