"""A Gaussian fitted by maximum likelihood: in one step, or by a climb that can be watched.

    l(mu, S) = mean_n log N(x_n | mu, S) = -1/2 [d log 2 pi + log |S| + tr S^-1 (C + (m - mu)(m - mu)^T)]

Of the points only their mean m and (biased) covariance C matter, and the top is at mu = m, S = C (Fisher, 1922). The
closed form goes there at once; gradient ascent and Newton's method climb there in the coordinates of `likelihood`, which
have neither unit nor boundary, so that the climb is the same in minutes as in seconds. Nats throughout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.laws.likelihood import Hill, Sufficient, sufficient
from core.mixture import em
from core.options import Choice, Range, check
from core.process import Halt, Step, frozen

COVARIANCES = ("full", "diag", "spherical")
METHODS = ("closed form", "gradient ascent", "Newton")
SEARCHES = ("halving", "fixed")
SINGULAR = 1e-12  # smallest eigenvalue of a correlation matrix below which a covariance has collapsed


@dataclass(frozen=True)
class Config:
    """Options of the Gaussian and of the climb; `floor` is added to every variance (squared data units).

    A floor f stands for the penalty f / 2 tr S^-1 on l, whose top is at S = C + f I.
    """

    covariance: Annotated[str, Choice(COVARIANCES, "Covariance", "What shapes the Gaussian may take.")] = "full"
    method: Annotated[str, Choice(METHODS, "Method", "How the top is reached.")] = "gradient ascent"
    step: Annotated[float, Range(0.001, 2, "Step length", "Gradient ascent moves this times the slope.", log=True)] = (
        0.2
    )
    search: Annotated[
        str, Choice(SEARCHES, "Too long a step", "Halve it until it gains, or take it as it is.", more=True)
    ] = "halving"
    floor: Annotated[float, Range(0, 1, "Variance floor", "Added to every variance.", more=True)] = 0.0
    tolerance: Annotated[
        float, Range(0, 1, "Tolerance (nats)", "Stop when an iteration changes less per point.", more=True)
    ] = 1e-9
    iterations: Annotated[int, Range(1, 2000, "Most iterations", more=True)] = 200

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(frozen=True)
class Gaussian:
    """N(mean, covariance) in d dimensions: `mean` (d,) in data units, `covariance` (d, d) in squared ones."""

    mean: Float[np.ndarray, " d"]
    covariance: Float[np.ndarray, "d d"]

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError unless they are finite and the covariance is positive definite."""
        for name in ("mean", "covariance"):
            value = np.array(getattr(self, name), dtype=float)
            if not np.isfinite(value).all():
                raise ValueError(f"The Gaussian's {name} is not finite.")
            object.__setattr__(self, name, frozen(value))
        size = np.sqrt(np.abs(np.diag(self.covariance)))
        lopsided = np.abs(self.covariance - self.covariance.T) > 1e-9 * size[:, None] * size
        if lopsided.any() or not positive(self.covariance):
            raise ValueError("The Gaussian's covariance must be symmetric and positive definite.")

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return len(self.mean)

    @property
    def entropy(self) -> float:
        """1/2 log |2 pi e S|, nats."""
        return self.dim / 2 * (em.LOG_2PI + 1) + float(np.log(np.diag(np.linalg.cholesky(self.covariance))).sum())

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log N(x_n | mu, S), nats."""
        factor = np.linalg.cholesky(self.covariance)
        white = np.linalg.solve(factor, (x - self.mean).T)  # (d, n)
        return -self.dim / 2 * em.LOG_2PI - np.log(np.diag(factor)).sum() - 0.5 * (white**2).sum(axis=0)

    def score(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """The gradient of log p at x: S^-1 (mu - x), nats per data unit."""
        return np.linalg.solve(self.covariance, (self.mean - x).T).T

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""
        noise = key.generator().standard_normal((n, self.dim))
        return self.mean + noise @ np.linalg.cholesky(self.covariance).T

    def rescaled(self, shift: Float[np.ndarray, " d"], scale: Float[np.ndarray, " d"]) -> "Gaussian":
        """The law of scale * x + shift, where x follows this one."""
        return Gaussian(self.mean * scale + shift, self.covariance * scale[:, None] * scale)

    def marginal(self, columns: Sequence[int]) -> "Gaussian":
        """The law of these columns, in the order given."""
        keep = list(columns)
        return Gaussian(self.mean[keep], self.covariance[np.ix_(keep, keep)])

    def conditional(self, column: int, value: float) -> "Gaussian":
        """The law of the other columns where `column` is known to be `value`."""
        if self.dim == 1:
            raise Halt("A Gaussian of one column has no other column left to condition.")
        rest = np.delete(np.arange(self.dim), column)
        slope = self.covariance[rest, column] / self.covariance[column, column]
        mean = self.mean[rest] + slope * (value - self.mean[column])
        shared = np.outer(slope, self.covariance[column, rest])
        return Gaussian(mean, self.covariance[np.ix_(rest, rest)] - (shared + shared.T) / 2)


def positive(covariance: Float[np.ndarray, "d d"]) -> bool:
    """Whether a symmetric matrix is positive definite, as Cholesky's factorisation finds."""
    try:
        np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return False
    return True


def parameter_count(config: Config, d: int) -> int:
    """The number of free parameters in d dimensions."""
    return d + {"full": d * (d + 1) // 2, "diag": d, "spherical": 1}[config.covariance]


def maximum(config: Config, points: Sufficient) -> Gaussian:
    """The most likely Gaussian of the kind, mean m and covariance C + floor I cut to its shape; Halt if there is none."""
    if points.n < 2:
        raise Halt(f"{points.n} points are too few for a Gaussian: give at least 2.")
    covariance = constrained(points.covariance + config.floor * np.eye(len(points.mean)), config.covariance)
    spread = np.diag(covariance)
    if not (spread > 0).all():
        raise Halt(f"Column {int(np.argmin(spread)) + 1} is constant: a Gaussian needs values that differ.")
    if np.linalg.eigvalsh(covariance / np.sqrt(np.outer(spread, spread)))[0] < SINGULAR:
        raise Halt("The points lie on a line or plane: a full covariance needs more points, a floor, or the diag kind.")
    return Gaussian(points.mean, covariance)


def constrained(covariance: Float[np.ndarray, "d d"], kind: str) -> Float[np.ndarray, "d d"]:
    """The covariance of this kind that is nearest in likelihood."""
    return em.constrain(covariance[None], np.ones(1), kind)[0]


def hill(config: Config, points: Sufficient) -> Hill:
    """The hill that the climbs go up, its unit the standard deviations at the top."""
    scale = np.sqrt(np.diag(maximum(config, points).covariance))
    target = (points.covariance + config.floor * np.eye(len(scale))) / scale[:, None] / scale
    return Hill(config.covariance, points.mean, scale, target)


def initial(config: Config, points: Sufficient, key: Key) -> Gaussian:
    """A start off the top on purpose: 1.5 standard deviations away in a random direction, and 0.6 times as wide."""
    ground = hill(config, points)
    along = key.generator().standard_normal(len(ground.centre))
    along /= np.linalg.norm(along)
    return Gaussian(ground.centre + 1.5 * ground.scale * along, np.diag((0.6 * ground.scale) ** 2))


def fit(
    config: Config,
    x: Float[np.ndarray, "n d"],
    key: Key,
    *,
    start: Gaussian | Step[Gaussian] | None = None,
    device: str = "cpu",
) -> Iterator[Step[Gaussian]]:
    """Yield the start, then the model after every iteration, until one changes less than the tolerance.

    The closed form takes one step. `phase` says what led here: "start", "closed form", "ascent", "Newton" or "scoring".
    Metrics: `log_likelihood` (mean, nats), `gain` in l less the floor's penalty, `gradient_norm` and `halvings` of the
    step; the array `gradient` (p,) is the slope in the coordinates of `Hill`. A given start of another covariance kind
    is first brought to the config's. `device` is accepted for the shared signature. `Halt` where there is no top, for
    Newton in more than one dimension, and where a fixed step leads out of the range of numbers.
    """
    if not len(x):
        raise Halt("0 points are too few for a Gaussian: give at least 2.")
    if config.method == "Newton" and x.shape[1] > 1:
        raise Halt(f"Newton's method is offered for one column, not {x.shape[1]}: choose gradient ascent.")
    points = sufficient(x)
    ground, top = hill(config, points), maximum(config, points)
    resumed = start if isinstance(start, Step) else None
    model = start.state if isinstance(start, Step) else start or initial(config, points, key)
    if model.dim != x.shape[1]:
        raise Halt(f"The start has {model.dim} columns; {x.shape[1]} are needed.")
    index, gain = (resumed.index, resumed.metrics["gain"]) if resumed else (0, np.inf)
    if not resumed:
        shape = constrained(model.covariance, config.covariance)
        model = model if np.array_equal(shape, model.covariance) else Gaussian(model.mean, shape)
        if not np.isfinite(ground.height(coordinates(ground, model))):
            raise Halt("The start is millions of times too narrow or too wide for these points: begin nearer to them.")
        yield moment(ground, points, model, 0, "start", gain, 0)
    if config.method == "closed form":
        if index == 0:
            gain = ground.height(coordinates(ground, top)) - ground.height(coordinates(ground, model))
            yield moment(ground, points, top, 1, "closed form", gain, 0)
        return
    while index < config.iterations and not abs(gain) < config.tolerance:
        found = move(config, ground, model, index + 1)
        if found is None:
            return
        model, phase, gain, halvings = found
        index += 1
        yield moment(ground, points, model, index, phase, gain, halvings)


def coordinates(ground: Hill, model: Gaussian) -> Float[np.ndarray, " p"]:
    """Where a Gaussian stands on the hill."""
    return ground.coordinates(model.mean, model.covariance)


def moment(
    ground: Hill, points: Sufficient, model: Gaussian, index: int, phase: str, gain: float, halvings: int
) -> Step[Gaussian]:
    """The Step of a model, with its log-likelihood and the slope where it stands."""
    slope = ground.slope(coordinates(ground, model))
    level, norm = points.log_likelihood(model.mean, model.covariance), float(np.linalg.norm(slope))
    metrics = {"log_likelihood": level, "gain": gain, "gradient_norm": norm, "halvings": halvings}
    return Step(index, model, phase, metrics, {"gradient": slope})


def move(config: Config, ground: Hill, model: Gaussian, index: int) -> tuple[Gaussian, str, float, int] | None:
    """One step up: the model it leads to, its name, what it gains and how often it was halved; None if nothing gains."""
    theta = coordinates(ground, model)
    phase, step = ground.newton(theta) if config.method == "Newton" else ("ascent", config.step * ground.slope(theta))
    found = ground.climb(theta, step) if config.search == "halving" else (theta + step, 0)
    if found is None:
        return None
    there, halvings = found
    gain = ground.height(there) - ground.height(theta)
    if not np.isfinite(gain):
        raise Halt(f"Iteration {index} left the range of numbers: give a shorter step, or let it be halved.")
    return Gaussian(*ground.gaussian(there)), phase, gain, halvings
