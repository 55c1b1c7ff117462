"""Do two samples come from one source? A distance, beside what it would be if they did.

    energy                2 E|X - Y| - E|X - X'| - E|Y - Y'|, over all pairs, a point with itself included: the squared
                          energy distance (Szekely and Rizzo, 2013), never negative; scipy's is its square root
    sliced wasserstein    sqrt of the mean over directions of W_2^2 of the projections (Bonneel et al., 2015)
    wasserstein           W_1 = int |F - G| in one dimension, exact
    neighbours            the share of the `NEAREST` nearest neighbours of each pooled point that come from its own sample,
                          what a classifier by neighbours gets right (Schilling, 1986; Henze, 1988; Lopez-Paz and Oquab,
                          2017): it sees holes and filaments, which distances of whole clouds hardly do
    mmd                   the largest maximum mean discrepancy over a range of widths (`core.evaluation.mmd`)

None of these is zero (the share: one half) for two samples of the same law, and how far they are from it depends on how
many points there are: **never compare distances across different n**. What means something is the distance against its
null band, its distribution when both samples come from one source. `permuted` gets it by dealing the pooled points out
afresh, which makes the p-value (1 + k) / (1 + B) exact where the samples are independent (Phipson and Smyth, 2010). Draws
from a model fitted to the very points they are compared with are a little too near them, so such a p-value errs on the
large side.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from core.dataset import Truth
from core.evaluation import mmd
from core.key import Key
from core.process import Halt, Step, frozen

STATISTICS = ("energy", "sliced wasserstein", "wasserstein", "neighbours", "mmd")
NEAREST = 10
DIRECTIONS = 64
MOST = 1000  # points of each sample that `compare` looks at
BLOCK = 20  # repeats a Step


@dataclass(frozen=True)
class Null:
    """An `observed` distance of samples of n and m points, and the distances `null` of as many points from one source."""

    observed: float
    null: Float[np.ndarray, " b"]
    n: int
    m: int

    def __post_init__(self) -> None:
        """Freeze the array."""
        object.__setattr__(self, "null", frozen(self.null))

    @property
    def p_value(self) -> float:
        """(1 + how many of the null are as large as observed) / (1 + B)."""
        return float((1 + (self.null >= self.observed * (1 - 1e-12)).sum()) / (1 + len(self.null)))

    @property
    def limit(self) -> float:
        """The 95 % point of the null: an observed distance below it is what one source gives."""
        return float(np.quantile(self.null, 0.95)) if len(self.null) else float("nan")


def distances(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "n m"]:
    """Euclidean distances of all pairs (units of the columns, which should be alike)."""
    return np.sqrt(sum((a[:, None] - b) ** 2 for a, b in zip(x.T, y.T, strict=True)))


def energy(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> float:
    """The squared energy distance, 2 E|X - Y| - E|X - X'| - E|Y - Y'| over all pairs (units of the columns)."""
    return float(2 * distances(x, y).mean() - distances(x, x).mean() - distances(y, y).mean())


def directions(d: int, key: Key, count: int = DIRECTIONS) -> Float[np.ndarray, "t d"]:
    """`count` unit vectors, uniform on the sphere: fixed by the key; the one there is, in one dimension."""
    if d == 1:
        return np.ones((1, 1))
    v = (key / "directions").generator().standard_normal((count, d))
    return v / np.linalg.norm(v, axis=1, keepdims=True)


def matching(n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which order statistics of n and of m points the optimal transport on a line joins, and the mass between them."""
    levels = np.unique(np.concatenate([np.arange(1, n + 1) * m, np.arange(1, m + 1) * n]))  # of n m, whole numbers
    return (levels - 1) // m, (levels - 1) // n, np.diff(levels, prepend=0) / (n * m)


def sliced_wasserstein(
    x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], along: Float[np.ndarray, "t d"]
) -> float:
    """The root of the mean of W_2^2 over the projections `along` (units of the columns); in one dimension W_2 itself."""
    i, j, mass = matching(len(x), len(y))
    return float(np.sqrt((((np.sort(along @ x.T)[:, i] - np.sort(along @ y.T)[:, j]) ** 2) @ mass).mean()))


def wasserstein(x: Float[np.ndarray, "n 1"], y: Float[np.ndarray, "m 1"]) -> float:
    """W_1 = int |F - G| = int |F^-1 - G^-1|, exact (units of the column)."""
    i, j, mass = matching(len(x), len(y))
    return float(abs(np.sort(x[:, 0])[i] - np.sort(y[:, 0])[j]) @ mass)


def statistic(
    name: str, pooled: Float[np.ndarray, "N d"], n: int, key: Key
) -> Callable[[Bool[np.ndarray, "b N"]], Float[np.ndarray, " b"]]:
    """For each of b masks, the distance of the n pooled points it takes from the others; pairs and orders found once."""
    m, d = len(pooled) - n, pooled.shape[1]
    if name == "energy":
        pair = distances(pooled, pooled)
        everyone, whole = pair.sum(axis=1), pair.sum()

        def measure(masks: np.ndarray) -> np.ndarray:
            taken = masks.astype(float)
            own = ((taken @ pair) * taken).sum(axis=1)
            across = taken @ everyone - own
            return 2 * across / (n * m) - own / n**2 - (whole - own - 2 * across) / m**2

        return measure
    if name == "neighbours":
        return coincidences(pooled, key)
    if name == "mmd":
        quotients = mmd.quotients(distances(pooled, pooled), n)
        return lambda masks: quotients(masks).max(axis=1)
    if name == "wasserstein" and d > 1:
        raise Halt("The exact Wasserstein distance is for one column: choose the sliced one for two or more.")
    power = 1 if name == "wasserstein" else 2
    projected = directions(d, key) @ pooled.T  # (t, N)
    order, (i, j, mass) = np.argsort(projected, axis=1), matching(n, m)
    projected = np.take_along_axis(projected, order, axis=1)

    def measure_sorted(masks: np.ndarray) -> np.ndarray:
        found = np.empty(len(masks))
        for b, mask in enumerate(masks):
            taken = mask[order]
            one, other = (projected[t].reshape(len(projected), -1) for t in (taken, ~taken))
            found[b] = ((abs(one[:, i] - other[:, j]) ** power) @ mass).mean() ** (1 / power)
        return found

    return measure_sorted


def coincidences(
    pooled: Float[np.ndarray, "N d"], key: Key
) -> Callable[[Bool[np.ndarray, "b N"]], Float[np.ndarray, " b"]]:
    """For each of b masks, the share of each point's nearest neighbours on its own side of the mask, over all points.

    Which of equally near points are taken depends on a random order that knows no sample, so that p stays exact.
    """
    order = (key / "ties").generator().permutation(len(pooled))
    pair, k = distances(pooled[order], pooled[order]), min(NEAREST, len(pooled) - 1)
    np.fill_diagonal(pair, np.inf)
    near = np.argpartition(pair, k - 1, axis=1)[:, :k]

    def measure(masks: np.ndarray) -> np.ndarray:
        sides = masks[:, order]
        return (sides[:, near] == sides[:, :, None]).mean(axis=(1, 2))

    return measure


def permuted(name: str, x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], repeats: int, key: Key) -> Null:
    """The observed distance of two samples, and its null: the pooled points dealt out afresh `repeats` times."""
    *_, last = compare(x, y, key, name, repeats, most=max(len(x), len(y)))
    return last.state


def null_band(name: str, source: Truth, n: int, m: int, repeats: int, key: Key) -> Float[np.ndarray, " b"]:
    """The distances of n from m fresh draws of one source, `repeats` times: the band without any data."""
    found = np.empty(repeats)
    for b in range(repeats):
        pooled = source.sample(n + m, key / "source" / b)
        found[b] = statistic(name, pooled, n, key)((np.arange(n + m) < n)[None])[0]
    return found


def compare(
    x: Float[np.ndarray, "n d"],
    y: Float[np.ndarray, "m d"],
    key: Key,
    name: str = "energy",
    repeats: int = 199,
    most: int = MOST,
) -> Iterator[Step[Null]]:
    """Yield the observed distance beside a null that grows by `BLOCK` permutations a Step.

    Of more than `most` points a random part is looked at (`Null.n` and `Null.m` say how many). Metrics: `observed`,
    `p_value` and, from Step 1 on, `limit` (the 95 % point) and `repeats`. Halt where a sample has fewer than 2 points.
    """
    if min(len(x), len(y)) < 2:
        raise Halt("A comparison needs at least two points in each sample.")
    x, y = _part(x, most, key / "x"), _part(y, most, key / "y")
    n, m = len(x), len(y)
    measure = statistic(name, np.concatenate([x, y]), n, key)
    first = (np.arange(n + m) < n)[None]
    observed, null = float(measure(first)[0]), np.zeros(0)
    yield Step(0, Null(observed, null, n, m), "", {"observed": observed, "p_value": 1.0})
    generator, index = (key / "permutations").generator(), 0
    while len(null) < repeats:
        index += 1
        dealt = generator.permuted(np.repeat(first, min(BLOCK, repeats - len(null)), axis=0), axis=1)
        null = np.append(null, measure(dealt))
        state = Null(observed, null, n, m)
        metrics = {"observed": observed, "p_value": state.p_value, "limit": state.limit, "repeats": float(len(null))}
        yield Step(index, state, "", metrics)


def _part(x: np.ndarray, most: int, key: Key) -> np.ndarray:
    """At most `most` rows, drawn at random."""
    return x if len(x) <= most else x[np.sort(key.generator().choice(len(x), most, replace=False))]
