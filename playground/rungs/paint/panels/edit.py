"""Edit a picture: paint a mask and in-paint, make a small one large, or take noise away; the known part stays exact."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Bool

from core.check import Check
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Step
from playground import session
from playground.instruments import easel
from playground.instruments.easel import Easel
from playground.rungs.em import numbers
from playground.rungs.paint import film, picture
from playground.rungs.paint import words as paint_words
from playground.rungs.paint.panels import back
from playground.rungs.paint.screen import NAME, Screen, guesses
from playground.runs import runs
from playground.runs.watch import watch
from playground.shelf.picture import Chosen

INPAINT, LARGER, CLEAN = "In-paint", "Super-resolve", "Take noise away"
TASKS = (INPAINT, LARGER, CLEAN)
MANY = 8  # pictures made of one
ROUNDS = 2
SMALL = 8
FINE = 4  # times as many steps, of which a picture with little noise takes the last few
EYES = (slice(10, 18), slice(8, 24))  # of an outfit: rows, columns


@dataclass(frozen=True, eq=False)
class Task:
    """What is done to a picture: its name in this session, the walk, its moments, and the identity that must hold."""

    id: str
    walk: Callable[[], Iterator[Step[np.ndarray]]]
    moments: int
    check: Callable[[np.ndarray], Check]


def show(screen: Screen, step: Step[np.ndarray], picked: int | None) -> None:
    """The panel."""
    doing = st.segmented_control("Edit", TASKS, default=INPAINT, key="edit", bind="query-params", required=True)
    left, right = st.columns([1, 1.7], gap="large")
    with left:
        chosen = picture.choose(screen, picked)
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
    shape = screen.pictures.shape
    name = f"{NAME}.mask:{chosen.id}"
    before = session.recall(f"{NAME}.mask", lambda: None)
    known = before[1] if before is not None and before[0] == name else first(screen)
    if before is None and (linked := decoded(session.from_link("mask") or "", known.shape)) is not None:
        known = linked
    labels, words = new_words(screen)
    said = easel.masking(
        easel.pack_mask(
            name, easel.bytes_of(chosen.x[None])[0], known, f"{chosen.title}, to be masked", max(0.9, shape[2] / 13)
        ),
        key=f"{NAME}.sheet",
        scene=name,
        shape=(shape[1], shape[2]),
    )
    mask: Bool[np.ndarray, "h w"] = known if said is None else said.covered
    session.hold(f"{NAME}.mask", (name, mask))
    session.put_in_link("mask", None if (mask == first(screen)).all() else encoded(mask))
    if not mask.any():
        return None
    code = session.fingerprint(mask.tobytes() + repr((words, chosen.id)).encode()).hex()[:12]

    def walk() -> Iterator[Step[np.ndarray]]:
        from core.painting import editing

        denoiser = screen.painter.told(labels, screen.push.guidance)
        return editing.inpaint(denoiser, many(chosen.x), mask[None, None], key(screen), screen.sampler, ROUNDS)

    def check(ends: np.ndarray) -> Check:
        off = np.abs(ends - chosen.x[None])[:, :, ~mask]
        return Check("known pixels, largest change", float(off.max(initial=0.0)), 0.0, 0.0)

    return Task(f"inpaint:{code}", walk, ROUNDS * guesses(screen.sampler), check)


def encoded(mask: Bool[np.ndarray, "h w"]) -> str:
    """A mask for the link: a bit a pixel."""
    return base64.urlsafe_b64encode(np.packbits(mask).tobytes()).decode().rstrip("=")


def decoded(text: str, shape: tuple[int, ...]) -> Bool[np.ndarray, "h w"] | None:
    """The mask of a link; None for anything else."""
    size = int(np.prod(shape))
    try:
        bits = np.unpackbits(np.frombuffer(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), np.uint8))
    except ValueError:
        return None
    return bits[:size].reshape(shape).astype(bool) if len(bits) == -(-size // 8) * 8 else None


def first(screen: Screen) -> Bool[np.ndarray, "h w"]:
    """A mask to begin with: the eyes of an outfit, else the right half."""
    _, h, w = screen.pictures.shape
    mask = np.zeros((h, w), dtype=bool)
    if screen.pictures.name == "outfits":
        mask[EYES] = True
    else:
        mask[:, w // 2 :] = True
    return mask


def new_words(screen: Screen) -> tuple[np.ndarray | None, str]:
    """What the painter is told of the covered part: the words above, or others."""
    if screen.pictures.name != "outfits" or not screen.painter.sizes:
        return (None if screen.labels is None else screen.labels[0]), screen.wish.words
    wish = paint_words.prompted("edit_", "What shall grow there?", "sunglasses")
    labels = wish.labels(1)
    return (None if labels is None else labels[0]), wish.words


def larger(screen: Screen, chosen: Chosen) -> Task | None:
    """The picture cut down to 8 x 8, and pictures whose blocks have those means."""
    c, h, w = screen.pictures.shape
    if h % SMALL or w % SMALL or h <= SMALL:
        st.caption(f"Pictures of {h} x {w} pixels cannot be cut down to {SMALL} x {SMALL}.")
        return None
    small = chosen.x.reshape(c, SMALL, h // SMALL, SMALL, w // SMALL).mean(axis=(2, 4))
    first, second = st.columns(2)
    first.image(back.shown(chosen.x), caption="The picture", width=160)
    second.image(back.shown(small), caption=f"All that is told: {SMALL} x {SMALL}", width=160)

    def walk() -> Iterator[Step[np.ndarray]]:
        from core.painting import editing

        return editing.super_resolve(
            picture.denoiser(screen, chosen), many(small), (c, h, w), key(screen), screen.sampler
        )

    def check(ends: np.ndarray) -> Check:
        means = ends.reshape(len(ends), c, SMALL, h // SMALL, SMALL, w // SMALL).mean(axis=(3, 5))
        return Check("block means, largest error", float(np.abs(means - small).max()), 0.0, 1e-6)

    return Task(f"larger:{chosen.id}", walk, guesses(screen.sampler), check)


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
    first.image(back.shown(chosen.x), caption="The picture", width=160)
    second.image(back.shown(noisy), caption="With noise: all that is told", width=160)

    def walk() -> Iterator[Step[np.ndarray]]:
        from core.painting import editing

        return editing.clean(picture.denoiser(screen, chosen), many(noisy), spread, key(screen), sampler)

    def check(ends: np.ndarray) -> Check:
        left = film.rms(ends.mean(axis=0) - chosen.x)
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
    spec = (*screen.spec, task.id)
    run = runs.open_run(
        f"{NAME}.edit", spec, "", lambda: film.course(task.walk(), screen.painter.schedule, task.moments)
    )  # fmt: skip
    name = session.fingerprint(repr(spec).encode()).hex()[:12]
    made = Easel(
        f"{NAME}.edit:{name}",
        screen.pictures.shape,
        MANY,
        names=tuple(f"result {i + 1}" for i in range(MANY)),
        columns=4,
        alt=f"{MANY} edits of {chosen.title}",
        expected=min(task.moments, film.SHOWN) + 1,
    )

    def draw(last: Step) -> None:
        film.show(f"{NAME}.edit", run, made)
        if last.phase == "end":
            st.markdown(numbers.self_test([task.check(last.arrays["ends"])]))

    watch(run, "The first guess...", draw)
