"""Maximum likelihood in closed form or nearly so, many data sets at a time: the counterpart of `core.laws.families.fits`.

Normal, Laplace, lognormal, exponential, uniform and Pareto solve their equations outright. Gamma, inverse-gamma and beta
depend on the data through two means only, so that their Newton steps cost nothing however long the column is
(Minka, 2002). The generalised normal with exponent below 2 has a cusp at every value: where the climb of
`core.laws.families.fits` stumbles over them, the exponent is found by bisection instead, with the best centre found for each
(Nadarajah, 2005).

As there, a function takes (rows, n) and returns estimates (rows, k) and the slopes left. Conventions: positive laws
start at 0. The Pareto and the uniform end at the extreme values, where their likelihood is greatest. A beta law lives
on (0, 1) if all values lie strictly inside, else on the range of the data made wider on either side by range / (n - 1).
"""

from collections.abc import Callable

import numpy as np
from scipy.special import betaln, digamma, gammaln, polygamma

from core.laws.climb import climb
from core.laws.families.fits import MANY, Estimates, Rows, location_scale

EXPONENT = (1.0, 1_000.0)  # the generalised normal's: Laplace, and as good as uniform
SHAPE = 1e6  # gamma's and beta's: beyond, the log-density loses its digits


def solved(*columns: np.ndarray) -> Estimates:
    """Estimates in closed form: columns (rows,) side by side, no slope left, NaN where a column is not finite."""
    theta = np.stack(columns, axis=1)
    theta[~np.isfinite(theta).all(axis=1)] = np.nan
    return theta, np.zeros(len(theta))


def normal(x: Rows) -> Estimates:
    """(mean, standard deviation)."""
    return solved(x.mean(axis=1), x.std(axis=1))


def laplace(x: Rows) -> Estimates:
    """(median, mean distance from it)."""
    middle = np.median(x, axis=1)
    return solved(middle, np.abs(x - middle[:, None]).mean(axis=1))


def lognormal(x: Rows) -> Estimates:
    """(median, standard deviation of the logarithm)."""
    log = np.log(x)
    return solved(np.exp(log.mean(axis=1)), log.std(axis=1))


def exponential(x: Rows) -> Estimates:
    """(mean,)."""
    return solved(x.mean(axis=1))


def uniform(x: Rows) -> Estimates:
    """(least, greatest)."""
    return solved(x.min(axis=1), x.max(axis=1))


def pareto(x: Rows) -> Estimates:
    """(tail exponent, least value)."""
    least = x.min(axis=1)
    with np.errstate(divide="ignore"):
        return solved(1 / np.log(x / least[:, None]).mean(axis=1), least)


def gamma(x: Rows) -> Estimates:
    """(shape k, scale): log k - psi(k) = log mean x - mean log x, by Minka's Newton step in 1 / k."""
    mean = x.mean(axis=1)
    gap = -np.log(x / mean[:, None]).mean(axis=1)
    with np.errstate(all="ignore"):
        k = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
        for _ in range(20):
            k = 1 / (1 / k + (np.log(k) - gap - digamma(k)) / (k * k * (1 / k - polygamma(1, k))))
        k[~(k < SHAPE)] = np.nan
        theta, _ = solved(k, mean / k)
    return theta, np.abs(k * (np.log(k) - digamma(k) - gap))


def inverse_gamma(x: Rows) -> Estimates:
    """(shape, scale): 1 / x is gamma."""
    theta, slope = gamma(1 / x)
    return np.stack([theta[:, 0], 1 / theta[:, 1]], axis=1), slope


def beta(x: Rows) -> Estimates:
    """(first shape, second shape, from, to): Newton on the means of log u and log (1 - u), u the place in the support."""
    n = x.shape[1]
    least, most = x.min(axis=1), x.max(axis=1)
    natural = (least > 0) & (most < 1)
    margin = (most - least) / (n - 1)
    begin, end = np.where(natural, 0.0, least - margin), np.where(natural, 1.0, most + margin)
    width = (end - begin)[:, None]
    with np.errstate(all="ignore"):
        u, v = (x - begin[:, None]) / width, (end[:, None] - x) / width
        up, down = np.log(u).mean(axis=1), np.log(v).mean(axis=1)
        m = u.mean(axis=1)
        size = m * (1 - m) / u.var(axis=1) - 1
        start = np.log(np.maximum(np.stack([m, 1 - m], axis=1) * np.maximum(size, 1e-2)[:, None], 1e-3))

        def surface(theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            ab = np.exp(theta)
            total = ab.sum(axis=1, keepdims=True)
            means = np.stack([up[rows], down[rows]], axis=1)
            slope = means - digamma(ab) + digamma(total)
            hessian = polygamma(1, total)[:, :, None] * ab[:, :, None] * ab[:, None, :]
            for i in (0, 1):
                hessian[:, i, i] += ab[:, i] * slope[:, i] - ab[:, i] ** 2 * polygamma(1, ab[:, i])
            return ((ab - 1) * means).sum(axis=1) - betaln(*ab.T), ab * slope, hessian

        theta, _, slope = climb(surface, start, [-20.0] * 2, [float(np.log(SHAPE))] * 2, centred=False)
        shapes = np.exp(theta)
        shapes[(shapes > 0.999 * SHAPE).any(axis=1)] = np.nan
    return solved(*shapes.T, begin, end)[0], slope


def generalised_normal(x: Rows) -> Estimates:
    """(exponent b, centre, scale) of b / (2 s Gamma(1 / b)) exp(-|z|^b), 1 <= b <= 1000; the climb's coordinate is log b.

    Few values may leave one top below b = 2 and another above; the higher of the two is taken.
    """
    n = x.shape[1]
    at_cusps = 2 / n if n > MANY else 1e-8  # a cusp's jump; on so many values it costs less than 1e-7 nats
    bounds = [float(np.log(b)) for b in (EXPONENT[0], 2.0, EXPONENT[1])]

    def climbed(rows: np.ndarray, smooth: bool, most: int) -> Estimates:
        start, walls = [(0.0, 0.5, np.log(6))] if smooth else [(0.0, 0.35, np.log(2))], (bounds[int(smooth)], bounds[2])
        tolerance = [1e-8 if smooth else at_cusps, 1e-8, 1e-8]
        theta, slope = location_scale(x[rows], _generalised_kernel(smooth), start, walls, tolerance, most)
        slope[slope <= tolerance[0]] = 0.0
        return np.stack([np.exp(theta[:, 2]), theta[:, 0], theta[:, 1]], axis=1), slope

    theta, slope = climbed(np.full(len(x), True), False, 15)
    peaked = (slope > 1e-7) & (theta[:, 0] < 3)
    if peaked.any():
        theta[peaked], slope[peaked] = climbed(peaked, False, 100) if n > MANY else (between_cusps(x[peaked]), 0.0)
    flat = (theta[:, 0] > 2) | (n <= MANY)
    if flat.any():
        other, left = climbed(flat, True, 100)
        higher = ~(_generalised_value(x[flat], other) < _generalised_value(x[flat], theta[flat]))
        rows = np.flatnonzero(flat)[higher]
        theta[rows], slope[rows] = other[higher], left[higher]
    return theta, slope


def _generalised_value(x: Rows, theta: np.ndarray) -> np.ndarray:
    b, m, s = theta.T
    return np.log(b / (2 * s)) - gammaln(1 / b) - (np.abs((x - m[:, None]) / s[:, None]) ** b[:, None]).mean(axis=1)


def _generalised_kernel(smooth: bool) -> Callable[..., tuple]:
    """The kernel for `location_scale`: with its own curvature (`smooth`, for b >= 2), or with Fisher's for the centre."""

    def kernel(z: np.ndarray, a: np.ndarray) -> tuple:
        b, log = np.exp(a), np.log(np.maximum(np.abs(z), 1e-300))
        steep = np.exp((b - 1) * log)
        r, sign, psi = steep * np.abs(z), np.sign(z), digamma(1 / b)
        d = 1 / b + psi / b**2 - r * log
        dd = -1 / b**2 - polygamma(1, 1 / b) / b**4 - 2 * psi / b**3 - r * log**2
        fisher = -(b**2) * np.exp(gammaln(2 - 1 / b) - gammaln(1 / b))
        return (
            np.log(b / 2) - gammaln(1 / b) - r,
            -b * sign * steep,
            -b * (b - 1) * np.exp((b - 2) * log) if smooth else (-b * (b - 1) * r, fisher),
            b * d,
            -b * sign * steep * (1 + b * log),
            b * b * dd + b * d,
        )

    return kernel


def between_cusps(x: Rows) -> np.ndarray:
    """(b, m, s) where the slope of the profile in log b changes sign over 1 <= b <= 4, the centre found anew for each b.

    By false position with the Illinois rule: the end that stays put has its slope halved, so that both ends close in.
    """

    def profile(log_b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        b = np.exp(log_b)
        m = centre(x, b)
        log = np.log(np.maximum(np.abs(x - m), 1e-300))
        r = np.exp(b * log)
        total = b * r.mean(axis=1, keepdims=True)  # s^b
        slope = 1 / b + (digamma(1 / b) + np.log(total)) / b**2 - (r * log).mean(axis=1, keepdims=True) / total
        return slope, m, total ** (1 / b)

    low, high = np.zeros((len(x), 1)), np.full((len(x), 1), np.log(4.0))
    at_low, m, s = profile(low)
    at_high, _, _ = profile(high)
    peaked, new = at_low <= 0, low
    for _ in range(12):
        new = np.where(peaked, 0.0, (low * at_high - high * at_low) / (at_high - at_low))
        slope, m, s = profile(new)
        rising = slope > 0
        at_high = np.where(rising, at_high / 2, slope)
        at_low = np.where(rising, slope, at_low / 2)
        low, high = np.where(rising, new, low), np.where(rising, high, new)
        if (high - low < 1e-9).all() or (np.abs(slope) < 1e-10)[~peaked].all():
            break
    return np.concatenate([np.exp(new), m, s], axis=1)


def centre(x: Rows, b: np.ndarray) -> np.ndarray:
    """The m (rows, 1) that makes mean |x - m|^b least, b (rows, 1) >= 1: its slope in m rises, so it is bisected."""
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    for _ in range(36):
        m = (low + high) / 2
        off = x - m
        pull = (np.sign(off) * np.abs(off) ** (b - 1)).mean(axis=1, keepdims=True)
        low, high = np.where(pull > 0, m, low), np.where(pull > 0, high, m)
    return (low + high) / 2
