"""A known law of a few categories: the probability of every cell, from which rows are drawn and models are judged exactly.

The outfits' own: white clothes and silver hair are favoured, and, if `together`, go together. Their 2 x 2 table is

                    white    other
    silver           .27      .08
    other            .03      .62

and within each of its four parts colours stay independent, so that every feature on its own is what it is when they
are not together: only the dependence is switched. All else is independent.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float

from core.categorical.rows import Codes, Rows, Sizes, drawn, number, unnumber
from core.data.renderers.outfit_words import ATTRIBUTES, CLOTHES_COLOUR, HAIR_COLOUR, VALUES
from core.key import Key

WHITE, SILVER = VALUES[CLOTHES_COLOUR].index("white"), VALUES[HAIR_COLOUR].index("silver")
BOTH = 0.27  # probability of white clothes with silver hair, where they go together
MARGINS = (
    (0.6, 0.25, 0.15),
    (0.13, 0.12, 0.08, 0.14, 0.07, 0.08, 0.3, 0.08),
    (0.4, 0.1, 0.3, 0.2),
    (0.17, 0.14, 0.2, 0.06, 0.08, 0.35),
    (0.05, 0.2, 0.12, 0.15, 0.25, 0.13, 0.1),
)
"""The probability of every value of each feature."""


@dataclass(frozen=True)
class Law:
    """A law given by its probabilities `p`, one axis for each column."""

    p: Float[np.ndarray, "..."]

    @property
    def sizes(self) -> Sizes:
        """How many levels each column has."""
        return self.p.shape

    def log_prob(self, codes: Codes) -> Float[np.ndarray, " n"]:
        """log p of each row, nats; -inf for what is impossible."""
        with np.errstate(divide="ignore"):
            return np.log(self.p.ravel()[number(codes, self.sizes)])

    def sample(self, n: int, key: Key) -> Codes:
        """`n` independent rows: the first `m` of them are those of `sample(m, key)`."""
        return unnumber(drawn(self.p.ravel(), key.generator().random(n)), self.sizes)


@cache
def outfits(together: bool = True) -> Law:
    """The law of outfits."""
    margins = [np.array(values) for values in MARGINS]
    clothes, hair = margins[CLOTHES_COLOUR], margins[HAIR_COLOUR]
    white, silver = clothes[WHITE], hair[SILVER]
    both = BOTH if together else white * silver
    parts = np.array([[both, silver - both], [white - both, 1 - white - silver + both]])
    is_white, is_silver = (np.arange(len(clothes)) != WHITE).astype(int), (np.arange(len(hair)) != SILVER).astype(int)
    alone = np.outer([silver, 1 - silver], [white, 1 - white])
    tilt = (parts / alone)[is_silver][:, is_white]  # (hair, clothes)
    p = np.einsum("a,b,c,d,e->abcde", *margins) * tilt.T[None, :, None, :, None]
    p.flags.writeable = False
    return Law(p)


def observed(n: int, together: bool, key: Key) -> Rows:
    """`n` outfits drawn from the law; a longer set with the same key begins with the shorter one."""
    codes = outfits(together).sample(n, key)
    source = "Drawn by this program from a law that it knows."
    return Rows("outfits", ATTRIBUTES, VALUES, codes, f"{n:,} outfits", source, builtin=True)
