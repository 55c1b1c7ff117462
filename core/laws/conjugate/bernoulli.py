"""A column of two values, and what it tells of the probability p of one of them.

    p ~ Beta(a, b):   p(p) ~ p^(a - 1) (1 - p)^(b - 1)

s successes and f failures move it to Beta(a + s, b + f), whatever their order. a = b = 1 is flat in p (Bayes, 1763),
a = b = 1/2 is Jeffreys's prior (1946). Nats throughout.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import betaincinv, betaln, xlog1py, xlogy

from core.key import Key


@dataclass(frozen=True)
class BetaBernoulli:
    """What is believed of p: `a` and `b` count pseudo-observations of a success and of a failure."""

    a: float = 1.0
    b: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError unless both counts are finite and positive."""
        if not (np.isfinite([self.a, self.b]).all() and self.a > 0 and self.b > 0):
            raise ValueError(f"A beta law needs a > 0 and b > 0, not {self.a:g} and {self.b:g}.")

    def posterior(self, successes: int, failures: int) -> "BetaBernoulli":
        """The law of p given so many of either value."""
        return BetaBernoulli(self.a + successes, self.b + failures)

    def predictive(self) -> float:
        """The probability that the next value is a success: the mean of p, a / (a + b)."""
        return self.a / (self.a + self.b)

    def mode(self) -> float | None:
        """The most probable p in the coordinate p, (a - 1) / (a + b - 2); None where the density has no inner top."""
        return (self.a - 1) / (self.a + self.b - 2) if self.a > 1 and self.b > 1 else None

    def log_prob(self, p: Float[np.ndarray, "*n"]) -> Float[np.ndarray, "*n"]:
        """log p(p) inside [0, 1], nats; -inf outside."""
        inside = (p >= 0) & (p <= 1)
        q = np.where(inside, p, 0.5)
        return np.where(inside, xlogy(self.a - 1, q) + xlog1py(self.b - 1, -q) - betaln(self.a, self.b), -np.inf)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The equal-tailed credible interval of p."""
        low, high = betaincinv(self.a, self.b, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def evidence(self, successes: int, failures: int) -> float:
        """The log-probability of the values in the order they came, nats."""
        return float(betaln(self.a + successes, self.b + failures) - betaln(self.a, self.b))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, " n"]:
        """`n` independent draws of p."""
        return key.generator().beta(self.a, self.b, n)
