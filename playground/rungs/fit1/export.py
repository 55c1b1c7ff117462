"""What is taken home of a law: draws, its density and its parameters as files, and the script that ranks the laws again."""

import json
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.dataset import Dataset
from core.key import Key
from core.laws.ranking import Row
from playground.rungs.em.files import safe
from playground.rungs.fit1.column import Ranked
from playground.rungs.fit1.numbers import unit_of

NODES = 500  # of the density's grid


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
        "AIC (nats)": known(row.aic),
        "BIC (nats)": known(row.bic),
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


def script(data: str, column: Ranked, key: Key) -> str:
    """Python that prints the table of laws with `core` alone (and `sketch` for a drawing); `data` makes the data set."""
    laws = "ranking.CONTINUOUS" if column.continuous else "discrete.FAMILIES"
    values = "dataset.points[:, 0]"
    if column.kind.kind == "binary":
        laws, values = "(discrete.BERNOULLI,)", f"(dataset.points[:, 0] == {column.kind.values[1]!r}).astype(float)"
    head = ["from pathlib import Path\n"] * ("Path(" in data)
    imports = ["from core.laws import ranking", *["from core.laws.families import discrete"] * (not column.continuous)]
    imports += ["from core.data import builtin"] * ("builtin." in data)
    imports += ["from core.data import clinic", "from core.data.read import read"] * ("clinic." in data)
    imports += ["from core.key import Key"]
    imports += ["from playground.shelf import sketch"] * ("sketch." in data)
    return "\n".join(
        [
            *head,
            *imports,
            "",
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
            "",
        ]
    )
