"""What the page of the VAE shows at this moment: the model, its film, and where the hand and the playhead rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st

from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae.model import VAE
from playground import session
from playground.instruments import latent_pad
from playground.instruments.latent_pad import Plane, Said
from playground.rungs.vae import files, marker, through, twin
from playground.rungs.vae import film as vae_film
from playground.rungs.vae import losses as vae_losses
from playground.rungs.vae import plane as vae_plane
from playground.rungs.vae import training as vae_training
from playground.rungs.vae.film import Film
from playground.rungs.vae.plane import Codes
from playground.rungs.vae.source import Source
from playground.rungs.vae.through import Through
from playground.runs import run_bar, runs
from playground.runs.runs import Run
from playground.shelf.picture import Chosen, last_row


@dataclass(frozen=True, eq=False)
class Shown:
    """The model on show at one moment, under the name `id`, and the chosen picture's way through it."""

    id: str
    model: VAE
    codes: Codes
    found: Through
    step: Step[VAE] | None = None


def training(name: str, source: Source, pictures: Pictures) -> Run:
    """The run that trains what was asked for, from its own start or from the frame it was forked at."""
    assert source.config is not None
    config, conditional, key = source.config, source.conditional, Key(source.seed) / name
    fork = runs.fork_of(name, pictures.digest, lambda step: vae_training.fits(step, config, pictures, conditional))
    start = fork.step.state if fork else None
    spec = (pictures.digest, config, conditional, source.seed, fork and (fork.run, fork.step.index))
    return runs.open_run(
        name,
        spec,
        vae_training.label(config),
        lambda: vae_training.steps(config, pictures, conditional, key, start),
    )


def film_of(name: str, source: Source, run: Run | None) -> tuple[Film, Sequence[Step[VAE]]]:
    """What the pad plays: the training, or the one model that was kept; and the Steps behind it."""
    if run is None:
        assert source.checkpoint is not None
        assert source.codes is not None
        model, codes = source.checkpoint.model, source.codes
        return Film(source.id, 0, 1, False, lambda first: [vae_plane.snapshot(model, codes.means)]), ()
    version, steps = run.job.trace.snapshot()
    begun = twin.since(run, runs.kept(name))
    live = vae_film.live(run)
    return Film(run.id, version, len(steps), live, lambda first: vae_plane.films(steps[first:], begun)), steps


def moment(
    source: Source, run: Run | None, steps: Sequence[Step[VAE]], at: int, pictures: Pictures, chosen: Chosen, held: Said
) -> Shown:
    """The model at the frame on show, and the chosen picture through it."""
    if run is None:
        assert source.checkpoint is not None
        assert source.codes is not None
        name, model, codes, step = source.id, source.checkpoint.model, source.codes, None
    else:
        step = steps[at]
        name, model = f"{run.id}-{step.index}", step.state
        codes = Codes(step.arrays["rows"], step.arrays["means"])
    label = through.label_of(model, pictures, chosen, held.labels)
    what = (name, chosen.id, None if label is None else tuple(label))
    found = session.once(
        "vae.through", what, lambda: through.through(model, chosen.x, label, Key(source.seed) / "through")
    )
    return Shown(name, model, codes, found, step)


@dataclass(frozen=True, eq=False)
class Now:
    """What the pad has to show before anything lies over it, what it said last, and the model at the frame on show."""

    film: Film
    plane: Plane
    said: Said
    shown: Shown


def now(name: str, source: Source, run: Run | None, pictures: Pictures, chosen: Chosen) -> Now:
    """This moment of the page."""
    film, steps = film_of(name, source, run)
    plane = session.once(f"{name}.plane", (film.run, pictures.digest), lambda: plane_of(source, run, steps, pictures))
    said = latent_pad.read(session.widget(f"pad.{name}", {}), plane.id)
    shown = moment(source, run, steps, vae_film.shown(said, film), pictures, chosen, said)
    return Now(film, plane, said, shown)


def pad(name: str, source: Source, run: Run | None, at: Now, pictures: Pictures, chosen: Chosen) -> Said:
    """The latent pad with q(z given x) of the chosen picture over it, beside that of a kept run; what it said."""
    shown, found = at.shown, at.shown.found
    layers = vae_plane.over(found.mean, found.log_var, Key(source.seed) / "over", at.plane.axes)[0]
    z, held = marker.sent(name, at.plane.id, chosen, shown.model, found.mean, found.label, shown.codes, at.said)
    aside = twin.beside(name, run, pictures)
    plane = replace(at.plane, layers=layers, z=z, held=held, twin=name if aside else "")
    over = (shown.id, chosen.id, z.tobytes(), held, plane.twin)
    if run is None or aside is None:
        return vae_film.show(name, plane, at.film, over)
    left, right = st.columns(2, gap="medium")
    with left:
        twin.pad(name, aside, pictures, z)
    with right:
        st.caption(f":orange-badge[now] {run.label}")
        return vae_film.show(name, plane, at.film, over)


def home(name: str, source: Source, pictures: Pictures, chosen: Chosen, shown: Shown) -> files.Home:
    """What the person on this page takes home."""
    row = last_row() if chosen.row is None else chosen.row
    return files.Home(shown.model, source, pictures, row, shown.step, bool(runs.forked(name)))


def plane_of(source: Source, run: Run | None, steps: Sequence[Step[VAE]], pictures: Pictures) -> Plane:
    """The pad before anything lies over it; its axes hold all codes of a kept model, and do not jump in a training."""
    if run is None:
        assert source.checkpoint is not None
        assert source.codes is not None
        reach = float(np.clip(np.ceil(2 * np.quantile(np.abs(source.codes.means), 0.999)) / 2, 3.0, 5.0))
        codes, axes = source.codes, vae_plane.widest(source.codes.means)
        return vae_plane.plane(source.id, source.checkpoint.model, pictures, codes.rows, reach=reach, axes=axes)
    return vae_plane.plane(
        run.id, steps[0].state, pictures, steps[0].arrays["rows"], reach=twin.REACH, live=vae_film.live(run)
    )


def bar(name: str, run: Run, pictures: Pictures, shown: Shown, most: int) -> None:
    """The run's bar and its losses."""
    columns = st.columns(3, gap="medium")
    newest = run.job.trace[-1]
    with columns[0]:
        run_bar.bar(name, run, shown.step or newest, f"snapshots of {most:,} epochs", own_start(name))
        st.caption(f":orange-badge[trained] {losses(shown.step or newest)}")
    kept = twin.beside(name, run, pictures)
    past = None if kept is None else (kept.job.trace[-1], twin.since(kept))
    drawn = vae_losses.charts((newest, twin.since(run, kept)), past, shown.step, most, session.dark())
    for column, (title, chart) in zip(columns[1:], drawn.items(), strict=True):
        column.altair_chart(
            chart, key=f"{name}.{title}", alt=f"{title} over the epochs, now {losses(shown.step or newest)}"
        )


def losses(step: Step[VAE]) -> str:
    """The losses of a Step in words."""
    m = step.metrics
    held = f"; held out {-m['validation']:.2f}" if "validation" in m else ""
    return f"Epoch {step.index}: loss {m['loss']:.2f} = {m['reconstruction']:.2f} + {m['beta']:g} x {m['kl']:.2f} nats{held}."


def own_start(name: str) -> Callable[[], None] | None:
    """How to let go of a fork; None where the run began at its own start."""
    return partial(runs.unfork, name) if runs.forked(name) else None
