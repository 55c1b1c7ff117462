"""Other shares of the classes: the re-weighted posterior is that of the law with those shares, and none does better."""

import numpy as np
import pytest
from scipy.special import ndtr

from core.classification import generative, priors, risk
from core.classification.generative import QDA, ClassLaws
from core.key import Key
from core.laws.gaussian import Gaussian
from tests.core.classification.test_rules import AT, rows

FIRSTS = np.array([0.1, 0.5, 0.9])


def test_the_others_keep_their_shares_to_each_other():
    found = priors.moved(np.array([0.5, 0.3, 0.2]), 0.8)
    np.testing.assert_allclose(found, [0.8, 0.12, 0.08])
    np.testing.assert_allclose(priors.moved(found, 0.5), [0.5, 0.3, 0.2])


def test_reweighting_a_posterior_is_bayes_rule_with_the_new_shares():
    law = generative.fit(QDA, rows(300), Key(0))
    after = priors.moved(law.priors, 0.05)
    want = ClassLaws(after, law.laws).log_posterior(AT)
    np.testing.assert_allclose(priors.reweighted(law.log_posterior(AT), law.priors, after), want, atol=1e-12)


def test_risks_are_those_of_the_law_with_the_new_shares_and_following_is_never_worse():
    """Two Gaussians at -1 and 1: the risk has a formula at every share."""
    law = ClassLaws(np.array([0.3, 0.7]), tuple(Gaussian(np.array([m, 0.0]), np.eye(2)) for m in (-1.0, 1.0)))
    grid = risk.cells(np.array([[-8.0, 8.0], [-8.0, 8.0]]), 1200)
    joint = law.log_joint(grid.x)
    follows, not_told = (priors.risks(np.exp(joint), joint, law.priors, FIRSTS, told) for told in (True, False))
    edge = np.log(FIRSTS / (1 - FIRSTS)) / 2  # the place where both are as likely
    np.testing.assert_allclose(follows, FIRSTS * ndtr(-(edge + 1)) + (1 - FIRSTS) * ndtr(edge - 1), atol=2e-4)
    stays = np.log(0.3 / 0.7) / 2
    want = FIRSTS * ndtr(-(stays + 1)) + (1 - FIRSTS) * ndtr(stays - 1)
    np.testing.assert_allclose(not_told, want, atol=2e-3)
    assert (follows <= not_told + 1e-12).all()
    now = priors.risks(np.exp(joint), joint, law.priors, np.array([0.3]), True)
    assert now[0] == pytest.approx(risk.bayes(joint, grid.area), abs=1e-12)
