"""Dates as numbers: how long after the first of them, in a unit that is said.

    since(words, missing, order)   the numbers, or one sentence why not
    order_of(words)                whether 3/4/2024 is in April or in March, if the words tell

How one word spells a date is said in `spelling`; `stamps` and `forms` are about numbers that stand for dates.

Which of two numbers is the day is settled by a number above 12 somewhere in the column; where none is, `order_of` does
not guess, nor does `since` where a year of two digits may stand first. Times with an offset are carried to UTC, and may
not be mixed with times that have none.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
from jaxtyping import Int

from core.data.readers.dates.spelling import (
    DAY,
    EPOCH,
    HOUR,
    MINUTE,
    ORDERS,
    SECOND,
    DateError,
    Order,
    by_number,
    looks_like_date,
    moment,
)

__all__ = ["ORDERS", "DateError", "Order", "Since", "looks_like_date", "moment", "order_of", "since"]

PLAIN = re.compile(r"(?:[1-9]\d{3}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?\n)*")
"""Lines of ISO 8601 without an offset, as machines write them by the hundred thousand: numpy reads these."""
UNITS = (("days", DAY, "%Y-%m-%d"), ("hours", HOUR, "%Y-%m-%d %H:00"), ("minutes", MINUTE, "%Y-%m-%d %H:%M"))
ENOUGH = 10
"""A unit is used if the dates span at least so many of it, or are whole multiples of it."""

Moments = Int[np.ndarray, " n"]


@dataclass(frozen=True)
class Since:
    """Dates as numbers: `values` count `unit` since `first`, a date in words.

    `zoned`: the times had offsets and are UTC now. `timed`: some are not midnight. `said`: how they were understood.
    """

    values: np.ndarray
    unit: str
    first: str
    zoned: bool
    timed: bool
    said: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the numbers are: days since 2024-01-01."""
        return f"{self.unit} since {self.first}{' UTC' if self.zoned else ''}"


def order_of(words: Iterable[str]) -> Order | None | Literal["either"]:
    """The order of day and month that the words force; "either" where both fit and differ, None where none is needed."""
    words = tuple(words)
    if plain(words):
        return None
    pairs = {(int(m["one"]), int(m["two"])) for word in words if (m := by_number(word))}
    if all(one == two for one, two in pairs):
        return None
    if any(one > 12 for one, _ in pairs):
        return "day/month/year"
    return "month/day/year" if any(two > 12 for _, two in pairs) else "either"


def year_may_lead(words: Iterable[str]) -> bool:
    """Whether years of two digits may as well stand first: that fits, and what stands last differs more often."""
    found = [m for word in words if (m := by_number(word)) and len(m["year"]) == 2 and m["mark"] != "."]
    fits = all(1 <= int(m["two"]) <= 12 and 1 <= int(m["year"]) <= 31 for m in found)
    return fits and len({m["one"] for m in found}) < len({m["year"] for m in found})


def plain(words: Iterable[str]) -> bool:
    """Whether all words are ISO 8601 without an offset."""
    return PLAIN.fullmatch("".join(f"{word}\n" for word in words)) is not None


def moments_of(words: list[str], order: Order) -> tuple[Moments, set[bool], tuple[str, ...]]:
    """The moment of every word, whether some have, and some lack, an offset, and what is said; DateError as `moment`."""
    utc = bool(words) and all(word.endswith("Z") for word in words)
    bare = [word[:-1] for word in words] if utc else words
    if plain(bare):
        with suppress(ValueError):  # a day that never was is named below
            return np.array(bare, dtype="datetime64[us]").astype(np.int64), {utc} if words else set(), ()
    read = [moment(word, order) for word in words]
    said = dict.fromkeys(one.said for one in read if one.said)
    return np.array([one.at for one in read], dtype=np.int64), {one.zoned for one in read}, tuple(said)


def since(words: tuple[str, ...], missing: frozenset[str], order: Order | None) -> Since:
    """Words as the time since the first of them, nan where missing; DateError if they cannot be understood one way."""
    distinct = [word for word in dict.fromkeys(words) if word.casefold() not in missing]
    forced = order_of(distinct)
    if year_may_lead(distinct):
        raise DateError("has years of two digits that may stand first or last; write all four digits")
    if forced == "either" and order is None:
        raise DateError("has dates in which day and month cannot be told apart; say which comes first")
    chosen = order if forced == "either" else forced
    moments, zones, said = moments_of(distinct, chosen or "day/month/year")
    if len(zones) > 1:
        raise DateError("mixes times with and without a time zone; give all of them one")
    if not distinct:
        raise DateError("holds no dates")
    unit, size, form = unit_of(moments)
    first = int(moments.min()) // size * size
    place = dict(zip(distinct, ((moments - first) / size).tolist(), strict=True))
    values = np.array([place.get(word, np.nan) for word in words])
    begun = (EPOCH + timedelta(microseconds=first)).strftime(form)
    return Since(values, unit, begun, zones == {True}, bool((moments % DAY).any()), said)


def unit_of(moments: Moments) -> tuple[str, int, str]:
    """The largest of days, hours, minutes and seconds that the moments span often enough or are multiples of."""
    span = int(moments.max() - moments.min())
    for unit, size, form in UNITS:
        if span >= ENOUGH * size or not (moments % size).any():
            return unit, size, form
    return "seconds", SECOND, "%Y-%m-%d %H:%M:%S"
