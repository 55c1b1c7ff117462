"""Mounts one place beside an instrument, where what its frames say of that place is drawn as the film plays."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from playground.instruments.parts.beside import Beside, told
from playground.instruments.parts.component import Kit, markup, registered

HERE: Final = Path(__file__).parent
NOTHING: Final = Kit((), ())


def figures(place: str, run: str, resting: Beside, *, key: str, forms: Mapping[str, str] | None = None) -> None:
    """Draw what the frame on show of recording `run` says of `place`; `resting` stands there until an instrument says more.

    `forms` are the equations that a Formula may name, as MathML with a `<mn class="value">` for each of its values.
    """
    data = {"run": run, "place": place, "shown": told({place: resting})[place], "forms": dict(forms or {})}
    _component()(key=key, data=data)


@cache
def _component() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    return registered("figures", NOTHING, markup(HERE / "figures.html"), HERE, ("figures",), ("figures",))
