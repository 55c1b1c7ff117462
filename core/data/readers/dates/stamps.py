"""Numbers that stand for dates: settle(columns, choices) makes them dates where that is decided, and asks where it is not.

Whole numbers that spell existing days without exception (20240331) are dates until somebody says otherwise. All other
numbers stay numbers until somebody says that they are dates; they are asked about where their size and the column's name,
or their order, make it likely. As dates they are words of ISO 8601; a time since 1970 is one of UTC.
"""

from dataclasses import replace

import numpy as np

from core.data.readers import sentinels
from core.data.readers.choices import LONGEST, MOST, Choices, Decision, Way
from core.data.readers.dates.forms import (
    COMPACT,
    FORMS,
    NUMBER,
    YEARS,
    Form,
    compact,
    likely_form,
    within,
    within_calendar,
    written,
)
from core.data.readers.table import Column, Numbers, clean

ODD = 0.1
"""The largest share of numbers that may be no days in a column that is said to hold days."""


def settle(columns: tuple[Column, ...], choices: Choices) -> tuple[tuple[Column, ...], tuple[Decision, ...]]:
    """The columns, numbers as dates where a day is spelt or `choices` say so, and a decision on each that may be dates."""
    settled, decisions = [], []
    chosen = dict(choices.forms)
    for column in columns:
        if column.kind == "number":
            column, made = stamped(column, chosen.get(column.name), choices)
            decisions += made
        settled.append(column)
    return tuple(settled), tuple(decisions)


def stamped(column: Column, said: str | None, choices: Choices) -> tuple[Column, list[Decision]]:
    """A column of numbers, as dates where that is `said` or plain, and the decision on it, if there is one."""
    gone = [word for name, word in choices.missing if name == column.name]
    bare, made = sentinels.without(column, gone, choices)  # a gap may be no day
    values = np.asarray(bare.values)[~np.isnan(np.asarray(bare.values))]
    if bare.kind != "number" or not np.isfinite(values).all():
        return column, []
    likely = likely_form(column.name, values)
    taken = said if said in FORMS else COMPACT if likely == COMPACT and said != NUMBER else None
    back = NUMBER if likely == COMPACT else None
    if taken is None:
        return column, asked(column, values, likely, said == NUMBER, choices)
    never = values[~within_calendar(FORMS[taken].moments(values))]
    if len(never):
        why = f"Column {clean(column.name, 40)} holds {shown(never[0], taken)}, which is no day of {FORMS[taken].said}"
        ways = other(column.name, None, choices, "Forget this")
        return column, [Decision(f"{why}, so it is read as numbers.", ways)]
    ways = other(column.name, back, choices, "Read as numbers")
    decision = Decision(f"{example(column.name, values, taken)}; it is read as dates.", ways)
    return dated(bare, FORMS[taken]), [*made, decision]


def asked(column: Column, values: Numbers, likely: str | None, declined: bool, choices: Choices) -> list[Decision]:
    """The question whether a column of numbers is one of dates, or that it was `declined`; what keeps it from being one."""
    if likely:
        ways = other(column.name, likely, choices, "Read as dates")
        end = "; it is read as numbers." if declined else "."
        return [Decision(example(column.name, values, likely) + end, ways, open=not declined)]
    odd = values[~within_calendar(compact(values))]
    eight = within(values, YEARS[0] * 1e4, (YEARS[1] + 1) * 1e4)
    if declined or not eight or not 0 < len(odd) <= ODD * len(values):
        return []
    why = f'Column {clean(column.name, 40)} holds "{odd[0]:.15g}", a day that does not exist, among days'
    return [Decision(f"{why}; it is read as numbers until that is corrected.")]


def shown(value: float, form: str) -> str:
    """A number as it stands in a sentence."""
    return f"{value:.15g}" if form == COMPACT else f"{value:,.15g}"


def other(name: str, form: str | None, choices: Choices, label: str) -> tuple[Way, ...]:
    """The way to the form of a column, None for no form; none where choices hold no more."""
    forms = tuple(pair for pair in choices.forms if pair[0] != name) + (((name, form),) if form else ())
    if len(forms) > MOST:
        return ()
    there = replace(choices, forms=forms)
    return (Way(label, there),) if len(there.words()) <= LONGEST else ()


def example(name: str, values: Numbers, form: str) -> str:
    """What the first number of a column is as a date, to go on after."""
    first = values[:1]
    (word,) = written(FORMS[form].moments(first), False)
    return (
        f"Column {clean(name, 40)} holds numbers like {shown(first[0], form)}: as {FORMS[form].said} the first is "
        f"{word.replace('T', ' ')}"
    )


def dated(column: Column, form: Form) -> Column:
    """A column of numbers as one of dates."""
    values = np.asarray(column.values)
    here = ~np.isnan(values)
    different, place = np.unique(values[here], return_inverse=True)
    words = np.array(["", *written(form.moments(different), form.utc)], dtype=object)
    where = np.zeros(len(values), dtype=np.int64)
    where[here] = place + 1
    return replace(column, kind="date", values=tuple(words[where].tolist()), unit="")
