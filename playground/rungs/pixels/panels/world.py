"""How small is the world: random pictures, how many of them are like real ones, and the count worked out."""

import math

import numpy as np
import streamlit as st

from core.categorical.products import Products
from core.digits import SUPERSCRIPTS, plain_power
from core.evaluation.metrics import wilson
from core.painting import judge
from core.process import Step
from playground import image
from playground.rungs.pixels import numbers
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import MIXTURE, NAME, Screen
from playground.rungs.pixels.world import JUDGED, Certain, World, looked
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown.files import sheet


def show(screen: Screen, step: Moment) -> None:
    """The panel."""
    model = step.models.get(MIXTURE)
    if not isinstance(model, Products):
        st.caption(screen.missing.get(MIXTURE, "The mixture is still learning; this panel asks it."))
        return
    spec = ("world", *screen.fitted, screen.asked.deal)
    run = runs.open_run(f"{NAME}.world", spec, "", lambda: looked(screen, model, certain(screen)), of=screen.pictures)

    def draw(newest: Step[World], progress: Progress) -> None:
        left, right = st.columns([1, 1.35], gap="large")
        found = newest.state
        with left:
            told = "The random pictures that the judge is surest of" if certain(screen) else "Random pictures"
            image.show(sheet(found.surest, 4), told, "stretch")
            st.caption(
                f"{told}." + (f" Its certainty: {found.certainty.max():.0%} at most." if certain(screen) else "")
            )
        with right:
            st.markdown(seen(found, bool(certain(screen))))
            st.markdown(worked(screen, found))

    watch(run, draw, "Drawing random pictures...")


def certain(screen: Screen) -> Certain | None:
    """How sure the stored judge is of its digit; None where the pictures are no digits, or it would see others levels."""
    if screen.pictures.name not in JUDGED or not screen.pictures.builtin:
        return None
    held = judge.stored(screen.pictures.name)
    return lambda x: np.exp(held.log_posterior(x).max(axis=1))


def seen(found: World, judged: bool) -> str:
    """What was seen of random pictures."""
    low, high = wilson(found.typical, found.n)
    lines = [
        f"**{found.typical:,} of {found.n:,}** pictures of even noise are as likely under the mixture as 19 real ones in 20 "
        f"(at most {found.nats:.0f} nats): {share(low)} to {share(high)} at 95 %. The likeliest needs {-found.best:.0f} nats."
    ]
    if judged:
        low, high = wilson(found.called, found.n)
        lines.append(
            f"**{found.called:,} of {found.n:,}** are called a digit by the judge as surely as 19 real ones in 20 "
            f"({found.line:.1%}): {share(low)} to {share(high)} at 95 %. It was only ever shown digits and must name one; how "
            "sure it is of noise is no evidence that there is a digit."
        )
    return "\n\n".join(lines)


def share(value: float) -> str:
    """A share, with a power of ten where it is small."""
    return "0" if value < 1e-12 else plain_power(value, 2)


def worked(screen: Screen, found: World) -> str:
    """The count: how many pictures can be as likely as that, and how many there are."""
    d, levels = screen.pictures.dim, screen.levels
    every = numbers.uniform(screen) / math.log(2)
    most = found.nats / math.log(2)
    nats, all_of, some = power("e", found.nats), power("2", every), power("2", most)
    return (
        f"**Worked out.** There are {power(str(levels), d)} = {all_of} pictures. Probabilities sum to 1, so at most {nats} = "
        f"{some} of them can have a p(x) of {power('e', -found.nats)} or more. That is a share of at most "
        f"**{power('2', most - every)}**. A thousand million tries a second since the beginning of the universe are "
        f"{power('2', 89)}."
    )


def power(base: str, exponent: float) -> str:
    """A power in words."""
    return base + f"{exponent:.0f}".translate(SUPERSCRIPTS)
