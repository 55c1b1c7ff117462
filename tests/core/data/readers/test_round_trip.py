"""Whatever sane program wrote a table, it is read back, or the reader asks: never is it silently something else."""

from collections import Counter

from hypothesis import given, settings

from core.data.read import ReadError, parse
from core.data.readers.choices import Choices
from tests.core.data.readers.corpus import asked, plain, same
from tests.corpora.dialects import written

TRIES = settings(max_examples=5 * settings.default.max_examples // 2)
"""75 of them every day, 5,000 with EXAMPLES=soak."""
REFUSED = 0.02
"""The largest share of files that may be refused rather than read."""


def mistaken(table, file):
    """What in a table is not what was written, in one sentence; "" if nothing is."""
    columns = [column for column in table.columns if column.kind != "empty"]
    if len(columns) == len(file.columns) + 1 and any(same(columns[0], list(one)) for one in file.beside):
        columns = columns[1:]
    if len(columns) != len(file.columns):
        return f"{len(columns)} columns, {len(file.columns)} were written"
    for column, right in zip(columns, file.columns, strict=True):
        if not same(column, list(right)):
            return f"{column.name!r} ({column.kind}) holds {list(column.values)[:8]}, written was {list(right)[:8]}"
    if file.names and not all(plain(n) in plain(c.name) for n, c in zip(file.names, columns, strict=True)):
        return f"names are {[column.name for column in columns]}, written were {list(file.names)}"
    return ""


def outcome(file):
    """How reading went: right, asked, refused, or in words what is silently wrong."""
    try:
        table = parse("file", file.raw, Choices())
    except ReadError:
        return "refused"
    wrong = mistaken(table, file)
    if not wrong:
        return "right"
    return "asked" if asked(file.raw, table, lambda other: not mistaken(other, file)) else wrong


def test_what_was_written_is_read_or_asked_about():
    count = Counter()

    @TRIES
    @given(written())
    def read_back(file):
        found = outcome(file)
        count[found] += 1
        assert found in ("right", "asked", "refused"), found

    read_back()
    assert count["refused"] <= max(1, REFUSED * count.total()), count
