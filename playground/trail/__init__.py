"""The screens a person came through: undo, redo and reset, by button and by keys, and experiments that are whole screens.

A screen is what its address says. `trail.js` keeps the last 20 of each page in the browser and turns to one of them as the
browser's back button does, upon which Streamlit sets every widget and `session.open_page` forgets what was of the other.
When a tab is left, it says in a cookie whose it was: reloaded, it finds its runs again (`runs.open_run`).
A page has one entry in the browser's own history, so that its back button leaves the page at the first press.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from playground import session

HERE = Path(__file__).parent
TRY = "try"
"""Marks a link to an experiment, which is turned to: the settings it does not name get their defaults."""


def offer(*, buttons: bool) -> str:
    """Watch the address from here on; with `buttons`, draw those that undo, redo and reset.

    Returns the `owner` of the session that this very page had until its connection dropped, once after that; else "".
    """
    data = {"buttons": buttons, "mark": TRY, "page": session.page(), "tab": session.owner(), "turn": session.turn()}
    return _component()(key="trail", data=data, width="content", on_ended_change=_nothing).ended or ""


def _nothing() -> None:
    """Streamlit needs a callback to read what a component says."""


@cache
def _component() -> Any:
    html, css, js = ((HERE / f"trail.{kind}").read_text("utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("trail", html=html, css=css, js=js)
