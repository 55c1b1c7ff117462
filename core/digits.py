"""Numbers in the words of a person: so many significant digits, a real minus sign, and a power of ten only where it helps."""

from typing import Final

SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
WHOLE: Final = 1e10  # from here on a number is written by its power of ten


def minus(text: str) -> str:
    """A number with a real minus sign in front, as the stage writes it."""
    return "\N{MINUS SIGN}" + text[1:] if text.startswith("-") else text


def raised(text: str) -> str:
    """A number as Python writes it, its power of ten as words write it: 4 × 10⁻⁸; never broken over two lines."""
    mantissa, _, power = text.partition("e")
    if power and power.lstrip("+-").isdigit():
        text = f"{mantissa} \N{MULTIPLICATION SIGN} 10{str(int(power)).translate(SUPERSCRIPTS)}".replace(" ", "\xa0")
    return minus(text)


def plain_power(value: float, digits: int) -> str:
    """A number to so many digits; a very large or small one, or one longer than its digits, by its power of ten."""
    return raised(f"{value:.{digits}g}")


def written(value: float, digits: int = 4) -> str:
    """So many digits of a number; one such as 45017 is written out, and only a tiny or vast one has its power of ten."""
    if 10**digits <= abs(float(f"{value:.{digits}g}")) < WHOLE:
        return minus(f"{value:.0f}")
    return plain_power(value, digits)
