"""Ten thousand fits at once end where each would have ended alone."""

import numpy as np
import pytest

from core.key import Key
from core.mixture import basin, gmm
from core.mixture.gmm import COVARIANCES, GMM, Collapse, Config
from core.process import Step


def cloud(n=80, d=2):
    g = (Key(0) / "cloud").generator()
    return np.concatenate([g.normal(-2, 1, (n // 2, d)), g.normal(2, 0.7, (n - n // 2, d))])


def start_of(x, k, kind="full"):
    return gmm.initial(Config(k, kind, floor=0.0), x, Key(0))


def many_means(x, k, s, seed=1):
    g = Key(seed).generator()
    return np.array([x[g.choice(len(x), k, replace=False)] for _ in range(s)])


def alone(config, x, start, means):
    """The last Step of one fit and the Collapse it ended in, or None."""
    steps, fit = [], gmm.fit(config, x, Key(0), start=GMM(start.weights, means, start.covariances))
    try:
        for step in fit:
            steps.append(step)
    except Collapse as collapse:
        return steps[-1], collapse
    return steps[-1], None


def compare(config, x, s):
    start, means = start_of(x, config.components, config.covariance), many_means(x, config.components, s)
    return basin.settle(config, x, start, means), [alone(config, x, start, m) for m in means]


SOUND = {kind: Config(3, kind, floor=1e-3, iterations=60) for kind in COVARIANCES}
RUNS = pytest.mark.parametrize(
    ("config", "d"), [pytest.param(c, d, id=f"{kind}-{d}") for kind, c in SOUND.items() for d in (1, 2)]
)


@RUNS
def test_every_end_is_the_end_of_a_fit_alone(config, d):
    ends, fits = compare(config, cloud(d=d), 12)
    for i, (last, _) in enumerate(fits):
        model = ends.model(i)
        assert model.weights == pytest.approx(last.state.weights, abs=1e-9)
        assert model.means == pytest.approx(last.state.means, abs=1e-9)
        assert model.covariances == pytest.approx(last.state.covariances, abs=1e-9)


@RUNS
def test_every_log_likelihood_and_count_is_that_of_a_fit_alone(config, d):
    ends, fits = compare(config, cloud(d=d), 12)
    assert ends.log_likelihood == pytest.approx([last.metrics["log_likelihood"] for last, _ in fits], abs=1e-9)
    assert ends.iterations.tolist() == [last.index // 2 for last, _ in fits]


def spiky():
    """Points of which one lies alone, so that some starts collapse onto it and some do not."""
    return np.concatenate([cloud(40, 1), [[9.0]]]), Config(3, "full", floor=0.0, iterations=100)


def test_the_same_starts_collapse_onto_the_same_point_as_alone():
    x, config = spiky()
    ends, fits = compare(config, x, 60)
    expected = [-1 if collapse is None else collapse.point for _, collapse in fits]
    assert 5 < sum(point >= 0 for point in expected) < 55
    assert ends.point.tolist() == expected


def test_a_collapsed_start_keeps_its_last_sound_mixture():
    x, config = spiky()
    ends, fits = compare(config, x, 60)
    for i, (last, collapse) in enumerate(fits):
        if collapse:
            assert ends.model(i).means == pytest.approx(last.state.means, abs=1e-7)
            assert ends.iterations[i] == collapse.iteration - 1


def test_ends_are_finite_even_where_starts_collapse():
    x, config = spiky()
    ends, _ = compare(config, x, 60)
    assert all(np.isfinite(getattr(ends, name)).all() for name in ("weights", "means", "covariances", "log_likelihood"))


def test_a_collapse_onto_a_line_names_a_point_on_it():
    line = np.column_stack([np.linspace(0, 1, 9), np.linspace(0, 1, 9)])
    x = np.concatenate([line, [[30.0, -30.0], [31.0, -30.0], [30.0, -31.0]]])
    start = GMM(np.full(2, 0.5), np.array([[0.5, 0.5], [30.3, -30.3]]), np.broadcast_to(np.eye(2), (2, 2, 2)))
    ends = basin.settle(Config(2, floor=0.0), x, start, start.means[None])
    assert 0 <= ends.point[0] < 9


def test_best_is_the_most_likely_start_that_did_not_collapse():
    x, config = spiky()
    ends, fits = compare(config, x, 60)
    sound = [last.metrics["log_likelihood"] for last, collapse in fits if collapse is None]
    assert not ends.collapsed[ends.best()]
    assert ends.log_likelihood[ends.best()] == pytest.approx(max(sound), abs=1e-9)


def test_there_is_no_best_where_all_collapsed():
    x = np.array([[0.0], [10.0]])
    start = GMM(np.full(2, 0.5), x, np.ones((2, 1, 1)))
    assert basin.settle(Config(2, floor=0.0), x, start, x[None]).best() is None


def demonstration(side):
    """Every start of the two means on a grid over the classic 600 points."""
    draw = np.random.RandomState(42)
    x = np.concatenate([draw.normal(-2, 1, 300), draw.normal(2, 1, 300)])[:, None]
    start = GMM(np.array([0.5, 0.5]), np.array([[1.0], [2.0]]), np.array([[[1.5]], [[1.5]]]))
    means = basin.plane_starts(start, (0, 0), (1, 0), np.array([[-6.0, 6.0], [-6.0, 6.0]]), side)
    return basin.settle(Config(2, floor=0.0, tolerance=1e-3, iterations=60), x, start, means)


def test_ten_thousand_starts_of_the_demonstration_end():
    ends = demonstration(100)
    assert ends.means.shape == (10_000, 2, 1)
    assert np.isfinite(ends.log_likelihood).all()
    assert not ends.running.any()


def test_exchanging_the_starts_of_the_demonstration_exchanges_the_ends():
    ends = demonstration(20).means[..., 0].reshape(20, 20, 2)
    assert ends == pytest.approx(ends.transpose(1, 0, 2)[..., ::-1], abs=1e-9)


def steps_of(every, iterations=10, tolerance=0.0):
    x = cloud()
    config = Config(2, floor=1e-3, tolerance=tolerance, iterations=iterations)
    return list(basin.descend(config, x, start_of(x, 2), many_means(x, 2, 6), every))


@pytest.mark.parametrize("every", [1, 3, 5, 100])
def test_how_often_one_looks_does_not_change_the_end(every):
    assert np.array_equal(steps_of(every)[-1].state.means, steps_of(2)[-1].state.means)


@pytest.mark.parametrize("every", [1, 3, 5, 10, 100])
def test_indices_never_repeat(every):
    indices = [step.index for step in steps_of(every)]
    assert len(set(indices)) == len(indices)


def test_a_step_shows_the_iterations_done_so_far():
    for step in steps_of(3)[:-1]:
        assert (step.state.iterations[step.state.running] == step.index).all()


def test_every_log_likelihood_shown_is_that_of_the_mixture_shown():
    for step in steps_of(3):
        expected = [step.state.model(i).log_prob(cloud()).mean() for i in range(6)]
        assert step.state.log_likelihood == pytest.approx(expected, abs=1e-10), step.index


def test_the_last_step_has_nothing_running():
    assert steps_of(3)[-1].metrics["running"] == 0


def test_steps_are_snapshots():
    x = cloud()
    fit = basin.descend(Config(2, tolerance=0.0, iterations=9), x, start_of(x, 2), many_means(x, 2, 6), 2)
    recorded = [(step, step.state.means.copy()) for step in fit]
    assert all(np.array_equal(step.state.means, means) for step, means in recorded)


def test_ends_are_read_only():
    ends = steps_of(3)[0].state
    assert isinstance(steps_of(3)[0], Step)
    with pytest.raises(ValueError, match="read-only"):
        ends.means[...] = 0


# The grid of starts


BOUNDS = np.array([[0.0, 4.0], [10.0, 30.0]])


def grid():
    start = GMM(np.full(3, 1 / 3), np.arange(6.0).reshape(3, 2), np.broadcast_to(np.eye(2), (3, 2, 2)))
    return start, basin.plane_starts(start, (0, 1), (2, 0), BOUNDS, 4).reshape(4, 4, 3, 2)


def test_the_first_coordinate_varies_along_a_row_at_cell_centres():
    assert np.array_equal(grid()[1][:, :, 0, 1], np.tile([0.5, 1.5, 2.5, 3.5], (4, 1)))


def test_the_second_coordinate_varies_down_a_column_at_cell_centres():
    assert np.array_equal(grid()[1][:, :, 2, 0], np.tile([[12.5], [17.5], [22.5], [27.5]], (1, 4)))


def test_the_other_coordinates_stay():
    start, means = grid()
    still = np.ones((3, 2), bool)
    still[0, 1] = still[2, 0] = False
    assert (means[..., still] == start.means[still]).all()


def test_ends_are_counted_from_the_best_and_placed_deep_inside_their_basins():
    side = 20
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    level = np.where(x < 12, -1.0, -2.0)
    level[(x - 15) ** 2 + (y - 10) ** 2 <= 9] = -0.5
    collapsed = np.zeros(side * side, bool)
    collapsed[:side] = True
    found = basin.reached(level.ravel(), collapsed, side)
    assert [end.level for end in found] == [-0.5, -1.0, -2.0]
    assert sum(end.share for end in found) == pytest.approx(1)
    assert found[0].start == 10 * side + 15  # the middle of the disc
    assert 4 <= found[1].start % side <= 7
    assert [level.ravel()[end.start] for end in found] == [-0.5, -1.0, -2.0]


def test_levels_a_hair_apart_are_one_end_and_where_all_collapsed_there_is_none():
    level = -1 - np.linspace(0, 0.9e-3, 16)
    assert len(basin.reached(level, np.zeros(16, bool), 4)) == 1
    assert basin.reached(level, np.ones(16, bool), 4) == ()
