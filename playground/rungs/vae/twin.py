"""Two runs side by side: the pad of the kept run beside that of the present one; one z and one playhead move both."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.data.images import Pictures
from playground import session
from playground.rungs.vae import film as vae_film
from playground.rungs.vae import plane as vae_plane
from playground.rungs.vae.film import Film
from playground.runs import runs
from playground.runs.runs import Run

REACH = 4.0  # of the plane of a training, whose codes are not known before it ends


def beside(name: str, run: Run | None, pictures: Pictures) -> Run | None:
    """The kept run of the same pictures, if it has anything to show beside `run`."""
    aside = runs.kept(name, pictures.digest) if run else None
    return aside if aside and len(aside.job.trace) else None


def since(run: Run, parent: Run | None = None) -> int:
    """How many epochs a run's start had been trained: those before the fork, and those before its `parent`'s."""
    fork = run.spec[-1]
    if not isinstance(fork, tuple):
        return 0
    of, index = fork
    return int(index) + (since(parent) if parent and parent.id == of else 0)


def pad(name: str, aside: Run, pictures: Pictures, z: np.ndarray) -> None:
    """The pad of the kept run, which follows the present one's, and leads it when a hand takes it."""
    _, steps = aside.job.trace.snapshot()
    first = steps[0]
    plane = session.once(
        f"{name}.kept.plane",
        aside.id,
        lambda: vae_plane.plane(aside.id, first.state, pictures, first.arrays["rows"], reach=REACH, twin=name),
    )
    at = z if len(z) == plane.latent else np.zeros(plane.latent)
    held = tuple(0 for _ in plane.conditions)
    begun = since(aside)
    film = Film(aside.id, 0, len(steps), False, lambda start: vae_plane.films(steps[start:], begun))
    st.caption(f":gray-badge[kept] {aside.label}")
    vae_film.show(f"{name}.kept", replace(plane, z=at, held=held), film, at.tobytes())
