"""What the page of painting is asked for, and what it then works on, in one value."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np

from core.data.images import Pictures
from core.diffusion.walk import Sampler
from core.key import Key
from core.options import Range, check
from core.painting.wish import Wish
from core.process import Step
from playground.rungs.paint import moments, obeyed
from playground.rungs.paint.source import STORED, Source
from playground.runs import runs
from playground.runs.runs import Run
from playground.shelf.pictures import Shelved

if TYPE_CHECKING:
    from core.diffusion.noise.target import Denoiser
    from core.painting.painter import Painter

NAME = "paint"
DATA = "outfits"
USUAL = Sampler("DPM-Solver++(2M)", 20)
PANELS = {
    "Two settings": "two_settings",
    "Forward and back": "back",
    "Edit": "edit",
    "Guidance": "guidance",
    "Memory": "memory",
}
PATIENT = ("Two settings", "Forward and back", "Guidance", "Memory")  # what would slow down the pictures above


@dataclass(frozen=True)
class Push:
    """How hard the words push, and how many pictures are painted."""

    guidance: Annotated[
        float, Range(0, 8, "Guidance w", "0 forgets the words, 1 asks as it learned, more insists.", step=0.25)
    ] = 1.5
    samples: Annotated[int, Range(4, 36, "Pictures at once", more=True)] = 16

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(frozen=True, eq=False)
class Screen:
    """One screen: the pictures, the painter that is asked, what it is told, how hard, and how it walks.

    `picked` is the picture of the easel that a closer look works on, from 0.
    """

    shelved: Shelved
    source: Source
    wish: Wish
    push: Push
    sampler: Sampler
    seed: int
    picked: int = 0

    @property
    def pictures(self) -> Pictures:
        """The set the painter learned from."""
        return self.shelved.pictures

    @property
    def painter(self) -> "Painter":
        """The painter; there must be one."""
        assert self.source.painter is not None
        return self.source.painter

    @property
    def key(self) -> Key:
        """Of everything that is drawn here."""
        return Key(self.seed) / NAME

    @property
    def labels(self) -> np.ndarray | None:
        """What the painter is told of every picture (n, a); None for nothing."""
        return self.told(self.push.samples)

    def told(self, n: int) -> np.ndarray | None:
        """The same for `n` pictures."""
        return self.wish.labels(n, self.key / "told")

    def denoiser(self) -> "Denoiser":
        """The painter that is told what it was told of the picture chosen."""
        labels = self.labels
        row = min(self.picked, self.push.samples - 1)
        return self.painter.told(None if labels is None else labels[row], self.push.guidance)

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """What decides every picture painted here."""
        return self.pictures.digest, self.source.id, self.wish.left, self.push, self.sampler, self.seed

    @property
    def of(self) -> Pictures | None:
        """The set that, with the `spec`, decides all of it; None where the painter is one's own."""
        return self.pictures if self.source.way == STORED else None

    def steps(self) -> Iterator[Step[np.ndarray]]:
        """The moments on the easel."""
        n = self.push.samples
        walk = self.painter.walk(n, self.key, self.sampler, self.labels, self.push.guidance)
        seen = moments.of(walk, self.painter.schedule, moments.guesses(self.sampler), self.painter.config.levels)
        return obeyed.read(seen, self.pictures, self.wish)

    def run(self) -> Run:
        """The session's run of it."""
        pushed = f", w = {self.push.guidance:g}" if self.wish.asks else ""
        label = f"{self.wish.words}{pushed}, {self.sampler.solver}, {self.sampler.steps} steps"
        return runs.open_run(NAME, self.spec, label, self.steps, of=self.of, long=True)

    def ends(self) -> np.ndarray | None:
        """The pictures (n, c, h, w) in [0, 1], when they are finished."""
        trace = self.run().job.trace
        return trace[-1].arrays["ends"] if len(trace) and trace[-1].phase == "end" else None
