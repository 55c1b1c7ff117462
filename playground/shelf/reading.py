"""A file of one's own is read once, with what is happening said while it lasts, and again only if the trouble may pass."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import streamlit as st

from core.data.confined import Follow, Passing, Stage
from core.data.readers.table import ReadError
from playground import session
from playground.runs import baton

Read = TypeVar("Read")
SAID: dict[Stage, str] = {
    "waiting": "Waiting for a turn, as other files are being read...",
    "reading": "Reading...",
}
"""What is said of each stage, beside how long it has lasted."""


def read_once(held: str, name: str, raw: bytes, reader: Callable[[str, bytes, Follow], Read], asked: str = "") -> Read:
    """What `reader` makes of a file as `asked`, or its ReadError: once, and kept in the session under `held`.

    A trouble that may pass is not kept. Reading ends with the run of the script that began it.
    """

    def attempt() -> Read | ReadError:
        try:
            with baton.down(), followed() as follow:
                return reader(name, raw, follow)
        except Passing:
            raise
        except ReadError as error:
            return error

    found = session.once(held, (session.fingerprint(name.encode() + b"\0" + raw), asked), attempt)
    if isinstance(found, ReadError):
        raise found
    return found


@contextmanager
def followed() -> Iterator[Follow]:
    """What to tell how far a reading is: it is shown once half a second has passed, and ends if this run is to end."""
    with ExitStack() as shown:
        told: list[Stage] = []

        def follow(stage: Stage) -> None:
            session.heed()
            if told[-1:] != [stage]:
                told.append(stage)
                shown.close()
                shown.enter_context(st.spinner(SAID[stage], show_time=True))

        yield follow


def offer_again(error: Exception, held: str) -> None:
    """A button that reads once more, where the trouble may have passed: any new run of the script does."""
    if isinstance(error, Passing):
        st.button("Try again", key=f"{held}.again")
