"""A file of one's own: read once for each way of reading it, understood, asked about where it can be read in two ways."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.data import clinic, examine
from core.data.examine import ClinicError
from core.data.read import ReadError, Table, read
from core.data.readers.choices import Choices, Decision
from core.data.readers.dates import ORDERS, Order
from core.data.readers.sniff import identify
from core.data.readers.table import display_name
from core.data.readers.text import as_pandas
from core.data.recode import unordered
from core.key import Key
from playground import session
from playground.shelf import preview, ways
from playground.shelf.reading import offer_again, read_once
from playground.shelf.shelved import Shelved, columns

TYPES = ["csv", "tsv", "txt", "parquet", "npy", "npz"]


@dataclass(frozen=True)
class Offer:
    """What a table offers: columns of `numbers`, `labels`, the `proposal` or why there is none, and what is `nearly` one."""

    proposal: clinic.Proposal | ClinicError
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    nearly: tuple[Decision, ...]


def uploaded(dims: tuple[int, ...], standing: Callable[[], Shelved]) -> Shelved:
    """A file of one's own: read it, ask what it leaves open, show what was understood, pick columns.

    A refusal leaves what was on show: the last file that was admitted, or what `standing` gives.
    """
    file = st.file_uploader("Your file (CSV, TSV, Parquet, NPY, NPZ; at most 20 MB)", TYPES, key="file")
    link = ways.link()
    last: Shelved | None = session.recall(f"upload.last{dims}", lambda: None)
    if file is None:
        if last is None and link.digest:
            st.warning(f"This link was made with {named(link)}; upload that file to see the same screen.")
            return Shelved(None, "")
        return last or standing()
    name, raw = file.name, file.getvalue()
    digest = session.once("upload.digest", file.file_id, lambda: session.fingerprint(raw).hex()[:12])
    choices = ways.chosen(digest)
    table: Table | None = None
    try:
        table = read_once(
            "tables", name, raw, lambda name, raw, follow: read(name, raw, choices, follow), choices.words()
        )
        offer = understood(table)
        if isinstance(offer.proposal, ClinicError):
            return stays(last or standing())
        chosen = admitted(table, offer, dims, lambda: identify(name, raw))
    except (ReadError, ClinicError) as error:
        ways.refuse(digest, error, table)
        offer_again(error, "tables")
        return stays(last or standing())
    if chosen is None:
        return last or standing()
    if link.digest and link.digest != digest == session.recall("first.file", lambda: digest, screen=True):
        st.warning(f"The link was made with {named(link)} and this is another file, so the screen differs.")
    ways.keep_in_link(table)
    session.hold(f"upload.last{dims}", chosen)
    return chosen


def stays(kept: Shelved) -> Shelved:
    """What stays on show when a file cannot be used, and that it does."""
    if kept.dataset is not None:
        st.caption(f"What is on show is still {session.plain(kept.dataset.title)}.")
    return kept


def named(link: ways.Link) -> str:
    """The file that a link speaks of, in words."""
    called = f"the file {session.plain(display_name(link.name))}" if link.name else "somebody's own file"
    return f"{called} (digest {session.plain(link.digest[:12])})"


def understood(table: Table) -> Offer:
    """What a table offers, once its questions, why nothing of it can be used, and the preview are drawn."""
    offer: Offer = session.once("offered", (table.digest, table.choices), lambda: offered(table))
    problem = offer.proposal if isinstance(offer.proposal, ClinicError) else None
    left = ways.show(table.digest, (*table.decisions, *(() if problem else offer.nearly)))
    ways.complain(table.digest)
    if problem:
        ways.refuse(table.digest, problem, table)
    preview.understood(table, left)
    return offer


def offered(table: Table) -> Offer:
    """What a table offers."""
    try:
        proposal: clinic.Proposal | ClinicError = clinic.propose(table)
    except ClinicError as error:
        proposal = error
    return Offer(proposal, clinic.number_names(table), clinic.label_names(table), examine.nearly(table))


def admitted(table: Table, offer: Offer, dims: tuple[int, ...], kind: Callable[[], as_pandas.Format]) -> Shelved | None:
    """The chosen columns, admitted, and what was done to them; None until dates are told apart, else ClinicError."""
    picked, label = pick(table, offer, dims)
    order, clear = date_order(table, picked)
    if not clear:
        return None
    most = clinic.LIMIT if 2 in dims else clinic.LIMIT_ALONE
    spec = (table.digest, table.choices, picked, label, order, most)
    dataset, said = session.once(
        "admitted", spec, lambda: clinic.admit(table, picked, label, Key(0), most, dates=order)
    )
    if said:
        st.caption(session.plain(" ".join(said)))
    asked = (f", {most}" if most != clinic.LIMIT else "") + (f", dates={order!r}" if order else "")
    read_as = f", {ways.written(table.choices)}" if table.choices != Choices() else ""
    code = (
        f"table = read({table.name!r}, Path({table.name!r}).read_bytes(){read_as})\n"
        f"dataset, notes = clinic.admit(table, {picked!r}, {label!r}, Key(0){asked})"
    )
    pandas = session.once("pandas", spec, lambda: as_pandas.script(table, picked, label, order, kind()))
    drawn = [f"# {note}\n" for note in said if pandas and "were drawn" in note]
    return Shelved(dataset, code, pandas="".join([pandas, *drawn]))


def pick(table: Table, offer: Offer, dims: tuple[int, ...]) -> tuple[tuple[str, ...], str | None]:
    """The one or two columns to learn from, and the column that labels the rows."""
    if len(offer.numbers) < min(dims) or isinstance(offer.proposal, ClinicError):
        raise ClinicError(f"{table.name} has one column of numbers and two are needed here.", examine.turning(table))
    proposal = offer.proposal
    picked = columns(offer.numbers, proposal.columns if 2 in dims else (proposal.alone,), dims)
    labels, none = [name for name in offer.labels if name not in picked], "(none)"
    if not labels or 2 not in dims:
        return picked, None
    session.settle("label", (none, *labels), none)
    label = st.selectbox("Label", [none, *labels], key="label", bind="query-params")
    return picked, None if label in (none, None) else label


def date_order(table: Table, picked: tuple[str, ...]) -> tuple[Order | None, bool]:
    """How dates are written that could be read in two ways, asked of the person, and whether that is clear."""
    spec = (table.digest, table.choices, picked)
    if not session.once("unordered", spec, lambda: any(unordered(table[name]) for name in picked)):
        return None, True
    order = st.segmented_control("Dates are written", ORDERS, key="dates", bind="query-params")
    if order is None:
        st.caption("Every date fits both ways, so the file alone cannot say; choose one to go on.")
    return order, order is not None
