"""Laws of one variable in numbers, tables and sentences. No Streamlit here."""

import re
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.evaluation import metrics
from core.evaluation.distances import TITLES
from core.laws.goodness import Calibrated, Recheck
from core.laws.ranking import Row
from playground.rungs.em import numbers

FOUR = ("log-likelihood (nats/point)", "value (no unit)")
RATES = ("calibrated p <= 0.05 (%)", "± calibrated (%)", "naive p <= 0.05 (%)", "± naive (%)")
FORMATS = dict.fromkeys(FOUR, "%.4f") | dict.fromkeys(("AIC (nats)", "BIC (nats)", *RATES), "%.1f")
FORMATS |= {"p, calibrated": "%.3f", "± (Monte Carlo)": "%.3f", "p, naive": "%.3f"}
PROPER = ("Student", "Laplace", "Cauchy", "Gumbel", "Pareto", "Weibull", "Poisson", "Bernoulli", "Gaussian")
USUAL = "observed information"


def unit_of(column: str) -> str:
    """The unit at the end of a column's name, in brackets: "min" of "waiting (min)"; "" if there is none."""
    found = re.search(r"\(([^()]+)\)\s*$", column)
    return found.group(1).strip() if found else ""


def spoken(title: str) -> str:
    """A law's name inside a sentence."""
    return title if title.startswith(PROPER) else title[:1].lower() + title[1:]


def listed(names: Sequence[str]) -> str:
    """One name, or several with commas and an "and"."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def estimate(value: metrics.Estimate) -> str:
    """A value with its standard error; to four digits where the error is not known or nothing."""
    if np.isfinite(value.value) and value.error > 1e-9:
        return numbers.estimate(value)
    return f"{value.value:.4f}" + (f" ± {0:.4f}" if value.error <= 1e-9 else "")


def measured(value: float, error: float) -> str:
    """A parameter with its standard error to two digits; without one, four digits of the parameter."""
    if not error > 0:
        return f"{value:.4g}"
    digits = 1 - int(np.floor(np.log10(float(f"{error:.1e}"))))
    if not -4 < digits < 9:
        return f"{value:.6g} ± {error:.2g}"
    return f"{round(value, digits):.{max(digits, 0)}f} ± {round(error, digits):.{max(digits, 0)}f}"


def placed(value: float, spread: float, least: int = 4) -> str:
    """A place on the axis: `least` digits, and more until three of them are of the `spread` around it, however far from 0."""
    digits = least
    if np.isfinite(value) and value != 0:
        size = int(np.floor(np.log10(abs(value))))
        if np.isfinite(spread) and spread > 0:
            digits = max(least, size - int(np.floor(np.log10(spread))) + 3)
        digits = max(digits, size + 1 if size < 10 else 0)  # written out, not as a power of ten
    return f"{value:#.{min(digits, 15)}g}".rstrip(".") if value else "0"


def parameters(row: Row, unit: str) -> str:
    """A row's parameters in words, with units and errors, and by which method the errors are if not the usual one."""
    described = getattr(row.fitted, "describe", lambda unit: ())(unit)
    errors = row.errors.values if row.errors else (float("nan"),) * len(described)
    pairs = zip(described, errors, strict=True)
    said = ", ".join(f"{word} = {measured(value, error)} {of}".strip() for (word, value, of), error in pairs)
    return said if row.errors is None or row.errors.how == USUAL else f"{said} (errors: {row.errors.how})"


def ranked(rows: Sequence[Row], unit: str) -> pd.DataFrame:
    """The ranked table; a law that failed has its reason where the others have their parameters."""

    def behind(i: int, row: Row) -> str:
        if row.problem or i == 0 or np.isnan(row.behind.value):
            return "failed" if row.problem else "best" if i == 0 else ""
        return estimate(row.behind) + (", tied" if row.tied else "")

    return pd.DataFrame(
        {
            "law": [row.title for row in rows],
            "held out (nats/point)": ["" if np.isnan(row.held_out.value) else estimate(row.held_out) for row in rows],
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
        said = f"**{best.title}** is best by {estimate(rest[0].behind)} nats per held-out point, before {spoken(rest[0].title)}"
    elif not tied:
        said += f" {estimate(best.held_out)} nats per held-out point"
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
    low, high = (placed(float(end), float(x.std())) for end in (x.min(), x.max()))
    ends = f"above {high}" if counts else f"beyond {low} and {high}"
    said.append(
        f"No point lies {f'{ends} {unit}'.strip()}: there, and for events rarer than 1 in {n:,}, every law here is a guess."
    )
    if n < 50:
        said.append("With so few points one more could change the order.")
    return " ".join(said)


def tested(test: Calibrated, names: Sequence[str]) -> pd.DataFrame:
    """The statistics with their p-values; those that need replicates are empty until there are some."""
    at = [test.names.index(name) for name in names]
    known = np.where(len(test.null) > 0, 1.0, np.nan)
    return pd.DataFrame(
        {
            "statistic": [TITLES[name] for name in names],
            "value (no unit)": test.observed[at],
            "p, calibrated": test.p[at] * known,
            "± (Monte Carlo)": test.error[at] * known,
            "p, naive": test.naive[at],
        }
    )


def judgement(test: Calibrated, law: str, level: float = 0.05) -> str:
    """What the calibrated tests, the QQ band among them, say of the law."""
    titles = [TITLES[name].replace("QQ", "the QQ") for name in test.names]
    against = [title for title, p in zip(titles, test.p, strict=True) if p <= level]
    close = [titles[i] for i in np.flatnonzero(abs(test.p - level) <= test.error)]
    verb = "rejects" if len(against) == 1 else "reject"
    if not against:
        said = f"Nothing here speaks against **{spoken(law)}**. With {len(test.x):,} points that is no proof: "
        said += "small departures do not show."
    elif len(against) == len(titles):
        said = f"**{law} does not fit**: {listed(against)} {verb} it at the level {level:g}."
    else:
        said = f"**{law} is in doubt**: {listed(against)} {verb} it at the level {level:g}, the others do not. "
        said += "Of several tests one rejects a true law more often than that."
    if close:
        said += f" {listed(close)} {'is' if len(close) == 1 else 'are'} too close to {level:g} to call."
    return said


def rejections(found: Recheck, names: Sequence[str]) -> pd.DataFrame:
    """How often the tests rejected a true law at the level 0.05, with the standard error."""
    at = [found.names.index(name) for name in names]
    rates = [[found.rejected(0.05, which)[i] for i in at] for which in ("calibrated", "naive")]
    columns = [[100 * part for part in parts] for rate in rates for parts in zip(*map(astuple, rate), strict=True)]
    return pd.DataFrame({"statistic": [TITLES[name] for name in names]} | dict(zip(RATES, columns, strict=True)))
