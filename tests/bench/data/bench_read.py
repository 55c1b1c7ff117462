"""Reading a table side by side with pandas: `python -m tests.bench.data.bench_read`.

100,000 rows of 10 columns in five dialects. Ours judges the dialect, the first rows, the decimal mark of the whole file
and every column; pandas is told all of that, and reads. "with child" is what a person waits for: the confined process is
started, and its reply checked. The exit status is 1 only where a value differs from what was written.
"""

import io
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from core.data.read import Table, parse, read
from core.key import Key

ROWS, COLUMNS = 100_000, 10
GOAL = 1500
"""Milliseconds, for ours, child included."""


def numbers() -> np.ndarray:
    """The values that are written."""
    return (Key(0) / "bench read").generator().normal(0, 1000, (ROWS, COLUMNS)).round(4)


def written(x: np.ndarray, separator: str, spell: Callable[[float], str]) -> bytes:
    """The table as text."""
    names = separator.join(f"x{i}" for i in range(COLUMNS))
    return "\n".join([names, *(separator.join(map(spell, row)) for row in x.tolist()), ""]).encode()


DIALECTS: dict[str, tuple[str, Callable[[float], str], dict]] = {
    "commas": (",", lambda v: f"{v:.4f}", {}),
    "semicolons, decimal comma": (";", lambda v: f"{v:.4f}".replace(".", ","), {"sep": ";", "decimal": ","}),
    "tabs, 1,234.5": ("\t", lambda v: f"{v:,.4f}", {"sep": "\t", "thousands": ","}),
    "blanks": (" ", lambda v: f"{v:.4f}", {"sep": " "}),
    "commas, NA beyond 2000": (",", lambda v: "NA" if abs(v) > 2000 else f"{v:.4f}", {}),
}


def timed(work: Callable, *arguments: object) -> tuple[float, Table | pd.DataFrame]:
    """Milliseconds taken, and the result."""
    begin = time.perf_counter()
    result = work(*arguments)
    return 1e3 * (time.perf_counter() - begin), result


def main(repetitions: int = 3) -> int:
    """Print the table; 1 if a value was read wrong."""
    x, wrong = numbers(), 0
    print(f"Reading {ROWS:,} rows x {COLUMNS} columns, medians of {repetitions}; goal with child {GOAL:,} ms")
    print(f"{'dialect':<28}{'MB':>6}{'ours ms':>9}{'with child':>12}{'pandas':>8}{'ratio':>7}")
    for name, (separator, spell, told) in DIALECTS.items():
        raw = written(x, separator, spell)
        right = np.where(np.abs(x) > 2000, np.nan, x) if "NA" in name else x
        taken: dict[str, list[float]] = {"ours": [], "child": [], "pandas": []}
        for _ in range(repetitions):
            ours, table = timed(parse, "a.csv", raw)
            child, _ = timed(read, "a.csv", raw)
            peer, frame = timed(lambda raw=raw, told=told: pd.read_csv(io.BytesIO(raw), **told))
            for key, value in (("ours", ours), ("child", child), ("pandas", peer)):
                taken[key].append(value)
            same = [
                np.array_equal(column.values, right[:, i], equal_nan=True) for i, column in enumerate(table.columns)
            ]
            wrong |= not all(same) or not np.allclose(frame.to_numpy(), right, equal_nan=True)
        ours, child, peer = (float(np.median(taken[key])) for key in ("ours", "child", "pandas"))
        print(f"{name:<28}{len(raw) / 1e6:>6.1f}{ours:>9.0f}{child:>12.0f}{peer:>8.0f}{child / peer:>7.1f}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
