"""The two laws that a Gaussian with a conjugate prior leads to: Student's t and the inverse gamma.

Where mu | v ~ N(m, v / k) and v ~ InverseGamma(a, b), v integrated out leaves mu ~ t with 2 a degrees of freedom around
m, stretched by sqrt(b / (a k)); so a mean has tails of a power when sigma is not known (Student, 1908; Gelman et al.,
Bayesian Data Analysis, 2013, chapter 3 and appendix A). Nats throughout.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import betaln, gammaincc, gammainccinv, gammaln, stdtr, stdtrit

from core.key import Key


@dataclass(frozen=True)
class StudentT:
    """Student's t with `degrees` of freedom, moved to `location` and stretched by `scale`."""

    degrees: float
    location: float
    scale: float

    def log_prob(self, x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """log p(x), nats."""
        z = (x - self.location) / self.scale
        constant = -betaln(self.degrees / 2, 0.5) - 0.5 * np.log(self.degrees) - np.log(self.scale)
        return constant - (self.degrees + 1) / 2 * np.log1p(z**2 / self.degrees)

    def pdf(self, x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """p(x)."""
        return np.exp(self.log_prob(x))

    def cdf(self, x: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """P(X <= x)."""
        return stdtr(self.degrees, (x - self.location) / self.scale)

    def interval(self, level: float) -> tuple[float, float]:
        """The equal-tailed interval that holds `level` of the mass."""
        reach = self.scale * float(stdtrit(self.degrees, (1 + level) / 2))
        return self.location - reach, self.location + reach

    def sample(self, n: int, key: Key) -> Float[np.ndarray, " n"]:
        """`n` independent draws."""
        return self.location + self.scale * key.generator().standard_t(self.degrees, n)


@dataclass(frozen=True)
class InverseGamma:
    """The law of v where 1 / v ~ Gamma(shape, rate = scale)."""

    shape: float
    scale: float

    def log_prob(self, v: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """log p(v) at v > 0, nats."""
        return self.shape * np.log(self.scale) - gammaln(self.shape) - (self.shape + 1) * np.log(v) - self.scale / v

    def log_prob_sigma(self, sigma: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """log p(sigma) of sigma = sqrt v, nats: log p(v) + log 2 sigma."""
        return self.log_prob(sigma**2) + np.log(2 * sigma)

    def cdf(self, v: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """P(V <= v)."""
        return gammaincc(self.shape, self.scale / v)

    def interval(self, level: float) -> tuple[float, float]:
        """The equal-tailed interval that holds `level` of the mass; its roots are that of sigma."""
        with np.errstate(divide="ignore"):  # a small shape has quantiles beyond the largest number
            low, high = self.scale / gammainccinv(self.shape, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)
