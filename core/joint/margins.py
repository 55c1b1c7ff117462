"""Distributions of one number with a distribution function: what a copula joins.

A `Margin` answers, for arrays of shape (n,), with F(x) = P(X <= x), its inverse and log f(x) (nats). scipy's laws, a
kernel density and a Gaussian mixture in one dimension are made into margins here; any other object with the three
methods is one already.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline, PPoly
from scipy.special import ndtr, ndtri

from core.kernels import sums
from core.kernels.kde import KDE
from core.mixture.gmm import GMM

EXACT = 20_000_000  # kernel values up to which a kernel density's cdf is summed rather than read from a table
HALVINGS = 60  # of an interval that holds a quantile


@runtime_checkable
class Margin(Protocol):
    """The law of one number."""

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        ...

    def ppf(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The least x with P(X <= x) >= u."""
        ...

    def log_prob(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """log f(x), nats."""
        ...


@dataclass(frozen=True)
class ScipyMargin:
    """A frozen law of scipy.stats, such as `stats.gamma(2)`."""

    law: Any

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        return self.law.cdf(x)

    def ppf(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The quantiles."""
        return self.law.ppf(u)

    def log_prob(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """log f(x), nats."""
        return self.law.logpdf(x)


@dataclass(frozen=True)
class MixtureMargin:
    """A Gaussian mixture in one dimension."""

    model: GMM

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """sum_k w_k Phi((x - mu_k) / s_k)."""
        return ndtr((x[:, None] - self.model.means[:, 0]) / self._sigma) @ self.model.weights

    def ppf(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The quantiles, between the least and the greatest of the components' own."""
        each = self.model.means[:, 0] + self._sigma * ndtri(u[:, None])
        return _halved(self.cdf, u, each.min(axis=1), each.max(axis=1))

    def log_prob(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """log f(x), nats."""
        return self.model.log_prob(x[:, None])

    @property
    def _sigma(self) -> np.ndarray:
        return np.sqrt(self.model.covariances[:, 0, 0])


@dataclass(frozen=True)
class KernelMargin:
    """A kernel density in one dimension, its edges included."""

    model: KDE

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """P(X <= x): summed over every point, or to 1e-4 from a table where that would be more than `EXACT` terms."""
        model = self.model
        if len(x) * len(model.points) > EXACT:
            return np.clip(self._table(np.clip(x, *self._table.x[[0, -1]])), 0.0, 1.0)
        low, high = (-np.inf, np.inf) if model.bounds is None else model.bounds[0]
        x, total = np.clip(x, low, high), np.zeros(len(x))
        for (sign,), (shift,) in model.images():
            total += sign * (self._below(x * sign + shift) - self._below(np.array([low * sign + shift])))
        return np.clip(total, 0.0, 1.0)

    def ppf(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The quantiles, to 1e-4 in probability (a table)."""
        nodes = self._table.x
        level = np.maximum.accumulate(self._table(nodes))
        cell = np.clip(np.searchsorted(level, u) - 1, 0, len(nodes) - 2)
        return _halved(self._table, u, nodes[cell], nodes[cell + 1])

    def log_prob(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """log f(x), nats."""
        return self.model.log_prob(x[:, None])

    def _below(self, x: np.ndarray) -> np.ndarray:
        """The distribution function without edges."""
        block, centre, h = max(1, sums.BLOCK // len(self.model.points)), self.model.points[:, 0], self.model.h
        blocks = (x[i : i + block, None] for i in range(0, len(x), block))
        means = [sums.cdf(self.model.kernel, (b - centre) / h).mean(axis=1) for b in blocks]
        return np.concatenate([np.zeros(0), *means])

    @cached_property
    def _table(self) -> PPoly:
        """The integral of a cubic spline through the density, 16 knots a bandwidth, scaled to end at 1.

        Stretches that bumps reach have a spline each; over the gaps between them the integral stays what it is.
        """
        model, knots, parts, total = self.model, list[np.ndarray](), list[np.ndarray](), 0.0
        for low, high in model.stretches():
            apart = 2 * np.spacing(max(abs(low), abs(high)))  # nodes nearer to each other may be one number
            count = min(int(16 * (high - low) / model.h) + 16, 1 << 20, int((high - low) / apart))
            nodes = np.linspace(low, high, count)
            spline = CubicSpline(nodes, model.on_grid(nodes)).antiderivative()
            if knots:
                parts.append(np.array([[0.0]] * (len(spline.c) - 1) + [[total]]))
            spline.c[-1] += total
            total = float(spline(high))
            knots.append(nodes)
            parts.append(spline.c)
        return PPoly(np.concatenate(parts, axis=1) / total, np.concatenate(knots))


def _halved(rising: Any, u: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Where a rising function passes each u, by halving the interval between `low` and `high`."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        under = rising(middle) < u
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2
