"""The bumps a density is made of, and their sums on a grid.

A kernel is a density K of mean 0 and **unit covariance**, a function of the distance r from its centre alone, so a
bandwidth is a standard deviation whatever the kernel: swapping kernels keeps the smoothing, and a sample's covariance is
the data's plus the bandwidth matrix. (scikit-learn's bandwidth of a bounded kernel is its radius: `radius(kernel, d)`
times ours.) The bounded ones are c (1 - r^2 / R^2)^p for r < R, p = 0, 1, 2, or c (1 - r / R).

`on_grid` adds n kernels up at the nodes of a uniform grid. Gaussian ones by Fourier transform: the points are spread
onto a finer grid by quintic B-splines, the splines' smoothing is divided out and the Gaussian multiplied in, both
exactly, so that what remains is aliasing, (spacing / 2 pi h)^6 times the kernel's sixth derivative: below 1e-4 of the
density wherever that exceeds 1e-3 of its peak, for any points and any full bandwidth matrix. Silverman (1982) proposed
the transform, Wand (1994) bins for full matrices; dividing the spline out is the type 1 non-uniform FFT of Dutt and
Rokhlin (1993). Bounded kernels have corners that no Fourier series likes: each is added, exactly, to the nodes under it.
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy import fft
from scipy.special import gammaln, ndtr

KERNELS = ("gaussian", "epanechnikov", "biweight", "triangular", "uniform")
EXPONENT = {"uniform": 0, "epanechnikov": 1, "biweight": 2}
REACH = 8.0  # standard deviations beyond which a Gaussian kernel is nothing: exp(-32)
FINE = 2.75  # nodes of the Fourier grid per (conditional) standard deviation, at least
MOST = 1 << 22  # nodes of a Fourier grid; beyond, kernels are so narrow that adding each to the nodes under it is cheap
BLOCK = 1 << 18  # entries of a block of kernel values
SPREAD = 1 << 13  # points spread at a time: their weights stay in the processor's cache
LOG_2PI = float(np.log(2 * np.pi))
QUINTIC = (  # the B-spline of degree 5 on 6 neighbouring nodes (columns), by powers of the offset in its cell (rows)
    np.array(
        [
            [1, 26, 66, 26, 1, 0],
            [-5, -50, 0, 50, 5, 0],
            [10, 20, -60, 20, 10, 0],
            [-10, 20, 0, -20, 10, 0],
            [5, -20, 30, -20, 5, 0],
            [-1, 5, -10, 10, -5, 1],
        ]
    )
    / 120
)


def radius(kernel: str, d: int) -> float:
    """Where the kernel of unit covariance in d dimensions ends, in standard deviations (inf for the Gaussian)."""
    if kernel == "gaussian":
        return np.inf
    if kernel == "triangular":
        return float(np.sqrt((d + 2) * (d + 3) / (d + 1)))
    return float(np.sqrt(d + 2 + 2 * EXPONENT[kernel]))


def log_peak(kernel: str, d: int) -> float:
    """log K(0) of the kernel of unit covariance in d dimensions, nats."""
    if kernel == "gaussian":
        return -0.5 * d * LOG_2PI
    size = -0.5 * d * np.log(np.pi) - d * np.log(radius(kernel, d))
    if kernel == "triangular":
        return float(size + gammaln(d / 2 + 1) + np.log(d + 1))
    p = EXPONENT[kernel]
    return float(size + gammaln(d / 2 + p + 1) - gammaln(p + 1))


def shape(kernel: str, q: Float[np.ndarray, "*s"]) -> Float[np.ndarray, "*s"]:
    """K / K(0) of a Gaussian at squared distance q (standard deviations), of a bounded kernel at q in squared radii."""
    if kernel == "gaussian":
        return np.exp(-0.5 * q)
    if kernel == "triangular":
        return np.maximum(1 - np.sqrt(q), 0.0)
    if kernel == "uniform":
        return (q <= 1).astype(float)
    return np.maximum(1 - q, 0.0) ** EXPONENT[kernel]


def density(kernel: str, q: Float[np.ndarray, "*s"], d: int) -> Float[np.ndarray, "*s"]:
    """K at squared distance q (in standard deviations) from its centre, in d dimensions."""
    unit = 1.0 if kernel == "gaussian" else radius(kernel, d) ** -2
    return np.exp(log_peak(kernel, d)) * shape(kernel, q * unit)


def cdf(kernel: str, u: Float[np.ndarray, "*s"]) -> Float[np.ndarray, "*s"]:
    """int_{-inf}^u K in one dimension."""
    if kernel == "gaussian":
        return ndtr(u)
    v = np.clip(u / radius(kernel, 1), -1, 1)
    return {
        "uniform": lambda: (1 + v) / 2,
        "epanechnikov": lambda: (2 + 3 * v - v**3) / 4,
        "biweight": lambda: 0.5 + (15 * v - 10 * v**3 + 3 * v**5) / 16,
        "triangular": lambda: 0.5 + v - v * abs(v) / 2,
    }[kernel]()


def twice(kernel: str, u: Float[np.ndarray, "*s"]) -> Float[np.ndarray, "*s"]:
    """(K * K)(u) in one dimension; at 0 this is int K^2."""
    if kernel == "gaussian":
        return np.exp(-0.25 * u**2) / np.sqrt(4 * np.pi)
    r = radius(kernel, 1)
    v = np.minimum(abs(u) / r, 2)
    value = {
        "uniform": lambda: (2 - v) / 4,
        "epanechnikov": lambda: 3 / 160 * (2 - v) ** 3 * (v**2 + 6 * v + 4),
        "biweight": lambda: 5 / 3584 * (2 - v) ** 5 * (v**4 + 10 * v**3 + 36 * v**2 + 40 * v + 16),
        "triangular": lambda: np.where(v < 1, 2 / 3 - v**2 + v**3 / 2, (2 - v) ** 3 / 6),
    }[kernel]()
    return value / r


def draw(kernel: str, n: int, d: int, generator: np.random.Generator) -> Float[np.ndarray, "n d"]:
    """`n` draws from the kernel of unit covariance: a direction, and a distance from a beta law."""
    normal = generator.standard_normal((n, d))
    if kernel == "gaussian":
        return normal
    straight = kernel == "triangular"
    r = generator.beta(d, 2, n) if straight else np.sqrt(generator.beta(d / 2, EXPONENT[kernel] + 1, n))
    return radius(kernel, d) * r[:, None] * normal / np.linalg.norm(normal, axis=1, keepdims=True)


def inside(x: Float[np.ndarray, "n d"], bounds: Float[np.ndarray, "d 2"]) -> Bool[np.ndarray, " n"]:
    """Which points lie between the (low, high) of every column, both included."""
    return np.all((x >= bounds[:, 0]) & (x <= bounds[:, 1]), axis=1)


def folded(x: Float[np.ndarray, "n d"], bounds: Float[np.ndarray, "d 2"]) -> Float[np.ndarray, "n d"]:
    """The points reflected at the (low, high) of each column, as often as it takes to be inside; infinite: no edge."""
    columns = []
    for c, (a, b) in zip(x.T, bounds, strict=True):
        if np.isfinite(b - a):
            columns.append(b - abs(np.mod(c - a, 2 * (b - a)) - (b - a)))
        else:
            columns.append(a + abs(c - a) if np.isfinite(a) else b - abs(b - c) if np.isfinite(b) else c)
    return np.stack(columns, axis=1)


def spacing(axis: Float[np.ndarray, " m"]) -> float:
    """The distance between the nodes of a uniform, increasing axis; ValueError for any other."""
    step = (axis[-1] - axis[0]) / max(len(axis) - 1, 1)
    rounding = 4 * np.finfo(float).eps * np.abs(axis).max(initial=0.0)  # of nodes that lie far from 0
    if len(axis) < 2 or not step > 0 or not np.allclose(np.diff(axis), step, rtol=1e-6, atol=rounding):
        raise ValueError("A grid needs uniform, increasing axes of at least two nodes.")
    return float(step)


def on_grid(
    points: Float[np.ndarray, "n d"], covariance: Float[np.ndarray, "d d"], axes: list[np.ndarray], kernel: str
) -> Float[np.ndarray, "..."]:
    """mean_i K_H(g - x_i) at the nodes g of the grid that one or two axes span; [i, j] is at (axes[0][i], axes[1][j])."""
    d, steps = len(axes), np.array([spacing(a) for a in axes])
    if d != points.shape[1] or d > 2:
        raise ValueError(f"A density in {points.shape[1]} dimensions cannot be drawn on a grid of {d} axes.")
    spread = np.sqrt(np.diag(covariance))
    reach = spread * min(REACH, radius(kernel, d))
    low, high = (np.array([a[end] for a in axes]) for end in (0, -1))
    columns = np.ascontiguousarray(points.T)
    near = np.logical_and.reduce(
        [(c >= lo) & (c <= hi) for c, lo, hi in zip(columns, low - reach, high + reach, strict=True)]
    )
    x = columns if near.all() else columns[:, near]  # (d, n)
    if not x.size:
        return np.zeros([len(a) for a in axes])
    if kernel == "gaussian":
        narrow = 1 / np.sqrt(np.diag(np.linalg.inv(covariance)))
        fine = np.ceil(FINE * steps / narrow).astype(int)
        size = (np.maximum(high, x.max(axis=1)) - np.minimum(low, x.min(axis=1)) + reach) / steps * fine
        if size.prod() <= MOST:
            return _transformed(x, covariance, axes, fine, steps / fine, reach) / len(points)
    return _added(x, covariance, axes, steps, reach, kernel) / len(points)


def _quintic(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first (n,) of the six nodes around each t, and the spline's weights (6, n) on them, by Horner's rule."""
    cell = t.astype(np.intp)
    offset, weight = t - cell, np.zeros((6, len(t)))
    for row in QUINTIC[::-1]:
        weight *= offset
        weight += row[:, None]
    return cell - 2, weight


def _transformed(
    x: np.ndarray, covariance: np.ndarray, axes: list[np.ndarray], fine: np.ndarray, step: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    """The sum of Gaussian kernels by FFT, on a periodic grid so long that none reaches round it."""
    before = [max(0, int((a[0] - c.min()) / s) + 1) + 3 for a, c, s in zip(axes, x, step, strict=True)]
    origin = [a[0] - b * s for a, b, s in zip(axes, before, step, strict=True)]
    ends = [(max(a[-1], x[k].max()) - origin[k] + reach[k]) / step[k] + 4 for k, a in enumerate(axes)]
    sizes = [fft.next_fast_len(int(end) + 1, real=True) for end in ends]
    total = np.zeros(int(np.prod(sizes)))
    for part in (x[:, i : i + SPREAD] for i in range(0, x.shape[1], SPREAD)):
        cell, weight = zip(*[_quintic((c - o) / s) for c, o, s in zip(part, origin, step, strict=True)], strict=True)
        for a in range(6):
            if len(axes) == 1:
                total += np.bincount(cell[0] + a, weight[0][a], len(total))
            else:
                index = (cell[0] + a) * sizes[1] + cell[1] + np.arange(6)[:, None]
                total += np.bincount(index.ravel(), (weight[0][a] * weight[1]).ravel(), len(total))
    cycles = [fft.fftfreq(n) for n in sizes[:-1]] + [fft.rfftfreq(sizes[-1])]
    omega = np.meshgrid(*[2 * np.pi * f / s for f, s in zip(cycles, step, strict=True)], indexing="ij", sparse=True)
    exponent = sum(covariance[j, k] * omega[j] * omega[k] for j in range(len(axes)) for k in range(len(axes)))
    splines = np.meshgrid(*[np.sinc(f) ** -6 for f in cycles], indexing="ij", sparse=True)
    multiplier = np.exp(-0.5 * exponent)
    for spline in splines:
        multiplier *= spline
    smooth = fft.irfftn(fft.rfftn(total.reshape(sizes)) * multiplier, sizes)
    nodes = tuple(slice(b, b + len(a) * f, f) for a, b, f in zip(axes, before, fine, strict=True))
    return np.maximum(smooth[nodes], 0.0) / step.prod()


def _added(
    x: np.ndarray, covariance: np.ndarray, axes: list[np.ndarray], step: np.ndarray, reach: np.ndarray, kernel: str
) -> np.ndarray:
    """The sum of kernels, each evaluated at the nodes within its reach."""
    d, sizes = len(axes), [len(a) for a in axes]
    precision = np.linalg.inv(covariance)
    wide = [min(m, int(2 * r / s) + 2) for m, r, s in zip(sizes, reach, step, strict=True)]
    total = np.zeros(int(np.prod(sizes)))
    block = max(1, BLOCK // int(np.prod(wide)))
    for part in (x[:, i : i + block] for i in range(0, x.shape[1], block)):
        node, gap = [], []
        for k, a in enumerate(axes):
            first = np.ceil((part[k] - reach[k] - a[0]) / step[k]).astype(np.intp)
            node.append(np.clip(first, 0, sizes[k] - wide[k])[:, None] + np.arange(wide[k]))
            gap.append(a[node[k]] - part[k, :, None])
        if d == 1:
            index, q = node[0], precision[0, 0] * gap[0] ** 2
        else:
            index = node[0][:, :, None] * sizes[1] + node[1][:, None]
            q = precision[0, 0] * gap[0][:, :, None] ** 2 + precision[1, 1] * gap[1][:, None] ** 2
            q += 2 * precision[0, 1] * gap[0][:, :, None] * gap[1][:, None]
        total += np.bincount(index.ravel(), density(kernel, np.maximum(q, 0), d).ravel(), len(total))
    return total.reshape(sizes) / np.sqrt(np.linalg.det(covariance))
