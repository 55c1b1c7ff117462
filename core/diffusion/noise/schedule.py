"""How signal fades and noise grows: x_t = alpha(t) x_0 + sigma(t) eps, with t = 0 data and t = 1 noise.

    linear       alpha^2 = exp(-int beta), beta(t) from `low` to `high`: DDPM's (Ho, Jain and Abbeel, 2020; Song et al., 2021)
    cosine       alpha = cos(pi/2 u), sigma = sin(pi/2 u), u from `low` to `high` (Nichol and Dhariwal, 2021)
    sigmoid      alpha^2 falls like the logistic function of -v, v from `low` to `high` (Jabri, Fleet and Chen, 2023)
    log-linear   alpha = 1, log sigma from log `low` to log `high`: variance exploding (Song and Ermon, 2019)
    EDM          alpha = 1, sigma^(1/7) from `low`^(1/7) to `high`^(1/7) (Karras et al., 2022)
    flow         alpha = 1 - `high` t, sigma = `low` + (1 - `low`) t: straight lines (Lipman et al., 2023)

The first three preserve variance, alpha^2 + sigma^2 = 1. Data are meant to have unit variance. The signal-to-noise ratio
alpha^2 / sigma^2 falls strictly. Everything takes a number or an array of times and returns float64.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.special import expit

Times = float | Float[np.ndarray, "*n"]
Values = Float[np.ndarray, "*n"]
Curves = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # alpha, sigma and their derivatives by t
RHO = 7.0  # Karras et al. (2022)
FLOOR = 1e-6  # of the sigmoid's alpha^2: it would end at 0, where nothing can be told of the data
FINEST = float(
    2 * np.log(1 / 0.002)
)  # log-SNR beyond which a network is not asked: noise of 1/500 of the data's spread
SPACINGS = ("time", "quadratic", "log-snr")


@dataclass(frozen=True)
class Form:
    """One way for the signal to fade: its curves, the usual ends, and between what each end may lie."""

    curves: Callable[[np.ndarray, float, float], Curves]
    low: float
    high: float
    lows: tuple[float, float]
    highs: tuple[float, float]


def _linear(t: np.ndarray, low: float, high: float) -> Curves:
    fading = -0.5 * (low + (high - low) * t)  # d log alpha / dt
    log_alpha = -0.5 * (low * t + 0.5 * (high - low) * t**2)
    alpha, sigma = np.exp(log_alpha), np.sqrt(-np.expm1(2 * log_alpha))
    return alpha, sigma, alpha * fading, -(alpha**2) * fading / sigma


def _cosine(t: np.ndarray, low: float, high: float) -> Curves:
    angle, speed = 0.5 * np.pi * (low + (high - low) * t), 0.5 * np.pi * (high - low)
    alpha, sigma = np.cos(angle), np.sin(angle)
    return alpha, sigma, -speed * sigma, speed * alpha


def _sigmoid(t: np.ndarray, low: float, high: float) -> Curves:
    first, last, here = expit(low), expit(high), expit(low + (high - low) * t)
    faded = (1 - FLOOR) * (here - first) / (last - first)  # sigma^2
    speed = (1 - FLOOR) * (high - low) * here * (1 - here) / (last - first)
    alpha, sigma = np.sqrt(1 - faded), np.sqrt(faded)
    return alpha, sigma, -speed / (2 * alpha), speed / (2 * sigma)


def _log_linear(t: np.ndarray, low: float, high: float) -> Curves:
    speed = np.log(high / low)
    sigma = low * np.exp(speed * t)
    return np.ones_like(t), sigma, np.zeros_like(t), speed * sigma


def _edm(t: np.ndarray, low: float, high: float) -> Curves:
    a, b = low ** (1 / RHO), high ** (1 / RHO)
    root = a + (b - a) * t
    return np.ones_like(t), root**RHO, np.zeros_like(t), RHO * (b - a) * root ** (RHO - 1)


def _flow(t: np.ndarray, low: float, high: float) -> Curves:
    return 1 - high * t, low + (1 - low) * t, np.full_like(t, -high), np.full_like(t, 1 - low)


FORMS: dict[str, Form] = {
    "linear": Form(_linear, 0.1, 20.0, (0.01, 2.0), (1.0, 40.0)),
    "cosine": Form(_cosine, 0.0, 0.999, (0.0, 0.1), (0.3, 0.999)),
    "sigmoid": Form(_sigmoid, -3.0, 3.0, (-8.0, -1.0), (1.0, 8.0)),
    "log-linear": Form(_log_linear, 0.005, 50.0, (1e-3, 0.05), (1.0, 100.0)),
    "EDM": Form(_edm, 0.002, 80.0, (1e-3, 0.05), (1.0, 100.0)),
    "flow": Form(_flow, 0.0, 1.0, (0.0, 0.05), (0.5, 1.0)),
}
NAMES = tuple(FORMS)


@dataclass(frozen=True)
class Schedule:
    """A schedule by `name`, from `low` to `high` (see the module's head; None for the usual ends)."""

    name: str = "cosine"
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Fill in the usual ends; raise ValueError for a name or an end that is not allowed."""
        if self.name not in FORMS:
            raise ValueError(f"There is no schedule called {self.name!r}; there are {', '.join(NAMES)}.")
        form = FORMS[self.name]
        for end, usual, (least, most) in (("low", form.low, form.lows), ("high", form.high, form.highs)):
            given = getattr(self, end)
            value = usual if given is None else float(given)
            if not least <= value <= most:
                raise ValueError(f"The {self.name} schedule's {end} must lie between {least:g} and {most:g}.")
            object.__setattr__(self, end, value)

    def curves(self, t: Times) -> Curves:
        """alpha, sigma, d alpha / dt, d sigma / dt; the last is infinite where a variance-preserving sigma is 0."""
        assert self.low is not None
        assert self.high is not None
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            alpha, sigma, faded, grown = FORMS[self.name].curves(np.atleast_1d(t).astype(float), self.low, self.high)
        shape = np.shape(t)
        return alpha.reshape(shape), sigma.reshape(shape), faded.reshape(shape), grown.reshape(shape)

    def alpha(self, t: Times) -> Values:
        """The factor of the data."""
        return self.curves(t)[0]

    def sigma(self, t: Times) -> Values:
        """The standard deviation of the noise."""
        return self.curves(t)[1]

    def log_snr(self, t: Times) -> Values:
        """log alpha^2 / sigma^2, nats: infinite without noise, minus infinite without signal."""
        alpha, sigma, *_ = self.curves(t)
        with np.errstate(divide="ignore"):
            return np.asarray(2 * (np.log(alpha) - np.log(sigma)))

    def log_snr_slope(self, t: Times) -> Values:
        """d log-SNR / dt = 2 (alpha' / alpha - sigma' / sigma), below 0; minus infinite at an end without noise or signal."""
        alpha, sigma, faded, grown = self.curves(t)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slope = 2 * (faded / alpha - grown / sigma)
        return np.where((alpha == 0) | (sigma == 0), -np.inf, slope)

    def size(self, t: Times) -> Values:
        """sqrt(alpha^2 + sigma^2): the spread of x_t where the data have spread 1."""
        alpha, sigma, *_ = self.curves(t)
        return np.asarray(np.hypot(alpha, sigma))

    def angle(self, t: Times) -> Values:
        """atan(sigma / alpha), from 0 (data) to pi/2 (noise): what all schedules have in common."""
        alpha, sigma, *_ = self.curves(t)
        return np.asarray(np.arctan2(sigma, alpha))

    @property
    def prior_scale(self) -> float:
        """The standard deviation of the N(0, s^2 I) that generation begins with: `size` at t = 1, 1 where variance is kept."""
        return float(self.size(1.0))

    @cached_property
    def span(self) -> tuple[float, float]:
        """The first and last time a network is asked about: where noise, or signal, is 1/500 of the other (or 0 and 1)."""
        first, last = self.at_log_snr(np.array([FINEST, -FINEST]))
        return float(first), float(last)

    def at_log_snr(self, value: Times) -> Values:
        """The times at which the log-SNR is `value`, by bisection; the nearer end where it never is."""
        value = np.asarray(value, dtype=float)
        low, high = np.zeros(value.shape), np.ones(value.shape)
        for _ in range(54):
            middle = 0.5 * (low + high)
            above = self.log_snr(middle) > value
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.where(self.log_snr(0.0) <= value, 0.0, np.where(self.log_snr(1.0) >= value, 1.0, high))

    def grid(self, n: int, spacing: str = "time", end: float = 0.0) -> Float[np.ndarray, " m"]:
        """n + 1 times falling from 1 to `end`: even in t, even in sqrt(t), or even in log-SNR.

        An end of infinite log-SNR cannot be reached by even steps: there the steps run over the `span`, and the last, or
        the first, goes on to the end. Raises ValueError unless 1 <= n and 0 <= end < 1.
        """
        if n < 1 or not 0 <= end < 1 or spacing not in SPACINGS:
            raise ValueError(f"A grid needs n >= 1, an end in [0, 1) and one of the spacings {', '.join(SPACINGS)}.")
        even = np.linspace(1.0, 0.0, n + 1)
        if spacing == "time" or n == 1:
            return end + (1 - end) * even
        if spacing == "quadratic":
            root = np.sqrt(end)
            return np.asarray((root + (1 - root) * even) ** 2)
        first, last = max(self.span[0], end), self.span[1]
        ends = (last < 1) + 0, (first > end) + 0
        inner = np.linspace(float(self.log_snr(last)), float(self.log_snr(first)), max(n + 1 - sum(ends), 2))
        times = np.concatenate([[last], self.at_log_snr(inner[1:-1]), [first]])
        whole = np.concatenate([[1.0] * ends[0], times, [end] * ends[1]])
        return whole if len(whole) == n + 1 else end + (1 - end) * even

    @staticmethod
    def on_ticks(times: Float[np.ndarray, " m"], ticks: int) -> Float[np.ndarray, " k"]:
        """Falling times moved to the nearest of k / `ticks`, each once: discrete time (Ho, Jain and Abbeel, 2020)."""
        return np.unique(np.round(times * ticks))[::-1] / ticks
