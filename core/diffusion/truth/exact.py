"""The exact companions: noised marginals of a mixture of Gaussians, and of any finite set of points.

Noise keeps a mixture a mixture: of p = sum_k w_k N(m_k, S_k) it makes

    p_t = sum_k w_k N(alpha m_k, C_k),   C_k = alpha^2 S_k + sigma^2 I

with score grad log p_t(x) = -sum_k r_k(x) C_k^-1 (x - alpha m_k), denoiser E[x_0 given x] = sum_k r_k(x) mu_k(x) and
mu_k(x) = m_k + alpha S_k C_k^-1 (x - alpha m_k). A set of points is the mixture with S_k = 0 (its denoiser is the one
that memorises: Vincent, 2011; Karras et al., 2022, B.3). By Tweedie's formula (Robbins, 1956; Efron, 2011)
x_0 = (x + sigma^2 score) / alpha, and the trace of the denoiser's Jacobian is alpha / sigma^2 times the total variance of
x_0 given x. Nats.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.special import logsumexp

from core.diffusion.noise.schedule import Schedule
from core.mixture.em import LOG_2PI
from core.mixture.gmm import GMM
from core.process import frozen

Points = Float[np.ndarray, "n d"]
BLOCK = 1 << 16  # numbers worked on at once: what is made of them on the way stays in the processor's cache


def shares(logits: np.ndarray, axis: int) -> np.ndarray:
    """exp(logits) over their sum along an axis, without overflow."""
    r = np.exp(logits - logits.max(axis=axis, keepdims=True))
    r /= r.sum(axis=axis, keepdims=True)
    return r


@dataclass(frozen=True)
class ExactMixture:
    """What a perfect network would say about data from `gmm`, noised by `schedule`."""

    gmm: GMM
    schedule: Schedule

    @cached_property
    def _axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Variances (k, d) along, and the axes (k, d, d) of, each component."""
        variances, axes = np.linalg.eigh(self.gmm.covariances)
        return np.maximum(variances, 0), axes

    def noised(self, t: float) -> GMM:
        """The marginal p_t itself."""
        alpha, sigma = self.schedule.alpha(t), self.schedule.sigma(t)
        noise = sigma**2 * np.eye(self.gmm.dim)
        return GMM(self.gmm.weights, alpha * self.gmm.means, alpha**2 * self.gmm.covariances + noise)

    def _seen(self, x: Points, t: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each component: log w_k N(x) (k, n), offsets along its axes (k, n, d), its noised variances (k, d)."""
        variances, axes = self._axes
        alpha, sigma = float(self.schedule.alpha(t)), float(self.schedule.sigma(t))
        noised = alpha**2 * variances + sigma**2
        along = (x - alpha * self.gmm.means[:, None]) @ axes
        with np.errstate(divide="ignore"):
            constant = np.log(self.gmm.weights) - 0.5 * (np.log(noised).sum(1) + self.gmm.dim * LOG_2PI)
        return constant[:, None] - 0.5 * (along**2 / noised[:, None]).sum(2), along, noised

    def log_density(self, x: Points, t: float) -> Float[np.ndarray, " n"]:
        """log p_t(x)."""
        return np.asarray(logsumexp(self._seen(x, t)[0], axis=0))

    def log_posterior(self, x: Points, t: float) -> Float[np.ndarray, "n k"]:
        """log p(component k given x_t = x)."""
        joint = self._seen(x, t)[0]
        return np.asarray((joint - logsumexp(joint, axis=0)).T)

    def score(self, x: Points, t: float) -> Points:
        """grad log p_t(x)."""
        joint, along, noised = self._seen(x, t)
        r = np.exp(joint - logsumexp(joint, axis=0))
        return -np.einsum("kn,kne,kde->nd", r, along / noised[:, None], self._axes[1], optimize=True)

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x]."""
        r, means, _ = self._guesses(x, t)
        return np.einsum("kn,knd->nd", r, means)

    def _guesses(self, x: Points, t: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each component: r_k(x) (k, n), mu_k(x) (k, n, d), its noised variances (k, d)."""
        variances, axes = self._axes
        joint, along, noised = self._seen(x, t)
        pulled = (float(self.schedule.alpha(t)) * variances / noised)[:, None] * along
        return shares(joint, 0), self.gmm.means[:, None] + np.matmul(pulled, axes.transpose(0, 2, 1)), noised

    def posterior(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """Mean (n, d) and total variance (n,), the trace of the covariance, of x_0 given x_t = x."""
        r, means, noised = self._guesses(x, t)
        mean, sigma = np.einsum("kn,knd->nd", r, means), float(self.schedule.sigma(t))
        spread = ((means - mean) ** 2).sum(2) + (self._axes[0] * sigma**2 / noised).sum(1)[:, None]
        return mean, (r * spread).sum(0)

    def denoise_with_trace(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """The denoiser (n, d) and the trace of its Jacobian (n,)."""
        mean, variance = self.posterior(x, t)
        return mean, variance * float(self.schedule.alpha(t)) / float(self.schedule.sigma(t)) ** 2


@dataclass(frozen=True)
class ExactPoints:
    """What a network that has learned a set of points (m, d) by heart would say; weights all equal."""

    points: Points
    schedule: Schedule

    def __post_init__(self) -> None:
        """Freeze the points; ValueError for none."""
        if not len(self.points):
            raise ValueError("An empty set of points has no density.")
        object.__setattr__(self, "points", frozen(np.array(self.points, dtype=float)))

    def _logits(self, x: Points, t: float) -> np.ndarray:
        """-|x - alpha p|^2 / 2 sigma^2, (n, m); ValueError where there is no noise."""
        alpha, sigma = float(self.schedule.alpha(t)), float(self.schedule.sigma(t))
        if sigma == 0:
            raise ValueError("A set of points has no density before any noise is added: t must be above 0.")
        logits = np.zeros((len(x), len(self.points)))
        for column, other in zip(x.T, self.points.T, strict=True):
            logits -= (column[:, None] - alpha * other) ** 2
        return logits / (2 * sigma**2)

    def _blocks(self, x: Points) -> list[np.ndarray]:
        return np.array_split(x, max(1, -(-len(x) * len(self.points) // BLOCK)))

    def log_density(self, x: Points, t: float) -> Float[np.ndarray, " n"]:
        """log p_t(x)."""
        found = np.concatenate([logsumexp(self._logits(part, t), axis=1) for part in self._blocks(x)])
        return found - np.log(len(self.points)) - x.shape[1] * (0.5 * LOG_2PI + np.log(float(self.schedule.sigma(t))))

    def score(self, x: Points, t: float) -> Points:
        """grad log p_t(x)."""
        alpha, sigma = float(self.schedule.alpha(t)), float(self.schedule.sigma(t))
        return (alpha * self.denoise(x, t) - x) / sigma**2

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x]: a mean of the points, each by how likely it is to have become x."""
        return np.concatenate([shares(self._logits(part, t), 1) @ self.points for part in self._blocks(x)])

    def posterior(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """Mean (n, d) and total variance (n,) of x_0 given x_t = x."""
        means, variances = [], []
        for part in self._blocks(x):
            r = shares(self._logits(part, t), 1)
            mean = r @ self.points
            offsets = sum((column[:, None] - other) ** 2 for column, other in zip(mean.T, self.points.T, strict=True))
            means.append(mean)
            variances.append((r * offsets).sum(axis=1))
        return np.concatenate(means), np.concatenate(variances)

    def denoise_with_trace(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """The denoiser (n, d) and the trace of its Jacobian (n,)."""
        mean, variance = self.posterior(x, t)
        return mean, variance * float(self.schedule.alpha(t)) / float(self.schedule.sigma(t)) ** 2
