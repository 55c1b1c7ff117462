"""Steps cannot be changed; a Trace keeps within its bytes, evenly, with the first and the newest step."""

import threading
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import process
from core.process import Step, Trace, frozen, nbytes


@pytest.fixture(autouse=True, scope="module")
def arrays_alone():
    """Count the bytes of arrays only, so that small limits mean what they say."""
    before, process.OVERHEAD = process.OVERHEAD, 0
    yield
    process.OVERHEAD = before


def step(index, size=1):
    return Step(index, np.zeros(size, np.uint8), metrics={"index_squared": float(index**2)})


def kept(trace):
    return [s.index for s in trace]


RUNS = (st.lists(st.integers(0, 60), min_size=1, max_size=120), st.integers(0, 400))


@given(*RUNS)
def test_bytes_stay_within_the_limit_once_more_than_two_steps_are_kept(sizes, limit):
    trace = Trace(limit=limit)
    for i, size in enumerate(sizes):
        trace.append(step(i, size))
        assert trace.nbytes <= limit or len(trace) <= 2


@given(*RUNS)
def test_bytes_reported_are_the_bytes_held(sizes, limit):
    trace = Trace(limit=limit)
    for i, size in enumerate(sizes):
        trace.append(step(i, size))
        assert trace.nbytes == sum(sizes[j] for j in kept(trace))


@given(*RUNS)
def test_the_first_and_the_newest_step_are_always_kept(sizes, limit):
    trace = Trace(limit=limit)
    for i, size in enumerate(sizes):
        trace.append(step(i, size))
        assert (trace[0].index, trace[-1].index) == (0, i)


@given(*RUNS)
def test_what_is_kept_is_every_stride_th_step_and_the_newest(sizes, limit):
    trace = Trace(limit=limit)
    for i, size in enumerate(sizes):
        trace.append(step(i, size))
        *older, newest = kept(trace)
        stride = older[1] if len(older) > 1 else max(newest, 1)
        assert stride & (stride - 1) == 0 or len(older) <= 1  # a power of two
        assert older == list(range(0, newest, stride))
        assert newest == i


@given(*RUNS)
def test_the_version_grows_exactly_when_an_older_step_was_dropped(sizes, limit):
    trace = Trace(limit=limit)
    for i, size in enumerate(sizes):
        version, before = trace.version, kept(trace)
        trace.append(step(i, size))
        grew, after = trace.version > version, set(kept(trace))
        assert grew or set(before[:-1]) <= after  # the newest alone may be replaced without notice
        assert not (grew and set(before) <= after)
        assert trace.version >= version


def test_nothing_is_dropped_below_the_limit():
    trace = Trace((step(i, 10) for i in range(100)), limit=1000)
    assert (len(trace), trace.version) == (100, 0)


def test_a_long_run_leaves_at_least_half_of_what_fits():
    trace = Trace((step(i, 10) for i in range(5000)), limit=1000)
    assert 50 <= len(trace) <= 100


def test_metrics_are_columns_with_nan_where_a_metric_was_absent():
    trace = Trace(
        [Step(0, 0.0, metrics={"a": 1.0}), Step(1, 0.0, metrics={"b": 2.0}), Step(5, 0.0, metrics={"a": 3.0})]
    )
    table = trace.metrics()
    assert list(table) == ["index", "a", "b"]
    assert table["index"].tolist() == [0, 1, 5]
    assert np.array_equal(table["a"], [1, np.nan, 3], equal_nan=True)
    assert np.array_equal(table["b"], [np.nan, 2, np.nan], equal_nan=True)


def test_an_empty_trace_has_no_rows():
    assert Trace().metrics()["index"].shape == (0,)


def test_indexing_beyond_what_is_kept_raises():
    with pytest.raises(IndexError):
        Trace([step(0)])[1]


def test_iteration_is_over_one_moment():
    trace = Trace([step(0), step(1)])
    walk = iter(trace)
    trace.append(step(2))
    assert [s.index for s in walk] == [0, 1]


def test_a_reader_in_another_thread_always_sees_an_even_film():
    trace = Trace(limit=2000)
    done, seen, bad = threading.Event(), 0, []

    def write():
        for i in range(6000):
            trace.append(step(i, 37))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    version = 0
    while not done.is_set() or not seen:
        now, steps = trace.snapshot()
        *older, _ = (s.index for s in steps) if steps else (0,)
        if len(set(np.diff(older))) > 1 or (older and older[0]) or now < version:
            bad.append(older)
        version, seen = now, seen + 1
    writer.join()
    assert not bad
    assert trace[-1].index == 5999


@dataclass
class Pair:
    a: np.ndarray
    b: object


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.zeros((3, 4)), 96),
        ({"a": np.zeros(2), "b": [np.zeros(1), np.zeros(1)]}, 32),
        ((np.zeros(2), "text", 3), 16),
        (Pair(np.zeros(2), Pair(np.zeros(1), None)), 24),
        (Step(0, Pair(np.zeros(2), 1), arrays={"r": np.zeros(5, np.float32)}), 36),
        (None, 0),
    ],
    ids=["array", "mapping", "tuple", "nested dataclass", "step", "none"],
)
def test_nbytes_counts_every_array_once(value, expected):
    assert nbytes(value) == expected


def test_a_step_cannot_be_assigned_to():
    with pytest.raises(AttributeError):
        step(0).index = 1


@pytest.mark.parametrize("name", ["metrics", "arrays"])
def test_the_mappings_of_a_step_are_read_only(name):
    s = Step(0, 0.0, metrics={"a": 1.0}, arrays={"a": np.zeros(3)})
    with pytest.raises(TypeError):
        getattr(s, name)["a"] = 2


def test_the_arrays_of_a_step_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Step(0, 0.0, arrays={"a": np.zeros(3)}).arrays["a"][0] = 1


def test_a_step_does_not_follow_the_dictionary_it_was_made_from():
    metrics = {"a": 1.0}
    s = Step(0, 0.0, metrics=metrics)
    metrics["a"] = 2.0
    assert s.metrics["a"] == 1.0


def test_frozen_leaves_the_original_writable():
    a = np.zeros(3)
    frozen(a)
    a[0] = 1
    assert a[0] == 1


def test_a_trace_counts_the_arrays_beside_the_state():
    steps = [Step(i, np.zeros(2), arrays={"a": np.full(1000, float(i)), "b": np.zeros(10)}) for i in range(40)]
    trace = Trace(steps[:1])
    assert trace.nbytes >= 8 * (2 + 1000 + 10)
    bounded = Trace(steps, limit=10 * trace.nbytes)
    assert 2 < len(bounded) <= 10
    assert bounded[-1].index == 39
