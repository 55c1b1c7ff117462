"""The closer look, alike on every page: one control, the panel that was chosen, and last the self-test and what to take home.

A page's panels are a table in its room's `screen.py`, title -> module in the room's `panels/`; a panel is imported when it
is chosen and offers `show(screen, step)`. The room's `numbers.self_test(screen, step)` and `files.home(screen, step)` say
what is tested and what is offered; this module draws them.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.check import Check
from core.process import Step
from playground import session
from playground.importing import fetch, known
from playground.runs import baton, runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.runs.whose import Noun
from playground.shown import numbers
from playground.shown.files import Home

SELF_TEST, FILES = "Self-test", "Code and files"
ROOMS = "playground.rungs"


@dataclass(frozen=True)
class SelfTest:
    """The identities of a screen: `checks` works them out one after the other, `spec` is all that decides them.

    None among the checks says that one takes longer, and lets others have their turn.

    `note` (Markdown) says above the table what they are about; `waiting`, if given, says why they cannot begin yet. With
    `of`, they follow from this set and the `spec` alone, so what another session has worked out is not again.
    """

    spec: tuple[Hashable, ...]
    checks: Callable[[], Iterator[Check | None]]
    note: str = ""
    waiting: str = ""
    of: Noun | None = None

    def steps(self) -> Iterator[Step[tuple[Check, ...]]]:
        """The identities so far, one more a Step."""
        found: tuple[Check, ...] = ()
        for i, check in enumerate(self.checks()):
            found = found if check is None else (*found, check)
            yield Step(i, found)


def titles(panels: Mapping[str, str]) -> tuple[str, ...]:
    """All that can be chosen: the page's panels, then what every page has."""
    return (*panels, SELF_TEST, FILES)


def asked(panels: Mapping[str, str], first: str | None = None) -> str:
    """The panel that is, or will be, on show; `first` is the one a page opens with, if not its first."""
    found = session.widget("panel") or session.from_link("panel")
    words = titles(panels)
    return found if found in words else first or words[0]


def choose(panels: Mapping[str, str], first: str | None = None) -> str:
    """The control."""
    words = titles(panels)
    at = first or words[0]
    chosen = st.segmented_control("Look closer", words, default=at, key="panel", bind="query-params", required=True)
    return chosen or at


def closer(room: str, panels: Mapping[str, str], screen: Any, step: Any, first: str | None = None) -> None:
    """The control of a page and what it chose; `room` is the page's folder among the rungs."""
    show(room, panels, choose(panels, first), screen, step)


def show(room: str, panels: Mapping[str, str], chosen: str, screen: Any, step: Any) -> None:
    """The chosen panel, whose code and libraries are imported here, so that no page waits for what it does not show.

    The runs of a panel that is left rest at their next Step: who comes back finds them where they were, and they go on.
    What a person pressed for, and what learns, goes on meanwhile.
    """
    door = {SELF_TEST: "numbers", FILES: "files"}.get(chosen) or f"panels.{panels[chosen]}"
    mark = f"closer {chosen}"  # tells server/arrival.js that another panel came
    with place(chosen), runs.placed((room, chosen)), st.container(key=mark):
        module = brought(f"{ROOMS}.{room}.{door}")
        if chosen == SELF_TEST:
            strip(room, module.self_test(screen, step))
        elif chosen == FILES:
            take_home(module.home(screen, step))
        else:
            module.show(screen, step)


def place(chosen: str) -> DeltaGenerator:
    """Where the chosen panel is drawn. What another left there goes at once, however long this one computes.

    Streamlit alone takes it away when the script has ended, and not even then if another run comes between. A block hands
    its contents on to the next in its place, unless that is of another kind: so the kind changes with the panel.
    """
    turns = session.recall("closer.turns", lambda: 0) + session.changed("closer.place", chosen)
    session.hold("closer.turns", turns)
    return st.columns(1)[0] if turns % 2 else st.container().container()


def brought(name: str) -> Any:
    """The module of this name; the first who asks for it waits for its import, and nobody waits with him."""
    if known(name):
        return fetch(name)
    with baton.down():
        return fetch(name)


def strip(room: str, test: SelfTest) -> None:
    """Every identity with its value, its tolerance and a verdict, as they are worked out."""
    if test.waiting:
        st.caption(test.waiting)
        return
    run = runs.open_run(f"{room}.checks", test.spec, "", test.steps, of=test.of)
    if test.note:
        st.markdown(test.note)

    def draw(newest: Step[tuple[Check, ...]] | None, progress: Progress) -> None:
        checks = newest.state if newest else ()
        if progress.alive or checks:
            st.caption("Testing..." if progress.alive else f"{sum(c.holds for c in checks)} of {len(checks)} hold.")
        if checks:
            st.markdown(numbers.self_test(checks))

    with st.container(key="identities"):
        watch(run, draw)


def take_home(home: Home) -> None:
    """The script at the left; files, the way back for one of them, and the link at the right."""
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.caption("A script that makes these numbers again, with `core` alone:")
        st.code(home.script, language="python")
        if home.pandas:
            st.caption("The same rows of your file, with pandas alone:")
            st.code(home.pandas, language="python")
    with right:
        with st.container(horizontal=True):
            for file in home.files:
                st.download_button(file.label, file.make, file.name, on_click="ignore", icon=":material/download:")
        if home.upload:
            home.upload()
        st.caption("A link to this screen:")
        st.code(session.link(), language=None, wrap_lines=True)
        for note in (*home.unlinked, *home.notes):
            st.caption(note)
