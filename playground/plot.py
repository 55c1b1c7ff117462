"""A chart on the page, in a place that is as high as the chart from the moment it is named."""

from typing import Any, Literal

import streamlit as st


def show(chart: Any, key: str, alt: str, where: Any = st, width: Literal["stretch", "content"] = "stretch") -> None:
    """An Altair chart, in the page or in the block `where`.

    Streamlit gives a chart no height before it is drawn, so that what follows would jump when it is. One of several cells
    (a facet) has no height of its own; it needs a place that is kept.
    """
    height = getattr(chart, "height", None)
    tall = height if isinstance(height, int) else "content"
    where.altair_chart(chart, key=key, alt=alt, width=width, height=tall)
