"""Two runs side by side, and the marker in the link: whose epochs they count, and what a link may ask for."""

import numpy as np
import pytest

from core.key import Key
from core.process import Step
from playground.rungs.vae import losses, marker, plane, twin
from playground.runs.runs import Run
from tests.playground.rungs.vae import sets


def run(name, fork=None):
    return Run(name, ("digest", "config", False, 0, fork), "", None)


def test_epochs_count_from_the_start_of_the_run_that_was_left():
    first = run("vae-1")
    forked = run("vae-2", ("vae-1", 8))
    again = run("vae-3", ("vae-2", 5))
    assert twin.since(first) == 0
    assert twin.since(forked, first) == 8
    assert twin.since(again, forked) == 13
    assert twin.since(again, first) == 5, "of a run that is not kept nothing is known"


def steps(n):
    means = np.zeros((3, 2))
    history = [[i, 5.0 - i, 4.0 - i, 1.0, np.nan, 1.0] for i in range(n)]
    arrays = [{"means": means, "rows": np.arange(3), "history": np.array(history[: i + 1])} for i in range(n)]
    return [Step(i, sets.model(), arrays=arrays[i]) for i in range(n)]


def test_snapshots_say_their_epoch_so_that_two_pads_can_meet():
    assert [s.metrics["epoch"] for s in plane.films(steps(3), 8)] == [8, 9, 10]
    assert plane.caption(steps(3)[2], 8) == "Epoch 2 of the fork, 10 in all"
    assert plane.caption(steps(3)[0]) == "Before the first epoch"


def test_a_fork_is_drawn_where_it_left_the_run_it_came_from():
    kept, now = steps(6), steps(3)
    charts = losses.charts((now[-1], 4), (kept[-1], 0), now[1], 10, False)
    chart = charts["KL"].to_dict()
    tables = list(chart["datasets"].values())
    epochs = sorted([[row["epoch"] for row in table] for table in tables], key=len)
    assert epochs == [[5], [4, 5, 6], [0, 1, 2, 3, 4, 5]], "the frame on show, the fork, the kept run"
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 14]


def test_the_plane_is_the_one_the_codes_vary_along():
    means = np.random.default_rng(0).normal(size=(50, 5)) * [0.1, 2.0, 0.1, 0.1, 1.0]
    assert plane.widest(means) == (1, 4)
    assert plane.widest(means[:, :2] * [1, 0]) == (0, 1)
    mean, log_var = np.arange(5.0), np.log(np.arange(1.0, 6.0))
    (ellipse, points), draws = plane.over(mean, log_var, Key(0), (1, 4))
    np.testing.assert_allclose(ellipse.mean, [[1, 4]])
    np.testing.assert_allclose(ellipse.cov[0], np.diag([2.0, 5.0]))
    np.testing.assert_array_equal(points.xy, draws[:, [1, 4]])


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("0.5,-1.25", (0.5, -1.25)),
        ("", None),
        ("1", None),
        ("1,2,3", None),
        ("nan,0", None),
        ("inf,0", None),
        ("99,0", None),
        ("1,2;0", None),
        ("<script>,1", None),
        ("1," * 500, None),
    ],
)
def test_a_link_sends_the_marker_only_where_it_can_go(text, want):
    found = marker.parsed(text, sets.model())
    assert (None if found is None else tuple(found[0])) == want


def test_a_link_holds_the_label_of_a_model_that_was_told_one():
    model = sets.model(told=True)
    assert marker.parsed("0,1;1", model)[1] == (1,)
    assert marker.parsed("0,1;2", model) is None
    assert marker.parsed("0,1", model) is None
