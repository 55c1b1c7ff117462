"""A walk from noise to pictures as a film for the easel; and pictures that nobody walked to."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core.data.images import Pictures
from core.process import Step
from playground import session
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame, Kind, Said
from playground.instruments.stage import Line
from playground.rungs.paint import moments, numbers, obeyed
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import film
from playground.runs.runs import Run

LINES = (
    Line("snr", "log SNR", "noise", unit="nats"),
    Line("size", "spread of xₜ", "noise", unit=""),
    Line("eps", "spread of ε̂", "noise", unit=""),
    Line("moved", "guess moved by", "model", unit="grey levels"),
)
DATA = (Kind("x", "data", "data"),)
PAINTED = (Kind("x", "pictures", "model"),)  # on an easel that shows what was painted, and not the way there
PICKED = "picked"  # of the link, from 1
OF_THE_SET = 16  # pictures on show where nobody paints any

Frames = Callable[[Sequence[Step[Any]], int], list[Frame]]


def of(screen: Screen) -> Easel:
    """The easel of a screen before anything is painted on it."""
    n = screen.push.samples
    return Easel(
        scene_id(NAME, screen.spec),
        screen.pictures.shape,
        n,
        names=tuple(f"picture {i + 1} of {n}" for i in range(n)),
        lines=LINES,
        alt=f"{n} pictures painted out of noise: {screen.wish.words}",
        expected=moments.expected(moments.guesses(screen.sampler)),
        picked=picked(screen, None),
    )


def picked(screen: Screen, pressed: int | None) -> int:
    """The picture that is chosen, from 0: the one just `pressed` on the easel, else the one before, at first the link's."""
    asked = session.from_link(PICKED) or ""
    number = session.recall(PICKED, lambda: int(asked) if asked.isdecimal() and len(asked) < 4 else 1, screen=True)
    if pressed is not None:
        number = pressed + 1
        session.hold(PICKED, number, screen=True)
    row = min(max(number, 1), screen.push.samples) - 1
    session.put_in_link(PICKED, str(row + 1) if row else None)
    return row


def scene_id(name: str, spec: Hashable) -> str:
    """Names what an easel shows; what was said of it counts only as long as this stays the same."""
    return f"{name}:{session.fingerprint(repr(spec).encode()).hex()[:12]}"


def frames(steps: Sequence[Step[np.ndarray]], first: int = 0) -> list[Frame]:
    """One Frame a Step, the first of which has index `first`."""
    return [Frame(caption(step), {"x": step.state, **pictures(step)}, step.metrics) for step in steps]


def marked(screen: Screen) -> Frames:
    """`frames` of a screen's walk: pictures that are not what was asked for say what they have instead, the end how many;
    and what stands beside the easel."""

    def made(steps: Sequence[Step[np.ndarray]], first: int = 0) -> list[Frame]:
        return [marking(step, frame) for step, frame in zip(steps, frames(steps, first), strict=True)]

    def marking(step: Step[np.ndarray], frame: Frame) -> Frame:
        said = obeyed.verdict(step, screen.pictures) if step.phase == "end" else ""
        caption = f"{frame.caption.rstrip('.')}: {said}." if said else frame.caption
        marks = obeyed.missed(step, screen.pictures, screen.wish)
        return replace(frame, caption=caption, marks=marks, beside=numbers.beside(step, screen))

    return made


def pictures(step: Step[np.ndarray]) -> dict[str, np.ndarray]:
    """The kinds of picture that a Step holds beside its state."""
    return {name: step.arrays[name] for name in ("clean", "noise")}


def caption(step: Step[np.ndarray]) -> str:
    """The moment in words."""
    m = step.metrics
    if step.phase == "end":
        count = round(m["evaluations"])
        return f"The end, after {count:,} guess{'es' * (count != 1)}."
    return (
        f"Guess {m['evaluations']:.0f} at t = {m['t']:.2f}: {m['alpha']:.2f} of the picture, {m['sigma']:.2f} of noise."
    )


def show(name: str, run: Run, made: Easel, frames: Frames = frames, *, linked: bool = False) -> Said:
    """Show a run on the easel called `name`; one that is `linked` opens on the frame that the link asks for."""
    on = film.Instrument("easel", easel.pack, easel.easel)
    return film.play(on, name, run, made, frames, linked=linked)


def still(name: str, made: Easel, x: np.ndarray) -> Said:
    """Pictures (n, c, h, w) of 0 to 255 that were not walked to: one frame."""
    frame = Frame("", {"x": x})
    data = session.once(f"still.{name}", made.id, lambda: easel.pack(made, [frame], run=f"{made.id}:still"))
    return easel.easel(data, key=f"easel.{name}", scene=made.id)


def unpainted(pictures: Pictures, problem: str) -> None:
    """Pictures of the set, where there is nobody to paint any, and why."""
    x = pictures.pixels[:OF_THE_SET] * (255 // (pictures.levels - 1))
    made = Easel(f"{NAME}:data:{pictures.digest}", pictures.shape, len(x), DATA, alt="Pictures of the set", close=False)
    still(f"{NAME}.data", made, x)
    st.warning(problem)
