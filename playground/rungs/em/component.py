"""Which component the closer looks speak of: one control, wherever it is needed."""

import streamlit as st

from playground import session


def words(k: int) -> tuple[str, ...]:
    """The components' names on buttons."""
    return tuple(str(i) for i in range(1, k + 1))


def choose(k: int, first: int = 0) -> int:
    """The control, and the chosen component, from 0; it opens on the `first`."""
    if k == 1:
        return 0
    opened = str(first + 1)
    session.settle("component", words(k), opened)
    chosen = st.segmented_control(
        "Component", words(k), default=opened, key="component", bind="query-params", required=True
    )
    return int(chosen or opened) - 1
