"""The pinwheel: five sheared Gaussian blades, with its exact density by change of variables.

The map that makes a blade folds the plane far out, so a point may have several sources there. All are found, by
bracketing between the turning points of the one equation they solve.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int

from core.data.sets.curves import in_chunks
from core.key import Key

BLADE = 2 * np.pi / 5
"""Angle between two blades of the pinwheel."""


@dataclass(frozen=True)
class Pinwheel:
    """Five Gaussian blades sheared into a spiral; after Johnson et al. (2016).

    f ~ N((1, 0), diag(0.3^2, 0.1^2)) is doubled and turned clockwise by 2 pi k / 5 + exp(f1) / 4, k = 0..4 equally
    likely. Turning keeps the radius r = |x| / 2, so the f that land on x = 2 r (cos phi, sin phi) are those points
    r (cos psi, sin psi) of a circle for which

        g(psi) = psi - exp(r cos psi) / 4 = phi    (mod 2 pi / 5),    p(x) = sum_psi N(f) / (5 * 4 |g'(psi)|):

    the 4 is the area factor of the doubling, |g'| that of the turning. Beyond r of about 1.7 the shear folds the plane:
    g turns back twice and x has several sources in one blade. Between its turning points g is monotone, so that every
    solution can be bracketed. At a fold g' = 0 and the density is infinite, but integrable: the part
    of a blade that is turned over has less than 1e-6 of its mass.
    """

    entropy: ClassVar[float] = 2.317788
    classes: ClassVar[tuple[str, ...]] = tuple(f"blade {i}" for i in range(1, 6))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the blade each came from."""
        rng = key.generator()
        label = rng.integers(0, 5, n)
        f = (1, 0) + rng.standard_normal((n, 2)) * (0.3, 0.1)
        turn = BLADE * label + np.exp(f[:, 0]) / 4
        phi = np.arctan2(f[:, 1], f[:, 0]) - turn
        return 2 * np.hypot(f[:, 0], f[:, 1])[:, None] * np.stack([np.cos(phi), np.sin(phi)], axis=1), label

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The log-density at each row of `x`, in nats: exact up to |x| = 16, the mean over the angle farther out.

        There, 23 standard deviations along a blade, the density is below exp(-270), and a blade winds so fast that
        its solutions are too many to list.
        """
        return in_chunks(self._log_prob, x)

    def _log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        r, phi = np.hypot(x[:, 0], x[:, 1]) / 2, np.arctan2(x[:, 1], x[:, 0])
        out = np.empty(len(x))
        far = r > 8
        out[far] = self._log_mean(r[far])
        out[~far] = self._log_sum(r[~far], phi[~far])
        return out

    @staticmethod
    def _log_mean(r: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """ln of the mean density on the circle |x| = 2 r, by Laplace's method around psi = 0."""
        curvature = (r / 0.1) ** 2 - r * (r - 1) / 0.3**2
        return _log_blade(r, 0 * r) + 0.5 * np.log(2 * np.pi / curvature) - np.log(8 * np.pi)

    @staticmethod
    def _log_sum(r: Float[np.ndarray, " n"], phi: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """ln of the sum of the densities that reach (r, phi) from every source."""
        row, psi = _sources(r, phi)
        f1, f2 = r[row] * np.cos(psi), r[row] * np.sin(psi)
        with np.errstate(divide="ignore"):
            terms = _log_blade(f1, f2) - np.log(20 * np.abs(1 + np.exp(f1) * f2 / 4))
        top = np.full(len(r), -np.inf)
        np.maximum.at(top, row, terms)
        return top + np.log(np.bincount(row, np.exp(terms - top[row]), len(r)))


def _log_blade(f1: Float[np.ndarray, " n"], f2: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """ln N(f | (1, 0), diag(0.3^2, 0.1^2))."""
    return -0.5 * (((f1 - 1) / 0.3) ** 2 + (f2 / 0.1) ** 2) - np.log(2 * np.pi * 0.3 * 0.1)


def _sources(r: Float[np.ndarray, " n"], phi: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray]:
    """All (row, psi) with psi - exp(r cos psi) / 4 = phi mod 2 pi / 5, at most 30 on each monotone piece.

    A piece with more (r > 5) is listed from its end nearest the middle of the blade; what is left out is then below
    exp(-36) of what is kept.
    """
    a, b = _turning_points(r)
    rows, roots = [], []
    for start, end in ((b, np.full_like(r, np.pi)), (b, a), (np.full_like(r, -np.pi), a)):
        bottom, top = _angle(start, r)[0], _angle(end, r)[0]
        target = phi[:, None] + BLADE * (np.ceil((bottom - phi) / BLADE)[:, None] + np.arange(30))
        row, j = np.nonzero(target < top[:, None])
        rows.append(row)
        roots.append(_solve(_angle, r[row], target[row, j], start[row], end[row]))
    return np.concatenate(rows), np.concatenate(roots)


def _turning_points(r: Float[np.ndarray, " n"]) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """The a <= b between which g falls; a = b, where g' is least, when it rises everywhere."""
    steepest = -np.arccos(2 * r / (1 + np.sqrt(1 + 4 * r**2)))
    a, b = steepest.copy(), steepest.copy()
    folds = np.flatnonzero(_slope(steepest, r)[0] < 0)
    none, middle = np.zeros(folds.size), steepest[folds]
    a[folds] = _solve(_slope, r[folds], none, middle, none - np.pi)
    b[folds] = _solve(_slope, r[folds], none, middle, none)
    return a, b


def _angle(psi: Float[np.ndarray, " n"], r: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray]:
    """g(psi) and its derivative."""
    stretch = np.exp(r * np.cos(psi)) / 4
    return psi - stretch, 1 + stretch * r * np.sin(psi)


def _slope(psi: Float[np.ndarray, " n"], r: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray]:
    """g'(psi) and its derivative."""
    stretch = r * np.exp(r * np.cos(psi)) / 4
    return 1 + stretch * np.sin(psi), stretch * (np.cos(psi) - r * np.sin(psi) ** 2)


def _solve(
    function: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    r: Float[np.ndarray, " n"],
    target: Float[np.ndarray, " n"],
    start: Float[np.ndarray, " n"],
    end: Float[np.ndarray, " n"],
) -> Float[np.ndarray, " n"]:
    """psi with function(psi, r) = target, where the function rises from `start` to `end`, in either direction.

    Newton's method, with a bisection wherever a step would leave the bracket.
    """
    below, above = start.copy(), end.copy()
    psi = (start + end) / 2
    active = np.arange(len(psi))
    for _ in range(100):
        old = psi[active]
        value, slope = function(old, r[active])
        high = value > target[active]
        above[active[high]], below[active[~high]] = old[high], old[~high]
        with np.errstate(divide="ignore", invalid="ignore"):
            new = old - (value - target[active]) / slope
        inside = (new - below[active]) * (new - above[active]) < 0
        psi[active] = np.where(inside, new, (below[active] + above[active]) / 2)
        active = active[np.abs(psi[active] - old) > 1e-15]
        if not active.size:
            break
    return psi
