"""A panel."""

import streamlit as st


def show(screen, step):
    st.markdown(f"two: {screen}, {step}")
