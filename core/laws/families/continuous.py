"""Sixteen continuous laws of one variable, each fitted by maximum likelihood in the units of the data.

    theta = argmax mean_n log p(x_n; theta)

A `Family` is a row of the table: its parameters in words, the values it can take (its support), its estimator, and scipy's
distribution with the arguments that stand for the parameters, by which densities and quantiles are computed. Estimators
(`core.laws.families.fits`, `core.laws.families.forms`) work on all the points, however many, and on many data sets at a time.

Laws of positive values start at 0: no shift is fitted. A family refuses data outside its support with a sentence
(`Halt`), and where its likelihood has no top; where the top lies at the end of what a parameter may be, or was not
quite reached, the fitted law carries a `note`. Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions
(1994, 1995). Nats throughout; densities are those of the original units, for nothing is standardised outside a fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import stats

from core.key import Key
from core.laws.families import fits, forms
from core.process import Halt

SIZES = (1e-100, 1e100)  # smallest and largest size of a value that is fitted
STEEP = 1e-4  # the slope, nats per scale, above which a note says that the top was not reached


@dataclass(frozen=True, eq=False)
class Family:
    """A law up to its parameters.

    `words` name the parameters, each with its role: a "place" moves with the data and has its unit, a "size" has its
    unit and stretches with it, a "number" has none. `support` is "real", "positive" (above 0), "non-negative" or
    "interval". `arguments` turns the parameters into those of scipy's `law`.
    """

    name: str
    title: str
    words: tuple[tuple[str, str], ...]
    support: str
    law: Any  # scipy's rv_continuous, or what answers the same calls
    arguments: Callable[..., tuple]
    estimate: Callable[[np.ndarray], fits.Estimates]
    limits: tuple[tuple[str, int, float, str], ...] = ()  # ("least" or "most", parameter, bound, what it means)
    pinned: tuple[bool, bool] = (False, False)  # whether the fit ends the law at the smallest, at the largest value

    @property
    def count(self) -> int:
        """The number of free parameters."""
        return len(self.words)

    def call(self, method: str, x: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """scipy's `method` (logpdf, cdf, sf, ppf) at x (n,) or (rows, n) for parameters (k,) or (rows, k)."""
        with np.errstate(all="ignore"):
            return getattr(self.law, method)(x, *self.arguments(*(theta[..., i, None] for i in range(self.count))))

    def draw(self, theta: np.ndarray, shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
        """Independent draws: an array of that `shape` for parameters (k,), a row each (rows, n) for (rows, k)."""
        arguments = self.arguments(*(theta[..., i, None] for i in range(self.count)))
        return self.law.rvs(*arguments, size=shape, random_state=generator)

    def refusal(self, x: Float[np.ndarray, " n"]) -> str | None:
        """Why these values cannot be fitted, in one sentence; None if they can be tried."""
        least, size = self.count + 2, np.abs(x)
        if len(x) < least:
            return f"{len(x)} values are too few for {self.title}: give at least {least}."
        if not np.isfinite(x).all() or size.max() > SIZES[1]:
            return f"Some values are not finite or beyond {SIZES[1]:g}: rescale them first."
        if np.ptp(x) <= 1e-12 * size.max():
            return "All values are equal: a density needs values that differ."
        outside = {"positive": x <= 0, "non-negative": x < 0}.get(self.support)
        if outside is not None and outside.any():
            bound = "above 0" if self.support == "positive" else "0 or above"
            return f"{self.title} takes values {bound} only, and {outside.sum():,} of {len(x):,} are not."
        if self.support == "positive" and x.min() < SIZES[0]:
            return f"Some values are below {SIZES[0]:g}: rescale them first."
        return None

    def fit(self, x: np.ndarray) -> "Fitted":
        """The most likely law for the values x, (n,) or (n, 1); `Halt` with a sentence if there is none."""
        x = column(x)
        if problem := self.refusal(x):
            raise Halt(problem)
        theta, slope = self.estimate(x[None])
        if not (np.isfinite(theta).all() and np.isfinite(self.call("logpdf", x, theta[0])).all()):
            raise Halt(f"The likelihood of {self.title} has no top here: too many ties, or hardly any spread.")
        notes = [
            what
            for side, i, bound, what in self.limits
            if (theta[0, i] <= bound * 1.001 if side == "least" else theta[0, i] >= bound * 0.999)
        ]
        if not slope[0] < STEEP:
            notes.append(f"The climb ended on a slope of {slope[0]:.1g} nats per scale, short of the top.")
        return Fitted(self, tuple(float(v) for v in theta[0]), " ".join(notes))


@dataclass(frozen=True)
class Fitted:
    """A family with its parameters; `note` says in a sentence what is peculiar about the fit ("" if nothing is)."""

    family: Family
    parameters: tuple[float, ...]
    note: str = ""

    @property
    def dim(self) -> int:
        """The number of dimensions: 1."""
        return 1

    @property
    def count(self) -> int:
        """The number of free parameters, as AIC and BIC count them."""
        return self.family.count

    @property
    def theta(self) -> Float[np.ndarray, " k"]:
        """The parameters as an array."""
        return np.array(self.parameters)

    def log_prob(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """log p(x) at values (n,) or (n, 1), nats; -inf outside the support."""
        return self.family.call("logpdf", column(x), self.theta)

    def cdf(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        return self.family.call("cdf", column(x), self.theta)

    def sf(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """P(X > x), exact in the upper tail too."""
        return self.family.call("sf", column(x), self.theta)

    def ppf(self, p: np.ndarray) -> Float[np.ndarray, " n"]:
        """The quantiles of the probabilities p."""
        return self.family.call("ppf", column(p), self.theta)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws."""
        return self.family.draw(self.theta, (n, 1), key.generator())

    def rescaled(self, shift: np.ndarray | float, scale: np.ndarray | float) -> "Fitted":
        """The law of scale * x + shift; a law that starts at 0 can only be stretched (ValueError otherwise)."""
        by, to = float(np.squeeze(scale)), float(np.squeeze(shift))
        if not by > 0 or (to != 0 and self.family.support in ("positive", "non-negative")):
            raise ValueError(f"{self.family.title} cannot be carried to {by:g} x + {to:g}.")
        moves = {"place": lambda v: by * v + to, "size": lambda v: by * v, "number": lambda v: v}
        moved = (moves[role](v) for v, (_, role) in zip(self.parameters, self.family.words, strict=True))
        return Fitted(self.family, tuple(moved), self.note)

    def describe(self, unit: str = "") -> tuple[tuple[str, float, str], ...]:
        """(word, value, unit) of every parameter; a pure number has no unit."""
        pairs = zip(self.parameters, self.family.words, strict=True)
        return tuple((word, value, "" if role == "number" else unit) for value, (word, role) in pairs)


def column(x: np.ndarray) -> Float[np.ndarray, " n"]:
    """(n,) of (n,) or (n, 1), as floats."""
    x = np.asarray(x, dtype=float)
    if x.ndim > 2 or (x.ndim == 2 and x.shape[1] != 1):
        raise ValueError(f"One column is needed, not an array of shape {x.shape}.")
    return x.reshape(-1)


CENTRE, SCALE, SHAPE, STRETCH = ("centre", "place"), ("scale", "size"), ("shape", "number"), ("scale", "size")


def _plain(place: np.ndarray, size: np.ndarray) -> tuple:
    return place, size


def _shaped(shape: np.ndarray, place: np.ndarray, size: np.ndarray) -> tuple:
    return shape, place, size


def _positive(shape: np.ndarray, size: np.ndarray) -> tuple:
    return shape, 0, size


LIGHT = "Its tails are as light as the normal's: the degrees of freedom are at their bound of 100,000."
HEAVY = "Its tails are as heavy as allowed: the degrees of freedom are at their bound of 0.2."
HALF = "It is as skewed as can be, a half-normal: the shape is at its bound of 1,000."
PEAKED = "It is as peaked as allowed: with an exponent of 1 it is the Laplace law."
FLAT = "It is as flat as allowed, nearly uniform: the exponent is at its bound of 1,000."

FAMILIES = (  # fast ones first
    Family(
        "normal", "Normal", (("mean", "place"), ("standard deviation", "size")), "real", stats.norm, _plain, forms.normal,
    ),
    Family(
        "exponential", "Exponential", (("mean", "size"),), "non-negative", stats.expon,
        lambda mean: (0, mean), forms.exponential,
    ),
    Family(
        "uniform", "Uniform", (("from", "place"), ("to", "place")), "interval", stats.uniform,
        lambda low, high: (low, high - low), forms.uniform, pinned=(True, True),
    ),
    Family(
        "lognormal", "Lognormal", (("median", "size"), ("standard deviation of the logarithm", "number")), "positive",
        stats.lognorm, lambda median, sigma: (sigma, 0, median), forms.lognormal,
    ),
    Family(
        "pareto", "Pareto", (("tail exponent", "number"), ("least value", "size")), "positive", stats.pareto,
        _positive, forms.pareto, pinned=(True, False),
    ),
    Family(
        "laplace", "Laplace", (("median", "place"), ("mean distance from it", "size")), "real", stats.laplace, _plain,
        forms.laplace,
    ),
    Family("gamma", "Gamma", (SHAPE, STRETCH), "positive", stats.gamma, _positive, forms.gamma),
    Family("inverse gamma", "Inverse gamma", (SHAPE, STRETCH), "positive", stats.invgamma, _positive, forms.inverse_gamma),
    Family(
        "beta", "Beta", (("first shape", "number"), ("second shape", "number"), ("from", "place"), ("to", "place")),
        "interval", stats.beta, lambda a, b, low, high: (a, b, low, high - low), forms.beta,
    ),
    Family("gumbel", "Gumbel", (("mode", "place"), SCALE), "real", stats.gumbel_r, _plain, fits.gumbel),
    Family("logistic", "Logistic", (CENTRE, SCALE), "real", stats.logistic, _plain, fits.logistic),
    Family("weibull", "Weibull", (SHAPE, STRETCH), "positive", stats.weibull_min, _positive, fits.weibull),
    Family(
        "cauchy", "Cauchy", (CENTRE, ("half of the interquartile range", "size")), "real", stats.cauchy, _plain,
        fits.cauchy,
    ),
    Family(
        "student t", "Student t", (("degrees of freedom", "number"), CENTRE, SCALE), "real", stats.t, _shaped, fits.student,
        (("most", 0, fits.FREEDOM[1], LIGHT), ("least", 0, fits.FREEDOM[0], HEAVY)),
    ),
    Family(
        "skew-normal", "Skew-normal", (SHAPE, ("location", "place"), SCALE), "real", stats.skewnorm, _shaped, fits.skew_normal,
        (("most", 0, fits.SKEW, HALF), ("least", 0, -fits.SKEW, HALF)),
    ),
    Family(
        "generalised normal", "Generalised normal", (("exponent", "number"), CENTRE, SCALE), "real", stats.gennorm, _shaped,
        forms.generalised_normal, (("least", 0, forms.EXPONENT[0], PEAKED), ("most", 0, forms.EXPONENT[1], FLAT)),
    ),
)  # fmt: skip
"""The table."""
NAMED = {family.name: family for family in FAMILIES}
