"""Small pictures of the built-in data sets, computed from the data they stand for."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from core.data import builtin
from core.dataset import Dataset
from core.key import Key
from playground.palette import ROLES

SIDE = 112
DRAWS = 20_000


@st.cache_data(show_spinner=False, max_entries=64)
def thumbnail(name: str, dark: bool) -> bytes:
    """A PNG of a set on the shelf: where its points are dense (2-D), or its histogram (1-D), in the data's blue.

    What a person brings has no points yet: an empty sheet in the hand's pink.
    """
    if name not in builtin.NAMES:
        return png(sheet(), ROLES["hand"][dark])
    dataset = builtin.load(name, DRAWS, Key(0))
    if dataset.dim > 2:
        dataset = builtin.columns(dataset, dataset.columns[-2:])
    return png(bars(dataset) if dataset.dim == 1 else cloud(dataset), ROLES["data"][dark])


def png(ink: np.ndarray, colour: str) -> bytes:
    """A picture of one colour on nothing; `ink` (SIDE, SIDE) is its opacity, 0 to 1."""
    pixels = np.empty((SIDE, SIDE, 4), np.uint8)
    pixels[..., :3] = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    pixels[..., 3] = np.rint(255 * ink)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "png", optimize=True)
    return out.getvalue()


def sheet() -> np.ndarray:
    """The dashed edge of an empty sheet."""
    inside = np.abs(np.arange(SIDE) - SIDE / 2 + 0.5) < SIDE / 2 - 8
    core = np.abs(np.arange(SIDE) - SIDE / 2 + 0.5) < SIDE / 2 - 11
    edge = np.outer(inside, inside) & ~np.outer(core, core)
    dash = (np.arange(SIDE)[:, None] + np.arange(SIDE)) % 12 < 7
    return (edge & dash).astype(float)


def cloud(dataset: Dataset) -> np.ndarray:
    """How dense the points are in each pixel, 0 to 1, row 0 at the top; few points are drawn as discs."""
    bins = SIDE if len(dataset) > 1000 else SIDE // 4
    counts = np.histogram2d(dataset.points[:, 1], dataset.points[:, 0], bins, dataset.bounds[::-1].tolist())[0]
    ink = np.minimum(counts / np.quantile(counts[counts > 0], 0.9), 1) ** 0.7
    return np.kron(ink, np.ones((SIDE // bins, SIDE // bins)))[::-1]


def bars(dataset: Dataset) -> np.ndarray:
    """A filled histogram, row 0 at the top."""
    low, high = dataset.bounds[0]
    bins = SIDE // 4 if len(dataset) <= 1000 else SIDE // 2
    heights = np.histogram(dataset.points[:, 0], bins, (low, high))[0].repeat(SIDE // bins)
    level = (np.arange(SIDE)[::-1, None] + 0.5) / SIDE * 1.1
    return 0.85 * (level <= heights / heights.max())
