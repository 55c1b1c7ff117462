"""Dates as numbers: how long after the first of them, in a unit that is said.

    read(words, order)   microseconds since 1970-01-01 00:00, or one sentence why not
    order_of(words)      whether 3/4/2024 is in April or in March, if the words tell

Read are ISO 8601 (2024-03-31, 2024-03-31T09:30:00.5+02:00; also with / or . between), day and month by number with the
year last (31/3/2024, 3/31/2024), and months by their English names (31 Mar 2024, March 31, 2024), each with a time of
day or without. Which of two numbers is the day is settled by a number above 12 somewhere in the column; where none is,
`order_of` does not guess. Times with an offset are carried to UTC, and may not be mixed with times that have none.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import numpy as np
from jaxtyping import Int

from core.data.readers.table import ReadError, clean

Order = Literal["day/month/year", "month/day/year"]
ORDERS: tuple[Order, Order] = ("day/month/year", "month/day/year")
NAMES = "january february march april may june july august september october november december"
MONTHS = {spelling: i for i, name in enumerate(NAMES.split(), start=1) for spelling in (name, name[:3])} | {"sept": 9}

TIME = (
    r"(?:[T ,]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?:\s?(?P<half>[AP])\.?M\.?)?(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
)
WORD = r"(?P<month>[A-Za-z]{3,9})\.?"
PATTERNS = tuple(
    re.compile(day + TIME, re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})",
        rf"(?P<day>\d{{1,2}})[ -]{WORD},?[ -](?P<year>\d{{4}})",
        rf"{WORD} (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})",
    )
)
PLAIN = re.compile(r"(?:[1-9]\d{3}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?\n)*")
"""Lines of ISO 8601 without an offset, as machines write them by the hundred thousand: numpy reads these."""
SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6
EPOCH = datetime(1970, 1, 1)
UNITS = (("days", DAY, "%Y-%m-%d"), ("hours", HOUR, "%Y-%m-%d %H:00"), ("minutes", MINUTE, "%Y-%m-%d %H:%M"))
ENOUGH = 10
"""A unit is used if the dates span at least so many of it, or are whole multiples of it."""

Moments = Int[np.ndarray, " n"]


class DateError(ReadError):
    """Why words are no dates: one sentence, to stand after the column's name."""


@dataclass(frozen=True)
class Since:
    """Dates as numbers: `values` count `unit` since `first`, a date in words.

    `zoned`: the times had offsets and are UTC now. `timed`: some are not midnight.
    """

    values: np.ndarray
    unit: str
    first: str
    zoned: bool
    timed: bool

    @property
    def words(self) -> str:
        """What the numbers are: days since 2024-01-01."""
        return f"{self.unit} since {self.first}{' UTC' if self.zoned else ''}"


def match(word: str) -> re.Match[str] | None:
    """How a word is spelt as a date, or None."""
    return next((found for pattern in PATTERNS if (found := pattern.fullmatch(word))), None)


def looks_like_date(word: str) -> bool:
    """Whether a word is spelt as a date, existing or not."""
    if PATTERNS[0].fullmatch(word) or PATTERNS[1].fullmatch(word):
        return True
    found = match(word)
    return found is not None and month_of(found) is not None


def month_of(found: re.Match[str]) -> int | None:
    """The month, 0 where its place depends on the order, None for a word that names no month."""
    text = found.groupdict().get("month")
    if text is None:
        return 0
    if text.isdecimal():
        return int(text)
    return MONTHS.get(text.casefold())


def order_of(words: Iterable[str]) -> Order | None | Literal["either"]:
    """The order of day and month that the words force; "either" where both fit and differ, None where none is needed."""
    words = tuple(words)
    if plain(words):
        return None
    pairs = {(int(m["one"]), int(m["two"])) for word in words if (m := PATTERNS[1].fullmatch(word))}
    if all(one == two for one, two in pairs):
        return None
    if any(one > 12 for one, _ in pairs):
        return "day/month/year"
    return "month/day/year" if any(two > 12 for _, two in pairs) else "either"


def plain(words: Iterable[str]) -> bool:
    """Whether all words are ISO 8601 without an offset."""
    return PLAIN.fullmatch("".join(f"{word}\n" for word in words)) is not None


def moments_of(words: list[str], order: Order) -> tuple[Moments, set[bool]]:
    """The moment of every word and whether some have, and some lack, an offset; DateError as `moment`."""
    if plain(words):
        with suppress(ValueError):  # a day that never was is named below
            return np.array(words, dtype="datetime64[us]").astype(np.int64), {False} if words else set()
    read = [moment(word, order) for word in words]
    return np.array([found for found, _ in read], dtype=np.int64), {zoned for _, zoned in read}


def moment(word: str, order: Order) -> tuple[int, bool]:
    """Microseconds from 1970-01-01 00:00 to a date, and whether it has an offset; DateError for a day that never was."""
    found = match(word)
    if found is None or (month := month_of(found)) is None:
        raise DateError(f'holds "{clean(word, 30)}", which is not spelt like a date; correct it')
    held = found.groupdict()
    day = held.get("day")
    if day is None:
        day, month = (held["one"], int(held["two"])) if order == "day/month/year" else (held["two"], int(held["one"]))
    hour, minute, second = (int(held[name] or 0) for name in ("hour", "minute", "second"))
    try:
        if held["half"] and not 1 <= hour <= 12:
            raise ValueError("no such hour")
        if held["half"]:
            hour = hour % 12 + 12 * (held["half"] in "Pp")
        if hour > 23 or minute > 59 or second > 60 or not 2 <= int(held["year"]) <= 9998:
            raise ValueError("no such time")  # an offset may not lead out of the calendar either
        days = date(int(held["year"]), month, int(day)).toordinal() - EPOCH.toordinal()
    except ValueError:
        raise DateError(f'holds "{clean(word, 30)}", a day or time that does not exist; correct it') from None
    part = int((held["part"] or "").ljust(6, "0")[:6])
    return days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + part - offset(held["zone"]), bool(
        held["zone"]
    )


def offset(zone: str | None) -> int:
    """A zone's distance from UTC in microseconds."""
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE)


def since(words: tuple[str, ...], missing: frozenset[str], order: Order | None) -> Since:
    """Words as the time since the first of them, nan where missing; DateError if they cannot be understood one way."""
    distinct = [word for word in dict.fromkeys(words) if word.casefold() not in missing]
    forced = order_of(distinct)
    if forced == "either" and order is None:
        raise DateError("has dates in which day and month cannot be told apart; say which comes first")
    chosen = order if forced == "either" else forced
    moments, zones = moments_of(distinct, chosen or "day/month/year")
    if len(zones) > 1:
        raise DateError("mixes times with and without a time zone; give all of them one")
    if not distinct:
        raise DateError("holds no dates")
    unit, size, form = unit_of(moments)
    first = int(moments.min()) // size * size
    place = dict(zip(distinct, ((moments - first) / size).tolist(), strict=True))
    values = np.array([place.get(word, np.nan) for word in words])
    begun = (EPOCH + timedelta(microseconds=first)).strftime(form)
    return Since(values, unit, begun, zones == {True}, bool((moments % DAY).any()))


def unit_of(moments: Moments) -> tuple[str, int, str]:
    """The largest of days, hours, minutes and seconds that the moments span often enough or are multiples of."""
    span = int(moments.max() - moments.min())
    for unit, size, form in UNITS:
        if span >= ENOUGH * size or not (moments % size).any():
            return unit, size, form
    return "seconds", SECOND, "%Y-%m-%d %H:%M:%S"
