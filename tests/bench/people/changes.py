"""What a person changes on every page: what is changed most, and what costs most, as a hand would change it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

Draw = Callable[[random.Random], object]


@dataclass(frozen=True)
class Change:
    """Widgets by their keys, each with a draw of its values; every change is of one of them."""

    said: str
    draws: dict[str, Draw]

    def draw(self, random: random.Random) -> tuple[str, object]:
        """A widget and its new value."""
        key = random.choice(tuple(self.draws))
        return key, self.draws[key](random)


def number(low: int, high: int) -> Draw:
    """A whole number from `low` to below `high`, as a slider or a number's box sends it."""
    return lambda random: float(random.randrange(low, high))


def one(*values: str) -> Draw:
    """One of these."""
    return lambda random: random.choice(values)


SEED = {"seed": number(0, 10_000)}
SHAPE = {"components": number(2, 13), "covariance": one("full", "tied", "diag", "spherical")}
LINE = one("Normal", "Two peaks", "Skewed", "Heavy tails")
PLANE = one("Two moons", "Pinwheel", "Four rings", "Checkerboard")
MODEL = one("Kernel density", "Gaussian", "Gaussian mixture", "Gaussian copula")

PAGES = {  # page: (the commonest change, the dearest); a page on which nothing can be changed has none
    "home": (),
    "game": (Change("seed", SEED), Change("model", {"model": one("Gaussian", "Gaussian mixture", "Kernel density")})),
    "outfits": (Change("seed", SEED), Change("n", {"n": number(10, 5000)})),
    "pixels": (Change("seed", SEED), Change("set", {"pictures": one("Drawn digits", "Outfits")})),
    "decide": (Change("seed", SEED), Change("law", {"law": one("QDA", "LDA", "Kernels")})),
    "fit1": (Change("seed", SEED), Change("data", {"data": LINE})),
    "fit2": (Change("seed", SEED), Change("model", {"model": MODEL})),
    "em": (Change("K, covariance, seed", SHAPE | SEED), Change("data", {"data": PLANE})),
    "vae": (Change("which picture", {"row": number(1, 1000)}), Change("set", {"pictures": one("Jars", "Wallpapers")})),
    "diffusion": (Change("steps", {"steps": number(5, 60)}), Change("data", {"data": PLANE})),
    "paint": (Change("guidance", {"guidance": lambda random: random.randrange(2, 17) / 2}), Change("seed", SEED)),
}
