"""The models of the page: shapes that a hand drags, and densities that are fitted; with their scores against the rule."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from core.dataset import Truth
from core.joint.grid import blurred
from core.joint.joint import Kernels, Mixture, OneGaussian, Way
from core.key import Key
from core.process import Halt, Step
from core.region import scores, shapes
from core.region.mask import Mask
from core.region.scores import BLOCK, HELD, Covering, Judged

BOX, BOXES, POLYGON, GAUSSIAN, MIXTURE, KERNELS = MODELS = (
    "One box",
    "Three boxes",
    "Polygon",
    "Gaussian",
    "Gaussian mixture",
    "Kernel density",
)
BY_HAND = (BOX, BOXES, POLYGON)
STARTS = {  # corners, as shares of the width and height
    BOX: ((0.3, 0.25), (0.7, 0.85)),
    BOXES: ((0.12, 0.3), (0.38, 0.85), (0.44, 0.25), (0.62, 0.7), (0.66, 0.35), (0.92, 0.9)),
    POLYGON: ((0.2, 0.3), (0.45, 0.2), (0.8, 0.25), (0.9, 0.6), (0.65, 0.9), (0.25, 0.85)),
}


@dataclass(frozen=True)
class Model:
    """A kind of model with its options, and the corners of one that is drawn by hand."""

    kind: str
    components: int
    spare: float
    corners: tuple[tuple[float, float], ...]
    key: Key


@dataclass(frozen=True)
class Seen:
    """A law, its scores, and where it says yes: `says` (h, w), where its density (log, of a map of area 1) is over `level`.

    `log_q` (h, w) is that density, row 0 the lowest y, or None of a shape.
    """

    law: Truth
    judged: Judged
    says: Bool[np.ndarray, "h w"]
    level: float
    log_q: Float[np.ndarray, "h w"] | None


def start(kind: str, bounds: Float[np.ndarray, "2 2"]) -> Float[np.ndarray, "k 2"]:
    """The corners of a shape before a hand has moved them."""
    low, high = bounds.T
    return low + np.array(STARTS.get(kind, ())).reshape(-1, 2) * (high - low)


def steps(model: Model, x: Float[np.ndarray, "n 2"], rule: Mask) -> Iterator[Step[Seen]]:
    """The law and its scores; Halt, with the reason, where there is none."""
    yield Step(0, shaped(model, rule) if model.kind in BY_HAND else fitted(model, x, rule))


def shaped(model: Model, rule: Mask) -> Seen:
    """A shape, cell by cell of the rule's own map."""
    corners = np.array(model.corners)
    cells = (
        shapes.polygon(corners, rule.cells.shape, rule.bounds)
        if model.kind == POLYGON
        else shapes.boxes(corners.reshape(-1, 2, 2), rule.cells.shape, rule.bounds)
    )
    if not cells.any():
        raise Halt("The shape encloses no area, so no point could come from it: drag its corners apart.")
    law = Covering(Mask(cells, rule.bounds), model.spare)
    level = float(np.log((1 - model.spare) / law.region.share + model.spare))
    return Seen(law, scores.of_covering(rule, law), law.region.coarse(BLOCK) >= 0.5, level, None)


def fitted(model: Model, x: Float[np.ndarray, "n 2"], rule: Mask) -> Seen:
    """A density that is fitted to the points: it does not change with the units of the axes."""
    ways: dict[str, Way] = {
        GAUSSIAN: OneGaussian(),
        MIXTURE: Mixture(model.components, model.key),
        KERNELS: Kernels(key=model.key),
    }
    law = ways[model.kind].fit(x)
    shape = scores.blocks(rule)
    sides = (rule.bounds[:, 1] - rule.bounds[:, 0]) / shape[::-1]
    log_q = scores.on_grid(blurred(law, sides), shape, rule.bounds)
    mass = np.exp(log_q)
    says = scores.above(mass, HELD * float(mass.sum()))
    return Seen(law, scores.of_density(rule, log_q), says, float(log_q[says].min()), log_q)


def says_yes(seen: Seen, x: Float[np.ndarray, "n 2"], area: float) -> Bool[np.ndarray, " n"]:
    """Whether the law's density is at its level or over it at each place."""
    return scores.log_scores(seen.law, x, area) >= seen.level - 1e-9
