"""The component that the numbers open on stays while a run goes on, and is found again where it ends."""

from types import SimpleNamespace

from streamlit.testing.v1 import AppTest

from playground.rungs.em import numbers

RUN = SimpleNamespace(id="one", alive=True, trace=[0])
RUN.job = SimpleNamespace(trace=RUN.trace, progress=lambda: SimpleNamespace(alive=RUN.alive))
SCREEN = SimpleNamespace(run=lambda: RUN, dataset=None)


def page():
    import streamlit as st

    from playground.rungs.em.panels import parameters
    from tests.playground.rungs.em.panels.test_parameters import SCREEN

    st.text(parameters.opened(SCREEN))


def test_it_is_found_once_while_the_run_lives_once_where_it_ends_and_anew_for_another(monkeypatch):
    monkeypatch.setattr(numbers, "contender", lambda step, dataset: step)  # as if each half-step had another
    at, seen = AppTest.from_function(page, default_timeout=120), []
    for run, alive, newest in (
        ("one", True, 3),
        ("one", True, 4),
        ("one", False, 6),
        ("one", False, 6),
        ("two", True, 2),
    ):
        RUN.id, RUN.alive, RUN.trace[0] = run, alive, newest
        at.run()
        assert not at.exception
        seen.append(at.text[0].value)
    assert seen == ["3", "3", "6", "6", "2"]
