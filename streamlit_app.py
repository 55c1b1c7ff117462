"""The entry: page settings, then the chosen page."""

import streamlit as st

from playground import frame

st.set_page_config(page_title=frame.NAME, page_icon=frame.ICON, layout="wide", initial_sidebar_state=220)
frame.show()
