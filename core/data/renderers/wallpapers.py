"""Wallpapers: patterns of the seventeen plane symmetry groups, the group as the class.

In lattice coordinates u (one cell is one unit) a group is a set of maps u -> M u + t with whole-number matrices M. A
random real trigonometric polynomial g, with every frequency up to a radius, is averaged over the group,

    f(u) = mean over (M, t) of g(M u + t),

so f has the symmetry exactly, not to the pixel: averaging is a projection of g's Fourier coefficients. A picture is
1/2 + 1/2 tanh(sharpness f), f of variance 1 over a cell. Groups as in Polya (1924)
and the International Tables for Crystallography, volume A.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Complex, Float, Int

from core.data.images import Factor, Pictures, quantise
from core.key import Key

SIZE, CHUNK = 32, 1000
RADIUS = 2.9  # the highest frequency, waves a cell
DECAY = 0.9  # amplitudes fall as (1 + |k|^2)^-DECAY
SHARPNESS = 1.4

FLIP, SWAP, ANTISWAP = ((-1, 0), (0, 1)), ((0, 1), (1, 0)), ((0, -1), (-1, 0))
HALF, QUARTER = ((-1, 0), (0, -1)), ((0, -1), (1, 0))
THIRD, SIXTH = ((0, -1), (1, -1)), ((1, -1), (1, 0))
Move = tuple[tuple[tuple[int, int], tuple[int, int]], tuple[float, float]]
STILL = (0.0, 0.0)

GROUPS: dict[str, tuple[str, tuple[Move, ...]]] = {
    "p1": ("oblique", ()),
    "p2": ("oblique", ((HALF, STILL),)),
    "pm": ("rectangular", ((FLIP, STILL),)),
    "pg": ("rectangular", ((FLIP, (0, 0.5)),)),
    "cm": ("rhombic", ((SWAP, STILL),)),
    "pmm": ("rectangular", ((FLIP, STILL), (HALF, STILL))),
    "pmg": ("rectangular", ((FLIP, (0.5, 0)), (HALF, STILL))),
    "pgg": ("rectangular", ((FLIP, (0.5, 0.5)), (HALF, STILL))),
    "cmm": ("rhombic", ((SWAP, STILL), (HALF, STILL))),
    "p4": ("square", ((QUARTER, STILL),)),
    "p4m": ("square", ((QUARTER, STILL), (FLIP, STILL))),
    "p4g": ("square", ((QUARTER, STILL), (FLIP, (0.5, 0.5)))),
    "p3": ("hexagonal", ((THIRD, STILL),)),
    "p3m1": ("hexagonal", ((THIRD, STILL), (ANTISWAP, STILL))),
    "p31m": ("hexagonal", ((THIRD, STILL), (SWAP, STILL))),
    "p6": ("hexagonal", ((SIXTH, STILL),)),
    "p6m": ("hexagonal", ((SIXTH, STILL), (SWAP, STILL))),
}
"""Name -> the kind of lattice, and the moves (matrix, translation) that generate the group besides the cell's own."""

CLASSES = tuple(GROUPS)
COLUMNS = (
    Factor("group", 0, len(CLASSES) - 1, words=CLASSES),
    Factor("cell", 12.0, 16.0, "px"),
    Factor("angle", 0.0, 180.0, "degrees"),
    Factor("shift across", 0.0, 1.0, "cells"),
    Factor("shift down", 0.0, 1.0, "cells"),
)


@dataclass(frozen=True)
class Waves:
    """Real trigonometric polynomials on lattices, f(p) = sum_k c_k exp(2 pi i k . B^-1 (p - p0)), p in pixels.

    `frequencies` (f, 2) are the k, shared; `coefficients` (n, f) the c_k; the columns of `bases` (n, 2, 2) are the cell's
    sides B and `origins` (n, 2) the p0, both in pixels.
    """

    frequencies: Int[np.ndarray, "f 2"]
    coefficients: Complex[np.ndarray, "n f"]
    bases: Float[np.ndarray, "n 2 2"]
    origins: Float[np.ndarray, "n 2"]

    def at(self, points: Float[np.ndarray, "m 2"]) -> Float[np.ndarray, "n m"]:
        """f at points (x, y) in pixels, each f centred at 0 with standard deviation 1 over its cell."""
        cells = np.einsum("nij,nmj->nmi", np.linalg.inv(self.bases), points - self.origins[:, None])
        return np.einsum("nf,nmf->nm", self.coefficients, np.exp(2j * np.pi * cells @ self.frequencies.T)).real

    def grid(self, size: int) -> Float[np.ndarray, "n s s"]:
        """f at the pixel centres: every wave is one wave across times one wave down."""
        turns = 2j * np.pi * (self.frequencies @ np.linalg.inv(self.bases))  # (n, f, 2)
        pixel = np.arange(size) + 0.5 - self.origins[:, :, None]
        across = np.exp(turns[:, :, 0, None] * pixel[:, None, 0])
        down = np.exp(turns[:, :, 1, None] * pixel[:, None, 1]) * self.coefficients[:, :, None]
        return (down.transpose(0, 2, 1) @ across).real


def sample(n: int, key: Key) -> Float[np.ndarray, "n 5"]:
    """`n` rows (group, cell, angle, shifts): groups in equal numbers and shuffled, the rest uniform."""
    generator = (key / "factors").generator()
    low, high = np.array([[c.low, c.high] for c in COLUMNS]).T
    factors = low + (high - low) * generator.random((n, len(COLUMNS)))
    factors[:, 0] = generator.permutation(np.arange(n) % len(CLASSES))
    return factors


def render(factors: Float[np.ndarray, "n 5"], key: Key = Key(0)) -> Float[np.ndarray, "n 1 32 32"]:  # noqa: B008
    """Wallpapers of these factors; the motif and the free sides of the lattice are drawn from `key`."""
    images = np.zeros((len(factors), 1, SIZE, SIZE))
    for group in range(len(CLASSES)):
        rows = np.flatnonzero(factors[:, 0] == group)
        for i, part in enumerate(np.array_split(rows, -(-len(rows) // CHUNK) or 1)):
            field = waves(CLASSES[group], factors[part], key / group / i).grid(SIZE)
            images[part, 0] = 0.5 + 0.5 * np.tanh(SHARPNESS * field)
    return images


def pictures(n: int, key: Key) -> Pictures:
    """`n` wallpapers, groups in equal numbers, with their true factors."""
    factors = sample(n, key)
    return Pictures(
        "wallpapers",
        quantise(render(factors, key)),
        source="Drawn by this program: random waves averaged over each of the 17 plane symmetry groups.",
        labels=factors[:, 0].astype(np.int64),
        classes=CLASSES,
        factors=factors,
        columns=COLUMNS,
    )


def waves(group: str, factors: Float[np.ndarray, "m 5"], key: Key) -> Waves:
    """The symmetric fields behind the pictures of one group, one for each row of factors."""
    generator, m = key.generator(), len(factors)
    _, cell, angle, *shifts = factors.T
    frequencies, length = spectrum(GROUPS[group][0])
    real, imaginary = generator.standard_normal((2, m, len(frequencies)))
    coefficients = ((real + 1j * imaginary) * (1 + length**2) ** -DECAY) @ projector(group)
    coefficients = (coefficients + coefficients[:, ::-1].conj()) / 2  # a real field
    coefficients /= np.sqrt((np.abs(coefficients) ** 2).sum(axis=1, keepdims=True))
    bases = lattice(GROUPS[group][0], generator.random((2, m))) * cell[:, None, None]
    turn = np.radians(angle)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).transpose(2, 0, 1)
    bases = rotation @ bases
    origins = SIZE / 2 + np.einsum("nij,jn->ni", bases, np.array(shifts))
    return Waves(frequencies, coefficients, bases, origins)


def lattice(kind: str, free: Float[np.ndarray, "2 m"]) -> Float[np.ndarray, "m 2 2"]:
    """Bases of cells of area 1, their sides as columns; `free` in [0, 1] sets the ratio and the angle a kind leaves open."""
    ratio, angle = np.ones(free.shape[1]), np.full(free.shape[1], 90.0)
    if kind in ("oblique", "rectangular"):
        ratio = 0.75 * (1 / 0.75**2) ** free[0]
    if kind in ("oblique", "rhombic"):
        angle = 58 + 22 * free[1]
    if kind == "hexagonal":
        angle = np.full(free.shape[1], 120.0)
    turn = np.radians(angle)
    sides = np.array([[ratio, np.cos(turn)], [np.zeros_like(ratio), np.sin(turn)]]).transpose(2, 0, 1)
    return sides / np.sqrt(ratio * np.sin(turn))[:, None, None]


@cache
def spectrum(kind: str, radius: float = RADIUS) -> tuple[Int[np.ndarray, "f 2"], Float[np.ndarray, " f"]]:
    """The frequencies k but for 0 within a radius of at most 4.6, which groups on this lattice permute, and their |k|.

    Lengths are those of a square or of a hexagonal cell of area 1. In this order -k is the mirror place of k.
    """
    k = np.stack(np.meshgrid(*[np.arange(-5, 6)] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    squared = (k**2).sum(axis=1).astype(float)
    if kind == "hexagonal":
        squared = (squared + k[:, 0] * k[:, 1]) * 2 / np.sqrt(3)
    kept = (squared <= radius**2) & (squared > 0)
    return k[kept], np.sqrt(squared[kept])


@cache
def moves(group: str) -> tuple[Move, ...]:
    """Every (M, t) of the group, up to whole cells: what its generators make of the identity."""
    found: dict[Move, None] = {(((1, 0), (0, 1)), STILL): None}
    waiting = list(found)
    while waiting:
        first_matrix, first_shift = waiting.pop()
        for matrix, shift in GROUPS[group][1]:
            product = np.array(matrix) @ np.array(first_matrix)
            moved = (np.array(matrix) @ np.array(first_shift) + shift) % 1
            move: Move = (tuple(map(tuple, product.tolist())), tuple(moved.tolist()))  # type: ignore[assignment]
            if move not in found:
                found[move] = None
                waiting.append(move)
    return tuple(found)


@cache
def projector(group: str, radius: float = RADIUS) -> Complex[np.ndarray, "f f"]:
    """P with c P the coefficients of the mean over the group of f(M u + t): k goes to M' k, turned by exp(2 pi i k . t)."""
    frequencies = spectrum(GROUPS[group][0], radius)[0]
    place = {tuple(k): i for i, k in enumerate(frequencies.tolist())}
    projection = np.zeros((len(frequencies), len(frequencies)), dtype=complex)
    for matrix, shift in moves(group):
        goes = np.array([place[tuple(k)] for k in (frequencies @ np.array(matrix)).tolist()])
        turned = np.exp(2j * np.pi * (frequencies @ np.array(shift)))
        np.add.at(projection, (np.arange(len(goes)), goes), turned)
    return projection / len(moves(group))
