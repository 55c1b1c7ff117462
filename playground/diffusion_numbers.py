"""Diffusion in numbers: what runs, where the walk stands, and the half-step's equation with the values in it."""

import numpy as np

from core.metrics import Estimate
from core.process import Step
from playground.diffusion_bench import LIMIT, Bench
from playground.mixture_numbers import estimate, number, table, vector


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
            rf"x_t = \alpha_t\, x_0 + \sigma_t\, \varepsilon = {number(alpha)}\, x_0 + {number(sigma)}\, \varepsilon,"
            r"\qquad \varepsilon \sim \mathcal{N}(0, I)"
            "\n$$\n"
            "In standard units: every column has mean 0 and spread 1 before it is noised."
        )
    clean, score = step.arrays["x0"][0], step.arrays["score"][0]
    x = alpha * clean - sigma**2 * score
    return (
        "$$\n"
        r"\hat x_0 = \frac{x_t + \sigma_t^2\, \nabla \log p_t(x_t)}{\alpha_t} = "
        rf"\frac{{{vector(x)} + {number(sigma)}^2\, {vector(score)}}}{{{number(alpha)}}} = "
        rf"\mathbf{{{vector(clean)}}}"
        "\n$$\n"
        f"The guess for the pink point at t = {t:.3f}, in standard units (Tweedie's formula)."
    )


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
