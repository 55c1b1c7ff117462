"""A table of one's own on the page of outfits: read once, asked about where it leaves something open, and counted."""

import streamlit as st

from core.categorical import admit
from core.categorical.rows import Rows
from core.data.examine import ClinicError
from core.data.read import ReadError, Table, read
from core.key import Key
from playground import controls, session
from playground.rungs.outfits.screen import NAME, Screen
from playground.shelf import ways
from playground.shelf.reading import offer_again, read_once

TYPES = ["csv", "tsv", "txt", "parquet"]
APART, MERGED = "keep apart", "merge"
LEVEL, OUT = "a level", "leave rows out"
FIRST = 12  # columns that are counted unless others are chosen


def table_rows(screen: Screen) -> Rows:
    """The rows of a file, or, before there are any and while a file cannot be used, those that stood there before."""
    file = st.file_uploader("Your table of categories (CSV, TSV, Parquet; at most 20 MB)", TYPES, key="table_file")
    last: Rows = session.recall(f"{NAME}.own", lambda: None) or screen.rows
    if file is None:
        st.caption("Until there is one, these are the outfits above.")
        return screen.rows
    name, raw = file.name, file.getvalue()
    digest = session.once(f"{NAME}.digest", file.file_id, lambda: session.fingerprint(raw).hex()[:12])
    choices = ways.chosen(digest)
    try:
        table = read_once(
            f"{NAME}.table", name, raw, lambda name, raw, follow: read(name, raw, choices, follow), choices.words()
        )
        ways.show(table.digest, table.decisions)
        made, notes = asked(table)
    except (ReadError, ClinicError) as error:
        ways.refuse(digest, error)
        offer_again(error, f"{NAME}.table")
        st.caption(f"What is on show is still {session.plain(last.title)}.")
        return last
    st.caption(session.plain(" ".join(notes)))
    session.hold(f"{NAME}.own", made)
    return made


def asked(table: Table) -> tuple[Rows, tuple[str, ...]]:
    """What is counted of a table, once it is asked what it leaves open."""
    offer: admit.Offer = session.once(f"{NAME}.offer", (table.digest, table.choices), lambda: admit.offered(table))
    every = [column.name for column in table.columns if column.name in (*offer.words, *offer.numbers)]
    first = [name for name in every if name in offer.words][:FIRST] or every[:FIRST]
    picked = st.multiselect(
        "Columns", every, first, key=f"{NAME}.columns.{table.digest}", max_selections=admit.MOST_COLUMNS
    )
    left = [name for name in offer.numbers if name not in picked]
    if left:
        st.caption("Numbers are categories only if you choose them.")
    merge = bool(set(offer.alike) & set(picked)) and (
        controls.choose("Levels that differ by case or blanks alone", (APART, MERGED), "alike") == MERGED
    )
    keep = not set(offer.gaps) & set(picked) or controls.choose("Missing values", (LEVEL, OUT), "gaps") == LEVEL
    spec = (table.digest, table.choices, tuple(picked), merge, keep)
    rows, notes = session.once(f"{NAME}.admitted", spec, lambda: admit.admit(table, tuple(picked), merge, keep, Key(0)))
    return rows, (f"{len(rows):,} rows, {len(rows.columns)} columns.", *notes, *offer.notes)
