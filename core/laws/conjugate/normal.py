"""Priors that stay in their family when data arrive, so that the posterior is a formula and not a computation.

Normal-inverse-gamma, for one column with unknown mean mu and variance v = sigma^2:

    mu | v ~ N(m, v / k),   v ~ InverseGamma(a, b):   p(mu, v) ~ v^-(a + 3/2) exp(-[b + k (mu - m)^2 / 2] / v)

n points with mean x and variance s^2 (divided by n) move it to k + n, (k m + n x) / (k + n), a + n / 2 and
b + n s^2 / 2 + k n (x - m)^2 / (2 (k + n)). So k counts pseudo-observations of mu; 2 a those of sigma, whose squares
sum to 2 b. Normal-inverse-Wishart is the same in d dimensions, with Sigma ~ InverseWishart(nu, Psi); where d = 1,
nu = 2 a and Psi = 2 b.

k = 0 is flat in mu, and a = -3/2, b = 0 with it flat in (mu, sigma^2): improper, and what needs a proper law says so by
`Halt`; enough points make the posterior proper. A mode depends on its coordinates, so each says which. Gelman et al.,
Bayesian Data Analysis (2013), chapter 3; Murphy, "Conjugate Bayesian analysis of the Gaussian distribution" (2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln, multigammaln

from core.key import Key
from core.laws.conjugate.predictive import InverseGamma, StudentT
from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient, sufficient
from core.mixture import em
from core.options import Range, check
from core.process import Halt, frozen

FLAT = "A flat prior has no density and no top of its own: raise strength, shape and scale above 0, or add points."
TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True)
class Config:
    """The prior's sliders, in standard units: of the data's mean and standard deviation."""

    mean: Annotated[float, Range(-3, 3, "Prior mean", "In deviations of the data, from their mean.", step=0.1)] = 0.0
    strength: Annotated[
        float, Range(0, 50, "Strength of the mean", "Worth so many observations of it; 0 is flat.", step=0.5)
    ] = 1.0
    shape: Annotated[
        float, Range(-1.5, 25, "Prior shape a", "Half the observations the spread is worth.", step=0.25, more=True)
    ] = 1.0
    scale: Annotated[
        float, Range(0, 25, "Prior scale b", "Half the sum of their squares, in variances.", step=0.25, more=True)
    ] = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    def prior(self, shift: float, scale: float) -> "NormalInverseGamma":
        """The prior over one column, its unit given by the data's mean `shift` and standard deviation `scale`."""
        return NormalInverseGamma(self.mean, self.strength, self.shape, self.scale).rescaled(shift, scale)

    def prior_of_columns(
        self, shift: Float[np.ndarray, " d"], scale: Float[np.ndarray, " d"]
    ) -> "NormalInverseWishart":
        """The prior over d uncorrelated columns, of which each alone has the law of `prior`."""
        d = len(shift)
        return NormalInverseWishart(
            shift + scale * self.mean, self.strength, 2 * self.shape + d - 1, np.diag(2 * self.scale * scale**2)
        )


@dataclass(frozen=True)
class NormalInverseGamma:
    """A law of (mu, v): `mean` m (data units), `strength` k, `shape` a, `scale` b (squared data units)."""

    mean: float
    strength: float
    shape: float
    scale: float

    def __post_init__(self) -> None:
        """Raise ValueError for parameters beyond those of the flat prior."""
        values = (self.mean, self.strength, self.shape, self.scale)
        if not np.isfinite(values).all() or self.strength < 0 or self.shape < -1.5 or self.scale < 0:
            raise ValueError(f"A normal-inverse-gamma law needs k >= 0, a >= -1.5 and b >= 0, not {values}.")

    @property
    def proper(self) -> bool:
        """Whether its density has a finite integral."""
        return self.strength > 0 and self.shape > 0 and self.scale > 0

    @property
    def constant(self) -> float:
        """The logarithm of the density's constant: a log b - log Gamma(a) + 1/2 log(k / 2 pi); Halt where improper."""
        if not self.proper:
            raise Halt(FLAT)
        normal = 0.5 * (np.log(self.strength) - em.LOG_2PI)
        return float(self.shape * np.log(self.scale) - gammaln(self.shape) + normal)

    def rescaled(self, shift: float, scale: float) -> "NormalInverseGamma":
        """The law of (scale mu + shift, scale^2 v)."""
        return NormalInverseGamma(shift + scale * self.mean, self.strength, self.shape, self.scale * scale**2)

    def posterior(self, x: Float[np.ndarray, " n"]) -> "NormalInverseGamma":
        """The law given the points x; this one itself where there are none."""
        return self.updated(sufficient(x[:, None])) if len(x) else self

    def updated(self, points: Sufficient) -> "NormalInverseGamma":
        """The posterior from one column's sufficient statistics alone."""
        n, centre, variance = points.n, float(points.mean[0]), float(points.covariance[0, 0])
        total = self.strength + n
        mean = self.mean + n / total * (centre - self.mean)
        apart = self.strength * n / total * (centre - self.mean) ** 2
        return NormalInverseGamma(mean, total, self.shape + n / 2, self.scale + (n * variance + apart) / 2)

    def log_prob(self, mu: Float[np.ndarray, "*#n"], variance: Float[np.ndarray, "*#n"]) -> Float[np.ndarray, "..."]:
        """log p(mu, v), nats; arrays of shapes that broadcast, so (a,) and (b, 1) give a surface (b, a)."""
        pull = self.scale + self.strength * (mu - self.mean) ** 2 / 2
        return self.constant - (self.shape + 1.5) * np.log(variance) - pull / variance

    def log_prob_sigma(self, mu: Float[np.ndarray, "*#n"], sigma: Float[np.ndarray, "*#n"]) -> Float[np.ndarray, "..."]:
        """log p(mu, sigma), nats: log p(mu, v) and the Jacobian's log 2 sigma."""
        return self.log_prob(mu, sigma**2) + np.log(2 * sigma)

    def mode(self, coordinates: str = "variance") -> Gaussian:
        """The most probable Gaussian (MAP) by the density in (mu, v), or in (mu, sigma) where `coordinates` is "sigma".

        v = b / (a + 3/2) or b / (a + 1). The flat prior's first, and k = b = 0, a = -1's second, are the MLE.
        """
        weight = {"variance": self.shape + 1.5, "sigma": self.shape + 1}[coordinates]
        if self.scale == 0 or weight <= 0 or self.strength == 0:
            raise Halt(FLAT)
        return Gaussian(np.array([self.mean]), np.array([[self.scale / weight]]))

    def expectation(self) -> tuple[float, float]:
        """The means of mu and of v; the second is inf where a <= 1."""
        return self.mean, self.scale / (self.shape - 1) if self.shape > 1 else np.inf

    def marginal_mu(self) -> StudentT:
        """The law of mu, whatever sigma."""
        return self._student(1 / self.strength if self.strength else np.inf)

    def marginal_variance(self) -> InverseGamma:
        """The law of v = sigma^2, whatever mu."""
        if not (self.shape > 0 and self.scale > 0):
            raise Halt(FLAT)
        return InverseGamma(self.shape, self.scale)

    def predictive(self) -> StudentT:
        """The law of the next point, mu and sigma unknown."""
        return self._student(1 + 1 / self.strength if self.strength else np.inf)

    def _student(self, width: float) -> StudentT:
        """The t that v leaves when it is integrated out of N(m, width v)."""
        if not self.proper:
            raise Halt(FLAT)
        return StudentT(2 * self.shape, self.mean, float(np.sqrt(self.scale / self.shape * width)))

    def interval_mu(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval of mu."""
        return self.marginal_mu().interval(level)

    def interval_sigma(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval of sigma."""
        low, high = self.marginal_variance().interval(level)
        return float(np.sqrt(low)), float(np.sqrt(high))

    def evidence(self, x: Float[np.ndarray, " n"]) -> float:
        """log p(x), the log marginal likelihood of the points together, nats."""
        return self.constant - self.posterior(x).constant - len(x) / 2 * em.LOG_2PI

    def sample(self, n: int, key: Key) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
        """`n` independent draws of mu and of v."""
        if not self.proper:
            raise Halt(FLAT)
        generator = key.generator()
        variance = self.scale / np.maximum(generator.standard_gamma(self.shape, n), TINY)
        return self.mean + np.sqrt(variance / self.strength) * generator.standard_normal(n), variance


def path(
    prior: NormalInverseGamma, x: Float[np.ndarray, " n"], sizes: Sequence[int], coordinates: str = "variance"
) -> list[Gaussian]:
    """The MAP after the first so many points, for each of `sizes`; at 0 it is the prior's mode."""
    laws = {0: prior}
    for before, size in pairwise([0, *sorted({size for size in sizes if size})]):
        laws[size] = laws[before].posterior(x[before:size])  # each point is read once
    return [laws[size].mode(coordinates) for size in sizes]


@dataclass(frozen=True)
class NormalInverseWishart:
    """A law of (mu, Sigma): `mean` (d,), `strength` k, `degrees` nu, `scale` Psi (d, d) in squared data units.

    p(mu, Sigma) ~ |Sigma|^(-(nu + d + 2) / 2) exp(-tr Sigma^-1 [Psi + k (mu - m)(mu - m)^T] / 2)
    """

    mean: Float[np.ndarray, " d"]
    strength: float
    degrees: float
    scale: Float[np.ndarray, "d d"]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("mean", "scale"):
            object.__setattr__(self, name, frozen(np.array(getattr(self, name), dtype=float)))

    @property
    def constant(self) -> float:
        """The logarithm of the density's constant; Halt where improper."""
        d = len(self.mean)
        if not (self.strength > 0 and self.degrees > d - 1 and np.linalg.eigvalsh(self.scale)[0] > 0):
            raise Halt(FLAT)
        log_det = float(np.linalg.slogdet(self.scale / 2)[1])
        wishart = self.degrees / 2 * log_det - float(multigammaln(self.degrees / 2, d))
        return wishart + d / 2 * (np.log(self.strength) - em.LOG_2PI)

    def posterior(self, x: Float[np.ndarray, "n d"]) -> "NormalInverseWishart":
        """The law given the points x; this one itself where there are none."""
        if not len(x):
            return self
        points, total = sufficient(x), self.strength + len(x)
        off = points.mean - self.mean
        scatter = len(x) * (points.covariance + self.strength / total * np.outer(off, off))
        return NormalInverseWishart(
            self.mean + len(x) / total * off, total, self.degrees + len(x), self.scale + scatter
        )

    def log_prob(self, model: Gaussian) -> float:
        """log p(mu, Sigma) at a Gaussian, nats."""
        off, d = model.mean - self.mean, model.dim
        pull = np.trace(np.linalg.solve(model.covariance, self.scale + self.strength * np.outer(off, off)))
        log_det = np.linalg.slogdet(model.covariance)[1]
        return self.constant - float((self.degrees + d + 2) / 2 * log_det + pull / 2)

    def mode(self) -> Gaussian:
        """The most probable Gaussian (MAP) by the density in (mu, Sigma): Sigma = Psi / (nu + d + 2)."""
        weight = self.degrees + len(self.mean) + 2
        if self.strength == 0 or weight <= 0 or not np.linalg.eigvalsh(self.scale)[0] > 0:
            raise Halt(FLAT)
        return Gaussian(self.mean, self.scale / weight)

    def evidence(self, x: Float[np.ndarray, "n d"]) -> float:
        """log p(x), the log marginal likelihood of the points together, nats."""
        return self.constant - self.posterior(x).constant - x.size / 2 * em.LOG_2PI

    def marginal(self, column: int) -> NormalInverseGamma:
        """The law of one column's mean and variance."""
        shape = (self.degrees - len(self.mean) + 1) / 2
        return NormalInverseGamma(float(self.mean[column]), self.strength, shape, float(self.scale[column, column]) / 2)
