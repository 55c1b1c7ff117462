"""The ladder of richness: every model of the page on the same points, judged by the same rule."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import streamlit as st

from core.evaluation.metrics import mean
from core.process import Halt, Step
from core.region import scores
from playground.rungs.game import law
from playground.rungs.game.law import Seen
from playground.rungs.game.numbers import FRESH, share
from playground.rungs.game.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown.numbers import estimate, minus

HIDDEN = "Reveal the rule first: these are scores against it."
COUNTS = (1, 2, 4, 8, 12)  # Gaussians of the mixtures
Row = tuple[str, ...]
HEAD = ("model", "precision", "coverage", "F1", "log score, new", "KL", "total variation")


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    if not screen.revealed:
        st.caption(HIDDEN)
        return
    run = runs.open_run(f"{NAME}.ladder", screen.spec, "", lambda: steps(screen), of=screen.dataset)
    watch(run, draw, "Fitting...")
    st.caption(
        f"Fitted to the {len(screen.dataset)} points on show. Log scores are nats over the map's own uniform law, of "
        f"{FRESH:,} points that no model saw, with their standard error; the rule's own is "
        f"{-np.log(screen.rule.mask.share):.3f}. A richer model covers more and strays less, until there are too few points."
    )


def steps(screen: Screen) -> Iterator[Step[tuple[Row, ...]]]:
    """One row a model, as they are fitted."""
    made, rule = screen.model, screen.rule.mask
    fresh = rule.sample(FRESH, screen.key / "fresh")
    rows: tuple[Row, ...] = ()
    shape = [(screen.kind, made)] if screen.by_hand else []
    mixtures = [(f"Mixture of {k}", replace(made, kind=law.MIXTURE, components=k, corners=())) for k in COUNTS[1:]]
    all_others = [(kind, replace(made, kind=kind, components=1, corners=())) for kind in (law.GAUSSIAN, law.KERNELS)]
    for name, model in [*shape, all_others[0], *mixtures, all_others[1]]:
        try:
            (step,) = law.steps(model, screen.dataset.points, rule)
        except Halt as halt:
            rows = (*rows, (name, str(halt), *[""] * (len(HEAD) - 2)))
        else:
            rows = (*rows, (name, *scored(step.state, scores.log_scores(step.state.law, fresh, rule.area))))
        yield Step(len(rows), rows)


def scored(seen: Seen, fresh: np.ndarray) -> Row:
    """A model's scores in words."""
    judged = seen.judged
    score = minus("-∞") if np.isinf(fresh).any() else estimate(mean(fresh))
    kl = "∞" if np.isinf(judged.kl) else f"{judged.kl:.3f}"
    return share(judged.precision), share(judged.coverage), f"{judged.f1:.3f}", score, kl, f"{judged.tv:.3f}"


def draw(newest: Step[tuple[Row, ...]], progress: Progress) -> None:
    """The rows so far."""
    lines = [f"| {' | '.join(HEAD)} |", "|---|" + "--:|" * (len(HEAD) - 1)]
    st.markdown("\n".join([*lines, *(f"| {' | '.join(row)} |" for row in newest.state)]))
