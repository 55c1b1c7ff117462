"""What a kernel density costs where the truth is known: the exact bias and variance at every bandwidth.

For n points of density f and bumps K_h of standard deviation h, the mean integrated squared error splits in two,

    MISE(h) = int (K_h * f - f)^2  +  (1/n) int [K_h^2 * f - (K_h * f)^2],

the squared bias, which rises with h, and the variance, which falls. No data enter: the h at which the sum is least (the
oracle) is what every rule is after. For mixtures of normals and Gaussian kernels all integrals are closed (Marron and
Wand, 1992); for any other truth they are sums on a fine grid, the convolutions by FFT. One dimension; risks have the
unit of a density.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import fft
from scipy.optimize import minimize_scalar

from core.dataset import Truth
from core.kernels import sums
from core.key import Key
from core.mixture.gmm import GMM
from core.process import frozen

NODES = 1 << 16  # most nodes of the grid
DRAWS = 20_000  # draws from the truth by which the grid is laid out


@dataclass(frozen=True)
class Risk:
    """The integrated squared bias and the integrated variance at each bandwidth `h` (data units)."""

    h: Float[np.ndarray, " k"]
    bias2: Float[np.ndarray, " k"]
    variance: Float[np.ndarray, " k"]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("h", "bias2", "variance"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def mise(self) -> Float[np.ndarray, " k"]:
        """bias^2 + variance."""
        return self.bias2 + self.variance


def mixture_risk(truth: GMM, n: int, h: Float[np.ndarray, " k"]) -> Risk:
    """The closed form for a mixture of normals in one dimension and Gaussian kernels.

    With O_a(j, k) = N(mu_j - mu_k; 0, a h^2 + s_j^2 + s_k^2): bias^2 = w' (O_2 - 2 O_1 + O_0) w and
    n variance = 1 / (2 sqrt(pi) h) - w' O_2 w.
    """
    w, mu, var = truth.weights, truth.means[:, 0], truth.covariances[:, 0, 0]
    gap2, both = (mu[:, None] - mu) ** 2, var[:, None] + var

    def overlap(a: int) -> np.ndarray:
        v = a * h[:, None, None] ** 2 + both
        return np.einsum("j,hjk,k->h", w, np.exp(-0.5 * gap2 / v) / np.sqrt(2 * np.pi * v), w)

    return Risk(h, overlap(2) - 2 * overlap(1) + overlap(0), (1 / (2 * np.sqrt(np.pi) * h) - overlap(2)) / n)


def risk(truth: Truth, n: int, h: Float[np.ndarray, " k"], kernel: str = "gaussian") -> Risk:
    """The risk for any truth in one dimension, on a grid that holds all but about 1e-4 of it."""
    reach = h.max() * min(sums.REACH, sums.radius(kernel, 1))
    low, high = np.quantile(truth.sample(DRAWS, Key(0) / "risk"), [0.001, 0.999])
    low, high = low - (high - low) / 2, high + (high - low) / 2
    size = int(min((high - low) / min(h.min() / 4, (high - low) / 8192), NODES))
    step = (high - low) / size
    nodes = low + step * (np.arange(size) + 0.5)
    f = np.zeros(fft.next_fast_len(size + 2 * int(reach / step) + 2, real=True))
    f[:size] = np.exp(truth.log_prob(nodes[:, None]))
    lags = step * np.minimum(np.arange(len(f)), len(f) - np.arange(len(f)))
    transform, bias2, square = fft.rfft(f), np.empty(len(h)), np.empty(len(h))
    for k, width in enumerate(h):
        if kernel == "gaussian":
            bump = np.exp(-0.5 * (2 * np.pi * fft.rfftfreq(len(f), step) * width) ** 2)
        else:
            edges = sums.cdf(kernel, (lags + step / 2) / width) - sums.cdf(kernel, (lags - step / 2) / width)
            bump = fft.rfft(edges)
        smooth = fft.irfft(transform * bump, len(f))
        bias2[k], square[k] = ((smooth - f) ** 2).sum() * step, (smooth**2).sum() * step
    rough = sums.twice(kernel, np.zeros(1))[0] / h
    return Risk(h, bias2, (rough - square) / n)


def oracle(truth: Truth, n: int, kernel: str = "gaussian") -> float:
    """The h at which the risk is least (data units)."""

    def mise(h: np.ndarray) -> np.ndarray:
        if isinstance(truth, GMM) and kernel == "gaussian":
            return mixture_risk(truth, n, h).mise
        return risk(truth, n, h, kernel).mise

    x = truth.sample(DRAWS, Key(0) / "risk")
    spread = float(np.diff(np.quantile(x, [0.25, 0.75]))[0]) / 1.34
    tried = spread * n**-0.2 * np.geomspace(0.01, 5, 60)
    best = int(np.argmin(mise(tried)))
    around = np.log(tried[[max(best - 1, 0), min(best + 1, len(tried) - 1)]])
    found = minimize_scalar(lambda u: mise(np.exp([u]))[0], bounds=around, method="bounded", options={"xatol": 1e-5})
    return float(np.exp(found.x))
