"""All instruments behind one server: `/?app=stage` (or easel, pad) and the mode of that harness."""

import streamlit as st

from tests.browser.apps import easel_app, pad_app, stage_app

HARNESSES = {"stage": stage_app, "easel": easel_app, "pad": pad_app}

if __name__ == "__main__":
    HARNESSES[st.query_params["app"]].main()
