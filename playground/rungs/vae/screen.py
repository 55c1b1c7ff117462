"""What the page of the VAE is asked for, and what follows from it: which model is under the hand, and which picture in it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from core.checkpoint import Checkpoint
from core.data.images import Pictures
from core.key import Key
from core.process import Step
from core.vae.config import Config
from core.vae.model import VAE
from playground import session
from playground.instruments import latent_pad
from playground.instruments.latent_pad import Said
from playground.rungs.vae import training
from playground.runs import runs
from playground.runs.runs import Run
from playground.shelf import picture
from playground.shelf.picture import Chosen
from playground.shelf.pictures import Shelved

NAME = "vae"
DATA = "digits"
PRESET = Config(width=96, epochs=100)
HERE, FILE = "Train it here", "From a file"
PANELS = {
    "Numbers": "scores",
    "The truth beside it": "truth",
    "Surgery": "surgery",
    "Geometry": "geometry",
    "Representation": "representation",
}


@dataclass(frozen=True, eq=False)
class Source:
    """The model that was asked for: a `checkpoint`, with the one `step` its film has, or what to train here.

    `id` names it in this session, `title` says it in words; `problem` is the sentence that says why there is none. `stored`
    is one of the house's own checkpoints, which `id` names everywhere.
    """

    id: str
    title: str
    checkpoint: Checkpoint | None = None
    step: Step[VAE] | None = None
    config: Config | None = None
    conditional: bool = False
    seed: int = 0
    problem: str = ""
    stored: bool = False


@dataclass(frozen=True, eq=False)
class Screen:
    """One screen: the pictures, where the model comes from, the picture chosen to look at, and the `run` of a training.

    What a panel calls `step` is the model on show: a Step of the run or, without one, the Step of the source. Its `arrays`
    hold the `rows` (m,) of the pictures on the plane and the `means` (m, d) of their codes.
    """

    shelved: Shelved
    source: Source
    chosen: Chosen
    run: Run | None = None

    @property
    def pictures(self) -> Pictures:
        """What was learned."""
        return self.shelved.pictures

    @property
    def key(self) -> Key:
        """Of everything that the panels draw."""
        return Key(self.source.seed) / NAME

    @property
    def row(self) -> int:
        """The chosen picture's row in the set; beside a picture of one's own, the row chosen last."""
        return picture.last_row() if self.chosen.row is None else self.chosen.row

    @property
    def film(self) -> str:
        """What the pad calls its film."""
        return self.run.id if self.run else self.source.id

    @property
    def forked(self) -> bool:
        """Whether the training began at a Step of an earlier one."""
        return self.run is not None and runs.forked(NAME) is not None

    def recording(self) -> tuple[int, Sequence[Step[VAE]]]:
        """The film's version and its Steps."""
        if self.run is not None:
            return self.run.job.trace.snapshot()
        assert self.source.step is not None
        return 0, (self.source.step,)

    def said(self) -> Said:
        """What the pad has said of this film."""
        return latent_pad.read(session.widget(f"pad.{NAME}", {}), session.turned(self.film))

    def moment(self, step: Step[VAE]) -> str:
        """A name for the model of a Step, in this session."""
        return f"{self.film}-{step.index}"

    @property
    def stored(self) -> Pictures | None:
        """The pictures, if the model is one that the house has stored."""
        return self.pictures if self.source.stored else None

    @property
    def common(self) -> Pictures | None:
        """The pictures, if what a model says of the chosen one is a function of what the house itself has stored."""
        return None if self.chosen.row is None else self.stored

    def spec(self, step: Step[VAE]) -> tuple[Hashable, ...]:
        """What decides a panel's work on the model of a Step."""
        return self.pictures.digest, step.state.digest, self.key


def screen(shelved: Shelved, source: Source, chosen: Chosen) -> Screen:
    """The screen for what is asked; a training begins at its own start, or at the frame it was forked at."""
    if source.config is None:
        return Screen(shelved, source, chosen)
    config, conditional, pictures, key = source.config, source.conditional, shelved.pictures, Key(source.seed) / NAME
    fork = runs.fork_of(NAME, pictures.digest, lambda step: training.fits(step, config, pictures, conditional))
    start = fork.step.state if fork else None
    spec = (pictures.digest, config, conditional, source.seed, fork and (fork.run, fork.step.index))
    run = runs.open_run(
        NAME, spec, training.label(config), lambda: training.steps(config, pictures, conditional, key, start)
    )
    return Screen(shelved, source, chosen, run)
