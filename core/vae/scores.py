"""A VAE's score on pictures nobody chose by, beside three classical densities on the same split.

The VAE's log P(x) of discrete pictures is exact by quadrature in one or two latent dimensions, else bounded from below
by IWAE. The others are densities, so uniform noise is added, y = x + u with u ~ U[0, 1) per pixel and x in whole levels:

    E_u log p(x + u)  <=  log integral over the cell of p(x + u) du  =  log P(x)

by Jensen's inequality (Theis, van den Oord and Bethge, 2016): also a lower bound, in the same units. Each has one number
chosen on the validation rows. Nats per picture, with standard errors over the test pictures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import logsumexp

from core.data.images import Pictures
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import Halt, Step
from core.vae.latent import ppca
from core.vae.model import VAE, Labels
from core.vae.truth import exact

DISCRETE = ("categorical", "logistic")
NOISES = 10  # draws of u that a test score is averaged over
BOUND = 100  # k of IWAE
COMPONENTS = (10, 20, 40, 60)
QS = (5, 10, 20, 35, 50)
WIDTHS = (0.9, 1.1, 1.3, 1.55, 1.8, 2.2, 2.7, 3.3)
FLOOR = 0.05  # added to a mixture's variances, squared grey levels
SETTLED = 1e-3  # nats a picture's quadrature may be away by, far below the standard errors
TRAINED, TESTED = 1500, 500  # pictures, at most


@dataclass(frozen=True)
class Row:
    """A model, its score, what kind of number that is ("exact" or "bound"), and what was chosen on validation pictures."""

    model: str
    score: Estimate
    kind: str
    note: str = ""


def comparable(model: VAE, pictures: Pictures) -> str:
    """ "" where the model gives probabilities of these grey levels, else why its score cannot stand beside others."""
    c = model.config
    if c.likelihood not in DISCRETE:
        return f"A {c.likelihood} likelihood is not a probability of grey levels, so no other model's score compares with it."
    if c.levels != pictures.levels:
        return f"The model counts {c.levels} grey levels and these pictures have {pictures.levels}."
    return ""


def rank(model: VAE, pictures: Pictures, key: Key, labels: Labels | None = None) -> Iterator[Step[tuple[Row, ...]]]:
    """Yield the rows so far, in the order of a table: the VAE, its ELBO, PCA, a mixture of Gaussians, kernels.

    What is quick comes first, and the dear ones give a Step after each part of their work. `labels` (n, a) are of all
    pictures. Halt if nothing compares.
    """
    if problem := comparable(model, pictures):
        raise Halt(problem)
    flat, rows = levels(pictures, key), pictures.split.test[:TESTED]
    asked = model, pictures.pixels[rows] / (pictures.levels - 1), key / "vae", None if labels is None else labels[rows]
    tests = {
        1: of_elbo(*asked),
        2: of_pca(*flat),
        4: of_kernels(*flat),
        3: of_mixture(*flat, key / "mixture"),
        0: of_vae(*asked),
    }
    found: dict[int, Row] = {}
    parts = ((place, row) for place, test in tests.items() for row in test)
    for i, (place, row) in enumerate(parts):
        if row:
            found[place] = row
        yield Step(i, tuple(found[place] for place in sorted(found)))


def of_elbo(model: VAE, x: np.ndarray, key: Key, labels: Labels | None) -> Iterator[Row]:
    """The mean bound of test pictures in [0, 1]."""
    yield Row("VAE, ELBO", mean(model.elbo(x, key / "elbo", 16, labels)), "bound")


def of_vae(model: VAE, x: np.ndarray, key: Key, labels: Labels | None) -> Iterator[Row | None]:
    """Their mean log P(x), exact in parts, or by IWAE."""
    if model.latent > 2:
        yield Row(f"VAE, IWAE-{BOUND}", mean(model.iwae(x, key / "iwae", BOUND, labels)), "bound")
        return
    log_p = np.zeros(0)
    for found in exact.gradually(model, x, labels, settled=SETTLED):
        log_p = found
        yield None
    yield Row("VAE", mean(log_p), "exact")


Flat = tuple[Float[np.ndarray, "a p"], Float[np.ndarray, "b p"], list[Float[np.ndarray, "t p"]]]


def levels(pictures: Pictures, key: Key) -> Flat:
    """Training, validation and test pictures in whole levels as vectors with uniform noise; the test ones `NOISES` times."""
    train, val, test = (rows[:most] for rows, most in zip(pictures.split, (TRAINED, TESTED, TESTED), strict=True))

    def noised(rows: np.ndarray, name: str) -> np.ndarray:
        flat = pictures.pixels[rows].reshape(len(rows), -1).astype(float)
        return flat + (key / "noise" / name).generator().random(flat.shape)

    return noised(train, "train"), noised(val, "val"), [noised(test, f"test {i}") for i in range(NOISES)]


def judged(title: str, log_prob: Callable[[np.ndarray], np.ndarray], test: list[np.ndarray], note: str) -> Row:
    """The score of a density, averaged over the noises before the standard error is taken over pictures."""
    return Row(title, mean(np.mean([log_prob(x) for x in test], axis=0)), "bound", note)


def of_pca(train: np.ndarray, val: np.ndarray, test: list[np.ndarray]) -> Iterator[Row]:
    """Probabilistic PCA, its components chosen."""
    models = [ppca.fit(train, q) for q in QS if q < min(train.shape[1], len(train))]
    best = max(models, key=lambda m: float(m.log_prob(val).mean()))
    yield judged("PCA (probabilistic)", best.log_prob, test, f"{best.latent} components")


@dataclass(frozen=True)
class Diagonal:
    """A mixture of Gaussians along the axes: `weights` (k,), `means` and `variances` (k, p)."""

    weights: Float[np.ndarray, " k"]
    means: Float[np.ndarray, "k p"]
    variances: Float[np.ndarray, "k p"]

    def log_joint(self, x: Float[np.ndarray, "n p"]) -> Float[np.ndarray, "n k"]:
        """log p(x, component)."""
        inverse = 1 / self.variances
        square = x**2 @ inverse.T - 2 * x @ (self.means * inverse).T + (self.means**2 * inverse).sum(axis=1)
        return np.log(self.weights) - 0.5 * (square + np.log(2 * np.pi * self.variances).sum(axis=1))

    def log_prob(self, x: Float[np.ndarray, "n p"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats."""
        return np.asarray(logsumexp(self.log_joint(x), axis=1))


def of_mixture(train: np.ndarray, val: np.ndarray, test: list[np.ndarray], key: Key) -> Iterator[Row | None]:
    """Mixtures of axis-aligned Gaussians by EM, the number of components chosen; None after each."""
    found: list[Diagonal] = []
    for k in COMPONENTS:
        if k < len(train):
            found.append(mixture(train, k, key / k))
            yield None
    best = max(found, key=lambda m: float(m.log_prob(val).mean()))
    yield judged("Mixture of Gaussians", best.log_prob, test, f"{len(best.weights)} components, diagonal")


def mixture(x: Float[np.ndarray, "n p"], k: int, key: Key, rounds: int = 60) -> Diagonal:
    """EM from random pictures as means, `FLOOR` added to every variance (Dempster, Laird and Rubin, 1977)."""
    means = x[key.generator().permutation(len(x))[:k]]
    model = Diagonal(np.full(k, 1 / k), means, np.tile(x.var(axis=0) + FLOOR, (k, 1)))
    for _ in range(rounds):
        joint = model.log_joint(x)
        r = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        mass = np.maximum(r.sum(axis=0), 1e-9)
        means = (r.T @ x) / mass[:, None]
        variances = np.maximum((r.T @ x**2) / mass[:, None] - means**2, 0) + FLOOR
        model = Diagonal(mass / mass.sum(), means, variances)
    return model


def of_kernels(train: np.ndarray, val: np.ndarray, test: list[np.ndarray]) -> Iterator[Row]:
    """A Gaussian bump on every training picture, its width chosen."""
    h = max(WIDTHS, key=lambda width: float(bumps(train, val, width).mean()))
    yield judged("Kernels (KDE)", lambda x: bumps(train, x, h), test, f"width {h:g} grey levels")


def bumps(points: Float[np.ndarray, "n p"], x: Float[np.ndarray, "m p"], h: float) -> Float[np.ndarray, " m"]:
    """log of the mean of N(x | point, h^2 I) over the points."""
    square = (x**2).sum(axis=1)[:, None] - 2 * x @ points.T + (points**2).sum(axis=1)
    joint = -0.5 * np.maximum(square, 0) / h**2
    return logsumexp(joint, axis=1) - np.log(len(points)) - 0.5 * points.shape[1] * np.log(2 * np.pi * h**2)
