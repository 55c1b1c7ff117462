"""The ranking of laws in a table and in sentences: what the scores say, and what they cannot. No Streamlit here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.evaluation.metrics import Estimate
from core.laws.ranking import Row
from playground.shown import criteria, numbers

DIGITS = {"log-likelihood (nats/point)": ".4f", criteria.AIC: ",.1f", criteria.BIC: ",.1f"}
HEADS = {
    "held out (nats/point)": "held out",
    "behind (nats/point)": "behind",
    "log-likelihood (nats/point)": "log L",
    **criteria.HEADS,
}
PROPER = ("Student", "Laplace", "Cauchy", "Gumbel", "Pareto", "Weibull", "Poisson", "Bernoulli", "Gaussian")
USUAL = "observed information"


def spoken(title: str) -> str:
    """A law's name inside a sentence."""
    return title if title.startswith(PROPER) else title[:1].lower() + title[1:]


def listed(names: Sequence[str]) -> str:
    """One name, or several with commas and an "and"."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def parameters(row: Row, unit: str) -> str:
    """A row's parameters in words, with units and errors, and by which method the errors are if not the usual one."""
    described = getattr(row.fitted, "describe", lambda unit: ())(unit)
    errors = row.errors.values if row.errors else (float("nan"),) * len(described)
    pairs = zip(described, errors, strict=True)
    said = ", ".join(f"{word} = {numbers.measured(value, error)} {of}".strip() for (word, value, of), error in pairs)
    return said if row.errors is None or row.errors.how == USUAL else f"{said} (errors: {row.errors.how})"


def held(score: Estimate, impossible: int = 0) -> str:
    """A held-out score, or how many held-out points the law rules out."""
    if np.isinf(score.value):
        return f"{impossible:,} ruled out" if impossible else "\N{MINUS SIGN}\N{INFINITY}"
    return numbers.estimate(score, "")


def behind(i: int, row: Row) -> str:
    """How far a row lies behind the best, and whether that is anything."""
    if row.problem or i == 0 or np.isnan(row.behind.value):
        return "failed" if row.problem else "best" if i == 0 else ""
    said = numbers.estimate(row.behind, "\N{INFINITY}")
    return said + (", tied, simplest" if row.recommended else ", tied" if row.tied else "")


def ranked(rows: Sequence[Row], unit: str) -> pd.DataFrame:
    """The ranked table; a law that failed has its reason where the others have their parameters."""
    decides = decisive(rows)
    columns = {
        "law": [row.title for row in rows],
        "held out (nats/point)": [held(row.held_out, row.impossible) for row in rows],
        f"without {decides}": [held(row.without.score) if row.without else "" for row in rows],
        "behind (nats/point)": [behind(i, row) for i, row in enumerate(rows)],
        "log-likelihood (nats/point)": [row.log_likelihood for row in rows],
        criteria.AIC: [row.aic for row in rows],
        criteria.BIC: [row.bic for row in rows],
        "parameters": [". ".join(part for part in (parameters(row, unit), row.note) if part) for row in rows],
    }
    return pd.DataFrame({name: column for name, column in columns.items() if decides or name != "without "})


def decisive(rows: Sequence[Row]) -> str:
    """The value of the point that decides the ranking; "" where none does."""
    found = next((row.without for row in rows if row.without), None)
    return numbers.written(float(found.point[0])) if found else ""


def verdict(rows: Sequence[Row], n: int, entropy: float | None) -> str:
    """What can and cannot be said of the ranking with `n` points; `entropy` is the truth's, if known."""
    scored = [row for row in rows if np.isfinite(row.held_out.value)]
    if not scored and rows:
        return "None of these laws can be ranked here; each row says why."
    if not rows:
        return ""
    best, rest, tied = scored[0], [row for row in scored[1:] if not row.tied], [row for row in scored if row.tied]
    simplest = next((row for row in tied if row.recommended), None)
    said = ahead(best, rest, tied, len(scored), n) if simplest is None else level(best, simplest, tied, n)
    return " ".join(part for part in (said, doubts(rows), truth(entropy)) if part)


def ahead(best: Row, rest: Sequence[Row], tied: Sequence[Row], count: int, n: int) -> str:
    """What is said where the best of `count` laws is as simple as any tied with it; `rest` are those behind."""
    said = f"**{best.title}** is best of {count}" if tied or rest else f"**{best.title}** scores"
    if rest:
        gap = numbers.estimate(rest[0].behind)
        said = f"**{best.title}** is best by {gap} nats per held-out point, before {spoken(rest[0].title)}"
    elif not tied:
        said += f" {numbers.estimate(best.held_out)} nats per held-out point"
    if tied:
        said += f"; {listed([spoken(row.title) for row in tied])} cannot be told from it with {n:,} points"
    hint = bool(rest) and rest[0].behind.value < 2 * rest[0].behind.error
    return said + "." + " Less than two standard errors is a hint, no proof." * hint


def level(best: Row, simplest: Row, tied: Sequence[Row], n: int) -> str:
    """What is said where a simpler law than the best is tied with it."""
    others = [spoken(row.title) for row in tied if row is not simplest]
    return (
        f"**{simplest.title}** is recommended: of {len(tied) + 1} laws that {n:,} points cannot tell apart it has the fewest "
        f"parameters. {best.title} scores {numbers.estimate(simplest.behind)} nats per held-out point more"
        + (f"; tied too: {listed(others)}." if others else ".")
    )


def truth(entropy: float | None) -> str:
    """What the truth itself would score, where it is known."""
    return (
        ""
        if entropy is None
        else f"The truth scores {numbers.minus(f'{-entropy:.4f}')} nats per point on average (exact)."
    )


def doubts(rows: Sequence[Row]) -> str:
    """Where the ranking hangs on one point, and a law that BIC prefers but a held-out extreme rules out."""
    said = []
    if point := decisive(rows):
        left = {row.title: (row.without.score.value, row.held_out.value) for row in rows if row.without}
        first = max(left, key=lambda title: left[title][0])
        costs = {title: after - before for title, (after, before) in left.items() if np.isfinite(before)}
        most = max(costs, key=lambda title: costs[title])
        said.append(
            f"One point, {point}, decides places: without it {spoken(first)} is {'still ' * (first == rows[0].title)}best. It "
            f"alone costs {spoken(most)} {numbers.written(costs[most], 2)} nats per point."
        )
    counted = [row for row in rows if np.isfinite(row.bic)]
    least = min(counted, key=lambda row: row.bic) if counted else None
    if least is not None and least.impossible:
        said.append(
            f"{least.title} has the least BIC. It ends at the extremes of what it is fitted to, so a new extreme is impossible "
            "under it and its held-out score is minus infinity, however true it is."
        )
    return " ".join(said)


def limits(rows: Sequence[Row], x: Float[np.ndarray, " n"], unit: str, counts: bool = False) -> str:
    """What so many points can and cannot tell: the least difference that shows, and how many would settle the nearest tie."""
    scored, n = [row for row in rows if np.isfinite(row.held_out.value)], len(x)
    if not scored:
        return ""
    errors = [row.behind.error for row in scored[1:6] if np.isfinite(row.behind.error)]
    said = []
    if errors and np.median(errors) > 0:
        least = 2 * float(np.median(errors))
        said.append(
            f"With {n:,} points, laws less than {numbers.written(least, 1)} nats per point apart look alike "
            "(two standard errors)."
        )
    tie = next((row for row in scored if row.tied and row.behind.value > 0), None)
    if tie is not None and tie.behind.error > 0:
        needed = n * (2 * tie.behind.error / tie.behind.value) ** 2
        shown = f"about {float(f'{needed:.1g}'):,.0f} points" if needed < 1e7 else "more than ten million points"
        said.append(f"If the difference to {spoken(tie.title)} is real, {shown} would show it.")
    low, high = (numbers.placed(float(end), float(x.std())) for end in (x.min(), x.max()))
    ends = f"above {high}" if counts else f"beyond {low} and {high}"
    said.append(
        f"No point lies {f'{ends} {unit}'.strip()}: there, and for events rarer than 1 in {n:,}, every law here is a guess."
    )
    if n < 50:
        said.append("With so few points one more could change the order.")
    return " ".join(said)
