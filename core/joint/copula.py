"""Gaussian copula: any margins, joined by the dependence of a normal.

Sklar (1959): every joint distribution is its margins and a copula. Here each column is carried to a standard normal by
its own distribution function, z_k = Phi^-1(F_k(x_k)), and z ~ N(0, R):

    log p(x) = log N(z | 0, R) - sum_k log N(z_k | 0, 1) + sum_k log f_k(x_k)

With normal margins this is the multivariate normal. Dependence is one number per pair, the correlation of the normal
scores; tails are independent in the limit however large it is (Nelsen, 2006), so joint extremes are under-counted where
they come together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri

from core.joint.margins import Margin
from core.key import Key
from core.process import Halt, frozen

EDGE = 1e-15  # probabilities are kept this far from 0 and 1, so that normal scores stay within 8 of 0


@dataclass(frozen=True)
class GaussianCopula:
    """`margins`, one per column, and the `correlation` (d, d) of their normal scores."""

    margins: tuple[Margin, ...]
    correlation: Float[np.ndarray, "d d"]

    def __post_init__(self) -> None:
        """Freeze the matrix; raise ValueError unless it is a correlation of as many columns as there are margins."""
        r = np.array(self.correlation, dtype=float)
        sound = (
            r.shape == (len(self.margins),) * 2
            and np.allclose(np.diag(r), 1, rtol=0, atol=1e-9)
            and np.allclose(r, r.T)
        )
        if not sound or np.linalg.eigvalsh(r)[0] <= 0:
            raise ValueError("A copula needs a positive definite correlation matrix with a row for every margin.")
        object.__setattr__(self, "correlation", frozen(r))

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return len(self.margins)

    def scores(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """The normal scores z_k = Phi^-1(F_k(x_k))."""
        return normal_scores(self.margins, x)

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats; -inf where a margin has no density."""
        alone = np.stack([m.log_prob(c) for m, c in zip(self.margins, np.ascontiguousarray(x.T), strict=True)])
        return self.log_dependence(self.scores(x)) + alone.sum(axis=0)

    def log_dependence(self, z: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """The copula's own log-density at normal scores z, nats: 0 everywhere where R is the identity."""
        factor = np.linalg.cholesky(self.correlation)
        white = np.linalg.solve(factor, z.T)
        return 0.5 * ((z**2).sum(axis=1) - (white**2).sum(axis=0)) - np.log(np.diag(factor)).sum()

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws: correlated normals, carried to the margins."""
        z = key.generator().standard_normal((n, self.dim)) @ np.linalg.cholesky(self.correlation).T
        u = np.clip(ndtr(z), EDGE, 1 - EDGE)
        return np.stack([m.ppf(c) for m, c in zip(self.margins, np.ascontiguousarray(u.T), strict=True)], axis=1)

    def marginal(self, columns: Sequence[int]) -> "GaussianCopula":
        """The joint law of these columns: their margins as they are, and the part of R between them."""
        keep = list(columns)
        return GaussianCopula(tuple(self.margins[k] for k in keep), self.correlation[np.ix_(keep, keep)])

    def conditional(self, column: int, value: float, ys: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """The density at `ys` of the other of two columns, given that `column` has this value."""
        at = np.empty((len(ys), 2))
        at[:, column], at[:, 1 - column] = value, ys
        other = self.margins[1 - column].log_prob(np.asarray(ys, dtype=float))
        return np.exp(self.log_dependence(self.scores(at)) + other)


def normal_scores(margins: tuple[Margin, ...], x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Phi^-1(F_k(x_k)), probabilities clipped to `EDGE` from 0 and 1."""
    u = [m.cdf(c) for m, c in zip(margins, np.ascontiguousarray(x.T), strict=True)]
    return ndtri(np.clip(np.stack(u, axis=1), EDGE, 1 - EDGE))


def fit(margins: tuple[Margin, ...], x: Float[np.ndarray, "n d"]) -> GaussianCopula:
    """The copula of margins already fitted, with the correlation of the data's normal scores under them.

    This is the second of two stages (inference functions for margins, Joe, 1997): the margins are not moved. Halt where
    the scores of a column do not differ, or two columns are the same up to a rising or falling map.
    """
    n, d = x.shape
    if d != len(margins):
        raise Halt(f"{d} columns need {d} margins, and {len(margins)} were given.")
    if n <= d:
        raise Halt(f"{n} points are too few for a copula in {d} dimensions: give at least {d + 1}.")
    z = normal_scores(margins, x)
    if (np.ptp(z, axis=0) == 0).any():
        column = int(np.argmin(np.ptp(z, axis=0)))
        raise Halt(f"Column {column + 1} is constant under its margin: a copula needs values that differ.")
    r = np.corrcoef(z.T).reshape(d, d)
    np.fill_diagonal(r, 1.0)
    if np.linalg.eigvalsh(r)[0] < 1e-9:
        raise Halt("One column is determined by the others: a copula needs columns that are not copies.")
    return GaussianCopula(margins, r)
