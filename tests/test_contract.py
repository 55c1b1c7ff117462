"""What every model in the catalogue owes, asked of each without its help.

A model that joins `core.MODELS` is held to all of this unasked. Only the first steps of a fit are taken, so a model that
trains for an hour is examined in seconds.
"""

import dataclasses
import inspect
import re
from collections.abc import Mapping
from functools import cache
from itertools import islice

import numpy as np
import pytest

from core.dataset import Truth
from core.key import Key
from core.options import options
from core.process import Step
from tests import catalogue
from tests.catalogue import corners, example, fitted, module, worded

EVERY = pytest.mark.parametrize("name", catalogue.EVERY)
TAKEN = 24  # steps of a fit that are looked at, or as many as it has


@cache
def recorded(name):
    return fitted(name, TAKEN)


def arrays(value, path="state"):
    """Every array held by a state, with the path to it."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, Mapping):
        for k, v in value.items():
            yield from arrays(v, f"{path}[{k!r}]")
    elif isinstance(value, (list, tuple)):
        for i, v in enumerate(value):
            yield from arrays(v, f"{path}[{i}]")
    elif dataclasses.is_dataclass(value):
        for f in dataclasses.fields(value):
            yield from arrays(getattr(value, f.name), f"{path}.{f.name}")


def everything(step):
    """All that a Step holds, as comparable values."""
    held = {path: array.tobytes() for path, array in [*arrays(step.state), *arrays(dict(step.arrays), "arrays")]}
    return step.index, step.phase, dict(step.metrics), held


@EVERY
def test_the_module_declares_a_frozen_config(name):
    made = module(name).Config()
    field = dataclasses.fields(made)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(made, field, getattr(made, field))


@EVERY
def test_fit_has_the_one_signature(name):
    parameters = inspect.signature(module(name).fit).parameters
    assert list(parameters)[:3] == ["config", "x", "key"]
    assert {parameters[p].kind for p in ("start", "device")} == {inspect.Parameter.KEYWORD_ONLY}


@EVERY
def test_the_docstring_names_a_reference(name):
    assert re.search(r"\b(19|20)\d\d\b", module(name).__doc__)


def public(m):
    """Public functions, classes and methods that a module defines itself."""
    for name, thing in vars(m).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != m.__name__:
            continue
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield name, thing
        if inspect.isclass(thing):
            for method, value in vars(thing).items():
                value = getattr(value, "fget", value)
                if not method.startswith("_") and inspect.isfunction(value):
                    yield f"{name}.{method}", value


@EVERY
def test_everything_public_has_a_docstring(name):
    assert [path for path, thing in public(module(name)) if not thing.__doc__] == []


@EVERY
def test_every_option_has_a_label(name):
    for option in options(module(name).Config):
        assert option.spec.label[:1].isupper(), option.name


# A fit is a process


@EVERY
def test_fit_yields_steps_numbered_from_zero(name):
    steps = recorded(name)
    assert all(isinstance(step, Step) for step in steps)
    assert [step.index for step in steps] == list(range(len(steps)))


@EVERY
def test_the_same_key_gives_the_same_fit(name):
    assert list(map(everything, fitted(name, TAKEN))) == list(map(everything, recorded(name)))


@EVERY
def test_another_key_gives_another_fit(name):
    assert everything(fitted(name, 2, key=Key(1))[-1]) != everything(recorded(name)[1])


@EVERY
def test_steps_are_true_snapshots(name):
    config, x, _ = example(name)
    kept = [(step, everything(step)) for step in islice(module(name).fit(config, x, Key(0)), TAKEN)]
    for step, then in kept:
        assert everything(step) == then, step.index


@EVERY
def test_every_array_of_a_step_is_read_only(name):
    for step in recorded(name):
        held = [*arrays(step.state), *arrays(dict(step.arrays), "arrays")]
        assert [path for path, array in held if array.flags.writeable] == []


@EVERY
def test_metrics_are_finite(name):
    for step in recorded(name):
        bad = [k for k, v in step.metrics.items() if np.isnan(v) or (np.isinf(v) and k != "gain")]
        assert bad == [], step.index


@EVERY
def test_states_are_finite(name):
    for step in recorded(name):
        assert [path for path, array in arrays(step.state) if not np.isfinite(array).all()] == [], step.index


@EVERY
def test_every_parameter_array_moves(name):
    first, last = (dict(arrays(step.state)) for step in (recorded(name)[0], recorded(name)[-1]))
    assert [path for path in first if np.array_equal(first[path], last[path])] == []


@EVERY
@pytest.mark.parametrize("k", [0, 1, 2, 7])
def test_resuming_from_step_k_equals_never_having_stopped(name, k):
    steps = recorded(name)
    assert len(steps) > k + 1
    again = fitted(name, TAKEN - k - 1, start=steps[k])
    assert list(map(everything, again)) == list(map(everything, steps[k + 1 :]))


@EVERY
def test_fit_leaves_the_points_as_they_are(name):
    config, x, _ = example(name)
    before = x.copy()
    list(islice(module(name).fit(config, x, Key(0)), 4))
    assert np.array_equal(x, before)


# A state is a model


@EVERY
@pytest.mark.parametrize("n", [1, 7, 70])
def test_samples_have_the_shape_of_the_data_and_are_finite(name, n):
    for step in recorded(name):
        drawn = step.state.sample(n, Key(3))
        assert drawn.shape == (n, *example(name)[1].shape[1:]), step.index
        assert np.isfinite(drawn).all(), step.index


@EVERY
def test_samples_depend_on_the_key_and_not_on_draws_made_before(name):
    model = recorded(name)[-1].state
    before = model.sample(50, Key(3))
    model.sample(17, Key(4))
    assert np.array_equal(model.sample(50, Key(3)), before)


@EVERY
def test_another_key_gives_other_samples(name):
    model = recorded(name)[-1].state
    assert not np.array_equal(model.sample(50, Key(3)), model.sample(50, Key(4)))


def density_on_grid(model, half=14.0, side=600):
    """log p and the area of a cell, on a square that holds the data many times over."""
    axis = (np.arange(side) + 0.5) / side * 2 * half - half
    grid = np.stack([a.ravel() for a in np.meshgrid(axis, axis)], axis=1)
    return model.log_prob(grid), (2 * half / side) ** 2


def first_and_last(name):
    """The first and the last model recorded, if they have a density."""
    models = [recorded(name)[i].state for i in (0, -1)]
    return [model for model in models if isinstance(model, Truth)]


@EVERY
def test_the_density_integrates_to_one(name):
    for model in first_and_last(name):
        log_p, cell = density_on_grid(model)
        assert np.exp(log_p).sum() * cell == pytest.approx(1, abs=1e-3)


@EVERY
def test_the_density_agrees_with_the_samples(name):
    for model in first_and_last(name):
        log_p, cell = density_on_grid(model)
        entropy = -(np.exp(log_p) * np.where(np.exp(log_p) > 0, log_p, 0)).sum() * cell
        score = model.log_prob(model.sample(5000, Key(5)))
        assert abs(score.mean() + entropy) < 5 * score.std() / np.sqrt(len(score)) + 1e-3


@pytest.mark.parametrize(
    ("name", "corner"),
    [pytest.param(name, corner, id=f"{name}-{worded(corner)}") for name in catalogue.EVERY for corner in corners(name)],
)
def test_a_corner_of_the_config_fits_a_step_or_says_why_not(name, corner):
    refusal, steps = "", []
    try:
        steps = fitted(name, 4, dataclasses.replace(example(name)[0], **corner))
    except ValueError as error:
        refusal = str(error)
    assert refusal or all(np.isfinite(step.state.sample(3, Key(0))).all() for step in (steps[0], steps[-1]))
    assert not refusal or re.fullmatch(r"[A-Z0-9].{19,}\.", refusal, re.DOTALL)


@EVERY
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_hardly_any_points_are_fitted_or_refused_by_a_sentence(name, n):
    refusal, steps = "", []
    try:
        steps = fitted(name, 4, n=n)
    except ValueError as error:
        refusal = str(error)
    assert steps or refusal
    assert not refusal or re.fullmatch(r"[A-Z0-9].{19,}\.", refusal, re.DOTALL)
