"""What a result follows from: a set, which is the house's own or a person's, or nothing but the settings of a page."""

from dataclasses import dataclass
from typing import Protocol


class Noun(Protocol):
    """A Dataset or Pictures: whether it is one of the house's own, what it is called, and its content."""

    @property
    def builtin(self) -> bool:
        """Whether it is one of the house's own."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def digest(self) -> str:
        """Of its content."""


@dataclass(frozen=True)
class House:
    """In place of a set, what follows from a page's settings alone: the house draws its own points for it."""

    name: str = ""
    digest: str = ""
    builtin: bool = True
