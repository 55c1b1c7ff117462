"""Newton's method made safe, on many hills at a time.

A step is |H|^-1 g, where |H| is the Hessian with its eigenvalues taken by size, so that it leads uphill from any point; it
is cut to a third until it gains. Near a maximum this is Newton's method and doubles the digits each time. Rows that
have arrived are left alone. Nocedal and Wright, Numerical Optimization (2006), chapters 3 and 6; Dauphin and others
(2014) for the eigenvalues by size.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float

Surface = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


def climb(
    surface: Surface,
    start: Float[np.ndarray, "rows k"],
    low: Sequence[float],
    high: Sequence[float],
    centred: bool = True,
    tolerance: float | np.ndarray = 1e-8,
    most: int = 100,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The parameters, values and slopes where every row's climb from `start` ends, within the box from low to high.

    `surface(theta, rows)` gives value (r,), gradient (r, k) and Hessian (r, k, k). If `centred`, coordinate 0 is a
    location, its derivatives taken per scale exp(theta[1]). A slope towards a wall of the box does not count.
    """
    theta = np.array(start)
    value, gradient, hessian = surface(theta, np.arange(len(theta)))
    pending = np.arange(len(theta))

    def inside(theta: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        walled = ((theta <= low) & (gradient < 0)) | ((theta >= high) & (gradient > 0))
        return np.where(walled, 0.0, gradient)

    for _ in range(most):
        pending = pending[(np.abs(inside(theta[pending], gradient[pending])) > tolerance).any(axis=1)]
        if not len(pending):
            break
        step = ascent(inside(theta[pending], gradient[pending]), hessian[pending])
        if centred:
            step[:, 0] *= np.exp(theta[pending, 1])
        left, share = np.arange(len(pending)), 1.0
        for _ in range(30):
            rows = pending[left]
            trial = np.clip(theta[rows] + share * step[left], low, high)
            v, g, h = surface(trial, rows)
            up = v >= value[rows] - 1e-13 * (1 + np.abs(value[rows]))  # False for NaN
            won = rows[up]
            theta[won], value[won], gradient[won], hessian[won] = trial[up], v[up], g[up], h[up]
            left, share = left[~up], share / 3
            if not len(left):
                break
        pending = np.delete(pending, left)
    return theta, value, np.abs(inside(theta, gradient)).max(axis=1)


def ascent(gradient: Float[np.ndarray, "r k"], hessian: Float[np.ndarray, "r k k"]) -> Float[np.ndarray, "r k"]:
    """|H|^-1 g with |H| the Hessian whose eigenvalues are taken by size, no coordinate moving by more than 1.

    A coordinate with no gradient is held at a wall (or needs no step): its couplings are cut.
    """
    free = gradient != 0
    cut = np.where(free[:, :, None] & free[:, None, :], hessian, 0.0)
    cut[~np.isfinite(cut).all(axis=(1, 2))] = np.eye(gradient.shape[1])
    size, axes = np.linalg.eigh(cut)
    size = np.maximum(np.abs(size), 1e-9)
    step = np.einsum("rij,rj,rkj,rk->ri", axes, 1 / size, axes, gradient) * free
    return step / np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True))
