"""A process is an iterator of frozen Steps; a Trace is a bounded recording of them.

Fitting, sampling and denoising all yield `Step`s. What a person does afterwards (play, scrub, compare, fork) is done to
the `Trace`. A Trace never holds more than `limit` bytes: when it is full it keeps every second Step it held, then every
fourth, and so on, and always the newest one, so a run of any length leaves an evenly thinned film.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np

State = TypeVar("State")


class Halt(ValueError):
    """A process cannot begin or go on; the text is the one sentence a person reads."""


@dataclass(frozen=True)
class Step(Generic[State]):
    """One moment of a process.

    `index` counts from 0 and never repeats within a process, `state` is a complete immutable value (for a fit: a model
    one can sample from), `phase` names the half-step that led here ("E", "M", "noise"; "" where there is only one kind),
    `metrics` are named numbers and `arrays` named arrays, both read-only.
    """

    index: int
    state: State
    phase: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the metrics and arrays read-only."""
        object.__setattr__(self, "metrics", MappingProxyType({k: float(v) for k, v in self.metrics.items()}))
        object.__setattr__(self, "arrays", MappingProxyType({name: frozen(a) for name, a in self.arrays.items()}))


OVERHEAD = 1024  # about what a Step's Python objects take besides its arrays, its metrics among them


def frozen(array: np.ndarray) -> np.ndarray:
    """`array` if it is read-only, else a read-only view of it; the caller gives up its right to write to it."""
    array = np.asarray(array)
    if not array.flags.writeable:
        return array
    view = array.view()
    view.flags.writeable = False
    return view


def nbytes(value: Any) -> int:
    """Bytes of the arrays held by `value`: an array, a mapping, a sequence or a dataclass of such."""
    kind = type(value)
    if kind is np.ndarray:
        return value.nbytes
    if kind is float or kind is int or kind is str:
        return 0
    if names := _names(kind):  # type: ignore[arg-type]  # a class is hashable, whatever the checker says
        return sum([nbytes(getattr(value, name)) for name in names])
    if kind is MappingProxyType or isinstance(value, Mapping):
        return sum(map(nbytes, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(nbytes, value))
    return getattr(value, "nbytes", 0)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass, none of another type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


class Trace(Generic[State]):
    """A recording of Steps that is safe to read while another thread appends to it.

    `limit` is the most bytes its Steps may hold together (at least the first and the newest are kept whatever their
    size). `len`, `[i]` and iteration run over the Steps kept. A thinned Trace holds its newest Step only until a newer
    one comes, so a reader who copies what is new must begin at the last Step it has; `version` grows whenever an older
    one is dropped, and then the reader must copy afresh.
    """

    def __init__(self, steps: Iterable[Step[State]] = (), *, limit: int = 64 << 20) -> None:
        self.limit = limit
        self.version = 0
        self._stride = 1
        self._count = 0
        self._kept: list[tuple[int, Step[State], int]] = []  # ordinal, step, bytes
        self._bytes = 0
        self._lock = threading.Lock()
        for step in steps:
            self.append(step)

    def append(self, step: Step[State]) -> None:
        """Record the newest Step, thinning the older ones if the limit is passed."""
        size = nbytes(step.state) + nbytes(step.arrays) + OVERHEAD
        with self._lock:
            if self._kept and self._kept[-1][0] % self._stride:
                self._bytes -= self._kept.pop()[2]  # it was held only because it was the newest
            self._kept.append((self._count, step, size))
            self._bytes += size
            self._count += 1
            while self._bytes > self.limit and len(self._kept) > 2:
                self._thin()

    def _thin(self) -> None:
        self._stride *= 2
        newest = self._kept[-1]
        self._kept = [entry for entry in self._kept[:-1] if entry[0] % self._stride == 0] + [newest]
        self._bytes = sum(entry[2] for entry in self._kept)
        self.version += 1

    def __len__(self) -> int:
        """How many Steps are kept."""
        return len(self._kept)

    def __getitem__(self, i: int) -> Step[State]:
        """The i-th kept Step; negative `i` counts from the newest."""
        with self._lock:
            return self._kept[i][1]

    def __iter__(self) -> Iterator[Step[State]]:
        """The kept Steps, oldest first, as they are at the moment of asking."""
        return iter(self.snapshot()[1])

    def snapshot(self) -> tuple[int, list[Step[State]]]:
        """The version and the Steps of one moment, taken together."""
        with self._lock:
            return self.version, [entry[1] for entry in self._kept]

    @property
    def nbytes(self) -> int:
        """Bytes held by the kept Steps, their Python objects included."""
        return self._bytes

    def metrics(self) -> dict[str, np.ndarray]:
        """The metrics as columns, one row a kept Step: `index`, then every metric's name (NaN where it was absent)."""
        steps = self.snapshot()[1]
        names = dict.fromkeys(name for step in steps for name in step.metrics)
        table = {"index": np.array([step.index for step in steps], dtype=np.int64)}
        return table | {name: np.array([s.metrics.get(name, np.nan) for s in steps], dtype=float) for name in names}
