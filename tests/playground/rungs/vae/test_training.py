"""What a training on the page learns from, what it is told, what it records, and when it may be forked."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import images
from core.data.images import Factor, Pictures
from core.key import Key
from core.vae import fit
from playground.rungs.vae import training
from playground.rungs.vae.training import fits, lesson, steps, told
from playground.runs.runs import Run

CONFIG = fit.Config(epochs=4, width=16, levels=17)
KEY = Key(3) / "vae"


@pytest.fixture(scope="module")
def digits():
    return images.load("digits")


@pytest.fixture(scope="module")
def attributed():
    """Pictures with two attributes in words and one number."""
    g = Key(0).generator()
    factors = np.stack([g.integers(0, 3, 40), g.uniform(0, 1, 40), g.integers(0, 2, 40)], 1).astype(float)
    columns = (
        Factor("hat", 0, 2, words=("no", "cap", "top")),
        Factor("size", 0, 1),
        Factor("tie", 0, 1, words=("no", "yes")),
    )
    return Pictures("people", g.integers(0, 256, (40, 1, 8, 8)).astype(np.uint8), factors=factors, columns=columns)


def test_only_training_rows_are_learned_and_the_key_decides(digits):
    rows = lesson(digits, KEY)
    assert set(rows) <= set(digits.split.train)
    np.testing.assert_array_equal(rows, lesson(digits, KEY))
    assert len(rows) == min(training.MOST, len(digits.split.train))


def test_at_most_so_many(digits, monkeypatch):
    monkeypatch.setattr(training, "MOST", 100)
    assert len(lesson(digits, KEY)) == 100
    assert not np.array_equal(lesson(digits, KEY), lesson(digits, KEY / "other"))


def test_the_recording_is_the_fit_of_core(digits, monkeypatch):
    monkeypatch.setattr(training, "MOST", 150)
    rows = lesson(digits, KEY)
    want = list(fit.fit(CONFIG, digits.images[rows], KEY))
    got = list(steps(CONFIG, digits, False, KEY))
    assert [s.index for s in got] == [s.index for s in want]
    for a, b in zip(got, want, strict=True):
        for name, weight in a.state.weights.items():
            np.testing.assert_array_equal(weight, b.state.weights[name])
        np.testing.assert_allclose(a.arrays["means"], a.state.encode(digits.images[a.arrays["rows"]])[0], atol=1e-5)
    history = got[-1].arrays["history"]
    np.testing.assert_array_equal(history[:, 0], range(5))
    np.testing.assert_allclose(history[:, 1], [s.metrics["loss"] for s in want])
    assert "moments" not in got[-1].arrays


def test_the_class_is_told(digits, monkeypatch):
    monkeypatch.setattr(training, "MOST", 150)
    *_, last = steps(replace(CONFIG, epochs=1), digits, True, KEY)
    assert last.state.classes == (10,)


def test_attributes_in_words_are_told_and_numbers_are_not(attributed):
    known = told(attributed)
    assert [name for name, _ in known.conditions] == ["hat", "tie"]
    np.testing.assert_array_equal(known.labels, attributed.factors[:, [0, 2]])


def test_pictures_of_which_nothing_is_known():
    plain = Pictures("plain", np.zeros((4, 1, 8, 8), np.uint8))
    assert told(plain) is None


def test_a_model_that_knows_fewer_words(attributed):
    x = attributed.images
    labels = np.stack([np.arange(40) % 2, np.arange(40) % 2], 1)
    model = fit.initial(fit.Config(width=16), x, KEY, (2, 2))
    assert told(attributed).of(model) == (("hat", ("no", "cap")), ("tie", ("no", "yes")))
    three = fit.initial(fit.Config(width=16), x, KEY, (2, 2, 2))
    with pytest.raises(ValueError, match="more labels"):
        told(attributed).of(three)
    assert labels.shape == (40, 2)


def test_a_fork_needs_the_same_networks_and_labels(digits, monkeypatch):
    monkeypatch.setattr(training, "MOST", 100)
    first = next(steps(CONFIG, digits, False, KEY))
    assert fits(first, replace(CONFIG, beta=9.0, rate=1e-4, epochs=9), digits, False)
    for change in ({"latent": 3}, {"width": 24}, {"likelihood": "gaussian"}, {"architecture": "conv"}, {"layers": 1}):
        assert not fits(first, replace(CONFIG, **change), digits, False)
    assert not fits(first, CONFIG, digits, True)
    begun = next(steps(replace(CONFIG, beta=9.0), digits, False, KEY, first.state))
    np.testing.assert_array_equal(*(s.state.weights["decoder.0.weight"] for s in (begun, first)))


def run(name, fork=None):
    return Run(name, ("digest", "config", False, 0, fork), "", None)


def test_epochs_count_from_the_start_of_the_run_that_was_left():
    first = run("vae-1")
    forked = run("vae-2", ("vae-1", 8))
    again = run("vae-3", ("vae-2", 5))
    assert training.since(first) == 0
    assert training.since(forked, first) == 8
    assert training.since(again, forked) == 13
    assert training.since(again, first) == 5, "of a run that is not kept nothing is known"
