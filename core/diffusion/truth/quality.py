"""Is it good, is it straight, and did it memorise?

    straightness     |x_1 - x_0| / path length, 1 for a straight line; and NPE, (path energy - W_2^2) / W_2^2
    crossings        the share of pairs of paths that cross in the plane
    coverage         how many of the modes were reached, and how evenly
    memorisation     the distance to the nearest training point, against that of held-out points

Normalised path energy: Tong et al. (2024). A ratio of nearest-neighbour distances well below 1 means that samples lie nearer to
the training points than fresh data do (Carlini et al., 2023, for the question).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from core.mixture.gmm import GMM
from core.process import Step


@dataclass(frozen=True)
class Paths:
    """Of each path (n,): its length, its straightness in (0, 1], and its energy, the integral of the squared speed."""

    length: Float[np.ndarray, " n"]
    straightness: Float[np.ndarray, " n"]
    energy: Float[np.ndarray, " n"]


def corners(steps: Sequence[Step[np.ndarray]]) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, "m n d"]]:
    """The times (falling) of a walk without noise, and where its points stood at each: the last Step at each time."""
    last = {step.metrics["t"]: step.state for step in steps}
    return np.array(list(last)), np.stack(list(last.values()))


def paths(times: Float[np.ndarray, " m"], states: Float[np.ndarray, "m n d"]) -> Paths:
    """Length, straightness and energy of the polygons through `states` (m, n, d) at `times` (m,).

    The energy is that of a walk through unit time, sum |dx|^2 / |dt|: at least the squared distance of the ends.
    """
    moved = np.linalg.norm(np.diff(states, axis=0), axis=2)
    length, direct = moved.sum(axis=0), np.linalg.norm(states[-1] - states[0], axis=1)
    straight = np.divide(direct, length, out=np.ones_like(length), where=length > 0)
    return Paths(length, straight, (moved**2 / np.abs(np.diff(times))[:, None]).sum(axis=0))


def crossings(states: Float[np.ndarray, "m n 2"]) -> float:
    """The share of pairs of the n polygons through `states` that cross somewhere in the plane, at whatever times."""
    begin, end = (part.transpose(1, 0, 2) for part in (states[:-1], states[1:]))
    count, n = 0, len(begin)
    for i in range(n - 1):
        a, b, c, d = begin[i, :, None, None], end[i, :, None, None], begin[None, i + 1 :], end[None, i + 1 :]
        apart = _side(a, b, c) * _side(a, b, d) < 0
        count += int((apart & (_side(c, d, a) * _side(c, d, b) < 0)).any(axis=(0, 2)).sum())
    return 2 * count / (n * (n - 1)) if n > 1 else 0.0


def _side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """On which side of the line from a to b the point c lies: the sign of a cross product."""
    return np.asarray(
        (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    )


def transport_cost(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "n d"]) -> float:
    """W_2^2 of two samples of n points: the mean squared distance under the cheapest assignment (squared units)."""
    cost = ((x[:, None] - y) ** 2).sum(axis=2)
    return float(cost[linear_sum_assignment(cost)].mean())


def normalised_path_energy(energy: Float[np.ndarray, " n"], w2_squared: float) -> float:
    """|E energy - W_2^2| / W_2^2: 0 for a flow along optimal transport."""
    return float(abs(energy.mean() - w2_squared) / w2_squared)


@dataclass(frozen=True)
class Coverage:
    """Shares (k,) of the samples that lie within each mode, the share `outside` all, and how many modes were `reached`."""

    shares: Float[np.ndarray, " k"]
    outside: float
    reached: int


def coverage(x: Float[np.ndarray, "n d"], modes: GMM, reach: float = 4.0) -> Coverage:
    """Each sample to the component it lies in, at most `reach` standard deviations (Mahalanobis) away.

    A mode is reached if it gets at least a tenth of its own weight.
    """
    white = np.linalg.inv(np.linalg.cholesky(modes.covariances)) @ (x.T - modes.means[:, :, None])
    distance = np.linalg.norm(white, axis=1)
    inside = distance.min(axis=0) <= reach
    counts = np.bincount(distance.argmin(axis=0)[inside], minlength=len(modes.weights)) / len(x)
    return Coverage(counts, float(1 - inside.mean()), int((counts >= 0.1 * modes.weights).sum()))


@dataclass(frozen=True)
class Memory:
    """Distances to the nearest training point: of the samples (n,), of held-out points (m,), and the medians' ratio."""

    samples: Float[np.ndarray, " n"]
    held: Float[np.ndarray, " m"]

    @property
    def ratio(self) -> float:
        """Median over median: about 1 for a model that has generalised, 0 for one that has learned by heart."""
        return float(np.median(self.samples) / np.median(self.held))

    @property
    def copies(self) -> float:
        """The share of samples nearer to a training point than all but a hundredth of the held-out points are."""
        return float((self.samples < np.quantile(self.held, 0.01)).mean())


def memory(
    samples: Float[np.ndarray, "n d"], train: Float[np.ndarray, "t d"], held: Float[np.ndarray, "m d"]
) -> Memory:
    """Nearest-neighbour distances of samples and of held-out points to the training points (units of the columns)."""
    tree = cKDTree(train)
    return Memory(tree.query(samples)[0], tree.query(held)[0])


def memory_of_its_own(samples: Float[np.ndarray, "n d"], train: Float[np.ndarray, "t d"]) -> Memory:
    """The same where nothing was held out: against each training point's nearest other one."""
    tree = cKDTree(train)
    return Memory(tree.query(samples)[0], tree.query(train, k=2)[0][:, 1])
