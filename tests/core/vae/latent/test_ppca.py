"""Probabilistic PCA against scikit-learn and scipy, and as the oracle of a VAE with no hidden layer."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.decomposition import PCA

from core.key import Key
from core.vae import fit, step
from core.vae.latent import geometry, ppca
from core.vae.model import VAE
from core.vae.truth import exact
from core.vae.truth import gap as vae_gap
from tests.core.vae.tiny_vae import last


def flat(n=200, d=9, seed=0):
    g = (Key(seed) / "ppca").generator()
    return 0.5 + 0.04 * (g.normal(size=(n, 2)) @ g.normal(size=(2, d)) + 0.5 * g.normal(size=(n, d)))


def as_vae(model, beta=1.0):
    """The VAE with no hidden layer that has the closed-form weights."""
    config = fit.Config(latent=model.latent, layers=0, likelihood="gaussian", beta=beta)
    return VAE(config, (1, 3, 3), (), model.weights())


@pytest.mark.parametrize("q", [1, 2, 5])
def test_the_score_is_scikit_learns(q):
    x, new = flat(), flat(50, seed=3)
    peer = PCA(q).fit(x)
    ours = ppca.fit(x, q, ddof=1)
    assert np.allclose(ours.log_prob(new), peer.score_samples(new), atol=1e-9)
    assert ours.noise == pytest.approx(peer.noise_variance_, rel=1e-9)


def test_the_density_is_the_gaussian_it_says():
    model, x = ppca.fit(flat(), 3), flat(20, seed=4)
    covariance = model.loadings @ model.loadings.T + model.noise * np.eye(9)
    assert np.allclose(model.log_prob(x), stats.multivariate_normal(model.mean, covariance).logpdf(x), atol=1e-9)
    drawn = model.sample(200_000, Key(5))
    assert np.allclose(np.cov(drawn.T), covariance, atol=5e-4)


def test_no_other_model_is_more_likely():
    x = flat()
    top = ppca.fit(x, 2)
    g = Key(6).generator()
    for scale in (1e-3, 1e-2):
        loadings = top.loadings + scale * g.normal(size=top.loadings.shape)
        other = ppca.PPCA(top.mean + scale * g.normal(size=9), loadings, top.noise * (1 + scale))
        assert other.log_prob(x).mean() < top.log_prob(x).mean()


def test_the_posterior_is_bayes_rule():
    model, x = ppca.fit(flat(), 2), flat(8, seed=7)
    mean, covariance = model.encode(x)
    z = Key(8).generator().normal(size=(8, 2))
    prior = stats.multivariate_normal(np.zeros(2), np.eye(2)).logpdf(z)
    seen = stats.norm(model.decode(z), np.sqrt(model.noise)).logpdf(x).sum(axis=1)
    told = [stats.multivariate_normal(m, covariance).logpdf(v) for m, v in zip(mean, z, strict=True)]
    assert np.allclose(prior + seen - model.log_prob(x), told, atol=1e-8)


@pytest.mark.parametrize(("x", "q"), [(flat(3), 3), (flat(), 9), (flat(), 0)])
def test_what_leaves_no_noise_is_refused(x, q):
    with pytest.raises(ValueError, match="components need more"):
        ppca.fit(x, q)


def test_data_on_a_plane_are_refused():
    with pytest.raises(ValueError, match="nothing is left for the noise"):
        ppca.fit(Key(0).generator().normal(size=(50, 2)) @ np.ones((2, 5)) * [1, 2, 3, 4, 5], 2)


# As a VAE


@pytest.mark.parametrize("q", [1, 2])
def test_with_the_closed_form_weights_bound_quadrature_and_closed_form_are_one(q):
    truth, x = ppca.fit(flat(), q), flat(12, seed=9)
    model, images = as_vae(truth), x.reshape(12, 1, 3, 3)
    assert np.allclose(exact.log_prob(model, images), truth.log_prob(x), atol=2e-5)
    assert np.allclose(exact.quadrature_elbo(model, images), truth.log_prob(x), atol=2e-5)
    assert np.allclose(model.iwae(images, Key(0), k=3), truth.log_prob(x), atol=2e-5)  # every weight is p(x)
    assert model.elbo(images, Key(0), k=400) == pytest.approx(truth.log_prob(x), abs=0.5)


def test_the_encoder_is_the_posterior_and_the_decoder_the_plane():
    truth, x = ppca.fit(flat(), 2), flat(12, seed=9)
    model = as_vae(truth)
    mean, log_var = model.encode(x.reshape(12, 1, 3, 3))
    told, covariance = truth.encode(x)
    assert np.allclose(mean, told, atol=1e-5)
    assert np.allclose(np.exp(log_var), np.diag(covariance), rtol=1e-5)
    assert np.allclose(model.decode(told).reshape(12, 9), np.clip(truth.decode(told), 0, 1), atol=1e-5)


def test_a_wrong_encoder_costs_exactly_its_divergence_and_the_split_blames_it():
    truth, x = ppca.fit(flat(), 2), flat(2, seed=9)
    weights = dict(truth.weights())
    weights["head.0.bias"] = weights["head.0.bias"] + np.array([0.3, -0.2, 0.5, -0.4])
    model = VAE(as_vae(truth).config, (1, 3, 3), (), weights)
    for image in x.reshape(2, 1, 3, 3):
        gap = vae_gap.split(model, image)
        _, covariance = truth.encode(x)
        ratio = np.exp([0.5, -0.4])
        apart = 0.5 * (np.array([0.3, -0.2]) ** 2 / np.diag(covariance) + ratio - np.log(ratio) - 1).sum()
        assert gap.amortisation == pytest.approx(apart, abs=1e-4)
        assert gap.approximation == pytest.approx(0, abs=1e-4)


def test_the_loss_is_flat_at_the_closed_form_and_worth_its_likelihood():
    """The loss is quadratic in the noise, so four draws with mean 0 and covariance I give its expectation exactly."""
    x = flat()
    truth = ppca.fit(x, 2)
    model = as_vae(truth)
    draws = np.sqrt(2) * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    eps = torch.from_numpy(np.repeat(draws[:, None], len(x), axis=1))
    weights = {name: truth.weights()[name] for name in model.weights}  # in double precision
    free = torch.from_numpy(np.concatenate([w.ravel() for w in weights.values()])).requires_grad_()
    images, none = torch.from_numpy(x.reshape(-1, 1, 3, 3)), torch.zeros(len(x), 0).double()
    loss = step.plan(model).losses(free, images, none, eps, 1.0).loss
    loss.backward()
    assert float(loss.detach()) == pytest.approx(-truth.log_prob(x).mean(), rel=1e-9)
    assert float(free.grad.abs().max()) < 1e-8
    away = free.detach() * 1.01
    assert float(step.plan(model).losses(away, images, none, eps, 1.0).loss) > float(loss.detach())


def test_training_climbs_towards_the_closed_form_and_not_above():
    x = flat()
    truth = ppca.fit(x, 2)
    weights = {name: np.float32(0.9 * value) for name, value in truth.weights().items()}
    config = fit.Config(latent=2, layers=0, likelihood="gaussian", epochs=40, rate=2e-3, batch=50, validation=0.0)
    start = VAE(config, (1, 3, 3), (), weights)
    images = x.reshape(-1, 1, 3, 3)
    end = last(fit.fit(config, images, Key(1), start=start)).state
    before, after = (exact.log_prob(model, images, side=81).mean() for model in (start, end))
    assert before + 1 < after <= truth.log_prob(x).mean() + 1e-6


def test_the_surface_is_flat():
    truth = ppca.fit(flat(), 2)
    model = as_vae(truth)
    z = Key(2).generator().normal(size=(5, 2))
    area = np.sqrt(np.linalg.det(truth.loadings.T @ truth.loadings))
    assert np.allclose(geometry.magnification(model, z), area, rtol=1e-5)
    bent = geometry.geodesic(model, z[0], z[1])
    line = geometry.straight(model, z[0], z[1])
    assert line.length == pytest.approx(np.linalg.norm(truth.loadings @ (z[1] - z[0])), rel=1e-5)
    assert np.allclose(bent.z, line.z, atol=1e-3)
