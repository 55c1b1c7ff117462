"""The functions that have a wallpaper group's symmetry, as sums of waves.

In lattice coordinates u = B^-1 (p - p0), p in pixels, B the cell's sides and p0 its origin, every real function with the
symmetry of the group and frequencies k up to RADIUS is

    f(p) = sum_r a_r phi_r(u),    phi_r(u) = Re sum_k m_rk exp(2 pi i k . u),

the phi_r orthonormal over a cell: eigenvectors, of eigenvalue 1, of the average over the group's motions (its Reynolds
operator) in the real waves. So f has the symmetry exactly, wherever the pixels lie. Groups as in the International Tables
for Crystallography, volume A.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Complex, Float, Int

from core.data.renderers import wallpapers
from core.key import Key

RADIUS = 4.3  # waves a cell: the pictures' own reach 2.9, and what saturates them further
DRAWN, ACROSS = 600, 16  # fields, of so many points a side of a cell, that the variances are the means over


@dataclass(frozen=True)
class Placing:
    """Where a lattice lies in each of n pictures: its cell's sides, the columns of `bases`, and its `origins`, in pixels."""

    bases: Float[np.ndarray, "n 2 2"]
    origins: Float[np.ndarray, "n 2"]


@dataclass(frozen=True)
class Symmetric:
    """The phi_r of a `group`: `modes` (r, f) are the m_rk at `frequencies` (f, 2), one of k and -k each, and 0 the last.

    `variances` (r,) are those of a_r in pictures u = 2 x - 1 of the group as they are drawn.
    """

    group: str
    frequencies: Int[np.ndarray, "f 2"]
    modes: Complex[np.ndarray, "r f"]
    variances: Float[np.ndarray, " r"]

    @property
    def kind(self) -> str:
        """Of its lattice."""
        return wallpapers.GROUPS[self.group][0]

    def strong(self, share: float) -> "Symmetric":
        """Without the waves whose variance is below a share of the largest, and the constant."""
        kept = self.variances >= share * self.variances.max()
        kept[-1] = False
        used = np.abs(self.modes[kept]).max(axis=0) > 1e-9
        return Symmetric(self.group, self.frequencies[used], self.modes[kept][:, used], self.variances[kept])

    def at(self, placing: Placing, points: Float[np.ndarray, "m 2"]) -> Float[np.ndarray, "n r m"]:
        """Every phi_r at points (x, y) in pixels."""
        cells = np.einsum("nij,nmj->nmi", np.linalg.inv(placing.bases), points - placing.origins[:, None])
        return (self.modes @ np.exp(2j * np.pi * self.frequencies @ cells.transpose(0, 2, 1))).real

    def grid(self, placing: Placing, size: int) -> Float[np.ndarray, "n r d"]:
        """Every phi_r at the pixel centres of a square picture, row by row: a wave across times a wave down."""
        turns = 2j * np.pi * (self.frequencies @ np.linalg.inv(placing.bases))
        pixel = np.arange(size) + 0.5 - placing.origins[:, :, None]
        across, down = (np.exp(turns[:, :, i, None] * pixel[:, None, i]) for i in (0, 1))
        down = self.modes[:, :, None] * down[:, None]
        whole = np.concatenate([across.real, -across.imag], axis=1)[:, None]
        rows = np.concatenate([down.real, down.imag], axis=2).transpose(0, 1, 3, 2)
        return (rows @ whole).reshape(len(turns), len(self.modes), -1)


@cache
def symmetric(group: str) -> Symmetric:
    """The symmetric waves of a group of `core.data.renderers.wallpapers`."""
    frequencies, length = wallpapers.spectrum(wallpapers.GROUPS[group][0], RADIUS)
    half = len(frequencies) // 2  # -k is the mirror place of k
    ones, turned = np.eye(half), np.eye(half)[:, ::-1]
    real = np.sqrt(0.5) * np.block([[ones, turned], [1j * ones, -1j * turned]])  # cosines and sines, orthonormal
    average = (real @ wallpapers.projector(group, RADIUS) @ real.conj().T).real
    longer = 1 + np.concatenate([length[:half]] * 2)  # the average keeps lengths, so these are eigenvalues too
    found, vectors = np.linalg.eigh(average * longer)
    kept = found > 0.5
    modes = np.concatenate([2 * (vectors.T[kept] @ real)[:, :half], np.zeros((kept.sum(), 1))], axis=1)
    modes = np.concatenate([modes, np.eye(1, half + 1, half)])
    told = np.append(np.round(found[kept], 6), 0)
    k = np.concatenate([frequencies[:half], np.zeros((1, 2), int)])
    return Symmetric(group, k, modes, variances(group, k, modes, told))


def variances(
    group: str, frequencies: Int[np.ndarray, "f 2"], modes: Complex[np.ndarray, "r f"], lengths: Float[np.ndarray, " r"]
) -> Float[np.ndarray, " r"]:
    """The mean of a_r^2 over `DRAWN` fields of the group, and over the modes of equal length."""
    fields = wallpapers.waves(group, wallpapers.sample(DRAWN, Key(0) / "factors"), Key(0) / "fields")
    side = (np.arange(ACROSS) + 0.5) / ACROSS
    cell = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    field = (fields.coefficients @ np.exp(2j * np.pi * fields.frequencies @ cell.T)).real
    waves = (modes @ np.exp(2j * np.pi * frequencies @ cell.T)).real
    squares = ((np.tanh(wallpapers.SHARPNESS * field) @ waves.T / len(cell)) ** 2).mean(axis=0)
    same = lengths[:, None] == lengths
    return np.asarray(same @ squares / same.sum(axis=1))
