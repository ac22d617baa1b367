"""`streamlit run app.py` in a checkout: the dashboard, as `gait app` of an installed gait serves it."""

import streamlit as st

from gait.ui import app as dashboard

app = st.App(dashboard.SCRIPT, **dashboard.server())
