"""Classes that come in other shares than those learned from: exact re-weighting by Bayes' rule, and what it is worth.

If p(x given y) stays as it was and only the shares of the classes go from pi to pi', then

    p'(y = k given x)  is proportional to  p(y = k given x) pi'_k / pi_k

for any rule that says p(y given x), whichever way it was learned (Saerens, Latinne and Decaestecker, 2002). The error of a rule
at new shares is sum_k pi'_k P(it says another than k given class k): exact where the density of every class is known.
"""

import numpy as np
from jaxtyping import Float

from core.classification.rows import log_total


def moved(shares: Float[np.ndarray, " k"], first: float) -> Float[np.ndarray, " k"]:
    """Shares that sum to 1: the first class has `first`, in (0, 1), and the others keep theirs to each other."""
    rest = shares[1:] / shares[1:].sum() * (1 - first)
    return np.concatenate([[first], rest])


def reweighted(
    log_p: Float[np.ndarray, "m k"], before: Float[np.ndarray, " k"], after: Float[np.ndarray, " k"]
) -> Float[np.ndarray, "m k"]:
    """log p'(y = k given x), nats, of what was `log_p` where the shares were those `before`."""
    found = log_p + np.log(after / before)
    return found - log_total(found)[:, None]


def risks(
    weight: Float[np.ndarray, "m k"],
    log_q: Float[np.ndarray, "m k"],
    before: Float[np.ndarray, " k"],
    firsts: Float[np.ndarray, " s"],
    follows: bool,
) -> Float[np.ndarray, " s"]:
    """The error of a rule where the first class has each of the shares `firsts`, as the rule was told (it `follows`) or not.

    `weight` is p(x, y = k) where the shares are those learned from, up to a constant: on even cells, or 1 on each point's own
    class. `log_q` is what the rule says there, having learned from the shares `before`.
    """
    true = weight.sum(axis=0) / weight.sum()
    within, found = weight / weight.sum(axis=0), np.empty(len(firsts))
    at = np.arange(len(weight))
    for i, first in enumerate(firsts):
        turn = np.log(moved(before, first) / before) if follows else 0.0
        choice = (log_q + turn).argmax(axis=1)
        right = np.bincount(choice, within[at, choice], len(before))
        found[i] = 1 - moved(true, first) @ right
    return found
