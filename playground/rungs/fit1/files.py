"""What a person takes home of a law: draws, its density and its parameters as files, and the script that prints its numbers."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Float

from core.dataset import Dataset
from core.key import Key
from core.laws.ranking import Row
from core.options import Range, check
from playground import controls, session
from playground.rungs.fit1 import model
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.column import Ranked
from playground.rungs.fit1.screen import Screen
from playground.shown import unlinked
from playground.shown.files import Download, Home, safe
from playground.shown.files import script as program
from playground.shown.numbers import unit_of

NODES = 500  # of the density's grid
NEEDS = {
    "Gaussian(": "from core.laws.gaussian import Gaussian",
    "discrete.": "from core.laws.families import discrete",
    "ranking.": "from core.laws import ranking",
    "sufficient(": "from core.laws.likelihood import sufficient",
}


@dataclass(frozen=True)
class Draws:
    """How many draws the file of samples has."""

    samples: Annotated[int, Range(1, 1_000_000, "Samples n", "How many draws the file has.", step=100)] = 1000

    def __post_init__(self) -> None:
        """Raise ValueError for a number outside its declaration."""
        check(self)


def home(screen: Screen, step: Bell) -> Home:
    """The script and the files of the law that is chosen here."""
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        chosen = model.choose(screen, step)
    shelved, row = screen.asked.shelved, chosen.row
    code = shelved.code
    made = ranking_script(code, chosen.column, screen.key) if chosen.column else bell_script(code, step)
    if row is None:
        return Home(made, (), (chosen.why,), pandas=shelved.pandas, unlinked=unlinked.points())
    with right:
        amount = controls.draw(Draws(), more=False)["samples"] or Draws().samples
    stream = screen.key / "samples"
    x = chosen.column.x if chosen.column else screen.dataset.points[:, 0]
    counts = chosen.column is not None and not chosen.column.continuous
    note = f"Samples are drawn by {session.plain(str(stream))}."
    return Home(
        made, files(row, screen, x, int(amount), counts), (note,), pandas=shelved.pandas, unlinked=unlinked.points()
    )


def files(row: Row, screen: Screen, x: Float[np.ndarray, " n"], amount: int, counts: bool) -> tuple[Download, ...]:
    """Samples, the density on a grid, the parameters, and every point with its log-density."""
    law: Any = row.fitted
    dataset, key, column = screen.dataset, screen.key, screen.dataset.columns[0]
    grid_of = "Probabilities (CSV)" if counts else "Density on a grid (CSV)"
    return (
        Download("Samples (CSV)", "samples.csv", lambda: samples(law, column, amount, key / "samples")),
        Download(grid_of, "density.csv", lambda: grid(law, dataset, x, counts)),
        Download("Parameters (JSON)", "parameters.json", lambda: as_json(row, dataset, key)),
        Download("Points and log-densities (CSV)", "densities.csv", lambda: pointwise(law, column, x)),
    )


def samples(law: Any, column: str, n: int, key: Key) -> bytes:
    """CSV: `n` draws of the law by this key."""
    return pd.DataFrame({safe(column): law.sample(n, key)[:, 0]}).to_csv(index=False).encode()


def grid(law: Any, dataset: Dataset, x: Float[np.ndarray, " n"], counts: bool) -> bytes:
    """CSV: the density at nodes over the picture's axis, or the probability of every count up to the largest in x."""
    low, high = (float(end) for end in dataset.bounds[0])
    at = np.arange(x.max() + 1) if counts else np.linspace(low, high, NODES)
    logs = law.log_prob(at)
    name, what = safe(dataset.columns[0]), "probability" if counts else "density"
    return pd.DataFrame({name: at, what: np.exp(logs), f"log {what}": logs}).to_csv(index=False).encode()


def pointwise(law: Any, column: str, x: Float[np.ndarray, " n"]) -> bytes:
    """CSV: every point with its log-density under the law, nats."""
    return pd.DataFrame({safe(column): x, "log density": law.log_prob(x)}).to_csv(index=False).encode()


def as_json(row: Row, dataset: Dataset, key: Key) -> bytes:
    """JSON: the law with its parameters, units and errors, its scores, and which data it was fitted to."""
    described = row.fitted.describe(unit_of(dataset.columns[0])) if row.fitted else ()  # type: ignore[attr-defined]
    errors = row.errors.values if row.errors else (float("nan"),) * len(described)
    content = {
        "law": row.title,
        "parameters": [
            {"name": word, "value": value, "unit": unit, "standard error": known(error)}
            for (word, value, unit), error in zip(described, errors, strict=True)
        ],
        "errors by": row.errors.how if row.errors else None,
        "note": row.note,
        "log-likelihood (nats per point)": known(row.log_likelihood),
        "AIC (-2 log-likelihood)": known(row.aic),
        "BIC (-2 log-likelihood)": known(row.bic),
        "held out (nats per point)": known(row.held_out.value),
        "its standard error": known(row.held_out.error),
        "data": dataset.name,
        "digest": dataset.digest,
        "column": dataset.columns[0],
        "points": len(dataset),
        "key": str(key),
    }
    return json.dumps(content, indent=1).encode()


def known(value: float) -> float | None:
    """A number that JSON can hold, or None."""
    return float(value) if np.isfinite(value) else None


def bell_script(data: str, step: Bell) -> str:
    """Python that prints the bell's log-likelihood and the maximum again; `data` makes the data set."""
    lines = [
        data,
        "points = sufficient(dataset.points)",
        f"hand = Gaussian(np.array([{step.mu!r}]), np.array([[{step.sigma**2!r}]]))",
        'print("hand", points.log_likelihood(hand.mean, hand.covariance), "nats per point")',
        'print("maximum", points.mean, points.covariance ** 0.5)',
        'print("maximum", points.log_likelihood(points.mean, points.covariance), "nats per point")',
    ]
    return program(lines, NEEDS)


def ranking_script(data: str, column: Ranked, key: Key) -> str:
    """Python that prints the table of laws with `core` alone (and `sketch` for a drawing); `data` makes the data set."""
    laws, values = "ranking.CONTINUOUS" if column.continuous else "discrete.FAMILIES", "dataset.points[:, 0]"
    if column.kind.kind == "binary":
        laws, values = "(discrete.BERNOULLI,)", f"(dataset.points[:, 0] == {column.kind.values[1]!r}).astype(float)"
    lines = [
        data,
        f"x, laws = {values}, {laws}",
        f"*_, last = ranking.rank(x, {key}, laws)",
        "for row in last.state:",
        "    held = row.held_out",
        "    print(row.title, held.value, held.error, row.log_likelihood, sep=', ')",
        "    described = row.fitted.describe() if row.fitted else ()",
        "    for i, (word, value, unit) in enumerate(described):",
        "        error = row.errors.values[i] if row.errors else 'none'",
        "        print('   ', word, value, '+-', error)",
        "    print('   ', row.note)",
    ]
    return program(lines, NEEDS)
