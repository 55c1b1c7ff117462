"""Laws of counts, and the question which kind of data a column holds.

    Bernoulli          p^x (1 - p)^(1 - x)                                          x in 0, 1
    Poisson            exp(-m) m^x / x!
    geometric          p (1 - p)^x                                                  failures before the first success
    binomial           C(N, x) p^x (1 - p)^(N - x)                                  N fitted too, unless given
    negative binomial  C(x + r - 1, x) p^r (1 - p)^x,  p = r / (r + m)              a Poisson whose mean varies as a gamma

The last two lie on either side of the Poisson: counts that vary less than their mean look binomial, counts that vary
more look negative binomial, and on the wrong side the likelihood has no top short of the Poisson itself (Levin and
Reeds, 1977, who also show that there is one top otherwise); then the family says so. Only the tally of the counts
enters, so that a column of any length is fitted at once. The laws are ranked in the table of `core.laws.ranking`. The
posterior of a Bernoulli's p is in `core.laws.conjugate.bernoulli`. Johnson, Kemp and Kotz,
Univariate Discrete Distributions (2005).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats
from scipy.optimize import brentq
from scipy.special import digamma, gammaln, xlog1py, xlogy

from core.data.kinds import Kind as Kind  # offered here too, beside the laws they lead to
from core.data.kinds import recognise as recognise
from core.key import Key
from core.laws.families.continuous import column
from core.process import Halt

LARGEST = 1e9  # counts above are fitted as continuous values


@dataclass(frozen=True, eq=False)
class Counts:
    """A law of counts up to its parameters: `words` name them, `most` is the largest value allowed (None: none)."""

    name: str
    title: str
    words: tuple[str, ...]
    law: stats.rv_discrete
    arguments: Callable[..., tuple]
    estimate: Callable[[np.ndarray, np.ndarray], tuple[float, ...]]
    most: int | None = None

    @property
    def count(self) -> int:
        """The number of free parameters."""
        return len(self.words)

    def fit(self, x: np.ndarray) -> "CountLaw":
        """The most likely law for counts (n,) or (n, 1); `Halt` with a sentence if there is none."""
        x = column(x)
        if not len(x):
            raise Halt("There are no values to fit.")
        if not np.isfinite(x).all() or (x != np.floor(x)).any() or x.min() < 0 or x.max() > LARGEST:
            raise Halt(f"{self.title} is a law of counts: 0, 1, 2 and so on.")
        if self.most is not None and x.max() > self.most:
            raise Halt(f"{self.title} takes values up to {self.most} only, and the largest here is {x.max():,.0f}.")
        return CountLaw(self, self.estimate(*np.unique(x, return_counts=True)))


@dataclass(frozen=True)
class CountLaw:
    """A law of counts with its parameters; `log_prob` is the logarithm of a probability, not of a density."""

    family: Counts
    parameters: tuple[float, ...]
    note: str = ""

    @property
    def count(self) -> int:
        """The number of free parameters, as AIC and BIC count them."""
        return self.family.count

    def log_prob(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """log P(X = x), nats; -inf where x is no count."""
        with np.errstate(all="ignore"):
            return self.family.law.logpmf(column(x), *self.family.arguments(*self.parameters))

    def cdf(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        return self.family.law.cdf(column(x), *self.family.arguments(*self.parameters))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws, as floats."""
        arguments = self.family.arguments(*self.parameters)
        return self.family.law.rvs(*arguments, size=(n, 1), random_state=key.generator()).astype(float)

    def describe(self, unit: str = "") -> tuple[tuple[str, float, str], ...]:
        """(word, value, unit) of every parameter; only a mean has the data's unit."""
        pairs = zip(self.parameters, self.family.words, strict=True)
        return tuple((word, value, unit if word == "mean" else "") for value, word in pairs)


def _moments(value: np.ndarray, count: np.ndarray) -> tuple[float, float]:
    """Mean and variance (divided by n) of a tally."""
    mean = float(np.average(value, weights=count))
    return mean, float(np.average((value - mean) ** 2, weights=count))


def _mean(value: np.ndarray, count: np.ndarray) -> tuple[float, ...]:
    return (_moments(value, count)[0],)


def _geometric(value: np.ndarray, count: np.ndarray) -> tuple[float, ...]:
    return (1 / (1 + _moments(value, count)[0]),)


def trials_log_likelihood(trials: int, value: np.ndarray, count: np.ndarray) -> float:
    """The log-likelihood of a tally under the best binomial with so many trials, nats."""
    p = _moments(value, count)[0] / trials
    ways = gammaln(trials + 1) - gammaln(value + 1) - gammaln(trials - value + 1)
    return float(count @ (ways + xlogy(value, p) + xlog1py(trials - value, -p)))


def _binomial(value: np.ndarray, count: np.ndarray) -> tuple[float, ...]:
    mean, variance = _moments(value, count)
    if variance >= mean:
        raise Halt("These counts vary at least as much as their mean, which no binomial does: see the Poisson.")
    low = max(1, int(value.max()))
    high = 2 * low
    while trials_log_likelihood(high, value, count) > trials_log_likelihood(high - 1, value, count):
        high *= 2
        if high > 1e7:
            raise Halt("More than ten million trials would be needed: the binomial has become a Poisson.")
    while low < high:  # the profile rises to its one top, then falls
        middle = (low + high) // 2
        rising = trials_log_likelihood(middle + 1, value, count) > trials_log_likelihood(middle, value, count)
        low, high = (middle + 1, high) if rising else (low, middle)
    return float(low), mean / low


def _negative_binomial(value: np.ndarray, count: np.ndarray) -> tuple[float, ...]:
    mean, variance = _moments(value, count)
    if variance <= mean:
        raise Halt("These counts vary no more than their mean, and a negative binomial varies more: see the Poisson.")

    def slope(log_r: float) -> float:  # d log L / dr
        r = float(np.exp(log_r))
        return float(count @ (digamma(value + r) - digamma(r)) - count.sum() * np.log1p(mean / r))

    guess = float(np.log(mean**2 / (variance - mean)))
    low, high = guess - 2, guess + 2
    while slope(low) < 0:
        low -= 2
    while slope(high) > 0:
        high += 2
        if high > np.log(1e6 * (1 + mean)):
            raise Halt("These counts hardly vary more than a Poisson's: the negative binomial has become one.")
    r = float(np.exp(brentq(slope, low, high, xtol=1e-13)))
    return mean, r


BERNOULLI = Counts("bernoulli", "Bernoulli", ("probability of 1",), stats.bernoulli, lambda p: (p,), _mean, most=1)
POISSON = Counts("poisson", "Poisson", ("mean",), stats.poisson, lambda mean: (mean,), _mean)
GEOMETRIC = Counts("geometric", "Geometric", ("probability of success",), stats.geom, lambda p: (p, -1), _geometric)
BINOMIAL = Counts(
    "binomial", "Binomial", ("trials", "probability"), stats.binom, lambda trials, p: (int(trials), p), _binomial
)
NEGATIVE_BINOMIAL = Counts(
    "negative binomial",
    "Negative binomial",
    ("mean", "size r"),
    stats.nbinom,
    lambda mean, r: (r, r / (r + mean)),
    _negative_binomial,
)
FAMILIES = (POISSON, GEOMETRIC, NEGATIVE_BINOMIAL, BINOMIAL)
"""The laws of counts, for `core.laws.ranking.rank`; a column of 0 and 1 is a `BERNOULLI`."""


def binomial(trials: int) -> Counts:
    """The binomial law with a known number of trials."""
    name = f"binomial {trials}"

    def estimate(value: np.ndarray, count: np.ndarray) -> tuple[float, ...]:
        return (_moments(value, count)[0] / trials,)

    return Counts(
        name, f"Binomial, N = {trials}", ("probability",), stats.binom, lambda p: (trials, p), estimate, trials
    )
