"""Where EM ends, as a function of where it starts: thousands of fits of the same points as one batched computation.

The likelihood of a mixture has many local maxima (and, with no floor, infinitely high spikes on single points). Running
EM from every start of a grid and colouring each start by the log-likelihood it ends in shows the basins of attraction.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from core.mixture import em
from core.mixture.gmm import GMM, Config
from core.process import Step, frozen

APART = 1e-3  # nats per point; ends nearer than this are one


@dataclass(frozen=True)
class Ends:
    """The mixtures that s starts have reached.

    `log_likelihood` (mean, nats) is the last sound one; `collapsed` marks starts of which a component fell onto the data
    row `point` (-1 for none); `running` marks those that have not converged yet; `iterations` counts what each has used.
    """

    weights: Float[np.ndarray, "s k"]
    means: Float[np.ndarray, "s k d"]
    covariances: Float[np.ndarray, "s k d d"]
    log_likelihood: Float[np.ndarray, " s"]
    iterations: Int[np.ndarray, " s"]
    point: Int[np.ndarray, " s"]
    running: Bool[np.ndarray, " s"]

    @property
    def collapsed(self) -> Bool[np.ndarray, " s"]:
        """Which starts ended in a singular component."""
        return self.point >= 0

    def best(self) -> int | None:
        """The start with the greatest log-likelihood among those that did not collapse; None if all did."""
        sound = np.where(self.collapsed, -np.inf, self.log_likelihood)
        return int(sound.argmax()) if np.isfinite(sound).any() else None

    def model(self, i: int) -> GMM:
        """The mixture that start `i` has reached."""
        return GMM(self.weights[i], self.means[i], self.covariances[i])


def descend(
    config: Config, x: Float[np.ndarray, "n d"], start: GMM, means: Float[np.ndarray, "s k d"], every: int = 5
) -> Iterator[Step[Ends]]:
    """Run EM from s starts at once, yielding the ends reached every `every` iterations and at the end.

    Every start shares the weights and covariances of `start` and has its own `means`. A start stops when an iteration
    gains less than the tolerance, when a component collapses, or after the most iterations. Each ends where `gmm.fit`
    would end from the same mixture.
    """
    s, k, d = means.shape
    centre, variance = x.mean(axis=0), em.variance(x)
    phi, far = em.features(x - centre), em.far(x - centre)
    weights = np.broadcast_to(start.weights, (s, k)).copy()
    covariances = np.broadcast_to(start.covariances, (s, k, d, d)).copy()
    means = means - centre
    log_likelihood, iterations, point = np.full(s, -np.inf), np.zeros(s, int), np.full(s, -1)
    active = np.arange(s)

    def snapshot(index: int) -> Step[Ends]:
        running = np.isin(np.arange(s), active, assume_unique=True)
        arrays = (weights, means + centre, covariances, log_likelihood, iterations, point, running)
        ends = Ends(*(frozen(a.copy()) for a in arrays))
        return Step(index, ends, metrics={"running": len(active) / s, "collapsed": float((point >= 0).mean())})

    for t in range(config.iterations + 1):
        place = means[active] if far else None
        off = np.zeros_like(place) if place is not None else means[active]
        moments, level = em.expect_many(em.coefficients(weights[active], off, covariances[active]), phi, place)
        going = level - log_likelihood[active] >= config.tolerance
        log_likelihood[active] = level
        active, moments, place = active[going], moments[going], None if place is None else place[going]
        if t == config.iterations or not len(active):
            break
        if t and t % every == 0:
            yield snapshot(t)
        new_weights, new_means, new_covariances = em.maximise(moments, d, config.covariance, config.floor, place)
        sick = em.collapsed(new_covariances, variance)
        for row in np.flatnonzero(sick.any(axis=-1)):
            centre_of_fall = new_means[row, np.argmax(sick[row])]
            point[active[row]] = int(((x - centre - centre_of_fall) ** 2).sum(axis=1).argmin())
        sound = ~sick.any(axis=-1)
        active = active[sound]
        weights[active], means[active], covariances[active] = (
            new_weights[sound],
            new_means[sound],
            new_covariances[sound],
        )
        iterations[active] += 1
    active = active[:0]
    yield snapshot(t)


def plane_starts(
    start: GMM, first: tuple[int, int], second: tuple[int, int], bounds: Float[np.ndarray, "2 2"], side: int
) -> Float[np.ndarray, "s k d"]:
    """side x side copies of the start means in which two coordinates sweep a grid over `bounds`.

    `first` and `second` name a coordinate each as (component, dimension); the second varies slowest, so a result
    reshaped to (side, side) has row 0 at the lowest second coordinate. Grid points are cell centres.
    """
    u, v = (low + (high - low) * (np.arange(side) + 0.5) / side for low, high in bounds)
    means = np.broadcast_to(start.means, (side * side, *start.means.shape)).copy()
    means[:, first[0], first[1]] = np.tile(u, side)
    means[:, second[0], second[1]] = np.repeat(v, side)
    return means


def settle(config: Config, x: Float[np.ndarray, "n d"], start: GMM, means: Float[np.ndarray, "s k d"]) -> Ends:
    """The last state of `descend`."""
    *_, last = descend(config, x, start, means, every=config.iterations + 1)
    return last.state


@dataclass(frozen=True)
class Reached:
    """An end that starts of a map reach: its `level` (mean log-likelihood, nats), the `share` of the sound starts, and the
    `start` (a row of the map) that lies deepest inside its basin."""

    level: float
    share: float
    start: int


def reached(level: Float[np.ndarray, " s"], collapsed: Bool[np.ndarray, " s"], side: int) -> tuple[Reached, ...]:
    """The ends of a map of side x side starts, best first; levels within `APART` of the one above are one end.

    Two mixtures of equal likelihood, such as one with its components exchanged, are one end too.
    """
    sound = np.flatnonzero(~collapsed)
    order = sound[np.argsort(-level[sound], kind="stable")]
    groups = np.split(order, np.flatnonzero(-np.diff(level[order]) > APART) + 1) if len(order) else []
    found = []
    for group in groups:
        inside = np.zeros(len(level), bool)
        inside[group] = True
        found.append(Reached(float(level[group[0]]), len(group) / len(sound), deepest(inside, side)))
    return tuple(found)


def deepest(inside: Bool[np.ndarray, " s"], side: int) -> int:
    """The cell of a square map from which the nearest cell outside, or the edge, is farthest in steps to a neighbour."""
    left = np.pad(inside.reshape(side, side), 1)
    while True:
        core = left[1:-1, 1:-1] & left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2] & left[1:-1, 2:]
        if not core.any():
            return int(np.flatnonzero(left[1:-1, 1:-1])[0])
        left = np.pad(core, 1)
