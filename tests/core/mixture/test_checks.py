"""The self-test strip: it holds for what is right, and breaks for each thing that is made wrong."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.check import Check
from core.dataset import Dataset, around
from core.key import Key
from core.mixture import checks
from core.mixture.gmm import COVARIANCES, GMM, Config, fit
from core.process import frozen
from core.units import units_of


def slack_of(model, floor):
    return checks.slack(model.weights, model.covariances, floor)


def rotation(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def mixture(seed, d, thinnest=1e-5):
    """Up to five components whose deviations span eight decades, so that some are needles."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 6))
    deviations = 10 ** rng.uniform(np.log10(thinnest), 3, size=(k, d))
    turns = [rotation(angle) if d == 2 else np.eye(1) for angle in rng.uniform(0, np.pi, k)]
    covariances = np.array([t @ np.diag(s**2) @ t.T for t, s in zip(turns, deviations, strict=True)])
    weights = rng.dirichlet(np.ones(k))
    return GMM(weights, rng.normal(0, 3, (k, d)), (covariances + covariances.transpose(0, 2, 1)) / 2)


def falsified(model, **values):
    """A copy of a mixture that its own constructor would have refused."""
    copy = GMM(model.weights, model.means, model.covariances)
    for name, value in values.items():
        object.__setattr__(copy, name, frozen(np.asarray(value)))
    return copy


class Steeper(GMM):
    """A mixture whose density is wrong: it forgets a part of its normaliser."""

    def log_joint(self, x):
        return super().log_joint(x) + 1e-5


@given(some.integers(0, 10**6))
def test_the_mass_of_a_mixture_on_the_line_is_one(seed):
    assert checks.mass(mixture(seed, 1)) == pytest.approx(1, abs=1e-9)


@given(some.integers(0, 10**6))
@settings(max_examples=25)
def test_the_mass_of_a_mixture_in_the_plane_is_one(seed):
    assert checks.mass(mixture(seed, 2, thinnest=1e-3)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("d", [1, 2])
def test_a_needle_beside_a_hill_is_seen(d):
    hill = GMM(np.array([0.5, 0.5]), np.zeros((2, d)), np.stack([np.eye(d), 1e-10 * np.eye(d)]))
    assert checks.mass(hill) == pytest.approx(1, abs=1e-9)
    assert checks.mass(falsified(hill, weights=[0.5, 0.4])) == pytest.approx(0.9, abs=1e-9)


@pytest.mark.parametrize("d", [1, 2])
def test_the_mass_of_a_wrong_density_is_not_one(d):
    model = mixture(3, d, 1e-2)
    wrong = Steeper(model.weights, model.means, model.covariances)
    assert checks.mass(wrong) == pytest.approx(np.exp(1e-5), abs=1e-9)


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (Check("a", 1.0, 1.0, 0.0), True),
        (Check("a", 1.1, 1.0, 0.05), False),
        (Check("a", 0.9, 1.0, 0.05), False),
        (Check("a", 0.96, 1.0, 0.05), True),
        (Check("a", 5.0, 0.0, 1e-9, at_least=True), True),
        (Check("a", -1e-10, 0.0, 1e-9, at_least=True), True),
        (Check("a", -1e-8, 0.0, 1e-9, at_least=True), False),
        (Check("a", float("nan"), 0.0, 1e9), False),
        (Check("a", float("nan"), 0.0, 1e9, at_least=True), False),
        (Check("a", float("inf"), 0.0, 1e9), False),
    ],
)
def test_verdicts(check, holds):
    assert check.holds is holds


def hills(seed, d, n=90):
    """Points around three centres."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (3, d))[rng.integers(0, 3, n)] + rng.normal(0, 0.4, (n, d))


def falls(steps):
    """(loss of log-likelihood, model) of every M-step."""
    pairs = zip(steps, steps[1:], strict=False)
    return [(a.metrics["log_likelihood"] - b.metrics["log_likelihood"], b.state) for a, b in pairs if b.phase == "M"]


@given(
    some.integers(0, 10**6), some.sampled_from(COVARIANCES), some.floats(-6, 0), some.integers(1, 4), some.sampled_from((1, 2))
)  # fmt: skip
@settings(max_examples=25)
def test_no_m_step_loses_more_than_the_slack(seed, kind, power, k, d):
    x, floor = hills(seed, d), 10**power
    config = Config(components=k, covariance=kind, floor=1e-6, tolerance=1e-6, iterations=60)
    *_, end = fit(config, x, Key(seed))
    for start in (None, end.state):  # the second begins where a smaller floor ends, from which a floor can only fall
        steps = list(fit(replace(config, floor=floor, iterations=15, tolerance=0.0), x, Key(seed), start=start))
        for loss, model in falls(steps):
            assert loss <= slack_of(model, np.full(d, floor)) + 1e-10


@pytest.mark.parametrize("kind", COVARIANCES)
def test_a_floor_can_make_the_log_likelihood_fall(kind):
    x = hills(1, 2)
    config = Config(components=3, covariance=kind, floor=0.0, tolerance=1e-9, iterations=500)
    *_, end = fit(config, x, Key(1))
    steps = list(fit(replace(config, floor=0.3), x, Key(1), start=end.state))
    loss, model = max(falls(steps), key=lambda pair: pair[0])
    assert 1e-3 < loss <= slack_of(model, np.full(2, 0.3))
    assert all(check.holds for check in checks.of_mixture(steps, len(steps) - 1, np.full(2, 0.3)))
    assert not all(check.holds for check in checks.of_mixture(steps, len(steps) - 1, np.zeros(2)))


@given(some.integers(0, 10**6), some.sampled_from(COVARIANCES), some.floats(-3, 0))
@settings(max_examples=25)
def test_the_slack_holds_in_original_units(seed, kind, power):
    x = hills(seed, 2) * [1000.0, 0.01] + [5.0, 3.0]
    data = Dataset("a", x, around(x), ("a", "b"), standardise=True)
    units = units_of(data)
    config = Config(components=2, covariance=kind, floor=10**power, tolerance=0.0, iterations=10)
    steps = list(units.report(fit(config, units.standard(x), Key(seed))))
    for loss, model in falls(steps):
        assert loss <= slack_of(model, config.floor * units.scale**2) + 1e-10


def test_slack_without_a_floor_is_nothing():
    assert slack_of(mixture(0, 2), np.zeros(2)) == 0


@pytest.mark.parametrize("variance", [0.1, 1.0, 10.0])
def test_slack_of_one_gaussian_is_its_exact_loss(variance):
    floor = 0.5
    model = GMM(np.ones(1), np.zeros((1, 1)), np.array([[[variance + floor]]]))
    kept = -0.5 * np.log(variance) - 0.5
    lost = -0.5 * np.log(variance + floor) - 0.5 * variance / (variance + floor)
    assert slack_of(model, np.array([floor])) == pytest.approx(kept - lost, rel=1e-12)


@pytest.fixture(scope="module", params=[(kind, floor) for kind in COVARIANCES for floor in (0.0, 1e-3)], ids=str)
def run(request):
    kind, floor = request.param
    config = Config(components=3, covariance=kind, floor=floor, start="quantiles", iterations=40)
    return list(fit(config, hills(5, 2), Key(0))), np.full(2, floor)


def broken(steps, floor, shown=None):
    """The names of the identities that do not hold."""
    return [c.name for c in of_run(steps, len(steps) - 1 if shown is None else shown, floor) if not c.holds]


def of_run(steps, shown, floor):
    """All identities of a run, with the responsibilities that its own Steps hold."""
    return checks.of_mixture(steps, shown, floor, steps[shown].arrays.get("responsibilities"))


def test_all_identities_hold_at_every_step_of_a_real_run(run):
    steps, floor = run
    assert [broken(steps, floor, shown) for shown in range(len(steps))] == [[]] * len(steps)


def test_every_identity_that_applies_is_checked(run):
    steps, floor = run
    counts = [len(of_run(steps, shown, floor)) for shown in range(3)]
    assert counts == [2, 5, 5]  # a start has no responsibilities, no bound and nothing it climbed from


def test_wrong_weights_are_seen(run):
    steps, floor = run
    wrong = replace(steps[-1], state=falsified(steps[-1].state, weights=steps[-1].state.weights * 1.001))
    assert broken([*steps[:-1], wrong], floor) == ["weights sum to 1", "density integrates to 1"]


def test_wrong_responsibilities_are_seen(run):
    steps, floor = run
    r = steps[-1].arrays["responsibilities"].copy()
    r[7, 0] += 1e-9
    found = broken([*steps[:-1], replace(steps[-1], arrays={"responsibilities": r})], floor)
    assert found == ["responsibilities of each point sum to 1 (largest error)"]


@pytest.mark.parametrize(("phase", "off"), [("E", 1e-6), ("E", -1e-6), ("M", 1e-2)])
def test_a_wrong_bound_is_seen(run, phase, off):
    steps, floor = run
    shown = max(i for i, step in enumerate(steps) if step.phase == phase)
    level = steps[shown].metrics["log_likelihood"]
    wrong = replace(steps[shown], metrics={**steps[shown].metrics, "bound": level + off})
    assert len(broken([*steps[:shown], wrong], floor)) == 1


def test_a_fallen_log_likelihood_is_seen(run):
    steps, floor = run
    allowed = max(slack_of(step.state, floor) for step in steps[1:] if step.phase == "M")
    metrics = dict(steps[-1].metrics)
    fallen = {name: metrics[name] - allowed - 1e-6 for name in ("log_likelihood", "bound")}
    found = broken([*steps[:-1], replace(steps[-1], metrics={**metrics, **fallen})], floor)
    assert found == ["log-likelihood never fell (least gain, nats)"]


def test_a_fall_before_the_step_on_show_counts_and_one_after_it_does_not(run):
    steps, floor = run
    metrics = dict(steps[2].metrics)
    sunk = replace(steps[2], metrics={name: value - 50 for name, value in metrics.items()})
    wrong = [*steps[:2], sunk, *steps[3:]]
    assert broken(wrong, floor, 1) == []
    assert broken(wrong, floor, 3) != []


def test_a_fall_is_seen_although_a_feather_sits_on_the_floor():
    """A component of weight 1/100 at the floor can cost at most a hundredth of what one of weight 1 can."""
    floor = np.full(2, 1e-6)
    flat = np.stack([np.eye(2), np.diag(floor * (1 + 1e-9))])
    loss = slack_of(GMM(np.array([0.99, 0.01]), np.zeros((2, 2)), flat), floor)
    assert loss < 1
