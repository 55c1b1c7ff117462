"""The outfits: all that are seen, row by row, to be changed, left out or added to by hand."""

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Int

from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from core.data.renderers.outfits import COUNTS, render
from playground import image, session
from playground.instruments.easel import bytes_of
from playground.rungs.outfits import files, seen
from playground.rungs.outfits.screen import NAME, Screen
from playground.shown.files import sheet

ACROSS = 10


def show(screen: Screen, step: object) -> None:
    """The panel."""
    n = len(screen.rows)
    if n > seen.MOST:
        st.caption(
            f"Up to {seen.MOST} outfits can be changed by hand, and {n:,} are seen. See fewer, and they are listed here."
        )
        return
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        if len(screen.rows):
            codes = screen.rows.codes
            image.show(sheet(bytes_of(render(codes)) / 255, ACROSS), f"All {n} outfits that are seen", "stretch")
        if screen.edited:
            st.button("Draw them anew", key="anew", icon=":material/refresh:", on_click=seen.put, args=(None,))
            st.caption("Changed by hand: the link holds every one of them. The truth is still the law of the controls.")
    with left:
        change(screen)


def change(screen: Screen) -> None:
    """The rows as a table that a hand changes; each change is counted at once."""
    columns = {
        name: st.column_config.SelectboxColumn(name, options=list(values), required=True)
        for name, values in zip(ATTRIBUTES, VALUES, strict=True)
    }
    key = f"{NAME}.rows.{screen.rows.digest}.{session.turn()}"
    told = st.data_editor(
        files.frame(screen.rows.codes), num_rows="dynamic", hide_index=True, column_config=columns, key=key, height=420
    )
    codes, unfinished = as_codes(told)
    st.caption(
        "Change a cell, or add a row: the models are counted anew. Mark rows at their left and press delete to leave them out."
        + (f" {unfinished} unfinished: a row counts once all five are chosen." if unfinished else "")
    )
    if not len(codes):
        st.warning("At least one outfit must be seen; what is on show is still counted from the rows before.")
    elif len(codes) > seen.MOST:
        st.warning(f"Up to {seen.MOST} outfits can be changed by hand; leave some out.")
    elif not np.array_equal(codes, screen.rows.codes):
        seen.put(codes, seen.mark(screen.asked, screen.seed))
        st.rerun(scope="app")


def as_codes(table: pd.DataFrame) -> tuple[Int[np.ndarray, "n 5"], int]:
    """The outfits of a table in words, and how many of its rows are not finished."""
    places = [{word: i for i, word in enumerate(values)} for values in VALUES]
    found = [[places[j].get(word, -1) for j, word in enumerate(row)] for row in table.itertuples(index=False)]
    codes = np.array(found, dtype=np.int64).reshape(-1, len(COUNTS))
    whole = (codes >= 0).all(axis=1)
    return codes[whole], int((~whole).sum())
