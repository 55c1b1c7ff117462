"""How sure is a fitted parameter? Standard errors, by what the likelihood allows.

    observed information   J = -mean_n d2 log p(x_n) / d theta^2,   error_i = sqrt(inv(J)_ii / n)
    squared scores         J = mean_n s_n s_n^T,  s_n = d log p(x_n) / d theta
    bootstrap              the spread of the fits to samples of the fitted law

All derivatives are central differences, each parameter measured in a unit of its own (a place in scales, a number by its
size, either less where the scores are steep), so that neither minutes nor seconds lose digits. Where the density has a
cusp at every value (Laplace, generalised normal) the curvature is not that of the likelihood's hill, and the scores
serve; they do for mixtures too, in closed form. Where the support ends at an estimate
(uniform, Pareto, a beta with free ends) the likelihood has no hill at all: there the law is drawn from and fitted again.
Parameters at a bound, and ends that are given, have no error (NaN). Fisher (1925); Efron and Hinkley (1978) for the
observed information; Berndt and others (1974) for the scores; Efron (1979).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from core.key import Key
from core.laws.families.continuous import Fitted
from core.laws.families.discrete import CountLaw
from core.laws.families.line_mixture import LineMixture, log_joint, parts

STEP, SMALL_STEP = 2e-3, 1e-5  # of a parameter's unit: second differences, first differences
MANY = 20_000  # values over which the information is averaged; it is then n times that
REPLICATES, DRAWN = (50, 200), 4_000_000  # fewest and most samples of a bootstrap; values drawn in all
CUSPED = ("laplace", "generalised normal")
PINNED = ("uniform", "pareto", "beta")
FLAT = "none: the likelihood is flat here"
LogDensity = Callable[[np.ndarray], np.ndarray]  # of all values, for the parameters (k,)


@dataclass(frozen=True)
class Errors:
    """A standard error for every parameter, in its own unit (NaN: none), and by which method, in words."""

    values: tuple[float, ...]
    how: str


def errors(fitted: Fitted | CountLaw | LineMixture, x: Float[np.ndarray, " n"], key: Key) -> Errors:
    """The standard errors of a law fitted to all of x, large-sample ones but for the bootstrap's."""
    if isinstance(fitted, LineMixture):
        return of_mixture(fitted, x)
    theta = np.array(fitted.parameters, dtype=float)
    if isinstance(fitted, CountLaw):
        free = np.array([word != "trials" for word in fitted.family.words])
        return informed(lambda at: mass(fitted, at, few(x)), theta, theta, free, len(x))
    family, free = fitted.family, inside(fitted)
    if family.name in PINNED and not (family.name == "beta" and natural(fitted)):
        return bootstrapped(fitted, len(x), key)
    if family.name == "beta":
        free[2:] = False
    part = few(x)
    method = scored if family.name in CUSPED else informed
    return method(lambda at: family.call("logpdf", part, at), theta, units(fitted), free, len(x))


def of_mixture(law: LineMixture, x: Float[np.ndarray, " n"]) -> Errors:
    """By the squares of the scores: weights (which sum to 1), means and standard deviations, component by component."""
    weights, means, variances = parts(law.model)
    part, deviations, k = few(x), np.sqrt(variances), len(weights)
    r = np.exp(log_joint(part, weights[None], means[None], variances[None])[0] - law.log_prob(part))
    z = (part - means[:, None]) / deviations[:, None]
    share = r / weights[:, None]
    found = np.concatenate([share[:-1] - share[-1], r * z, r * (z**2 - 1)])
    information = found @ found.T / found.shape[1]
    if np.linalg.eigvalsh(information)[0] <= 1e-12:
        return Errors((float("nan"),) * 3 * k, FLAT)
    covariance = np.linalg.inv(information) / len(x)
    last = np.sqrt(covariance[: k - 1, : k - 1].sum()) if k > 1 else np.nan
    values = np.insert(np.sqrt(np.diag(covariance)), k - 1, last) * np.concatenate([np.ones(k), deviations, deviations])
    return Errors(tuple(values.reshape(3, k).T.ravel().tolist()), "squared scores")


def few(x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " m"]:
    """All values, or evenly spread ones of a long column."""
    return x if len(x) <= MANY else x[np.linspace(0, len(x) - 1, MANY).astype(int)]


def mass(law: CountLaw, theta: np.ndarray, x: np.ndarray) -> np.ndarray:
    """log P(X = x) for other parameters."""
    with np.errstate(all="ignore"):
        return law.family.law.logpmf(x, *law.family.arguments(*theta))


def natural(fitted: Fitted) -> bool:
    """Whether a beta law lives on (0, 1), which was not fitted."""
    return fitted.parameters[2:] == (0.0, 1.0)


def inside(fitted: Fitted) -> Bool[np.ndarray, " k"]:
    """Which parameters are free of the bounds that the family sets."""
    free = np.ones(len(fitted.parameters), dtype=bool)
    for side, i, bound, _ in fitted.family.limits:
        value = fitted.parameters[i]
        free[i] &= value > bound * 1.001 if side == "least" and bound > 0 else True
        free[i] &= value > bound * 0.999 if side == "least" and bound < 0 else True
        free[i] &= value < bound * 0.999 if side == "most" else True
    return free


def units(fitted: Fitted) -> Float[np.ndarray, " k"]:
    """What each parameter is measured in: a place in the law's scale, a size in itself, a number too (0.1 at least)."""
    pairs = list(zip(fitted.parameters, fitted.family.words, strict=True))
    scale = next((value for value, (_, role) in pairs if role == "size"), 1.0)
    kinds = {"place": lambda v: scale, "size": lambda v: v, "number": lambda v: max(abs(v), 0.1)}
    return np.array([kinds[role](value) for value, (_, role) in pairs])


def informed(log_density: LogDensity, theta: np.ndarray, unit: np.ndarray, free: np.ndarray, n: int) -> Errors:
    """By second differences of the mean log-likelihood."""
    unit = sharpened(log_density, theta, unit)
    at, moves = np.flatnonzero(free), np.diag(STEP * unit)
    top, hessian = log_density(theta), np.empty((len(at), len(at)))
    for a, i in enumerate(at):
        up, down = log_density(theta + moves[i]), log_density(theta - moves[i])
        hessian[a, a] = ((up - top) - (top - down)).mean() / STEP**2
        for b, j in enumerate(at[:a]):
            corners = [log_density(theta + s * moves[i] + t * moves[j]) for s in (1, -1) for t in (1, -1)]
            hessian[a, b] = hessian[b, a] = ((corners[0] - corners[1]) - (corners[2] - corners[3])).mean() / (
                4 * STEP**2
            )
    return inverted(-hessian, unit, free, n, "observed information")


def scored(log_density: LogDensity, theta: np.ndarray, unit: np.ndarray, free: np.ndarray, n: int) -> Errors:
    """By the squares of the scores."""
    found = scores(log_density, theta, unit)[free]
    return inverted(found @ found.T / found.shape[1], unit, free, n, "squared scores")


def scores(log_density: LogDensity, theta: np.ndarray, unit: np.ndarray) -> Float[np.ndarray, "k n"]:
    """The slope of every value's log-density, nats per unit."""
    moves = np.diag(SMALL_STEP * unit)
    return np.array([log_density(theta + h) - log_density(theta - h) for h in moves]) / (2 * SMALL_STEP)


def sharpened(log_density: LogDensity, theta: np.ndarray, unit: np.ndarray) -> Float[np.ndarray, " k"]:
    """The units, smaller where one would move the log-densities by more than a nat (root mean square)."""
    steep = np.sqrt((scores(log_density, theta, unit) ** 2).mean(axis=1))
    return unit / np.where(np.isfinite(steep), np.maximum(steep, 1.0), 1.0)


def inverted(information: np.ndarray, unit: np.ndarray, free: np.ndarray, n: int, how: str) -> Errors:
    """Errors from the information of one value; none where it is not positive definite."""
    values = np.full(len(unit), np.nan)
    if np.isfinite(information).all() and np.linalg.eigvalsh(information)[0] > 1e-12:
        values[free] = unit[free] * np.sqrt(np.diag(np.linalg.inv(information)) / n)
        return Errors(tuple(float(v) for v in values), how)
    return Errors(tuple(float(v) for v in values), FLAT)


def bootstrapped(fitted: Fitted, n: int, key: Key) -> Errors:
    """The standard deviation of the fits to samples of `n` from the law."""
    size = int(np.clip(DRAWN // n, *REPLICATES))
    generator, found = key.generator(), []
    for rows in np.array_split(np.arange(size), -(-size * n // 500_000)):
        if len(rows):
            x = fitted.family.draw(np.tile(fitted.theta, (len(rows), 1)), (len(rows), n), generator)
            found.append(fitted.family.estimate(x)[0])
    values = np.nanstd(np.concatenate(found), axis=0, ddof=1)
    return Errors(tuple(float(v) for v in values), f"bootstrap of {size} samples")
