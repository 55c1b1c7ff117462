"""Colours can be told from what lies behind them, and from one another."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from playground import palette

ROOT = Path(__file__).resolve().parents[2]


def linear(colour):
    """Linear red, green and blue of #rrggbb."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def contrast(one, other):
    """WCAG 2.2's contrast ratio, 1 to 21."""
    a, b = (0.2126 * r + 0.7152 * g + 0.0722 * blue for r, g, blue in map(linear, (one, other)))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def test_contrast_is_measured_as_it_should_be():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@THEMES
@pytest.mark.parametrize("role", palette.ROLES)
def test_roles_stand_out_from_the_stage(role, dark):
    assert contrast(palette.ROLES[role][dark], palette.SURFACE["stage"][dark]) >= 3


@THEMES
@pytest.mark.parametrize("number", range(len(palette.CLASSES)))
def test_classes_can_be_seen_on_the_stage(number, dark):
    assert contrast(palette.CLASSES[number][dark], palette.SURFACE["stage"][dark]) >= 1.6


@THEMES
@pytest.mark.parametrize(("ink", "least"), [("text", 7), ("quiet", 4.5)])
@pytest.mark.parametrize("paper", ["page", "stage"])
def test_words_can_be_read(ink, least, paper, dark):
    assert contrast(palette.SURFACE[ink][dark], palette.SURFACE[paper][dark]) >= least


@THEMES
def test_no_colour_means_two_things(dark):
    colours = [pair[dark] for pair in (*palette.ROLES.values(), *palette.CLASSES)]
    assert all(one != other for one, other in combinations(colours, 2))


@THEMES
def test_a_theme_is_one_half_of_the_palette(dark):
    theme = palette.themed(dark)
    assert theme["roles"] == {role: pair[dark] for role, pair in palette.ROLES.items()}
    assert theme["classes"] == [pair[dark] for pair in palette.CLASSES]
    assert theme["surface"] == {name: pair[dark] for name, pair in palette.SURFACE.items()}


def test_there_is_a_class_for_every_component():
    assert len(palette.CLASSES) >= 12


@THEMES
def test_words_in_the_colour_of_the_truth_can_be_read(dark):
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][
        "dark" if dark else "light"
    ]
    assert contrast(theme["greenTextColor"], theme["backgroundColor"]) >= 4.5
    red, green, blue = (int(theme["greenTextColor"][i : i + 2], 16) for i in (1, 3, 5))
    r, g, b = (int(palette.ROLES["truth"][dark][i : i + 2], 16) for i in (1, 3, 5))
    assert abs((blue - red) / (green - red) - (b - r) / (g - r)) < 0.02  # the hue of the truth on the stage
