"""Products of categorical pixels, and mixtures of them, for pictures of d pixels with L levels each.

    p(x) = sum_k w_k prod_j theta_kj[x_j],      theta_kj[v] = (n_kjv + alpha) / (n_k + alpha L)

With one component it is the independent product (all that is left of naive Bayes where there is no class); with a
component for each class, w_k the share of its pictures, it is naive Bayes itself, the class summed out; with components
that nobody named it is the latent class model (Lazarsfeld, 1950), fitted by EM (Dempster, Laird and Rubin, 1977). alpha is
additive smoothing: a symmetric Dirichlet(1 + alpha) prior on every theta_kj, of which theta is the posterior's mode, so
what never falls from one iteration of EM to the next is log-likelihood + alpha sum log theta. Densities are in nats per
picture.

Pictures are held as a sparse matrix with a 1 at (picture, pixel and level), so that the E-step and the M-step are one
product with it each, whatever the number of levels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_array

from core.categorical.rows import Codes, drawn
from core.key import Key
from core.options import Range, check
from core.process import Halt, Step, frozen

PATIENCE: Final = 4  # iterations without a better held-out score, after which EM ends
STARTS: Final = 6  # from which EM may begin
SCOUT: Final = 5  # iterations after which starts are compared
SCOUTED: Final = 1 << 19  # pixels that are looked at for that
HELD_OUT, OBJECTIVE, LIKELIHOOD = "held_out", "objective", "log_likelihood"


@dataclass(frozen=True)
class Config:
    """How many `components` K, how they are smoothed, and the most `iterations` of EM."""

    components: Annotated[int, Range(1, 60, "Components K", "Products that are mixed.")] = 20
    alpha: Annotated[float, Range(0.01, 5, "Smoothing α", "Added to every count; 1 is Laplace's rule.", step=0.01)] = (
        0.3
    )
    iterations: Annotated[int, Range(1, 200, "Iterations of EM, at most")] = 60

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


def indicators(codes: Codes, levels: int) -> csr_array:
    """The matrix (n, d L) with a 1 where pixel j of picture i has level v, at column j L + v; ValueError for other levels."""
    n, d = codes.shape
    if codes.size and (codes.min() < 0 or codes.max() >= levels):
        raise ValueError(
            f"The pixels reach from {codes.min()} to {codes.max()}; {levels} levels are 0 to {levels - 1}."
        )
    columns = (codes + levels * np.arange(d)).astype(np.int32)
    starts = np.arange(n + 1, dtype=np.int32) * d
    return csr_array((np.ones(n * d), columns.ravel(), starts), shape=(n, d * levels))


@dataclass(frozen=True, eq=False)
class Products:
    """A mixture: `log_weights` (k,) and `log_theta` (k, d, L), in nats."""

    log_weights: Float[np.ndarray, " k"]
    log_theta: Float[np.ndarray, "k d L"]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        object.__setattr__(self, "log_weights", frozen(self.log_weights))
        object.__setattr__(self, "log_theta", frozen(self.log_theta))

    @property
    def levels(self) -> int:
        """How many levels a pixel has, L."""
        return self.log_theta.shape[2]

    @property
    def parameters(self) -> int:
        """How many numbers are free: k - 1 weights, and L - 1 for every pixel of every component."""
        k, d, levels = self.log_theta.shape
        return k - 1 + k * d * (levels - 1)

    def log_joint(self, ones: csr_array) -> Float[np.ndarray, "n k"]:
        """log w_k theta_k(x) of pictures as `indicators`, nats."""
        return ones @ self.log_theta.reshape(len(self.log_weights), -1).T + self.log_weights

    def log_prob(self, codes: Codes) -> Float[np.ndarray, " n"]:
        """log p of each picture, nats, exactly."""
        return shares(self.log_joint(indicators(codes, self.levels)))[1]

    def sample(self, n: int, key: Key) -> Codes:
        """`n` independent pictures: a component each, then every pixel on its own."""
        return self.paint(self.components(n, key), key)

    def components(self, n: int, key: Key) -> Int[np.ndarray, " n"]:
        """The components that `n` pictures are drawn from."""
        return drawn(np.exp(self.log_weights), (key / "component").generator().random(n))

    def paint(self, which: Int[np.ndarray, " n"], key: Key) -> Codes:
        """A picture from each of these components. The same key uses the same chances, whatever the model."""
        u = (key / "pixels").generator().random((len(which), self.log_theta.shape[1]))
        steps = np.cumsum(np.exp(self.log_theta), axis=2)
        codes = np.empty(u.shape, dtype=np.int64)
        for i, k in enumerate(which):
            codes[i] = (steps[k] <= u[i][:, None] * steps[k][:, -1:]).sum(axis=1)
        return np.minimum(codes, self.levels - 1)


def maximise(ones: csr_array, r: Float[np.ndarray, "n k"], levels: int, alpha: float) -> Products:
    """The M-step: the model of responsibilities r (n, k)."""
    mass = r.sum(axis=0)
    counts = (ones.T @ r).T.reshape(r.shape[1], -1, levels)
    theta = np.log(counts + alpha) - np.log(mass + alpha * levels)[:, None, None]
    with np.errstate(divide="ignore"):
        return Products(np.log(mass / mass.sum()), theta)


def _known(codes: Codes, alpha: float) -> None:
    if not len(codes):
        raise ValueError("Without pictures there is nothing to count.")
    if not (alpha > 0 and np.isfinite(alpha)):
        raise ValueError(f"Alpha must be a number above 0, not {alpha!r}: a level never seen would be impossible.")


def independent(codes: Codes, levels: int, alpha: float) -> Products:
    """Every pixel on its own: one component. ValueError without pictures, or for alpha of 0 or less."""
    _known(codes, alpha)
    return maximise(indicators(codes, levels), np.ones((len(codes), 1)), levels, alpha)


def told(codes: Codes, labels: Int[np.ndarray, " n"], levels: int, alpha: float) -> Products:
    """One component for each class that occurs, in rising order: naive Bayes, to be summed over the class."""
    _known(codes, alpha)
    r = (labels[:, None] == np.unique(labels)).astype(float)
    return maximise(indicators(codes, levels), r, levels, alpha)


def shares(joint: Float[np.ndarray, "n k"]) -> tuple[Float[np.ndarray, "n k"], Float[np.ndarray, " n"]]:
    """softmax and log sum exp of every row, by one exponential for both."""
    top = joint.max(axis=1)
    r = np.exp(joint - top[:, None])
    mass = r.sum(axis=1)
    return r / mass[:, None], top + np.log(mass)


def posterior(model: Products, ones: csr_array) -> tuple[Float[np.ndarray, "n k"], float]:
    """The E-step: responsibilities r_nk = p(k given x_n), and the mean log-likelihood in nats per picture."""
    r, evidence = shares(model.log_joint(ones))
    return r, float(evidence.mean())


def fit(
    config: Config, codes: Codes, levels: int, held_out: Int[np.ndarray, "m d"], key: Key
) -> Iterator[Step[Products]]:
    """EM from pictures chosen at random: one Step an iteration (phase "M"), and a last one (phase "all").

    Metrics: mean `log_likelihood`, `objective` (with the prior's alpha sum log theta / n) and `held_out`, nats per picture. It
    ends after `PATIENCE` iterations that are no better on the `held_out` pictures, which have then chosen the model and may
    be counted too: the last Step is one more M-step from the best model, over all pictures. Halt for fewer pictures than
    components.
    """
    _known(codes, config.alpha)
    if len(codes) < config.components:
        raise Halt(f"{len(codes):,} pictures are too few for {config.components} components; mix fewer.")
    ones, others = indicators(codes, levels), indicators(held_out, levels)
    model = chosen(config, codes, levels, ones, others, key)
    best, score, since = model, -np.inf, 0
    for i in range(config.iterations + 1):
        r, likelihood = posterior(model, ones)
        objective = likelihood + config.alpha * float(model.log_theta.sum()) / len(codes)
        unseen = posterior(model, others)[1] if len(held_out) else likelihood
        yield Step(i, model, "M", {LIKELIHOOD: likelihood, OBJECTIVE: objective, HELD_OUT: unseen})
        best, score, since = (model, unseen, 0) if unseen > score else (best, score, since + 1)
        if since == PATIENCE or i == config.iterations:
            break
        model = maximise(ones, r, levels, config.alpha)
    every = indicators(np.concatenate([codes, held_out]), levels)
    last = maximise(every, posterior(best, every)[0], levels, config.alpha)
    yield Step(i + 1, last, "all", {LIKELIHOOD: posterior(last, every)[1]})


def chosen(config: Config, codes: Codes, levels: int, ones: csr_array, others: csr_array, key: Key) -> Products:
    """Of `STARTS` starts the one that is best on the held-out pictures after `SCOUT` iterations, of as many pictures as have
    `SCOUTED` pixels together."""
    few = max(SCOUTED // codes.shape[1], config.components)
    codes, ones, others = codes[:few], ones[:few], others[:few]
    found = [begin(config, codes, ones, levels, key / i) for i in range(STARTS if others.shape[0] else 1)]
    scores = []
    for model in found if len(found) > 1 else ():
        for _ in range(SCOUT):
            model = maximise(ones, posterior(model, ones)[0], levels, config.alpha)
        scores.append(posterior(model, others)[1])
    return found[int(np.argmax(scores))] if scores else found[0]


def begin(config: Config, codes: Codes, ones: csr_array, levels: int, key: Key) -> Products:
    """The start: K pictures as centres, those far from one another likelier (Arthur and Vassilvitskii, 2007).

    A picture belongs to the centre that fewest of its levels, as numbers, differ from by squares.
    """
    draw, x = key.generator(), codes / max(levels - 1, 1)
    centres = [int(draw.integers(len(x)))]
    away = ((x - x[centres[0]]) ** 2).sum(axis=1)
    while len(centres) < config.components:
        p = away / away.sum() if away.sum() > 0 else np.full(len(x), 1 / len(x))
        centres.append(int(drawn(p, draw.random(1))[0]))
        away = np.minimum(away, ((x - x[centres[-1]]) ** 2).sum(axis=1))
    middle = x[centres]
    square = (x**2).sum(axis=1)[:, None] - 2 * x @ middle.T + (middle**2).sum(axis=1)
    return maximise(ones, np.eye(config.components)[square.argmin(axis=1)], levels, config.alpha)
