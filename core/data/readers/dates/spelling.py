"""How one word spells a date, and the moment that is.

    match(word)           how it is spelt as a date, if at all
    moment(word, order)   microseconds since 1970-01-01 00:00, or one sentence why not

Read are ISO 8601 (2024-03-31, 20240331, 2024-W13-7, 2024-091, 2024-03-31T09:30:00.5+02:00; also with / or . between),
day and month by number with the year last (31/3/2024, 3/31/2024, 31.3.24), and months by their English, German, French,
Spanish and Italian names (31 Mar 2024, March 31, 2024, 31. März 2024), each with a time of day or without; and what is
longer than a day, by its first: 2024-W13, 2024-03, 2024-Q1.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from core.data.readers.table import ReadError, clean

Order = Literal["day/month/year", "month/day/year"]
ORDERS: tuple[Order, Order] = ("day/month/year", "month/day/year")
PIVOT = 69
"""Years of two digits from here on lie in the twentieth century, smaller ones in the next (POSIX)."""

MONTHS_IN = (
    "january february march april may june july august september october november december",
    "januar februar marz april mai juni juli august september oktober november dezember",
    "janner feber maerz april mai juni juli august september oktober november dezember",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
)
DAYS_IN = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo "
    "lunedi martedi mercoledi giovedi venerdi sabato domenica"
)
MEANT = {  # how a month may be spelt -> the months that may be meant: jui is June or July
    name[:length]: {
        i for names in MONTHS_IN for i, one in enumerate(names.split(), start=1) if one.startswith(name[:length])
    }
    for names in MONTHS_IN
    for name in names.split()
    for length in (3, 4, len(name))
}
MONTHS = {spelling: min(months) for spelling, months in MEANT.items() if len(months) == 1} | {"mrz": 3}
DAYS = frozenset({""}) | frozenset(name[:length] for name in DAYS_IN.split() for length in (2, 3, len(name)))

ZONE = r"(?:\s?(?P<zone>Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|UTC|GMT))?"
PART = r"(?:[.,](?P<part>\d{1,9}))?"
TIME = (
    rf"(?:[T ,]\s*(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}){PART})?"
    rf"(?:\s?(?P<half>[AP])\.?M\.?)?{ZONE})?"
)
CLOSE = rf"T(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d){PART})?{ZONE}"
NAME = r"(?P<name>[A-Z]{3,10})"
OF = r"(?:(?:del?|of) )?"
COMPACT = r"(?P<year>[12]\d{3})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
WEEKDAY = r"(?:(?P<weekday>[A-Z]{2,10})[.,]{0,2} )?"
NUMERIC = re.compile(
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + TIME, re.IGNORECASE
)
PATTERNS = (
    NUMERIC,
    *(
        re.compile(spelt, re.IGNORECASE)
        for spelt in (
            r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" + TIME,
            rf"{WEEKDAY}(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?[ /.-]{{0,2}}{OF}{NAME}[ ,/.-]{{0,2}}{OF}"
            rf"(?P<year>\d{{4}}|\d{{2}}){TIME}",
            rf"{WEEKDAY}{NAME}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){TIME}",
            COMPACT + TIME,
            COMPACT + CLOSE,
            r"(?P<year>\d{4})-?W(?P<week>\d{2})-?(?P<nth>[1-7])" + TIME,
            r"(?P<year>\d{4})-?W(?P<week>\d{2})",
            r"(?P<year>[12]\d{3})-?(?P<nth>[0-2]\d\d|3[0-5]\d|36[0-6])" + TIME,
            r"(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])",
            r"(?P<year>[12]\d{3})[ -]?Q(?P<quarter>[1-4])",
            r"Q(?P<quarter>[1-4])[ -](?P<year>[12]\d{3})",
            rf"{NAME}\.? {OF}(?P<year>\d{{4}})",
        )
    ),
)
SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6
EPOCH = datetime(1970, 1, 1)
SHORT = "Years of two digits lie from 1969 to 2068."
FIRST = {"week": "A week stands for its Monday.", "quarter": "A quarter stands for its first day."}
FIRST_OF_MONTH = "A month stands for its first day."


class DateError(ReadError):
    """Why words are no dates: one sentence, to stand after the column's name."""


class Moment(NamedTuple):
    """Microseconds from 1970-01-01 00:00 to a date, whether it has an offset, and how it was understood, if that varies."""

    at: int
    zoned: bool
    said: str = ""


def match(word: str) -> re.Match[str] | None:
    """How a word is spelt as a date, or None."""
    word = folded(word)
    found = next((found for pattern in PATTERNS if (found := pattern.fullmatch(word))), None)
    if found is None:
        return None
    held = found.groupdict("")
    named = held.get("name", "jan").casefold() in MONTHS and held.get("weekday", "").casefold() in DAYS
    return found if named else None


def by_number(word: str) -> re.Match[str] | None:
    """How a word is spelt as a date of numbers with the year last, or None."""
    return NUMERIC.fullmatch(folded(word))


def folded(word: str) -> str:
    """A word without accents, its blanks, digits and minus signs those of ASCII."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word).replace("\N{MINUS SIGN}", "-")
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def looks_like_date(word: str) -> bool:
    """Whether a word is spelt as a date, existing or not."""
    return match(word) is not None


def moment(word: str, order: Order) -> Moment:
    """The moment that a word spells; DateError for a day that never was."""
    found = match(word)
    if found is None:
        raise DateError(f'holds "{clean(word, 30)}", which is not spelt like a date; correct it')
    held = found.groupdict()
    hour, minute, second = (int(held.get(name) or 0) for name in ("hour", "minute", "second"))
    half, zone = held.get("half"), held.get("zone")
    try:
        if half and not 1 <= hour <= 12:
            raise ValueError("no such hour")
        if half:
            hour = hour % 12 + 12 * (half in "Pp")
        if hour > 23 or minute > 59 or second > 60:
            raise ValueError("no such time")
        day, said = day_of(held, order)
        aside = offset(zone)
    except ValueError:
        raise DateError(f'holds "{clean(word, 30)}", a day or time that does not exist; correct it') from None
    part = int((held.get("part") or "").ljust(6, "0")[:6])
    since_midnight = hour * HOUR + minute * MINUTE + second * SECOND + part
    return Moment((day.toordinal() - EPOCH.toordinal()) * DAY + since_midnight - aside, bool(zone), said)


def day_of(held: dict[str, str | None], order: Order) -> tuple[date, str]:
    """The day in the parts of a date, and how it was understood where that varies; ValueError for a day that never was."""
    part = {name: int(text) for name, text in held.items() if text and text.isdecimal()}
    year, short = part["year"], len(held["year"] or "") == 2
    if short:
        year += 1900 if year >= PIVOT else 2000
    if not 2 <= year <= 9998:
        raise ValueError("an offset may not lead out of the calendar either")
    if "week" in part:
        return date.fromisocalendar(year, part["week"], part.get("nth", 1)), "" if "nth" in part else FIRST["week"]
    if "nth" in part:
        day = date(year, 1, 1) + timedelta(part["nth"] - 1)
        if day.year != year:
            raise ValueError("no such day in this year")
        return day, ""
    if "quarter" in part:
        return date(year, 3 * part["quarter"] - 2, 1), FIRST["quarter"]
    if "one" in part:
        first, second = (part["one"], part["two"]) if order == "day/month/year" else (part["two"], part["one"])
        return date(year, second, first), SHORT if short else ""
    month = MONTHS[(held["name"] or "").casefold()] if "name" in held else part["month"]
    if "day" not in part:
        return date(year, month, 1), FIRST_OF_MONTH
    return date(year, month, part["day"]), SHORT if short else ""


def offset(zone: str | None) -> int:
    """A zone's distance from UTC in microseconds; ValueError for one of more than a day."""
    digits = re.sub(r"[^\d+-]", "", zone or "")
    if not digits:
        return 0
    hours, minutes = int(digits[1:3]), int(digits[3:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no such zone")
    return (1 if digits[0] == "+" else -1) * (hours * HOUR + minutes * MINUTE)
