"""What follows from what where walks are shown and where classes are told apart: what a change has worked out again, counted.

Everything else stands as it was, and what another session has worked out of the house's own data is not worked out at all.
"""

import threading
from collections import Counter

import pytest

from core.categorical import pairs, products
from core.classification import curves, discriminative, generative
from core.diffusion.truth.exact import ExactMixture, ExactPoints
from core.painting import recipes
from core.painting.painter import Painter
from playground.rungs.decide import judged
from playground.rungs.diffusion import bench as benches
from playground.rungs.diffusion import charts, film, identities, landing
from playground.rungs.diffusion import numbers as figures
from playground.rungs.em import fitting
from playground.rungs.outfits import film as dressing
from playground.rungs.paint import film as easels
from playground.rungs.paint import numbers, obeyed
from playground.rungs.pixels import learning
from playground.rungs.pixels import screen as levels
from tests import apps, painters

PLANE, PICTURES, CLASSES = "pages/diffusion.py", "pages/paint.py", "pages/decide.py"
SHORT = {"steps": 6}
FEW = {"steps": 3, "samples": 4}
WALK = {"walk": 1, "landing": 1}
PAINTED = {"walk": 1, "read": 1, "checks": 1, "frames": 1}

ON_THE_PLANE = [  # what is changed, to what, and what is worked out again
    ("steps", 7, WALK),
    ("solver", "Heun", WALK),
    ("seed", 1, WALK),
    ("end", 0.1, WALK | {"curve": 1}),
    ("ticks", 50, WALK | {"curve": 1}),
    ("way", "Forward", {"forward": 1, "curve": 1}),
    ("schedule", "linear", WALK | {"bench": 1, "curve": 1, "mismatch": 1}),
    ("far", 0.5, WALK | {"bench": 1, "curve": 1, "mismatch": 1}),
    ("data", "two_moons", WALK | {"bench": 1, "mismatch": 1}),
    ("says", "stored", WALK | {"mismatch": 1}),
    ("panel", "Self-test", {"checks": 1}),
    ("panel", "Code and files", {}),
]
ON_THE_EASEL = [
    ("guidance", 3.0, PAINTED | {"asked": 3 + 4}),
    ("seed", 1, PAINTED | {"asked": 3 + 4}),
    ("prompt", "bald", PAINTED | {"asked": 3 + 4}),
    ("samples", 6, PAINTED | {"asked": 3 + 4}),
    ("steps", 4, PAINTED | {"asked": 4 + 4}),
    ("solver", "DDIM", PAINTED | {"asked": 3 + 4}),
    ("panel", "Code and files", {}),
]
ON_OUTFITS = [
    ("n", 60, {"dressed": 1}),
    ("seed", 1, {"dressed": 1}),
    ("alpha", 0.5, {"dressed": 1}),
    ("deal", 1, {"dressed": 1}),
    ("model", "Tree", {}),
    ("panel", "Parameters", {}),
]
ON_PIXELS = [
    ("seed", 1, {"learned": 1, "EM": 1}),
    ("components", 3, {"learned": 1, "EM": 1}),
    ("deal", 1, {"learned": 1, "EM": 1}),
    ("alpha", 0.5, {"learned": 1, "EM": 1, "tree": 1}),
    ("levels", "2", {"learned": 1, "EM": 1, "tree": 1, "levels": 1}),
    ("panel", "Ladder", {}),
]

TOLD = {"left": 1, "right": 1, "exact": 2}
OF_CLASSES = [
    ("seed", 1, TOLD),
    ("law", "LDA", TOLD),
    ("ridge", 1.0, TOLD),
    ("data", "Two circles", TOLD),
    ("deal", 1, {}),
    ("rho", 0.8, {"curves": 1}),
    ("panel", "Calibration", {}),
]


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(recipes, "stored", lambda name, known={}: known.setdefault(name, painters.stored(name)))
    with apps.rested(monkeypatch):
        yield


@pytest.fixture
def count(monkeypatch):
    """How often each thing was worked out."""
    found = Counter()
    for where, name, said in (
        (film, "backward", "walk"),
        (film, "forward", "forward"),
        (landing, "arrays", "landing"),
        (benches, "ordinary_rows", "bench"),
        (charts, "signal", "curve"),
        (figures, "mismatch", "mismatch"),
        (identities, "checks", "checks"),
        (Painter, "walk", "walk"),
        (Painter, "run", "asked"),
        (obeyed, "read", "read"),
        (numbers, "of_painter", "checks"),
        (generative, "fit", "left"),
        (discriminative, "fit", "right"),
        (judged, "exact", "exact"),
        (curves, "curves", "curves"),
    ):
        made = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *a, made=made, said=said, **k: found.update([said]) or made(*a, **k))
    marked = easels.marked
    monkeypatch.setattr(easels, "marked", lambda screen: lambda *a: found.update(["frames"]) or marked(screen)(*a))
    return found


def changed(at, count, key, value):
    """What one change of an open page has worked out again."""
    count.clear()
    at.session_state[key] = value
    assert not at.run().exception
    return dict(count)


@pytest.mark.parametrize(("key", "value", "again"), ON_THE_PLANE, ids=lambda value: str(value)[:12])
def test_on_the_plane(count, key, value, again):
    at = apps.opened(PLANE, **SHORT)
    assert changed(at, count, key, value) == again
    assert changed(at, count, key, value) == {}, "nothing was changed"


@pytest.mark.parametrize(("key", "value", "again"), ON_THE_EASEL, ids=lambda value: str(value)[:12])
def test_on_the_easel(count, key, value, again):
    at = apps.opened(PICTURES, **FEW)
    assert changed(at, count, key, value) == again
    assert changed(at, count, key, value) == {}, "nothing was changed"


@pytest.fixture
def counted(monkeypatch):
    """How often outfits were drawn and pixels were counted, and by whom."""
    found = Counter()
    levels.kept.cache_clear()
    for where, name, said in (
        (dressing, "steps", "dressed"),
        (learning, "learned", "learned"),
        (products, "fit", "EM"),
        (pairs, "tree", "tree"),
        (levels.Levelled, "codes", "levels"),
    ):
        made = getattr(where, name)

        def noted(*a, made=made, said=said):
            assert threading.current_thread().name != "ScriptRunner.scriptThread", f"the script waits for {said}"
            found.update([said])
            return made(*a)

        monkeypatch.setattr(where, name, noted)
    return found


@pytest.mark.parametrize(
    ("page", "key", "value", "again"),
    [("pages/outfits.py", *row) for row in ON_OUTFITS] + [("pages/pixels.py", *row) for row in ON_PIXELS],
    ids=lambda value: str(value)[:16],
)
def test_on_outfits_and_pixels_nothing_is_counted_in_the_script_or_twice(counted, page, key, value, again):
    at = apps.opened(page)
    assert changed(at, counted, key, value) == again
    assert changed(at, counted, key, value) == {}, "nothing was changed"
    other = apps.opened(page)
    assert changed(other, counted, key, value) == {}, "another session asks for the same"


@pytest.mark.parametrize(("key", "value", "again"), OF_CLASSES, ids=lambda value: str(value)[:12])
def test_of_classes(count, key, value, again):
    """And another session, which asks for the same, has nothing worked out."""
    at = apps.opened(CLASSES)
    assert changed(at, count, key, value) == again
    assert changed(at, count, key, value) == {}, "nothing was changed"
    other = apps.opened(CLASSES)
    assert changed(other, count, key, value) == {}


@pytest.mark.parametrize(
    ("page", "query", "own"),
    [(PLANE, SHORT | {"panel": "Self-test"}, {"bench": 1}), (PICTURES, FEW, {"frames": 1})],
    ids=["plane", "easel"],
)
def test_what_another_session_has_asked_a_denoiser_is_not_asked_again(count, monkeypatch, page, query, own):
    for exact in (ExactMixture, ExactPoints):
        guess = exact.denoise
        monkeypatch.setattr(exact, "denoise", lambda *a, guess=guess: count.update(["guesses"]) or guess(*a))
    apps.opened(page, **query)
    assert count["walk"] == count["checks"] == 1
    count.clear()
    apps.opened(page, **query)
    assert dict(count) == own


@pytest.mark.parametrize(("key", "value"), [("data", "pinwheel"), ("components", 3), ("seed", 1)])
def test_how_far_a_mixture_is_from_the_truth_is_worked_out_with_the_fit_and_once_for_all(
    count, monkeypatch, key, value
):
    far, own = fitting.distance, []
    monkeypatch.setattr(fitting, "distance", lambda *a: own.append(threading.current_thread().name) or far(*a))
    at = apps.opened("pages/em.py", data="two_moons", iterations=5)
    changed(at, count, key, value)
    asked = len(own)
    assert asked
    assert "ScriptRunner.scriptThread" not in own, "the script of the change waits for it"
    changed(apps.opened("pages/em.py", data="two_moons", iterations=5), count, key, value)
    assert len(own) == asked, "another session asks for the same"
