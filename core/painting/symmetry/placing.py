"""Where a wallpaper group's lattice lies in a noisy picture: cell, turn, free sides and origin.

The law of the placings is flat over their ranges, and that of a picture given its placing near a Gaussian one with
variances v_r of the symmetric waves' coefficients a_r (`waves`). Seen through white noise of standard deviation s on each
of d pixels, and the waves taken as orthogonal on the picture, the log-posterior of a placing is, up to a constant, the
energy its waves hold,

    (d / (2 s^2)) sum_r a_r^2 v_r / (v_r + s^2 / d),    a_r = mean over pixels of phi_r y,

(Bretthorst, 1988). Its peak is climbed to: from a grid of lattices, whatever the origin (all waves of a lattice), then with
the origin, by steps that shrink. All a_r are read off one table of the picture's Fourier transform.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from jaxtyping import Complex, Float

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.symmetry.waves import Placing, Symmetric, symmetric

Points = Float[np.ndarray, "n d"]
Settings = Float[np.ndarray, "n c 4"]  # cell, turn, ratio and angle of the sides, each from 0 to 1 over its range
BAND, BINS = 0.4, 72  # frequencies in the table, in waves a pixel, from -BAND to BAND, and how many of each sign
CELL = wallpapers.COLUMNS[1]
EXTENT = np.array([np.log(CELL.high / CELL.low), np.pi, np.log(0.75**-2), np.radians(22)])  # of the settings, relative
FREE = {"oblique": (1, 1), "rectangular": (1, 0), "rhombic": (0, 1), "square": (0, 0), "hexagonal": (0, 0)}
TURNS = {"square": 2, "hexagonal": 3}  # in half a turn, after which a lattice is itself again, if not 1
COARSE = {"oblique": 0.08, "square": 0.05, "hexagonal": 0.05}  # a grid's relative step, if not
STEP = 0.06
NEAR = 2.3  # waves a cell: the frequencies that the grid is judged by
STARTS, KEPT, TRIED = 24, 6, 14  # lattices of the grid that are climbed from, kept in a round, steps tried from each
ROUNDS, SHRINK = 3, 0.6
WEAK = 0.01  # of the largest variance: waves below it are not looked for
SHIFTS = 12  # origins tried, a side of the cell


def bases(kind: str, settings: Settings) -> Float[np.ndarray, "n c 2 2"]:
    """The cells' sides, as columns."""
    cell, turn, *free = settings.reshape(-1, 4).T
    angle = np.pi * turn
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]).transpose(2, 0, 1)
    sides = wallpapers.lattice(kind, np.array(free)) * (CELL.low + (CELL.high - CELL.low) * cell)[:, None, None]
    return (rotation @ sides).reshape(*settings.shape[:-1], 2, 2)


@dataclass(frozen=True)
class Table:
    """The Fourier transforms of n pictures, mean over pixels of y exp(-2 pi i nu . p) about their middle, on a grid of nu."""

    values: Complex[np.ndarray, "n m m"]

    @staticmethod
    def of(y: Points) -> "Table":
        """That of square pictures, their means taken off."""
        n, side = len(y), round(np.sqrt(y.shape[1]))
        nu, pixel = np.linspace(-BAND, BAND, 2 * BINS + 1), np.arange(side) + 0.5 - side / 2
        square = (y - y.mean(axis=1, keepdims=True)).reshape(n, side, side).transpose(0, 2, 1)
        waves = np.exp(-2j * np.pi * nu[:, None] * pixel).astype(np.complex64)
        return Table(waves @ square.astype(np.float32) @ waves.T / np.float32(side**2))

    def at(self, nu: Float[np.ndarray, "*c 2"]) -> Complex[np.ndarray, "*c"]:
        """The transforms at frequencies of each picture's own, between the grid's by straight lines."""
        m = self.values.shape[-1]
        place = np.clip((nu + BAND) * (BINS / BAND), 0, m - 1.001)
        whole = place.astype(np.int64)
        part = place - whole
        row = np.arange(len(nu)).reshape(-1, *[1] * (nu.ndim - 2)) * m * m
        first, flat = row + whole[..., 0] * m + whole[..., 1], self.values.ravel()
        across, down = part[..., 0], part[..., 1]
        low = flat[first] + down * (flat[first + 1] - flat[first])
        high = flat[first + m] + down * (flat[first + m + 1] - flat[first + m])
        return np.asarray(low + across * (high - low))


@dataclass(frozen=True)
class Search:
    """What the placings of one group are looked for with; worked out once."""

    of: Symmetric

    @cached_property
    def grid(self) -> tuple[Float[np.ndarray, "l 4"], Float[np.ndarray, "l 2 2"], float]:
        """Lattices all over the law's range, their B^-1, and the relative step between neighbours."""
        kind = self.of.kind
        step = COARSE.get(kind, STEP)
        turned = np.array([1, 1 / TURNS.get(kind, 1), *FREE[kind]])
        counts = np.maximum(np.ceil(EXTENT * turned / step), 1).astype(int)
        even = [(np.arange(n) + 0.5) / n * (part or 1) for n, part in zip(counts, turned, strict=True)]
        settings = np.stack(np.meshgrid(*even, indexing="ij"), axis=-1).reshape(-1, 4)
        return settings, np.linalg.inv(bases(kind, settings[None])[0]), step

    @cached_property
    def places(self) -> np.ndarray:
        """(f, l): where in a table each near frequency of every lattice of the grid stands; 0 where none is near."""
        nu = self.of.frequencies[self.near] @ self.grid[1]
        whole = np.clip(np.rint((nu + BAND) * (BINS / BAND)), 0, 2 * BINS).astype(np.int64)
        return (whole[..., 0] * (2 * BINS + 1) + whole[..., 1]).T.copy()

    @cached_property
    def near(self) -> np.ndarray:
        """Which frequencies the grid is judged by."""
        k = self.of.frequencies
        return np.flatnonzero(np.hypot(*k.T) <= NEAR)

    @cached_property
    def shifts(self) -> Float[np.ndarray, "o 2"]:
        """Origins (in cells) that the group tells apart."""
        side = np.arange(SHIFTS) / SHIFTS
        shifts = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
        turned = self.of.modes * np.exp(-2j * np.pi * shifts @ self.of.frequencies.T)[:, None]
        own = np.einsum("orf,org->ofg", turned, turned.conj()), np.einsum("orf,org->ofg", turned, turned)
        told = np.round(np.concatenate([o.reshape(len(shifts), -1) for o in own], axis=1), 6).view(float) + 0.0
        return shifts[np.sort(np.unique(told, axis=0, return_index=True)[1])]

    def steps(self, round_: int, part: str) -> Float[np.ndarray, "t 6"]:
        """The steps tried in a round, none at first: of the settings, in units of their extent, and of the origin."""
        drawn = (Key(0) / part / round_).generator().standard_normal((TRIED, 6))
        drawn[0] = 0
        drawn[:, :4] *= self.grid[2] * np.array([1, 1, *FREE[self.of.kind]]) / EXTENT
        return drawn * SHRINK**round_

    def find(self, y: Points, spread: float) -> Placing:
        """The placings of the largest energy in pictures seen through white noise of standard deviation `spread`."""
        table, v = Table.of(y), self.of.variances
        weights = v / (v + spread**2 / y.shape[1])
        settings = self.lattices(table, weights)
        if len(self.shifts) == 1:
            return self.placed(settings[:, 0], np.zeros((len(y), 2)), y.shape[1])
        return self.placed(*self.origins(table, weights, settings), y.shape[1])

    def placed(self, settings: Float[np.ndarray, "n 4"], shifts: Float[np.ndarray, "n 2"], d: int) -> Placing:
        """Settings, and origins in cells from the picture's middle, as a placing."""
        sides = bases(self.of.kind, settings[:, None])[:, 0]
        return Placing(sides, np.sqrt(d) / 2 + np.einsum("nij,nj->ni", sides, shifts))

    def lattices(self, table: Table, weights: Float[np.ndarray, " r"]) -> Settings:
        """The `KEPT` lattices that hold most energy, whatever their origin, best first."""
        share = np.abs(self.of.modes) ** 2
        worth = weights @ share / np.maximum(share.sum(axis=0), 1e-9)
        power = (np.abs(table.values) ** 2).reshape(len(table.values), -1)
        found = sum(worth[f] * power[:, places] for f, places in zip(self.near, self.places, strict=True))
        settings = self.grid[0][np.argpartition(-found, min(STARTS, found.shape[1]) - 1, axis=1)[:, :STARTS]]
        for i in range(ROUNDS + 1):
            nu = self.of.frequencies @ inverse(bases(self.of.kind, settings))
            energy = (np.abs(table.at(nu)) ** 2) @ worth
            settings = best(settings, energy, KEPT)
            if i < ROUNDS:
                settings = tried(settings, 0.5 * self.steps(i, "lattice")[:, :4])
        return settings

    def origins(
        self, table: Table, weights: Float[np.ndarray, " r"], settings: Settings
    ) -> tuple[Float[np.ndarray, "n 4"], Float[np.ndarray, "n 2"]]:
        """The settings and the origin of most energy, near these lattices."""
        if self.of.kind == "rectangular":  # which side the mirrors or glides are along, a lattice alone does not say
            settings = np.concatenate([settings, across(settings)], axis=1)
        n, count, k = len(settings), len(self.shifts), self.of.frequencies
        energy = self.energy(table, weights, settings, np.exp(2j * np.pi * self.shifts @ k.T))
        order = np.argsort(-energy.reshape(n, -1), axis=1)[:, :KEPT]
        both = np.concatenate(
            [np.take_along_axis(settings, (order // count)[..., None], axis=1), self.shifts[order % count]], axis=2
        )
        for i in range(ROUNDS):
            both = tried(both, self.steps(i, "origin") * np.array([*4 * [0.25], 0.03, 0.03]))
            turns = np.exp(2j * np.pi * both[..., None, 4:] @ k.T)
            both = best(both, self.energy(table, weights, both[..., :4], turns)[..., 0], KEPT)
        return both[:, 0, :4], both[:, 0, 4:]

    def energy(
        self, table: Table, weights: Float[np.ndarray, " r"], settings: Settings, turns: Complex[np.ndarray, "*o f"]
    ) -> Float[np.ndarray, "n c o"]:
        """sum_r a_r^2 v_r / (v_r + s^2 / d) with the origins that turn every wave by `turns`."""
        seen = table.at(self.of.frequencies @ inverse(bases(self.of.kind, settings)))[:, :, None] * turns
        held = seen.real @ self.of.modes.real.T + seen.imag @ self.of.modes.imag.T
        return np.asarray(held**2 @ weights)


@cache
def search(group: str) -> Search:
    """The search for a group's placings."""
    return Search(symmetric(group).strong(WEAK))


def across(settings: Settings) -> Settings:
    """The same rectangular lattices, each described with the other side first."""
    cell, turn, ratio, angle = np.moveaxis(settings, -1, 0)
    return np.stack([cell, turn + 0.5, 1 - ratio, angle], axis=-1)


def inverse(m: Float[np.ndarray, "*n 2 2"]) -> Float[np.ndarray, "*n 2 2"]:
    """Of 2 x 2 matrices, written out."""
    (a, b), (c, d) = np.moveaxis(m, (-2, -1), (0, 1))
    return np.moveaxis(np.array([[d, -b], [-c, a]]) / (a * d - b * c), (0, 1), (-2, -1))


def tried(settings: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Every step from every setting; all but the turn and the origin stay within their range."""
    found = (settings[:, :, None] + steps).reshape(len(settings), -1, settings.shape[2])
    found[..., [0, 2, 3]] = np.clip(found[..., [0, 2, 3]], 0, 1)
    return np.asarray(found)


def best(settings: np.ndarray, energy: Float[np.ndarray, "n c"], count: int) -> np.ndarray:
    """The `count` of most energy, best first."""
    return np.take_along_axis(settings, np.argsort(-energy, axis=1)[:, :count, None], axis=1)
