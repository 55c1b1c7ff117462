"""Maximum mean discrepancy by Gaussian kernels of several widths, and where two samples differ.

    MMD^2_w = E k(X, X') + E k(Y, Y') - 2 E k(X, Y),   k(a, b) = exp(-|a - b|^2 / (2 w^2)),   pairs of different points

Small widths see holes and filaments, large ones the whole cloud. No width is best for all, so each discrepancy is divided
by the root of the sum of squares of its centred kernel over all pairs, to which its spread under one source is in
proportion, and the largest of the quotients is what counts; dealing out the pooled points afresh calibrates that as it
does a single width (Gretton et al., 2012; the largest over widths as in Fromont et al., 2012). The witness of a width,

    f(z) = mean_i k(z, x_i) - mean_j k(z, y_j),

is positive where x has more and negative where y has more: the function that tells the two means apart best. `witness`
divides it by its standard error under one source, and says how large the largest of the map is then.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from core.key import Key
from core.process import frozen

SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # widths, in medians of the distances of all pairs
DEALT = 99  # times that a map is dealt out afresh


def widths(pair: Float[np.ndarray, "N N"]) -> Float[np.ndarray, " w"]:
    """The widths that are looked at, from the distances of all pairs (their units); rounded data may have a median of 0."""
    off = pair[np.triu_indices(len(pair), 1)]
    middle = float(np.median(off))
    return np.array(SHARES) * (middle or float(off.mean()) or 1.0)


def quotients(pair: Float[np.ndarray, "N N"], n: int) -> Callable[[Bool[np.ndarray, "b N"]], Float[np.ndarray, "b w"]]:
    """For each of b masks, MMD^2 of the n points taken from the others at each width, over its scale under one source.

    The scale is about its standard deviation, as large samples give it: sqrt(2) / (n m) times the centred kernel's size.
    Kernels are held in single precision: five of 2000 points take 80 MB.
    """
    m, squared = len(pair) - n, (pair**2).astype(np.float32)
    kernels = []
    for width in widths(pair):
        kernel = np.exp(squared * np.float32(-0.5 / width**2))
        np.fill_diagonal(kernel, 0)
        rows = kernel.mean(axis=1)
        centred = kernel - rows[:, None] - rows + kernel.mean()
        np.fill_diagonal(centred, 0)
        size = float(np.sqrt((centred**2).sum(dtype=float)))
        kernels.append(kernel / (np.float32(size * np.sqrt(2) / (n * m)) if size > 0 else 1))

    def measure(masks: np.ndarray) -> np.ndarray:
        sign = np.where(masks, np.float32(1 / n), np.float32(-1 / m))
        return np.stack([((sign @ kernel) * sign).sum(axis=1, dtype=float) for kernel in kernels], axis=1)

    return measure


@dataclass(frozen=True)
class Witness:
    """Where x has more than y (positive) or less, in standard errors, and the `limit` that no place passes by chance.

    Under one source the largest of all places, up or down, lies below the limit in 19 of 20 dealings.
    """

    values: Float[np.ndarray, " g"]
    limit: float

    def __post_init__(self) -> None:
        """Freeze the array."""
        object.__setattr__(self, "values", frozen(self.values))


def witness(
    at: Float[np.ndarray, "g d"], x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], width: float, key: Key
) -> Witness:
    """The witness of a width at places z over its standard error, sqrt(var k(z, .) (1/n + 1/m)) over the pooled points."""
    n, m, pooled = len(x), len(y), np.concatenate([x, y]).astype(np.float32)
    squared = sum((a[:, None] - b) ** 2 for a, b in zip(at.T.astype(np.float32), pooled.T, strict=True))
    kernel = np.exp(np.float32(-0.5 / width**2) * squared)
    error = np.sqrt(kernel.var(axis=1) * (1 / n + 1 / m))
    first = np.arange(n + m) < n
    dealt = (key / "dealt").generator().permuted(np.tile(first, (DEALT, 1)), axis=1)
    signs = np.where(np.vstack([first, dealt]), np.float32(1 / n), np.float32(-1 / m))
    found = kernel @ signs.T / np.maximum(error, 1e-6)[:, None]
    return Witness(found[:, 0].astype(float), float(np.quantile(np.abs(found[:, 1:]).max(axis=0), 0.95)))
