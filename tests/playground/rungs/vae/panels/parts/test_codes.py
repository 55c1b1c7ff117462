"""Codes in a plane: all on the same axes, turned onto the true factors where there are two, and in the colours of the truth."""

import numpy as np
import pytest

from core.key import Key
from playground.rungs.vae.panels.parts import codes, compared
from tests.playground.rungs.vae import sets
from tests.playground.shown import specs


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(compared, "EPOCHS", 4)


def found_in(kind="factors", latent=2):
    return list(compared.steps(sets.model(latent), sets.pictures(kind), Key(0)))[-1].state


def test_two_factors_are_the_axes_of_all_codes():
    found, pictures = found_in(), sets.pictures()
    drawn = {name: codes.placed(code, pictures, found.rows) for name, code in found.codes.items()}
    assert len({axes for _, axes in drawn.values()}) == 1
    factors = pictures.factors[found.rows]
    xy = drawn[compared.OURS][0]
    spread = factors.std(axis=0)
    left = (((xy - factors) / spread) ** 2).sum() / (((factors - factors.mean(axis=0)) / spread) ** 2).sum()
    assert 1 - left == pytest.approx(found.scores[compared.OURS].procrustes)


@pytest.mark.parametrize("latent", [1, 2, 3])
def test_other_codes_are_drawn_in_units_of_their_spread(latent):
    found = found_in("classes", latent)
    xy, axes = codes.placed(found.codes[compared.OURS], sets.pictures("classes"), found.rows)
    assert xy.shape == (len(found.rows), 2)
    assert xy[:, 0].std() == pytest.approx(1)
    assert [span for _, span in axes] == [(-3.5, 3.5)] * 2


@pytest.mark.parametrize("words", [(), ("up", "down")])
def test_the_chart_holds_every_code(words):
    g = Key(0).generator()
    xy, value = g.standard_normal((7, 2)), g.integers(0, 2, 7).astype(float)
    axes = (("a", (-1.0, 1.0)), ("b", (-2.0, 2.0)))
    (_, encoding, rows), *_ = specs.layers(codes.chart("VAE", xy, axes, value, words, ("half", "px"), True))
    assert np.allclose([[r["x"], r["y"]] for r in rows], xy)
    assert [r["value"] for r in rows] == ([words[int(v)] for v in value] if words else value.tolist())
    assert encoding["x"]["scale"]["domain"] == [-1, 1]
    assert encoding["y"]["scale"]["domain"] == [-2, 2]
    assert encoding["color"]["scale"]["domain"] == (list(words) or [0, 1])


def test_a_code_that_is_not_known_yet_has_the_colours_of_the_others():
    """Vega leaves out points without a place, and says on the console that it knows no ends of what is left."""
    value, nowhere = np.array([3.0, -1.0, 7.0]), np.full((3, 2), np.nan)
    axes = (("a", (-1.0, 1.0)), ("b", (-2.0, 2.0)))
    (_, encoding, _), *_ = specs.layers(codes.chart("VAE", nowhere, axes, value, (), ("half", "px"), True))
    assert encoding["color"]["scale"]["domain"] == [-1, 7]
