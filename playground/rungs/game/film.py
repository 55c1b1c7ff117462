"""The map: the points that fell, a shape under the hand or a fitted density, and, once it is revealed, the rule."""

from typing import Any

import contourpy
import numpy as np

from core.process import Step
from core.region import examples, shapes
from core.region.scores import BLOCK
from playground import session
from playground.instruments.stage import Brush, Contours, Field, Handles, Layer, Points, Scene
from playground.rungs.game import law, places
from playground.rungs.game.law import Seen
from playground.rungs.game.rules import NIB, UNIT, Rule
from playground.rungs.game.screen import NAME, Screen

GUESS, GUESSES, MARKS, CORNERS = "guess", "guesses", "marks", "corners"
MOST = 50  # guesses that are remembered
DEALT = 200  # draws from the model
COAST = 2  # cells across which the region's edge is drawn


def scene(screen: Screen, step: Step[Seen] | None) -> Scene:
    """Everything on the map."""
    rule, seen = screen.rule, step.state if step else None
    region, edge = revealed(rule) if screen.revealed else ([], [])
    layers = [*region, *(dense(seen) if seen else []), *edge]
    layers.append(Points(name="points", label="Data", role="data", xy=screen.dataset.points, size=6.0))
    if seen is not None:
        dealt = seen.law.sample(DEALT, screen.key / "dealt")
        layers.append(Points(name="dealt", label="Draws from the model", role="model", xy=dealt, size=5.0, on=False))
    layers += [*guessed(screen), hands(screen, seen)]
    known = rule.inside if screen.revealed else "a hidden rule"
    alt = f"{len(screen.dataset)} points of {known}, and {screen.kind.lower()} as a model of it"
    axes = rule.axes if screen.revealed else ("x", "y")
    return Scene(name_of(screen), rule.mask.bounds, layers, axes, aspect="strip", alt=alt)


def name_of(screen: Screen) -> str:
    """Names the map; what a hand moved counts only as long as this stays the same."""
    situation = (screen.dataset.digest, screen.kind, screen.revealed, session.recall(f"{NAME}.placed", int))
    return ":".join(map(str, (NAME, *situation, *(() if screen.by_hand else (screen.options.components,)))))


def edges(rule: Rule) -> dict[str, Any]:
    """The region's edge, as the arrays of a Contours layer."""
    shares = rule.mask.coarse(COAST)
    x, y = shapes.centres(shares.shape, rule.mask.bounds)
    lines = contourpy.contour_generator(x, y, shares).lines(0.5)
    xy = np.vstack([np.zeros((0, 2)), *(np.asarray(line) for line in lines)])
    return {"xy": xy, "start": np.cumsum([0, *(len(line) for line in lines)]), "level": np.full(len(lines), 0.5)}


def revealed(rule: Rule) -> tuple[list[Layer], list[Layer]]:
    """The rule: its region, to lie below everything, and the region's edge."""
    values = nodes(rule.mask.coarse(BLOCK))
    inside = rule.inside.capitalize()
    edge = session.once(f"{NAME}.edge", rule.mask.digest, lambda: edges(rule))
    region = Field(name="rule", label=inside, role="truth", values=values, vmax=3.0)
    return [region], [Contours(name="edge", label="Its edge", role="truth", **edge)]


def nodes(values: np.ndarray) -> np.ndarray:
    """What is known at the middles of cells, at their corners: the mean of those around each."""
    padded = np.pad(values, 1, mode="edge")
    return (padded[1:, 1:] + padded[:-1, 1:] + padded[1:, :-1] + padded[:-1, :-1]) / 4


def dense(seen: Seen) -> list[Layer]:
    """The density of a fitted model."""
    if seen.log_q is None:
        return []
    values = nodes(np.exp(seen.log_q))
    return [
        Field(
            name="density",
            label="Model's density",
            role="model",
            values=values,
            vmax=float(np.quantile(np.exp(seen.log_q)[seen.says], 0.98)),
        )
    ]


def guessed(screen: Screen) -> list[Layer]:
    """The guesses so far; of a revealed rule, those that were right and those that were not."""
    at = guesses(screen)
    if not len(at):
        return []
    if not screen.revealed:
        return [Points(name="guesses", label="Guesses", role="hand", xy=at, size=9.0)]
    right, rule = screen.rule.mask.holds(at), screen.rule
    sides: list[tuple[str, Any, np.ndarray]] = [(rule.inside, "truth", at[right]), (rule.outside, "noise", at[~right])]
    return [
        Points(name=f"guesses {side}", label=f"Guesses: {side}", role=role, xy=xy, size=9.0)
        for side, role, xy in sides
        if len(xy)
    ]


def guesses(screen: Screen) -> np.ndarray:
    """The guesses so far (k, 2)."""
    found = places.held(GUESSES, screen.dataset.digest, screen.rule.mask.bounds)
    return np.zeros((0, 2)) if found is None else found


def guess(screen: Screen) -> np.ndarray:
    """Where the next guess stands (1, 2)."""
    bounds = screen.rule.mask.bounds
    found = places.held(GUESS, screen.rule.mask.digest, bounds, 1)
    return bounds.mean(axis=1)[None] if found is None else found


def take(screen: Screen) -> None:
    """Where the next guess stands becomes a guess, and it is the hand's last place that counts."""
    told = session.widget(f"stage.{NAME}", {}).get("hands")
    if told and told["scene"] == name_of(screen):
        moved(screen, None, np.array(told["xy"], float).reshape(-1, 2))
    places.put(GUESSES, screen.dataset.digest, np.concatenate([guesses(screen), guess(screen)])[-MOST:])


def sheet(drawing: bool) -> Scene:
    """An empty sheet, to draw an island on."""
    brush = Brush(classes=("Island",), size=NIB / 2, jitter=0.0, name="island") if drawing else None
    return Scene(f"{NAME}:sheet:{drawing}", UNIT, (), aspect="strip", alt="a sheet to draw an island on", brush=brush)


def marks(screen: Screen, seen: Seen) -> dict[str, np.ndarray]:
    """A, B and C: where the app or a hand put them."""
    rule = screen.rule.mask
    spec = (NAME, *screen.spec)
    found = session.once(
        f"{NAME}.marks", spec, lambda: examples.apart(seen.says, rule.coarse(BLOCK) >= 0.5, rule.bounds)
    )
    moved = places.held(MARKS, spec, rule.bounds, len(found))
    return found if moved is None else dict(zip(found, moved, strict=True))


def hands(screen: Screen, seen: Seen | None) -> Handles:
    """The corners of a shape; then the next guess or, of a revealed rule, the marks."""
    bounds, kind = screen.rule.mask.bounds, screen.kind
    corners = law.start(kind, bounds) if screen.corners is None else screen.corners
    signs = [""] * len(corners)
    at, cells = [*corners], None
    if not screen.revealed:
        at, signs = [*at, *guess(screen)], [*signs, "?"]
    elif seen is not None:
        own = marks(screen, seen)
        at, signs = [*at, *own.values()], [*signs, *own]
        cells = np.rint(255 * screen.rule.mask.coarse(BLOCK)).astype(np.uint8)
    outline: Any = ("polygon" if kind == law.POLYGON else "boxes") if screen.by_hand else ""
    return Handles(
        name="hands", label="By hand", xy=np.array(at).reshape(-1, 2), cells=cells,
        signs=tuple(signs), outline=outline, outlined=len(corners), 
    )  # fmt: skip


def moved(screen: Screen, step: Step[Seen] | None, handles: np.ndarray | None) -> bool:
    """Take where a hand left corners, guess or marks; whether anything is somewhere else."""
    if handles is None:
        return False
    now = hands(screen, step.state if step else None).xy
    assert now is not None
    if len(handles) != len(now):
        return False
    found = places.rounded(handles)
    far = (abs(found - now) > 1e-5 * np.ptp(screen.rule.mask.bounds, axis=1)).any(axis=1)
    k = len(now) - 1 if not screen.revealed else len(now) - len(marks(screen, step.state)) if step else len(now)
    if far[:k].any():
        places.put(CORNERS, screen.situation, found[:k])
    if far[k:].any():
        link, spec = (MARKS, (NAME, *screen.spec)) if screen.revealed else (GUESS, screen.rule.mask.digest)
        places.put(link, spec, found[k:])
    return bool(far.any())
