"""A choice whose allowed values follow the data: nothing of other data is left of it but what a person chose."""

import random
from types import SimpleNamespace

import pytest
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from playground import session
from tests import apps

SETS = {"A": ("small", "large", "here"), "B": ("here",), "C": ("large", "small", "here"), "D": ("odd", "here")}


def chosen(sets):
    """Data, and a choice that is offered differently for each, the first word by default; `shown` says whether at all."""
    import streamlit as st

    from playground import session

    words = sets[st.selectbox("Data", list(sets), key="data", bind="query-params")]
    if st.toggle("Shown", True, key="shown"):
        session.settle("model", words, words[0])
        st.segmented_control("Model", words, default=words[0], key="model", bind="query-params", required=True)


def opened(**query):
    return apps.opened(chosen, {"sets": SETS}, **query)


def expected(words, wish):
    """What stands there: the wish where it is offered, else the default of these data."""
    return wish if wish in words else words[0]


@pytest.mark.parametrize("seed", range(12))
def test_after_any_walk_a_choice_is_the_persons_or_the_default_of_these_data(seed):
    rng, at, wish = random.Random(seed), opened(), None
    for _ in range(12):
        words = SETS[at.selectbox[0].value]
        if rng.random() < 0.6:
            at.selectbox[0].select(rng.choice(list(SETS))).run()
        else:
            word = rng.choice(words)
            moved = word != expected(words, wish)
            wish = (None if word == words[0] else word) if moved else wish
            at.segmented_control[0].set_value(word).run()
        assert not at.exception
        assert at.segmented_control[0].value == expected(SETS[at.selectbox[0].value], wish)


def test_a_links_choice_stands_and_waits_where_it_is_not_offered():
    at = opened(data="A", model="large")
    for data, word in (("A", "large"), ("B", "here"), ("D", "odd"), ("A", "large"), ("C", "large")):
        at.selectbox[0].select(data).run()
        assert at.segmented_control[0].value == word, data


def test_a_link_to_what_these_data_do_not_offer_opens_with_their_default():
    at = opened(data="D", model="large")
    assert at.segmented_control[0].value == "odd"
    assert at.selectbox[0].select("A").run().segmented_control[0].value == "small"


def test_a_choice_that_is_not_drawn_for_a_while_comes_back():
    at = opened(data="A")
    at.segmented_control[0].set_value("here").run()
    at.toggle[0].set_value(False).run()
    assert at.toggle[0].set_value(True).run().segmented_control[0].value == "here"


def test_what_is_held_is_looked_for_once_a_run(monkeypatch):
    looked, real = [], SafeSessionState.__getitem__
    monkeypatch.setattr(SafeSessionState, "__getitem__", lambda self, key: looked.append(key) or real(self, key))

    def script():
        from playground import session

        for k in range(50):
            session.hold("count", session.recall("count", int) + k)

    at = AppTest.from_function(script).run()
    first = looked.count("held")
    at.run()
    assert (first, looked.count("held")) <= (2, 3)
    assert at.session_state["held"]["count"] == 2 * sum(range(50))


def test_a_run_ends_at_the_next_question_of_what_is_held_if_another_is_asked_for(monkeypatch):
    class Over(BaseException): ...

    def over():
        raise Over

    context = SimpleNamespace(yield_check=over, **{session.HELD: {"a": 1}})
    monkeypatch.setattr(session, "get_script_run_ctx", lambda suppress_warning=False: context)
    with pytest.raises(Over):
        session.recall("a", int)
