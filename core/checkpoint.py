"""A trained model as one safetensors file: arrays, and a header of strings that says what they are. Never pickle.

The file begins with the header's length (8 bytes, little-endian) and the header, JSON; its `__metadata__` holds
`format`, `model`, `config` (JSON), `shape`, `classes`, `dataset`, `digest` of the data, `seed`, `steps`, `metrics` (JSON),
`versions`, and for a diffusion model of points the `units` of its columns. Whatever a file says is checked before
anything is made of it: its size, its header, every name, shape and dtype against the networks of its Config, and that
every number is finite. What is wrong is told in one sentence, a `CheckpointError`.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as read
from safetensors.numpy import save as write

from core.diffusion import config as diffusion_config
from core.diffusion import net
from core.diffusion.model import Diffusion
from core.painting import painter, unet
from core.painting.config import PaintConfig
from core.painting.painter import Painter
from core.vae.config import Config
from core.vae.model import VAE, layout, unweighted

FORMAT = "generative-playground 1"
MOST = 64 << 20  # bytes of a file
MOST_HEADER = 64 << 10
MOST_PIXELS = 3 * 256 * 256
STRINGS = ("format", "model", "config", "shape", "classes", "dataset", "digest", "seed", "steps", "metrics", "versions")


VAE_KIND, DIFFUSION_KIND, PAINTER_KIND = KINDS = ("vae", "diffusion", "painter")
MOST_COLUMNS = 64
Model = TypeVar("Model", VAE, Diffusion, Painter)


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
    """The file's bytes, the same for the same checkpoint. `half` stores float16: ask `same` whether the pictures bear it."""
    model = checkpoint.model
    kind = np.float16 if half else np.float32
    arrays = {name: np.array(value, dtype=kind, order="C") for name, value in model.weights.items()}
    header = {
        "format": FORMAT,
        **_described(model),
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


def load(data: bytes, kind: str = VAE_KIND) -> Checkpoint:
    """The checkpoint of a model of that kind in these bytes; CheckpointError for anything that is not sound."""
    header = _header(data, kind)
    try:
        shape, classes = _whole(header["shape"]), _whole(header["classes"])
        metrics = {str(k): float(v) for k, v in _mapping(header["metrics"]).items()}
        rest = (
            header["dataset"],
            header["digest"],
            int(header["seed"]),
            int(header["steps"]),
            metrics,
            header["versions"],
        )
        if kind == DIFFUSION_KIND:
            return Checkpoint(_diffusion(data, header, shape, classes), *rest)
        if kind == PAINTER_KIND:
            return Checkpoint(_painter(data, header, shape, classes), *rest)
        config = _config(header["config"], Config)
        if len(shape) != 3 or not all(side >= 1 for side in (*shape, *classes)) or np.prod(shape) > MOST_PIXELS:
            raise CheckpointError(f"The checkpoint is of pictures of shape {shape}: too large, or none.")
        if sum(classes) > 1000:
            raise CheckpointError("The checkpoint has more than 1,000 classes.")
        blank = unweighted(config, (shape[0], shape[1], shape[2]), classes)
        _declared(data, dict(layout(blank)))
        return Checkpoint(VAE(config, blank.shape, classes, read(data)), *rest)
    except CheckpointError:
        raise
    except (SafetensorError, ValueError, TypeError, OverflowError, MemoryError, RecursionError) as error:
        raise CheckpointError(_sentence(error)) from error


def _described(model: VAE | Diffusion | Painter) -> dict[str, str]:
    """The strings that say what a model is made of, besides its options."""
    if isinstance(model, Painter):
        return {"model": PAINTER_KIND, "shape": json.dumps(model.shape), "classes": json.dumps(model.sizes)}
    if isinstance(model, VAE):
        return {"model": VAE_KIND, "shape": json.dumps(model.shape), "classes": json.dumps(model.classes)}
    units = json.dumps([model.shift, model.scale])
    shape, classes = json.dumps([model.dim]), json.dumps([model.classes])
    return {"model": DIFFUSION_KIND, "shape": shape, "classes": classes, "units": units}


def _diffusion(data: bytes, header: dict[str, str], shape: tuple[int, ...], classes: tuple[int, ...]) -> Diffusion:
    """The diffusion model of a file, its arrays held against the network of its options."""
    config = _config(header["config"], diffusion_config.Config)
    if len(shape) != 1 or not 1 <= shape[0] <= MOST_COLUMNS or len(classes) != 1 or not 0 <= classes[0] <= 1000:
        raise CheckpointError("The checkpoint is of points with too many columns or classes, or with none.")
    units = json.loads(header.get("units", "null"))
    if not isinstance(units, list) or [len(row) for row in units] != [shape[0]] * 2:
        raise CheckpointError("The checkpoint's header does not tell the units of its columns.")
    shift, scale = (tuple(float(value) for value in row) for row in units)
    if not np.isfinite([shift, scale]).all():
        raise CheckpointError("The units of the checkpoint's columns are not finite.")
    _declared(data, dict(net.of(config, shape[0], classes[0]).shapes))
    return Diffusion(config, shift, scale, classes[0], read(data))


def _painter(data: bytes, header: dict[str, str], shape: tuple[int, ...], sizes: tuple[int, ...]) -> Painter:
    """The painter of a file, its arrays held against the network of its options."""
    config = _config(header["config"], PaintConfig)
    painter.possible(shape, sizes)
    whole = (shape[0], shape[1], shape[2])
    _declared(data, dict(unet.of(config, whole, sizes).shapes))
    return Painter(config, whole, sizes, read(data))


def same(checkpoint: Checkpoint, z: np.ndarray, labels: np.ndarray | None = None) -> bool:
    """Whether storing float16 leaves every decoded pixel at `z` within half a grey level of 255."""
    other = load(save(checkpoint, half=True)).model
    return bool(np.abs(other.decode(z, labels) - checkpoint.model.decode(z, labels)).max() < 0.5 / 255)


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
    if strings["model"] in KINDS and strings["model"] != kind:
        raise CheckpointError(f"The checkpoint holds a model called {strings['model']!r}: {kind!r} is needed here.")
    if strings["model"] not in KINDS:
        raise CheckpointError(
            f"The checkpoint holds a model called {strings['model'][:40]!r}, which nobody here knows."
        )
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


def _declared(data: bytes, expected: dict[str, tuple[int, ...]]) -> None:
    """Hold every array the header declares against the networks, before any is read."""
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


Options = TypeVar("Options", Config, diffusion_config.Config, PaintConfig)


def _config(text: str, kind: type[Options]) -> Options:
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
