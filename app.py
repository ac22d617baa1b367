"""`streamlit run app.py` in a checkout: the dashboard, whose entry is `gait/ui/app.py`."""

import streamlit as st

from gait.ui import app as dashboard

app = st.App(dashboard.__file__, routes=dashboard.routes(), lifespan=dashboard.life)
