"""Where a VAE's bound loses: by the Gaussian's shape or by the encoder's guess, on one picture and over the test set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float, Int

from core.data.images import Pictures
from core.evaluation.metrics import Estimate, mean
from core.process import Step
from core.vae.model import VAE
from core.vae.truth import gap as core_gap
from core.vae.truth.gap import Gap
from playground import plot, session
from playground.rungs.vae import seen
from playground.rungs.vae.panels.parts import bars
from playground.rungs.vae.screen import NAME, Screen
from playground.runs import runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown import numbers

JUDGED = 100  # test pictures, at most
SIDE = 81  # of the quadrature over the test set
OVER = f"{NAME}.over"


@dataclass(frozen=True)
class Gaps:
    """The split over some pictures, nats."""

    approximation: Float[np.ndarray, " m"]
    amortisation: Float[np.ndarray, " m"]


def draw(screen: Screen, step: Step[VAE], one: Run) -> None:
    """The gap in its two parts as bars: of the picture that the run `one` is about, and of the test set's mean."""
    test = over_test(screen, step)
    watch(test or one, lambda *_: bars_of(one, test))


def over_test(screen: Screen, step: Step[VAE]) -> Run | None:
    """The run that splits the gap over the test set, once it is asked for."""
    spec = screen.spec(step)
    rows = (screen.key / "over").generator().permutation(screen.pictures.split.test)[:JUDGED]
    if session.recall(OVER, lambda: None) == spec:
        return runs.open_run(OVER, spec, "", partial(over, step.state, screen.pictures, rows), stays=True)
    words = f"Split the gap over {len(rows)} test pictures"
    st.button(words, on_click=session.hold, args=(OVER, spec), key=OVER, icon=":material/stacked_bar_chart:")
    return None


def bars_of(one: Run, test: Run | None) -> None:
    """The bars as far as they are known, with what the test set says."""
    gap = one.job.trace[-1].state.gap if len(one.job.trace) else None
    parts = {}
    if gap is not None:
        parts["this picture"] = (Estimate(gap.approximation, np.nan), Estimate(gap.amortisation, np.nan))
    if test is not None and len(test.job.trace):
        step: Step[Gaps] = test.job.trace[-1]
        n = len(step.state.approximation)
        parts[f"{n} test pictures"] = (mean(step.state.approximation), mean(step.state.amortisation))
        if test.job.progress().alive:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(step.metrics["progress"], f"{n} test pictures split.")
                st.button("Cancel", on_click=test.job.cancel, key=f"{NAME}.cancel", icon=":material/stop:")
        st.markdown(over_words(step.state))
    if parts:
        alt = "Approximation and amortisation gap in nats"
        plot.show(chart(parts, session.dark()), key=f"{NAME}.split", alt=alt)


def over(model: VAE, pictures: Pictures, rows: Int[np.ndarray, " m"]) -> Iterator[Step[Gaps]]:
    """The split of one picture after the other."""
    found: list[Gap] = []
    for row in rows:
        label = seen.told(model, pictures, np.array([row]))
        image = seen.images(pictures, np.array([row]))[0]
        found.append(core_gap.split(model, image, None if label is None else label[0], side=SIDE))
        gaps = Gaps(np.array([g.approximation for g in found]), np.array([g.amortisation for g in found]))
        yield Step(len(found), gaps, metrics={"progress": len(found) / len(rows)})


def chart(parts: Mapping[str, tuple[Estimate, Estimate]], dark: bool) -> Any:
    """Approximation and amortisation of each row of `parts`."""
    rows = {row: {"approximation": a, "amortisation": b} for row, (a, b) in parts.items()}
    return bars.stacked(rows, {"approximation": "hand", "amortisation": "model"}, "log p(x) - ELBO (nats)", dark)


def over_words(found: Gaps) -> str:
    """What the test pictures say, in a sentence."""
    a, b = mean(found.approximation), mean(found.amortisation)
    total = numbers.estimate(mean(found.approximation + found.amortisation))
    larger = "the encoder" if b.value > a.value else "the Gaussian's shape"
    return (
        f"Over {len(found.approximation)} test pictures the bound loses **{total} nats** on average: "
        f"{numbers.estimate(a)} by the Gaussian's shape (approximation) and {numbers.estimate(b)} by the encoder "
        f"(amortisation); mostly {larger}. Standard errors."
    )
