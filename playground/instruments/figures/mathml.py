"""Equations in MathML, with places for the values that the frames say: what `figures` takes as forms."""


def name(letters: str) -> str:
    """A variable; of several letters, a function's name."""
    spaced = '<mspace width="0.17em"/>'
    return f'{spaced}<mi class="word">{letters}</mi>{spaced}' if len(letters) > 1 else f"<mi>{letters}</mi>"


def op(sign: str) -> str:
    """An operator, or a bracket as tall as a letter."""
    return f'<mo stretchy="false">{sign}</mo>'


def value(result: bool = False) -> str:
    """A place for the next value; `result` is what the equation is there for."""
    return f'<mn class="value{" result" if result else ""}"></mn>'


def row(*parts: str) -> str:
    """One after the other."""
    return f"<mrow>{''.join(parts)}</mrow>"


def sub(base: str, index: str) -> str:
    """An index below."""
    return f"<msub>{base}{index}</msub>"


def sup(base: str, power: str) -> str:
    """A power above."""
    return f"<msup>{base}{power}</msup>"


def hat(base: str) -> str:
    """An estimate of `base`."""
    return f'<mover accent="true">{base}<mo stretchy="false">^</mo></mover>'


def over(top: str, bottom: str) -> str:
    """A fraction as large as what is around it."""
    return f'<mfrac displaystyle="true">{top}{bottom}</mfrac>'


def column(*entries: str) -> str:
    """A vector upright in brackets, which a phone has room for."""
    rows = "".join(f"<mtr><mtd>{entry}</mtd></mtr>" for entry in entries)
    return f'<mrow class="vector"><mtable>{rows}</mtable></mrow>'


def lines(*pairs: tuple[str, str]) -> str:
    """A whole equation: a left side and a right side a line, which meet where they are equal."""
    cells = "".join(
        f'<mtr><mtd class="left" displaystyle="true">{left}</mtd>'
        f'<mtd class="right" displaystyle="true">{right}</mtd></mtr>'
        for left, right in pairs
    )
    return f'<math display="block"><mtable class="lines">{cells}</mtable></math>'
