"""Maximum likelihood in closed form or nearly so, many data sets at a time: the counterpart of `core.family_fits`.

Normal, Laplace, lognormal, exponential, uniform and Pareto solve their equations outright. Gamma, inverse-gamma and beta
depend on the data through two means only, so that their Newton steps cost nothing however long the column is
(Minka, 2002). The generalised normal with exponent below 2 has a cusp at every value: where the climb of
`core.family_fits` stumbles over them, the exponent is found by bisection instead, with the best centre found for each
(Nadarajah, 2005).

As there, a function takes (rows, n) and returns estimates (rows, k) and the slopes left. Conventions: positive laws
start at 0. The Pareto and the uniform end at the extreme values, where their likelihood is greatest. A beta law lives
on (0, 1) if all values lie strictly inside, else on the range of the data made wider on either side by range / (n - 1).
"""

import numpy as np
from scipy.special import betaln, digamma, gammaln, polygamma

from core.climb import climb
from core.family_fits import MANY, Estimates, Rows, location_scale

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
    """(exponent b, centre, scale) of b / (2 s Gamma(1 / b)) exp(-|z|^b), 1 <= b <= 1000; the climb's coordinate is log b."""

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
            (-b * (b - 1) * r, fisher),
            b * d,
            -b * sign * steep * (1 + b * log),
            b * b * dd + b * d,
        )

    n = x.shape[1]
    walls = (float(np.log(EXPONENT[0])), float(np.log(EXPONENT[1])))
    at_cusps = 2 / n if n > MANY else 1e-8  # a cusp's jump; on so many values it costs less than 1e-7 nats
    theta, slope = location_scale(x, kernel, [(0.0, 0.35, np.log(2))], walls, [at_cusps, 1e-8, 1e-8])
    theta = np.stack([np.exp(theta[:, 2]), theta[:, 0], theta[:, 1]], axis=1)
    if n <= MANY:
        stuck = ~(slope < 1e-7)
        theta[stuck] = between_cusps(x[stuck])
        slope[stuck] = 0.0
    return theta, slope


def between_cusps(x: Rows) -> np.ndarray:
    """(b, m, s) by bisection of the profile's slope in log b over 1 <= b <= 4, and of the centre's equation within."""
    peak, wide = np.zeros((len(x), 1)), np.full((len(x), 1), np.log(4.0))
    for _ in range(18):
        b = np.exp((peak + wide) / 2)
        log = np.log(np.maximum(np.abs(x - centre(x, b)), 1e-300))
        r = np.exp(b * log)
        total = r.mean(axis=1, keepdims=True)  # s^b = b total
        lift = 1 / b + (digamma(1 / b) + np.log(b * total)) / b**2 - (r * log).mean(axis=1, keepdims=True) / (b * total)
        rising = lift > 0
        peak, wide = np.where(rising, np.log(b), peak), np.where(rising, wide, np.log(b))
    b = np.exp(np.where(peak > 0, (peak + wide) / 2, 0.0))
    m = centre(x, b)
    s = (b * (np.abs(x - m) ** b).mean(axis=1, keepdims=True)) ** (1 / b)
    return np.concatenate([b, m, s], axis=1)


def centre(x: Rows, b: np.ndarray) -> np.ndarray:
    """The m (rows, 1) that makes mean |x - m|^b least, b (rows, 1) >= 1: its slope in m rises, so it is bisected."""
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    for _ in range(45):
        m = (low + high) / 2
        off = x - m
        pull = (np.sign(off) * np.abs(off) ** (b - 1)).mean(axis=1, keepdims=True)
        low, high = np.where(pull > 0, m, low), np.where(pull > 0, high, m)
    return (low + high) / 2
