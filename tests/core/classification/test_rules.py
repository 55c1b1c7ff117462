"""Classification: scikit-learn agrees, identities hold, and what cannot be fitted is said in one sentence."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chisquare
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import PolynomialFeatures

from core.classification import discriminative, generative
from core.classification.discriminative import LINEAR, QUADRATIC
from core.classification.generative import GAUSSIANS, KERNELS, KINDS, LDA, MIXTURE, NAIVE, QDA
from core.classification.risk import cells
from core.classification.rows import Rows, admit, log_total, split
from core.data import builtin
from core.dataset import Dataset, around
from core.joint.joint import Mixture
from core.key import Key
from core.process import Halt

BENT = np.array([[2.0, 0.8], [-0.3, 0.7]])


def rows(n=400, k=3, d=2):
    rng = Key(5).generator()
    y = rng.permutation(np.arange(n) % k)
    x = rng.standard_normal((n, d)) * (1 + y[:, None] / 2)
    x[:, :2] = x[:, :2] @ BENT + np.stack([1.5 * y, -np.square(y)], axis=1)
    return Rows(x, y, tuple("abc"[:k]))


AT = Key(6).generator().standard_normal((50, 2)) * 4


def test_naive_bayes_is_scikit_learns():
    for k in (2, 3):
        made = rows(k=k)
        want = GaussianNB(var_smoothing=0).fit(made.x, made.y).predict_log_proba(AT)
        np.testing.assert_allclose(generative.fit(NAIVE, made, Key(0)).log_posterior(AT), want, atol=1e-8, rtol=1e-8)


def test_lda_is_scikit_learns():
    made = rows()
    peer = LinearDiscriminantAnalysis(solver="lsqr").fit(made.x, made.y)
    found = generative.fit(LDA, made, Key(0))
    np.testing.assert_allclose(np.exp(found.log_posterior(AT)), peer.predict_proba(AT), atol=1e-8)


def test_qda_is_scikit_learns():
    made = rows()
    peer = QuadraticDiscriminantAnalysis(tol=0).fit(made.x, made.y)
    found = generative.fit(QDA, made, Key(0))
    np.testing.assert_allclose(np.exp(found.log_posterior(AT)), peer.predict_proba(AT), atol=1e-8)


@pytest.mark.parametrize("features", [LINEAR, QUADRATIC])
@pytest.mark.parametrize("ridge", [0.01, 3.0])
@pytest.mark.parametrize("k", [2, 3])
def test_logistic_regression_is_scikit_learns(features, ridge, k):
    made = rows(k=k)
    found = discriminative.fit(features, made, ridge)
    grow = PolynomialFeatures(1 if features == LINEAR else 2, include_bias=False)
    z, at = (grow.fit_transform((x - made.x.mean(axis=0)) / made.x.std(axis=0)) for x in (made.x, AT))
    c = (2 if k == 2 else 1) / ridge  # one weight of two classes stands for two, half as long
    peer = LogisticRegression(C=c, tol=1e-12, max_iter=20_000, solver="newton-cholesky").fit(z, made.y)
    np.testing.assert_allclose(np.exp(found.log_posterior(AT)), peer.predict_proba(at), atol=1e-5)
    assert np.abs(found.slope(made)).max() < 1e-9


def test_a_gradient_is_that_of_the_loss():
    made = rows(60)
    blank = discriminative.fit(QUADRATIC, made, 1.0)
    phi, told, w = blank.phi(made.x), np.eye(3)[made.y], Key(1).generator().standard_normal(blank.weights.shape)
    down, bend = discriminative.slope(w, phi, told, 0.7), discriminative.curvature(w, phi, 0.7)
    for i in range(0, w.size, 5):
        e = np.zeros(w.size)
        e[i] = 1e-5
        e = e.reshape(w.shape)
        numeric = (discriminative.loss(w + e, phi, told, 0.7) - discriminative.loss(w - e, phi, told, 0.7)) / 2e-5
        assert numeric == pytest.approx(down.flat[i], abs=1e-5)
        turned = discriminative.slope(w + e, phi, told, 0.7) - discriminative.slope(w - e, phi, told, 0.7)
        np.testing.assert_allclose(turned.ravel() / 2e-5, bend[i], atol=1e-5)


def test_separable_classes_run_away_without_a_ridge_and_only_then():
    y = np.arange(40) % 2
    made = Rows(Key(2).generator().standard_normal((40, 2)) + 8 * y[:, None], y, ("a", "b"))
    free, held = discriminative.fit(LINEAR, made, 0.0), discriminative.fit(LINEAR, made, 0.1)
    assert free.runaway
    assert not held.runaway
    assert np.abs(free.weights).max() > np.abs(held.weights).max()
    assert (free.log_posterior(made.x).argmax(axis=1) == y).all()
    assert not discriminative.fit(LINEAR, rows(), 0.0).runaway


@pytest.mark.parametrize("kind", KINDS)
def test_a_generative_model_is_a_law_of_points_and_classes(kind):
    made = rows(600)
    found = generative.fit(kind, made, Key(0), components=2)
    grid = cells(around(made.x), 220, 1.0)
    assert grid.area * np.exp(found.log_prob(grid.x)).sum() == pytest.approx(1, abs=2e-3)
    np.testing.assert_allclose(found.log_prob(AT)[:, None] + found.log_posterior(AT), found.log_joint(AT), atol=1e-10)
    x, y = found.sample_labelled(4000, Key(3))
    assert chisquare(np.bincount(y, minlength=3), 4000 * found.priors).pvalue > 1e-3
    for k, law in enumerate(found.laws):
        drawn, own = x[y == k], law.sample(20_000, Key(4))
        assert np.abs(drawn.mean(axis=0) - own.mean(axis=0)).max() < 5 * own.std(axis=0).max() / np.sqrt(len(drawn))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", [0, 1])
def test_a_hidden_coordinate_is_summed_out(kind, column):
    found = generative.fit(kind, rows(300), Key(0), components=2)
    at = np.linspace(-3, 4, 9)
    other = np.linspace(-40, 40, 8001)
    x = np.empty((len(at), len(other), 2))
    x[..., column], x[..., 1 - column] = at[:, None], other
    summed = np.trapezoid(np.exp(found.log_joint(x.reshape(-1, 2))).reshape(len(at), len(other), 3), other, axis=1)
    np.testing.assert_allclose(np.exp(found.marginal(column).log_joint(at[:, None])), summed, rtol=1e-6, atol=1e-12)


def test_of_many_points_some_get_a_bump():
    made = rows(2 * generative.BUMPS + 1300, k=2)
    found = generative.fit(KERNELS, made, Key(0))
    assert [len(law.points) for law in found.laws] == [generative.BUMPS] * 2
    for k, law in enumerate(found.laws):
        assert set(map(tuple, law.points)) < set(map(tuple, made.x[made.y == k]))
    assert list(found.priors) == list(made.shares)


def labelled(counts, classes=("red", "blue")):
    y = np.repeat(np.arange(len(counts)), counts)
    x = Key(1).generator().standard_normal((len(y), 2))
    return Dataset("own", x, around(x), ("u", "v"), labels=y, classes=classes)


@pytest.mark.parametrize(
    ("dataset", "says"),
    [
        (builtin.load("banana"), "no classes"),
        (labelled([20]), "All points are of one class"),
        (labelled([20, 1]), "Class blue has 1 point: every class needs at least 5"),
        (labelled([20, 4]), "Class blue has 4 points"),
        (labelled([5] * 13, tuple("abcdefghijklm")), "13 classes are too many"),
    ],
)
def test_what_cannot_be_told_apart_is_said_in_one_sentence(dataset, says):
    with pytest.raises(Halt, match=says):
        admit(dataset)


def test_a_class_on_a_line_is_named():
    made = rows(60)
    flat = Rows(np.where(made.y[:, None] == 1, made.x[:, :1], made.x), made.y, made.classes)
    for kind in (QDA, KERNELS):
        with pytest.raises(Halt, match="Class b has no law of this kind"):
            generative.fit(kind, flat, Key(0))
    generative.fit(LDA, flat, Key(0))


def test_of_each_class_a_part_is_held_out():
    made = admit(labelled([200, 5, 40], ("a", "b", "c")))
    learned, held = split(made, Key(0))
    assert list(np.bincount(held.y)) == [60, 1, 12]
    together = np.concatenate([learned.x, held.x])
    assert sorted(map(tuple, together)) == sorted(map(tuple, made.x))
    assert set(GAUSSIANS) < set(KINDS)


def test_the_logarithm_of_a_sum_is_scipys_also_of_nothing_and_far_out():
    log_p = Key(3).generator().normal(scale=400, size=(500, 3))
    log_p[0], log_p[1, :2] = -np.inf, -np.inf
    np.testing.assert_allclose(log_total(log_p), logsumexp(log_p, axis=1), rtol=1e-14)


def test_a_mixture_a_class_is_that_class_fitted_alone_and_one_component_is_qda():
    made = rows(300)
    found = generative.fit(MIXTURE, made, Key(2), components=2)
    for k, law in enumerate(found.laws):
        own = made.x[made.y == k]
        alone = Mixture(2, Key(2) / str(k)).fit(own).model
        np.testing.assert_allclose(law.log_prob(AT), alone.log_prob(AT), atol=1e-12)
        assert law.log_prob(own).mean() > generative.fit(QDA, made, Key(0)).laws[k].log_prob(own).mean()
    one = generative.fit(MIXTURE, made, Key(2), components=1)
    np.testing.assert_allclose(one.log_posterior(AT), generative.fit(QDA, made, Key(0)).log_posterior(AT), atol=1e-3)
    few = Rows(made.x[:30], made.y[:30], made.classes)
    with pytest.raises(Halt, match="Class a has no law of this kind: 10 points are too few for 12 components"):
        generative.fit(MIXTURE, few, Key(2), components=12)
