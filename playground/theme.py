"""Light and dark while one looks: charts are painted here, so a theme switched in the browser must be told to the page.

Streamlit repaints its own widgets when the theme changes and runs no script. `follow` mounts a component without a face
that is called then; where its own finding differs from what the script knew, it asks for one run, and nothing else moves.
"""

from functools import cache
from typing import Any

import streamlit as st

from playground import session

SCRIPT = """
const told = new WeakMap();
export default function ({data, parentElement, setTriggerValue}) {
  const style = getComputedStyle(parentElement.host ?? parentElement);
  const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  paint.fillStyle = style.getPropertyValue("--st-background-color").trim() || "#fff";
  paint.fillRect(0, 0, 1, 1);
  const [r, g, b] = paint.getImageData(0, 0, 1, 1).data, dark = 0.299 * r + 0.587 * g + 0.114 * b < 128;
  if (dark === data.dark || told.get(parentElement) === dark) return;  // known, or asked for already
  told.set(parentElement, dark);
  setTriggerValue("switched", dark);
}
"""


def follow() -> None:
    """Run the page again when the person's theme changes."""
    _component()(key="theme", data={"dark": session.dark()}, on_switched_change=_nothing)


@cache
def _component() -> Any:
    return st.components.v2.component("theme", js=SCRIPT)


def _nothing() -> None:
    """The report itself runs the page."""
