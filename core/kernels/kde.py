"""Kernel density estimation: a bump on every point.

    p(x) = (1/n) sum_i K_H(x - x_i),    K_H(u) = det(H)^(-1/2) K(H^(-1/2) u)

H is the bandwidth matrix, the covariance of one bump (squared data units); in one dimension h = sqrt(H) is its standard
deviation, whatever the kernel (`core.kernels.sums`). A draw is a random data point plus kernel noise, so the estimate has the
data's mean and the data's covariance plus H: it is always a little too wide. Rosenblatt (1956); Parzen (1962); Silverman
(1986); full matrices as in Wand and Jones (1993).

Rules choose one number, the factor s in H = s^2 S with S the covariance of the data, which makes every fit equivariant
under affine maps. Rows far from all others (`core.units.ordinary`) have no say in S, nor in a likelihood that is
cross-validated: a value of -9999 would make every bump as wide as itself. They do get bumps of their own. On a bounded
support the estimate leaks over the edge; "reflect" folds what leaks back, so that the density is zero outside `bounds`
and integrates to one inside (Schuster, 1985; its slope at the edge is then zero).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float

from core.kernels import sums
from core.kernels.bandwidth import RULES, covariance, factors
from core.kernels.sums import KERNELS
from core.key import Key
from core.options import Choice, Range, check
from core.process import Step, frozen

GROWTH = 12  # steps in which the points come in, before any bandwidth is tried


@dataclass(frozen=True)
class Config:
    """Options of the estimate; `factor` is read by the rule "By hand" alone."""

    kernel: Annotated[str, Choice(KERNELS, "Kernel", "The bump put on every point.")] = "gaussian"
    rule: Annotated[str, Choice(RULES, "Bandwidth rule", "How the width of the bumps is chosen.")] = "Likelihood CV"
    factor: Annotated[
        float, Range(0.001, 3, "Bandwidth by hand", "Width of a bump, in standard deviations of the data.", log=True)
    ] = 0.25
    boundary: Annotated[
        str, Choice(("none", "reflect"), "Boundary", "Fold back what leaks over the edge of the support.", more=True)
    ] = "none"

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(frozen=True)
class KDE:
    """Kernels of covariance `bandwidth` (d, d) on `points` (n, d).

    `bounds`, where given, are the (low, high) of each column's support (infinite where there is no edge): their presence
    says that the density is corrected by reflection.
    """

    points: Float[np.ndarray, "n d"]
    bandwidth: Float[np.ndarray, "d d"]
    kernel: str = "gaussian"
    bounds: Float[np.ndarray, "d 2"] | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError for values that are no density."""
        for name in ("points", "bandwidth", "bounds"):
            value = getattr(self, name)
            if value is not None and (value.flags.writeable or value.dtype != float):  # Steps of a fit share points
                object.__setattr__(self, name, frozen(np.array(value, dtype=float)))
        if not len(self.points) or not np.isfinite(self.points).all():
            raise ValueError("A kernel density needs at least one point, and finite ones.")
        if self.kernel not in KERNELS:
            raise ValueError(f"The kernel must be one of {', '.join(KERNELS)}, not {self.kernel!r}.")
        if not np.isfinite(self.bandwidth).all() or np.linalg.eigvalsh(self.bandwidth)[0] <= 0:
            raise ValueError("The bandwidth matrix must be positive definite.")
        if self.bounds is not None and not sums.inside(self.points, self.bounds).all():
            raise ValueError("Some points lie outside the bounds of the support.")

    @classmethod
    def on_line(
        cls, x: Float[np.ndarray, "n 1"], h: float, kernel: str = "gaussian", bounds: np.ndarray | None = None
    ) -> "KDE":
        """The estimate in one dimension with bumps of standard deviation `h` (data units)."""
        return cls(x, np.array([[float(h) ** 2]]), kernel, bounds)

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return self.points.shape[1]

    @property
    def h(self) -> float:
        """det(H)^(1/2d): in one dimension the standard deviation of a bump (data units)."""
        return float(np.exp(np.linalg.slogdet(self.bandwidth)[1] / (2 * self.dim)))

    def log_prob(self, x: Float[np.ndarray, "m d"]) -> Float[np.ndarray, " m"]:
        """log p(x), nats, summed over every point; -inf outside the support and where no bounded kernel reaches."""
        if self.bounds is None:
            return self._log_sum(x)
        inside = sums.inside(x, self.bounds)
        total = np.full(len(x), -np.inf)
        for sign, shift in self.images():
            total[inside] = np.logaddexp(total[inside], self._log_sum(x[inside] * sign + shift))
        return total

    def _log_sum(self, x: np.ndarray) -> np.ndarray:
        """log mean_i K_H(x - x_i), without edges."""
        factor = np.linalg.cholesky(self.bandwidth)
        white, at = (np.linalg.solve(factor, a.T) for a in (self.points, x))  # (d, n), (d, m)
        block, parts = max(1, sums.BLOCK // len(self.points)), [np.zeros(0)]
        for i in range(0, len(x), block):
            q = sum((a[i : i + block, None] - w) ** 2 for a, w in zip(at, white, strict=True))
            nearest = q.min(axis=1) if self.kernel == "gaussian" else np.zeros(len(q))
            with np.errstate(divide="ignore"):
                parts.append(
                    np.log(sums.density(self.kernel, q - nearest[:, None], self.dim).mean(axis=1)) - nearest / 2
                )
        return np.concatenate(parts) - np.log(np.diag(factor)).sum()

    def images(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The maps x -> sign * x + shift (a sign and a shift per column) that fold the line into the support.

        The density is the sum over them of the one without edges; the identity comes first, and is all where there are
        no edges. Left out are maps to where no bump reaches.
        """
        reach = np.sqrt(np.diag(self.bandwidth)) * min(sums.REACH, sums.radius(self.kernel, self.dim))
        maps = [(np.zeros(0), np.zeros(0))]
        for k, r in enumerate(reach):
            column = [(1.0, 0.0)]
            a, b = (-np.inf, np.inf) if self.bounds is None else self.bounds[k]
            if np.isfinite(b - a):
                for turn in range(-int(r / (b - a)) - 1, int(r / (b - a)) + 2):
                    shift = 2 * turn * (b - a)
                    if turn and abs(shift) < r + b - a:
                        column.append((1.0, shift))
                    if abs(shift - b + a) < r + b - a:
                        column.append((-1.0, 2 * a + shift))
            elif np.isfinite(a) or np.isfinite(b):
                column.append((-1.0, 2 * (a if np.isfinite(a) else b)))
            maps = [(np.append(s, sign), np.append(t, shift)) for s, t in maps for sign, shift in column]
        return maps

    def stretches(self) -> Float[np.ndarray, "s 2"]:
        """The (low, high) of each stretch of the line, in rising order, that bumps reach without a break (one dimension)."""
        reach = self.h * min(sums.REACH, sums.radius(self.kernel, 1))
        x = np.sort(self.points[:, 0])
        cut = np.flatnonzero(np.diff(x) > 2 * reach)
        low, high = x[np.append(0, cut + 1)], x[np.append(cut, len(x) - 1)]
        wide = np.maximum(
            reach, 8 * np.spacing(np.maximum(abs(low), abs(high)))
        )  # that numbers far from 0 can tell apart
        ends = np.stack([low - wide, high + wide], axis=1)
        return ends if self.bounds is None else np.clip(ends, *self.bounds[0])

    def on_grid(self, *axes: Float[np.ndarray, " _"]) -> Float[np.ndarray, "..."]:
        """The density (not its log) at the nodes of a uniform grid, for pictures: [i, j] is at (axes[0][i], axes[1][j]).

        By FFT for Gaussian kernels: within 1e-4 of the exact value wherever that exceeds 1e-3 of the peak (`kernels`).
        """
        if self.bounds is None:
            return sums.on_grid(self.points, self.bandwidth, list(axes), self.kernel)
        total = np.zeros([len(a) for a in axes])
        for sign, shift in self.images():
            order = tuple(slice(None, None, int(s)) for s in sign)
            moved = [(a * s + t)[o] for a, s, t, o in zip(axes, sign, shift, order, strict=True)]
            total += sums.on_grid(self.points, self.bandwidth, moved, self.kernel)[order]
        inside = [(a >= low) & (a <= high) for a, (low, high) in zip(axes, self.bounds, strict=True)]
        return np.where(inside[0] if self.dim == 1 else np.logical_and.outer(*inside), total, 0.0)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws: a data point, plus kernel noise, folded into the support."""
        generator = key.generator()
        centre = self.points[generator.integers(len(self.points), size=n)]
        noise = sums.draw(self.kernel, n, self.dim, generator)
        x = centre + noise @ np.linalg.cholesky(self.bandwidth).T
        return x if self.bounds is None else sums.folded(x, self.bounds)

    def rescaled(self, shift: Float[np.ndarray, " d"], scale: Float[np.ndarray, " d"]) -> "KDE":
        """The estimate of scale * x + shift, where x follows this one."""
        bounds = None if self.bounds is None else np.sort(self.bounds * scale[:, None] + shift[:, None], axis=1)
        return KDE(self.points * scale + shift, self.bandwidth * scale[:, None] * scale, self.kernel, bounds)

    def marginal(self, columns: Sequence[int]) -> "KDE":
        """The density of these columns alone: again a KDE, for Gaussian kernels (ValueError for others)."""
        if self.kernel != "gaussian":
            raise ValueError("Only Gaussian kernels keep their shape when columns are summed out.")
        keep = list(columns)
        bounds = None if self.bounds is None else self.bounds[keep]
        return KDE(self.points[:, keep], self.bandwidth[np.ix_(keep, keep)], self.kernel, bounds)

    def conditional(self, column: int, value: float, ys: Float[np.ndarray, " m"]) -> Float[np.ndarray, " m"]:
        """The density at `ys` of the other of two columns, given that `column` has this value; Gaussian kernels."""
        at = np.empty((len(ys), 2))
        at[:, column], at[:, 1 - column] = value, ys
        return np.exp(self.log_prob(at) - self.marginal([column]).log_prob(np.array([[float(value)]])))


def fit(
    config: Config,
    x: Float[np.ndarray, "n d"],
    key: Key,
    *,
    start: KDE | Step[KDE] | None = None,
    device: str = "cpu",
    bounds: Float[np.ndarray, "d 2"] | None = None,
) -> Iterator[Step[KDE]]:
    """Yield the estimate as it grows, then at every bandwidth a rule tries, and last at the one it chooses.

    Phase "grow": bumps on the first 1, 2, ... n points in an order drawn by `key`, each time as wide as the rule's rate
    n^(-1/(d+4)) asks of so few (by hand: as told); at n points this is the estimate itself unless the rule is a
    cross-validation. Then phase "try", from smooth to rough, and "choose". Metrics: `points`, `factor` (s in H = s^2 S)
    and for cross-validation `score`, which is maximised: the mean leave-one-out log-density of standardised points
    (nats), or minus the least-squares criterion. `bounds` are the support of each column, read when `config.boundary`
    is "reflect" (None: from the least to the greatest value). `start` may be a Step to resume after; a KDE has nothing
    to hand on, the fit being closed. `device` is accepted for the shared signature.
    """
    n, d = x.shape
    scatter = covariance(x)
    reflected = np.stack([x.min(axis=0), x.max(axis=0)], axis=1) if bounds is None else bounds
    bounds = reflected if config.boundary == "reflect" else None
    white = np.linalg.solve(np.linalg.cholesky(scatter), x.T).T
    tried = [(config.factor, np.nan)] if config.rule == "By hand" else factors(config.rule, white, config.kernel, key)
    cross = len(tried) > 1
    sizes = np.unique(np.ceil(n ** (np.arange(GROWTH + 1) / GROWTH) - 1e-9).astype(int))
    index = start.index + 1 if isinstance(start, Step) else 0
    order, points = (key / "order").generator().permutation(n), frozen(np.array(x, dtype=float))
    final = n ** (-1 / (d + 4)) if cross else tried[-1][0]

    def moment(index: int, points: np.ndarray, factor: float, phase: str, **metrics: float) -> Step[KDE]:
        model = KDE(points, factor**2 * scatter, config.kernel, bounds)
        return Step(index, model, phase, {"points": float(len(points)), "factor": factor, **metrics})

    for i in range(index, len(sizes)):
        part = points if sizes[i] == n else frozen(points[np.sort(order[: sizes[i]])])
        growth = 1.0 if config.rule == "By hand" else (n / sizes[i]) ** (1 / (d + 4))
        yield moment(i, part, final * growth, "grow")
    for i in range(max(index - len(sizes), 0), len(tried) if cross else 0):
        factor, score = tried[i]
        yield moment(len(sizes) + i, points, factor, "choose" if i + 1 == len(tried) else "try", score=score)
