"""How a number may stand for a moment: 20240331, Excel's 45382, 1711843200 seconds since 1970, or a thousand times that.

    FORMS                      each form: what it is called, the moments of numbers, and where it is likely
    likely_form(name, values)  the form that the numbers of a column likely have, if any
    written(moments, utc)      moments in words of ISO 8601

A number that is no moment in its form becomes one before the calendar begins, see `within_calendar`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from core.data.readers.table import Numbers

DAY = 86_400 * 10**6
COMPACT, NUMBER = "compact", "number"
FEWEST = 3
"""The fewest different numbers that are taken for dates, or asked about."""
YEARS = (1900, 2100)
"""The years in which compact days lie."""
EXCEL_1970 = 25_569
EXCEL_LEAP = 60
"""Excel's 29 February 1900, a day that never was; those before it count from one day later."""
CALENDAR = tuple(np.array([f"{year}-01-01" for year in (1000, 9999)], "datetime64[us]").astype(np.int64).tolist())
"""The moments between which a chosen form must put all numbers, so that each is a word of four digits for the year."""

NAMES = frozenset(
    (
        *("date", "dates", "day", "time", "datetime", "timestamp", "stamp", "ts", "epoch", "unix", "utc", "created"),
        *("updated", "modified", "when", "datum", "zeit", "zeitpunkt", "tag", "fecha", "hora", "dia", "jour", "heure"),
        *("giorno", "ora"),
    )
)
"""Words in a column's name that say it holds dates."""
ENDINGS = ("date", "datum", "time", "zeit", "stamp")
"""What a longer word ends with that says so: Kaufdatum, birthdate."""
IDENTIFIERS = frozenset(("id", "ids", "nr", "no", "key", "index"))
WORD = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+")

Moments = Int[np.ndarray, " n"]


@dataclass(frozen=True)
class Form:
    """How a number stands for a moment: what it is said to be, microseconds since 1970 of each, and where it is likely.

    `utc`: the moments are in UTC.
    """

    said: str
    moments: Callable[[Numbers], Moments]
    likely: Callable[[str, Numbers], bool]
    utc: bool = False


def compact(values: Numbers) -> Moments:
    """20240331 as its midnight; a day that never was, and what is no whole number, lies before the calendar."""
    whole = np.where((values == np.floor(values)) & (values >= 1e7) & (values < 1e8), values, 0).astype(np.int64)
    year, month, day = whole // 10_000, whole // 100 % 100, whole % 100
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    exists &= (year >= YEARS[0]) & (year <= YEARS[1])
    return np.where(exists, days.astype(np.int64) * DAY, CALENDAR[0] - 1)


def excel(values: Numbers) -> Moments:
    """Days of Excel's 1900 system, to the millisecond, which is as fine as it shows; those that never were come first."""
    days = np.clip(values - EXCEL_1970 + (values < EXCEL_LEAP), -1e7, 1e7)
    never = (values < 1) | (np.floor(values) == EXCEL_LEAP)
    return np.where(never, CALENDAR[0] - 1, np.rint(days * (DAY // 1000)).astype(np.int64) * 1000)


def seconds(values: Numbers) -> Moments:
    """Seconds since 1970, to the microsecond."""
    return np.rint(np.clip(values, -1e12, 1e12) * 1e6).astype(np.int64)


def milliseconds(values: Numbers) -> Moments:
    """Milliseconds since 1970, to the microsecond."""
    return np.rint(np.clip(values, -1e15, 1e15) * 1e3).astype(np.int64)


def is_compact(name: str, values: Numbers) -> bool:
    """Whether every number is an existing day."""
    return bool(within_calendar(compact(values)).all())


def is_excel(name: str, values: Numbers) -> bool:
    """Whether all lie from 1954 to 2064, and the name says so or they are whole minutes of days, one after the other."""
    if not within(values, 2e4, 6e4):
        return False
    minutes = values * 1440
    spaced = (values % 1 > 0).any() and (np.abs(minutes - np.rint(minutes)) < 0.01).all()
    return named(name) or bool(spaced and rises(name, values))


def is_seconds(name: str, values: Numbers) -> bool:
    """Whether all lie from 1976 to 2096, and the name says so or they never decrease."""
    return within(values, 2e8, 4e9) and (named(name) or rises(name, values))


def is_milliseconds(name: str, values: Numbers) -> bool:
    """As seconds, a thousand times as large."""
    return within(values, 2e11, 4e12) and (named(name) or rises(name, values))


FORMS = {
    COMPACT: Form("days", compact, is_compact),
    "excel": Form("Excel's days", excel, is_excel),
    "seconds": Form("seconds since 1970", seconds, is_seconds, utc=True),
    "milliseconds": Form("milliseconds since 1970", milliseconds, is_milliseconds, utc=True),
}


def within(values: Numbers, low: float, high: float) -> bool:
    """Whether all values lie from `low` to `high`."""
    return bool(values.min() >= low and values.max() <= high)


def rises(name: str, values: Numbers) -> bool:
    """Whether the values never decrease, and the column's name does not say that they name the rows."""
    return not IDENTIFIERS & set(spoken(name)) and bool((np.diff(values) >= 0).all())


def named(name: str) -> bool:
    """Whether a column's name says that it holds dates."""
    return any(word in NAMES or word.endswith(ENDINGS) for word in spoken(name))


def spoken(name: str) -> list[str]:
    """The words of a column's name in small letters: createdAt is created and at."""
    return [word.casefold() for word in WORD.findall(name)]


def likely_form(name: str, values: Numbers) -> str | None:
    """How the values of a column may stand for dates, or None."""
    if len(np.unique(values)) < FEWEST:
        return None
    return next((form for form, one in FORMS.items() if one.likely(name, values)), None)


def within_calendar(moments: Moments) -> Bool[np.ndarray, " n"]:
    """Which moments can be written as dates."""
    return (moments >= CALENDAR[0]) & (moments < CALENDAR[1])


def written(moments: Moments, utc: bool) -> list[str]:
    """Moments in words of ISO 8601, all as fine as the finest needs; days alone are of no zone."""
    unit, size = next(
        (name, size) for name, size in (("D", DAY), ("s", 10**6), ("us", 1)) if not (moments % size).any()
    )
    words = np.datetime_as_string((moments // size).astype(f"datetime64[{unit}]"))
    return [f"{word}Z" for word in words.tolist()] if utc and unit != "D" else words.tolist()
