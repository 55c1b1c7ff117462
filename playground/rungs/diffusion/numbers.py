"""Diffusion in numbers: what runs, where the walk stands, and the half-step's equation with the values in it."""

from functools import partial

import numpy as np

from core.diffusion.noise.schedule import Schedule
from core.evaluation.metrics import Estimate
from core.process import Step
from playground.instruments.figures import Beside, Formula, Table
from playground.instruments.figures.mathml import column, hat, lines, name, op, over, row, sub, sup, value
from playground.rungs.diffusion import identities
from playground.rungs.diffusion.bench import LIMIT, Bench
from playground.rungs.diffusion.screen import Screen
from playground.shown.closer import SelfTest
from playground.shown.numbers import estimate, live_table, written

STANDARD = "In standard units: every column has mean 0 and spread 1 before it is noised."
X_T, X_0, ALPHA, SIGMA = sub(name("x"), name("t")), sub(name("x"), "<mn>0</mn>"), name("α"), name("σ")
VARIANCE = f"<msubsup>{SIGMA}{name('t')}<mn>2</mn></msubsup>"
SCORE = row(op("∇"), name("log"), sub(name("p"), name("t")), op("("), X_T, op(")"))
PAIR, ENDS = column(value(), value()), column(value(True), value(True))
FORMS = {
    "mixing": lines(
        (
            X_T,
            row(op("="), sub(ALPHA, name("t")), X_0, op("+"), sub(SIGMA, name("t")), name("ε"), op(","), name("ε"))
            + row(op("~"), name("N"), op("("), "<mn>0</mn>", op(","), name("I"), op(")")),
        ),
        ("", row(op("="), value(), X_0, op("+"), value(), name("ε"))),
    ),
    "guess": lines(
        (
            sub(hat(name("x")), "<mn>0</mn>"),
            row(op("="), over(row(X_T, op("+"), VARIANCE, SCORE), sub(ALPHA, name("t")))),
        ),
        ("", row(op("="), over(row(PAIR, op("+"), sup(value(), "<mn>2</mn>"), PAIR), value()), op("="), ENDS)),
    ),
}


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


def beside(bench: Bench, step: Step, back: bool) -> dict[str, Beside]:
    """What stands beside the stage while the Step is on show."""
    return {"figures": figures(bench, step, back), "equation": equation(bench, step)}


def figures(bench: Bench, step: Step, back: bool) -> Table:
    """The numbers of a Step."""
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
        rows.append(("Guesses", f"{step.metrics['evaluations']:.0f}", "denoiser evaluations"))
    named = f"Half-step {step.index} ({step.phase})" if back else f"Frame {step.index + 1} ({step.phase})"
    return live_table(named, rows)


def equation(bench: Bench, step: Step) -> Formula:
    """Tweedie's formula for the pink point with the values of the latest guess; the mixing where nothing was guessed."""
    t = step.metrics["asked"]
    alpha, sigma = float(bench.schedule.alpha(t)), float(bench.schedule.sigma(t))
    if "score" not in step.arrays or sigma == 0 or alpha == 0:
        return Formula("mixing", (written(alpha), written(sigma)), STANDARD)
    clean, score = step.arrays["x0"][0], step.arrays["score"][0]
    x = alpha * clean - sigma**2 * score
    values = (*x, sigma, *score, alpha, *clean)
    note = f"The guess for the pink point at t = {t:.3f}, in standard units (Tweedie's formula)."
    return Formula("guess", tuple(written(value, 3) for value in values), note)


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
    note, of = (
        f"{'Trained' if learned else 'Exact'} denoiser, in standard units.",
        None if screen.course else bench.dataset,
    )
    return SelfTest(spec, checks, note, of=of)
