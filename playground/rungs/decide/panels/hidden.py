"""Hidden coordinate: a law of all columns sums the missing one out, exactly; a law of the class alone needs it put in."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.process import Step
from playground import controls, plot, session
from playground.rungs.decide import charts
from playground.rungs.decide.judged import CELLS, Seen
from playground.rungs.decide.numbers import interval, share
from playground.rungs.decide.screen import HIDDEN, NAME, Screen
from playground.shown.numbers import bare, placed

NODES = 400
Says = Callable[[Float[np.ndarray, " m"]], Float[np.ndarray, "m k"]]


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    dataset, seen = screen.dataset, step.state
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        column = 1 - HIDDEN.index(controls.choose("Hidden", HIDDEN, "hidden"))
    low, high = dataset.bounds[1 - column]
    at = np.linspace(float(low), float(high), NODES)
    rules, true = both(seen, column), exactly(seen)
    lines = {name: np.exp(says(at)[:, 0]) for name, says in rules.items()}
    if true is not None:
        x, joint = true[column]
        total = joint.sum(axis=1)
        lines = {"Truth": np.interp(at, x, joint[:, 0] / np.where(total > 0, total, 1))} | lines
    name, of = dataset.columns[1 - column], session.plain(screen.rows.classes[0])
    with left:
        chart = charts.known(at, lines, name, screen.rows.classes[0], session.dark())
        plot.show(chart, f"{NAME}.known", f"p({of}) where only {name} is known, by both models")
    with right:
        st.markdown(table(seen, rules, None if true is None else true[column], column))
        mean = placed(float(seen.learned.x[:, column].mean()), float(seen.learned.x[:, column].std()))
        st.caption(
            f"{session.plain(bare(dataset.columns[column]))} is not known. The generative model sums it out, exactly: "
            "p(y | x) of what is left. The discriminative one has no p(x) to sum over; here the column's mean, "
            f"{mean}, is put in."
        )


def both(seen: Seen, column: int) -> dict[str, Says]:
    """log p(y given the other column) of both models, where `column` is hidden."""
    alone, mean = seen.left.marginal(1 - column), float(seen.learned.x[:, column].mean())

    def put_in(at: Float[np.ndarray, " m"]) -> Float[np.ndarray, "m k"]:
        x = np.full((len(at), 2), mean)
        x[:, 1 - column] = at
        return seen.right.log_posterior(x)

    return {"Summed out": lambda at: alone.log_posterior(at[:, None]), "Mean put in": put_in}


def exactly(seen: Seen) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]] | None:
    """For each hidden column the places of the other one and p(that, y) times a cell's width there, by sums over cells."""
    if seen.truth is None:
        return None
    k = seen.truth.log_joint.shape[1]
    p = np.exp(seen.truth.log_joint).reshape(CELLS, CELLS, k) * seen.truth.cells.area
    x = seen.truth.cells.x.reshape(CELLS, CELLS, 2)
    return (x[:, 0, 1], p.sum(axis=1)), (x[0, :, 0], p.sum(axis=0))


def table(seen: Seen, rules: dict[str, Says], true: tuple[np.ndarray, np.ndarray] | None, column: int) -> str:
    """Errors of both where the column is hidden, and of the best rule there is."""
    n, x = len(seen.held), seen.held.x[:, 1 - column]
    lines = [
        "| Where it is hidden | error, held out |" + (" exact |" if true else ""),
        "|---|--:|" + ("--:|" if true else ""),
    ]
    for name, says in rules.items():
        row = f"| {name} | {interval(int((says(x).argmax(axis=1) != seen.held.y).sum()), n)} |"
        lines.append(row + (f" **{share(error(true, says))}** |" if true else ""))
    if true:
        lines.append(f"| The best rule | | **{share(1 - true[1].max(axis=1).sum() / true[1].sum())}** |")
    return "\n".join(lines)


def error(true: tuple[np.ndarray, np.ndarray], says: Says) -> float:
    """The exact error of a rule that knows one column."""
    at, p = true
    chosen = says(at).argmax(axis=1)
    return float(1 - p[np.arange(len(p)), chosen].sum() / p.sum())
