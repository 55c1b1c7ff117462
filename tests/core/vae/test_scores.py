"""Scores beside classical densities: each density is one, a bound lies below the truth, and what cannot compare is refused."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.neighbors import KernelDensity

from core.data import images
from core.data.images import Pictures, quantise
from core.key import Key
from core.process import Halt
from core.vae import scores
from core.vae.latent import ppca
from core.vae.model import CHUNK
from core.vae.scores import bumps, comparable, mixture, rank
from core.vae.truth import exact as vae_exact
from core.vae.truth.likelihood import Likelihood
from tests.core.vae.tiny_vae import spots, trained

ORDER = ["VAE", "VAE, ELBO", "PCA (probabilistic)", "Mixture of Gaussians", "Kernels (KDE)"]


@pytest.fixture(scope="module")
def pictures():
    return Pictures("spots", quantise(spots()[0], 5), levels=5)


def test_the_table_grows_and_says_what_kind_each_number_is(pictures):
    steps = list(rank(trained(), pictures, Key(0)))
    known = [len(step.state) for step in steps]
    assert known == sorted(known)
    assert set(known) == {1, 2, 3, 4, 5}
    assert [row.model for row in steps[0].state] == ["VAE, ELBO"], "what is quick comes first"
    assert [row.model for row in steps[-1].state] == ORDER
    rows = {row.model: row for row in steps[-1].state}
    test = pictures.images[pictures.split.test]
    exact = vae_exact.log_prob(trained(), test)
    assert rows["VAE"].score.value == pytest.approx(exact.mean())
    assert rows["VAE"].score.error == pytest.approx(exact.std(ddof=1) / np.sqrt(len(test)))
    assert [row.kind for row in steps[-1].state] == ["exact", *["bound"] * 4]
    assert rows["VAE, ELBO"].score.value < rows["VAE"].score.value


def test_without_quadrature_it_is_iwae(pictures):
    last = list(rank(trained(latent=3, epochs=3), pictures, Key(0)))[-1].state
    assert [row.model for row in last[:2]] == ["VAE, IWAE-100", "VAE, ELBO"]
    assert last[0].kind == "bound"


def test_a_step_is_a_bounded_part_of_the_work_and_the_parts_change_no_number(pictures, monkeypatch):
    whole = list(rank(trained(), pictures, Key(0)))
    most, pairs = 100_000, []
    asked = Likelihood.pairwise
    monkeypatch.setattr(Likelihood, "pairwise", lambda *a: pairs.append((out := asked(*a)).numel()) or out)
    monkeypatch.setattr(vae_exact, "PART", most)
    parts, between = [], []
    for step in rank(trained(), pictures, Key(0)):
        parts.append(step)
        between.append(sum(pairs))
        pairs.clear()
    assert parts[-1].state == whole[-1].state
    block = CHUNK // (trained().likelihood.per_pixel * int(np.prod(trained().shape))) * len(pictures.split.test)
    assert 0 < max(between) <= most + block
    assert sum(between) > 2 * most
    assert [step.index for step in parts] == list(range(len(parts)))


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_what_is_no_probability_of_levels_is_refused(pictures, likelihood):
    model = trained(likelihood, epochs=2)
    assert likelihood in comparable(model, pictures)
    with pytest.raises(Halt, match=likelihood):
        next(rank(model, pictures, Key(0)))


def test_other_levels_are_refused(pictures):
    other = Pictures("other", pictures.pixels, levels=17)
    assert "17" in comparable(trained(), other)


def test_kernels_are_scikit_learns():
    g = Key(1).generator()
    points, x = g.normal(size=(50, 3)), g.normal(size=(20, 3))
    want = KernelDensity(bandwidth=0.7).fit(points).score_samples(x)
    np.testing.assert_allclose(bumps(points, x, 0.7), want, rtol=1e-10)


@pytest.fixture(scope="module")
def anchored():
    """Digits as ANCHORS B1 has them for scikit-learn's models: training and validation rows together, and test rows."""
    digits = images.load("digits")
    rows = np.concatenate([digits.split.train, digits.split.val])
    flat = digits.pixels.reshape(len(digits), -1).astype(float)

    def noised(seed, rows):
        return flat[rows] + Key(seed).generator().random((len(rows), 64))

    return noised(0, rows), noised(1, digits.split.test)


def test_the_anchors_of_pca_and_of_the_mixture_are_reached(anchored):
    train, test = anchored
    assert ppca.fit(train, 50).log_prob(test).mean() == pytest.approx(-131.0, abs=0.4)
    assert mixture(train, 60, Key(0)).log_prob(test).mean() == pytest.approx(-116.5, abs=1.5)


def test_kernels_are_exact_where_trees_are_not(anchored):
    """The anchor of 142.5 nats is rounding: scikit-learn's trees begin at a bound that is far above this density.

    Its one-leaf tree visits every point and agrees; so does any tree where the width is large.
    """
    train, test = anchored
    found = bumps(train, test, 1.55)
    leaf = KernelDensity(bandwidth=1.55, leaf_size=len(train)).fit(train).score_samples(test)
    np.testing.assert_allclose(found, leaf, rtol=1e-9)
    assert found.mean() == pytest.approx(-160.4, abs=1)
    wide = KernelDensity(bandwidth=3.79).fit(train).score_samples(test)
    np.testing.assert_allclose(bumps(train, test, 3.79), wide, rtol=1e-5)


def test_the_mixture_is_a_density_that_em_raises():
    g = Key(2).generator()
    x = np.concatenate([g.normal(-3, 1, (200, 2)), g.normal(3, 0.5, (200, 2))])
    model = mixture(x, 2, Key(0))
    want = sum(
        w * multivariate_normal(m, np.diag(v)).pdf(x)
        for w, m, v in zip(model.weights, model.means, model.variances, strict=True)
    )
    np.testing.assert_allclose(model.log_prob(x), np.log(want), rtol=1e-9)
    levels = [mixture(x, 2, Key(0), rounds).log_prob(x).mean() for rounds in (0, 1, 5, 40)]
    assert levels == sorted(levels)
    assert sorted(np.round(model.means.mean(axis=1))) == [-3, 3]


def test_noise_in_a_cell_bounds_the_cells_mass():
    """Of a Gaussian in one dimension, where the mass of every cell is known."""
    from scipy.stats import norm

    x = np.repeat(np.arange(5.0), 4000)
    u = Key(3).generator().random(len(x))
    bound = norm(2, 0.8).logpdf(x + u).mean()
    exact = np.log(norm(2, 0.8).cdf(x + 1) - norm(2, 0.8).cdf(x)).mean()
    assert bound < exact


def test_noise_stays_in_the_cell(pictures):
    train, _, test = scores.levels(pictures, Key(0))
    flat = pictures.pixels[pictures.split.train].reshape(len(train), -1)
    np.testing.assert_array_equal(np.floor(train), flat)
    assert len(test) == scores.NOISES
    assert not np.array_equal(test[0], test[1])
