"""What must hold for a law fitted to one column, whichever it is: each identity with its value, tolerance and verdict.

    int p(x) dx = 1                                  by Gauss and Legendre's rule on panels that the law itself suggests
    d/dtheta mean_n log p(x_n; theta) = 0            at the maximum, each parameter in a unit of its own
    log p(10 x + 3; refitted) = log p(x) - log 10    densities are those of the data's own unit

The third fits the law again to the values in another unit; laws of positive values are stretched only. A kernel
estimate is no maximum and has no slope to vanish.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from core.check import Check
from core.laws import information
from core.laws.families.continuous import Fitted
from core.laws.families.discrete import CountLaw
from core.laws.families.line_kde import LineKDE
from core.laws.families.line_mixture import LineMixture, log_joint, parts
from core.laws.information import CUSPED
from core.laws.ranking import Candidate, Law
from core.process import Halt

NODES = 40
LEVELS = (1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4)  # and 0.5, and the same from above
SLOPE = 1e-3  # nats per unit of a parameter


def of_law(candidate: Candidate, law: Law, x: Float[np.ndarray, " n"]) -> Iterator[Check]:
    """The identities of `law`, which is `candidate` fitted to all of x."""
    if isinstance(law, CountLaw):
        yield Check("probabilities sum to 1", total(law, x), 1.0, 1e-9)
        yield from slope_of_counts(law, x)
        return
    yield Check("density integrates to 1", mass(law), 1.0, 1e-5 if isinstance(law, LineKDE) else 1e-6)
    if isinstance(law, Fitted):
        yield from slope_of_family(law, x)
    elif isinstance(law, LineMixture):
        yield Check("slope of the log-likelihood (largest, nats per unit)", slope_of_mixture(law, x), 0.0, 2e-3)
    yield from in_other_units(candidate, law, x)


def edges(law: Law) -> Float[np.ndarray, " e"]:
    """Where the panels of the quadrature end."""
    if isinstance(law, Fitted):
        levels = np.array([*LEVELS, 0.5])
        with np.errstate(all="ignore"):
            low = law.ppf(levels)
            high = law.family.call("isf", levels[::-1], law.theta)
        ends = np.unique(np.concatenate([low, high]))
    elif isinstance(law, LineMixture):
        _, means, variances = parts(law.model)
        ends = np.unique(means[:, None] + np.sqrt(variances)[:, None] * np.arange(-9, 10))
    elif isinstance(law, LineKDE):
        cell = np.unique(np.floor((law.points - law.points[0]) / law.h))
        ends = law.points[0] + law.h * np.unique(cell[:, None] + np.arange(-9, 11))
    else:
        raise Halt(f"There is no quadrature for {type(law).__name__}.")
    return ends[np.isfinite(ends)]


def mass(law: Law) -> float:
    """int p(x) dx, by Gauss and Legendre's rule on every panel; what lies outside all of them is below 3e-9."""
    ends = edges(law)
    node, weight = np.polynomial.legendre.leggauss(8 if isinstance(law, LineKDE) else NODES)
    decades = isinstance(law, Fitted) and law.family.support == "positive"  # tails over decades: in log x
    ends = np.log(ends) if decades else ends
    half = np.diff(ends)[:, None] / 2
    at = ((ends[:-1, None] + ends[1:, None]) / 2 + half * node).ravel()
    log_density = law.log_prob(np.exp(at)) + at if decades else law.log_prob(at)
    return float((np.exp(log_density).reshape(len(half), -1) * weight * half).sum())


def total(law: CountLaw, x: Float[np.ndarray, " n"]) -> float:
    """The sum of the probabilities of 0, 1, 2 ... up to far beyond the largest count."""
    top = law.family.law.isf(1e-13, *law.family.arguments(*law.parameters))
    return float(np.exp(law.log_prob(np.arange(max(top, x.max()) + 2))).sum())


def slopes(log_density: information.LogDensity, theta: np.ndarray, unit: np.ndarray) -> Float[np.ndarray, " k"]:
    """The gradient of the mean log-density, each parameter in its unit, by central differences of fourth order."""
    found, unit = [], information.sharpened(log_density, theta, unit)
    for move in np.diag(1e-3 * unit):
        with np.errstate(invalid="ignore"):  # beyond an end of the support; such a parameter is not asked for
            near, far = ((log_density(theta + s * move) - log_density(theta - s * move)).mean() for s in (1, 2))
            found.append((8 * near - far) / 12e-3)
    return np.array(found)


def slope_of_family(law: Fitted, x: Float[np.ndarray, " n"]) -> Iterator[Check]:
    """The largest slope among the parameters that are at no bound, no end of the support and no cusp."""
    free = information.inside(law)
    for name, ends in (("uniform", slice(0, 2)), ("pareto", slice(1, 2)), ("beta", slice(2, 4)), *CUSPS):
        if law.family.name == name:
            free[ends] = False
    if free.any():
        found = slopes(lambda at: law.family.call("logpdf", x, at), law.theta, information.units(law))
        name = "slope of the log-likelihood (largest, nats per unit)"
        yield Check(name, float(np.abs(found[free]).max()), 0.0, SLOPE)


CUSPS = tuple((name, slice(int(name != "laplace"), 1 + int(name != "laplace"))) for name in CUSPED)
"""The place of a cusped law: the median, the centre."""


def slope_of_counts(law: CountLaw, x: Float[np.ndarray, " n"]) -> Iterator[Check]:
    """The largest slope among the parameters that are no whole number."""
    free = np.array([word != "trials" for word in law.family.words])
    theta = np.array(law.parameters, dtype=float)
    found = slopes(lambda at: information.mass(law, at, x), theta, theta * free)
    yield Check("slope of the log-likelihood (largest, nats per unit)", float(np.abs(found[free]).max()), 0.0, SLOPE)


def slope_of_mixture(law: LineMixture, x: Float[np.ndarray, " n"]) -> float:
    """The largest slope in the means and log deviations of the components that are not at the floor, and the weights."""
    weights, means, variances = parts(law.model)
    joint = log_joint(x, weights[None], means[None], variances[None])[0]
    r = np.exp(joint - law.log_prob(x))
    z = (x - means[:, None]) / np.sqrt(variances)[:, None]
    wide = variances > variances.min() if "narrow" in law.note else np.full(len(means), True)
    found = [*(r * z).mean(axis=1), *((r * (z**2 - 1)).mean(axis=1) * wide), *(r.mean(axis=1) - weights)]
    return float(np.abs(found).max())


def in_other_units(candidate: Candidate, law: Law, x: Float[np.ndarray, " n"]) -> Iterator[Check]:
    """The law fitted again to 10 x + 3 (10 x where it starts at 0): the largest error of log p over the values."""
    positive = isinstance(law, Fitted) and law.family.support in ("positive", "non-negative")
    if isinstance(law, Fitted) and law.family.name == "beta" and information.natural(law):
        return  # on (0, 1) because its values are proportions; ten times them are not
    y = 10 * x + (0 if positive else 3)
    name = f"log p falls by log 10 when x becomes 10 x{'' if positive else ' + 3'} (largest error, nats)"
    off = candidate.fit(y).log_prob(y) + np.log(10) - law.log_prob(x)
    yield Check(name, float(np.abs(off).max()), 0.0, 1e-3)
