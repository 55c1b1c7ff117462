"""The game in numbers: what the points alone say of a model, what the rule says of it, and of the guesses; the self-test."""

from collections.abc import Iterator

import numpy as np

from core.check import Check
from core.evaluation.metrics import mean, wilson
from core.joint.grid import blurred
from core.joint.joint import Joint
from core.process import Step
from core.region import land, scores
from core.region.mask import Mask
from core.region.scores import Covering
from playground.rungs.game import film, law
from playground.rungs.game.law import Seen
from playground.rungs.game.rules import FIRST
from playground.rungs.game.screen import Screen
from playground.shown.closer import SelfTest
from playground.shown.numbers import estimate, minus, table

FRESH = 1000  # points of the rule that the model has not seen
Rows = list[tuple[str, str, str]]


def share(value: float) -> str:
    """A share in per cent."""
    return f"{100 * value:.1f} %"


def figures(screen: Screen, step: Step[Seen]) -> str:
    """The live numbers, as Markdown: before the rule is revealed only what the points themselves say."""
    seen, area = step.state, screen.rule.mask.area
    shown = scores.log_scores(seen.law, screen.dataset.points, area)
    missed, said = int(np.isinf(shown).sum()), "of the points on show"
    rows: Rows = [("Where it says yes", share(float(seen.says.mean())), "of the map")]
    if missed:
        rows.append(("Ruled out", f"{missed}", said))
    rows.append(("Log score", minus("-∞") if missed else f"{shown.mean():.3f}", "nats, points on show"))
    if screen.revealed:
        rows += against(screen, seen)
    return table(screen.kind, rows)


def against(screen: Screen, seen: Seen) -> Rows:
    """What the rule says of the model."""
    judged, rule = seen.judged, screen.rule
    fresh = scores.log_scores(seen.law, rule.mask.sample(FRESH, screen.key / "fresh"), rule.mask.area)
    score = minus("-∞") if np.isinf(fresh).any() else estimate(mean(fresh))
    return [
        ("Precision", share(judged.precision), f"of its mass is on {rule.inside}"),
        ("Coverage", share(judged.coverage), f"of {rule.inside}"),
        ("F1", f"{judged.f1:.3f}", "harmonic mean"),
        ("Log score, new", score, f"nats, {FRESH:,} others"),
        ("Of the rule", f"{-np.log(rule.mask.share):.3f}", "nats, exact"),
        ("KL(rule, model)", "∞" if np.isinf(judged.kl) else f"{judged.kl:.3f}", "nats"),
        ("Total variation", f"{judged.tv:.3f}", "0 is perfect, 1 the worst"),
    ]


def impossible(screen: Screen, step: Step[Seen]) -> str:
    """Why a log score is minus infinity, in one sentence; "" where it is not."""
    mask = screen.rule.mask
    kinds = [("points on show", screen.dataset.points)]
    if screen.revealed:
        kinds.append(("new points", mask.sample(FRESH, screen.key / "fresh")))
    for kind, x in kinds:
        off = np.flatnonzero(np.isinf(scores.log_scores(step.state.law, x, mask.area)))
        if len(off):
            return (
                f"Minus infinity because of {len(off):,} of {len(x):,} {kind}, the first at {where(screen, x[off[0]])}: "
                "the model rules it out. Take it in, or leave some mass for everywhere, under More."
            )
    return ""


def where(screen: Screen, at: np.ndarray) -> str:
    """A place in words: degrees on the Earth."""
    x, y = (float(v) for v in at)
    if screen.rule.title != FIRST or not screen.revealed:
        return minus(f"({x:.2f}, {y:.2f})")
    up = float(land.latitude(np.array([y]))[0])
    return f"{abs(x):.0f}° {'W' if x < 0 else 'E'}, {abs(up):.0f}° {'S' if up < 0 else 'N'}"


def guesses(screen: Screen) -> str:
    """How many of the guesses were right, with the interval that so few allow, beside chance."""
    at, rule = film.guesses(screen), screen.rule
    n = len(at)
    if not n and screen.revealed:
        return "Hide the rule again to guess."
    if not n:
        return "No guess yet: drag the pink mark to where the next point would fall, and press Guess here."
    if not screen.revealed:
        return f"{n} guess{'es' * (n > 1)}. Reveal the rule to see how many were right."
    right = int(rule.mask.holds(at).sum())
    low, high = wilson(right, n)
    blind = f"a guess with closed eyes is right in {share(rule.mask.share)}"
    return f"{right} of {n} guesses were on {rule.inside} (95 % interval {share(low)} to {share(high)}); {blind}."


def reasons(screen: Screen, step: Step[Seen]) -> list[str]:
    """A, B and C: what the model and the rule say where they lie."""
    found = film.marks(screen, step.state)
    if not found:
        return []
    at, rule = np.array(list(found.values())), screen.rule
    model, true = law.says_yes(step.state, at, rule.mask.area), rule.mask.holds(at)
    return [
        f"**{letter}** at {where(screen, place)}: the model says {word(yes)}, the rule {word(really)} "
        f"({rule.inside if really else rule.outside}). {MEANING[bool(yes), bool(really)]}"
        for letter, place, yes, really in zip(found, at, model, true, strict=True)
    ]


MEANING = {
    (True, False): "A point that the model would make and that cannot be: precision suffers.",
    (False, True): "A point that can be and that the model would not make: coverage suffers.",
    (True, True): "Here both agree.",
    (False, False): "Here both agree that nothing falls.",
}


def word(yes: bool) -> str:
    """Yes or no."""
    return "yes" if yes else "no"


def self_test(screen: Screen, step: Step[Seen]) -> SelfTest:
    """Identities of the law on the map and of its scores; not shown before the rule is, which they would give away."""
    seen, mask, key = step.state, screen.rule.mask, screen.key / "checks"

    def checks() -> Iterator[Check]:
        x = mask.sample(20_000, key / "rule")
        yield Check("share of 20,000 points of the rule that lie in it", float(mask.holds(x).mean()), 1.0, 0.0)
        yield from of_model(seen, mask, x, screen)
        judged = seen.judged
        if np.isfinite(judged.kl):
            yield Check("KL - 2 TV² (Pinsker, 1964)", judged.kl - 2 * judged.tv**2, 0.0, 1e-9, at_least=True)

    waiting = "" if screen.revealed else "Reveal the rule first: these are identities of both laws."
    return SelfTest((*screen.spec, screen.revealed), checks, waiting=waiting, of=screen.dataset)


def of_model(seen: Seen, mask: Mask, x: np.ndarray, screen: Screen) -> Iterator[Check]:
    """What draws and another grid say of the model's scores."""
    n, judged = len(x), seen.judged
    draws = seen.law.sample(n, screen.key / "checks" / "model")
    hit = float(mask.holds(draws).mean())
    off = 4 * float(np.sqrt(max(hit * (1 - hit), 1 / n) / n))
    yield Check("precision by 20,000 draws of the model", hit, judged.precision, off)
    covered = float(law.says_yes(seen, x, mask.area).mean())
    yield Check("coverage by 20,000 points of the rule", covered, judged.coverage, 4 * 0.5 / np.sqrt(n) + 0.003)
    if isinstance(seen.law, Covering):
        whole = scores.of_covering(mask, Covering(mask))
        yield Check("total variation of the rule from itself", whole.tv, 0.0, 0.0)
    else:
        assert isinstance(seen.law, Joint)
        rows = mask.cells.shape[0]
        on = scores.on_grid(blurred(seen.law, np.ptp(mask.bounds, axis=1) / rows), (rows, rows), mask.bounds)
        yield Check(
            "the density's mass on the map, on another grid", float(np.exp(on).mean()), 1 - judged.outside, 2e-3
        )
