"""A trained model as one safetensors file: arrays, and a header of strings that says what they are. Never pickle.

The file begins with the header's length (8 bytes, little-endian) and the header, JSON; its `__metadata__` holds
`format`, `model` (a name of `core.MODELS`), `config` (JSON), `shape`, `classes`, `dataset`, `digest` of the data, `seed`,
`steps`, `metrics` (JSON), `versions`, and what else the model's `described` says. Whatever a file says is checked before
anything is made of it: its size, its header, every name, shape and dtype against the `form` that the model's module gives,
and that every number is finite. What is wrong is told in one sentence, a `CheckpointError`.
"""

import importlib
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as read
from safetensors.numpy import save as write

from core import MODELS

FORMAT = "generative-playground 1"
MOST = 64 << 20  # bytes of a file
MOST_HEADER = 64 << 10
STRINGS = ("format", "model", "config", "shape", "classes", "dataset", "digest", "seed", "steps", "metrics", "versions")


@runtime_checkable
class Network(Protocol):
    """A model that can be kept: a value of options and named arrays, which can say what else it is made of."""

    @property
    def config(self) -> Any:
        """Its options, a dataclass."""
        ...

    @property
    def weights(self) -> Mapping[str, np.ndarray]:
        """Its arrays by name."""
        ...

    def described(self) -> dict[str, str]:
        """For the header: `model`, its name in the catalogue, `shape` and `classes`, whole numbers, and what else it needs."""
        ...


Model = TypeVar("Model", bound=Network)


@dataclass(frozen=True)
class Form(Generic[Model]):
    """What a header asks for: the shapes its arrays must have, and how a model is made of them."""

    shapes: Mapping[str, tuple[int, ...]]
    build: Callable[[Mapping[str, np.ndarray]], Model]


@runtime_checkable
class Family(Protocol):
    """What a module of the catalogue offers beside `fit` where its models are kept in files."""

    Config: type

    def form(
        self, config: Any, shape: tuple[int, ...], classes: tuple[int, ...], header: Mapping[str, str]
    ) -> Form[Any]:
        """The form of the model that a header describes, told without building it; CheckpointError where there is none."""
        ...

    def example(self, n: int) -> tuple[Any, np.ndarray, np.ndarray]:
        """The options of a small model, `n` small data and their labels, to try the family out on."""
        ...


class CheckpointError(ValueError):
    """A file is no checkpoint of ours, or not a sound one; the text is the one sentence a person reads."""


@dataclass(frozen=True)
class Checkpoint(Generic[Model]):
    """A model and where it came from: the data's name and digest, the seed, how many Steps, and what it scored (`metrics`)."""

    model: Model
    dataset: str = ""
    digest: str = ""
    seed: int = 0
    steps: int = 0
    metrics: Mapping[str, float] = None  # type: ignore[assignment]  # filled in
    versions: str = ""

    def __post_init__(self) -> None:
        """An absent table of metrics is an empty one."""
        object.__setattr__(self, "metrics", dict(self.metrics or {}))


def save(checkpoint: Checkpoint, half: bool = False) -> bytes:
    """The file's bytes, the same for the same checkpoint. `half` stores float16."""
    model = checkpoint.model
    kind = np.float16 if half else np.float32
    arrays = {name: np.array(value, dtype=kind, order="C") for name, value in model.weights.items()}
    header = {
        "format": FORMAT,
        **model.described(),
        "config": json.dumps(asdict(model.config), sort_keys=True),
        "dataset": checkpoint.dataset,
        "digest": checkpoint.digest,
        "seed": str(checkpoint.seed),
        "steps": str(checkpoint.steps),
        "metrics": json.dumps({k: round(float(v), 6) for k, v in checkpoint.metrics.items()}, sort_keys=True),
        "versions": f"python {platform.python_version()}, numpy {np.__version__}",
    }
    written = write(arrays, header)
    begin = 8 + int.from_bytes(written[:8], "little")
    ordered = json.dumps(json.loads(written[8:begin]), sort_keys=True).encode()  # the library's own order changes
    ordered += b" " * (-len(ordered) % 8)
    return len(ordered).to_bytes(8, "little") + ordered + written[begin:]


def load(data: bytes, kind: str) -> Checkpoint[Any]:
    """The checkpoint of a model of that name in these bytes; CheckpointError for anything that is not sound."""
    header = _header(data, kind)
    family = importlib.import_module(MODELS[kind])
    if not isinstance(family, Family):
        raise CheckpointError(f"A model called {kind!r} is not kept in files.")
    try:
        shape, classes = _whole(header["shape"]), _whole(header["classes"])
        metrics = {str(k): float(v) for k, v in _mapping(header["metrics"]).items()}
        seed, steps = int(header["seed"]), int(header["steps"])
        form = family.form(_config(header["config"], family.Config), shape, classes, header)
        _declared(data, form.shapes)
        model = form.build(read(data))
        return Checkpoint(model, header["dataset"], header["digest"], seed, steps, metrics, header["versions"])
    except CheckpointError:
        raise
    except (SafetensorError, ValueError, TypeError, OverflowError, MemoryError, RecursionError) as error:
        raise CheckpointError(_sentence(error)) from error


def _header(data: bytes, kind: str) -> dict[str, str]:
    """The strings of the header, after the sizes are found to be sound."""
    table = _table(data)
    strings = table.get("__metadata__")
    if not isinstance(strings, dict) or not all(isinstance(strings.get(name), str) for name in STRINGS):
        raise CheckpointError(
            "This safetensors file is not a checkpoint of the playground: its header says nothing of a model."
        )
    if strings["format"] != FORMAT:
        raise CheckpointError(
            f"The checkpoint has the format {strings['format'][:40]!r}; this version reads {FORMAT!r}."
        )
    if strings["model"] not in MODELS:
        raise CheckpointError(
            f"The checkpoint holds a model called {strings['model'][:40]!r}, which nobody here knows."
        )
    if strings["model"] != kind:
        raise CheckpointError(f"The checkpoint holds a model called {strings['model']!r}: {kind!r} is needed here.")
    return strings


def _table(data: bytes) -> dict[str, Any]:
    """The header's JSON."""
    if len(data) > MOST:
        raise CheckpointError(f"The file has {len(data) / 2**20:.0f} MB; a checkpoint has at most {MOST >> 20} MB.")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or length > len(data) - 8:
        raise CheckpointError("This is not a safetensors file, or it is cut short.")
    if length > MOST_HEADER:
        raise CheckpointError(f"The file's header has {length:,} bytes; a checkpoint's has at most {MOST_HEADER:,}.")
    try:
        table = json.loads(data[8 : 8 + length].decode())
    except (ValueError, RecursionError) as error:
        raise CheckpointError("This is not a safetensors file: its header is not JSON.") from error
    if not isinstance(table, dict):
        raise CheckpointError("This is not a safetensors file: its header is not a table.")
    return table


def _declared(data: bytes, expected: Mapping[str, tuple[int, ...]]) -> None:
    """Hold every array the header declares against the form, before any is read."""
    declared = {name: entry for name, entry in _table(data).items() if name != "__metadata__"}
    if set(declared) != set(expected):
        odd = sorted(set(declared) ^ set(expected))[0][:60]
        raise CheckpointError(
            f"The checkpoint's arrays are not those of its networks: {odd!r} is missing or not wanted."
        )
    for name, entry in declared.items():
        if not isinstance(entry, dict) or entry.get("dtype") not in ("F16", "F32"):
            raise CheckpointError(f"The array {name!r} is not of 16- or 32-bit floating point numbers.")
        if entry.get("shape") != list(expected[name]):
            raise CheckpointError(f"The array {name!r} should have the shape {expected[name]}.")


def _config(text: str, kind: type) -> Any:
    """The options, each by its declaration; an option this version does not have is refused."""
    given = _mapping(text)
    known = {f.name for f in fields(kind)}
    if not set(given) <= known:
        raise CheckpointError(
            f"The checkpoint has an option {sorted(set(given) - known)[0][:40]!r}, which nobody here knows."
        )
    return kind(**given)


def _mapping(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise CheckpointError("The checkpoint's header is damaged.")
    return value


def _whole(text: str) -> tuple[int, ...]:
    value = json.loads(text)
    if not isinstance(value, list) or len(value) > 16 or not all(type(v) is int for v in value):
        raise CheckpointError("The checkpoint's header is damaged.")
    return tuple(value)


def _sentence(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0][:160]
    return f"The checkpoint cannot be read: {text or type(error).__name__}".rstrip(".") + "."
