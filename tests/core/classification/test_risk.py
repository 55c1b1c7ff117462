"""Risks: quadrature against closed forms, the known class densities of the house's sets, and the published pair of curves."""

import numpy as np
import pytest
from scipy.special import ndtr

from core.classification import curves, risk
from core.data import builtin
from core.evaluation import crossing
from core.key import Key
from core.mixture.gmm import GMM

MEANS = np.array([[-0.8, 0.3], [1.0, -0.2]])
S = np.array([[1.0, 0.6], [0.6, 1.5]])
LAW = GMM(np.array([0.5, 0.5]), MEANS, np.stack([S, S]))
KNOWN = ("eight_gaussians", "checkerboard", "two_moons", "two_spirals", "rings", "circles")


def best():
    w = np.linalg.solve(S, MEANS[1] - MEANS[0])
    return w, np.asarray(-w @ MEANS.mean(axis=0))


def test_the_bayes_risk_of_two_gaussians_is_phi_of_minus_half_their_distance():
    grid = risk.cells(np.array([[-7.0, 7.0], [-7.0, 7.0]]), 800)
    w, b = best()
    want = float(ndtr(-np.sqrt(w @ S @ w) / 2))
    joint = LAW.log_joint(grid.x)
    assert risk.mass(joint, grid.area) == pytest.approx(1, abs=1e-6)
    assert risk.bayes(joint, grid.area) == pytest.approx(want, abs=2e-5)
    assert risk.linear_risk(w, b, MEANS, S) == pytest.approx(want, abs=1e-12)


def test_the_risk_of_a_linear_rule_is_its_formula_and_its_share_of_errors():
    w, b = np.array([1.0, 0.4]), np.array(0.3)
    want = float(risk.linear_risk(w, b, MEANS, S))
    grid = risk.cells(np.array([[-7.0, 7.0], [-7.0, 7.0]]), 800)
    choice = (grid.x @ w + b > 0).astype(int)
    assert risk.risk(LAW.log_joint(grid.x), choice, grid.area) == pytest.approx(want, abs=2e-4)
    x, y = LAW.sample_labelled(200_000, Key(0))
    assert ((x @ w + b > 0) != y).mean() == pytest.approx(want, abs=5 * 0.5 / np.sqrt(200_000))
    assert risk.linear_risk(np.zeros(2), b, MEANS, S) == 0.5


def test_the_excess_is_a_mean_kl():
    grid = risk.cells(np.array([[-6.0, 6.0], [-6.0, 6.0]]), 300)
    joint, log_p = LAW.log_joint(grid.x), LAW.log_posterior(grid.x)
    assert risk.excess(joint, log_p, grid.area) == pytest.approx(0, abs=1e-12)
    flat = np.full_like(log_p, np.log(0.5))
    x, _ = LAW.sample_labelled(100_000, Key(1))
    p = LAW.responsibilities(x)
    want = (p * (LAW.log_posterior(x) - np.log(0.5))).sum(axis=1)
    found = risk.excess(joint, flat, grid.area)
    assert found == pytest.approx(want.mean(), abs=5 * want.std() / np.sqrt(len(x)))


def test_a_calibrated_rule_is_on_the_diagonal_and_one_of_squares_is_not():
    grid = risk.cells(np.array([[-6.0, 6.0], [-6.0, 6.0]]), 300)
    weight, q = np.exp(LAW.log_joint(grid.x)), LAW.responsibilities(grid.x)
    said, true, mass = risk.reliability(weight, q)
    np.testing.assert_allclose(said, true, atol=1e-12)
    assert mass.sum() == pytest.approx(1)
    sure = q**3 / (q**3).sum(axis=1, keepdims=True)
    said, true, _ = risk.reliability(weight, sure)
    assert (said[:4] < true[:4]).all()
    assert (said[6:] > true[6:]).all()


@pytest.mark.parametrize("name", KNOWN)
def test_the_classes_of_a_set_add_up_to_its_density_and_say_whence_a_point_came(name):
    dataset = builtin.load(name, 2000)
    joint = dataset.truth.log_joint(dataset.points)
    total = np.logaddexp.reduce(joint, axis=1)
    np.testing.assert_allclose(total, dataset.truth.log_prob(dataset.points), rtol=1e-9, atol=1e-9)
    p = np.exp(joint - total[:, None])
    one_hot = np.eye(len(dataset.classes))[dataset.labels]
    off = (one_hot - p).mean(axis=0)  # E[1{y = k} - p(k given x)] = 0
    spread = (one_hot - p).std(axis=0) / np.sqrt(len(dataset))
    assert (np.abs(off) <= 4.5 * spread + 1e-9).all()
    grid = risk.cells(dataset.bounds, 200, 0.1)
    expected = risk.bayes(dataset.truth.log_joint(grid.x), grid.area)
    wrong = (p.argmax(axis=1) != dataset.labels).mean()
    assert wrong == pytest.approx(expected, abs=4 * np.sqrt(max(expected, 1e-3) / len(dataset)))


TABLE = {  # rho: (Bayes, limit of naive Bayes, {n: naive Bayes, LDA, logistic, logistic with ridge 1}), means of 200 redraws
    0.0: (0.144, 0.144, {10: (0.253, 0.347, 0.273, 0.248), 30: (0.185, 0.223, 0.240, 0.199),
                         100: (0.157, 0.167, 0.172, 0.167), 1000: (0.146, 0.147, 0.147, 0.147)}),
    0.5: (0.217, 0.309, {10: (0.335, 0.406, 0.353, 0.327), 30: (0.309, 0.303, 0.319, 0.279),
                         100: (0.308, 0.245, 0.247, 0.243), 1000: (0.309, 0.220, 0.220, 0.220)}),
    0.8: (0.133, 0.340, {10: (0.367, 0.358, 0.281, 0.275), 30: (0.333, 0.214, 0.228, 0.190),
                         100: (0.338, 0.153, 0.160, 0.151), 1000: (0.340, 0.135, 0.136, 0.136)}),
}  # fmt: skip


@pytest.mark.parametrize("rho", TABLE)
def test_learning_curves_are_the_published_ones(rho):
    bayes, limit, table = TABLE[rho]
    np.testing.assert_allclose(curves.limits(rho), (bayes, limit), atol=6e-4)
    *_, step = curves.curves(rho, Key(0), (10, 30, 100, 1000))
    for i, n in enumerate(step.state):
        for name, want in zip(curves.RULES, table[n], strict=True):
            risks = step.arrays[name][:, i]
            error = risks.std() / np.sqrt(len(risks))
            assert risks.mean() == pytest.approx(want, abs=4 * np.sqrt(2) * error + 1e-3), (n, name)
            assert risks.min() >= bayes - 6e-4, "no rule beats Bayes'"


def crossed(rho, other):
    *_, step = curves.curves(rho, Key(0))
    return crossing.overtaken(step.state, step.arrays[other], step.arrays[curves.NAIVE])


def test_the_discriminative_rule_overtakes_sooner_the_more_the_coordinates_go_together():
    assert crossed(0.0, curves.LOGISTIC) is None
    assert 28 <= crossed(0.5, curves.LOGISTIC) <= 40
    assert crossed(0.5, curves.RIDGED) == 10
    assert crossed(0.8, curves.LOGISTIC) == 10


@pytest.mark.parametrize("dof", [3.0, 5.0])
def test_with_heavy_tails_risks_are_exact_too_and_the_best_line_is_the_same(dof):
    w, b = best()
    noise = Key(4).generator().standard_normal((400_000, 2)) @ np.linalg.cholesky(S).T
    heavy = noise / np.sqrt(Key(5).generator().chisquare(dof, (400_000, 1)) / dof)
    y = np.arange(400_000) % 2
    for turn in (0.0, 0.4):
        rule = w + turn * np.array([1.0, -1.0])
        wrong = ((MEANS[y] + heavy) @ rule + b > 0) != y
        found = float(risk.linear_risk(rule, b, MEANS, S, dof))
        assert wrong.mean() == pytest.approx(found, abs=4 * wrong.std() / np.sqrt(len(y)))
    assert risk.linear_risk(w, b, MEANS, S, dof) < found
    assert risk.linear_risk(w, b, MEANS, S, 1e9) == pytest.approx(risk.linear_risk(w, b, MEANS, S), abs=1e-8)
    *_, step = curves.curves(0.5, Key(0), (1000,), 40, dof)
    bayes, limit = curves.limits(0.5, dof)
    assert step.arrays[curves.LDA].min() >= bayes > curves.limits(0.5)[0]
    assert step.arrays[curves.NAIVE].mean() == pytest.approx(limit, abs=0.01)


def test_every_redraw_is_the_bottom_of_its_own_loss():
    x = Key(1).generator().standard_normal((3, 30, 4))
    y = np.arange(30) % 2
    x[:, y == 1] += 0.7
    w, b = curves.logistic(x, y, 0.5)
    for one, weights, constant in zip(x, w, b, strict=True):
        p = 1 / (1 + np.exp(-(one @ weights + constant)))
        np.testing.assert_allclose(one.T @ (p - y) + 0.5 * weights, 0, atol=1e-8)
        assert (p - y).sum() == pytest.approx(0, abs=1e-8)
