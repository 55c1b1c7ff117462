"""The best box of all, and what becomes of it where a map of degrees is taken for the Earth."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.process import Step
from core.region import boxes, land
from core.region.boxes import Best
from core.region.scores import BLOCK
from playground.rungs.game import film, places
from playground.rungs.game.law import BOX, Seen
from playground.rungs.game.rules import FIRST
from playground.rungs.game.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown.numbers import minus

HIDDEN = "Reveal the rule first: the best box would give it away."


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    if not screen.revealed:
        st.caption(HIDDEN)
        return
    spec = (screen.rule.mask.digest,)
    run = runs.open_run(f"{NAME}.area", spec, "", lambda: steps(screen), of=screen.dataset)
    watch(run, lambda newest, progress: draw(screen, newest, progress), "Trying all boxes...")
    if screen.rule.title == FIRST:
        st.markdown(
            "On a map of degrees a square near the pole counts as much as one at the equator, though it is far smaller: "
            f"{land.in_degrees().mean():.4f} of that map is land, and {screen.rule.mask.share:.4f} of the Earth. The best "
            "box of that map takes in all of Antarctica. Everything else on this page is measured on Lambert's map, whose "
            "heights are sines of latitude: equal areas there are equal areas of the Earth. Its edge at 180° is no edge of "
            "the Earth; shapes and densities here do not reach across it."
        )


def steps(screen: Screen) -> Iterator[Step[dict[str, tuple[Best, np.ndarray]]]]:
    """The best box by area, with its corners on the map; for the Earth, then the best one on a map of degrees."""
    mask = screen.rule.mask
    shares = mask.coarse(BLOCK)
    best = boxes.best(shares, np.ones_like(shares))
    found = {"Of all boxes, by area": (best, corners(best, shares.shape, mask.bounds))}
    yield Step(0, found)
    if screen.rule.title == FIRST:
        flat = land.in_degrees(1.0)
        best = boxes.best(flat, np.ones_like(flat))
        at = corners(best, flat.shape, np.array([[-180.0, 180.0], [-90.0, 90.0]]))
        at[:, 1] = np.sin(np.radians(at[:, 1]))
        yield Step(1, found | {"On a map of degrees": (best, at)})


def corners(best: Best, shape: tuple[int, int], bounds: np.ndarray) -> np.ndarray:
    """Two opposite corners (2, 2) of a box of cells."""
    low, size = bounds[:, 0], (bounds[:, 1] - bounds[:, 0]) / np.array(shape[::-1])
    return low + np.array([[best.left, best.low], [best.right, best.high]]) * size


def draw(screen: Screen, newest: Step[dict[str, tuple[Best, np.ndarray]]], progress: Progress) -> None:
    """The boxes as a table, and a button that puts the box on the map."""
    lines = ["| best box | precision | coverage | F1 | from | to |", "|---|--:|--:|--:|---|---|"]
    for name, (best, at) in newest.state.items():
        low, high = (place(screen, corner) for corner in at)
        scored = " | ".join(f"{value:.3f}" for value in (best.precision, best.coverage, best.f1))
        lines.append(f"| {name} | {scored} | {low} | {high} |")
    st.markdown("\n".join(lines))
    if screen.kind == BOX:
        (_, at), *_ = newest.state.values()
        st.button("Lay the best box over the map", on_click=lay, args=(screen, at), key=f"{NAME}.lay")


def place(screen: Screen, at: np.ndarray) -> str:
    """A corner in words."""
    x, y = (float(v) for v in at)
    if screen.rule.title != FIRST:
        return minus(f"({x:.2f}, {y:.2f})")
    return minus(f"longitude {x:.0f}°, latitude {float(land.latitude(np.array([y]))[0]):.1f}°")


def lay(screen: Screen, at: np.ndarray) -> None:
    """Put the box's corners where the best ones are."""
    places.put(film.CORNERS, screen.situation, at)
