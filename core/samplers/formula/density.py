"""A typed formula as a sampler's target.

The formula is read either as p, then log_density = log p and score = p' / p, or as log p itself. Nothing is asked about
its integral here: `admission` does, and a formula that is typed goes through it first.
"""

import ast
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from core.samplers.formula.forward import differentiate
from core.samplers.formula.grammar import parse


@dataclass(frozen=True)
class Formula:
    """p(x), or with `log` log p(x), up to a factor, of x (dim = 1) or x1 and x2 (dim = 2); Halt if it cannot be read."""

    text: str
    dim: int = 2
    log: bool = False

    def __post_init__(self) -> None:
        """Read the text, which is then known to be a formula."""
        differentiate(self.tree, np.zeros((1, self.dim)))

    @cached_property
    def tree(self) -> ast.expr:
        """What the text was read as."""
        return parse(self.text, self.dim)

    def value(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n"]:
        """The number that the formula itself gives at `x`."""
        return differentiate(self.tree, x)[0]

    def log_density(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n"]:
        """log p(x) + a constant, nats; -inf where p is 0, NaN where it is negative or has no value."""
        value = self.value(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            return value if self.log else np.log(value)

    def score(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n d"]:
        """The gradient of `log_density`, exact; 0 where p is 0."""
        value, slope = differentiate(self.tree, x)
        nothing = np.isneginf(value) if self.log else value == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            score = slope if self.log else slope / value[..., None]
        return np.where(nothing[..., None], 0.0, score)
