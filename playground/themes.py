"""Streamlit's themes, read from its configuration once: it reads all six of them again for each run of a fragment.

That is a millisecond of every change that a person makes, on the one thread that serves everybody. The configuration
does not change while the server runs. What is replaced here is not part of Streamlit's public face, so it is done only
where it is found as it is known (version 1.67), and the test compares the messages.
"""

from collections.abc import Callable
from typing import Any

from streamlit.runtime import app_session

NAME = "_populate_theme_msg"
Populate = Callable[..., None]


def remember() -> None:
    """Let Streamlit work out each theme once."""
    if hasattr(app_session, NAME):
        setattr(app_session, NAME, remembered(getattr(app_session, NAME)))


def remembered(populate: Populate) -> Populate:
    """`populate(message, section)`, which fills a message in place, with what it filled in the first time."""
    known: dict[str, Any] = {}

    def fill(message: Any, section: str = "theme") -> None:
        if section not in known:
            first = type(message)()
            populate(first, section)
            known[section] = first
        if known[section].ByteSize():  # merging nothing would still mark the message as set
            message.MergeFrom(known[section])

    return fill
