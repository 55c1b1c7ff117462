"""The marker in the link: what a link may ask for."""

import pytest

from playground.rungs.vae import marker
from tests.playground.rungs.vae import sets


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("0.5,-1.25", (0.5, -1.25)),
        ("", None),
        ("1", None),
        ("1,2,3", None),
        ("nan,0", None),
        ("inf,0", None),
        ("99,0", None),
        ("1,2;0", None),
        ("<script>,1", None),
        ("1," * 500, None),
    ],
)
def test_a_link_sends_the_marker_only_where_it_can_go(text, want):
    found = marker.parsed(text, sets.model())
    assert (None if found is None else tuple(found[0])) == want


def test_a_link_holds_the_label_of_a_model_that_was_told_one():
    model = sets.model(told=True)
    assert marker.parsed("0,1;1", model)[1] == (1,)
    assert marker.parsed("0,1;2", model) is None
    assert marker.parsed("0,1", model) is None
