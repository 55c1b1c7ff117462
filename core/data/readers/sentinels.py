"""Numbers that stand for no value: -9999 beside temperatures, 99 beside ages.

    suspects(values)            the values that look like one, with how often each occurs
    settle(columns, choices)    the columns without what somebody said is missing, and what is pointed at

A sentinel is a value at an end of the column, far from all others: by three times their whole range if it is repeated, by
half of it if it is one of the codes that statistics programs use, by nothing if it is a code below zero and all others
are not. Several that are no codes, far away together, are a cluster. Nothing is left out before somebody says so.
"""

import re
from dataclasses import replace

import numpy as np

from core.data.readers.choices import MOST as MOST_PAIRS
from core.data.readers.choices import Choices, Decision, Way
from core.data.readers.table import Column, Kind, Numbers, clean

CODES = frozenset((-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0, 888.0, 8888.0, -88.0, -888.0, -8888.0))
"""Known codes beside those of nines and the powers of ten: the ends of short and long integers, and eights."""
NINES = re.compile(r"-?(9{2,}|9+\.9+)")
FILLS = (1e20, 1e30, 1e36, 9.969209968386869e36, 3.4028234663852886e38, 1.7976931348623157e308)
"""What netCDF, GRIB and C programs fill gaps with; recognised by size, with either sign."""
FAR_CODE, FAR_ANY = 0.5, 3.0
"""How far from the nearest other value, in ranges of the others, a code or a repeated value must lie."""
MOST = 4
"""The most sentinels at one end of a column."""
FEWEST = 4
"""The fewest other different values that are a range to be far from."""


def suspects(values: Numbers) -> list[tuple[float, int]]:
    """The values that look like sentinels and how often each occurs, in order; at most MOST at either end."""
    different, times = np.unique(values[np.isfinite(values)], return_counts=True)
    if len(different) > 2 * (MOST + FEWEST):  # what lies in the middle is never looked at
        ends = np.r_[0 : MOST + FEWEST, len(different) - MOST - FEWEST : len(different)]
        different, times = different[ends], times[ends]
    found = [(value, int(often)) for value, often in zip(different.tolist(), times.tolist(), strict=True)]
    cuts = [(low, high) for low in range(MOST + 1) for high in range(MOST + 1) if low + high > 0]
    for low, high in sorted(cuts, key=sum, reverse=True):
        kept = found[low : len(found) - high]
        if (
            len(kept) >= FEWEST
            and apart(found[:low], kept, kept[0])
            and apart(found[len(found) - high :], kept, kept[-1])
        ):
            return [*found[:low], *found[len(found) - high :]]
    return []


def apart(gone: list[tuple[float, int]], kept: list[tuple[float, int]], nearest: tuple[float, int]) -> bool:
    """Whether each value in `gone` is as far from the `nearest` one kept as its kind must be, and they are no cluster."""
    width = max(kept[-1][0] / 2 - kept[0][0] / 2, 1e-12 * abs(nearest[0]))  # halves: a difference may overflow
    others = sum(not code(value) for value, _ in gone)
    if others == len(gone) > 1:
        return False
    return all(abs(value / 2 - nearest[0] / 2) > far(value, times, kept[0][0]) * width for value, times in gone)


def far(value: float, times: int, least: float) -> float:
    """How many ranges of the others, of which one is the least, a value must lie away from them to be pointed at."""
    if code(value):
        return 0.0 if value < 0 <= least else FAR_CODE
    return FAR_ANY if times > 1 else np.inf


def code(value: float) -> bool:
    """Whether a number is one that programs write for a missing value."""
    if value in CODES or NINES.fullmatch(f"{value:.10g}"):
        return True
    return any(abs(abs(value) - fill) <= 1e-5 * fill for fill in FILLS)


def settle(columns: tuple[Column, ...], choices: Choices) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """The columns of numbers without the values that `choices` call missing, and a decision on each suspect."""
    settled, decisions = [], []
    for column in columns:
        said = [word for name, word in choices.missing if name == column.name]
        if column.numeric:
            column, made = without(column, said, choices)
            decisions += made
            decisions += [pointed(column, *suspect, choices) for suspect in suspects(np.asarray(column.values))]
        settled.append(column)
    return tuple(settled), tuple(decisions)


def without(column: Column, words: list[str], choices: Choices) -> tuple[Column, list[Decision]]:
    """A column of numbers with the numbers among `words` missing, and a decision on each that takes it back."""
    decisions, values = [], np.array(column.values)
    for word in words:
        try:
            gone = values == float(word)
        except ValueError:
            continue
        values[gone] = np.nan
        kept = tuple(pair for pair in choices.missing if pair != (column.name, word))
        said = f"{word} in {clean(column.name, 40)} is treated as missing ({count(int(gone.sum()))})."
        decisions.append(Decision(said, (Way("Count it as a value", replace(choices, missing=kept)),)))
    if not decisions:
        return column, []
    missing, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    return replace(column, values=values, missing=missing, infinite=infinite, kind=column_kind(values)), decisions


def column_kind(values: Numbers) -> Kind:
    """The kind of a column of these numbers."""
    left = values[~np.isnan(values)]
    return "empty" if not len(left) else "constant" if left.min() == left.max() else "number"


def pointed(column: Column, value: float, times: int, choices: Choices) -> Decision:
    """The question whether a far value stands for none, or what somebody answered."""
    name, word = column.name, f"{value:.17g}"
    missing = Way("Treat as missing", replace(choices, missing=(*choices.missing, (name, word))[:MOST_PAIRS]))
    where = f"{value:.10g} in {clean(name, 40)} ({count(times)})"
    if (name, word) in choices.values:
        return Decision(f"{where} is a value, as you said.", (missing,))
    kept = Way("Keep", replace(choices, values=(*choices.values, (name, word))[:MOST_PAIRS]))
    return Decision(f"{where} lies far from all other values: is it missing?", (missing, kept), open=True)


def count(times: int) -> str:
    """How often something occurs, in words."""
    return "once" if times == 1 else "twice" if times == 2 else f"{times:,} times"
