"""Fitting rows of categories beside scikit-learn's CategoricalNB: `python -m tests.bench.data.bench_categorical`.

100,000 rows of 20 columns with 10 levels, the least of five runs: the independent product and the Chow-Liu tree. Exit status 1
if the product's probabilities are not those of the peer.
"""

import sys
import time

import numpy as np
from sklearn.naive_bayes import CategoricalNB

from core.categorical import models
from core.key import Key
from tests.bench.tables import Table

ROWS, COLUMNS, LEVELS, GOAL = 100_000, 20, 10, 1.0


def least(work, times=5):
    """What `work` gives, and the shortest time that it took."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - began)
    return found, min(took)


def main() -> int:
    """Print the table; 1 if a result is wrong."""
    codes = (Key(0) / "bench categorical").generator().integers(0, LEVELS, (ROWS, COLUMNS))
    sizes = (LEVELS,) * COLUMNS
    ours, took = least(lambda: models.independent(codes, sizes, 1.0))
    peer = CategoricalNB(alpha=1.0, min_categories=LEVELS)
    theirs, longer = least(lambda: peer.fit(codes, np.zeros(ROWS)))
    _, tree = least(lambda: models.chow_liu(codes, sizes, 1.0))
    table = Table(f"Fit of {ROWS:,} rows, {COLUMNS} columns: seconds", "model", "seconds", "goal", first=24)
    table.row("independent product", f"{took:.3f}", GOAL)
    table.row("CategoricalNB", f"{longer:.3f}", "")
    table.row("Chow-Liu tree", f"{tree:.3f}", GOAL)
    off = max(np.abs(a - b[0]).max() for a, b in zip(ours.tables(), theirs.feature_log_prob_, strict=True))
    return int(off > 1e-10)


if __name__ == "__main__":
    sys.exit(main())
