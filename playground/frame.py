"""The page table and what every page begins with."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from playground import image, importing, session, theme, trail
from playground.runs import baton, runs

ROOT = Path(__file__).resolve().parent.parent
_known: set[str] = set()  # the pages that have run in this process: what they import is there
NAME = "Generative Playground"
ICON = image.carried((Path(__file__).resolve().parent / "icon.png").read_bytes())

PAGES = {  # section: (file in pages/, title, icon)
    "": (("home", "Home", ":material/home:"),),
    "Begin here": (
        ("game", "The game", ":material/explore:"),
        ("outfits", "Outfits", ":material/checkroom:"),
        ("pixels", "Why pixels are hard", ":material/grid_on:"),
        ("decide", "Generative or discriminative", ":material/call_split:"),
    ),
    "Fit": (
        ("fit1", "Fit in 1-D", ":material/show_chart:"),
        ("fit2", "Fit in 2-D", ":material/scatter_plot:"),
        ("em", "EM by hand", ":material/join_inner:"),
    ),
    "Learn pictures": (("vae", "The VAE", ":material/blur_on:"),),
    "Noise and back": (
        ("diffusion", "Diffusion", ":material/grain:"),
        ("paint", "Diffusion paints", ":material/palette:"),
    ),
}
"""Every page, in the order of the sidebar. The first one answers at `/`, the others at `/<file>`."""


def navigation() -> st.Page:
    """Declare the pages and return the one that was asked for."""
    table = {
        section: [st.Page(page(name), title=title, icon=icon, default=name == "home") for name, title, icon in rows]
        for section, rows in PAGES.items()
    }
    return st.navigation(table, position="sidebar", expanded=True)


RENAMED = {
    "panel": {"Checks": "Self-test"},
    "rule": {
        "scott": "Scott",
        "silverman": "Silverman",
        "sheather-jones": "Sheather-Jones",
        "least squares cv": "Least squares CV",
        "likelihood cv": "Likelihood CV",
        "by hand": "By hand",
    },
}
"""Settings whose words are others now: links that people keep, or sent, still open the same screen."""


def page(name: str) -> Path:
    """The file of a page, for links to it."""
    return ROOT / "pages" / f"{name}.py"


def show() -> None:
    """Show the page that was asked for, inside the frame."""
    asked_for = navigation()
    st.set_page_config(page_title=NAME if asked_for.url_path == "" else f"{asked_for.title} \N{MIDDLE DOT} {NAME}")
    session.enter()
    session.open_page(asked_for.url_path)
    if asked_for.url_path not in _known:
        with importing.lock:  # two threads that import the same things at once can lock each other out
            pass
    with baton.held():
        asked_for.run()
    _known.add(asked_for.url_path)


def begin(title: str, lede: str, *, buttons: bool = True) -> None:
    """A page's head: its title, undo, redo and reset (if it has `buttons`), and one sentence.

    Shows the page inside the frame even if it was opened without it.
    """
    if not session.entered():
        navigation()
        session.enter()
        st.rerun()
    session.put_in_link(trail.TRY, None)
    translate()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False)
        ended = trail.offer(buttons=buttons)
    if ended:
        runs.began_anew()
    st.markdown(lede)


def translate() -> None:
    """Say a link's words as they are said now, and begin again: the page's widgets read the link before it runs."""
    old = {name: words[said] for name, words in RENAMED.items() if (said := session.from_link(name) or "") in words}
    for name, word in old.items():
        session.put_in_link(name, word)
    if old:
        st.rerun()


def experiments(name: str, tries: Mapping[str, tuple[Mapping[str, Any], str]]) -> None:
    """Three links that set the page's controls: title -> (settings, why one would try it); follows the person's theme."""
    st.header("Try this", anchor=False)
    for column, (title, (settings, why)) in zip(st.columns(len(tries)), tries.items(), strict=True):
        with column:
            query = {key: str(value) for key, value in settings.items()} | {trail.TRY: "1"}
            st.page_link(page(name), label=title, icon=":material/science:", query_params=query)
            st.caption(why)
    theme.follow()


def onward(question: str, *names: str) -> None:
    """A page's last line: the question that the next rung answers, with links to the pages that do.

    A page that runs again without the frame around it knows no other page and shows the question alone.
    """
    titles = {name: title for rows in PAGES.values() for name, title, _ in rows}
    st.markdown(f"Next: {question}")
    with st.container(horizontal=True):
        for name in names:
            with suppress(StreamlitPageNotFoundError):
                st.page_link(page(name), label=titles[name], icon=":material/arrow_forward:", width="content")
