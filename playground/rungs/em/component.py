"""Which component the closer looks speak of: one control, wherever it is needed."""

import streamlit as st


def words(k: int) -> tuple[str, ...]:
    """The components' names on buttons."""
    return tuple(str(i) for i in range(1, k + 1))


def choose(k: int) -> int:
    """The control, and the chosen component, from 0."""
    if k == 1:
        return 0
    chosen = st.segmented_control(
        "Component", words(k), default="1", key="component", bind="query-params", required=True
    )
    return int(chosen or 1) - 1
