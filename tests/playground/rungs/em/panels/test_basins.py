"""The basin map: each place shows where the run that starts there ends."""

from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.key import Key
from core.mixture import basin
from core.mixture.basin import Ends
from core.mixture.gmm import Config
from playground.instruments.stage import pack, unpack
from playground.rungs.em import fitting
from playground.rungs.em.panels import basins

KEY = Key(0) / "em"


@pytest.fixture(scope="module", params=["demonstration", "faithful"])
def made(request):
    """A map and what it was made from, with a quarter of the usual starts."""
    dataset = builtin.load(request.param)
    config = Config(components=2, iterations=60)
    start = fitting.begin(dataset, config, KEY, None)
    chosen = basins.plane(dataset, 2, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basins, "SIDE", {1: 24, 2: 20})
        steps = list(basins.steps(dataset, config, start, chosen))
        scene = basins.scene(dataset, start, chosen, steps, "s")
        frames = basins.film(dataset, start, chosen)(steps, 0)
        places = basins.starts(dataset, start, chosen)
    return dataset, config, start, chosen, steps, scene, frames, places


def test_every_place_ends_where_a_fit_from_there_ends(made):
    dataset, config, start, chosen, steps, _, _, places = made
    ends = basins.levels(dataset, steps[-1].state)
    for i in np.random.default_rng(0).choice(len(places), 6, replace=False):
        *_, last = fitting.steps(dataset, config, KEY, fitting.begin(dataset, config, KEY, places[i]))
        assert ends[i] == pytest.approx(last.metrics["log_likelihood"], abs=1e-8)


def test_the_field_is_laid_out_as_the_starts_are(made):
    dataset, _, _, chosen, steps, scene, frames, places = made
    side = round(len(places) ** 0.5)
    values = frames[-1].arrays["reached"]["values"]
    assert values.shape == (side, side)
    across, up = (places[(slice(None), *c)].reshape(side, side) for c in (chosen.across, chosen.up))
    assert (np.diff(across, axis=1) > 0).all()
    assert (np.diff(up, axis=0) > 0).all()
    np.testing.assert_array_equal(values.ravel(), basins.levels(dataset, steps[-1].state))


def test_a_value_is_painted_where_its_start_is(made):
    dataset, _, _, chosen, _, scene, frames, places = made
    side = frames[-1].arrays["reached"]["values"].shape[0]
    across, up = (np.linspace(*axis, side) for axis in np.asarray(scene.bounds))
    np.testing.assert_allclose(places[(slice(0, side), *chosen.across)], across)
    np.testing.assert_allclose(places[(slice(None, None, side), *chosen.up)], up)


def test_the_map_ends_half_a_cell_inside_the_data_s_axes():
    chosen = basins.Plane((0, 0), (0, 1), np.array([[0.0, 10.0], [-1.0, 1.0]]))
    np.testing.assert_allclose(chosen.centres(20), [[0.25, 9.75], [-0.95, 0.95]])


def test_starts_that_collapsed_are_marked_where_they_are():
    dataset, config = builtin.load("galaxies"), Config(components=5, floor=0.0, iterations=60)
    start = fitting.begin(dataset, config, KEY, None)
    chosen = basins.plane(dataset, 5, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basins, "SIDE", {1: 10, 2: 10})
        steps = list(basins.steps(dataset, config, start, chosen))
        places = basins.starts(dataset, start, chosen)
        fallen = steps[-1].state.collapsed
        last = basins.film(dataset, start, chosen)(steps[-1:], len(steps) - 1)[0]
    wanted = [[places[i][chosen.across], places[i][chosen.up]] for i in np.flatnonzero(fallen)]
    assert 0 < len(wanted) < 100
    np.testing.assert_array_equal(last.arrays["collapsed"]["xy"], wanted)


def test_the_scene_and_every_frame_pack(made):
    *_, scene, frames, _ = made
    header = unpack(pack(scene, frames, run="r"))
    assert len(header["frames"]) == len(frames)
    field = header["scene"]["layers"][0]
    shown = header["frames"][-1]["arrays"]["reached"]["values"]
    assert field["vmin"] == pytest.approx(shown.min(), rel=1e-6)
    assert field["vmax"] == pytest.approx(shown.max(), rel=1e-6)


def test_the_hand_lies_at_the_start_and_moving_it_moves_two_coordinates(made):
    _, _, start, chosen, *_ = made
    here = chosen.hand(start)[0]
    np.testing.assert_array_equal(chosen.moved(start, here), start.means)
    moved = chosen.moved(start, here + [1.0, -2.0])
    assert moved[chosen.across] == start.means[chosen.across] + 1
    assert moved[chosen.up] == start.means[chosen.up] - 2
    assert (moved != start.means).sum() == 2


def test_the_rest_of_the_start_stays_when_the_map_is_dragged(made):
    dataset, config, start, chosen, *_ = made
    dragged = fitting.begin(dataset, config, KEY, chosen.moved(start, np.array([0.3, 0.7])))
    assert basins.rest(dragged, chosen) == basins.rest(start, chosen)
    other = basins.plane(dataset, 2, 0)
    if dataset.dim == 2:
        assert basins.rest(dragged, other) != basins.rest(start, other)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_a_map_of_one_column_sweeps_two_components(k):
    dataset = builtin.load("normal")
    for component in range(k):
        chosen = basins.plane(dataset, k, component)
        assert chosen.across == (component, 0)
        assert chosen.up[0] != component
        assert chosen.up[0] < k


def ends(levels, points):
    """Ends of a whole map of one column: these many each of the same share of the starts."""
    each = 100 * 100 // len(levels)
    levels, points, n = np.repeat(levels, each), np.repeat(points, each), each * len(levels)
    return Ends(
        np.ones((n, 1)), np.zeros((n, 1, 1)), np.ones((n, 1, 1, 1)), np.array(levels, float), np.zeros(n, int),
        np.array(points), np.zeros(n, bool),
    )  # fmt: skip


def test_the_summary_counts_ends_shares_and_collapses():
    said = basins.summary(builtin.load("normal"), ends([-1, -1, -1, -2, 50], [-1, -1, -1, -1, 3]))
    assert "2,000 of 10,000 starts collapsed" in said
    assert "75% of the sound starts reach the best, \N{MINUS SIGN}1.0000 nats" in said
    assert "2 different ends" in said
    assert "| 1 | **\N{MINUS SIGN}1.0000** | nats per point, 75.0% of starts |" in said
    assert "| 2 | **\N{MINUS SIGN}2.0000** | nats per point, 25.0% of starts |" in said
    assert "from \N{MINUS SIGN}2.0000 (pale) to \N{MINUS SIGN}1.0000 (full)" in said


def test_the_summary_where_all_collapsed():
    said = basins.summary(builtin.load("normal"), ends([9, 9], [0, 1]))
    assert "10,000 of 10,000 starts collapsed" in said
    assert "No start came to rest" in said


def test_one_end_for_all_is_one_colour():
    dataset = builtin.load("faithful")
    config = Config(components=1)
    start = fitting.begin(dataset, config, KEY, None)
    chosen = basins.plane(dataset, 1, 0)
    steps = list(basins.steps(dataset, config, start, chosen))
    field = basins.scene(dataset, start, chosen, steps, "s").layers[0]
    assert field.vmax - field.vmin >= 1e-3 * (1 - 1e-9)  # nats: what the summary calls one end
    assert field.vmin <= basins.levels(dataset, steps[-1].state).max() <= field.vmax


def test_the_last_frame_numbers_the_ends_where_they_are_reached(made):
    dataset, config, start, chosen, *_ = made
    *_, last = basins.steps(dataset, config, start, chosen)
    shown = basins.film(dataset, start, chosen)([last], 0)[0].arrays
    found = basins.numbered(dataset, last.state)[: basins.NUMBERED]
    assert len(shown["ends"]["mean"]) == len(found)
    for place, end in zip(shown["ends"]["mean"], found, strict=True):
        *_, step = fitting.steps(dataset, config, KEY, replace(start, means=chosen.moved(start, place)))
        assert step.metrics["log_likelihood"] == pytest.approx(end.level, abs=basin.APART + 1e-6)
    first = next(basins.steps(dataset, config, start, chosen))
    if first.state.running.any():
        assert not len(basins.film(dataset, start, chosen)([first], 0)[0].arrays["ends"]["mean"])
