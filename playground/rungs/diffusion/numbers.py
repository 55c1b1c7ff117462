"""Diffusion in numbers: what runs, where the walk stands, and the half-step's equation with the values in it."""

from functools import partial

import numpy as np

from core.diffusion.noise.schedule import Schedule
from core.evaluation.metrics import Estimate
from core.process import Step
from playground.rungs.diffusion import identities
from playground.rungs.diffusion.bench import LIMIT, Bench
from playground.rungs.diffusion.screen import Screen
from playground.shown.closer import SelfTest
from playground.shown.numbers import estimate, number, table


def chip(bench: Bench, moment: Step | None, asked: str) -> str:
    """What is asked: the exact denoiser, or a model and how long it was trained."""
    if moment is None:
        waiting = {
            "exact": "",
            "learned": " The network is not ready yet.",
            "stored": " None is stored for these data and this schedule: train one under Train.",
        }[asked]
        return f"Denoiser {bench.chip}.{waiting}"
    if moment.phase == "stored":
        gap = Estimate(moment.metrics["test_gap"], moment.metrics["test_gap_error"])
        return f"Denoiser trained beforehand: {estimate(gap)} nats per point from the truth, by its own flow."
    return f"Denoiser trained here: {moment.metrics['steps']:,.0f} updates, loss {moment.metrics['loss']:.3f}."


def clock(schedule: Schedule, ticks: int) -> str:
    """How time runs: on, or in ticks, and how much noise one of them adds."""
    if not ticks:
        return "Time is continuous. “Time steps T” under More makes it k / T, as DDPM has it."
    t = np.arange(ticks + 1) / ticks
    kept = schedule.alpha(t[1:]) / schedule.alpha(t[:-1])
    fresh = 1 - (kept * schedule.sigma(t[:-1]) / schedule.sigma(t[1:])) ** 2
    k = max(1, ticks // 2)
    return (
        f"Discrete time: t = k / {ticks:,}. Half way, at k = {k}, one tick adds {fresh[k - 1]:.2%} of the noise in x_t."
    )


def figures(bench: Bench, step: Step, back: bool) -> str:
    """The live numbers of the Step on show."""
    t = step.metrics["t"]
    alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
    snr = step.metrics["snr"]
    rows = [
        ("Time t", f"{t:.3f}", "0 data, 1 noise"),
        ("Signal α", f"{alpha:.4f}", "share of the data left"),
        ("Noise σ", f"{sigma:.4f}", "standard deviations"),
        ("Log signal-to-noise", f"{snr:.2f}" if np.isfinite(snr) else ("∞" if snr > 0 else "-∞"), "nats"),
    ]
    if back:
        rows.append(("Evaluations", f"{step.metrics['evaluations']:.0f}", "of the denoiser"))
    return table(f"Step {step.index} ({step.phase})", rows)


def equation(bench: Bench, step: Step) -> str:
    """Tweedie's formula for the pink point with the values of the latest guess; the mixing where nothing was guessed."""
    t = step.metrics["asked"]
    alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
    if "score" not in step.arrays or sigma == 0 or alpha == 0:
        return (
            "$$\n"
            r"\begin{aligned} x_t &= \alpha_t\, x_0 + \sigma_t\, \varepsilon, \quad \varepsilon \sim \mathcal{N}(0, I) \\ "
            rf"&= {number(alpha)}\, x_0 + {number(sigma)}\, \varepsilon \end{{aligned}}"
            "\n$$\n"
            "In standard units: every column has mean 0 and spread 1 before it is noised."
        )
    clean, score = step.arrays["x0"][0], step.arrays["score"][0]
    x = alpha * clean - sigma**2 * score
    return (
        "$$\n"
        r"\begin{aligned} \hat x_0 &= \frac{x_t + \sigma_t^2\, \nabla \log p_t(x_t)}{\alpha_t} \\[6pt] &= "
        rf"\tfrac{{1}}{{{number(alpha, 3)}}} \Bigl( {column(x)} + {number(sigma, 3)}^2 {column(score)} \Bigr) "
        rf"\\[6pt] &= \mathbf{{{column(clean)}}} \end{{aligned}}"
        "\n$$\n"
        f"The guess for the pink point at t = {t:.3f}, in standard units (Tweedie's formula)."
    )


def column(values: np.ndarray) -> str:
    """Numbers one over the other in brackets, which a phone has room for."""
    return r"\begin{bmatrix}" + r" \\ ".join(number(value, 3) for value in values) + r"\end{bmatrix}"


def mismatch(bench: Bench) -> tuple[str, bool]:
    """The prior mismatch in words and shape, and whether it is too large."""
    found = bench.mismatch()
    wide = found > LIMIT
    cells = 10 if not np.isfinite(found) else min(10, int(np.ceil(found / LIMIT * 5)))
    shape = "▮" * cells + "▯" * (10 - cells)
    value = f"{found:.3f} nats per dimension" if np.isfinite(found) else "no finite value: hardly any noise is left"
    verdict = (
        f"▲ too far: above {LIMIT} the walk starts where the data never end"
        if wide
        else f"✓ small: the walk starts where the data end (limit {LIMIT})"
    )
    return f"`{shape}` **{value}**. {verdict}.", wide


def self_test(screen: Screen, step: Step) -> SelfTest:
    """The identities of the denoiser that walks and of its walks."""
    bench, learned = screen.bench, screen.moment is not None
    spec = (bench.dataset.digest, bench.noising, screen.seed, screen.told)
    checks = partial(identities.checks, bench, screen.denoiser, learned, screen.key / "quality")
    return SelfTest(spec, checks, f"{'Trained' if learned else 'Exact'} denoiser, in standard units.")
