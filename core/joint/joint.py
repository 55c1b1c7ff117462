"""The joint law of several columns: five ways to fit one.

    one Gaussian       the top of the likelihood, in closed form                     exact
    with a prior       the top of the posterior under a normal-inverse-Wishart law   exact
    kernels            a bump on every point, H = (wider s)^2 S                      exact; s by a rule
    mixture            the best of several runs of EM                                fitted
    copula             a law for every column, joined by correlated normal scores    fitted, in two stages

A way of fitting is a frozen dataclass whose `fit(x)` answers with a `Joint`, in the units of x. All but the spherical
Gaussian are equivariant under a change of the columns' units. The margins of a copula are those of
`core.laws.families.continuous`, so that a positive column stays positive. Nats throughout.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from core.joint import copula
from core.joint.copula import GaussianCopula
from core.joint.margins import KernelMargin, Margin
from core.kernels import bandwidth, kde
from core.kernels.kde import KDE
from core.key import Key
from core.laws import gaussian
from core.laws.conjugate import normal
from core.laws.families.continuous import FAMILIES, Fitted
from core.laws.gaussian import Gaussian
from core.laws.likelihood import sufficient
from core.mixture import gmm, select
from core.mixture.gmm import GMM
from core.options import title
from core.process import Halt
from core.units import Units, standing

RESTARTS = 6  # starts of EM
MARGINS = ("best law", "kernels", "normal")
RULES = ("Likelihood CV", "Least squares CV", "Scott", "Silverman")
Model: TypeAlias = Gaussian | KDE | GMM | GaussianCopula


@dataclass(frozen=True)
class Joint:
    """A fitted law: its `model`, its free parameters' `count` (None: no number, or not at a top of the likelihood)."""

    model: Model
    count: int | None = None

    @property
    def dim(self) -> int:
        """The number of columns d."""
        return self.model.dim

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats."""
        return self.model.log_prob(x)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""
        return self.model.sample(n, key)

    def log_marginal(self, column: int, at: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """log p of one column alone, nats."""
        if isinstance(self.model, GaussianCopula):
            return self.model.margins[column].log_prob(at)
        return self.model.marginal([column]).log_prob(at[:, None])

    def conditional(self, column: int, value: float, at: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """The density at `at` of the other of two columns where `column` is `value`: p(x, y) / p(x); NaN where p(x) = 0."""
        x = np.empty((len(at), 2))
        x[:, column], x[:, 1 - column] = value, at
        known = self.log_marginal(column, np.array([float(value)]))[0]
        return np.exp(self.log_prob(x) - known) if np.isfinite(known) else np.full(len(at), np.nan)


@dataclass(frozen=True)
class OneGaussian:
    """The most likely Gaussian whose covariance is "full", "diag" or "spherical" (in the units of x, which then count)."""

    covariance: str = "full"

    @property
    def name(self) -> str:
        """A word for links."""
        return f"gaussian {self.covariance}"

    @property
    def title(self) -> str:
        """Words for the table."""
        return f"Gaussian, {title(self.covariance).lower()}"

    def fit(self, x: Float[np.ndarray, "n d"]) -> Joint:
        """The law; Halt where the likelihood has no top."""
        config = gaussian.Config(covariance=self.covariance)
        return Joint(gaussian.maximum(config, sufficient(x)), gaussian.parameter_count(config, x.shape[1]))


@dataclass(frozen=True)
class WithPrior:
    """The most probable Gaussian under a prior that is given in standard units."""

    prior: normal.Config

    name = "prior"
    title = "Gaussian with a prior"

    def fit(self, x: Float[np.ndarray, "n d"]) -> Joint:
        """The law; Halt where the posterior has no top. It is no top of the likelihood, so that AIC has no meaning."""
        points = sufficient(x)
        spread = np.sqrt(np.diag(points.covariance))
        if len(x) < 2 or not (spread > 0).all():
            raise Halt(f"Column {int(np.argmin(spread)) + 1} is constant: a prior in its standard units has no size.")
        return Joint(self.prior.prior_of_columns(points.mean, spread).posterior(x).mode())


@dataclass(frozen=True)
class Kernels:
    """A Gaussian bump on every point, its covariance (wider s)^2 times that of the data with s by a `rule`."""

    rule: str = "Likelihood CV"
    wider: float = 1.0
    key: Key = Key(0)

    name = "kernels"
    title = "Kernel density"

    def fit(self, x: Float[np.ndarray, "n d"]) -> Joint:
        """The law; Halt where the covariance is singular."""
        return self.widened(x, self.ruled(x))

    def ruled(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
        """The bandwidth matrix that the rule chooses, which costs more than all the rest."""
        *_, last = kde.fit(kde.Config(rule=self.rule), x, self.key)
        return last.state.bandwidth

    def settled(self, n: int) -> "Kernels":
        """The same way without a key that decides nothing: the rule draws none of `n` points in the plane."""
        return self if bandwidth.draws(self.rule, n, 2) else replace(self, key=Key(0))

    def widened(self, x: Float[np.ndarray, "n d"], ruled: Float[np.ndarray, "d d"]) -> Joint:
        """The law with `wider` times that width."""
        return Joint(KDE(x, ruled * self.wider**2))


@dataclass(frozen=True)
class Mixture:
    """A mixture of full Gaussians, the best of `RESTARTS` runs of EM that did not collapse.

    It is fitted in each column's `core.units.standing` and carried back: starts and floor see no units and no far values.
    """

    components: int
    key: Key = Key(0)

    @property
    def name(self) -> str:
        """A word for links."""
        return f"mixture {self.components}"

    @property
    def title(self) -> str:
        """Words for the table."""
        return f"Mixture of {self.components}" if self.components > 1 else "Mixture of one"

    def fit(self, x: Float[np.ndarray, "n d"]) -> Joint:
        """The law; Halt where every run collapsed."""
        centre, scale = standing(x)
        own = Units(centre, np.where(scale > 0, scale, 1.0))
        config = gmm.Config(components=self.components)
        model = select.best_of(config, own.standard(x), self.key, RESTARTS)
        if model is None:
            raise Halt(f"All {RESTARTS} starts of EM collapsed onto points: use fewer components.")
        return Joint(own.back(model), gmm.parameter_count(config, x.shape[1]))


@dataclass(frozen=True)
class Copula:
    """A law for every column ("best law" by AIC, "kernels" or "normal"), joined by correlated normal scores."""

    margins: str = "best law"

    @property
    def name(self) -> str:
        """A word for links."""
        return f"copula {self.margins}"

    @property
    def title(self) -> str:
        """Words for the table."""
        return f"Copula, {self.margins}"

    def fit(self, x: Float[np.ndarray, "n d"]) -> Joint:
        """The law, margins first and then their correlation; Halt where a margin or the correlation cannot be fitted."""
        fitted = tuple(margin(self.margins, column) for column in np.ascontiguousarray(x.T))
        d, counts = x.shape[1], [law.count if isinstance(law, Fitted) else None for law in fitted]
        count = sum(c for c in counts if c is not None) + d * (d - 1) // 2
        return Joint(copula.fit(fitted, x), None if None in counts else count)


def margin(kind: str, x: Float[np.ndarray, " n"]) -> Margin:
    """The law of one column. Of the families, those that end at the least or greatest value are left out.

    At such an end the normal scores would be infinite, and no other point could lie beyond it.
    """
    if kind == "kernels":
        *_, last = kde.fit(kde.Config(rule="Likelihood CV"), x[:, None], Key(0))
        return KernelMargin(last.state)
    laws: list[Fitted] = []
    problem = ""
    for family in FAMILIES:
        if family.support == "interval" or any(family.pinned) or (kind == "normal" and family.name != "normal"):
            continue
        try:
            laws.append(family.fit(x))
        except Halt as halt:
            problem = problem or str(halt)
    if not laws:
        raise Halt(problem)
    return min(laws, key=lambda law: 2 * law.count - 2 * float(law.log_prob(x).sum()))


Way: TypeAlias = OneGaussian | WithPrior | Kernels | Mixture | Copula
