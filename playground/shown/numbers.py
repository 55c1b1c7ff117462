"""Numbers as every page writes them: with the digits they deserve, their error, their unit; tables and the self-test strip."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.check import Check
from core.digits import WHOLE, minus, plain_power, raised, written
from core.evaluation.metrics import Estimate
from playground.instruments.figures import Table

AS_PYTHON = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻\N{MINUS SIGN}", "0123456789--")


def estimate(value: Estimate, without: str = "none") -> str:
    """A value with its standard error, to the error's first digit; four digits where the error is nothing or not known.

    `without` is said where there is no finite value.
    """
    if not np.isfinite(value.value):
        return without
    digits = max(0, -int(np.floor(np.log10(value.error)))) if value.error > 1e-9 else 4
    if max(abs(value.value), value.error if np.isfinite(value.error) else 0.0) >= WHOLE:
        return by_power(value.value, value.error, 1)
    return minus(f"{value.value:.{digits}f}") + ("" if np.isnan(value.error) else f" ± {value.error:.{digits}f}")


def measured(value: float, error: float) -> str:
    """A parameter with its standard error to two digits; without one, four digits of the parameter."""
    if not error > 0:
        return written(value)
    digits = 1 - int(np.floor(np.log10(float(f"{error:.1e}"))))
    if digits >= 9 or max(abs(value), error) >= WHOLE:
        return by_power(value, error, 2)
    return minus(f"{round(value, digits):.{max(digits, 0)}f} ± {round(error, digits):.{max(digits, 0)}f}")


def by_power(value: float, error: float, digits: int) -> str:
    """A value and its error, to so many digits of the error, by one power of ten: that of the larger."""
    power = int(np.floor(np.log10(max(abs(value), error if np.isfinite(error) else 0.0))))
    if not error > 0:
        return raised(f"{value:.3e}")
    places = min(max(power - int(np.floor(np.log10(float(f"{error:.{digits - 1}e}")))) + digits - 1, 0), 15)
    size = raised(f"1e{power}")[1:]
    return f"({minus(f'{value / 10.0**power:.{places}f}')} ± {error / 10.0**power:.{places}f}){size}"


def placed(value: float, spread: float, least: int = 4) -> str:
    """A place on the axis: `least` digits, and more until three of them are of the `spread` around it, however far from 0."""
    digits = least
    if np.isfinite(value) and value != 0:
        size = int(np.floor(np.log10(abs(value))))
        if np.isfinite(spread) and spread > 0:
            digits = max(least, size - int(np.floor(np.log10(spread))) + 3)
        digits = max(digits, size + 1 if size < 10 else 0)  # written out, not as a power of ten
    text = f"{value:#.{min(digits, 15)}g}".rstrip(".") if value else "0"
    return raised(text)


def aligned(values: Sequence[float]) -> list[str]:
    """Numbers of one kind with equal decimals, so many that the largest has four digits.

    Sizes of very different kinds, such as the spread of a component that collapses, get four digits each, and so do
    values of which one, such as -9999, would leave the others none.
    """
    top, least, usual = float(np.abs(values).max()), float(np.min(values)), float(np.median(np.abs(values)))
    alone = top >= 1000 and 0 < usual < top / 1000
    if top and (not 1e-5 <= top < 1e15 or 0 < least < top / 100 or alone):
        return [raised(f"{value:#.4g}".rstrip(".")) for value in values]
    places = max(3 - int(np.floor(np.log10(top))), 0) if top else 0
    return [minus(f"{value:,.{places}f}") for value in values]


def nice(value: float) -> float:
    """The first of 1, 2, 5, 10, ... times a power of ten that is at least `value` > 0: where an axis ends."""
    base = 10.0 ** np.floor(np.log10(max(value, 1e-9)))
    return float(next(m * base for m in (1, 2, 5, 10, 20) if m * base >= value))


def unhaired(values: np.ndarray) -> np.ndarray:
    """The values, with 0 where one is only a rounding error beside the largest."""
    return np.where(np.abs(values) < 1e-12 * np.abs(values).max(), 0.0, values)


def number(value: float, digits: int = 4) -> str:
    """A number with as many digits as it deserves, in TeX."""
    return tex(f"{value:.{digits}g}")


def tex(text: str) -> str:
    """A number as Python or words write it, in TeX."""
    text = text.translate(AS_PYTHON).replace("\xa0", "").replace("\N{MULTIPLICATION SIGN}10", "e")
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    return text


def vector(values: np.ndarray) -> str:
    """One number, or several in brackets."""
    inside = ",\\, ".join(number(v) for v in values)
    return inside if len(values) == 1 else f"({inside})"


def table(title: str, rows: list[tuple[str, str, str]]) -> str:
    """Quantity, value and unit as a Markdown table; a value is never broken over two lines."""
    lines = (f"| {name} | **{minus(value).replace(' ', chr(0xA0))}** | {unit} |" for name, value, unit in rows)
    return "\n".join([f"| {title} | | |", "|---|--:|---|", *lines])


def live_table(title: str, rows: Sequence[tuple[str, str, str]], room: int = 8) -> Table:
    """Quantity, value and unit as a table that follows a film; `room` digits are kept free for a value."""
    return Table(title, tuple((name, minus(value), unit) for name, value, unit in rows), room)


def self_test(found: Sequence[Check]) -> str:
    """Identities as a Markdown table: verdict, name, value, and what it should be."""
    lines = ["| verdict | identity | value | should be |", "|---|---|--:|--:|"]
    for c in found:
        meant = f"at least {plain_power(c.target - c.tolerance, 1)}" if c.at_least else within(c)
        lines.append(f"| {'✓' if c.holds else '✗ broken'} | {c.name} | {judged(c)} | {meant} |")
    return "\n".join(lines)


def judged(check: Check) -> str:
    """A check's value: where it is off by less than its tolerance, to the tolerance's digit at most, and no zeros after it."""
    value, tolerance = check.value, check.tolerance
    if not check.target or not np.isfinite(value) or not 0 < tolerance < abs(check.target):
        return plain_power(value, 2)
    if check.holds and not check.at_least:
        digits = max(0, -int(np.floor(np.log10(tolerance))))
        text = f"{value:.{min(digits, 12)}f}"
        return minus(text.rstrip("0").rstrip(".") if "." in text else text)
    return plain_power(value, 6)


def within(check: Check) -> str:
    """What a check's value should be: its target, to the digits of a value that holds, and its tolerance."""
    return f"{judged(replace(check, value=check.target))} ± {plain_power(check.tolerance, 1)}"


def p_value(p: float) -> str:
    """A p-value to three decimals; one that they cannot tell from 0 to one digit of its own, or as below any number."""
    if p == 0:
        return "< 10⁻³⁰⁰"  # nothing is impossible: it underflowed
    return f"{p:.3f}" if p >= 0.0005 else plain_power(p, 1)


def unit_of(column: str) -> str:
    """The unit at the end of a column's name, in brackets: "min" of "waiting (min)"; "" if there is none."""
    found = re.search(r"\(([^()]+)\)\s*$", column)
    return found.group(1).strip() if found else ""


def bare(column: str) -> str:
    """A column's name without its unit."""
    return column.split(" (")[0]
