"""The judge: it learns labels, its file holds it exactly, and the stored ones know the real pictures."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.data.images import load
from core.key import Key
from core.painting import judge
from core.painting.recipes import conditions
from tests.core.painting.tiny_painter import bars


@cache
def trained():
    x, labels = bars()
    return judge.fit(x, labels, Key(0), 150)


def test_it_learns_every_label():
    x, labels = bars(200, seed=3)
    assert (trained().labels(x) == labels).mean() > 0.99
    noisy = np.clip(x + 0.05 * Key(1).generator().standard_normal(x.shape), 0, 1)
    assert (trained().labels(noisy) == labels).mean() > 0.98


def test_its_features_tell_classes_apart():
    x, labels = bars(200, seed=3)
    features = trained().features(x)
    assert features.shape == (200, judge.FEATURES)
    lying = [features[(labels[:, 0] == k)].mean(axis=0) for k in (0, 1)]
    assert ((lying[0] - lying[1]) ** 2).sum() > 1


def test_a_wave_stands_at_its_frequency_wherever_it_begins():
    at = np.arange(32)
    waves = np.stack([0.5 + 0.4 * np.cos(2 * np.pi * (5 * at[:, None] + 3 * at) / 32 + shift) for shift in (0, 1, 2.5)])
    seen = judge.spectrum(waves[:, None])[:, 0]
    for one in seen:
        assert tuple(np.unravel_index(one.argmax(), one.shape)) in ((16 + 5, 16 + 3), (16 - 5, 16 - 3))
    np.testing.assert_allclose(seen[1], seen[0], atol=0.2)
    np.testing.assert_allclose(judge.spectrum(waves[:1, None] + 0.1), seen[:1, None], atol=1e-9)
    window = np.hanning(32)[:, None] * np.hanning(32)
    plain = np.exp(-2j * np.pi * at[:, None] * (at - 16) / 32)  # the transform as its defining sum
    wanted = np.abs(plain.T @ ((waves[0] - waves[0].mean()) * window) @ plain)
    np.testing.assert_allclose(np.exp(seen[0]) - judge.FLOOR, wanted, atol=1e-9)


def test_a_spectral_judge_learns_what_it_is_shown_and_its_file_says_so(tmp_path, monkeypatch):
    x, labels = bars(64)
    made = judge.fit(x, labels, Key(0), 3, spectral=True)
    plain = judge.fit(x, labels, Key(0), 3)
    first = next(iter(made.weights))
    assert made.weights[first].shape[1] == 2 * plain.weights[first].shape[1]
    assert made.labels(x).shape == labels.shape
    (tmp_path / "judge-digits.safetensors").write_bytes(judge.save(made))
    monkeypatch.setattr(judge, "FOLDER", tmp_path)
    judge.stored.cache_clear()
    assert judge.stored("digits").spectral
    judge.stored.cache_clear()


def test_the_same_key_gives_the_same_judge():
    x, labels = bars(64)
    a, b, c = (judge.fit(x, labels, Key(k), 3) for k in (0, 0, 1))
    assert all(np.array_equal(a.weights[k], b.weights[k]) for k in a.weights)
    assert not all(np.array_equal(a.weights[k], c.weights[k]) for k in a.weights)


def test_a_file_holds_it_and_says_how_good_it_is(tmp_path, monkeypatch):
    rounded = {name: w.astype(np.float16) for name, w in trained().weights.items()}
    made = replace(trained(), weights=rounded, accuracy=(0.5, 0.75))
    (tmp_path / "judge-digits.safetensors").write_bytes(judge.save(made))
    monkeypatch.setattr(judge, "FOLDER", tmp_path)
    judge.stored.cache_clear()
    back = judge.stored("digits")
    judge.stored.cache_clear()
    assert (back.shape, back.sizes, back.accuracy) == (made.shape, made.sizes, (0.5, 0.75))
    assert all(np.array_equal(back.weights[k], made.weights[k]) for k in made.weights)


def test_what_is_not_its_networks_is_refused():
    with pytest.raises(ValueError, match="network"):
        replace(trained(), sizes=(3, 2))
    name = next(iter(trained().weights))
    with pytest.raises(ValueError, match="finite"):
        replace(trained(), weights=dict(trained().weights) | {name: trained().weights[name] * np.nan})
    with pytest.raises(ValueError, match="no judge"):
        judge.stored("jars")


@pytest.mark.parametrize("dataset", ["outfits", "digits", "strokes", "wallpapers"])
def test_the_stored_judges_know_the_real_pictures_as_well_as_they_say(dataset):
    held, pictures = judge.stored(dataset), load(dataset)
    rows = pictures.split.test
    right = held.labels(pictures.pixels[rows] / (pictures.levels - 1)) == conditions(pictures)[rows]
    assert np.allclose(right.mean(axis=0), held.accuracy, atol=0.01)
    assert min(held.accuracy) > (0.5 if dataset == "wallpapers" else 0.95)  # chance is 1 in 17
