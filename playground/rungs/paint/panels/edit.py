"""Edit a picture: paint a mask and in-paint, make a small one large, or take noise away; the known part stays exact."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.check import Check
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import editing
from core.process import Step
from playground import image, session
from playground.instruments.easel import Easel
from playground.rungs.paint import film, moments, picture
from playground.rungs.paint.panels.parts import mask
from playground.rungs.paint.prompt import box
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shelf.picture import Chosen
from playground.shown import numbers

INPAINT, LARGER, CLEAN = "In-paint", "Super-resolve", "Take noise away"
TASKS = (INPAINT, LARGER, CLEAN)
MANY = 8  # pictures made of one
ROUNDS = 2
SMALL = 8
FINE = 4  # times as many steps, of which a picture with little noise takes the last few


@dataclass(frozen=True, eq=False)
class Task:
    """What is done to a picture: its name in this session, the walk, its moments, and the identity that must hold."""

    id: str
    walk: Callable[[], Iterator[Step[np.ndarray]]]
    moments: int
    check: Callable[[np.ndarray], Check]


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    doing = st.segmented_control("Edit", TASKS, default=INPAINT, key="edit", bind="query-params", required=True)
    left, right = st.columns([1, 1.7], gap="large")
    with left:
        chosen = picture.choose(screen)
        if doing == INPAINT:
            task = inpaint(screen, chosen)
        elif doing == LARGER:
            task = larger(screen, chosen)
        else:
            task = clean(screen, chosen)
        if doing != INPAINT:
            st.caption(picture.note(screen, chosen))
    if task is None:
        return
    with right:
        result(screen, task, chosen)


def inpaint(screen: Screen, chosen: Chosen) -> Task | None:
    """A mask under the hand, and what is painted there."""
    labels, wish = new_words(screen)
    covered = mask.choose(screen, chosen)
    if not covered.any():
        return None
    code = session.fingerprint(covered.tobytes() + repr((wish, chosen.id)).encode()).hex()[:12]

    def walk() -> Iterator[Step[np.ndarray]]:
        denoiser = screen.painter.told(labels, screen.push.guidance)
        return editing.inpaint(denoiser, many(chosen.x), covered[None, None], key(screen), screen.sampler, ROUNDS)

    def check(ends: np.ndarray) -> Check:
        off = np.abs(ends - chosen.x[None])[:, :, ~covered]
        return Check("known pixels, largest change", float(off.max(initial=0.0)), 0.0, 0.0)

    return Task(f"inpaint:{code}", walk, ROUNDS * moments.guesses(screen.sampler), check)


def new_words(screen: Screen) -> tuple[np.ndarray | None, str]:
    """What the painter is told of the covered part: the words above, or others."""
    if screen.pictures.name != "outfits" or not screen.painter.sizes:
        return screen.told(MANY), screen.wish.words
    wish = box.prompted("edit_", "What shall grow there?", "sunglasses")
    return wish.labels(MANY, key(screen) / "told"), wish.words


def larger(screen: Screen, chosen: Chosen) -> Task | None:
    """The picture cut down to 8 x 8, and pictures whose blocks have those means."""
    c, h, w = screen.pictures.shape
    if h % SMALL or w % SMALL or h <= SMALL:
        st.caption(f"Pictures of {h} x {w} pixels cannot be cut down to {SMALL} x {SMALL}.")
        return None
    small = chosen.x.reshape(c, SMALL, h // SMALL, SMALL, w // SMALL).mean(axis=(2, 4))
    first, second = st.columns(2)
    with first:
        image.show(picture.crisp(chosen.x), chosen.title, 160, "The picture")
    with second:
        image.show(picture.crisp(small), "Its block means", 160, f"All that is told: {SMALL} x {SMALL}")

    def walk() -> Iterator[Step[np.ndarray]]:
        return editing.super_resolve(
            picture.denoiser(screen, chosen), many(small), (c, h, w), key(screen), screen.sampler
        )

    def check(ends: np.ndarray) -> Check:
        means = ends.reshape(len(ends), c, SMALL, h // SMALL, SMALL, w // SMALL).mean(axis=(3, 5))
        return Check("block means, largest error", float(np.abs(means - small).max()), 0.0, 1e-6)

    return Task(f"larger:{chosen.id}", walk, moments.guesses(screen.sampler), check)


def clean(screen: Screen, chosen: Chosen) -> Task | None:
    """The picture with noise of a known spread, and what is left when the painter takes it for its own."""
    spread = float(
        st.slider("Spread of the noise", 0.05, 0.5, 0.2, 0.05, key="spread", bind="query-params", help="White is 1.")
    )
    noise = (Key(screen.seed) / "noisy").generator().standard_normal(chosen.x.shape)
    noisy = chosen.x + spread * noise
    sampler = Sampler(
        "DDPM, small variance", min(FINE * screen.sampler.steps, 1000)
    )  # fresh noise, so that the pictures differ
    begun = float(screen.painter.schedule.at_log_snr(-2 * np.log(2 * spread)))
    first, second = st.columns(2)
    with first:
        image.show(picture.crisp(chosen.x), chosen.title, 160, "The picture")
    with second:
        image.show(picture.crisp(noisy), "It, with noise", 160, "With noise: all that is told")

    def walk() -> Iterator[Step[np.ndarray]]:
        return editing.clean(picture.denoiser(screen, chosen), many(noisy), spread, key(screen), sampler)

    def check(ends: np.ndarray) -> Check:
        left = moments.rms(ends.mean(axis=0) - chosen.x)
        return Check("error of the mean of all, as a share of the noise", left / spread, 0.0, 1.0)

    return Task(f"clean:{chosen.id}:{spread}", walk, max(1, round(begun * sampler.steps)), check)


def many(x: np.ndarray) -> np.ndarray:
    """The same picture for every result."""
    return np.repeat(np.asarray(x, dtype=float)[None], MANY, axis=0)


def key(screen: Screen) -> Key:
    """Of the noise of an edit."""
    return screen.key / "edit"


def result(screen: Screen, task: Task, chosen: Chosen) -> None:
    """The pictures as they are painted, and the verdict on the known part."""
    schedule = screen.painter.schedule
    run = runs.open_run(
        f"{NAME}.edit", (*screen.spec, task.id), "", lambda: moments.of(task.walk(), schedule, task.moments)
    )
    made = Easel(
        film.scene_id(f"{NAME}.edit", run.spec),
        screen.pictures.shape,
        MANY,
        names=tuple(f"result {i + 1}" for i in range(MANY)),
        columns=4,
        alt=f"{MANY} edits of {chosen.title}",
        expected=moments.expected(task.moments),
    )

    def draw(newest: Step[np.ndarray], _: Progress) -> None:
        film.show(f"{NAME}.edit", run, made)
        if newest.phase == "end":
            st.markdown(numbers.self_test([task.check(newest.arrays["ends"])]))

    watch(run, draw, "The first guess...")
