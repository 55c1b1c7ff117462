"""The judge of a reading: is it what was written, or was it asked, or is it silently something else?"""

import re

import numpy as np

from core.data.read import ReadError, parse
from core.data.readers.cells import is_missing
from core.data.readers.choices import Choices
from tests.corpora import instruments, layouts, offices, programs, sheets

FILES = [file for part in (programs, sheets, instruments, offices, layouts) for file in part.FILES]
BRACKETS = re.compile(r"\s*[\[(][^\[\]()]*[\])]$")
EXTRA = {"\\n", "..", "*", ":", "-nan", "#div/0!"}
"""Spellings of a missing cell that may be left standing among words."""
DEPTH, MOST = 3, 60  # how many questions in a row are answered, and how many readings are tried


def same(column, expected):
    """Whether a column holds the expected numbers or words; a tuple of lists where each of them is right."""
    if isinstance(expected, tuple):
        return any(same(column, one) for one in expected)
    if len(column) != len(expected):
        return False
    if column.numeric:
        values = np.array([np.nan if wanted is None else wanted for wanted in expected], object)
        if any(isinstance(wanted, str) for wanted in values):
            return False
        return np.array_equal(column.values, values.astype(float), equal_nan=True)
    return all(same_word(word, wanted) for word, wanted in zip(column.values, expected, strict=True))


def same_word(word, wanted):
    if wanted is None:
        return is_missing(word) or word.strip().casefold() in EXTRA
    return isinstance(wanted, str) and " ".join(word.split()) == " ".join(wanted.split())


def plain(name):
    """A name as one would say it: small letters, without marks."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def called(given, wanted):
    """Whether a column's name is the wanted one, with or without a unit in brackets."""
    bare = BRACKETS.sub("", given)
    if not plain(wanted):  # "#", which is a mark to some
        return given == wanted or given == "column 1"
    return given == wanted or plain(wanted) in {plain(given), plain(bare)}


def unlike(table, columns, named=True, beside=()):
    """What in a table is not as expected, in one sentence; "" if nothing is."""
    left = [c for c in table.columns if c.kind != "empty"]
    if named:
        for name, expected in columns.items():
            found = next((c for c in left if called(c.name, name)), None)
            if found is None:
                return f"no column is called {name!r}: {[c.name for c in table.columns]}"
            if not same(found, expected):
                return f"{name!r}: {differs(found, expected)}"
            left = [c for c in left if c is not found]
    else:
        held, left = left, []
        wanted = list(columns.values())
        for column in held:
            if wanted and same(column, wanted[0]):
                wanted = wanted[1:]
            else:
                left.append(column)
        if wanted:
            return f"column {len(columns) - len(wanted) + 1}: " + (
                differs(left[0], wanted[0]) if left else f"missing, wanted {wanted[0][:4]}"
            )
    for column in left:
        if not any(same(column, one) for one in beside):
            return f"a column {column.name!r} too many: {list(column.values[:4])}"
    return ""


def differs(column, expected):
    expected = expected[0] if isinstance(expected, tuple) else expected
    if len(column) != len(expected):
        return f"{len(column)} rows, {len(expected)} wanted; begins {list(column.values[:3])}, wanted {expected[:3]}"
    rows = [i for i in range(len(expected)) if column.numeric and not close(column.values[i], expected[i])]
    rows += [i for i in range(len(expected)) if not column.numeric and not same_word(column.values[i], expected[i])]
    i = rows[0] if rows else 0
    return f"row {i + 1} is {column.values[i]!r} ({column.kind}), wanted {expected[i]!r}"


def close(value, wanted):
    return isinstance(wanted, float) and (value == wanted or (np.isnan(value) and np.isnan(wanted)))


def asked(raw, table, right):
    """Whether an open question of the table, or of the readings that its answers lead to, has the right answer."""
    seen, edge = {table.choices.words()}, [table]
    for _ in range(DEPTH):
        ahead = []
        for choices in [
            way.choices for one in edge for decision in one.decisions if decision.open for way in decision.ways
        ]:
            if choices.words() in seen or len(seen) > MOST:
                continue
            seen.add(choices.words())
            try:
                other = parse("file", raw, choices)
            except ReadError:
                continue
            if right(other):
                return True
            ahead.append(other)
        edge = ahead
    return False


def verdict(file):
    """What is wrong with the reading of a file of the corpus; "" if nothing is."""
    try:
        table = parse(file.name, file.raw, Choices())
    except ReadError as error:
        return f"refused: {error}"
    wrong = unlike(table, file.columns, file.named, file.beside)
    questions = [decision.said for decision in table.decisions if decision.open]
    if file.open and not questions:
        return wrong or "nothing is asked"
    if wrong:
        if file.open is False:
            return wrong
        if not asked(file.raw, table, lambda t: not unlike(t, file.columns, file.named, file.beside)):
            return f"{wrong}; no answer to {questions} mends it"
        return ""
    if questions and file.open is False:
        return f"needless question: {questions[0]}"
    return untold(file, table)


def untold(file, table):
    """What a right reading keeps to itself: units, lines left out, names that no line gives."""
    said = " ".join((*table.notes, *(decision.said for decision in table.decisions)))
    for name, unit in file.units.items():
        column = next(c for c in table.columns if called(c.name, name))
        if column.unit != unit and unit not in column.name:
            return f"the unit of {name!r} is {column.unit!r}, wanted {unit!r}"
    dropped = [
        i
        for i, line in enumerate(re.split(r"\r\n|\r|\n", file.text), start=1)
        if any(word in line for word in file.drops)
    ]
    kept = set(dropped) - set(table.layout.skipped) if table.layout else set()
    if kept:
        return f"lines {sorted(kept)} are no rows and the layout does not skip them"
    if dropped and not re.search(r"\b(lines?|rows?|remarks?|comments?|totals?|titles?|notes?)\b", said, re.IGNORECASE):
        return "lines are left out and nothing is said of it"
    if not file.named and not re.search(r"\b(header|names?|named|called)\b", said, re.IGNORECASE):
        return "there are no names and nothing is said of it"
    return ""


if __name__ == "__main__":  # one line for each file that is read wrong
    for one in FILES:
        if words := verdict(one):
            print(f"{one.name}: {words}"[:250])
