"""One Gaussian by hand: a choice of mean and standard deviation, the first and the best of them, and what moves it."""

from dataclasses import dataclass

import numpy as np

from core.dataset import Dataset
from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient


@dataclass(frozen=True)
class Bell:
    """A choice of mean and standard deviation, in data units."""

    mu: float
    sigma: float

    @property
    def model(self) -> Gaussian:
        """The Gaussian."""
        return Gaussian(np.array([self.mu]), np.array([[self.sigma**2]]))

    @property
    def place(self) -> np.ndarray:
        """The point (mu, sigma), (1, 2)."""
        return np.array([[self.mu, self.sigma]])

    @property
    def ends(self) -> np.ndarray:
        """The handles of the bell on the x-axis: mu, and mu + sigma."""
        return np.array([[self.mu, 0.0], [self.mu + self.sigma, 0.0]])


def of(model: Gaussian) -> Bell:
    """A one-dimensional Gaussian as a Bell."""
    return Bell(float(model.mean[0]), float(np.sqrt(model.covariance[0, 0])))


def first(points: Sufficient, axis: np.ndarray) -> Bell:
    """A bell in sight of the data and plainly wrong, so that there is something to do; both handles lie on the `axis`."""
    top, end = maximum(points), axis[0] + 0.97 * (axis[1] - axis[0])
    mu = min(top.mu + 1.2 * top.sigma, 0.5 * (top.mu + end))
    return Bell(mu, min(1.6 * top.sigma, end - mu))


def maximum(points: Sufficient) -> Bell:
    """The maximum-likelihood bell: the mean of the data and their standard deviation (divided by n)."""
    return Bell(float(points.mean[0]), float(np.sqrt(points.covariance[0, 0])))


def reach(dataset: Dataset, points: Sufficient) -> np.ndarray:
    """How far a hand may move: mu over the axis, sigma to four standard deviations of the data."""
    return np.array([dataset.bounds[0], [1e-3 * maximum(points).sigma, 4 * maximum(points).sigma]])


def as_place(ends: np.ndarray | None) -> np.ndarray | None:
    """Where a bell's two handles lie, as (mu, sigma), (1, 2)."""
    return None if ends is None else np.array([[ends[0, 0], abs(ends[1, 0] - ends[0, 0])]])


def dragged(place: np.ndarray | None, now: Bell) -> np.ndarray | None:
    """The (mu, sigma) a hand chose, or None if it is the present one."""
    close = place is not None and np.allclose(place, now.place, rtol=0, atol=1e-5 * now.sigma)
    return None if place is None or close else place
