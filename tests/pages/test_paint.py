"""The page of painting as a person meets it: words, walks, panels, edits, a training, and a script that paints the same."""

import contextlib
import io
import time

import numpy as np
import pytest

from core.data import images
from core.data.renderers import outfits
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import recipes
from core.painting.wish import Wish
from playground.instruments.easel import Mask
from playground.instruments.stage import unpack
from playground.rungs.paint import moments, training
from playground.rungs.paint.panels.parts.mask import encoded
from playground.rungs.paint.screen import PANELS, Push
from playground.runs import runs
from playground.shown import closer
from tests import apps, painters

PAGE = "pages/paint.py"
QUICK = {"steps": 4, "samples": 4}
W = Push().guidance
HAIR = (1, 2, 3, 4, 5, 6)  # who has hair of a colour is not bald
OPENING = ((1,), (), (0,), (4,), HAIR)


@pytest.fixture(autouse=True)
def _tiny(monkeypatch):
    """Painters are tiny; quick runs are complete when the page comes; none is left behind."""
    monkeypatch.setattr(recipes, "stored", painters.stored)
    with apps.rested(monkeypatch):
        yield


def opened(**query):
    return apps.opened(PAGE, **QUICK | query)


def run_of(at, name="paint"):
    return at.session_state["held"][f"run.{name}"]


def message(at, i=0):
    return unpack(apps.messages(at)[i])


def test_it_opens_alive_with_words_and_their_pictures():
    at = opened()
    assert not at.warning
    sent = message(at)
    steps = list(run_of(at).job.trace)
    assert len(sent["frames"]) == len(steps) == 5
    assert sent["scene"]["count"] == 4
    assert "red hair" in apps.words(at)
    assert "free: clothes colour, hair type" in apps.words(at)
    painter, told = painters.tiny("outfits"), Wish(OPENING).labels(4, Key(0) / "paint" / "told")
    wanted = painter.sample(4, Key(0) / "paint", Sampler("DPM-Solver++(2M)", 4), told, W)
    np.testing.assert_allclose(steps[-1].arrays["ends"], wanted, atol=1e-12)
    shown = sent["frames"][-1]["arrays"]["pictures"]["x"]
    np.testing.assert_array_equal(shown, np.rint(255 * wanted))


def test_every_frame_is_the_guess_and_its_noise():
    at = opened()
    steps, painter = list(run_of(at).job.trace), painters.tiny("outfits")
    start = painter.begin(4, Key(0) / "paint")
    np.testing.assert_array_equal(steps[0].state, np.rint(255 * np.clip((start.reshape(4, 3, 32, 32) + 1) / 2, 0, 1)))
    clean = painter.told(Wish(OPENING).labels(4, Key(0) / "paint" / "told"), W).denoise(start, 1.0)
    np.testing.assert_array_equal(
        steps[0].arrays["clean"], np.rint(255 * np.clip((clean.reshape(4, 3, 32, 32) + 1) / 2, 0, 1))
    )
    assert max(step.metrics.get("gap", 0) for step in steps) < 1e-9


@pytest.mark.parametrize("panel", closer.titles(PANELS))
@pytest.mark.parametrize("pictures", ["Outfits", "Handwritten digits"])
def test_every_panel_stands(panel, pictures):
    at = opened(panel=panel, pictures=pictures, edit="Super-resolve")
    assert not at.error
    assert not at.warning


def test_every_identity_of_the_opening_screen_holds():
    at = opened()
    (table,) = (m.value for m in at.markdown if m.value.startswith("| verdict | identity"))
    assert table.count("| ✓ |") == len(table.splitlines()) - 2 == 6
    assert "What must hold for the pictures on show" in apps.words(at)


def test_a_panel_that_would_slow_the_pictures_down_waits_for_them(monkeypatch):
    at = opened(panel="Memory")
    assert "run.paint.memory" in at.session_state["held"]
    monkeypatch.setattr(runs, "AT_ONCE", 0.0)
    at = opened(panel="Memory", steps=200, samples=36)
    assert run_of(at).job.progress().alive
    assert "This begins when the pictures above are finished." in apps.words(at)
    assert "run.paint.memory" not in at.session_state["held"]
    job = run_of(at).job
    job.pause()
    while job.progress().phase == "running":
        time.sleep(0.01)
    at.run()
    assert job.progress().phase == "paused"
    assert "The comparison begins when the pictures are finished." in apps.words(at)


def test_other_words_are_another_walk_and_unknown_ones_are_pointed_out():
    at = opened()
    before = run_of(at)
    at.text_input(key="prompt").set_value("black hair, purple cape").run()
    assert not at.exception
    assert run_of(at) is not before
    said = " ".join(w.value for w in at.warning)
    assert "“purple”" in said
    assert "“cape”" in said
    assert "not a word of this vocabulary" in said
    assert at.session_state["held"]["run.paint"].spec[2] == ((), (), (), (0,), HAIR)


def test_a_word_that_was_pressed_completes_the_prompt():
    at = opened(prompt="red ha")
    at.pills(key="prompt_add").set_value("red hair").run()
    assert at.text_input(key="prompt").value == "red hair"
    assert run_of(at).spec[2] == ((), (), (), (4,), HAIR)


def test_what_is_not_wanted_is_never_told():
    at = opened(prompt="not red hair")
    assert ":violet-badge[not red hair]" in apps.words(at)
    assert run_of(at).spec[2] == ((), (), (), (0, 1, 2, 3, 5), ())
    told = Wish(run_of(at).spec[2]).labels(4, Key(0) / "paint" / "told")
    wanted = painters.tiny("outfits").sample(4, Key(0) / "paint", Sampler("DPM-Solver++(2M)", 4), told, W)
    np.testing.assert_allclose(run_of(at).job.trace[-1].arrays["ends"], wanted, atol=1e-12)


def test_pictures_that_do_not_obey_are_marked_with_what_they_have_instead():
    at = opened(prompt="not red hair, sunglasses")
    last = run_of(at).job.trace[-1]
    seen = outfits.measure(last.state / 255)
    frame = message(at)["frames"][-1]
    obey = (seen[:, 0] == 2) & (seen[:, 3] != 4)
    np.testing.assert_array_equal([not mark for mark in frame["marks"]], obey)
    for mark, row in zip(frame["marks"], seen, strict=True):
        assert ("glasses" in mark) == (row[0] != 2)
        assert ("red hair" in mark) == (row[3] == 4)
    assert f": {obey.sum()} of 4 obey, with " in frame["caption"]
    assert "% of the variety of real pictures" in frame["caption"]
    assert not any(any(f["marks"]) for f in message(opened(prompt=""))["frames"])


def test_words_are_unfolded_and_pressed():
    at = opened(prompt="hoodie")
    at.button(key="words_3_4").click().run()
    assert at.text_input(key="prompt").value == "hoodie, red hair"
    assert at.button(key="words_3_4").label == "✓ red"
    at.button(key="words_3_4").click().run()
    assert at.text_input(key="prompt").value == "hoodie"
    assert at.button(key="words_3_4").label == "red"
    assert at.button(key="words_2_0").label == "✓ hoodie"
    assert not at.exception


def test_a_misspelt_word_is_put_right_by_a_press():
    at = opened(prompt="blnode hair, hoodie")
    at.pills(key="prompt_meant").set_value("blonde for “blnode”").run()
    assert at.text_input(key="prompt").value == "blonde hair, hoodie"
    assert not at.warning


def test_an_over_long_prompt_is_kept_and_told():
    prompt = "red hair, " + "zebra " * 100 + "sunglasses"
    at = opened(prompt=prompt)
    assert at.text_input(key="prompt").value == prompt
    assert f"of {len(prompt)} characters are read" in apps.words(at)
    assert run_of(at).spec[2] == ((), (), (), (4,), HAIR)


def test_any_of_several_classes_is_told():
    at = opened(pictures="Handwritten digits")
    at.pills(key="digits_class").set_value(["7", "1"]).run()
    assert run_of(at).spec[2] == ((1, 7),)
    assert "1 or 7" in run_of(at).label
    assert "obey" in message(at)["frames"][-1]["caption"]


def test_a_class_is_told_and_other_noise_is_other_noise():
    at = opened(pictures="Handwritten digits")
    at.pills(key="digits_class").set_value(["7"]).run()
    assert run_of(at).spec[2] == ((7,),)
    assert f"7, w = {W:g}" in run_of(at).label
    at.button(key="paint.casino").click().run()
    assert at.number_input(key="seed").value == 1
    assert run_of(at).spec[-1] == 1


def test_without_a_checkpoint_one_is_trained_and_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(training, "BASE", painters.TINY)
    at = opened(pictures="Drawn digits", updates=100, width=8)
    assert "No painter of drawn digits is stored here" in apps.words(at)
    assert run_of(at, "paint.train").job.progress().phase == "done"
    at.run()
    assert "Trained: 100 of 100 updates" in apps.words(at)


def test_a_training_rests_and_then_walks(monkeypatch):
    monkeypatch.setattr(training, "BASE", painters.TINY)
    at = opened(pictures="Handwritten digits", painter="trained here", updates=100, width=8, on="A walk")
    at.run()
    course = run_of(at, "paint.train")
    assert course.job.trace[-1].metrics["update"] == 100
    assert run_of(at).spec[1].startswith(course.id)
    held = course.job.beside
    painter = held.latest.state
    wanted = painter.sample(4, Key(0) / "paint", Sampler("DPM-Solver++(2M)", 4), None, W)
    np.testing.assert_allclose(run_of(at).job.trace[-1].arrays["ends"], wanted, atol=1e-12)


def test_in_painting_keeps_what_is_known(monkeypatch):
    from playground.instruments import easel

    mask = np.zeros((32, 32), bool)
    mask[8:14] = True
    monkeypatch.setattr(easel, "masking", lambda *a, **k: Mask(mask, 1))
    at = opened(panel="Edit", way="Of the set", row=100)
    ends = run_of(at, "paint.edit").job.trace[-1].arrays["ends"]
    x = images.load("outfits").images[99]
    assert (ends[:, :, ~mask] == x[:, ~mask]).all()
    assert (ends[:, :, mask] != x[:, mask]).any()
    assert any(m.value.startswith("| verdict | identity") and "| ✓ |" in m.value for m in at.markdown)


def test_a_mask_travels_in_the_link():
    mask = np.zeros((32, 32), bool)
    mask[3:9, 20:] = True
    at = opened(panel="Edit", way="Of the set", row=100, mask=encoded(mask))
    ends = run_of(at, "paint.edit").job.trace[-1].arrays["ends"]
    x = images.load("outfits").images[99]
    assert (ends[:, :, ~mask] == x[:, ~mask]).all()
    assert (ends[:, :, mask] != x[:, mask]).any()
    assert encoded(mask) in at.query_params["mask"]


def test_super_resolving_keeps_the_means_of_blocks():
    at = opened(panel="Edit", edit="Super-resolve", way="Of the set", row=5)
    ends = run_of(at, "paint.edit").job.trace[-1].arrays["ends"]
    small = images.load("outfits").images[4].reshape(3, 8, 4, 8, 4).mean(axis=(2, 4))
    np.testing.assert_allclose(ends.reshape(-1, 3, 8, 4, 8, 4).mean(axis=(3, 5)), np.stack([small] * 8), atol=1e-6)


def test_two_settings_begin_with_the_same_noise_and_say_what_differs():
    at = opened(panel="Two settings", b_prompt="black hair, hoodie", b_steps=7, b_guidance=W)
    steps = list(run_of(at, "paint.two").job.trace)
    assert len(steps) == 8
    np.testing.assert_array_equal(steps[0].state[:8], steps[0].state[8:])
    painter, key = painters.tiny("outfits"), Key(0) / "paint"
    for half, told, count in (
        (slice(0, 8), OPENING, 4),
        (slice(8, 16), ((), (), (0,), (0,), HAIR), 7),
    ):
        wanted = painter.sample(8, key, Sampler("DPM-Solver++(2M)", count), Wish(told).labels(8, key / "told"), W)
        np.testing.assert_array_equal(steps[-1].state[half], np.rint(255 * wanted))
    said = apps.words(at)
    assert ":violet-background[**black hair**]" in said
    assert "~~red hair~~" in said
    assert ":violet-background[**7 steps**]" in said
    assert ":violet-background[**w" not in said


@pytest.mark.parametrize("panel", ["Guidance", "Two settings"])
def test_a_painter_that_is_told_nothing_offers_no_guidance(panel):
    at = opened(pictures="Jars", panel=panel, guidance=3.0)
    assert not [one.label for one in at.slider if "Guidance" in one.label]
    assert ("told nothing, so there is nothing" in apps.words(at)) == (panel == "Guidance")
    assert "w = " not in apps.words(at)
    at.selectbox(key="pictures").set_value("outfits").run()
    assert at.slider(key="guidance").value == 3.0  # as the link says


def test_pictures_that_nobody_can_judge_have_no_curve(monkeypatch):
    from core.painting import judge

    def none(name):
        raise ValueError("none")

    monkeypatch.setattr(judge, "stored", none)
    at = opened(panel="Guidance", pictures="Handwritten digits", digits_class="3")
    assert "Nobody here can say what is in these pictures" in apps.words(at)


@pytest.mark.parametrize("prompt", ["sunglasses, bald", "not red hair, no hoodie"])
def test_the_script_paints_the_same_pictures(tmp_path, monkeypatch, prompt):
    at = opened(panel="Code and files", prompt=prompt)
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(at.code[0].value, {})
    ends = run_of(at).job.trace[-1].arrays["ends"]
    np.testing.assert_allclose(np.load("pictures.npz")["x"], ends, atol=1e-12)
    assert str(ends.mean(axis=(1, 2, 3)).round(6).tolist()) in out.getvalue()


def test_the_script_trains_the_same_painter(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "BASE", painters.TINY)
    query = {"painter": "trained here", "updates": 100, "width": 8, "on": "A walk", "panel": "Code and files"}
    at = opened(pictures="Handwritten digits", **query).run()
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(at.code[0].value, {})
    np.testing.assert_allclose(np.load("pictures.npz")["x"], run_of(at).job.trace[-1].arrays["ends"], atol=1e-12)


def test_a_long_walk_keeps_forty_moments_and_its_end():
    at = opened(steps=100)
    steps = list(run_of(at).job.trace)
    assert len(steps) <= moments.SHOWN + 1
    assert [step.index for step in steps] == list(range(len(steps)))
    assert steps[-1].phase == "end"
    assert steps[-1].metrics["evaluations"] == 100


def test_a_link_with_settings_that_cannot_be_is_complained_about():
    at = apps.opened(PAGE, steps=4, samples=4, guidance=99, painter="nobody")
    said = " ".join(w.value for w in at.warning)
    assert "Guidance w" in said
    assert "no painter called nobody" in said


@pytest.mark.parametrize(("steps", "said"), [(1, "The end, after 1 guess: "), (3, "The end, after 3 guesses: ")])
def test_what_stands_beside_at_rest_is_what_the_last_frame_says_of_itself(steps, said):
    at = opened(steps=steps, samples=4)
    last = message(at)["frames"][-1]
    assert last["caption"].startswith(said)
    assert {name: apps.beside(at, name) for name in last["beside"]} == last["beside"]
    assert ["Guesses", str(steps)] in [row[:2] for row in last["beside"]["figures"]["rows"]]
