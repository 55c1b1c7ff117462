"""The catalogue as the tests see it: every model's module, something small to learn, and the ends of its options."""

import importlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

import core
from core.checkpoint import Family
from core.key import Key
from core.options import Choice, options
from core.process import Step


def module(name: str) -> Any:
    """The module of a model."""
    return importlib.import_module(core.MODELS[name])


EVERY = sorted(core.MODELS)
FIRST = Key(0)
KEPT = [name for name in EVERY if isinstance(module(name), Family)]
"""The models that are kept in files: those with networks, for what a checkpoint needs is what makes them one."""


def points(n: int) -> np.ndarray:
    """Three overlapping clusters in the plane."""
    g = (Key(11) / "contract").generator()
    centres = np.array([[-2.0, 0.0], [2.0, 1.0], [0.5, -2.0]])
    return centres[g.integers(3, size=n)] + g.normal(size=(n, 2)) * [0.9, 0.6]


def example(name: str, n: int = 160) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """Options, `n` data and their labels: a module's own, else its usual options, points in the plane, and none."""
    m = module(name)
    return m.example(n) if name in KEPT else (m.Config(), points(n), None)


def fitted(name: str, taken: int, chosen: Any = None, n: int = 160, key: Key = FIRST, **more: Any) -> list[Step]:
    """The first Steps of a fit of `n` data."""
    config, x, _ = example(name, n)
    return list(islice(module(name).fit(chosen or config, x, key, **more), taken))


def corners(name: str) -> Iterator[dict[str, Any]]:
    """Each option at each end, then all at their low ends and all at their high ones.

    Where all are at an end at once, those that make the example small stay as it has them.
    """
    config, usual = example(name)[0], module(name).Config()
    ends = {
        option.name: option.spec.words
        if isinstance(option.spec, Choice)
        else tuple(option.kind(v) for v in (option.spec.low, option.spec.high))
        for option in options(type(config))
    }
    yield from ({option: value} for option, values in ends.items() for value in values)
    free = {option: values for option, values in ends.items() if getattr(config, option) == getattr(usual, option)}
    yield {option: values[0] for option, values in free.items()}
    yield {option: values[-1] for option, values in free.items()}


def worded(corner: dict[str, Any]) -> str:
    """A corner as a test's name."""
    return "-".join(f"{k}={v}" for k, v in corner.items())
