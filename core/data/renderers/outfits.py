"""Outfits: 4,032 colour portraits, every combination of five attributes drawn once.

Shapes depend on accessory, clothes type and hair type (84 scenes). A scene is flat shapes laid over each other, so a picture is
linear in its two free colours,

    pixel = fixed + w_hair * hair colour + w_clothes * clothes colour,

and the chest and the brows show them bare in every picture: colours can be read back from pixels exactly. The brows keep
the hair's colour where there is no hair, so no two outfits look alike. Prompts: `outfit_prompts`.
"""

from functools import cache

import numpy as np
from jaxtyping import Float, Int

from core.data.images import Factor, Pictures, quantise
from core.data.renderers.outfit_scenes import rgb, scenes
from core.data.renderers.outfit_words import (
    ACCESSORY,
    ATTRIBUTES,
    CLOTHES_COLOUR,
    CLOTHES_TYPE,
    HAIR_COLOUR,
    HAIR_TYPE,
    VALUES,
)
from core.key import Key

__all__ = ["COLUMNS", "EVERY", "measure", "pictures", "render"]

SIZE = 32
COLUMNS = tuple(Factor(name, 0, len(words) - 1, words=words) for name, words in zip(ATTRIBUTES, VALUES, strict=True))
COUNTS = tuple(len(words) for words in VALUES)
EVERY = np.stack([axis.ravel() for axis in np.indices(COUNTS)], axis=1)  # (4032, 5), the last attribute fastest


CLOTHES = rgb("26282c", "2f6fd0", "2f9e5b", "8d949e", "f08cb4", "d33a3a", "f8f8f6", "f4c430")
HAIR = rgb("1d1b1e", "efcb68", "6e4225", "f472b6", "c2401c", "b9c0c9")
CHEST = (slice(28, 32), slice(14, 18))  # rows, columns of bare clothes
SCENE = [ACCESSORY, CLOTHES_TYPE, HAIR_TYPE]
BROWS = (slice(10, 11), (11, 12, 13, 18, 19, 20))  # of bare hair colour


def render(
    factors: Int[np.ndarray, "n 5"] | Float[np.ndarray, "n 5"],
    key: Key = Key(0),  # noqa: B008
) -> Float[np.ndarray, "n 3 32 32"]:
    """The portraits of these attribute numbers, red, green, blue; nothing is random, so `key` is not used."""
    accessory, clothes, kind, hair, cut = np.asarray(factors, dtype=int).T
    fixed, of_hair, of_clothes = scenes()
    scene = (accessory, kind, cut)
    images = fixed[scene] + of_hair[scene][:, None] * HAIR[hair][:, :, None, None]
    images += of_clothes[scene][:, None] * CLOTHES[clothes][:, :, None, None]
    return np.clip(images, 0, 1)  # rounding alone could leave [0, 1]


def pictures(n: int, key: Key) -> Pictures:
    """All 4,032 outfits; `n` and `key` are for the shared signature alone."""
    return Pictures(
        "outfits",
        quantise(render(EVERY)),
        source="Drawn by this program: every combination of five attributes once.",
        factors=EVERY.astype(float),
        columns=COLUMNS,
    )


def measure(images: Float[np.ndarray, "n 3 32 32"]) -> Int[np.ndarray, "n 5"]:
    """The attributes seen in portraits, which need not be ours: exact on all 4,032, and for noise up to about 0.2.

    Colours are the nearest to the mean of the chest and of the brows; then the scene is the nearest of the 84 pictures
    in these colours, by squared difference.
    """
    found = np.zeros((len(images), len(COUNTS)), dtype=int)
    for attribute, palette, (top, across) in ((CLOTHES_COLOUR, CLOTHES, CHEST), (HAIR_COLOUR, HAIR, BROWS)):
        seen = images[:, :, top][..., across].mean(axis=(2, 3))
        found[:, attribute] = ((seen[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
    fixed, of_hair, of_clothes = (part.reshape(len(_norms()), -1) for part in scenes())
    planes = images.reshape(len(images), 3, -1)
    met = images.reshape(len(images), -1) @ fixed.T  # with each of the 84 scenes
    for weight, palette, attribute in ((of_hair, HAIR, HAIR_COLOUR), (of_clothes, CLOTHES, CLOTHES_COLOUR)):
        met += np.einsum("nk,nks->ns", palette[found[:, attribute]], planes @ weight.T)
    apart = _norms()[:, found[:, HAIR_COLOUR], found[:, CLOTHES_COLOUR]].T - 2 * met
    scene = np.unravel_index(apart.argmin(axis=1), [COUNTS[attribute] for attribute in SCENE])
    found[:, SCENE] = np.stack(scene, axis=1)
    return found


@cache
def _norms() -> Float[np.ndarray, "84 6 8"]:
    """The squared norm of every picture, by scene, hair colour and clothes colour."""
    found = np.empty([COUNTS[attribute] for attribute in (*SCENE, HAIR_COLOUR, CLOTHES_COLOUR)])
    for hair, clothes in np.ndindex(found.shape[-2:]):
        among = EVERY[(EVERY[:, HAIR_COLOUR] == hair) & (EVERY[:, CLOTHES_COLOUR] == clothes)]  # scene by scene
        found[..., hair, clothes] = (render(among) ** 2).sum(axis=(1, 2, 3)).reshape(found.shape[:-2])
    return found.reshape(-1, *found.shape[-2:])
