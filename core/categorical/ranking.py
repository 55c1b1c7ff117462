"""Which table of probabilities says most of rows that it has not seen: held-out scores, paired row by row, in nats.

The rows are cut at random into fifths, each scored by the models of the other four (Stone, 1974; `core.evaluation.held_out`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.categorical.models import FITS, Categorical
from core.categorical.rows import MOST_CELLS, Codes, Rows, Sizes, cells
from core.evaluation import held_out
from core.evaluation.metrics import Estimate

FULL = "full table"


@dataclass(frozen=True)
class Ranked:
    """A model's name, the model of all rows (None where its cells cannot be numbered), how many numbers are free, its
    held-out score and how far it lies below the best, nats per row (NaN where there are too few rows)."""

    name: str
    model: Categorical | None
    parameters: float
    held_out: Estimate
    behind: Estimate


def fitted(
    fit: Callable[[Codes, Sizes, float], Categorical], rows: Rows, alpha: float
) -> Callable[[Codes], Categorical]:
    """One way to fit, with the table's sizes and the smoothing."""
    return lambda codes: fit(codes, rows.sizes, alpha)


def scores(fit: Callable[[Codes], Categorical], codes: Codes, held: tuple[np.ndarray, ...]) -> np.ndarray:
    """log p of every held-out row by the model of the rows outside its part, nats."""
    return np.concatenate([fit(np.delete(codes, part, axis=0)).log_prob(codes[part]) for part in held])


def rank(rows: Rows, alpha: float) -> tuple[Ranked, ...]:
    """Every model, the best held-out score first; a full table that has too many cells last."""
    held = held_out.parts(len(rows))
    numbered = cells(rows.sizes) <= MOST_CELLS
    ways = {name: fitted(fit, rows, alpha) for name, fit in FITS.items() if name != FULL or numbered}
    found = {name: scores(fit, rows.codes, held) for name, fit in ways.items()} if held else {}
    best = max(found.values(), key=lambda s: s.sum(), default=np.empty(0))
    made = []
    for name, fit in ways.items():
        model = fit(rows.codes)
        told = found.get(name)
        judged = (held_out.NOTHING,) * 2 if told is None else (held_out.average(told), held_out.behind(best, told))
        made.append(Ranked(name, model, float(model.parameters), *judged))
    made.sort(key=lambda row: -row.held_out.value if np.isfinite(row.held_out.value) else np.inf)
    if FULL not in ways:
        made.append(Ranked(FULL, None, float(cells(rows.sizes) - 1), held_out.NOTHING, held_out.NOTHING))
    return tuple(made)
