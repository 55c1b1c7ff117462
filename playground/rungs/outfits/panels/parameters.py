"""Parameters: the numbers of the independent product as bars, with the counts they come from and the truth as marks."""

import numpy as np
import streamlit as st

from core.categorical.rows import counted
from core.categorical.truth import MARGINS
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from playground import plot, session
from playground.rungs.outfits import charts
from playground.rungs.outfits.screen import NAME, Screen


def show(screen: Screen, step: object) -> None:
    """The panel."""
    alpha, n = screen.asked.alpha, len(screen.rows)
    counts = counted(screen.rows.codes, screen.rows.sizes)
    places = st.columns(len(ATTRIBUTES), gap="small")
    for place, name, values, seen, truth in zip(places, ATTRIBUTES, VALUES, counts, MARGINS, strict=True):
        p = (seen + alpha) / (n + alpha * len(values))
        drawn = charts.bars(values, seen, p, np.array(truth), name, session.dark())
        plot.show(drawn, f"{NAME}.bars.{name}", charts.bars_alt(name, values, seen, p), place)
    st.caption(
        f"Independent: (count + {alpha:g}) / ({n:,} + {alpha:g} × values) in orange, with the counts beside the bars and the "
        f"truth as green marks. Of each feature one number follows from the others: {sum(map(len, VALUES))} bars, "
        f"{sum(map(len, VALUES)) - len(VALUES)} free parameters. The full table has a bar for each of 4,032 outfits."
    )
