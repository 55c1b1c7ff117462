"""The built-in sets by name: toys whose density is known exactly, and small real sets.

A toy is drawn afresh from `key / "data"`; its axes are fixed and hold all but about a thousandth of the mass, whatever
was drawn (the heavy-tailed set: all but two thousandths). Real sets are always the same points.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from core.data.sets import toys_1d, toys_2d
from core.data.sets.curves import SwissRoll, TwoMoons, TwoSpirals
from core.data.sets.pinwheel import Pinwheel
from core.dataset import Dataset, around
from core.key import Key

TABLES = Path(__file__).parent / "sets" / "tables"
FFJORD = "parameters as in FFJORD (Grathwohl et al., 2019)"
PEAKS = ("left peak", "right peak")


@runtime_checkable
class Labelled(Protocol):
    """A truth that can say which of its branches a draw came from."""

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n d"], Int[np.ndarray, " n"]]:
        """`n` independent draws and their branches."""
        ...


@dataclass(frozen=True)
class Toy:
    """A named distribution, its entropy if the truth does not know it, its axes, and the names of its branches."""

    title: str
    truth: Any
    stated: float | None
    bounds: tuple[tuple[float, float], ...]
    source: str
    classes: tuple[str, ...] = ()

    @property
    def entropy(self) -> float:
        """The truth's entropy, nats."""
        return self.truth.entropy if self.stated is None else self.stated


def square(half: float) -> tuple[tuple[float, float], ...]:
    """The axes of a square of side 2 `half` around the origin."""
    return ((-half, half), (-half, half))


def own(title: str, truth: Any, bounds: tuple[tuple[float, float], ...], source: str) -> Toy:
    """A Toy whose truth knows its own entropy and the names of its branches."""
    return Toy(title, truth, None, bounds, source, getattr(truth, "classes", ()))


TOYS: dict[str, Toy] = {
    "normal": Toy("Normal", toys_1d.normal(), toys_1d.NORMAL_ENTROPY, ((-4.5, 4.5),), "Draws from N(0, 1)."),
    "bimodal": Toy(
        "Two peaks",
        toys_1d.bimodal(),
        toys_1d.BIMODAL_ENTROPY,
        ((-6.0, 6.0),),
        "Draws from 0.5 N(-3, 0.5²) + 0.5 N(2, 1).",
        PEAKS,
    ),
    "skewed": own("Skewed", toys_1d.SkewNormal(), ((-4.0, 7.0),), "Draws from a skew-normal (Azzalini, 1985)."),
    "heavy_tailed": own(
        "Heavy tails", toys_1d.StudentT(), ((-11.0, 11.0),), "Draws from Student's t (1908), 3 degrees."
    ),
    "gapped": own("Gap", toys_1d.UniformGap(), ((-2.5, 2.5),), "Draws uniform on [-2, -1/2] and [1/2, 2]."),
    "eight_gaussians": Toy(
        "Eight Gaussians",
        toys_2d.eight_gaussians(),
        toys_2d.EIGHT_GAUSSIANS_ENTROPY,
        square(4.5),
        f"Draws from eight Gaussians on a circle; {FFJORD}.",
        tuple(f"Gaussian {i}" for i in range(1, 9)),
    ),
    "checkerboard": own(
        "Checkerboard", toys_2d.Checkerboard(), square(4.5), f"Draws uniform on eight squares; {FFJORD}."
    ),
    "two_moons": own("Two moons", TwoMoons(), square(4.0), f"Draws from two noisy half circles; {FFJORD}."),
    "pinwheel": own("Pinwheel", Pinwheel(), square(4.5), f"Draws from five sheared Gaussians; {FFJORD}."),
    "two_spirals": own("Two spirals", TwoSpirals(), square(4.0), f"Draws from two noisy spiral arms; {FFJORD}."),
    "rings": own(
        "Four rings", toys_2d.Rings((0.75, 1.5, 2.25, 3.0), 0.08), square(3.75), f"Draws from four rings; {FFJORD}."
    ),
    "circles": own(
        "Two circles", toys_2d.Rings((1.5, 3.0), 0.24), square(4.5), f"Draws from two noisy circles; {FFJORD}."
    ),
    "swiss_roll": own("Swiss roll", SwissRoll(), square(4.0), f"Draws from a noisy spiral; {FFJORD}."),
    "banana": own(
        "Banana",
        toys_2d.Banana(),
        ((-4.0, 4.0), (-3.5, 15.0)),
        "Draws from a bent Gaussian (Haario, Saksman and Tamminen, 1999).",
    ),
}


def load(name: str, n: int = 1000, key: Key = Key(0)) -> Dataset:  # noqa: B008 - a Key is a constant value
    """The set called `name`: a toy drawn from `key / "data"` with `n` points (10 to 100,000), or a real set whole."""
    if name in REAL:
        return replace(REAL[name][2](), name=name, title=REAL[name][0], builtin=True)
    if name not in TOYS:
        raise ValueError(f"There is no built-in set called {name!r}; there are {', '.join(NAMES)}.")
    if not 10 <= n <= 100_000:
        raise ValueError(f"n must lie between 10 and 100,000, not {n}.")
    toy, stream = TOYS[name], key / "data"
    if toy.classes and isinstance(toy.truth, Labelled):
        points, labels = toy.truth.sample_labelled(n, stream)
    else:
        points, labels = toy.truth.sample(n, stream), None
    return Dataset(
        name,
        points,
        np.array(toy.bounds),
        ("x",) if len(toy.bounds) == 1 else ("x1", "x2"),
        toy.title,
        toy.source,
        labels,
        toy.classes,
        toy.truth,
        toy.entropy,
        builtin=True,
    )


def dim(name: str) -> int:
    """The number of columns of the set called `name`, without loading it."""
    return REAL[name][1] if name in REAL else len(TOYS[name].bounds)


def columns(dataset: Dataset, names: tuple[str, ...]) -> Dataset:
    """The named columns of `dataset`, in that order; its truth and entropy, which are of all columns, are dropped."""
    if not names:
        raise ValueError(f"{dataset.name}: choose at least one column of {', '.join(dataset.columns)}.")
    missing = [name for name in names if name not in dataset.columns]
    if missing:
        raise ValueError(f"{dataset.name} has the columns {', '.join(dataset.columns)}, not {', '.join(missing)}.")
    index = [dataset.columns.index(name) for name in names]
    points, bounds = dataset.points[:, index], dataset.bounds[index]
    return replace(dataset, points=points, bounds=bounds, columns=tuple(names), truth=None, entropy=None, digest="")


def _demonstration() -> Dataset:
    """The first demonstration's 600 points, drawn by NumPy's legacy generator as its script did."""
    rng = np.random.RandomState(42)
    points = np.concatenate([rng.normal(-2, 1, 300), rng.normal(2, 1, 300)])[:, None]
    return Dataset(
        "demonstration",
        points,
        np.array([[-6.0, 6.0]]),
        ("x",),
        source="300 draws from N(-2, 1) and 300 from N(2, 1) by numpy.random.RandomState(42).",
        labels=np.repeat([0, 1], 300),
        classes=PEAKS,
        truth=toys_1d.demonstration(),
        entropy=toys_1d.DEMONSTRATION_ENTROPY,
    )


def _measured(points: np.ndarray, names: tuple[str, ...], source: str) -> Dataset:
    """A real set, on axes that hold all its points."""
    return Dataset("", points, around(points), names, source=source, standardise=True)


def _faithful() -> Dataset:
    points = np.loadtxt(TABLES / "faithful.csv", delimiter=",", skiprows=1)
    source = "272 eruptions of the Old Faithful geyser, Yellowstone, August 1985 (Azzalini and Bowman, 1990)."
    return _measured(points, ("duration (min)", "waiting (min)"), source)


def _galaxies() -> Dataset:
    points = np.loadtxt(TABLES / "galaxies.csv", skiprows=1, ndmin=2) / 1000
    source = (
        "82 galaxies of the Corona Borealis region (Postman, Huchra and Geller, 1986; Roeder, 1990), the 78th being "
        "26,960 km/s and not 26,690 as misprinted in R's MASS."
    )
    return _measured(points, ("velocity (1000 km/s)",), source)


def _iris() -> Dataset:
    from sklearn.datasets import load_iris

    table = load_iris()
    names = tuple(name.replace("(cm)", "").strip() + " (cm)" for name in table.feature_names)
    measured = _measured(table.data, names, "150 irises of three species (Anderson, 1935; Fisher, 1936).")
    return replace(
        measured, labels=table.target.astype(np.int64), classes=tuple(map(str, table.target_names)), digest=""
    )


def _wine() -> Dataset:
    from sklearn.datasets import load_wine

    table = load_wine()
    names = tuple(name.replace("_", " ") for name in table.feature_names)
    measured = _measured(table.data, names, "178 wines of three Piedmontese cultivars (Forina et al., 1986; UCI).")
    classes = ("first cultivar", "second cultivar", "third cultivar")
    return replace(measured, labels=table.target.astype(np.int64), classes=classes, digest="")


REAL: dict[str, tuple[str, int, Callable[[], Dataset]]] = {
    "demonstration": ("The classic demonstration", 1, _demonstration),
    "galaxies": ("Galaxies", 1, _galaxies),
    "faithful": ("Old Faithful", 2, _faithful),
    "iris": ("Irises", 4, _iris),
    "wine": ("Wines", 13, _wine),
}
"""Name -> title, number of columns, reader."""

NAMES: dict[str, str] = {name: toy.title for name, toy in TOYS.items()} | {name: row[0] for name, row in REAL.items()}
"""Every set's title by its name: toys on the line, toys in the plane, sets that never change."""
