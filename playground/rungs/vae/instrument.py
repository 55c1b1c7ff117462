"""The latent pad of the page at this moment: the film and its playhead, the chosen picture over it, a kept run beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from core.key import Key
from core.process import Step
from core.vae.model import VAE
from playground import plot, session
from playground.instruments.figures import figures
from playground.instruments.latent_pad import Plane, Said, Snapshot
from playground.rungs.vae import film, marker, numbers, pad, through, training
from playground.rungs.vae.pad import Film
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import run_bar, runs, shared
from playground.runs.runs import Run
from playground.shown import closer


@dataclass(frozen=True, eq=False)
class Now:
    """What the pad has to show before anything lies over it, what it said last, and the Step on show."""

    film: Film
    plane: Plane
    said: Said
    step: Step[VAE]


def now(screen: Screen) -> Now:
    """This moment of the page."""
    version, steps = screen.recording()
    begun = training.since(screen.run, runs.kept(NAME)) if screen.run else 0
    live = screen.run is not None and pad.live(screen.run)
    found = Film(screen.film, version, len(steps), live, lambda first: snapshots(screen, steps[first:], begun))
    name = session.turned(screen.film)
    made = partial(film.plane, name, steps[0], screen.pictures, live)
    plane = shared.once(f"{NAME}.plane", (name, screen.pictures.digest), screen.stored, made)
    said = screen.said()
    return Now(found, plane, said, steps[pad.shown(said, found)])


def snapshots(screen: Screen, steps: Sequence[Step[VAE]], begun: int) -> list[Snapshot]:
    """The Steps of a film as the pad takes them; those of a training with their losses beside them."""
    drawn = film.snapshots(steps, begun)
    if screen.run is None:
        return drawn
    return [replace(one, beside=numbers.beside(step)) for one, step in zip(drawn, steps, strict=True)]


def show(screen: Screen, at: Now) -> Said:
    """The pad with q(z given x) of the chosen picture over it, beside that of a kept run; what it said."""
    found = through.of(screen, at.step)
    layers = film.over(found.mean, found.log_var, Key(screen.source.seed) / "over", at.plane.axes)[0]
    z, held = marker.sent(screen, at.step, found, at.said)
    aside = beside(screen)
    path = film.path(at.step.state, found.way, screen.chosen.x, pad.shown(at.said, at.film))
    plane = replace(at.plane, layers=(*layers, path), z=z, held=held, twin=NAME if aside else "")
    over = (screen.moment(at.step), screen.chosen.id, z.tobytes(), held, plane.twin)
    if screen.run is None or aside is None:
        return pad.show(NAME, plane, at.film, over)
    left, right = st.columns(2, gap="medium")
    with left:
        twin(screen, aside, z)
    with right:
        st.caption(f":orange-badge[now] {screen.run.label}")
        return pad.show(NAME, plane, at.film, over)


def beside(screen: Screen) -> Run | None:
    """The kept run of the same pictures, if it has anything to show beside the present one."""
    aside = runs.kept(NAME, screen.pictures.digest) if screen.run else None
    return aside if aside and len(aside.job.trace) else None


def twin(screen: Screen, aside: Run, z: np.ndarray) -> None:
    """The pad of the kept run, which follows the present one's, and leads it when a hand takes it."""
    _, steps = aside.job.trace.snapshot()
    made = partial(film.plane, aside.id, steps[0], screen.pictures, twin=NAME)
    plane = session.once(f"{NAME}.kept.plane", aside.id, made)
    at = z if len(z) == plane.latent else np.zeros(plane.latent)
    held = tuple(0 for _ in plane.conditions)
    begun = training.since(aside)
    found = Film(aside.id, 0, len(steps), False, lambda first: film.snapshots(steps[first:], begun))
    st.caption(f":gray-badge[kept] {aside.label}")
    pad.show(f"{NAME}.kept", replace(plane, z=at, held=held), found, at.tobytes())


def bar(screen: Screen, run: Run, step: Step[VAE]) -> None:
    """The run's bar and its losses; `step` is the one on show."""
    assert screen.source.config is not None
    most, newest, kept = screen.source.config.epochs, run.job.trace[-1], beside(screen)
    with st.container(key="place training"):  # kept from the press on: server/page.css
        columns, said = st.columns(3, gap="medium"), numbers.losses(step)
    with columns[0]:
        own_start = partial(runs.unfork, NAME) if runs.forked(NAME) else None
        run_bar.bar(NAME, run, step, f"frames of {most:,} epochs", "epoch", own_start, "pad")
        figures("losses", run.id, numbers.beside(step)["losses"], key=f"{NAME}.losses")
    begun, past, dark = training.since(run, kept), None, session.dark()
    if kept is not None:
        past = kept.job.trace[-1], training.since(kept)
    losses = closer.brought("playground.rungs.vae.losses")  # with its library, which only a training needs
    what = (run.id, newest.index, begun, step.index, kept and (kept.id, kept.job.trace[-1].index), most, dark)
    drawn = session.once(f"{NAME}.losses", what, lambda: losses.charts((newest, begun), past, step, most, dark))
    for column, (title, chart) in zip(columns[1:], drawn.items(), strict=True):
        plot.show(chart, key=f"{NAME}.{title}", alt=f"{title} over the epochs, now {said}", where=column)
