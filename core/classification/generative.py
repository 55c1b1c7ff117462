"""Generative classification: a law of the points of every class, and how often each class comes.

    log p(x, y = k) = log pi_k + log p_k(x),    p(x) = sum_k p(x, k),    p(k given x) = p(x, k) / p(x)

pi_k is the share of class k, p_k one of six laws, each at the top of its likelihood (variances have divisor n):

    naive Bayes     a Gaussian whose coordinates are independent within a class
    shared          the same, with the variances of all classes in one
    LDA             Gaussians with one covariance: linear boundaries (Fisher, 1936; Welch, 1939)
    QDA             Gaussians with a covariance each: quadratic boundaries
    mixture         a mixture of full Gaussians, the best of some runs of EM within the class
    kernels         a Gaussian bump on every point (on `BUMPS` random ones where a class has more), its width by
                    cross-validated likelihood within the class

A coordinate that is not known is summed out exactly: p(x_1, k) is the class's marginal law. Nats throughout.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from core.classification.rows import Rows, log_total
from core.joint.joint import Kernels, Mixture
from core.key import Key
from core.laws.gaussian import Gaussian
from core.process import Halt, frozen

NAIVE, SHARED, LDA, QDA, MIXTURE, KERNELS = KINDS = (
    *("naive Bayes", "naive Bayes, shared variances", "LDA", "QDA"),
    *("mixture", "kernels"),
)
GAUSSIANS = (NAIVE, SHARED, LDA, QDA)
BUMPS = 1000  # of a class: every place asks each of them


@dataclass(frozen=True)
class ClassLaws:
    """`priors` (k,), which sum to 1, and a law a class: `sample`, `log_prob` and `marginal` of each are used."""

    priors: Float[np.ndarray, " k"]
    laws: tuple[Any, ...]

    def __post_init__(self) -> None:
        """Freeze the priors; ValueError unless there is one a law and they sum to 1."""
        object.__setattr__(self, "priors", frozen(np.array(self.priors, dtype=float)))
        if len(self.priors) != len(self.laws) or not abs(self.priors.sum() - 1) < 1e-9 or self.priors.min() <= 0:
            raise ValueError("Every class needs a law and a prior above 0; the priors must sum to 1.")

    def log_joint(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log p(x, y = k), nats."""
        return np.stack([law.log_prob(x) for law in self.laws], axis=1) + np.log(self.priors)

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats."""
        return log_total(self.log_joint(x))

    def log_posterior(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log p(y = k given x), nats (Bayes' rule)."""
        joint = self.log_joint(x)
        return joint - log_total(joint)[:, None]

    def marginal(self, column: int) -> "ClassLaws":
        """The same classes where only this column is known: every other one is summed out, exactly."""
        return ClassLaws(self.priors, tuple(law.marginal([column]) for law in self.laws))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws from p(x)."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n d"], Int[np.ndarray, " n"]]:
        """`n` independent draws: a class by its prior, then a point of that class."""
        y = (key / "class").generator().choice(len(self.laws), size=n, p=self.priors / self.priors.sum())
        pools = [law.sample(n, key / "point" / str(k)) for k, law in enumerate(self.laws)]
        return np.stack(pools)[y, np.arange(n)], y


def fit(kind: str, rows: Rows, key: Key, components: int = 3) -> ClassLaws:
    """The laws of this `kind` at the top of their likelihood; Halt where a class has no law of this kind.

    A class's mixture has so many `components`.
    """
    parts = [rows.x[rows.y == k] for k in range(rows.k)]
    if kind == MIXTURE:
        ways = [Mixture(components, key / str(k)) for k in range(rows.k)]
        return ClassLaws(
            rows.shares, tuple(named(rows, k, lambda k=k: ways[k].fit(parts[k]).model) for k in range(rows.k))
        )
    if kind == KERNELS:
        parts = [x if len(x) <= BUMPS else thinned(x, key / "bumps" / str(k)) for k, x in enumerate(parts)]
        laws = [named(rows, k, lambda x=x, k=k: Kernels(key=key / str(k)).fit(x).model) for k, x in enumerate(parts)]
        return ClassLaws(rows.shares, tuple(laws))
    means = [x.mean(axis=0) for x in parts]
    covariances = np.stack([np.cov(x.T, bias=True).reshape(2 * [x.shape[1]]) for x in parts])
    if kind in (SHARED, LDA):
        covariances = np.broadcast_to(np.einsum("k,kij->ij", rows.shares, covariances), covariances.shape)
    if kind in (NAIVE, SHARED):
        covariances = covariances * np.eye(rows.x.shape[1])
    pairs = zip(means, covariances, strict=True)
    return ClassLaws(
        rows.shares, tuple(named(rows, k, lambda m=m, c=c: Gaussian(m, c)) for k, (m, c) in enumerate(pairs))
    )


def thinned(x: Float[np.ndarray, "n d"], key: Key) -> Float[np.ndarray, "m d"]:
    """`BUMPS` random rows."""
    return x[np.sort(key.generator().choice(len(x), BUMPS, replace=False))]


def named(rows: Rows, k: int, make: Any) -> Any:
    """What `make` makes of class k; Halt, with the class's name, where it cannot."""
    try:
        return make()
    except ValueError as error:
        why = str(error) if isinstance(error, Halt) else "its points lie on a line."
        raise Halt(f"Class {rows.classes[k]} has no law of this kind: {why[0].lower()}{why[1:]}") from error
