"""Columns from cells: the numbers as the whole file spells them, everything else as words, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.data.readers.cells import MISSING, digit_notes, number_column, word_column
from core.data.readers.choices import Choices, Decision, Way
from core.data.readers.table import Column, clean
from core.data.readers.text import spelling
from core.data.readers.text.spelling import PLAIN, Evidence, Pair, Verdict

NAMES = {"": "", ",": "commas", ".": "points", " ": "blanks", "'": "apostrophes"}


@dataclass(frozen=True)
class Cells:
    """The cells of a table: a name and the cells of each column, the units said of them, and each row's line."""

    names: Sequence[str]
    columns: Sequence[Sequence[str]]
    units: Sequence[str]
    lines: Sequence[int]


def read_columns(
    cells: Cells, choices: Choices, separator: str
) -> tuple[tuple[Column, ...], tuple[Decision, ...], Pair]:
    """The columns, the decision on decimal marks if there is one, and the pair of marks that most columns have."""
    gaps = [gaps_of(name, choices) for name in cells.names]
    held = [spelling.spelt(column, gap) for column, gap in zip(cells.columns, gaps, strict=True)]
    verdict = spelling.decide(held, separator, choices.decimal)
    pairs = [None if one is None else spelling.chosen_pair(one, verdict.decimal) for one in held]
    made = []
    for name, column, unit, gap, evidence, pair in zip(
        cells.names, cells.columns, cells.units, gaps, held, pairs, strict=True
    ):
        if evidence is None or pair is None:
            made.append(replace(word_column(name, column, cells.lines, gap), unit=unit))
        else:
            made.append(numeric(name, column, unit, evidence, pair))
    return tuple(made), decisions(cells.names, held, verdict, choices), commonest(held, pairs)


def read_column(name: str, cells: Sequence[str]) -> Column:
    """One column that is judged by itself."""
    (column,), _, _ = read_columns(Cells((name,), (cells,), ("",), range(1, len(cells) + 1)), Choices(), "")
    return column


def gaps_of(name: str, choices: Choices) -> frozenset[str]:
    """The words, in small letters, that stand for no value in a column."""
    said = {word.strip().casefold() for column, word in choices.missing if column == name and not is_number(word)}
    return MISSING | said if said else MISSING


def is_number(word: str) -> bool:
    """Whether a word is a number, which `core.data.readers.sentinels` finds by its value."""
    return spelling.plain([word]) is not None


def numeric(name: str, cells: Sequence[str], unit: str, evidence: Evidence, pair: Pair) -> Column:
    """A column of numbers with how they were written."""
    values = spelling.numbers(evidence, pair, cells)
    joined = "\n".join(cells)
    notes = (*written(evidence, pair), *digit_notes(joined, values))
    return number_column(name, values, notes, unit or evidence.bare.unit, spelling_words(evidence, pair))


def written(evidence: Evidence, pair: Pair) -> tuple[str, ...]:
    """Sentences on how the numbers of a column were written, where that is not plain."""
    notes = []
    if evidence.bare.unit == "%":
        notes.append("Percent signs are dropped: 12% reads as 12.")
    elif evidence.bare.unit:
        notes.append(f"{clean(evidence.bare.unit, 12)} is taken as the unit of the numbers.")
    decimal, between = pair
    if decimal == "," and "," in evidence.bare.text:
        notes.append("Decimal comma.")
    if between:
        notes.append(f"{NAMES[between].capitalize()} between thousands are dropped.")
    if evidence.bare.flags:
        notes.append(f"Letters behind some numbers ({', '.join(evidence.bare.flags[:4])}) are flags and are dropped.")
    if evidence.bare.turned:
        notes.append("Brackets or a minus behind a number mean less than 0.")
    return tuple(notes)


def spelling_words(evidence: Evidence, pair: Pair) -> str:
    """How the numbers of a column were written, in a few words; "" for plainly."""
    if evidence.values is not None and pair == PLAIN:
        return ""
    decimal, between = pair
    comma = decimal == "," and "," in evidence.bare.text
    parts = (["decimal comma"] if comma else []) + ([f"{NAMES[between]} between thousands"] if between else [])
    return ", ".join(parts + (["brackets for minus"] if evidence.bare.turned else []))


def decisions(
    names: Sequence[str], held: Sequence[Evidence | None], verdict: Verdict, choices: Choices
) -> tuple[Decision, ...]:
    """What was decided on columns that can be read in two ways, with an example of both."""
    unclear = [(name, one) for name, one in zip(names, held, strict=True) if one is not None and one.mark]
    points = verdict.decimal == "." and any(one is not None and (".", "decimal") in one.facts for one in held)
    if not unclear or (points and all(one.mark == "." for _, one in unclear) and choices.decimal is None):
        return ()  # a decimal point, as other columns have it, is nothing to speak of
    name, evidence = unclear[0]
    others = f" and {len(unclear) - 1} more column{'s' * (len(unclear) > 2)}" if len(unclear) > 1 else ""
    readings = {decimal: reading(evidence, decimal) for decimal in (".", ",")}
    here, there = readings[verdict.decimal], readings[spelling.OTHER[verdict.decimal]]
    said = f"{clean(evidence.example, 20)} in {clean(name, 40)}{others} is read as {here}"
    said += "; the file alone cannot say." if verdict.asked else "."
    ways = [Way(f"Read it as {there}", replace(choices, decimal=spelling.OTHER[verdict.decimal]))]
    if verdict.asked:
        ways.append(Way("Keep", replace(choices, decimal=verdict.decimal)))
    return (Decision(said, tuple(ways), verdict.asked),)


def reading(evidence: Evidence, decimal: str) -> str:
    """The example of a column as it is read under a decimal mark."""
    pair = spelling.chosen_pair(evidence, decimal)
    bare = evidence.example.replace(pair[1], "") if pair[1] else evidence.example
    return bare.replace(pair[0], ".")


def commonest(held: Sequence[Evidence | None], pairs: Sequence[Pair | None]) -> Pair:
    """The decimal mark and the mark between thousands that the file was read with, "" where none was met."""
    met = [pair for one, pair in zip(held, pairs, strict=True) if one is not None and pair is not None]
    decimal = "," if any(pair[0] == "," for pair in met) else "."
    return decimal, next((pair[1] for pair in met if pair[1] and pair[0] == decimal), "")
