"""What a hand moves on a stage, and what follows it on another."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from playground.instruments.parts.scene import Layer, Role


@dataclass(frozen=True, eq=False, kw_only=True)
class Handles(Layer):
    """Numbered points that a hand moves, by mouse, touch or arrow keys; the layers called `moves` follow with their means.

    The hand moves the start, so taking one rewinds to the first frame. Where it lets go is `Result.handles`.
    `form` "bell" makes two handles one Gaussian over x, its mean and its mean plus one standard deviation, which a Bells
    layer follows at every frame. Stages whose handles share a `link` move together: a bell (mu, mu + sigma) on the one,
    a point (mu, sigma) on the other. With `stats`, the mean and variance of the data, the log-likelihood is read out.
    `form` "line" draws an upright (`axis` "x") or level ("y") line through one handle, with the strip that is `near` it;
    the Slices of linked stages are cut where it stands.
    `signs` are written on the handles instead of their numbers. The first `outlined` of them are the corners of an
    `outline`: "boxes", two opposite corners each, or one "polygon". With `cells` (h, w), how much of each cell of the plane,
    of 255, is in a region, the shares of outline and region that they have in common are read out while a hand moves.
    """

    ARRAYS = MappingProxyType({"xy": ("<f4", (None, 2)), "cells": ("u1", (None, None))})

    xy: np.ndarray | None = None
    cells: np.ndarray | None = None
    signs: tuple[str, ...] = ()
    outline: Literal["", "boxes", "polygon"] = ""
    outlined: int = 0
    axis: Literal["xy", "x", "y"] = "xy"
    moves: tuple[str, ...] = ()
    form: Literal["points", "bell", "line"] = "points"
    link: str = ""
    near: float = 0.0
    stats: tuple[float, float] | None = None
    role: Role = "hand"


@dataclass(frozen=True, eq=False, kw_only=True)
class Slice(Layer):
    """A plane cut along the line that a linked stage's hand drags: a conditional density, or the points near the line.

    `values` are a density on the plane as in a Field, drawn over this stage's x-axis where the line stands and divided by
    `known`, the density of where it stands at as many even places `across` (or made to integrate to 1). `xy` are points
    of the plane, of which those within `near` of the line are counted between even `edges`. The line stands on `axis` at
    `at`, of the plane's range `across`, and this stage's x-axis is its other one, of range `along`; `given` names what
    the line says.
    """

    ARRAYS = MappingProxyType(
        {
            "values": ("<f4", (None, None)),
            "known": ("<f4", (None,)),
            "xy": ("<f4", (None, 2)),
            "edges": ("<f4", (None,)),
        }
    )

    values: np.ndarray | None = None
    known: np.ndarray | None = None
    xy: np.ndarray | None = None
    edges: np.ndarray | None = None
    link: str
    axis: Literal["x", "y"]
    at: float
    across: tuple[float, float]
    along: tuple[float, float]
    near: float = 0.0
    given: str = ""
