"""What the diffusion page is asked for, and what it then works on: data, schedule, denoiser, walk, all in one value."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.diffusion.noise.target import Denoiser
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Step
from playground import controls, session
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import training
from playground.rungs.diffusion.bench import Bench, Noising, Units
from playground.rungs.diffusion.dials import LANES, Dial, Push, Slice
from playground.runs import hand, runs
from playground.runs.runs import Run
from playground.shelf import points
from playground.shown import closer

NAME = "diffusion"
DATA = "eight_gaussians"
PRESET = Sampler("DDPM, small variance", 20)
SAYERS = ("exact", "stored", "learned")
PANELS = {
    "Schedule": "schedule",
    "Time axis": "time_axis",
    "Train": "train",
    "Field": "field",
    "Memory": "memory",
    "Straightness": "straightness",
    "Solvers": "solvers",
    "Guidance": "guidance",
    "Quality": "quality",
}
PRESETS = (PRESET, Noising(), training.Learning(), Push(), Slice(), Dial(), controls.Seed(), points.Amount())
WORDS = {"says": SAYERS, "lane": LANES}
TAUGHT = ("Train", "Memory")  # panels that look at a network trained on the very points on show


@dataclass(frozen=True)
class Asked:
    """What the controls say; `says` names the denoiser: exact, stored or learned."""

    back: bool
    says: str
    shelved: points.Shelved
    noising: Noising
    sampler: Sampler
    learning: training.Learning
    seed: int


@dataclass(frozen=True)
class Screen:
    """One screen: `own` is the bench in the data's own units, `bench` that of what walks; `chosen` a dragged start (1, 2).

    `moment` is the model that walks (None: the exact denoiser), `course` the training that goes on, if any.
    """

    asked: Asked
    own: Bench
    bench: Bench
    moment: Step | None
    course: Run | None
    chosen: Float[np.ndarray, "1 d"] | None

    @property
    def sampler(self) -> Sampler:
        """How it walks."""
        return self.asked.sampler

    @property
    def seed(self) -> int:
        """The seed of everything that is drawn here but the data."""
        return self.asked.seed

    @property
    def key(self) -> Key:
        """Of the walk."""
        return Key(self.seed) / NAME

    @property
    def denoiser(self) -> Denoiser:
        """What walks."""
        return self.moment.state if self.moment else self.bench.exact

    @property
    def told(self) -> tuple[str, int] | None:
        """A name for the model that walks; None for the exact denoiser."""
        if self.moment is None:
            return None
        return (self.course.id if self.course and self.asked.says == "learned" else self.asked.says, self.moment.index)

    @property
    def situation(self) -> tuple[str, str, int]:
        """What a dragged start belongs to."""
        return situation(self.bench, self.seed)

    def steps(self) -> Iterator[Step[np.ndarray]]:
        """The film on the stage."""
        model = self.moment.state if self.moment else None
        return pictures.either(self.bench, self.sampler, self.key, self.chosen, self.asked.back, model)

    def run(self) -> Run:
        """The session's run of it."""
        start = hand.encode(self.chosen) if self.chosen is not None else ""
        walked = (self.sampler, start, self.told) if self.asked.back else (self.sampler.ticks,)
        spec = (self.bench.dataset.digest, self.bench.noising, self.seed, *walked)
        mine = self.course is not None or self.chosen is not None
        of = None if mine else self.bench.dataset
        return runs.open_run(NAME, spec, f"{self.sampler.solver}, {self.sampler.steps} steps", self.steps, of=of)


def situation(bench: Bench, seed: int) -> tuple[str, str, int]:
    """What a dragged start belongs to: the data, the schedule's name and the seed."""
    return bench.dataset.digest, bench.noising.schedule, seed


def held(name: str, dataset: Dataset, noising: Noising, units: Units | None) -> Bench:
    """The bench of these, which keeps what it has worked out for as long as they stay the same."""
    key = (id(dataset), noising, units)  # of a set that its bench keeps alive
    return session.once(f"{NAME}.bench.{name}", key, lambda: Bench(dataset, noising, units))


def screen(asked: Asked) -> Screen:
    """The screen for what is asked, its training opened if a panel or the walk needs one; Halt where nothing can be noised."""
    assert asked.shelved.dataset is not None
    own, course = held("own", asked.shelved.dataset, asked.noising, None), None
    moment = training.stored(own) if asked.says == "stored" else None
    bench = held("walks", own.dataset, own.noising, (moment.state.shift, moment.state.scale)) if moment else own
    panel = closer.asked(PANELS)
    taught = panel in TAUGHT or (panel == "Field" and moment is None)
    chosen = hand.means(NAME, situation(bench, asked.seed), (1, 2), bench.bounds)
    if asked.says == "learned" or taught:
        course = training.open_training(own, asked.learning, asked.seed)
    if asked.says == "learned" and course:
        moment = training.moment(course)
    return Screen(asked, own, bench, moment, course, chosen)
