"""What a declaration allows is what the constructor and the link accept; what it refuses it explains in a sentence."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.options import Choice, Range, check, options, title


@dataclass(frozen=True)
class Config:
    count: Annotated[int, Range(-3, 12, "How many")] = 3
    rate: Annotated[float, Range(1e-6, 10, "How fast", log=True)] = 0.5
    kind: Annotated[str, Choice(("full", "diag"), "What shape")] = "full"

    def __post_init__(self):
        check(self)


COUNT, RATE, KIND = options(Config)


@given(st.integers(-3, 12))
def test_a_whole_number_survives_the_link(value):
    assert COUNT.parse(str(value)) == value


@given(st.floats(1e-6, 10))
def test_a_number_survives_the_link_to_the_last_bit(value):
    assert RATE.parse(str(value)) == value


@pytest.mark.parametrize("word", KIND.spec.words)
def test_a_word_survives_the_link(word):
    assert KIND.parse(word) == word
    assert KIND.parse(title(word)) == word


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("full", "Full"),
        ("diag", "Diagonal"),
        ("k-means++", "k-means++"),
        ("mlp", "MLP"),
        ("EDM", "EDM"),
        ("even in log-SNR", "Even in log-SNR"),
        ("v", "v"),
    ],
)
def test_a_word_is_shown_with_a_capital_or_as_the_field_writes_it(word, shown):
    assert title(word) == shown == title(shown)


@given(st.sampled_from([COUNT, RATE, KIND]), st.text())
def test_any_text_is_an_allowed_value_or_one_sentence_that_names_the_option(option, text):
    refusal = ""
    try:
        Config(**{option.name: option.parse(text)})
    except ValueError as error:
        refusal = str(error)
    assert not refusal or (refusal.startswith(f"{option.spec.label} ({option.name}) must ") and refusal[-1] == ".")


@given(st.one_of(st.integers(max_value=-4), st.integers(min_value=13)))
def test_a_count_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=r"^How many \(count\) must lie between -3 and 12, not .*\.$|whole number"):
        Config(count=value)


@given(st.one_of(st.floats(max_value=1e-6, exclude_max=True), st.floats(min_value=10, exclude_min=True)))
def test_a_rate_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=r"^How fast \(rate\) must "):
        Config(rate=value)


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        (COUNT, "13", "How many (count) must lie between -3 and 12, not 13."),
        (COUNT, "2.5", "How many (count) must be a whole number, not '2.5'."),
        (COUNT, "many", "How many (count) must be a whole number, not 'many'."),
        (RATE, "0", "How fast (rate) must lie between 1e-06 and 10, not 0."),
        (RATE, "nan", "How fast (rate) must be a number, not nan."),
        (KIND, "tied", "What shape (kind) must be one of full, diag, not 'tied'."),
    ],
    ids=str,
)
def test_the_sentence(option, text, sentence):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 (the whole sentence is compared below)
        option.parse(text)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("text", ["1" + "0" * 400, "-" + "9" * 5000, "inf", "-inf", "1e999", "nan"])
@pytest.mark.parametrize("option", [COUNT, RATE], ids=["int", "float"])
def test_a_monstrous_number_in_a_link_is_refused_by_a_sentence(option, text):
    with pytest.raises(ValueError, match=r"^How (many|fast) \((count|rate)\) must .*\.$"):
        option.parse(text)


@pytest.mark.parametrize("value", [True, "3", None, 3.5, 3.0])
def test_a_count_must_be_an_int(value):
    with pytest.raises(ValueError, match="How many"):
        Config(count=value)


@pytest.mark.parametrize("value", [-3, 12])
def test_both_ends_are_allowed(value):
    assert Config(count=value).count == value


def test_options_come_in_order_with_kind_default_and_declaration():
    assert [(o.name, o.kind, o.default) for o in options(Config)] == [
        ("count", int, 3),
        ("rate", float, 0.5),
        ("kind", str, "full"),
    ]
    assert COUNT.spec == Range(-3, 12, "How many")


def test_defaults_are_allowed():
    for option in options(Config):
        option.validate(option.default)
