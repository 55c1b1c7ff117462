"""The other ways to read a file of one's own: what was decided is said, a press reads it in another way.

Choices belong to one file, known by its digest. A file begins with none, unless the link was made with it and holds some;
what a press chose is kept for the session, and `keep_in_link` writes down what the screen was read with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import streamlit as st

from core.data.examine import ClinicError
from core.data.readers.choices import Choices, Decision, Way, parse
from core.data.readers.table import ReadError, Table
from playground import session

LINES = 3
"""The most decisions that are seen before anything is opened."""
ROOM = 28
"""The most letters of buttons that stand beside a sentence, four more for each button."""


@dataclass(frozen=True)
class Link:
    """What this session's first link says of a file: its digest, its name and how it was read; None if that is damaged."""

    digest: str
    name: str
    choices: Choices | None


def link() -> Link:
    """What the link says that this session began with."""

    def read() -> Link:
        digest, name = session.from_link("digest") or "", session.from_link("file") or ""
        try:
            choices = parse(session.from_link("read") or "")
            choices.words().encode()
        except ValueError:
            return Link(digest, name, None)
        return Link(digest, name, choices)

    return session.recall("asked.file", read, screen=True)


def keep_in_link(table: Table) -> None:
    """Write down which file is on show and how it was read."""
    session.put_in_link("digest", table.digest)
    session.put_in_link("file", table.name)
    session.put_in_link("read", table.choices.words() or None)


def kept() -> dict[str, tuple[Choices, ...]]:
    """By the digest of each file: what was chosen last, after what was chosen before it."""
    return session.recall("read.as", dict)


def chosen(digest: str) -> Choices:
    """How the file of this digest is to be read."""
    asked, new = link(), session.recall("read.begun", set, screen=True)
    if digest not in kept() or (digest == asked.digest and digest not in new):
        kept()[digest] = ((asked.choices if asked.digest == digest else None) or Choices(),)
    new.add(digest)
    return kept()[digest][-1]


def choose(digest: str, choices: Choices) -> None:
    """Read the file of this digest as `choices` say from now on."""
    kept()[digest] = (chosen(digest), choices)


def back(digest: str) -> tuple[Way, ...]:
    """The way back from the last choice, or from those of the link; none where nothing was chosen."""
    before, now = kept()[digest][0], chosen(digest)
    if now == Choices():
        return ()
    return (Way("Take the last choice back", before if before != now else Choices()),)


def complain(digest: str) -> None:
    """Say that the link holds no way of reading this file that there is, until another one is chosen."""
    asked = link()
    if asked.digest == digest and asked.choices is None and len(kept()[digest]) == 1:
        st.warning("In this link: there is no such way of reading the file. It is read as it seems to be meant.")


def show(digest: str, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The questions first, then what can be changed, a line each; what has no room here or no other way is returned.

    What was answered last stands where its question stood.
    """
    before = kept()[digest][0]
    ordered = sorted(
        dict.fromkeys(decisions), key=lambda one: not (one.open or any(way.choices == before for way in one.ways))
    )
    seen = [one for one in ordered if one.open or one.ways][:LINES]
    left = [one for one in ordered if one not in seen]
    with st.container(gap=None):
        for decision in seen:
            line(digest, decision)
        if asked := sum(decision.open for decision in left):
            st.caption(f"{asked:,} more question{'s' * (asked > 1)} under the lid.")
    return tuple(left)


def line(digest: str, decision: Decision) -> None:
    """One decision and its other ways, at its right where they fit; a question has buttons to see and the ink of text.

    Answered, a question is about as tall as before, so that nothing below it moves.
    """
    fits = sum(len(way.label) + 4 for way in decision.ways) <= ROOM
    width: Literal["stretch", "content"] = "stretch" if fits else "content"
    with st.container(horizontal=True, wrap=not fits, vertical_alignment="center", gap="small"):
        said = session.plain(decision.said)
        st.markdown(f":small[{said}]", width=width) if decision.open else st.caption(said, width=width)
        buttons(digest, decision.ways, decision.said, "secondary" if decision.open else "tertiary")


def refuse(digest: str, error: ReadError | ClinicError, table: Table | None = None) -> None:
    """Why a file cannot be used, and what would mend it; the way back too, if no decision on the `table` offers it."""
    st.error(session.plain(str(error)))
    known = {way.choices for decision in (table.decisions if table else ()) for way in decision.ways}
    if offered := (*error.ways, *(way for way in back(digest) if way.choices not in known)):
        with st.container(horizontal=True, gap="small"):
            buttons(digest, offered, str(error), "secondary")


def buttons(digest: str, ways: Iterable[Way], about: str, kind: Literal["secondary", "tertiary"]) -> None:
    """A button for each way. Its key is what it does, so that a press too many does the same again."""
    for i, way in enumerate(dict.fromkeys(ways)):
        mark = session.fingerprint(f"{about}\n{way.label}\n{way.choices.words()}".encode()).hex()[:12]
        st.button(session.plain(way.label), f"way.{i}.{mark}", on_click=choose, args=(digest, way.choices), type=kind)


def written(choices: Choices) -> str:
    """Choices as the Python that makes them: only those that were made."""
    made = (f"{f.name}={getattr(choices, f.name)!r}" for f in fields(choices) if getattr(choices, f.name) != f.default)
    return f"Choices({', '.join(made)})"
