"""A file of one's own: read once, understood, asked about where it can be read in two ways."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.data import clinic
from core.data.read import ReadError, Table, read
from core.data.readers.dates import ORDERS, Order
from core.data.readers.table import display_name
from core.data.recode import unordered
from core.data.summary import summary
from core.key import Key
from playground import session
from playground.shelf.reading import offer_again, read_once
from playground.shelf.shelved import Shelved, columns

TYPES = ["csv", "tsv", "txt", "parquet", "npy", "npz"]


def uploaded(dims: tuple[int, ...], standing: Callable[[], Shelved]) -> Shelved:
    """A file of one's own: read it, show what was understood, pick columns.

    A refusal leaves what was on show: the last file that was admitted, or what `standing` gives.
    """
    file = st.file_uploader("Your file (CSV, TSV, Parquet, NPY, NPZ; at most 20 MB)", TYPES, key="file")
    link = session.recall("asked.file", lambda: (session.from_link("digest") or "", session.from_link("file") or ""))
    last: Shelved | None = session.recall(f"upload.last{dims}", lambda: None)
    if file is None:
        if last is None and link[0]:
            st.warning(f"This link was made with {named(*link)}; upload that file to see the same screen.")
            return Shelved(None, "")
        return last or standing()
    try:
        table = read_once(
            "tables", file.name, file.getvalue(), lambda name, raw, follow: read(name, raw, follow=follow)
        )
        picked, label = pick(table, dims)
        order, clear = date_order(table, picked)
        if not clear:
            return last or standing()
        most = clinic.LIMIT if 2 in dims else clinic.LIMIT_ALONE
        spec = (table.digest, picked, label, order, most)
        dataset, said = session.once(
            "admitted", spec, lambda: clinic.admit(table, picked, label, Key(0), most, dates=order)
        )
    except (ReadError, clinic.ClinicError) as error:
        st.error(session.plain(str(error)))
        offer_again(error, "tables")
        kept = last or standing()
        if kept.dataset is not None:
            st.caption(f"What is on show is still {session.plain(kept.dataset.title)}.")
        return kept
    understood(table, said)
    if link[0] and link[0] != table.digest == session.recall("first.file", lambda: table.digest):
        st.warning(f"The link was made with {named(*link)} and this is another file, so the screen differs.")
    session.put_in_link("digest", table.digest)
    session.put_in_link("file", table.name)
    asked = (f", {most}" if most != clinic.LIMIT else "") + (f", dates={order!r}" if order else "")
    code = (
        f"table = read({table.name!r}, Path({table.name!r}).read_bytes())\n"
        f"dataset, notes = clinic.admit(table, {picked!r}, {label!r}, Key(0){asked})"
    )
    chosen = Shelved(dataset, code)
    session.hold(f"upload.last{dims}", chosen)
    return chosen


def named(digest: str, name: str) -> str:
    """The file that a link speaks of, in words."""
    called = f"the file {session.plain(display_name(name))}" if name else "somebody's own file"
    return f"{called} (digest {session.plain(digest[:12])})"


def understood(table: Table, said: Sequence[str]) -> None:
    """What the clinic made of a file: what was done to the chosen columns, and every column under a lid."""
    if said:
        st.caption(session.plain(" ".join(said)))
    count = len(table.columns)
    with st.expander(f"Understood: {table.rows:,} rows, {count} column{'s' * (count != 1)}"):
        st.dataframe(session.once("summary", table.digest, lambda: summary(table)), hide_index=True, placeholder="")
        for note in table.notes:
            st.caption(session.plain(note))


def pick(table: Table, dims: tuple[int, ...]) -> tuple[tuple[str, ...], str | None]:
    """The one or two columns to learn from, and the column that labels the rows."""
    proposal, names, words = session.once(
        "offered", table.digest, lambda: (clinic.propose(table), clinic.number_names(table), clinic.label_names(table))
    )
    if len(names) < min(dims):
        raise clinic.ClinicError(f"{table.name} has one column of numbers and two are needed here.")
    picked = columns(names, proposal.columns if 2 in dims else (proposal.alone,), dims)
    labels, none = [name for name in words if name not in picked], "(none)"
    label = st.selectbox("Label", [none, *labels], key="label", bind="query-params") if labels and 2 in dims else none
    return picked, None if label in (none, None) else label


def date_order(table: Table, picked: tuple[str, ...]) -> tuple[Order | None, bool]:
    """How dates are written that could be read in two ways, asked of the person, and whether that is clear."""
    if not session.once("unordered", (table.digest, picked), lambda: any(unordered(table[name]) for name in picked)):
        return None, True
    order = st.segmented_control("Dates are written", ORDERS, key="dates", bind="query-params")
    if order is None:
        st.caption("Every date fits both ways, so the file alone cannot say; choose one to go on.")
    return order, order is not None
