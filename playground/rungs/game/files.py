"""What a person takes home: the points, draws from the model, and a script that makes the scores again."""

import io

import numpy as np
import pandas as pd

from core.process import Step
from playground.rungs.game import law
from playground.rungs.game.law import Seen
from playground.rungs.game.rules import FIRST
from playground.rungs.game.screen import Screen
from playground.shown import unlinked
from playground.shown.files import Download, Home
from playground.shown.files import script as program

DRAWS = 1000
NEEDS = {
    "land.": "from core.region import land",
    "scores.": "from core.region import scores",
    "shapes.": "from core.region import shapes",
    "Mask(": "from core.region.mask import Mask",
    "OneGaussian(": "from core.joint.joint import OneGaussian",
    "Mixture(": "from core.joint.joint import Mixture",
    "Kernels(": "from core.joint.joint import Kernels",
    "blurred(": "from core.joint.grid import blurred",
    "Covering(": "from core.region.scores import Covering",
}


def home(screen: Screen, step: Step[Seen]) -> Home:
    """The script and the files."""
    seen, key = step.state, screen.key / "dealt"
    files = [
        Download(f"{len(screen.dataset)} points (CSV)", "points.csv", lambda: csv(screen.dataset.points, screen)),
        Download(
            f"{DRAWS:,} draws from the model (CSV)", "draws.csv", lambda: csv(seen.law.sample(DRAWS, key), screen)
        ),
    ]
    if screen.revealed:
        files.append(Download("The rule (NPY)", "rule.npy", lambda: npy(screen.rule.mask.cells)))
    notes = [screen.rule.source] if screen.revealed else ["The rule is hidden; reveal it to take it home."]
    return Home(script(screen), files, notes, unlinked=[] if screen.rule.everybody else [unlinked.RULE])


def csv(x: np.ndarray, screen: Screen) -> bytes:
    """CSV: places on the map."""
    return pd.DataFrame(x, columns=list(screen.rule.axes)).to_csv(index=False, float_format="%.9g").encode()


def npy(cells: np.ndarray) -> bytes:
    """NPY: the cells (h, w) of the region, row 0 the lowest y."""
    out = io.BytesIO()
    np.save(out, cells, allow_pickle=False)
    return out.getvalue()


def script(screen: Screen) -> str:
    """Python that prints the scores on the screen."""
    lines = [*rule(screen), f"points = rule.sample({screen.options.points}, {screen.key / 'points'})", *model(screen)]
    lines += ['print("precision", judged.precision, "coverage", judged.coverage, "F1", judged.f1)']
    lines += ['print("KL", judged.kl, "nats, total variation", judged.tv)']
    return program(lines, NEEDS)


def rule(screen: Screen) -> list[str]:
    """The lines that make the rule: of all but the Earth, from the file that is offered."""
    if screen.rule.title == FIRST:
        return ["rule = land.load()"]
    return [f'rule = Mask(np.load("rule.npy"), np.array({screen.rule.mask.bounds.tolist()}))']


def model(screen: Screen) -> list[str]:
    """The lines that make the model and its scores."""
    made = screen.model
    if screen.by_hand:
        corners = np.array(made.corners)
        shape = "polygon(corners" if made.kind == law.POLYGON else "boxes(corners.reshape(-1, 2, 2)"
        return [
            f"corners = np.array({corners.tolist()})",
            f"cells = shapes.{shape}, rule.cells.shape, rule.bounds)",
            f"law = Covering(Mask(cells, rule.bounds), {made.spare})",
            "judged = scores.of_covering(rule, law)",
        ]
    way = {
        law.GAUSSIAN: "OneGaussian()",
        law.MIXTURE: f"Mixture({made.components}, {made.key})",
        law.KERNELS: f"Kernels(key={made.key})",
    }[made.kind]
    return [
        f"law = {way}.fit(points)",
        "shape = scores.blocks(rule)",
        "cell = np.ptp(rule.bounds, axis=1) / shape[::-1]",
        "judged = scores.of_density(rule, scores.on_grid(blurred(law, cell), shape, rule.bounds))",
    ]
