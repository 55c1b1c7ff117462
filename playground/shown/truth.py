"""What is exact of a built-in set, and the data themselves, as the layers of a stage have them.

Exact densities are the same for everybody and are kept for all sessions.
"""

from functools import lru_cache
from typing import Any

import contourpy
import numpy as np
import streamlit as st

from core.data import builtin
from core.dataset import Dataset, Truth
from core.key import Key
from core.process import frozen
from playground.shown.points import visible


def rug(dataset: Dataset) -> np.ndarray:
    """One-dimensional points spread over a band below the axis, so that equal ones can be told apart."""
    x = visible(dataset)[:, 0]
    depth = (Key(0) / "rug").generator().uniform(0.025, 0.13, len(x))
    return np.column_stack([x, -depth * peak_1d(dataset)])


def histogram(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Freedman and Diaconis's bins (at most 80) and the density in each."""
    x = dataset.points[:, 0]
    low, quarter, three, high = np.quantile(x, (0, 0.25, 0.75, 1))
    width = 2 * (three - quarter) / np.cbrt(len(x))
    count = int(np.ceil(min((high - low) / width, 80))) if width > 0 else 80
    edges = np.linspace(low, high, max(count, 1) + 1)
    return edges, np.histogram(x, edges, density=True)[0]


def peak_1d(dataset: Dataset) -> float:
    """The height the density axis must show: the tallest bar, or the truth's top."""
    top = float(histogram(dataset)[1].max())
    return max(top, float(truth_curve(dataset.name)[1].max())) if dataset.truth is not None else top


def _truth(name: str) -> tuple[Truth, np.ndarray]:
    dataset = builtin.load(name)
    assert dataset.truth is not None
    return dataset.truth, dataset.bounds


@st.cache_data(show_spinner=False, max_entries=64)
def truth_curve(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The exact density of a built-in 1-D set at 600 places."""
    truth, bounds = _truth(name)
    x = np.linspace(bounds[0, 0], bounds[0, 1], 600)
    return x, np.exp(truth.log_prob(x[:, None]))


@st.cache_data(show_spinner="Computing the exact density...", max_entries=64)
def truth_lines(name: str, side: int = 240) -> dict[str, Any]:
    """Level lines of the exact density of a built-in 2-D set that enclose 30, 60 and 90 percent of its mass."""
    truth, bounds = _truth(name)
    x, y = (np.linspace(low, high, side) for low, high in bounds)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    density = np.exp(truth.log_prob(grid)).reshape(side, side)
    order = np.sort(density.ravel())[::-1]
    levels = order[np.searchsorted(order.cumsum() / order.sum(), (0.3, 0.6, 0.9))]
    generator = contourpy.contour_generator(x, y, density)
    parts = [(line, level) for level in np.unique(levels * (1 - 1e-9)) for line in generator.lines(level)]
    return {
        "xy": np.concatenate([line for line, _ in parts]),
        "start": np.cumsum([0, *(len(line) for line, _ in parts)]),
        "level": np.array([level for _, level in parts]),
    }


@lru_cache(maxsize=64)
def truth_draws(name: str, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Fresh draws from a built-in set's exact distribution and their log-densities; for jobs, too."""
    truth, _ = _truth(name)
    x = truth.sample(n, Key(0) / "fresh draws")
    return frozen(x), frozen(truth.log_prob(x))
