"""The half-step's equation with its values, and the table of parameters."""

import streamlit as st

from core.mixture.gmm import GMM
from core.process import Step
from playground import session
from playground.rungs.em import component, numbers
from playground.rungs.em.screen import Screen


def show(screen: Screen, step: Step[GMM]) -> None:
    """The panel."""
    dataset = screen.dataset
    last = screen.run().job.trace[-1]  # not the Step on show, so that a link opens on the same component
    which = component.choose(screen.config.components, numbers.contender(last, dataset))
    st.markdown(numbers.equation(step, dataset, which))
    table = numbers.parameters(step.state, dataset)
    st.markdown(table)
    beside = ", the :green[true ones] beside them" * (":green" in table)
    st.caption(f"Trained: the parameters of half-step {step.index}{beside}. {session.plain(dataset.source)}")
