"""What is seen in pictures of a built-in set, whoever painted them: their labels, and how unlike each other they are.

labels     of outfits read off the pixels, exactly for real ones; of other sets by the set's judge, as well as it can
variety    the mean root-mean-square distance of two of the pictures, beside that of two real ones that are what was
           asked for; guidance buys obedience with it (Ho and Salimans, 2022)
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial.distance import pdist

from core.data.images import Pictures
from core.data.renderers import outfits
from core.key import Key
from core.painting import judge
from core.painting.recipes import conditions
from core.painting.wish import Wish

Images = Float[np.ndarray, "n c h w"]
REAL = 256  # real pictures that two are drawn from


def reader(dataset: str) -> Callable[[Images], Int[np.ndarray, "n a"]] | None:
    """What reads the labels of pictures of a set; None where nobody can."""
    if dataset == "outfits":
        return outfits.measure
    try:
        return judge.stored(dataset).labels
    except ValueError:
        return None


def apart(x: Images) -> float:
    """The mean root-mean-square distance of two pictures, pixel by pixel, in [0, 1]; 0 of fewer than two."""
    rows = np.asarray(x, dtype=float).reshape(len(x), -1)
    return float(pdist(rows).mean() / np.sqrt(rows.shape[1])) if len(rows) > 1 else 0.0


def apart_in_data(pictures: Pictures, wish: Wish) -> float:
    """`apart` of real pictures that are what was asked for, of at most `REAL` of them; 0 where there are none."""
    rows = np.arange(len(pictures))
    if wish.asks:
        rows = np.flatnonzero(wish.fulfilled(conditions(pictures)).all(axis=1))
    if len(rows) > REAL:
        rows = (Key(0) / "variety").generator().choice(rows, REAL, replace=False)
    return apart(pictures.take(rows).images)
