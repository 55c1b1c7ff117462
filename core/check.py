"""An identity that must hold for what is on the screen, with its value, its tolerance and a verdict."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """`value` should be `target` within `tolerance`; `at_least` asks only that it does not fall below."""

    name: str
    value: float
    target: float
    tolerance: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """The verdict."""
        off = self.target - self.value if self.at_least else abs(self.value - self.target)
        return bool(off <= self.tolerance)
