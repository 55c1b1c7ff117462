"""Classifier-free guidance, and the density it is often said to draw from.

Guidance w mixes two denoisers, D = (1 - w) D_all + w D_class (Ho and Salimans, 2022; their w is one less): w = 0 ignores the
class, w = 1 is the class itself. Its score at time t is that of p_t(x) p_t(c given x)^w. The tilted density

    p_w(x) = p(x) p(c given x)^w / Z

has that score at t = 0, but noised, p_w has another at every t > 0, so guided samples are not draws from it (Bradley and
Nakkiran, 2024). `Tilted` is exact: Z by quadrature, samples by rejection.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from scipy.special import logsumexp

from core.diffusion.noise.schedule import Schedule
from core.diffusion.noise.target import Denoiser, Points
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt

REACH, SIDE = 9.0, 1201  # of the quadrature: standard deviations beyond the components, nodes an axis
ROUNDS = 10_000  # of rejection, at most


@dataclass(frozen=True)
class Guided:
    """A denoiser of one class pushed away from the denoiser of all by `w`; one step costs two evaluations."""

    everything: Denoiser
    chosen: Denoiser
    w: float

    @property
    def schedule(self) -> Schedule:
        """The schedule of both."""
        return self.everything.schedule

    def denoise(self, x: Points, t: float) -> Points:
        """(1 - w) D_all + w D_class."""
        return (1 - self.w) * self.everything.denoise(x, t) + self.w * self.chosen.denoise(x, t)


def one_class(gmm: GMM, classes: Int[np.ndarray, " k"], chosen: int) -> GMM:
    """p(x given class): the components of that class; ValueError where it has none."""
    own = classes == chosen
    if not own.any() or gmm.weights[own].sum() <= 0:
        raise ValueError(f"No component of the mixture belongs to class {chosen}.")
    weights = gmm.weights[own]
    return GMM(weights / weights.sum(), gmm.means[own], gmm.covariances[own])


@dataclass(frozen=True)
class Tilted:
    """p(x) p(c given x)^w / Z for a mixture whose component k belongs to `classes[k]`, c = `chosen`, w >= 0; 1-D or 2-D."""

    gmm: GMM
    classes: Int[np.ndarray, " k"]
    chosen: int
    w: float

    def __post_init__(self) -> None:
        """Raise ValueError for a negative w, an empty class or more than two dimensions."""
        one_class(self.gmm, self.classes, self.chosen)
        if self.w < 0 or self.gmm.dim > 2:
            raise ValueError("A tilted density needs a guidance w >= 0 and one or two dimensions.")

    def log_class(self, x: Points) -> Float[np.ndarray, " n"]:
        """log p(c given x)."""
        joint = self.gmm.log_joint(x)
        return np.asarray(logsumexp(joint[:, self.classes == self.chosen], axis=1) - logsumexp(joint, axis=1))

    def log_density(self, x: Points) -> Float[np.ndarray, " n"]:
        """log p(x) p(c given x)^w, not normalised."""
        return self.gmm.log_prob(x) + (self.w * self.log_class(x) if self.w else 0.0)

    @cached_property
    def log_normaliser(self) -> float:
        """log Z, by the trapezoid rule on a box that holds every component."""
        spread = REACH * np.sqrt(np.einsum("kii->ki", self.gmm.covariances))
        low, high = (self.gmm.means - spread).min(0), (self.gmm.means + spread).max(0)
        axes = [np.linspace(a, b, SIDE) for a, b in zip(low, high, strict=True)]
        cell = float(np.prod([axis[1] - axis[0] for axis in axes]))
        rows = axes[0][:, None] if len(axes) == 1 else np.stack([a.ravel() for a in np.meshgrid(*axes)], 1)
        return float(logsumexp([logsumexp(self.log_density(part)) for part in np.array_split(rows, 64)]) + np.log(cell))

    def log_prob(self, x: Points) -> Float[np.ndarray, " n"]:
        """log p_w(x), nats."""
        return self.log_density(x) - self.log_normaliser

    def sample(self, n: int, key: Key) -> Points:
        """`n` exact draws: from the class (w >= 1) or from all (w < 1), kept with p(c given x)^(w - 1) or ^w."""
        source = one_class(self.gmm, self.classes, self.chosen) if self.w >= 1 else self.gmm
        power, kept, count = self.w - 1 if self.w >= 1 else self.w, [], 0
        for i in range(ROUNDS):
            x = source.sample(max(n, 256), key / "draw" / i)
            uniform = (key / "keep" / i).generator().random(len(x))
            kept.append(x[np.log1p(-uniform) <= power * self.log_class(x)])
            count += len(kept[-1])
            if count >= n:
                return np.concatenate(kept)[:n]
        raise Halt("The tilted density keeps almost no draws: choose a smaller guidance.")
