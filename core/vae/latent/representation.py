"""How well a code holds the numbers a picture was drawn from.

Procrustes: the best shift, turn, mirror and one scale of the code onto the true factors, each in units of its spread,

    R2 = 1 - min_{s, Q} |F - s Z Q|^2 / |F|^2 = (sum of singular values of F'Z)^2 / (|F|^2 |Z|^2),

1 where the code is the factors but for that, 0 where it knows nothing (Schonemann, 1966; Gower and Dijksterhuis, 2004).
Mutual information I(factor, code) by the nearest-neighbour estimate of Kraskov, Stogbauer and Grassberger (2004), nats;
it asks for no linearity.
"""

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree
from scipy.special import digamma

from core.evaluation.metrics import Estimate
from core.key import Key


def procrustes(code: Float[np.ndarray, "n a"], factors: Float[np.ndarray, "n b"]) -> float:
    """R2 in [0, 1]; a constant factor or code is a ValueError."""
    f = _standard(factors)
    z = code - code.mean(axis=0)
    if not (z**2).sum() > 0:
        raise ValueError("The code is the same for every picture: there is nothing to compare.")
    singular = np.linalg.svd(f.T @ z, compute_uv=False)
    return float(singular.sum() ** 2 / ((f**2).sum() * (z**2).sum()))


def aligned(code: Float[np.ndarray, "n a"], factors: Float[np.ndarray, "n b"]) -> Float[np.ndarray, "n b"]:
    """The code after the best shift, turn and scale onto the factors, in the factors' own units."""
    f = _standard(factors)
    z = code - code.mean(axis=0)
    u, singular, v = np.linalg.svd(z.T @ f, full_matrices=False)
    return (z @ u @ v) * singular.sum() / (z**2).sum() * factors.std(axis=0) + factors.mean(axis=0)


def linear(code: Float[np.ndarray, "n a"], factors: Float[np.ndarray, "n b"]) -> Float[np.ndarray, " b"]:
    """R2 of each factor's least-squares fit by the code, in [0, 1]: any linear map, each factor by itself."""
    f = _standard(factors)
    z = np.column_stack([np.ones(len(code)), code])
    rest = f - z @ np.linalg.lstsq(z, f, rcond=None)[0]
    return 1 - (rest**2).sum(axis=0) / (f**2).sum(axis=0)


def information(
    code: Float[np.ndarray, "n a"], factor: Float[np.ndarray, " n"], key: Key, k: int = 5, draws: int = 4
) -> Estimate:
    """I(factor, code), nats, and its error by the spread over `draws` random parts of the rows; may come out below 0.

    Both are first spread evenly by their ranks, column by column, which changes no mutual information and breaks ties.
    """
    g = key.generator()
    x = np.stack([_ranks(column, g) for column in code.T], axis=1)
    y = _ranks(factor, g)[:, None]
    parts = np.array_split(g.permutation(len(x)), draws)
    each = [_nearest(x[rows], y[rows], k) for rows in parts]
    return Estimate(_nearest(x, y, k), float(np.std(each, ddof=1) / np.sqrt(draws)))


def _nearest(x: Float[np.ndarray, "n a"], y: Float[np.ndarray, "n 1"], k: int) -> float:
    """psi(k) + psi(n) - <psi(n_x + 1) + psi(n_y + 1)>, the first estimator of the paper, with the maximum norm."""
    n = len(x)
    if n <= k:
        raise ValueError(f"{n} pictures are too few for {k} neighbours.")
    reach = cKDTree(np.hstack([x, y])).query(np.hstack([x, y]), k=k + 1, p=np.inf)[0][:, -1]
    inside = np.nextafter(reach, 0)
    around = [cKDTree(v).query_ball_point(v, inside, p=np.inf, return_length=True) for v in (x, y)]
    return float(digamma(k) + digamma(n) - sum(digamma(count).mean() for count in around))


def _ranks(column: Float[np.ndarray, " n"], g: np.random.Generator) -> Float[np.ndarray, " n"]:
    """Ranks in (0, 1), ties in random order."""
    order = np.lexsort((g.random(len(column)), column))
    ranks = np.empty(len(column))
    ranks[order] = (np.arange(len(column)) + 0.5) / len(column)
    return ranks


def _standard(factors: Float[np.ndarray, "n b"]) -> Float[np.ndarray, "n b"]:
    spread = factors.std(axis=0)
    if not (spread > 0).all():
        raise ValueError("A true factor is the same for every picture: there is nothing to find.")
    return (factors - factors.mean(axis=0)) / spread
