"""Painting in numbers: where the walk stands, the guess's equation with the values in it, and the identities that hold."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.check import Check
from core.data.renderers.wallpapers import CLASSES
from core.painting.symmetry import average
from core.process import Step
from playground.instruments.figures import Beside, Formula, Table
from playground.instruments.figures.mathml import hat, lines, name, op, row, sub, value
from playground.rungs.paint import moments
from playground.rungs.paint.screen import Screen
from playground.rungs.paint.source import STORED
from playground.shown.closer import SelfTest
from playground.shown.numbers import live_table, table, written

if TYPE_CHECKING:
    from core.checkpoint import Checkpoint

FEW = 2  # pictures that are painted again for the self-test
PUSH = "D(w) = D + w (D(words) \N{MINUS SIGN} D)"
HOLDS = "What must hold for the pictures on show, in units of a picture that runs from \N{MINUS SIGN}1 to 1."
FLOW = "at most, by the flow, dequantised"
X_T, CLEAN = sub(name("x"), name("t")), sub(hat(name("x")), "<mn>0</mn>")
MIXED = X_T, row(op("="), value(), CLEAN, op("+"), value(), hat(name("ε")))
PUSHED, AVERAGE = sub(name("D"), name("w")), row(name("A"), op("("), X_T, op(","), name("words"), op(")"))
FREE, TOLD = (row(name("D"), op("("), X_T, more, op(")")) for more in ("", op(",") + name("words")))
GUIDED = row(op("="), FREE, op("+"), value(), op("("), TOLD, op("−"), FREE, op(")"))
BOTH = op("="), value()
FORMS = {
    "free": lines(MIXED, (CLEAN, row(op("="), FREE))),
    "told": lines(MIXED, (CLEAN, row(op("="), TOLD))),
    "guided": lines(MIXED, (CLEAN, GUIDED)),
    "told, averaged": lines(MIXED, (CLEAN, row(*BOTH, TOLD, op("+"), value(), AVERAGE))),
    "guided, averaged": lines(MIXED, (CLEAN, row(*BOTH, PUSHED, op("+"), value(), AVERAGE)), (PUSHED, GUIDED)),
}
UNSEEN = "Nats each, fewer is better; 360 test pictures by which no choice was made, the same for all."


def beside(step: Step[np.ndarray], screen: Screen) -> dict[str, Beside]:
    """What stands beside the easel while the Step is on show."""
    return {"figures": figures(step, screen), "equation": equation(step, screen)}


def figures(step: Step[np.ndarray], screen: Screen) -> Table:
    """The numbers of a Step."""
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
    return live_table("The end" if step.phase == "end" else f"Guess {m['evaluations']:.0f}", rows)


def equation(step: Step[np.ndarray], screen: Screen) -> Formula:
    """What the painter was asked and how the guess follows, with this moment's numbers."""
    mixed = tuple(written(round(step.metrics[name], 3)) for name in ("alpha", "sigma"))
    if screen.labels is None:
        return Formula("free", mixed)
    w, averaged = screen.push.guidance, ""
    if screen.painter.averages:
        beta = average.share((step.metrics["sigma"] / step.metrics["alpha"]) ** 2, w)
        averaged, mixed = ", averaged", (*mixed, *(written(round(part, 3)) for part in (1 - beta, beta)))
    return Formula(f"told{averaged}", mixed) if w == 1 else Formula(f"guided{averaged}", (*mixed, written(w)))


def self_test(screen: Screen, step: Step[np.ndarray]) -> SelfTest:
    """The identities of a finished walk: from its own numbers, then by asking the painter again."""
    steps = screen.run().job.trace.snapshot()[1]
    spec = (*screen.spec, len(steps))
    if steps[-1].phase != "end":
        return SelfTest(spec, lambda: iter(()), waiting="The self-test begins when the pictures are finished.")

    def found() -> Iterator[Check]:
        start = screen.painter.begin(screen.push.samples, screen.key)
        yield from of_walk(screen, steps, start)
        yield from of_painter(screen, start)

    return SelfTest(spec, found, note(screen), of=screen.of)


def of_walk(screen: Screen, steps: Sequence[Step[np.ndarray]], start: np.ndarray) -> Iterator[Check]:
    """What holds of the numbers of a finished walk from the noise `start` (n, d)."""
    painter, sampler = screen.painter, screen.sampler
    yield Check("xₜ = α x̂₀ + σ ε̂ at every guess", max(s.metrics.get("gap", 0.0) for s in steps), 0.0, 1e-9)
    spread = moments.rms(start) / painter.schedule.prior_scale
    yield Check("spread of the starting noise", spread, 1.0, float(4 / np.sqrt(2 * start.size)))
    if sampler.end == 0 and not sampler.ticks:
        wanted = float(moments.guesses(sampler))
        yield Check("guesses made", steps[-1].metrics["evaluations"], wanted, 0.02 * wanted)


def of_painter(screen: Screen, start: np.ndarray) -> Iterator[Check]:
    """What holds of the painter's guesses of a few pictures with much noise in them."""
    painter, told = screen.painter, screen.told(FEW)
    x, t, w = start[:FEW], 0.7, screen.push.guidance
    free, asked, pushing = painter.denoise(x, t), painter.denoise(x, t, told), painter.told(told, w)
    pushed, by_hand = pushing.denoise(x, t), free + w * (asked - free)
    if painter.averages and told is not None:
        by_hand = pushing.averaged(by_hand, x, t)
        alpha, sigma, *_ = painter.schedule.curves(t)
        r = float(sigma / alpha) ** 2
        moved = max(average.asymmetry(CLASSES[k], x[i : i + 1] / alpha, r) for i, k in enumerate(told[:, 0]) if k >= 0)
        yield Check("A after each motion of its group is A", moved, 0.0, 1e-6)
    yield Check(f"{PUSH}{' mixed with A' * painter.averages}", furthest(pushed, by_hand), 0.0, 1e-4)
    alone = painter.told(None if told is None else told[:1], w).denoise(x[:1], t)
    yield Check("a picture does not see its neighbours", furthest(alone, pushed[:1]), 0.0, 1e-4)
    again = painter.begin(len(start), screen.key)
    yield Check("same key, same noise", furthest(again, start), 0.0, 0.0)


def furthest(a: np.ndarray, b: np.ndarray) -> float:
    """The largest distance of two numbers in the same place."""
    return float(np.abs(a - b).max())


def note(screen: Screen) -> str:
    """What the self-test is about, and how likely a stored painter finds pictures it never saw, as Markdown."""
    rows = likelihoods(screen.source.checkpoint) if screen.source.way == STORED else []
    return f"{HOLDS}\n\n{table('Unseen pictures', rows)}\n\n{UNSEEN}" if rows else HOLDS


def likelihoods(held: "Checkpoint | None") -> list[tuple[str, str, str]]:
    """A stored painter's nats on the test pictures beside its peers', where it learned whole grey levels."""
    from core.vae import recipes  # here, because it brings torch, which a page's first words need not wait for

    if held is None or "test_nats" not in held.metrics:
        return []
    vae = {n: recipes.stored(f"vae-{held.dataset}{tail}").metrics for n, tail in ((2, ""), (16, "-16"))}
    rows = [
        ("PixelCNN", held.metrics["pixelcnn_nats"], held.metrics["pixelcnn_nats_error"], "exact"),
        ("This painter", held.metrics["test_nats"], held.metrics["test_nats_error"], FLOW),
        ("VAE, 16 latent", -vae[16]["test_iwae_1000"], vae[16]["test_iwae_1000_error"], "at most, IWAE-1000"),
        ("VAE, 2 latent", -vae[2]["test_exact"], vae[2]["test_exact_error"], "exact"),
    ]
    return [(name, f"{value:.2f} ± {error:.2f}", kind) for name, value, error, kind in rows]
