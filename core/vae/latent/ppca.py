"""Probabilistic principal components in closed form: the optimum of a VAE whose decoder is affine and Gaussian.

    z ~ N(0, I_q),  x = mean + W z + noise,  noise ~ N(0, s I_d)      =>      x ~ N(mean, W W' + s I)

Maximum likelihood: s is the mean of the d - q smallest eigenvalues of the sample covariance (n in the denominator unless
told otherwise), W = U (L - s I)^(1/2) of the q largest. The true posterior is Gaussian with the same covariance s M^-1
for every x, M = W'W + s I, so a diagonal q loses nothing when W's columns are orthogonal, as here. Nats. Tipping and
Bishop (1999).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.mixture.em import LOG_2PI
from core.process import frozen


@dataclass(frozen=True)
class PPCA:
    """`mean` (d,), `loadings` W (d, q) with orthogonal columns, `noise` variance s > 0."""

    mean: Float[np.ndarray, " d"]
    loadings: Float[np.ndarray, "d q"]
    noise: float

    @property
    def latent(self) -> int:
        """The number of components q."""
        return self.loadings.shape[1]

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """log p(x), nats."""
        centred, d = x - self.mean, len(self.mean)
        inner = self._inner()
        along = centred @ self.loadings
        square = ((centred**2).sum(axis=1) - (along * np.linalg.solve(inner, along.T).T).sum(axis=1)) / self.noise
        log_det = (d - self.latent) * np.log(self.noise) + np.linalg.slogdet(inner)[1]
        return -0.5 * (square + log_det + d * LOG_2PI)

    def encode(self, x: Float[np.ndarray, "n d"]) -> tuple[Float[np.ndarray, "n q"], Float[np.ndarray, "q q"]]:
        """Means of the true posterior, (n, q), and its covariance, the same for all x."""
        inner = self._inner()
        return np.linalg.solve(inner, self.loadings.T @ (x - self.mean).T).T, self.noise * np.linalg.inv(inner)

    def decode(self, z: Float[np.ndarray, "n q"]) -> Float[np.ndarray, "n d"]:
        """The mean of x given z."""
        return self.mean + z @ self.loadings.T

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws of x."""
        g = key.generator()
        x = self.decode(g.standard_normal((n, self.latent)))
        return x + np.sqrt(self.noise) * g.standard_normal(x.shape)

    def weights(self) -> Mapping[str, np.ndarray]:
        """Weights of the VAE that is this model: no hidden layer, a Gaussian likelihood, q the true posterior."""
        covariance = self.noise * np.linalg.inv(self._inner())
        gain = np.linalg.solve(self._inner(), self.loadings.T)
        log_var = np.log(np.diag(covariance))
        return {
            "head.0.weight": np.concatenate([gain, np.zeros_like(gain)]),
            "head.0.bias": np.concatenate([-gain @ self.mean, log_var]),
            "decoder.0.weight": self.loadings,
            "decoder.0.bias": self.mean,
            "spread": np.array(0.5 * np.log(self.noise)),
        }

    def _inner(self) -> Float[np.ndarray, "q q"]:
        return self.loadings.T @ self.loadings + self.noise * np.eye(self.latent)


def fit(x: Float[np.ndarray, "n d"], latent: int, ddof: int = 0) -> PPCA:
    """The maximum-likelihood model with `latent` components, at least one fewer than columns and rows; else ValueError.

    `ddof` = 1 divides the covariance by n - 1, as scikit-learn's PCA does.
    """
    n, d = x.shape
    if not 1 <= latent < min(n - ddof, d):
        raise ValueError(f"{latent} components need more than {latent} columns and images; there are {d} and {n}.")
    mean = x.mean(axis=0)
    _, singular, directions = np.linalg.svd(x - mean, full_matrices=False)
    variance = singular**2 / (n - ddof)
    noise = float(variance[latent:].sum() / (d - latent))
    if not noise > 1e-12 * variance[0]:
        raise ValueError(f"The data lie in {latent} dimensions: nothing is left for the noise.")
    loadings = directions[:latent].T * np.sqrt(np.maximum(variance[:latent] - noise, 0))
    return PPCA(frozen(mean), frozen(loadings), noise)
