"""What a decoder's output says about pixels: sums to one, agrees with torch and with its own draws."""

import numpy as np
import pytest
import torch

from core.key import Key
from core.vae.config import LIKELIHOODS
from core.vae.truth.likelihood import SPREAD, Likelihood, marginal_bias

WEIGHTS = {SPREAD: torch.tensor(-1.3, dtype=torch.float64)}


def outputs(likelihood, n=5, channels=2, scale=3.0, seed=0):
    g = Key(seed).generator()
    return torch.from_numpy(scale * g.normal(size=(n, likelihood.per_pixel * channels, 3, 4)))


def images(levels, n=5, channels=2, seed=1):
    return torch.from_numpy(Key(seed).generator().integers(levels, size=(n, channels, 3, 4)) / (levels - 1))


@pytest.mark.parametrize(
    ("kind", "levels"), [("logistic", 2), ("logistic", 17), ("logistic", 256), ("categorical", 17)]
)
@pytest.mark.parametrize("scale", [0.1, 3.0, 40.0])
def test_the_levels_sum_to_one(kind, levels, scale):
    likelihood = Likelihood(kind, levels)
    table = likelihood.table(outputs(likelihood, scale=scale))
    assert table.shape == (5, levels, 2, 3, 4)
    assert torch.allclose(torch.logsumexp(table, 1), torch.zeros(5, 2, 3, 4).double(), atol=1e-9)
    assert torch.isfinite(table).all()


@pytest.mark.parametrize(("kind", "levels"), [("logistic", 256), ("categorical", 17)])
def test_a_picture_is_as_likely_as_its_pixels_in_the_table(kind, levels):
    likelihood = Likelihood(kind, levels)
    out, x = outputs(likelihood), images(levels)
    table = likelihood.table(out).numpy()
    level = np.rint(x.numpy() * (levels - 1)).astype(int)
    picked = np.take_along_axis(table, level[:, None], 1)[:, 0].reshape(5, -1).sum(axis=1)
    assert np.allclose(likelihood.log_prob(out, x, WEIGHTS).numpy(), picked, rtol=1e-12)


def test_the_logistic_is_the_difference_of_its_distribution_function():
    likelihood = Likelihood("logistic", 17)
    out = outputs(likelihood, scale=1.0)
    location, scale = (t.numpy() for t in likelihood._located(out))
    edge = (np.arange(16) + 0.5) / 16
    below = 1 / (1 + np.exp(-(edge[:, None, None, None] - location[:, None]) / np.exp(scale[:, None])))
    ends = np.zeros((5, 1, 2, 3, 4))
    expected = np.diff(np.concatenate([ends, below, ends + 1], axis=1), axis=1)
    assert np.allclose(np.exp(likelihood.table(out).numpy()), expected, atol=1e-12)


def test_a_logistic_may_be_wide_or_narrower_than_a_level_but_no_less():
    likelihood = Likelihood("logistic", 256)
    out = torch.zeros(1, 4, 1, 2).double()
    out[:, 2:] = torch.tensor([-50.0, -50.0, 3.0, 9.0]).reshape(1, 2, 1, 2)
    scale = likelihood._located(out)[1].flatten()
    assert np.allclose(scale.numpy(), [-6, -6, 3, 9], atol=1e-3)


def test_bernoulli_and_gaussian_are_those_of_torch():
    x = images(2)
    a = outputs(Likelihood("bernoulli"))
    peer = torch.distributions.Bernoulli(logits=a).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(Likelihood("bernoulli").log_prob(a, x, WEIGHTS), peer)
    peer = torch.distributions.Normal(a, torch.exp(WEIGHTS[SPREAD])).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(Likelihood("gaussian").log_prob(a, x, WEIGHTS), peer)


@pytest.mark.parametrize("kind", LIKELIHOODS)
@pytest.mark.parametrize("levels", [5, 64, 256])
def test_every_picture_against_every_point_is_the_same_one_by_one(kind, levels):
    likelihood = Likelihood(kind, levels)
    out, x = outputs(likelihood, n=7), images(levels, n=4)
    whole = likelihood.pairwise(out, x, WEIGHTS)
    for i in range(4):
        alone = likelihood.log_prob(out, x[i].expand(7, *x[i].shape), WEIGHTS)
        assert torch.allclose(whole[i], alone, rtol=1e-10)


@pytest.mark.parametrize(("kind", "levels"), [("logistic", 9), ("categorical", 9), ("bernoulli", 2)])
def test_draws_come_as_often_as_the_table_says(kind, levels):
    likelihood = Likelihood(kind, levels)
    out = outputs(likelihood, n=1, channels=1, scale=1.0).expand(40_000, -1, -1, -1)
    drawn = likelihood.draw(out, WEIGHTS, Key(4).generator())
    seen = np.stack([(np.rint(drawn * (levels - 1)) == k).mean(axis=0) for k in range(levels)])
    if kind == "bernoulli":
        p = torch.sigmoid(out[:1]).numpy()[0]
        expected = np.stack([1 - p, p])
    else:
        expected = np.exp(likelihood.table(out[:1]).numpy()[0])
    assert np.abs(seen - expected).max() < 5 * 0.5 / np.sqrt(40_000)


def test_gaussian_draws_have_the_learnt_spread():
    out = outputs(Likelihood("gaussian"), n=1).expand(20_000, -1, -1, -1)
    drawn = Likelihood("gaussian").draw(out, WEIGHTS, Key(4).generator())
    assert np.allclose(drawn.std(axis=0), np.exp(-1.3), rtol=0.05)
    assert np.allclose(drawn.mean(axis=0), out[0].numpy(), atol=0.02)


def test_the_categorical_picture_is_the_mean_of_its_levels():
    likelihood = Likelihood("categorical", 9)
    out = outputs(likelihood)
    p = np.exp(likelihood.table(out).numpy())
    expected = (p * np.linspace(0, 1, 9)[:, None, None, None]).sum(axis=1)
    assert np.allclose(likelihood.mean(out).numpy(), expected)


def test_the_first_bias_gives_every_pixel_its_own_distribution():
    likelihood = Likelihood("categorical", 5)
    x = images(5, n=400).numpy()
    out = torch.from_numpy(marginal_bias(likelihood, x).astype(float)).reshape(1, 10, 3, 4)
    seen = np.stack([(np.rint(x * 4) == k).mean(axis=0) for k in range(5)])
    assert np.abs(np.exp(likelihood.table(out).numpy()[0]) - seen).max() < 0.01
