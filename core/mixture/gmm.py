"""Gaussian mixture, fitted by expectation-maximisation, one half-step at a time.

    p(x) = sum_k w_k N(x | mu_k, S_k)

The E half-step asks of every point which component it came from, r_nk = w_k N(x_n | mu_k, S_k) / p(x_n). The M half-step
moves every component to the points it is responsible for. With q = r the bound

    B(q, theta) = mean_n sum_k q_nk [log w_k N(x_n | mu_k, S_k) - log q_nk]  <=  mean_n log p(x_n)

touches the log-likelihood after each E half-step and is raised by each M half-step, so with floor = 0 the
log-likelihood never falls. It is unbounded: a component alone on a point shrinks without end, which `fit` reports as
`Collapse`. Dempster, Laird and Rubin (1977); Neal and Hinton (1998) for the bound; Arthur and Vassilvitskii (2007) for
k-means++ starts. All logarithms are natural (nats).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.mixture import em, starts
from core.mixture.starts import STARTS
from core.options import Choice, Range, check
from core.process import Halt, Step, frozen
from core.units import spread

COVARIANCES = ("full", "tied", "diag", "spherical")


@dataclass(frozen=True)
class Config:
    """Options of the mixture and of the fit; `floor` is added to every variance (squared data units)."""

    components: Annotated[int, Range(1, 12, "Components K", "How many Gaussians are added up.")] = 3
    covariance: Annotated[str, Choice(COVARIANCES, "Covariance", "What shapes a component may take.")] = "full"
    start: Annotated[str, Choice(STARTS, "Start", "Where the means begin.")] = "k-means++"
    floor: Annotated[
        float,
        Range(
            0,
            1,
            "Variance floor",
            "Added to every variance, of a table once it is standardised; 0 allows collapse.",
            more=True,
        ),
    ] = 1e-6
    tolerance: Annotated[
        float, Range(0, 1, "Tolerance (nats)", "Stop when an iteration gains less per point.", more=True)
    ] = 1e-5
    iterations: Annotated[int, Range(1, 10_000, "Most iterations", "An iteration is an E and an M.", more=True)] = 200

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(frozen=True)
class GMM:
    """A mixture of K Gaussians in d dimensions: `weights` (k,), `means` (k, d), `covariances` (k, d, d)."""

    weights: Float[np.ndarray, " k"]
    means: Float[np.ndarray, "k d"]
    covariances: Float[np.ndarray, "k d d"]

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError unless they are finite and the weights lie on the simplex."""
        for name in ("weights", "means", "covariances"):
            value = np.array(getattr(self, name), dtype=float)
            if not np.isfinite(value).all():
                raise ValueError(f"The mixture's {name} are not finite.")
            object.__setattr__(self, name, frozen(value))
        if self.weights.min(initial=0.0) < 0 or abs(self.weights.sum() - 1) > 1e-9:
            raise ValueError("The mixture's weights must be non-negative and sum to 1.")

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return self.means.shape[1]

    def log_joint(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log w_k N(x_n | mu_k, S_k) by Cholesky factors; LinAlgError if a covariance is singular."""
        k, d = self.means.shape
        factor = np.linalg.cholesky(self.covariances)
        whiten = np.linalg.inv(factor)
        centre = self.means.mean(axis=0)  # so that far from 0 no digits are lost
        white = whiten.reshape(k * d, d) @ (x - centre).T  # one product of matrices for all components
        white -= (whiten @ (self.means - centre)[:, :, None]).reshape(k * d, 1)
        log_det = np.log(np.einsum("kii->ki", factor)).sum(axis=-1)
        with np.errstate(divide="ignore"):
            constant = np.log(self.weights) - log_det - 0.5 * d * em.LOG_2PI
        return (constant[:, None] - 0.5 * np.square(white, out=white).reshape(k, d, -1).sum(axis=1)).T

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats."""
        blocks = em.blocks(len(x), max(em.BLOCK // self.means.size, 1))
        return np.concatenate([np.empty(0), *(em.soften(self.log_joint(x[block]).T) for block in blocks)])

    def log_posterior(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log p(component k given x), nats."""
        joint = self.log_joint(x)
        return joint - em.soften(joint.T.copy())[:, None]

    def responsibilities(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """r_nk = p(component k given x_n); rows sum to 1."""
        return np.exp(self.log_posterior(x))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws: a component by its weight, then a point of that Gaussian."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[np.ndarray, np.ndarray]:
        """`n` draws (n, d) and the components (n,) they came from."""
        generator = key.generator()
        component = generator.choice(len(self.weights), size=n, p=self.weights / self.weights.sum())
        noise = generator.standard_normal((n, self.dim))
        factor = np.linalg.cholesky(self.covariances)
        return self.means[component] + np.einsum("nij,nj->ni", factor[component], noise), component

    def rescaled(self, shift: Float[np.ndarray, " d"], scale: Float[np.ndarray, " d"]) -> "GMM":
        """The mixture of scale * x + shift, where x follows this one."""
        return GMM(self.weights, self.means * scale + shift, self.covariances * scale[:, None] * scale)

    def marginal(self, columns: Sequence[int]) -> "GMM":
        """The law of these columns, in the order given."""
        keep = list(columns)
        return GMM(self.weights, self.means[:, keep], self.covariances[:, keep][:, :, keep])


class Collapse(Halt):
    """A component became singular: `component` (from 0), the `point` (row) nearest to where, the `iteration` it happened in.

    `mass` is the expected number of points it was responsible for: about one for a fall onto a point, none if it starved.
    """

    def __init__(self, component: int, point: int, iteration: int, mass: float) -> None:
        self.component, self.point, self.iteration, self.mass = component, point, iteration, mass
        what = f"collapsed onto point {point + 1}" if mass > 1e-6 else "lost all its points to the others"
        super().__init__(
            f"Component {component + 1} {what} in iteration {iteration}: its variance went to 0, where the likelihood has "
            "no top. Raise the variance floor, use fewer components, or start elsewhere."
        )


def parameter_count(config: Config, d: int) -> int:
    """The number of free parameters of a mixture in d dimensions: weights, means and covariances."""
    k = config.components
    shape = {"full": k * d * (d + 1) // 2, "tied": d * (d + 1) // 2, "diag": k * d, "spherical": k}[config.covariance]
    return k - 1 + k * d + shape


def initial(config: Config, x: Float[np.ndarray, "n d"], key: Key) -> GMM:
    """The mixture a fit starts from: means chosen as `config.start` says, equal weights, the data's shape shrunk by K.

    A variance that far values have blown up is that of the others (`spread`): bells so wide would all see the same points.
    """
    k, d = config.components, x.shape[1]
    if len(x) < max(2, k):
        raise Halt(f"{len(x)} points are too few for {k} components: give at least {max(2, k)}.")
    scatter = np.atleast_2d(np.cov(x.T, bias=True))
    variance = np.where(np.ptp(x, axis=0) > 0, np.diag(scatter), 0.0)  # a mean's rounding error is no spread
    if not (variance > 0).all():
        raise Halt(f"Column {int(np.argmin(variance)) + 1} is constant: a mixture needs values that differ.")
    own = spread(x)
    variance = np.where(own < x.std(axis=0), own**2, variance)
    shape = np.diag(variance) / k + config.floor * np.eye(d)  # no correlation yet: valid in every kind but two
    covariances = em.constrain(np.broadcast_to(shape, (k, d, d)).copy(), np.full(k, 1 / k), config.covariance)
    means = starts.means(config.start, k, x, (key / "start").generator())
    return GMM(np.full(k, 1 / k), means, covariances)


def fit(
    config: Config, x: Float[np.ndarray, "n d"], key: Key, *, start: GMM | Step[GMM] | None = None, device: str = "cpu"
) -> Iterator[Step[GMM]]:
    """Yield the start, then E and M half-steps in turn, until an iteration gains less than the tolerance.

    Step 0 is the start; odd steps are E (same model, new responsibilities), even ones M (new model). Every Step has the
    metrics `log_likelihood` (mean, nats) and, from the first E on, `bound`, which equals it after an E; E and M carry in
    `arrays` the `responsibilities` (n, k), their sums over points `mass` (k,) and the sums `weighted` (k, d) of r x.
    `start` may be a Step to resume from or a mixture, whose covariances are brought to the kind asked for; `device` is
    for the shared signature alone. Raises `Collapse` after the last sound Step, `Halt` where no mixture can be fitted.
    """
    resumed = start if isinstance(start, Step) else None
    model = start.state if isinstance(start, Step) else shaped(config, start or initial(config, x, key))
    if model.means.shape != (config.components, x.shape[1]):
        raise Halt(f"The start has means of shape {model.means.shape}; {(config.components, x.shape[1])} is needed.")
    centre, variance = x.mean(axis=0), em.variance(x)
    phi, far = em.features(x - centre), em.far(x - centre)
    index, previous = (resumed.index, resumed.metrics["gain"]) if resumed else (0, np.inf)
    place = model.means - centre if far else None

    def joint(model: GMM) -> np.ndarray:
        off = model.means - centre
        return em.coefficients(model.weights, off if place is None else off - place, model.covariances)

    r, moments, log_likelihood, entropy = em.expect(joint(model), phi, place)
    if not resumed:
        yield Step(0, model, "start", {"log_likelihood": log_likelihood, "gain": np.inf})
    gain = previous
    while True:
        used = evidence(r, moments, centre if place is None else centre + place)
        if index % 2 == 0:
            index += 1
            levels = {"log_likelihood": log_likelihood, "bound": log_likelihood, "gain": gain}
            yield Step(index, model, "E", levels, used)
        if gain < config.tolerance or index >= 2 * config.iterations:
            return
        weights, means, covariances = em.maximise(moments, x.shape[1], config.covariance, config.floor, place)
        sick = em.collapsed(covariances, variance)
        if sick.any():
            component = int(np.argmax(sick))
            point = int(((x - centre - means[component]) ** 2).sum(axis=1).argmin())
            raise Collapse(component, point, (index + 1) // 2, float(moments[component, 0]))
        model = GMM(weights, means + centre, covariances)
        bound, before = em.expected(joint(model), moments) / len(x) + entropy, log_likelihood
        place = model.means - centre if far else None
        r, moments, log_likelihood, entropy = em.expect(joint(model), phi, place)
        gain = log_likelihood - before
        index += 1
        yield Step(index, model, "M", {"log_likelihood": log_likelihood, "bound": bound, "gain": gain}, used)


def shaped(config: Config, start: GMM) -> GMM:
    """`start` with covariances of the kind `config` asks for: itself, or the nearest by likelihood if it has others."""
    covariances = em.constrain(start.covariances, start.weights, config.covariance)
    return start if np.allclose(covariances, start.covariances, rtol=1e-12) else replace(start, covariances=covariances)


def evidence(
    r: Float[np.ndarray, "k n"], moments: Float[np.ndarray, "k f"], centre: Float[np.ndarray, "*k d"]
) -> dict[str, np.ndarray]:
    """What an M-step rests on: responsibilities, their sums over the points, and the sums of r x; moments about `centre`."""
    mass, d = moments[:, 0], centre.shape[-1]
    return {"responsibilities": r.T, "mass": mass, "weighted": moments[:, 1 : 1 + d] + mass[:, None] * centre}
