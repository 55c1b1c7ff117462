"""What stands beside an instrument and is about the frame on show: it travels with the frame, and is drawn in the browser.

Everything is said in Python, digits and all, so that a film shows what the page would say if it rested there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Table:
    """A title, and rows of quantity, value and unit; the column of values is at least `room` digits wide."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    room: int = 8


@dataclass(frozen=True)
class Formula:
    """The equation called `form` with `values` in its places, in their order, and a sentence under it."""

    form: str
    values: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Words:
    """A sentence, after what kind of number it tells: a `chip` such as "trained", or none."""

    text: str
    chip: str = ""


Beside: TypeAlias = Table | Formula | Words


def told(beside: Mapping[str, Beside]) -> dict[str, dict[str, Any]]:
    """All of it as JSON has it, by the names of the places where it is drawn."""
    return {name: {"kind": type(one).__name__, **vars(one)} for name, one in beside.items()}
