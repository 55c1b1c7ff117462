"""The layers that a plane can show, whatever hand is on it: points, fields, lines, and mixtures of Gaussians."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from playground.instruments.parts.scene import Layer, Role


@dataclass(frozen=True, eq=False, kw_only=True)
class Points(Layer):
    """Discs that keep their identity: point i of one frame glides to point i of the next.

    A Gaussian mixture (`mean`, `cov`, `weight`) colours each point by its responsibilities, worked out in the browser, as
    a mixture of the class colours; `cls` by one of them, which the legend calls by its name in `classes`. `size` is a
    diameter in CSS pixels. `numbers` (n,) are what the points are called by under the pointer, 1, 2, ... without them.
    """

    ARRAYS = MappingProxyType(
        {
            "xy": ("<f4", (None, 2)),
            "cls": ("u1", (None,)),
            "mean": ("<f4", (None, 2)),
            "cov": ("<f4", (None, 2, 2)),
            "weight": ("<f4", (None,)),
            "numbers": ("<i4", (None,)),
        }
    )

    xy: np.ndarray | None = None
    cls: np.ndarray | None = None
    numbers: np.ndarray | None = None
    mean: np.ndarray | None = None
    cov: np.ndarray | None = None
    weight: np.ndarray | None = None
    size: float = 6.0
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Field(Layer):
    """A function on the scene's rectangle, sampled on `linspace` nodes that include both edges; row 0 is the lowest y.

    The ramp runs from nothing at `vmin` to the role's colour at `vmax`; role "difference" runs from -vmax to vmax. `log`
    reads a density out under the pointer as its logarithm, nats.
    """

    ARRAYS = MappingProxyType({"values": ("<f4", (None, None))})

    values: np.ndarray | None = None
    vmin: float = 0.0
    vmax: float = 1.0
    log: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Contours(Layer):
    """Level lines: polyline i is `xy[start[i]:start[i + 1]]`, at `level[i]`."""

    ARRAYS = MappingProxyType({"xy": ("<f4", (None, 2)), "start": ("<i4", (None,)), "level": ("<f4", (None,))})

    xy: np.ndarray | None = None
    start: np.ndarray | None = None
    level: np.ndarray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Ellipses(Layer):
    """Gaussians as their `sigmas` ellipses, numbered at the mean; a small `weight` draws a faint, thin line."""

    ARRAYS = MappingProxyType({"mean": ("<f4", (None, 2)), "cov": ("<f4", (None, 2, 2)), "weight": ("<f4", (None,))})

    mean: np.ndarray | None = None
    cov: np.ndarray | None = None
    weight: np.ndarray | None = None
    sigmas: tuple[float, ...] = (1.0, 2.0)
    role: Role = "classes"


@dataclass(frozen=True, eq=False, kw_only=True)
class Density(Layer):
    """The density of a Gaussian mixture in the plane, evaluated in the browser; the ramp ends at `vmax`."""

    ARRAYS = Ellipses.ARRAYS

    mean: np.ndarray | None = None
    cov: np.ndarray | None = None
    weight: np.ndarray | None = None
    vmin: float = 0.0
    vmax: float = 1.0
    role: Role = "model"


@dataclass(frozen=True, eq=False, kw_only=True)
class Draws(Layer):
    """Draws from a Gaussian mixture in the plane, made in the browser from uniform `u` and standard normal `z`.

    Draw i takes the first component whose cumulative weight exceeds u_i and is mean + L z_i, with L the covariance's
    Cholesky factor: the same numbers give the same draws as `core.mixture.gmm.GMM.sample`.
    """

    ARRAYS = MappingProxyType({**Ellipses.ARRAYS, "u": ("<f4", (None,)), "z": ("<f4", (None, 2))})

    mean: np.ndarray | None = None
    cov: np.ndarray | None = None
    weight: np.ndarray | None = None
    u: np.ndarray | None = None
    z: np.ndarray | None = None
    size: float = 4.0
    role: Role = "model"


@dataclass(frozen=True, eq=False, kw_only=True)
class Bells(Layer):
    """Weighted Gaussians over x, evaluated in the browser: each filled and numbered, or (`total`) their sum as a line."""

    ARRAYS = MappingProxyType({"mean": ("<f4", (None,)), "var": ("<f4", (None,)), "weight": ("<f4", (None,))})

    mean: np.ndarray | None = None
    var: np.ndarray | None = None
    weight: np.ndarray | None = None
    total: bool = False
    dashed: bool = False
    role: Role = "model"


@dataclass(frozen=True, eq=False, kw_only=True)
class Curves(Layer):
    """Functions of x: row c of `y` over the nodes `x`; role "classes" gives each row its class colour."""

    ARRAYS = MappingProxyType({"x": ("<f4", (None,)), "y": ("<f4", (None, None))})

    x: np.ndarray | None = None
    y: np.ndarray | None = None
    dashed: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Histogram(Layer):
    """Bars that stand on y = 0 between consecutive `edges`."""

    ARRAYS = MappingProxyType({"edges": ("<f4", (None,)), "heights": ("<f4", (None,))})

    edges: np.ndarray | None = None
    heights: np.ndarray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Arrows(Layer):
    """Vectors `uv`, in the units of the axes, that start at `xy`."""

    ARRAYS = MappingProxyType({"xy": ("<f4", (None, 2)), "uv": ("<f4", (None, 2))})

    xy: np.ndarray | None = None
    uv: np.ndarray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Mesh(Layer):
    """A bent sheet of paper: the lines through a grid of points, for instance the image of a lattice under a flow."""

    ARRAYS = MappingProxyType({"grid": ("<f4", (None, None, 2))})

    grid: np.ndarray | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Paths(Layer):
    """p polylines of s points each, for instance the trajectories of particles."""

    ARRAYS = MappingProxyType({"xy": ("<f4", (None, None, 2))})

    xy: np.ndarray | None = None
