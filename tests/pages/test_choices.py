"""What follows the data on each page: after A, B, A it is as on a fresh A, except what the person chose of A's own."""

import pytest

from core.checkpoint import CheckpointError
from core.painting import recipes
from tests.pages.test_screens import opened, quick, settings  # noqa: F401 (a fixture)

WAYS = (  # the page, what is on show, the control that says the data, the data in between, and what is chosen of the first
    ("vae", {"panel": "Code and files"}, "pictures", "Wallpapers", {"model": "16-D"}),
    ("paint", {"panel": "Code and files"}, "pictures", "Jars", {}),
    ("em", {"panel": "Numbers", "components": 3}, "data", "Galaxies", {"component": "2"}),
    ("fit1", {"data": "Galaxies", "panel": "Families"}, "data", "Two peaks", {"law": "Gumbel"}),
    ("fit2", {"data": "Wines", "panel": "Code and files"}, "data", "Irises", {"across": "hue"}),
    ("diffusion", {"data": "Two moons", "panel": "Guidance"}, "data", "Eight Gaussians", {"class": "lower moon"}),
)


@pytest.fixture(autouse=True)
def without_a_painter(monkeypatch):
    """Nobody has stored a painter of jars."""
    stored = recipes.stored

    def refused(name):
        if name == "paint-jars":
            raise CheckpointError("There is none.")
        return stored(name)

    monkeypatch.setattr(recipes, "stored", refused)


def pressed(at, name, word):
    """Choose a word of a control, by its name in the address."""
    one = next(one for kind in ("selectbox", "button_group") for one in at.get(kind) if one.key == name)
    one.set_value(word) if one.type == "button_group" else one.select(word)
    at.run()
    assert not at.exception, [e.message for e in at.exception]


@pytest.mark.parametrize(("page", "query", "data", "between", "chosen"), WAYS)
def test_other_data_in_between_leave_nothing_behind(page, query, data, between, chosen):
    at = opened(page, **query)
    fresh = settings(at)
    first = fresh[data]
    pressed(at, data, between)
    assert settings(at) == settings(opened(page, **(query | {data: between}))), "on the way"
    pressed(at, data, first)
    assert settings(at) == fresh
    for name, word in chosen.items():
        pressed(at, name, word)
        kept = settings(at)
        pressed(at, data, between)
        pressed(at, data, first)
        assert settings(at) == kept
