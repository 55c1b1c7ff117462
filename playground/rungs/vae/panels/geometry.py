"""The decoder as a surface: how much it magnifies, and two ways over it from one picture to another, as film strips."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae.latent import geometry
from core.vae.latent.geometry import Path
from core.vae.model import VAE
from core.vae.truth.lattice import Grid, even
from playground.instruments.stage import Field, Layer, Paths, Points, Role, Scene
from playground.rungs.vae import seen
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import film, runs
from playground.runs.drain import Progress
from playground.runs.runs import Run
from playground.runs.watch import watch

SIDES = (25, 81)  # nodes a side of the map: at once, then sharp
BLOCK = 512  # latent points differentiated between two looks
HALF = 3.5  # prior standard deviations that the plane shows
OFFERED = 10  # test pictures to choose from
POINTS = 28
FRAMES = np.arange(0, POINTS, 3)  # of a path on its strip
CODED = 1000  # training codes on the map, at most
KNOWN = 2000  # training pictures among which the nearest is looked for, at most
CHOSEN = "the chosen picture"
UNIT = "full whites"


@dataclass(frozen=True)
class Map:
    """log sqrt det J'J on an even grid of the plane, first axis z1, and the `codes` (n, 2) of training pictures."""

    grid: Grid
    level: Float[np.ndarray, "s s"]
    codes: Float[np.ndarray, "n 2"]


@dataclass(frozen=True)
class Ways:
    """From one picture to the other: the `line` in the latent space, the `geodesic` once it is found, and the `mix` of pixels.

    `mixed` is the mix's length; `strange` how far the middle pictures of mix, line and geodesic are from the nearest
    training picture.
    """

    line: Path
    mix: Float[np.ndarray, "m c h w"]
    mixed: float
    strange: tuple[float, ...]
    geodesic: Path | None = None


def survey(model: VAE, pictures: Pictures, key: Key) -> Iterator[Step[Map]]:
    """The map, coarse and then fine; of a labelled model, under the first labels."""
    rows = seen.some(pictures.split.train, CODED, key)
    told = seen.told(model, pictures, rows)
    codes = model.encode(seen.images(pictures, rows), told)[0]
    for i, side in enumerate(SIDES):
        grid = even(np.full(2, -HALF), np.full(2, HALF), side)
        points, label = grid.points, None if told is None else told[0]
        parts = [geometry.magnification(model, points[j : j + BLOCK], label) for j in range(0, len(points), BLOCK)]
        level = np.log(np.maximum(np.concatenate(parts), 1e-12))
        yield Step(i, Map(grid, level.reshape(side, side), codes))


def between(model: VAE, pictures: Pictures, ends: tuple[int, int], key: Key) -> Iterator[Step[Ways]]:
    """The line and the mix of pixels, then the geodesic; a labelled model decodes under the labels of the first picture."""
    rows = np.array(ends)
    x, told = seen.images(pictures, rows), seen.told(model, pictures, rows)
    label = None if told is None else told[0]
    a, b = model.encode(x, told)[0]
    known = seen.images(pictures, seen.some(pictures.split.train, KNOWN, key)).reshape(-1, pictures.dim)

    def strange(picture: np.ndarray) -> float:
        return float(np.sqrt(((known - picture.ravel()) ** 2).sum(axis=1).min()))

    line = geometry.straight(model, a, b, POINTS, label)
    mix = x[0] + np.linspace(0, 1, POINTS)[:, None, None, None] * (x[1] - x[0])
    middle = POINTS // 2
    first = Ways(
        line, mix, float(np.sqrt(((x[1] - x[0]) ** 2).sum())), tuple(map(strange, (mix[middle], line.pictures[middle])))
    )
    yield Step(0, first)
    best = geometry.geodesic(model, a, b, POINTS, label)
    yield Step(1, replace(first, geodesic=best, strange=(*first.strange, strange(best.pictures[middle]))))


def show(screen: Screen, step: Step[VAE]) -> None:
    """The map with both ways on it, and their film strips."""
    model, pictures, key = step.state, screen.pictures, screen.key
    left, right = st.columns([1.35, 1], gap="large")
    with right if model.latent == 2 else left:  # where there is no map, its place is free
        ends = picked(pictures, screen.row, key)
    if ends[0] == ends[1]:
        right.caption("Both are the same picture: choose another one.")
        return
    spec = screen.spec(step)
    ways = runs.open_run(f"{NAME}.ways", (*spec, *ends), "", partial(between, model, pictures, ends, key / "known"))
    plane = None
    if model.latent == 2:
        plane = runs.open_run(f"{NAME}.map", spec, "", partial(survey, model, pictures, key / "codes"))
    with right:
        watch(ways, told)
    with left:
        if plane is None:
            right.caption(
                f"The map needs a plane; this model has {model.latent} latent dimensions. The ways need none."
            )
        else:
            both = ways, plane
            with st.container(key="place map"):
                watch(ways if ways.job.progress().alive else plane, lambda *_: draw_map(*both))
    watch(ways, stripped)


def told(newest: Step[Ways] | None, progress: Progress) -> None:
    """What the lengths say, and the lengths."""
    if newest is not None:
        st.markdown(finding(newest.state))
        st.markdown(figures(newest.state))


def stripped(newest: Step[Ways] | None, progress: Progress) -> None:
    """The strips of the ways that are known."""
    if newest is not None:
        strips(newest.state)


def draw_map(ways: Run, plane: Run) -> None:
    """The map as far as it is known, with the ways that are."""
    if len(plane.job.trace):
        found = ways.job.trace[-1].state if len(ways.job.trace) else None
        film.still(f"{NAME}.map", scene(plane.job.trace[-1].state, found, f"{NAME}:{plane.id}"))


def picked(pictures: Pictures, chosen: int, key: Key) -> tuple[int, int]:
    """The rows of the two pictures, chosen from a strip."""
    offered = (key / "offered").generator().permutation(pictures.split.test)[:OFFERED]
    seen.strip(seen.images(pictures, offered), f"{len(offered)} test pictures", 5)
    st.caption(f"Test pictures 1 to {len(offered)}, from left to right.")
    words = [CHOSEN, *(str(i + 1) for i in range(len(offered)))]
    rows = dict(zip(words, [chosen, *(int(row) for row in offered)], strict=True))
    with st.container(horizontal=True):
        start = st.selectbox("From", words, 0, key="path_from", bind="query-params")
        end = st.selectbox("To", words, 1, key="path_to", bind="query-params")
    return rows[start], rows[end]


def scene(plane: Map, ways: Ways | None, name: str) -> Scene:
    """The map under the codes, with the two ways."""
    low, high = float(plane.level.min()), float(plane.level.max())
    layers: list[Layer] = [
        Field(
            name="level",
            label="Log magnification",
            role="model",
            values=plane.level.T,
            vmin=low,
            vmax=high + max(high - low, 1e-3) / 2,  # pale enough for what is drawn over it
        ),
        Points(name="codes", label="Codes", role="data", xy=plane.codes, size=3.0),
    ]
    if ways is not None:
        layers += along("line", "Straight", "noise", ways.line)
        if ways.geodesic is not None:
            layers += along("geodesic", "Geodesic", "hand", ways.geodesic)
    bounds = [[float(axis[0]), float(axis[-1])] for axis in plane.grid.axes]
    alt = f"How much the decoder magnifies, from e^{low:.1f} to e^{high:.1f}, with two ways between two pictures"
    return Scene(name, bounds, layers, seen.AXES, alt=alt)


def along(name: str, label: str, role: Role, way: Path) -> list[Layer]:
    """A way as a line, with a dot for each picture of its strip."""
    return [
        Paths(name=name, label=label, role=role, xy=way.z[None]),
        Points(name=f"{name} pictures", label=f"{label}: pictures", role=role, xy=way.z[FRAMES], size=7.0),
    ]


def finding(ways: Ways) -> str:
    """What the lengths say, in a sentence."""
    if ways.geodesic is None:
        return f"The straight line in z is **{ways.line.length:.2f} {UNIT}** long; looking for a shorter way..."
    said = f"The geodesic is **{1 - ways.geodesic.length / ways.line.length:.0%} shorter** than the straight line"
    mix, _, best = ways.strange
    if ways.mixed > ways.geodesic.length or mix <= best:
        return f"{said}."
    return (
        f"{said}. Mixing pixels is shorter still, but leaves the pictures: its middle is {mix:.2f} from the nearest real one, "
        f"the geodesic's {best:.2f}."
    )


def figures(ways: Ways) -> str:
    """Lengths, and how far the middle pictures are from the nearest training picture, as a Markdown table."""
    lengths = {"pixels mixed": ways.mixed, "straight line in z": ways.line.length}
    if ways.geodesic is not None:
        lengths["geodesic"] = ways.geodesic.length
    rows = [
        f"| {way} | **{length:.2f}** | {far:.2f} |"
        for (way, length), far in zip(lengths.items(), ways.strange, strict=True)
    ]
    head = [f"| Way | Length ({UNIT}) | From its middle to the nearest real picture |", "|---|--:|--:|"]
    return "\n".join([*head, *rows])


def strips(ways: Ways) -> None:
    """Ten pictures along each way."""
    shown = {f"Geodesic, {ways.geodesic.length:.2f} {UNIT}": ways.geodesic.pictures} if ways.geodesic else {}
    shown |= {
        f"Straight line in z, {ways.line.length:.2f} {UNIT}": ways.line.pictures,
        f"Pixels mixed, {ways.mixed:.2f} {UNIT}: both pictures show through": ways.mix,
    }
    for title, film_strip in shown.items():
        st.caption(title)
        seen.strip(film_strip[FRAMES], title, len(FRAMES))
    st.caption(
        "A length is the sum of the Euclidean distances between neighbouring pictures; 1 is one pixel turned from black to "
        "white. Magnification: the area in picture space of a unit of area of the plane, sqrt det J'J, natural log."
    )
