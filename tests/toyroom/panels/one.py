"""A panel."""

import streamlit as st


def show(screen, step):
    st.markdown(f"one: {screen}, {step}")
