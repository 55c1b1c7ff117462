"""Forward and back: a picture is put through noise to t and denoised from there; how far back can it be recovered?"""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.diffusion.walk import Sampler
from core.process import Step
from playground import session
from playground.instruments.easel import Easel, Kind, bytes_of
from playground.rungs.paint import film, picture
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.watch import watch
from playground.shelf.picture import Chosen

TIMES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SAMPLER = Sampler("DPM-Solver++(2M)", 12)
KIND = (Kind("x", "pictures", "model"),)


def steps(screen: Screen, chosen: Chosen) -> Iterator[Step[np.ndarray]]:
    """After each time of the sweep, the noised pictures so far (above) and what was denoised from them (below).

    States are (2 times, c, h, w) bytes; `error` (times,) is the root mean square from the picture, in levels of 255.
    """
    from core.painting import editing

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
        errors[i] = 255 * film.rms(np.clip(last.state[0], 0, 1) - x)
        yield Step(i, sheet.copy(), "", {"t": t}, {"error": errors.copy()})


def show(screen: Screen, step: Step[np.ndarray], picked: int | None) -> None:
    """The panel."""
    left, right = st.columns([1, 3.2], gap="large")
    with left:
        chosen = picture.choose(screen, picked)
        st.image(shown(chosen.x), width=128, caption=chosen.title)
        st.caption(picture.note(screen, chosen))
    spec = (*screen.spec, chosen.id)
    run = runs.open_run(f"{NAME}.back", spec, "", lambda: steps(screen, chosen))
    name = session.fingerprint(repr(spec).encode()).hex()[:12]

    def draw(last: Step) -> None:
        off = [f"{e:.0f} off" if np.isfinite(e) else "" for e in last.arrays["error"]]
        made = Easel(
            f"{NAME}.back:{name}:{len(run.job.trace)}",
            screen.pictures.shape,
            2 * len(TIMES),
            kinds=KIND,
            groups=(("Put through noise to t", len(TIMES)), ("Denoised from there", len(TIMES))),
            labels=tuple([f"t = {t:.1f}" for t in TIMES] + off),
            columns=len(TIMES),
            alt="A picture noised to ten times, and what was recovered from each",
            close=False,
        )
        film.still(f"{NAME}.back", made, {"x": last.state})
        st.caption(
            "Below each: how far it is from the picture, root mean square in grey levels of 255. "
            "Late noise hides only detail, early noise everything: what comes back is then another picture."
        )

    with right:
        watch(run, "The first walk...", draw)


def shown(x: np.ndarray) -> np.ndarray:
    """A picture as `st.image` wants it, large and crisp: (H, W, c) or (H, W)."""
    pixels = np.moveaxis(bytes_of(x[None])[0], 0, -1)
    times = max(1, 128 // pixels.shape[1])
    large = pixels.repeat(times, axis=0).repeat(times, axis=1)
    return large[..., 0] if large.shape[2] == 1 else large
