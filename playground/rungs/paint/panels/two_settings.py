"""The same noise under two settings: two walks side by side, and what differs between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.diffusion.walk import SOLVERS, Sampler
from core.painting.wish import Wish
from core.process import Step
from playground import session
from playground.instruments.easel import Easel, Frame
from playground.rungs.paint import film, moments, words
from playground.rungs.paint.screen import NAME, Push, Screen
from playground.runs import runs
from playground.runs.runs import Run
from playground.runs.watch import watch

SIDE = 8  # pictures of each
OTHER = "black hair, round glasses, hoodie"


@dataclass(frozen=True)
class Setting:
    """What one of the two walks is told, and how it goes."""

    wish: Wish
    guidance: float
    sampler: Sampler

    @property
    def words(self) -> str:
        """The setting in a line."""
        return f"{self.wish.words}{self.push}, {self.sampler.solver}, {self.sampler.steps} steps"

    @property
    def push(self) -> str:
        """How hard its words push, which says nothing where there are none."""
        return f", w = {self.guidance:g}" if self.wish.asks else ""

    def moments(self, screen: Screen) -> Iterator[Step[np.ndarray]]:
        """Its walk from the screen's noise."""
        walk = screen.painter.walk(
            SIDE, screen.key, self.sampler, self.wish.labels(SIDE, screen.key / "told"), self.guidance
        )
        return moments.of(walk, screen.painter.schedule, moments.guesses(self.sampler))

    @property
    def length(self) -> int:
        """About how many moments that is."""
        return moments.expected(moments.guesses(self.sampler))


def steps(screen: Screen, pair: tuple[Setting, Setting]) -> Iterator[Step[np.ndarray]]:
    """Both walks from the same noise, moment by moment; the shorter one is met where it is as far along.

    As `moments.of`, the pictures of the first setting before those of the second.
    """
    walks = [one.moments(screen) for one in pair]
    longest = max(one.length for one in pair)
    now, seen = [next(walk) for walk in walks], [0, 0]
    for k in range(longest):
        for i, walk in enumerate(walks):
            wanted = round(k * (pair[i].length - 1) / max(longest - 1, 1))
            while seen[i] < wanted or (k == longest - 1 and now[i].phase != "end"):
                step = next(walk, None)
                seen[i] += 1
                if step is None:
                    break
                now[i] = step
        yield joined(k, now)


def joined(index: int, now: list[Step[np.ndarray]]) -> Step[np.ndarray]:
    """Two moments as one."""
    both = {name: np.concatenate([step.arrays[name] for step in now]) for name in ("clean", "noise")}
    metrics = {f"{name}{i}": step.metrics[name] for i, step in enumerate(now) for name in ("t", "evaluations")}
    if all(step.phase == "end" for step in now):
        first, second = (step.arrays["ends"] for step in now)
        metrics["apart"] = 255 * moments.rms(first - second)
    return Step(index, np.concatenate([step.state for step in now]), now[0].phase, metrics, both)


def frames(steps: Sequence[Step[Any]], first: int = 0) -> list[Frame]:
    """One Frame a Step."""
    return [
        Frame(
            f"A: t = {step.metrics['t0']:.2f}, guess {step.metrics['evaluations0']:.0f}. "
            f"B: t = {step.metrics['t1']:.2f}, guess {step.metrics['evaluations1']:.0f}.",
            {"x": step.state, **film.pictures(step)},
        )
        for step in steps
    ]


def other(screen: Screen) -> Setting:
    """The controls of the second setting."""
    first, second, third = st.columns(3, gap="medium")
    with first:
        wish = words.choose(screen.painter, screen.pictures, "b_", OTHER)
    with second:
        guidance = screen.push.guidance
        if words.heard(screen.pictures, screen.painter.sizes):
            guidance = st.slider(
                "Guidance of B", 0.0, 8.0, Push().guidance, 0.25, key="b_guidance", bind="query-params"
            )
    with third:
        solver = st.selectbox(
            "Solver of B", SOLVERS, SOLVERS.index(screen.sampler.solver), key="b_solver", bind="query-params"
        )
        count = st.number_input("Steps of B", 1, 200, screen.sampler.steps, key="b_steps", bind="query-params")
    return Setting(wish, float(guidance), Sampler(solver or screen.sampler.solver, int(count or 1)))


def changed(a: Setting, b: Setting) -> str:
    """The second setting in a line, with everything that differs from the first one set apart."""
    mine, theirs = ([*s.wish.words.split(", ")] for s in (a, b))
    told = [
        *((word, word not in mine) for word in theirs),
        *((word, None) for word in mine if word not in theirs),
        *([(b.push.removeprefix(", "), a.push != b.push)] if b.push else []),
        (b.sampler.solver, a.sampler.solver != b.sampler.solver),
        (f"{b.sampler.steps} steps", a.sampler.steps != b.sampler.steps),
    ]
    return ", ".join(marked(session.plain(text), new) for text, new in told)


def marked(text: str, new: bool | None) -> str:
    """What is new, what is as before, and (None) what is gone."""
    return f"~~{text}~~" if new is None else f":violet-background[**{text}**]" if new else text


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    a, b = Setting(screen.wish, screen.push.guidance, screen.sampler), other(screen)
    st.markdown(f"**A** {session.plain(a.words)}  \n**B** {changed(a, b)}")
    run = runs.open_run(f"{NAME}.two", (*screen.spec, b), "", lambda: steps(screen, (a, b)))
    made = Easel(
        film.scene_id(f"{NAME}.two", run.spec),
        screen.pictures.shape,
        2 * SIDE,
        names=tuple(f"{which}, noise {i + 1}" for which in "AB" for i in range(SIDE)),
        groups=(("A", SIDE), ("B, from the same noise", SIDE)),
        columns=SIDE // 2,
        alt="Two settings from the same noise",
        expected=max(a.length, b.length),
    )
    watch(run, lambda newest, _: beside(run, made, newest), "The first guess...")


def beside(run: Run, made: Easel, newest: Step[np.ndarray]) -> None:
    """Both walks, and how far apart they end."""
    with st.container(width=760):
        film.show(f"{NAME}.two", run, made, frames)
    if "apart" in newest.metrics:
        st.caption(f"The pictures end **{newest.metrics['apart']:.1f}** grey levels apart (root mean square, of 255).")
