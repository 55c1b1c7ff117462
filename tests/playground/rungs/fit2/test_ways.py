"""The ways of fitting that are ranked beside the one that is shown."""

from core.joint.joint import Mixture
from core.key import Key
from playground.rungs.fit2 import ways


def test_every_way_is_listed_once_with_the_one_shown_as_it_is_set():
    listed = ways.others(Mixture(4, Key(5)), Key(0))
    assert len({way.name for way in listed}) == len(listed)
    assert Mixture(4, Key(5)) in listed
    assert Mixture(4, Key(0)) not in listed
