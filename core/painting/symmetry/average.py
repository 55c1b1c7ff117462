"""The average over a wallpaper group's motions, and the guess of a painter that averages.

The average of a picture y over the group at a placing is its orthogonal projection on the pictures with that symmetry, sums
of the waves phi_r: W' (W W')^-1 W y, the rows of W (r, d) the phi_r at the pixels (the Reynolds operator; averaging what a
network says over a group: Cohen and Welling, 2016). Of y = u + N(0, s^2 I), u = W' a, a_r ~ N(0, v_r), the mean of u is the
same shrunk, a Wiener filter (Wiener, 1949):

    A(y) = W' (W W' + s^2 V^-1)^-1 W y.

A painter's guess D and A(x_t / alpha), at the placing of the largest posterior, are mixed: (1 - beta) D + beta A with
beta = r / (r + EVEN), r = (sigma / alpha)^2. At little noise each then counts about by its precision: the squared error of D
was measured to grow with r, that of A is what its waves leave out. At much noise A goes on alone: it settles on one lattice,
where D is still the mean over all.
"""

import numpy as np
from jaxtyping import Float, Int

from core.data.renderers import wallpapers
from core.painting.symmetry.placing import search
from core.painting.symmetry.waves import Placing, symmetric

Points = Float[np.ndarray, "n d"]
EVEN = 0.05  # the squared noise, in units of the signal's, at which the network and the average count alike
LEAST = 0.01  # of beta, below which nothing is averaged
BEYOND = 0.0125  # variance of a picture in waves beyond `waves.RADIUS`: noise to the average
SHAPE, SIZES = (1, wallpapers.SIZE, wallpapers.SIZE), (len(wallpapers.CLASSES),)
"""The pictures and conditions of a painter that averages: value i of its one condition is group i."""


def average(fields: Float[np.ndarray, "n r d"], y: Points, ridge: float | Float[np.ndarray, " r"] = 0.0) -> Points:
    """Each picture's nearest sum of its fields (W); with a `ridge` s^2 / v_r, the shrunk one."""
    return np.asarray(np.einsum("nr,nrd->nd", coefficients(fields, y, ridge), fields))


def coefficients(
    fields: Float[np.ndarray, "n r d"], y: Points, ridge: float | Float[np.ndarray, " r"] = 0.0
) -> Float[np.ndarray, "n r"]:
    """The a_r of that sum."""
    held = fields @ fields.transpose(0, 2, 1) + np.eye(fields.shape[1]) * ridge
    return np.linalg.solve(held, fields @ y[..., None])[..., 0]


def seen(group: str, y: Points, variance: float) -> Points:
    """A(y) of noisy pictures of one group, `variance` s^2 that of a pixel's noise."""
    of, noise = symmetric(group), variance + BEYOND
    fields = of.grid(search(group).find(y, np.sqrt(noise)), wallpapers.SIZE)
    return average(fields, y, noise / of.variances)


def asymmetry(group: str, y: Points, variance: float) -> float:
    """By how much A(y) at most changes under a motion of the group, at the pixels of the pictures and their images."""
    of, noise = symmetric(group), variance + BEYOND
    placing = search(group).find(y, np.sqrt(noise))
    held = coefficients(of.grid(placing, wallpapers.SIZE), y, noise / of.variances)[:, :, None]
    middle, furthest = np.arange(wallpapers.SIZE) + 0.5, 0.0
    for row, (basis, origin) in enumerate(zip(placing.bases, placing.origins, strict=True)):
        one = Placing(basis[None], origin[None])
        points = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        cells = np.linalg.solve(basis, (points - origin).T).T
        here = (held[row] * of.at(one, points)[0]).sum(axis=0)
        for matrix, shift in wallpapers.moves(group):
            there = of.at(one, (cells @ np.array(matrix).T + shift) @ basis.T + origin)[0]
            furthest = max(furthest, float(np.abs((held[row] * there).sum(axis=0) - here).max()))
    return furthest


def share(variance: float, guidance: float = 1.0) -> float:
    """beta of r, from 0 without noise to 1; of words that push by less than 1, as much less."""
    beta = min(guidance, 1.0) * variance / (variance + EVEN)
    return beta if beta >= LEAST else 0.0


def mixed(guess: Points, y: Points, labels: Int[np.ndarray, " n"], variance: float, guidance: float = 1.0) -> Points:
    """(1 - beta) D + beta A of pictures told groups (-1: none, which leaves D), from y = x_t / alpha and r = `variance`."""
    beta, found = share(variance, guidance), guess.copy()
    for group in np.unique(labels[labels >= 0]) if beta else ():
        rows = labels == group
        found[rows] += beta * (seen(wallpapers.CLASSES[group], y[rows], variance) - guess[rows])
    return found
