"""The mixture whose K the data choose and the kernel estimate read by cells: oracles, equivariance, no leakage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.mixture import GaussianMixture

from core.data import builtin
from core.evaluation import held_out
from core.kernels import bandwidth, kde
from core.kernels.kde import KDE
from core.key import Key
from core.laws import ranking
from core.laws.families import line_mixture
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import Mixtures
from core.process import Halt

CANDIDATES = pytest.mark.parametrize("candidate", [Mixtures(), Kernels()], ids=lambda c: c.name)


def hills(n, seed=0, means=(-4.0, 0.0, 5.0)):
    g = np.random.Generator(np.random.PCG64(seed))
    return np.concatenate([g.normal(m, s, n // len(means)) for m, s in zip(means, (0.7, 1.2, 0.5), strict=False)])


def test_bic_is_no_worse_than_the_best_of_scikit_learn():
    for x in (hills(600), builtin.load("galaxies").points[:, 0], builtin.load("faithful").points[:, 1]):
        ours = Mixtures().fit(x)
        bic = ours.count * np.log(len(x)) - 2 * ours.log_prob(x).sum()
        theirs = [
            GaussianMixture(k, n_init=5, random_state=0, tol=1e-6, max_iter=500).fit(x[:, None]) for k in (1, 2, 3, 4)
        ]
        assert bic <= min(m.bic(x[:, None]) for m in theirs) + 0.05


def test_the_number_of_hills_is_found():
    found = Mixtures().fit(hills(900))
    assert found.title == "Gaussian mixture, K = 3"
    assert found.count == 8
    np.testing.assert_allclose([v for w, v, _ in found.describe() if w.startswith("mean")], [-4, 0, 5], atol=0.2)
    assert Mixtures().fit(hills(900, means=(0.0,))).title == "Gaussian mixture, K = 1"


def test_the_density_of_a_mixture_is_the_sum_of_its_parts():
    law, x = Mixtures().fit(hills(300)), np.linspace(-8, 8, 50)
    w, m, v = line_mixture.parts(law.model)
    np.testing.assert_allclose(np.exp(law.log_prob(x)), stats.norm.pdf(x[:, None], m, np.sqrt(v)) @ w, rtol=1e-10)
    np.testing.assert_allclose(law.cdf(x), stats.norm.cdf(x[:, None], m, np.sqrt(v)) @ w, atol=1e-12)
    np.testing.assert_allclose(law.log_prob(x), law.model.log_prob(x[:, None]), atol=1e-10)


def test_em_on_cells_ends_where_em_on_all_values_does():
    x = hills(3 * 4000)
    law = Mixtures().fit(x)
    peer = GaussianMixture(3, means_init=law.model.means, tol=1e-9, max_iter=500, random_state=0).fit(x[:, None])
    assert law.log_prob(x).mean() == pytest.approx(peer.score(x[:, None]), abs=1e-5)


def test_a_spike_on_ties_is_held_by_the_floor():
    x = np.concatenate([np.full(80, 2.0), hills(120)])
    law = Mixtures().fit(x)
    assert np.sqrt(line_mixture.parts(law.model)[2].min()) >= 0.999 * 0.02 * bandwidth.spread(x[:, None])
    assert "as narrow as is allowed" in law.note


@CANDIDATES
@settings(max_examples=20)
@given(shift=st.floats(-1e3, 1e3), log_scale=st.floats(-6, 6), seed=st.integers(0, 5))
def test_fits_follow_shifts_and_stretches(candidate, shift, log_scale, seed):
    x, scale = hills(90, seed), float(np.exp(log_scale))
    before, after = candidate.fit(x), candidate.fit(scale * x + shift)
    tolerance = 1e-6 * (1 + abs(shift) / scale)
    np.testing.assert_allclose(after.log_prob(scale * x + shift), before.log_prob(x) - log_scale, atol=tolerance)
    moved = before.rescaled(shift, scale)
    np.testing.assert_allclose(moved.log_prob(scale * x + shift), before.log_prob(x) - log_scale, atol=tolerance)


@pytest.mark.parametrize(("n", "tail"), [(40, 2.0), (3000, 2.0), (3000, 1.0)])
def test_cells_change_no_density(n, tail):
    x = np.random.Generator(np.random.PCG64(1)).standard_t(tail, n)
    law = Kernels().fit(x)
    at = np.concatenate([np.linspace(x.min() - 30 * law.h, x.max() + 30 * law.h, 301), x[:200]])
    exact = KDE.on_line(x[:, None], law.h).log_prob(at[:, None])
    near = exact > exact.max() - 40
    np.testing.assert_allclose(law.log_prob(at)[near], exact[near], atol=2e-4)
    np.testing.assert_allclose(law.log_prob(at), exact, rtol=1e-2)
    np.testing.assert_allclose(law.cdf(x[:50]), [stats.norm.cdf((v - x) / law.h).mean() for v in x[:50]], atol=1e-6)


def test_the_bandwidth_is_sheather_and_joness_or_silvermans():
    x = hills(300)
    assert Kernels().fit(x).h == pytest.approx(bandwidth.marks(x[:, None])["Sheather-Jones"])
    tied = np.repeat([0.0, 1.0, 2.0, 3.0, 50.0], 3)
    law = Kernels().fit(tied)
    assert law.rule in ("Sheather-Jones", "Silverman")
    assert np.isfinite(law.log_prob(tied)).all()


def test_what_leaks_below_zero_is_said():
    x = np.random.Generator(np.random.PCG64(0)).exponential(size=400)
    law = Kernels().fit(x)
    share = float(law.cdf(np.zeros(1))[0])
    assert f"{100 * share:.2g} % of its mass lies below 0" in law.note
    assert "below 0" not in Kernels().fit(x + 100).note


@CANDIDATES
def test_draws_follow_the_law(candidate):
    law = candidate.fit(hills(300))
    x = law.sample(3000, Key(1))
    assert x.shape == (3000, 1)
    assert stats.kstest(x[:, 0], law.cdf).pvalue > 1e-3
    np.testing.assert_array_equal(x, law.sample(3000, Key(1)))


@CANDIDATES
def test_the_held_out_score_comes_from_fits_without_the_held_out_values(candidate):
    x, key = hills(150), Key(3)
    row = ranking.judge(candidate, x, key)
    parts = held_out.parts(len(x))
    scores = [candidate.fit(np.delete(x, part)).log_prob(x[part]) for part in parts]
    assert row.held_out.value == pytest.approx(np.concatenate(scores).mean(), abs=1e-12)
    leaked = np.concatenate([candidate.fit(x).log_prob(x[part]) for part in parts])
    assert row.held_out.value < leaked.mean()


def test_a_kernel_estimate_has_no_aic_and_says_so():
    row = ranking.judge(Kernels(), hills(150), Key(0))
    assert row.parameters is None
    assert np.isnan([row.aic, row.bic]).all()
    assert "AIC and BIC are not defined" in row.note


def test_they_stand_in_one_table_with_the_families():
    *_, last = ranking.rank(hills(300), Key(0))
    titles = [row.title for row in last.state]
    assert titles[0] == "Gaussian mixture, K = 3"
    assert "Kernel density, Sheather-Jones" in titles[:3]
    assert len(titles) == 18


@CANDIDATES
@pytest.mark.parametrize(
    "x", [np.full(30, 2.0), np.arange(4.0), np.append(hills(30), np.nan)], ids=["flat", "few", "nan"]
)
def test_what_cannot_be_fitted_is_refused_in_a_sentence(candidate, x):
    with pytest.raises(Halt, match=r"^[A-Z0-9].*\.$"):
        candidate.fit(x)


def test_a_candidate_that_breaks_says_so_in_its_row():
    class Broken:
        name = title = "broken"

        def fit(self, x):
            raise FloatingPointError("secret")

    *_, last = ranking.rank(hills(90), Key(0), (Broken(), Kernels()))
    assert [row.name for row in last.state] == ["kernel", "broken"]
    assert last.state[1].problem == "The fit broke off with an unexpected FloatingPointError."


def test_covariance_and_kernels_agree_on_the_spread():
    x = hills(600)
    law = Kernels().fit(x)
    draws = law.sample(200_000, Key(0))[:, 0]
    assert draws.var() == pytest.approx(kde.covariance(x[:, None])[0, 0] * (len(x) - 1) / len(x) + law.h**2, rel=0.02)
