"""What pages need, made ready behind the visitors' backs: imports, the first one's at once and the rest in calm moments, and
then what the default screen of every page asks of the shared store."""

import asyncio
from contextlib import suppress
from time import monotonic, sleep

from playground import frame
from playground.importing import fetch
from playground.runs import baton
from playground.server import opened

FIRST = (  # what the first visitor's page needs, whichever it is
    "contourpy", "playground.runs.run_bar", "playground.shown.sheet", "playground.shown.closer",
    "playground.rungs.em.film", "playground.rungs.em.panels.parameters",
)  # fmt: skip
REST = (  # parts before what they are parts of: each is a wait for a new page
    "scipy.special", "scipy.optimize", "scipy.stats", "pandas", "playground.shown.charts", "sklearn.datasets",
    "sklearn.model_selection", "torch", "core.vae.recipes",
)  # fmt: skip
CALM = 0.25  # the load of the pages at which an import, which stops all of them, is in nobody's way
AWHILE, BREATH = 120.0, 0.05  # seconds a piece is put off at most; seconds between two


def first() -> None:
    """Import what the first visitor's page needs, so that it does not wait for it."""
    for name in FIRST:
        fetch(name)


def rest() -> None:
    """Import what other pages and panels need, piece by piece, each in a calm moment or after a while."""
    for name in REST:
        calm()
        fetch(name)
        sleep(BREATH)  # a page that waits for the lock comes in before the next piece


def screens(loop: asyncio.AbstractEventLoop) -> None:
    """Open every page of the server in this `loop`, one by one, each when nobody computes; who never rests does it himself."""
    for name in (name for rows in frame.PAGES.values() for name, _, _ in rows):
        if calm() and opened.rested():
            with suppress(*opened.ENDED):
                opened.open_page(name, loop)


def calm() -> bool:
    """Wait until the pages take little time, for a while; whether they do."""
    end = monotonic() + AWHILE
    while (busy := baton.turns.load() > CALM) and monotonic() < end:
        sleep(BREATH)
    return not busy
