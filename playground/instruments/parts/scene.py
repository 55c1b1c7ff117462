"""What an instrument with a plane shows: a Scene of layers, and Frames that say what those layers hold at one moment.

A layer's own arrays are static; a Frame overrides them. Arrays are checked and cast when they are packed, so that a wrong
shape fails in Python, with the layer's name, and never in the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal, TypeAlias

import numpy as np

from playground.instruments.parts.beside import Beside

Role: TypeAlias = Literal["data", "model", "truth", "noise", "hand", "classes", "difference"]
Spec: TypeAlias = Mapping[str, tuple[str, tuple[int | None, ...]]]  # array name -> (dtype, shape; None is any length)

FAR: Final = 1e3  # an axis that lies so many of its lengths from 0 is more than 32 bits can draw sharply
ROLES: Final = frozenset({"data", "model", "truth", "noise", "hand", "classes", "difference"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """One thing on the plane, with a name for the code, a label for the legend and a role that gives its colour.

    Frames say what a layer holds under its name, or under that of the layer it is `of`: two pictures of one thing.
    """

    ARRAYS: ClassVar[Spec] = MappingProxyType({})

    name: str
    label: str = ""
    role: Role = "data"
    on: bool = True
    of: str = ""

    def __post_init__(self) -> None:
        """Refuse a role that has no colour."""
        if self.role not in ROLES:
            raise ValueError(f"layer {self.name!r}: role {self.role!r} is not one of {sorted(ROLES)}")

    def arrays(self) -> dict[str, np.ndarray]:
        """The static arrays that are set."""
        return {name: value for name in self.ARRAYS if (value := getattr(self, name)) is not None}

    def options(self) -> dict[str, Any]:
        """Everything else, ready for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in self.ARRAYS}

    def cast(self, name: str, values: np.ndarray, far: bool = False) -> np.ndarray:
        """What travels of `values` at several moments, the first axis: contiguous, 64 bits wide if `far`.

        Raises a ValueError that names the layer.
        """
        if name not in self.ARRAYS:
            raise ValueError(f"layer {self.name!r} ({type(self).__name__}) has no array {name!r}")
        dtype, shape = self.ARRAYS[name]
        if dtype != "<f4" and values.dtype.kind not in "iub":
            raise ValueError(f"layer {self.name!r}: {name} must hold whole numbers, not {values.dtype}")
        has = values.shape[1:]
        if len(has) != len(shape) or not all(want in (None, have) for want, have in zip(shape, has, strict=True)):
            raise ValueError(f"layer {self.name!r}: {name} has shape {has}, not {shape}")
        if dtype == "u1" and values.size and (values.min() < 0 or values.max() > 255):
            raise ValueError(f"layer {self.name!r}: {name} must lie in 0..255")
        return np.ascontiguousarray(values, dtype="<f8" if far and dtype == "<f4" else dtype)


@dataclass(frozen=True)
class Line:
    """One curve of the chart under the player: a metric of the frames."""

    metric: str
    label: str
    role: Role = "model"
    dashed: bool = False
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Brush:
    """Makes the plane a sheet to spray points on, at most 2,000.

    `size` is the brush's radius as a share of the width, `jitter` how far points scatter in it (0: on the path, 1: all
    of it). `xy` and `cls` are the points that are there at the start, as
    shares of the width and height (0 to 1), so that a drawing fits any axes. A `name` lets its undos outlive the stage.
    """

    classes: Sequence[str] = ("A",)
    size: float = 0.06
    jitter: float = 0.6
    points_per_second: float = 60.0
    xy: np.ndarray | None = None
    cls: np.ndarray | None = None
    name: str = ""


@dataclass(frozen=True, eq=False)
class Scene:
    """A plane before anything happens: its axes, which never jump, and its layers, painted in their order.

    `id` names what is shown: as long as it stays the same, zoom, toggles and what the hand moved are kept.
    A `roomy` one keeps the room of player and chart while there is no recording, so that nothing moves when one comes.
    A new recording plays once (`autoplay`), or rests at frame `at`; a known one goes there, or to its end, at the next `turn`.
    """

    id: str
    bounds: Sequence[Sequence[float]] | np.ndarray
    layers: Sequence[Layer]
    axes: tuple[str, str] = ("x", "y")
    lines: Sequence[Line] = ()
    aspect: Literal["square", "strip", "wide"] = "square"
    alt: str = ""
    brush: Brush | None = None
    autoplay: bool = True
    roomy: bool = False
    at: int | None = None
    turn: int = 0

    @property
    def far(self) -> bool:
        """Whether the numbers on an axis are so large, for what they span, that they must travel in 64 bits."""
        return any(abs(low) + abs(high) > FAR * (high - low) for low, high in self.bounds)

    def __post_init__(self) -> None:
        """Refuse names that are used twice and bounds that enclose nothing."""
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise ValueError(f"layer names must be unique: {names}")
        (x0, x1), (y0, y1) = self.bounds
        if not (np.isfinite([x0, x1, y0, y1]).all() and x0 < x1 and y0 < y1):
            raise ValueError(f"bounds must be [[x0, x1], [y0, y1]] with x0 < x1 and y0 < y1, not {self.bounds}")


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment: a caption, the arrays that differ from the scene's, the metrics of the lines, and what stands beside it."""

    caption: str = ""
    arrays: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)
