"""Forward and back: a picture is put through noise to t and denoised from there; how far back can it be recovered?"""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.diffusion.walk import Sampler
from core.painting import editing
from core.process import Step
from playground import image
from playground.instruments.easel import Easel, bytes_of
from playground.rungs.paint import film, moments, picture
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shelf.picture import Chosen

TIMES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SAMPLER = Sampler("DPM-Solver++(2M)", 12)


def steps(screen: Screen, chosen: Chosen) -> Iterator[Step[np.ndarray]]:
    """After each time of the sweep, the noised pictures so far (above) and what was denoised from them (below).

    States are (2 times, c, h, w) bytes; `error` (times,) is the root mean square from the picture, in levels of 255.
    """
    m = len(TIMES)
    x = np.asarray(chosen.x, dtype=float)
    sheet = np.full((2 * m, *x.shape), 128, np.uint8)
    errors = np.full(m, np.nan)
    denoiser = picture.denoiser(screen, chosen)
    for i, t in enumerate(TIMES):
        walk = editing.restore(denoiser, x[None], t, screen.key / "back" / i, SAMPLER)
        first = last = next(walk)
        sheet[i] = bytes_of(first.state)[0]
        for last in walk:
            if last.phase == "guess":
                sheet[m + i] = bytes_of(last.arrays["x0"])[0]
        sheet[m + i] = bytes_of(last.state)[0]
        errors[i] = 255 * moments.rms(np.clip(last.state[0], 0, 1) - x)
        yield Step(i, sheet.copy(), "", {"t": t}, {"error": errors.copy()})


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    left, right = st.columns([1, 3.2], gap="large")
    with left:
        chosen = picture.choose(screen)
        image.show(picture.crisp(chosen.x), chosen.title, 128, chosen.title)
        st.caption(picture.note(screen, chosen))
    run = runs.open_run(f"{NAME}.back", (*screen.spec, chosen.id), "", lambda: steps(screen, chosen))
    with right.container(key="place back"):
        watch(run, lambda newest, _: sweep(run, newest), "The first walk...")


def sweep(run: Run, newest: Step[np.ndarray]) -> None:
    """The noised pictures above, and below each what came back and how far off it is."""
    off = [f"{e:.0f} off" if np.isfinite(e) else "" for e in newest.arrays["error"]]
    made = Easel(
        f"{film.scene_id(f'{NAME}.back', run.spec)}:{len(run.job.trace)}",
        newest.state.shape[1:],
        2 * len(TIMES),
        film.PAINTED,
        groups=(("Put through noise to t", len(TIMES)), ("Denoised from there", len(TIMES))),
        labels=tuple([f"t = {t:.1f}" for t in TIMES] + off),
        columns=len(TIMES),
        alt="A picture noised to ten times, and what was recovered from each",
        close=False,
    )
    film.still(f"{NAME}.back", made, newest.state)
    st.caption(
        "Below each: how far it is from the picture, root mean square in grey levels of 255. "
        "Late noise hides only detail, early noise everything: what comes back is then another picture."
    )
