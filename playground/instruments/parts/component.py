"""Registers an instrument's component from its files and what it shares, shows it a message, and reads what it reports."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st

HERE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Kit:
    """Scripts and styles that belong together, by their names in this folder and in the order they are read in."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]

    def __add__(self, other: "Kit") -> "Kit":
        """Both, one after the other."""
        return Kit(self.scripts + other.scripts, self.styles + other.styles)


CANVAS: Final = Kit(  # messages, and a canvas to paint on in the colours of the page
    scripts=("codec", "instrument", "canvas/numbers", "canvas/colour", "canvas/canvas", "canvas/icons"),
    styles=("canvas/canvas",),
)
PICTURES: Final = Kit(("canvas/pixels",), ())  # pictures as bytes, every pixel a crisp square
BRUSH: Final = Kit(("brush/tools",), ("brush/brush",))  # a bar of tools over a sheet to draw on
PLAYER: Final = CANVAS + Kit(  # a recording that is played and scrubbed, and the chart of its metrics
    scripts=("canvas/swatch", "transport/clock", "transport/chart", "transport/player"), styles=("transport/transport",)
)
PLANE: Final = PLAYER + Kit(  # a rectangle of the plane with layers on it, looked at closely
    scripts=(
        *(f"drawing/{name}" for name in ("discs", "field", "lines", "mixture")),
        *(f"plane/{name}" for name in ("geometry", "axes", "hand", "paint", "readout", "zoom", "legend", "plane")),
    ),
    styles=("plane/plane",),
)


def registered(name: str, kit: Kit, html: str, folder: Path, scripts: Sequence[str], styles: Sequence[str]) -> Any:
    """The component called `name`: the kit, then its own scripts and styles, concatenated into one module and one sheet."""
    css = _text([HERE / f"{part}.css" for part in kit.styles] + [folder / f"{part}.css" for part in styles])
    js = _text([HERE / f"{part}.js" for part in kit.scripts] + [folder / f"{part}.js" for part in scripts])
    return st.components.v2.component(name, html=html, css=css, js=js)


def markup(path: Path, **places: str) -> str:
    """An HTML file with every {{place}} filled; KeyError if one is not among `places`."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: places[found[1]], path.read_text("utf-8"))


def shared(name: str, **places: str) -> str:
    """A piece of markup that several instruments hold, by its name in this folder."""
    return markup(HERE / f"{name}.html", **places)


def playing(path: Path, *, back: str = "Left", forward: str = "Right", more: str = "") -> str:
    """An instrument's markup with its player, chart and tools in place.

    `back` and `forward` are the keys that step, `more` stands beside the speed.
    """
    return markup(
        path,
        transport=shared("transport/transport", back=back, forward=forward, more=more),
        strip=shared("transport/strip"),
        tools=shared("plane/tools", save=shared("transport/save", what="picture")),
    )


def show(component: Any, data: bytes, *, key: str, reports: Sequence[str]) -> Mapping[str, Any]:
    """Show the message `data` on the component called `key`; what it has reported by then, under the names `reports`."""
    return component(key=key, data=data, **{f"on_{name}_change": _nothing for name in reports})


def about(said: Mapping[str, Any], scene: str, *names: str) -> dict[str, Any]:
    """The reports of these names, leaving out what was said about another scene."""
    return {name: told for name in names if (told := said.get(name)) and told["scene"] == scene}


def playhead(said: Mapping[str, Any], scene: str) -> dict[str, Any]:
    """Where the playhead rests (`frame`, in recording `run`) and from where frames are `missing`; None if it never said."""
    rest, missing = about(said, scene, "rest").get("rest"), said.get("missing")
    return {"frame": rest and rest["frame"], "run": rest and rest["run"], "missing": missing and missing["have"]}


def _text(paths: Sequence[Path]) -> str:
    return "\n".join(path.read_text("utf-8") for path in paths)


def _nothing() -> None:
    """Reports are read from the return value; Streamlit wants a callback for each name."""
