"""Maximum likelihood for the laws of `core.laws.families.continuous`, many data sets at a time.

Every function takes `x` (rows, n), one data set a row, and returns the estimates (rows, k), one row each, with the slope
that is left: the largest component of the gradient of the mean log-likelihood, in nats per unit of the coordinate (a
centre is measured in scales, a scale or a shape by its logarithm). At an interior maximum the slope is 0. A row whose
likelihood has no top (values all equal, or so many ties that a spike on them wins) comes back as NaN.

Where the equations solve in closed form they are solved; else a safeguarded Newton climb runs on all rows at once, with
the Hessian's eigenvalues taken by their size so that each step goes uphill. A law of location m, scale s and shape a has

    log p(x) = g(z; a) - log s,   z = (x - m) / s,

so g and its derivatives are all a climb needs. More than `MANY` values are climbed on `FEW` of them first and then,
from there, on all: two or three more steps. Sources: Minka (2002) for gamma; Copas (1975) for the Cauchy's one maximum;
Azzalini (1985) for the skew-normal, whose likelihood is stationary at a = 0 too, so both signs are tried; Lange, Little
and Taylor (1989) for Student's t with free degrees of freedom; Nadarajah (2005) for the generalised normal.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from scipy.special import digamma, gammaln, log_ndtr, polygamma

from core.laws.climb import Surface, climb

Rows = Float[np.ndarray, "rows n"]
Estimates = tuple[Float[np.ndarray, "rows k"], Float[np.ndarray, " rows"]]

MANY, FEW = 6_000, 2_000
FREEDOM = (0.2, 1e5)  # Student's degrees of freedom: below, a spike on any value wins; above, it is the normal
SKEW = 1_000.0  # the skew-normal's shape: beyond, it is a half-normal
NARROWEST = 1e-8  # the least scale, in interquartile ranges


def standard(x: Rows) -> tuple[Rows, Float[np.ndarray, "rows 1"], Float[np.ndarray, "rows 1"]]:
    """(x - median) / (interquartile range / 1.349), with the two; the standard deviation where half the values tie."""
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=1)[:, :, None]
    spread = np.where(high > low, (high - low) / 1.349, x.std(axis=1, keepdims=True))
    return (x - middle) / spread, middle, spread


def location_scale(
    x: Rows,
    kernel: Callable[..., tuple],
    starts: Sequence[np.ndarray | tuple[float, ...]],
    shape: tuple[float, float] | None = None,
    tolerance: Sequence[float] | float = 1e-8,
    most: int = 100,
) -> Estimates:
    """Estimates (m, s) or (m, s, a) of the law with kernel g: the best of the climbs from `starts` (m, log s, a).

    A start is one for all rows or an array (rows, k), in the units of `standard`.
    `kernel(z, a)` gives g, dg/dz, d2g/dz2 and, for a shape, dg/da, d2g/dzda, d2g/da2, and may give in the place of
    d2g/dz2 a pair: z^2 d2g/dz2 for the scale, and a negative curvature for the location (Fisher's, where g has a cusp).
    """
    u, middle, spread = standard(x)
    low = [-np.inf, np.log(NARROWEST)] + ([shape[0]] if shape else [])
    high = [np.inf, 50.0] + ([shape[1]] if shape else [])

    def best(u: np.ndarray, starts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        ends = [climb(surface_of(u, kernel), start, low, high, True, np.asarray(tolerance), most) for start in starts]
        winner = np.argmax([np.nan_to_num(value, nan=-np.inf) for _, value, _ in ends], axis=0)
        rows = np.arange(len(u))
        return np.stack([end[0] for end in ends])[winner, rows], np.stack([end[2] for end in ends])[winner, rows]

    with np.errstate(all="ignore"):
        begin = [np.broadcast_to(np.asarray(start, dtype=float), (len(x), len(low))) for start in starts]
        if x.shape[1] > MANY and np.ndim(starts[0]) == 1:  # a start of its own knows the row already
            begin = [best(u[:, :: x.shape[1] // FEW], begin)[0]]
        theta, slope = best(u, begin)
        theta[theta[:, 1] <= low[1] + 1e-6] = np.nan
        theta[:, :1] = middle + spread * theta[:, :1]
        theta[:, 1] = spread[:, 0] * np.exp(theta[:, 1])
    return theta, slope


def surface_of(x: Rows, kernel: Callable[..., tuple]) -> Surface:
    """Mean log-likelihood of (m, log s, a) with gradient and Hessian, the location's derivatives taken per scale."""

    def surface(theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        data = x if len(rows) == len(x) else x[rows]
        z = (data - theta[:, :1]) * np.exp(-theta[:, 1:2])
        g, g_z, g_zz, *shape = kernel(z, theta[:, 2:3])
        n, k = z.shape[1], theta.shape[1]

        def mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return np.einsum("ij,ij->i", a, b) / n

        gradient, hessian = np.empty((len(z), k)), np.empty((len(z), k, k))
        gradient[:, 0], gradient[:, 1] = -g_z.mean(axis=1), -1 - mean(z, g_z)
        if isinstance(g_zz, tuple):
            hessian[:, 0, 0], hessian[:, 1, 1] = g_zz[1][:, 0], g_zz[0].mean(axis=1) + mean(z, g_z)
            hessian[:, 0, 1] = hessian[:, 1, 0] = 0.0
        else:
            bent = z * g_zz
            hessian[:, 0, 0], hessian[:, 1, 1] = g_zz.mean(axis=1), mean(z, g_z) + mean(z, bent)
            hessian[:, 0, 1] = hessian[:, 1, 0] = g_z.mean(axis=1) + bent.mean(axis=1)
        if shape:
            g_a, g_za, g_aa = shape
            gradient[:, 2], hessian[:, 2, 2] = g_a.mean(axis=1), g_aa.mean(axis=1)
            hessian[:, 0, 2] = hessian[:, 2, 0] = 0.0 if isinstance(g_zz, tuple) else -g_za.mean(axis=1)
            hessian[:, 1, 2] = hessian[:, 2, 1] = -mean(z, g_za)
        return g.mean(axis=1) - theta[:, 1], gradient, hessian

    return surface


def logistic(x: Rows) -> Estimates:
    """(centre, scale) of the logistic law."""

    def kernel(z: np.ndarray, _: np.ndarray) -> tuple:
        half = np.tanh(z / 2)
        return -np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z))), -half, (half**2 - 1) / 2

    return location_scale(x, kernel, [(0.0, np.log(0.6))])


def cauchy(x: Rows) -> Estimates:
    """(centre, scale) of the Cauchy law."""

    def kernel(z: np.ndarray, _: np.ndarray) -> tuple:
        heavy = 1 / (1 + z * z)
        return np.log(heavy / np.pi), -2 * z * heavy, -2 * (1 - z * z) * heavy**2

    return location_scale(x, kernel, [(0.0, np.log(0.674))])


def gumbel(x: Rows) -> Estimates:
    """(mode, scale) of the Gumbel law of largest values."""

    def kernel(z: np.ndarray, _: np.ndarray) -> tuple:
        falling = np.exp(-z)
        return -z - falling, falling - 1, -falling

    u = standard(x)[0]
    scale = u.std(axis=1) * np.sqrt(6) / np.pi  # by moments: from too small a scale, exp(-z) is steep
    return location_scale(x, kernel, [np.stack([u.mean(axis=1) - np.euler_gamma * scale, np.log(scale)], axis=1)])


def weibull(x: Rows) -> Estimates:
    """(shape k, scale) of the Weibull law: -log x is Gumbel with mode -log scale and scale 1 / k."""
    theta, slope = gumbel(-np.log(x))
    return np.stack([1 / theta[:, 1], np.exp(-theta[:, 0])], axis=1), slope


def student(x: Rows) -> Estimates:
    """(degrees of freedom, centre, scale) of Student's t; the coordinate of the climb is log nu."""

    def kernel(z: np.ndarray, a: np.ndarray) -> tuple:
        nu, zz = np.exp(a), z * z
        down = 1 / (nu + zz)
        log_tail = np.log1p(zz / nu)
        constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
        psi = digamma((nu + 1) / 2) - digamma(nu / 2) - 1 / nu
        psi_nu = 0.5 * (polygamma(1, (nu + 1) / 2) - polygamma(1, nu / 2)) + 1 / nu**2
        share = zz * down / nu
        d = 0.5 * (psi - log_tail + (nu + 1) * share)
        dd = 0.5 * (psi_nu + share - share * (nu * nu + 2 * nu + zz) * down / nu)
        g_z, g_zz = -(nu + 1) * z * down, -(nu + 1) * (nu - zz) * down**2
        return (
            constant - (nu + 1) / 2 * log_tail,
            g_z,
            g_zz,
            nu * d,
            -nu * z * (zz - 1) * down**2,
            nu * nu * dd + nu * d,
        )

    theta, slope = location_scale(x, kernel, [(0.0, -0.1, np.log(5))], (np.log(FREEDOM[0]), np.log(FREEDOM[1])))
    return np.stack([np.exp(theta[:, 2]), theta[:, 0], theta[:, 1]], axis=1), slope


def skew_normal(x: Rows) -> Estimates:
    """(shape alpha, location, scale) of the skew-normal; the coordinate of the climb is asinh alpha."""

    def kernel(z: np.ndarray, a: np.ndarray) -> tuple:
        alpha, wide = np.sinh(a), np.cosh(a)
        w = alpha * z
        log_side = log_ndtr(w)
        mills = np.exp(-0.5 * (w * w + np.log(2 * np.pi)) - log_side)
        bent = -mills * (w + mills)
        g = np.log(2) - 0.5 * (z * z + np.log(2 * np.pi)) + log_side
        g_a = z * mills
        return (
            g,
            alpha * mills - z,
            alpha**2 * bent - 1,
            wide * g_a,
            wide * (mills + w * bent),
            wide**2 * z * z * bent + alpha * g_a,
        )

    reach = float(np.arcsinh(SKEW))
    starts = [(-0.8, 0.2, 1.4), (0.8, 0.2, -1.4), (-0.3, 0.05, 0.5), (0.3, 0.05, -0.5)]
    many = x.shape[1] > MANY
    theta, slope = location_scale(x[:, :: x.shape[1] // FEW] if many else x, kernel, starts, (-reach, reach))
    weak = np.abs(theta[:, 2]) < (1.0 if many else 0.3)  # perhaps drawn to the saddle a = 0, or on the wrong side of it
    for rows, start in ((weak, lambda u, found: [found, skewed(u)]), (~weak & many, lambda u, found: [found])):
        if rows.any():
            u, middle, spread = standard(x[rows])
            place, size = (theta[rows, :1] - middle) / spread, np.log(theta[rows, 1:2] / spread)
            begin = start(u, np.concatenate([place, size, theta[rows, 2:]], axis=1))
            theta[rows], slope[rows] = location_scale(x[rows], kernel, begin, (-reach, reach), 1e-5 if many else 1e-8)
    return np.stack([np.sinh(theta[:, 2]), theta[:, 0], theta[:, 1]], axis=1), slope


def skewed(u: Rows) -> np.ndarray:
    """The skew-normal (m, log s, asinh a) that has each row's mean, variance and skewness (cut to 0.9)."""
    mean, sd = u.mean(axis=1), u.std(axis=1)
    skew = np.clip(((u - mean[:, None]) ** 3).mean(axis=1) / sd**3, -0.9, 0.9)
    part = np.abs(skew) ** (2 / 3)
    delta = np.sign(skew) * np.sqrt(np.pi / 2 * part / (part + ((4 - np.pi) / 2) ** (2 / 3)))
    scale = sd / np.sqrt(1 - 2 * delta**2 / np.pi)
    return np.stack(
        [mean - scale * delta * np.sqrt(2 / np.pi), np.log(scale), np.arcsinh(delta / np.sqrt(1 - delta**2))], axis=1
    )
