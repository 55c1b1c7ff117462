"""Bounds and the truth: quadrature against enumeration, against itself on finer grids, and against the bounds."""

import dataclasses
import itertools

import numpy as np
import pytest

from core.data import images
from core.key import Key
from core.vae import fit, recipes
from core.vae.latent import surgery
from core.vae.model import kl
from core.vae.truth import exact as vae_exact
from core.vae.truth import gap as vae_gap
from tests.core.vae.tiny_vae import last, spots, trained

X = spots(40, seed=5)[0]


def every_picture():
    """All 81 pictures of 2 x 2 pixels and 3 levels."""
    return np.array(list(itertools.product((0, 0.5, 1), repeat=4))).reshape(81, 1, 2, 2)


@pytest.mark.parametrize("likelihood", ["categorical", "logistic"])
@pytest.mark.parametrize("latent", [1, 2])
def test_all_pictures_together_have_probability_one(likelihood, latent):
    config = fit.Config(latent=latent, likelihood=likelihood, levels=3, width=16, epochs=8, rate=0.02)
    model = last(fit.fit(config, every_picture()[::2], Key(0))).state
    assert np.exp(vae_exact.log_prob(model, every_picture(), side=81)).sum() == pytest.approx(1, abs=1e-6)


def test_the_probability_of_a_picture_is_how_often_it_is_drawn():
    config = fit.Config(likelihood="categorical", levels=3, width=16, epochs=8, rate=0.02)
    model = last(fit.fit(config, every_picture()[::2], Key(0))).state
    p = np.exp(vae_exact.log_prob(model, every_picture(), side=81))
    drawn = np.rint(model.sample(20_000, Key(1)) * 2).astype(int).reshape(-1, 4) @ [27, 9, 3, 1]
    count = np.bincount(drawn, minlength=81)
    assert ((count - 20_000 * p) ** 2 / (20_000 * p)).sum() < 80 + 5 * np.sqrt(160)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "logistic", "categorical"])
def test_what_the_bound_loses_is_the_divergence_of_the_encoder(likelihood):
    model = trained(likelihood)
    for image in X[:3]:
        truth = vae_exact.posterior(model, image)
        bound = vae_exact.quadrature_elbo(model, image[None])[0]  # by other points
        assert truth.log_prob - bound == pytest.approx(truth.divergence, abs=1e-3)
        assert truth.log_prob - truth.elbo == pytest.approx(truth.divergence, abs=1e-6)
        assert truth.divergence > 0
        assert truth.coarse == pytest.approx(truth.log_prob, abs=1e-4)
        assert truth.weight.sum() == pytest.approx(1, abs=1e-9)


def test_finer_grids_agree():
    coarse, fine, own = (vae_exact.log_prob(trained(), X, side=side) for side in (161, 321, None))
    assert np.abs(coarse - fine).max() < 3e-5
    assert np.abs(own - fine).max() < 1e-6


@pytest.fixture(scope="module")
def sharp():
    """A likelihood 400 times as sharp: a fixed grid steps over its posteriors."""
    weights = dict(trained("gaussian").weights)
    weights["spread"] = weights["spread"] - np.float32(3)
    weights["head.2.bias"] = weights["head.2.bias"] - np.array([0, 0, 6, 6], dtype=np.float32)
    return dataclasses.replace(trained("gaussian"), weights=weights)


def test_the_nodes_follow_narrow_posteriors(sharp):
    found = vae_exact.log_prob(sharp, X[:3])
    assert np.abs(vae_exact.log_prob(sharp, X[:3], side=81) - found).max() > 1
    assert np.abs(vae_exact.log_prob(sharp, X[:3], side=1201) - found).max() < 1e-5
    assert np.allclose([vae_exact.posterior(sharp, image).log_prob for image in X[:3]], found, atol=1e-5)


def test_of_the_stored_digits_the_anchor_holds_and_so_does_the_identity():
    """161 and 321 nodes an axis, and what settles by itself: the same mean to 3e-5 nats (ANCHORS B1), each to 1e-3."""
    model, pictures = recipes.stored("vae-digits").model, images.load("digits")
    x = pictures.images[pictures.split.test[:3]]
    first, second = (vae_exact.log_prob(model, x, settled=settled) for settled in (1e-3, 1e-4))
    assert abs(first.mean() - second.mean()) < 3e-5
    bounds = vae_exact.quadrature_elbo(model, x)
    assert np.abs(bounds - vae_exact.quadrature_elbo(model, x, nodes=61)).max() < 2e-5
    for i in range(3):
        truth = vae_exact.posterior(model, x[i])
        assert truth.log_prob - bounds[i] == pytest.approx(truth.divergence, abs=1e-4)
        assert truth.log_prob == pytest.approx(second[i], abs=3e-5)
        assert truth.weight.sum() == pytest.approx(1, abs=1e-9)


def test_half_the_spacing_about_what_is_kept():
    whole = vae_exact.over_prior(trained(), np.zeros((1, 2)), 5)
    assert whole.spacing == vae_exact.HALF / 2
    one = whole.finer((whole.index == [1, -1]).all(axis=1))
    assert one.spacing == whole.spacing / 2
    assert sorted(map(tuple, one.index)) == sorted((i, j) for i in (1, 2, 3) for j in (-3, -2, -1))
    assert np.exp(one.log_cell) == pytest.approx(one.spacing**2)


def test_the_bounds_rise_to_the_truth():
    """Under an encoder that is a little off, so that the steps between the bounds are larger than their noise."""
    weights = dict(trained().weights)
    weights["head.2.bias"] = weights["head.2.bias"] + np.array([0.3, -0.3, 0, 0], dtype=np.float32)
    model = dataclasses.replace(trained(), weights=weights)
    exact = vae_exact.log_prob(model, X)
    bounds = [model.elbo(X, Key(2), k=400)]
    for k, times in ((10, 40), (100, 4)):
        bounds.append(model.iwae(np.repeat(X, times, axis=0), Key(2) / k, k=k).reshape(len(X), -1).mean(axis=1))
    means = [bound.mean() for bound in [*bounds, exact]]
    assert (np.diff(means) > 0.005).all()
    assert means[3] - means[2] < 0.5 * (means[3] - means[0])


def test_one_importance_sample_is_the_elbo():
    model = trained()
    whole = model.iwae(np.repeat(X[:2], 4000, axis=0), Key(3), k=1).reshape(2, -1)
    exact = vae_exact.quadrature_elbo(model, X[:2])
    assert (np.abs(whole.mean(axis=1) - exact) < 5 * whole.std(axis=1) / np.sqrt(4000)).all()


def test_images_are_scored_alike_alone_or_together():
    model = trained()
    assert np.allclose(model.iwae(X[:1], Key(3), k=50), model.iwae(X, Key(3), k=50)[:1], atol=1e-9)
    assert np.allclose(vae_exact.log_prob(model, X[3:4]), vae_exact.log_prob(model, X)[3:4], atol=1e-9)


def test_each_label_has_its_own_posterior():
    labels = (np.arange(240) % 2)[:, None]
    x = spots()[0].copy()
    x[1::2] = 1 - x[1::2]
    config = fit.Config(likelihood="categorical", levels=5, width=16, epochs=15, rate=0.01)
    model = last(fit.fit(config, x, Key(0), labels=labels)).state
    together = vae_exact.log_prob(model, x[:4], labels[:4])
    alone = [vae_exact.posterior(model, x[i], labels[i]).log_prob for i in range(4)]
    assert np.allclose(together, alone, atol=1e-4)
    assert (together > vae_exact.log_prob(model, x[:4], 1 - labels[:4]) + 1).all()


def test_more_than_two_dimensions_are_refused():
    config = fit.Config(latent=3, width=8)
    model = next(iter(fit.fit(config, X, Key(0)))).state
    with pytest.raises(ValueError, match="1 or 2 latent dimensions"):
        vae_exact.log_prob(model, X)


# The gap


@pytest.mark.parametrize("full", [False, True])
def test_the_gap_is_split_into_two_parts_that_are_not_negative(full):
    model = trained()
    for image in X[:3]:
        gap = vae_gap.split(model, image, full=full)
        truth = vae_exact.posterior(model, image)
        assert gap.approximation + gap.amortisation == pytest.approx(truth.divergence, abs=1e-4)
        assert gap.approximation > -1e-4
        assert gap.amortisation > -1e-4


def test_a_tilted_gaussian_is_at_least_as_good_and_its_loss_is_its_divergence():
    model = trained()
    for image in X[:3]:
        plain, tilted = (vae_gap.split(model, image, full=full) for full in (False, True))
        assert tilted.best.elbo > plain.best.elbo - 1e-4
        truth = vae_exact.posterior(model, image)
        z = truth.points
        inverse = np.linalg.inv(tilted.best.covariance)
        q = np.log(np.linalg.det(inverse)) / 2 - np.log(2 * np.pi)
        q = q - 0.5 * np.einsum("gi,ij,gj->g", z - tilted.best.mean, inverse, z - tilted.best.mean)
        weight = np.exp(q + truth.log_cell)
        assert weight.sum() == pytest.approx(1, abs=1e-3)
        divergence = (weight * (q - truth.log_density)).sum()
        assert tilted.approximation == pytest.approx(divergence, abs=2e-3)


# Surgery


@pytest.fixture(scope="module")
def codes():
    return trained().encode(spots()[0])


def test_information_and_marginal_divergence_add_up(codes):
    exact = surgery.surgery_on_grid(*codes)
    drawn = surgery.surgery(*codes, Key(4))
    assert exact.information.value + exact.marginal.value == pytest.approx(exact.kl, abs=1e-3)
    assert exact.kl == pytest.approx(kl(*codes).sum(axis=1).mean())
    for part in ("information", "marginal"):
        a, b = getattr(exact, part), getattr(drawn, part)
        assert abs(a.value - b.value) < 5 * b.error + 1e-3
    assert 0 < exact.information.value < np.log(240)
    assert exact.marginal.value > 0


def test_codes_far_apart_tell_everything_and_equal_codes_nothing():
    far = np.stack([np.arange(8.0) * 3, np.zeros(8)], axis=1)
    narrow = np.full((8, 2), -4.0)
    assert surgery.surgery(far, narrow, Key(0)).information.value == pytest.approx(np.log(8), abs=1e-6)
    assert surgery.surgery(far * 0, narrow, Key(0)).information.value == pytest.approx(0, abs=1e-9)
    prior = surgery.surgery(far * 0, narrow * 0, Key(0))
    assert (prior.kl, prior.marginal.value) == (0, pytest.approx(0, abs=1e-9))


def test_a_hole_is_found_where_the_codes_are_not():
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = 1.6 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    grid, log_all = surgery.aggregate(ring, np.full((60, 2), -3.0))
    holes = surgery.holes(grid, log_all)
    assert np.abs(holes[0].z).max() < 0.2
    assert holes[0].depth > np.log(4)
    dense = Key(1).generator().normal(size=(1000, 2)) * np.sqrt(1 - np.exp(-2))
    assert surgery.holes(*surgery.aggregate(dense, np.full((1000, 2), -2.0)), radius=2.0) == []


def test_the_aggregate_is_the_even_mixture(codes):
    means, log_vars = (c[:5] for c in codes)
    z = Key(1).generator().normal(size=(4, 2))
    each = np.stack([vae_exact.normal(z, m, v) for m, v in zip(means, log_vars, strict=True)])
    assert np.allclose(surgery.log_aggregate(z, means, log_vars), np.log(np.exp(each).mean(axis=0)), atol=1e-9)


def test_dimensions_that_follow_the_data_are_active():
    means = Key(2).generator().normal(size=(500, 3)) * [1, 0.2, 0.05]
    assert surgery.active(means).tolist() == [True, True, False]
