"""What the panels of a VAE ask first: which model it is, what it is told of a picture, and pictures side by side."""

import numpy as np
from jaxtyping import Float, Int

from core.data.images import Pictures, contact_sheet
from core.key import Key
from core.vae.model import VAE
from playground import image, session
from playground.shelf.pictures import GROUND, SHEET

AXES = ("z1 (prior sd)", "z2 (prior sd)")
"""The latent plane's axes: the prior's standard deviation is 1 along each."""


def told(model: VAE, pictures: Pictures, rows: Int[np.ndarray, " m"]) -> Int[np.ndarray, "m a"] | None:
    """What a labelled model is told of these pictures: their class, or else the words they were drawn from; else None."""
    if not model.classes:
        return None
    if len(model.classes) == 1 and pictures.labels is not None:
        return np.array(pictures.labels[rows], dtype=np.int64)[:, None]
    worded = [j for j, column in enumerate(pictures.columns) if column.words]
    if pictures.factors is None or len(worded) != len(model.classes):
        raise ValueError("This model was told labels that these pictures do not have.")
    return pictures.factors[rows][:, worded].astype(np.int64)


def images(pictures: Pictures, rows: Int[np.ndarray, " m"]) -> Float[np.ndarray, "m c h w"]:
    """The pictures of these rows, in [0, 1]."""
    return pictures.pixels[rows] / (pictures.levels - 1)


def some(rows: Int[np.ndarray, " n"], most: int, key: Key) -> Int[np.ndarray, " m"]:
    """At most so many of the rows, at random, in their order."""
    return rows if len(rows) <= most else np.sort(key.generator().choice(rows, most, replace=False))


def strip(shown: Float[np.ndarray, "n c h w"], alt: str, columns: int = 10, width: int = 0) -> None:
    """Pictures side by side, each pixel a crisp square, as wide as the column or `width` CSS pixels."""
    tiled = contact_sheet(np.clip(shown, 0, 1), min(columns, len(shown)), 1, GROUND[session.dark()])
    scale = max(round(SHEET / tiled.shape[1]), 1)
    crisp = np.rint(255 * tiled).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)
    image.show(crisp[..., 0] if crisp.shape[2] == 1 else crisp, alt, width or "stretch")
