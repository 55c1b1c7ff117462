"""The half-step's equation with its values, and the table of parameters."""

import streamlit as st

from core.mixture.gmm import GMM
from core.process import Step
from playground import session
from playground.rungs.em import component, numbers
from playground.rungs.em.screen import NAME, Screen


def show(screen: Screen, step: Step[GMM]) -> None:
    """The panel."""
    dataset = screen.dataset
    which = component.choose(screen.config.components, opened(screen))
    st.markdown(numbers.equation(step, dataset, which))
    table = numbers.parameters(step.state, dataset)
    st.markdown(table)
    beside = ", the :green[true ones] beside them" * (":green" in table)
    st.caption(f"Trained: the parameters of half-step {step.index}{beside}. {session.plain(dataset.source)}")


def opened(screen: Screen) -> int:
    """The component that the panel opens on: found once while the run lives, and once where it ends.

    It is the end's and not that of the Step on show, so that nobody who plays or scrubs loses the component in hand, and a
    link opens on the same one.
    """
    job = screen.run().job
    spec = (screen.run().id, job.progress().alive)
    return session.once(f"{NAME}.opened", spec, lambda: numbers.contender(job.trace[-1], screen.dataset))
