"""Options declared once: a model's `Config` is a frozen dataclass whose fields carry their range and label.

    @dataclass(frozen=True)
    class Config:
        components: Annotated[int, Range(1, 12, "Mixture components K")] = 3
        covariance: Annotated[str, Choice(("full", "diag"), "Covariance")] = "full"

        def __post_init__(self): check(self)

The constructor validates by the declaration, the page draws its widgets from it, and a link is read by it. A choice is shown,
and stands in a link, by the `title` of its word.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final, cast, get_type_hints

TITLES: Final = {
    "diag": "Diagonal",
    "mlp": "MLP",
    "conv": "Convolutional",
    "eps": "\N{GREEK SMALL LETTER EPSILON}",
    "x0": "x\N{SUBSCRIPT ZERO}",
    "log-snr": "Log-SNR",
    "-1 to 1": "\N{MINUS SIGN}1 to 1",
} | {word: word for word in ("v", "k-means++")}
"""Words that the field writes in its own way; all others begin with a capital."""


def title(word: str) -> str:
    """A word as it stands on its control and in a link."""
    return TITLES.get(word) or word[:1].upper() + word[1:]


def meant(text: str, words: Iterable[str]) -> str:
    """The one of `words` that `text` is, by itself or by its title; `text` itself where it is none of them."""
    return next((word for word in words if text in (word, title(word))), text)


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, both allowed; `step` and `log` are hints to whoever draws the control.

    A real number with a `step` and no `log` is drawn as a slider.
    """

    low: int | float
    high: int | float
    label: str
    help: str = ""
    step: int | float | None = None
    log: bool = False
    more: bool = False

    def problem(self, value: Any, kind: type) -> str | None:
        """Why `value` is not allowed, or None."""
        number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
        if not number or not abs(value) < 1e300:  # an int too long for a float, infinity or NaN
            return f"must be {'a whole' if kind is int else 'a'} number, not {value!r}"
        if not self.low <= value <= self.high:
            return f"must lie between {self.low:g} and {self.high:g}, not {value:g}"
        return None


@dataclass(frozen=True)
class Choice:
    """One of a few words; `more` says that the control belongs under "More"."""

    words: tuple[str, ...]
    label: str
    help: str = ""
    more: bool = False

    def problem(self, value: Any, kind: type) -> str | None:
        """Why `value` is not allowed, or None."""
        return None if value in self.words else f"must be one of {', '.join(self.words)}, not {value!r}"


@dataclass(frozen=True)
class Option:
    """One field of a Config: its name, type, default and declaration."""

    name: str
    kind: type
    default: Any
    spec: Range | Choice

    def parse(self, text: str) -> Any:
        """The value that `text` (from a link) stands for; ValueError with one clear sentence if it is not allowed."""
        value: Any = meant(text, self.spec.words) if isinstance(self.spec, Choice) else text
        if self.kind in (int, float):
            try:
                value = self.kind(text)
            except ValueError:
                value = text
        self.validate(value)
        return value

    def validate(self, value: Any) -> None:
        """Raise ValueError, naming the option, if `value` is not allowed."""
        problem = self.spec.problem(value, self.kind)
        if problem:
            raise ValueError(f"{self.spec.label} ({self.name}) {problem}.")


def options(config: type) -> tuple[Option, ...]:
    """The declared options of a Config class, in order."""
    return _options(cast(Hashable, config))


@cache
def _options(config: Any) -> tuple[Option, ...]:
    hints = get_type_hints(config, include_extras=True)
    declared = ((f, hints[f.name]) for f in fields(config))
    return tuple(Option(f.name, hint.__origin__, f.default, hint.__metadata__[0]) for f, hint in declared)


def check(config: Any) -> None:
    """Raise ValueError for the first option of `config` that is outside its declaration."""
    for option in options(type(config)):
        option.validate(getattr(config, option.name))
