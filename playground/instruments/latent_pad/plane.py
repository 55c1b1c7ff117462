"""What a latent pad shows: a Plane, and Snapshots of the model that say what it decodes and where its data lie.

The pad is a plane with layers of its own: the encoded data (Codes), the circles of the prior, the manifold, and the
Decoder, whose weights travel once. Everything else on the plane is a layer of `playground.instruments.parts`: a Field for the
aggregate posterior or the magnification, Ellipses for q(z given x), Points for its samples, Paths, Contours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from playground.instruments.latent_pad.layers import Codes, Decoder, Manifold, Prior
from playground.instruments.parts import packing
from playground.instruments.parts.beside import Beside
from playground.instruments.parts.layers import Field
from playground.instruments.parts.scene import Frame, Layer, Line, Scene

MOST_PICTURES: Final = 1_000  # thumbnails in one message
KINDS: Final = frozenset({"dense", "reshape", "conv", "mean"})


@dataclass(frozen=True, eq=False)
class Plane:
    """The pad before anything happens. As long as `id` stays the same, the marker, zoom and toggles are kept.

    `spec` is the decoder's list of layers; `labels` (n,) colour the encoded data, named by `classes`; `pictures`
    (m, c, h, w) in [0, 1] are the thumbnails of the first m <= 1,000 data, `numbers` (n,) what they are called by. A film of
    snapshots plays once (`autoplay`), or rests at frame `at`, the last by default. `held` are the labels that the
    hand holds at `z`, the first of each if empty.
    `layers` lie over the plane `axes` of the latent space, on the square of `reach` about the origin, and are hidden while
    the hand looks at another plane. A `bare` plane has no data on it. Pads whose planes share a `twin` move together: one z,
    and one playhead, matched by the snapshots' metric `epoch`.
    Raises ValueError where sizes contradict each other.
    """

    id: str
    spec: Sequence[Mapping[str, Any]]
    layers: Sequence[Layer] = ()
    conditions: Sequence[tuple[str, Sequence[str]]] = ()
    labels: np.ndarray | None = None
    classes: Sequence[str] = ()
    pictures: np.ndarray | None = None
    numbers: np.ndarray | None = None
    z: Sequence[float] | np.ndarray | None = None
    held: Sequence[int] = ()
    axes: tuple[int, int] = (0, 1)
    reach: float = 3.5
    manifold: int = 15
    lines: Sequence[Line] = ()
    alt: str = ""
    autoplay: bool = False
    at: int | None = None
    bare: bool = False
    twin: str = ""

    def __post_init__(self) -> None:
        """Refuse a decoder that the browser cannot run, and sizes that contradict each other."""
        if not self.spec or self.spec[-1].get("kind") != "mean" or "in" not in self.spec[0]:
            raise ValueError("a decoder begins with a layer that says its inputs and ends in a mean")
        if unknown := {layer["kind"] for layer in self.spec} - KINDS:
            raise ValueError(f"the browser knows no decoder layer of kind {sorted(unknown)}")
        if self.latent < 2:
            raise ValueError(f"a plane needs at least 2 latent dimensions, not {self.latent}")
        i, j = self.axes
        if i == j or not {i, j} <= set(range(self.latent)):
            raise ValueError(f"axes must be two of the {self.latent} latent dimensions, not {self.axes}")
        if self.z is not None and np.shape(self.z) != (self.latent,):
            raise ValueError(f"z has shape {np.shape(self.z)}, not ({self.latent},)")
        if self.held and len(self.held) != len(self.conditions):
            raise ValueError(f"{len(self.conditions)} conditions cannot hold {len(self.held)} labels")
        if self.pictures is not None and len(self.pictures) > MOST_PICTURES:
            raise ValueError(f"{len(self.pictures)} thumbnails are more than {MOST_PICTURES}")

    @property
    def latent(self) -> int:
        """The dimension of z: the decoder's inputs less those of the labels."""
        return self.spec[0]["in"] - sum(len(words) for _, words in self.conditions)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Colours, height and width of a picture."""
        last = self.spec[-1]
        return last["c"], last["h"], last["w"]

    def scene(self, thumbnails: bool = True) -> Scene:
        """The pad as a Scene: manifold and fields below, then the prior, the codes, and all other layers.

        Without the `thumbnails` it is for a browser that has them.
        """
        fields = [layer for layer in self.layers if isinstance(layer, Field)]
        others = [layer for layer in self.layers if not isinstance(layer, Field)]
        return Scene(
            id=self.id,
            bounds=[[-self.reach, self.reach]] * 2,
            axes=(f"z{self.axes[0] + 1}", f"z{self.axes[1] + 1}"),
            layers=(
                Manifold(name="manifold", label="Manifold", role="noise", on=False, side=self.manifold),
                *fields,
                Prior(name="prior", label="Prior", role="noise"),
                self._codes(thumbnails),
                *others,
                self._decoder(),
            ),
            lines=self.lines,
            alt=self.alt,
            autoplay=self.autoplay,
            at=self.at,
        )

    def _codes(self, thumbnails: bool) -> Codes:
        sent = self.pictures if thumbnails else None
        return Codes(
            name="codes",
            label="Encoded data",
            role="data" if self.labels is None else "classes",
            cls=self.labels,
            numbers=self.numbers,
            pictures=None if sent is None else np.rint(255 * np.clip(np.moveaxis(sent, 1, -1), 0, 1)).astype(np.uint8),
            classes=tuple(map(str, self.classes)),
            pictured=self.pictures is not None,
            bare=self.bare,
        )

    def _decoder(self) -> Decoder:
        return Decoder(
            name="decoder",
            spec=tuple(dict(layer) for layer in self.spec),
            shape=self.shape,
            latent=self.latent,
            conditions=tuple((name, tuple(map(str, words))) for name, words in self.conditions),
            held=tuple(int(k) for k in self.held),
            z=tuple(map(float, np.zeros(self.latent) if self.z is None else self.z)),
            plane=self.axes,
            reach=self.reach,
            twin=self.twin,
        )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The model at one moment: the decoder's weights, the encoded data `codes` (n, d), what else is shown, and what beside it.

    `weights` are little-endian float32 in the order of the Plane's spec. With `half` they travel as float16, for the
    frames of a long film: half the bytes, and pixels that move by up to a few 1/255 where a decoder is steep.
    """

    weights: bytes
    codes: np.ndarray | None = None
    caption: str = ""
    arrays: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    half: bool = False
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def frame(self, plane: Plane) -> Frame:
        """The Frame of the scene; ValueError if the weights are not as many as the spec needs, or not finite."""
        floats = np.frombuffer(self.weights, "<f4")
        if len(floats) != (need := weights_of(plane.spec)):
            raise ValueError(f"the decoder has {len(floats):,} weights; its layers need {need:,}")
        if not np.isfinite(floats).all():
            raise ValueError("the decoder has weights that are not finite")
        arrays = {name: dict(given) for name, given in self.arrays.items()}
        if self.codes is not None:
            if np.shape(self.codes)[1:] != (plane.latent,):
                raise ValueError(f"codes have shape {np.shape(self.codes)}, not (n, {plane.latent})")
            arrays["codes"] = {"z": self.codes}
        arrays["decoder"] = {"half": _halves(floats)} if self.half else {"weights": floats}
        return Frame(self.caption, arrays, self.metrics, self.beside)


def pack(plane: Plane, snapshots: Sequence[Snapshot], *, run: str, first: int = 0, live: bool = False) -> bytes:
    """The message that puts `snapshots` at index `first` and after of training run `run`.

    With `first` = 0 it is the whole training; later messages carry only what is new, without the thumbnails, which the
    browser keeps. No snapshots at `first` = how many it has changes only what lies over the plane.
    """
    scene = plane.scene(thumbnails=first == 0)
    if plane.at is None and not (plane.autoplay or live):
        scene = replace(scene, at=first + len(snapshots) - 1)  # a finished training rests where it ended
    frames = [snapshot.frame(plane) for snapshot in snapshots]
    return packing.pack(scene, frames, run=run, first=first, live=live)


def weights_of(spec: Sequence[Mapping[str, Any]]) -> int:
    """How many weights and biases a decoder has."""
    taps = {"dense": 1, "conv": 9}
    return sum(layer["out"] * (layer["in"] * taps[layer["kind"]] + 1) for layer in spec if layer["kind"] in taps)


def _halves(floats: np.ndarray) -> np.ndarray:
    """The bits of the nearest float16; a weight beyond its range is an error, not an infinity."""
    if np.abs(floats).max(initial=0.0) > np.finfo(np.float16).max:
        raise ValueError("a weight beyond 65,504 does not fit in half precision")
    return floats.astype("<f2").view("<u2")
