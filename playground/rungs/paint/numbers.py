"""Painting in numbers: where the walk stands, the guess's equation with the values in it, and the identities that hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.check import Check
from core.process import Step
from playground.rungs.em import numbers
from playground.rungs.em.numbers import number, table
from playground.rungs.paint.screen import NAME, Screen, guesses
from playground.rungs.paint.source import STORED
from playground.runs import runs
from playground.runs.watch import watch

if TYPE_CHECKING:
    from core.checkpoint import Checkpoint

FEW = 2  # pictures that are painted again for the self-test
PLAIN = ("DDPM, small variance", "DDPM, large variance", "DDIM", "DPM-Solver++(2M)")
"""The solvers whose last step, to no noise, lands on the last guess."""


def figures(step: Step[np.ndarray], screen: Screen) -> str:
    """The live numbers of the Step on show."""
    m = step.metrics
    twice = screen.labels is not None and screen.push.guidance != 1
    snr = f"{m['snr']:.2f}" if np.isfinite(m["snr"]) else ("∞" if m["snr"] > 0 else "-∞")
    rows = [
        ("Time t", f"{m['t']:.3f}", "0 picture, 1 noise"),
        ("Log SNR", snr, "nats"),
        ("Spread of xₜ", f"{m['size']:.3f}", "1 is noise"),
        ("Spread of ε̂", f"{m['eps']:.3f}" if "eps" in m else "", "1 is noise"),
        ("Guesses", f"{m['evaluations']:.0f}", "each asks twice" if twice else "each asks once"),
    ]
    return table("The end" if step.phase == "end" else f"Guess {m['evaluations']:.0f}", rows)


def equation(step: Step[np.ndarray], screen: Screen) -> str:
    """What the painter was asked and how the guess follows, with this moment's numbers."""
    m = step.metrics
    mixed = rf"x_t = {number(round(m['alpha'], 3))}\,\hat x_0 + {number(round(m['sigma'], 3))}\,\hat\varepsilon"
    w = screen.push.guidance
    if screen.labels is None:
        guess = r"\hat x_0 = D(x_t)"
    elif w == 1:
        guess = r"\hat x_0 = D(x_t, \text{words})"
    else:
        guess = rf"\hat x_0 = D(x_t) + {number(w)}\,\bigl(D(x_t, \text{{words}}) - D(x_t)\bigr)"
    return f"$$\n{mixed}\n$$\n\n$$\n{guess}\n$$"


@dataclass(frozen=True)
class Found:
    """The identities so far."""

    rows: tuple[Check, ...] = ()


def checks(screen: Screen, steps: Sequence[Step[np.ndarray]]) -> Iterator[Step[Found]]:
    """The self-test of a finished walk: from its own numbers, then by asking the painter again."""
    painter, sampler, n = screen.painter, screen.sampler, screen.push.samples
    start = painter.begin(n, screen.key)
    spread = float(np.sqrt(np.mean(np.square(start)))) / painter.schedule.prior_scale
    rows = [
        Check("xₜ = α x̂₀ + σ ε̂ at every guess", max(s.metrics.get("gap", 0.0) for s in steps), 0.0, 1e-9),
        Check("spread of the starting noise", spread, 1.0, float(4 / np.sqrt(2 * start.size))),
    ]
    if steps[-1].phase == "end" and sampler.end == 0 and not sampler.ticks:
        expected = float(guesses(sampler))
        rows.append(Check("guesses made", steps[-1].metrics["evaluations"], expected, 0.02 * expected))
    yield Step(0, Found(tuple(rows)))
    told = None if screen.labels is None else screen.labels[0]
    x, t, w = start[:FEW], 0.7, screen.push.guidance
    free, asked = painter.told(None).denoise(x, t), painter.told(told).denoise(x, t)
    pushed = painter.told(told, w).denoise(x, t)
    rows.append(
        Check("D(w) = D + w (D(words) - D)", float(np.abs(pushed - free - w * (asked - free)).max()), 0.0, 1e-4)
    )
    alone = painter.told(told, w).denoise(x[:1], t)
    rows.append(Check("a picture does not see its neighbours", float(np.abs(alone - pushed[:1]).max()), 0.0, 1e-4))
    yield Step(1, Found(tuple(rows)))
    again = painter.begin(n, screen.key)
    rows.append(Check("same key, same noise", float(np.abs(again - start).max()), 0.0, 0.0))
    yield Step(2, Found(tuple(rows)))


def self_test(screen: Screen, steps: Sequence[Step[np.ndarray]]) -> None:
    """The panel: every identity with its value, tolerance and verdict."""
    if steps[-1].phase != "end":
        st.caption("The self-test begins when the pictures are finished.")
        return
    run = runs.open_run(f"{NAME}.checks", (*screen.spec, len(steps)), "", lambda: checks(screen, list(steps)))

    watch(run, "Testing...", lambda newest: st.markdown(numbers.self_test(newest.state.rows)))
    st.caption("What must hold for the pictures on show, in units of a picture that runs from -1 to 1.")
    if screen.source.way == STORED and (rows := likelihoods(screen.source.checkpoint)):
        st.markdown(table("Unseen pictures", rows))
        st.caption("Nats each, fewer is better; 360 test pictures by which no choice was made, the same for all.")


def likelihoods(held: "Checkpoint | None") -> list[tuple[str, str, str]]:
    """A stored painter's nats on the test pictures beside its peers', where it learned whole grey levels."""
    from core.vae import recipes

    if held is None or "test_nats" not in held.metrics:
        return []
    vae = {n: recipes.stored(f"vae-{held.dataset}{tail}").metrics for n, tail in ((2, ""), (16, "-16"))}
    rows = [
        ("PixelCNN", held.metrics["pixelcnn_nats"], held.metrics["pixelcnn_nats_error"], "exact"),
        (
            "This painter",
            held.metrics["test_nats"],
            held.metrics["test_nats_error"],
            "at most, by the flow, dequantised",
        ),
        ("VAE, 16 latent", -vae[16]["test_iwae_1000"], vae[16]["test_iwae_1000_error"], "at most, IWAE-1000"),
        ("VAE, 2 latent", -vae[2]["test_exact"], vae[2]["test_exact_error"], "exact"),
    ]
    return [(name, f"{value:.2f} ± {error:.2f}", kind) for name, value, error, kind in rows]
