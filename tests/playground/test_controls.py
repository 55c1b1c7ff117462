"""A Config becomes widgets whose values make the same Config."""

from dataclasses import dataclass, fields
from typing import Annotated

import pytest
from streamlit.testing.v1 import AppTest

from core.mixture.gmm import Config
from core.options import Choice, Range, options
from playground import controls


@dataclass(frozen=True)
class Every:
    """One option of each kind."""

    few: Annotated[int, Range(1, 12, "Few")] = 3
    many: Annotated[int, Range(0, 5000, "Many", step=100)] = 700
    real: Annotated[float, Range(0, 2, "Real", "what it does")] = 0.25
    word: Annotated[str, Choice(("one", "two"), "Word")] = "two"
    hidden: Annotated[int, Range(0, 9, "Hidden", more=True)] = 4


def page(more=None):
    import streamlit as st

    from playground import controls
    from tests.playground.test_controls import Every

    st.json(controls.draw(Every(), more=more))


def app(more, **query):
    at = AppTest.from_function(page, default_timeout=120, kwargs={"more": more})
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def drawn(at):
    import json

    return json.loads(at.json[0].value)


def test_untouched_widgets_say_the_preset():
    assert drawn(app(False)) | drawn(app(True)) == {f.name: f.default for f in fields(Every)}
    assert Every(**(drawn(app(False)) | drawn(app(True)))) == Every()


def test_options_under_more_are_drawn_apart():
    assert set(drawn(app(True))) == {"hidden"}
    assert "hidden" not in drawn(app(False))


def test_the_kind_of_widget_follows_the_declaration():
    at = app(False)
    slider, many, real = at.slider(key="few"), at.number_input(key="many"), at.number_input(key="real")
    assert (slider.min, slider.max, slider.label) == (1, 12, "Few")
    assert (many.min, many.max, many.step, many.value) == (0, 5000, 100, 700)
    assert (real.min, real.max, real.help) == (0.0, 2.0, "what it does")
    assert at.button_group(key="word").options == ["One", "Two"]


def test_a_link_sets_them():
    at = app(False, few="5", many="1234", real="1.5", word="one")
    assert drawn(at) == {"few": 5, "many": 1234, "real": 1.5, "word": "one"}


@pytest.mark.parametrize("said", ["one", "One"])
def test_a_choice_is_called_by_its_title_in_the_link_and_an_older_link_by_its_word(said):
    at = app(False, word=said, few="5")
    assert drawn(at) == drawn(app(False)) | {"word": "one", "few": 5}
    assert at.query_params["word"] == "One"
    at.button_group(key="word").set_value("two").run()
    assert drawn(at)["word"] == "two"


@pytest.mark.parametrize(
    ("name", "value"), [("few", "13"), ("few", "x"), ("many", "-1"), ("real", "nan"), ("word", "six")]
)
def test_a_wrong_link_leaves_the_preset(name, value):
    assert drawn(app(False, **{name: value})) == drawn(app(False))


def test_a_hand_changes_them():
    at = app(False)
    at.slider(key="few").set_value(9)
    at.number_input(key="real").set_value(0.5).run()
    assert drawn(at)["few"] == 9
    assert drawn(at)["real"] == 0.5


@pytest.mark.parametrize("config", [Config, controls.Seed])
def test_every_option_of_the_page_has_a_label_and_fits_its_widget(config):
    for option in options(config):
        assert option.spec.label
        option.validate(option.default)
