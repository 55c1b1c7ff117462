"""What the easel shows, and its messages: a frame holds one array (n, c, h, w) of levels 0 to 255 for each kind of picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from playground.instruments.parts import beside
from playground.instruments.parts.beside import Beside
from playground.instruments.parts.message import Chunks, finite, message
from playground.instruments.parts.scene import Line


@dataclass(frozen=True)
class Kind:
    """One of the ways to look at a moment: its name in the frames, its label, and the role that colours it."""

    name: str
    label: str
    role: str


KINDS = (Kind("x", "xₜ", "noise"), Kind("clean", "guess of x₀", "model"), Kind("noise", "noise ε", "noise"))


@dataclass(frozen=True, eq=False)
class Easel:
    """`count` pictures of `shape` (c, h, w), in rows of `columns` (0: as square as possible).

    `names` tell each picture in words, `labels` stand under them; `groups` (label, how many) set rows apart. `lines` are
    the metrics that are read out under the player. `close` shows all kinds of one picture beside the grid and its film,
    which has room for the frames that are `expected`; `chart` draws the metrics. It opens with picture `picked` chosen;
    with `pick` one can be chosen where nothing is shown beside the grid.
    """

    id: str
    shape: tuple[int, int, int]
    count: int
    kinds: tuple[Kind, ...] = KINDS
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    columns: int = 0
    lines: tuple[Line, ...] = ()
    alt: str = ""
    autoplay: bool = True
    at: int | None = None
    turn: int = 0
    close: bool = True
    pick: bool = False
    picked: int = 0
    expected: int = 0
    chart: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment: a caption, what it shows by kind, each (n, c, h, w) of 0 to 255, its metrics, words on pictures, and
    what stands beside it.

    `marks` has a word for every picture, "" for none, or is empty.
    """

    caption: str
    pictures: Mapping[str, UInt8[np.ndarray, "n c h w"]]
    metrics: Mapping[str, float] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    beside: Mapping[str, Beside] = field(default_factory=dict)


def bytes_of(x: Float[np.ndarray, "n c h w"]) -> UInt8[np.ndarray, "n c h w"]:
    """The nearest grey levels of pictures in [0, 1]; what lies beyond is cut off."""
    return np.rint(255 * np.clip(x, 0.0, 1.0)).astype(np.uint8)


def pack(easel: Easel, frames: Sequence[Frame], *, run: str, first: int = 0, live: bool = False) -> bytes:
    """The message that puts `frames` at index `first` and after of recording `run`; `live` says that more will come.

    ValueError for a frame whose pictures are not those the easel was told of.
    """
    chunks = Chunks()
    told = [
        {
            "caption": frame.caption,
            "metrics": finite(frame.metrics),
            "marks": _marks(frame, easel),
            "arrays": {"pictures": {kind.name: chunks.add(_checked(frame, kind.name, easel)) for kind in easel.kinds}},
            "beside": beside.told(frame.beside),
        }
        for frame in frames
    ]
    scene = {
        "id": easel.id,
        "layers": [],
        "brush": None,
        "kinds": [vars(kind) for kind in easel.kinds],
        "lines": [vars(line) for line in easel.lines],
        **{name: getattr(easel, name) for name in ("shape", "count", "names", "labels", "groups")},
        **{
            name: getattr(easel, name)
            for name in ("columns", "alt", "autoplay", "at", "turn", "close", "pick", "picked", "expected", "chart")
        },
    }
    return message(scene, told, chunks, run=run, first=first, live=live)


def pack_mask(
    name: str, x: UInt8[np.ndarray, "c h w"], mask: np.ndarray | None = None, alt: str = "", brush: float = 2.5
) -> bytes:
    """The message that shows one picture to be masked, with a `mask` (h, w) to begin with; `brush` is a radius in pixels."""
    chunks = Chunks()
    held = {"x": chunks.add(x)}
    if mask is not None:
        held["mask"] = chunks.add(np.ascontiguousarray(mask, np.uint8))
    scene: dict[str, Any] = {"id": name, "layers": [], "brush": None, "shape": x.shape, "alt": alt, "size": brush}
    return message(scene, [{"caption": "", "metrics": {}, "arrays": {"picture": held}}], chunks, run=name)


def _marks(frame: Frame, easel: Easel) -> tuple[str, ...]:
    if len(frame.marks) not in (0, easel.count):
        raise ValueError(
            f"the easel needs a mark for each of {easel.count} pictures or none, and got {len(frame.marks)}"
        )
    return frame.marks


def _checked(frame: Frame, kind: str, easel: Easel) -> np.ndarray:
    found = frame.pictures.get(kind)
    if found is None or found.dtype != np.uint8 or found.shape != (easel.count, *easel.shape):
        told = "nothing" if found is None else f"{found.dtype} {found.shape}"
        raise ValueError(f"the easel needs {kind} as uint8 {(easel.count, *easel.shape)}, and got {told}")
    return np.ascontiguousarray(found)
