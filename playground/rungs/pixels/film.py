"""The stage of pixels: real pictures, and under them draws of every model as it learns."""

from collections.abc import Sequence

from core.process import Step
from playground import session
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame, Kind, Said
from playground.rungs.pixels import numbers
from playground.rungs.pixels.learning import Moment, steps
from playground.rungs.pixels.screen import ACROSS, NAME, Screen
from playground.runs import film, runs
from playground.runs.runs import Run

KIND = (Kind("x", "pictures", "model"),)


def run(screen: Screen) -> Run:
    """The learning and the drawing."""
    return runs.open_run(NAME, screen.spec, "", lambda: steps(screen), of=screen.pictures)


def frames(made: Sequence[Step[Moment]], first: int = 0) -> list[Frame]:
    """One Frame a Step, with the figures beside it."""
    return [Frame(s.state.said, {"x": s.state.pictures}, beside={"figures": numbers.figures(s.state)}) for s in made]


def scene(screen: Screen) -> Easel:
    """The stage."""
    real = min(ACROSS, len(screen.rows[2]))
    groups = (("Real, held out", real), *((f"New: {title.lower()}", ACROSS) for title in screen.models))
    names = [f"{label}, {i + 1}" for label, many in groups for i in range(many)]
    return Easel(
        f"{NAME}:{session.fingerprint(repr(screen.spec).encode()).hex()[:12]}",
        screen.pictures.shape,
        len(names),
        KIND,
        names=tuple(names),
        groups=groups,
        columns=ACROSS,
        alt="Real pictures, and new ones of each model",
        close=False,
    )


def show(screen: Screen, made: Run) -> Said:
    """The stage with the film."""
    on = film.Instrument("easel", easel.pack, easel.easel)
    return film.play(on, NAME, made, scene(screen), frames, linked=True)
