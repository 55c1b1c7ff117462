"""The ranking of laws in a table and in sentences: what the scores say, and what they cannot. No Streamlit here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.laws.ranking import Row
from playground.shown import numbers

FORMATS = {"log-likelihood (nats/point)": "%.4f", "AIC (nats)": "%.1f", "BIC (nats)": "%.1f"}
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


def ranked(rows: Sequence[Row], unit: str) -> pd.DataFrame:
    """The ranked table; a law that failed has its reason where the others have their parameters."""

    def behind(i: int, row: Row) -> str:
        if row.problem or i == 0 or np.isnan(row.behind.value):
            return "failed" if row.problem else "best" if i == 0 else ""
        return numbers.estimate(row.behind) + (", tied" if row.tied else "")

    return pd.DataFrame(
        {
            "law": [row.title for row in rows],
            "held out (nats/point)": [
                "" if np.isnan(row.held_out.value) else numbers.estimate(row.held_out) for row in rows
            ],
            "behind (nats/point)": [behind(i, row) for i, row in enumerate(rows)],
            "log-likelihood (nats/point)": [row.log_likelihood for row in rows],
            "AIC (nats)": [row.aic for row in rows],
            "BIC (nats)": [row.bic for row in rows],
            "parameters ± standard error, or why it failed": [
                ". ".join(part for part in (parameters(row, unit), row.note) if part) for row in rows
            ],
        }
    )


def verdict(rows: Sequence[Row], n: int, entropy: float | None) -> str:
    """What can and cannot be said of the ranking with `n` points; `entropy` is the truth's, if known."""
    scored = [row for row in rows if np.isfinite(row.held_out.value)]
    if not scored and rows:
        return "None of these laws can be ranked here; each row says why."
    if not rows:
        return ""
    best, rest, tied = scored[0], [row for row in scored[1:] if not row.tied], [row for row in scored if row.tied]
    said = f"**{best.title}** is best of {len(scored)}" if tied or rest else f"**{best.title}** scores"
    if rest:
        gap = numbers.estimate(rest[0].behind)
        said = f"**{best.title}** is best by {gap} nats per held-out point, before {spoken(rest[0].title)}"
    elif not tied:
        said += f" {numbers.estimate(best.held_out)} nats per held-out point"
    if tied:
        said += f"; {listed([spoken(row.title) for row in tied])} cannot be told from it with {n:,} points"
    said += "."
    if rest and rest[0].behind.value < 2 * rest[0].behind.error:
        said += " Less than two standard errors is a hint, no proof."
    return said + (
        f" The truth scores {-entropy:.4f} nats per point on average (exact)." if entropy is not None else ""
    )


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
            f"With {n:,} points, laws less than {least:.1g} nats per point apart look alike (two standard errors)."
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
