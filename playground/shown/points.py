"""A data set's points as discs on the stage: which of them, how large, and in the colours of their labels."""

from typing import Any

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.key import Key
from core.units import ordinary
from playground.instruments.stage import Layer, Points

QUANTILES = 201
SHOWN = 4000  # points on the stage; all of them are fitted


def shown_rows(dataset: Dataset) -> np.ndarray:
    """The rows on the stage: all, or a fixed random choice of `SHOWN`."""
    if len(dataset) <= SHOWN:
        return np.arange(len(dataset))
    return np.sort((Key(0) / "points on stage").generator().choice(len(dataset), SHOWN, replace=False))


def visible(dataset: Dataset) -> np.ndarray:
    """The points on the stage."""
    return dataset.points[shown_rows(dataset)]


def numbered(dataset: Dataset) -> np.ndarray | None:
    """What the points on the stage are called by, their places in the data from 1; None where all are shown, in order."""
    return None if len(dataset) <= SHOWN else shown_rows(dataset) + 1


def size_of(dataset: Dataset) -> float:
    """Smaller discs for more points."""
    return (7.0 if len(dataset) <= 300 else 5.5 if len(dataset) <= 1500 else 4.0) - 2.0 * (dataset.dim == 1)


def places(x: Float[np.ndarray, " n"], low: float, high: float, count: int) -> Float[np.ndarray, " m"]:
    """Where on an axis a curve is worked out: `count` even nodes, and quantiles of the values `x` if some of them are far.

    On an axis that holds -9999 all other values may lie between two nodes, and so would the peaks of their density.
    """
    even = np.linspace(low, high, count)
    if ordinary(x[:, None]).all():
        return even
    return np.union1d(even, np.quantile(x, np.linspace(0, 1, QUANTILES)))


def labelled(dataset: Dataset, xy: np.ndarray) -> list[Layer]:
    """The points on the stage in the colours of their labels, where the data has any; the fit never sees them."""
    if dataset.labels is None:
        return []
    shown: dict[str, Any] = {"cls": dataset.labels[shown_rows(dataset)], "classes": dataset.classes}
    shown["numbers"] = numbered(dataset)
    return [Points(name="labels", label="Labels", role="classes", xy=xy, size=size_of(dataset), on=False, **shown)]


def label_bytes(dataset: Dataset) -> bytes:
    """What tells one labelling of the same points from another."""
    return b"" if dataset.labels is None else repr(dataset.classes).encode() + dataset.labels.tobytes()
