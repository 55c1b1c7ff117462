"""A network's whole fit on another device, without one: what is left behind on the CPU is found wherever it is used.

Fake tensors have a shape, a dtype and a device and no numbers (PyTorch's `FakeTensorMode`); like a graphics card's they
refuse to be worked on together with the CPU's, or to become an array before they are brought back. The device is called
"meta", for PyTorch's builds without CUDA cannot even slice what lies on "cuda". Whoever is asked for a number says that
all is well, or a half.
"""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from core.options import Choice, options
from tests.catalogue import KEPT, example, fitted, module, worded

DEVICE = "meta"


class Numbers(TorchDispatchMode):
    """Answers where an operation needs a number that a fake tensor has not."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        try:
            return func(*args, **(kwargs or {}))
        except DataDependentOutputException:
            return True if args[0].dtype == torch.bool else 0.5


def array(tensor):
    """`Tensor.numpy` as the CPU's tensors have it, of zeros."""
    if tensor.device.type != "cpu":
        raise TypeError(f"A tensor on {tensor.device} is no array: bring it to the CPU first.")
    return np.zeros(tuple(tensor.shape), dtype=str(tensor.dtype).removeprefix("torch."))


@pytest.fixture
def elsewhere(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "numpy", array)
    with FakeTensorMode(allow_non_fake_inputs=True), Numbers():
        yield DEVICE


def paths(name):
    """The example's options, and those that lead through other lines: each word of each choice, each switch turned on.

    A switch is a number that is usually at its low end.
    """
    config, plain = example(name)[0], module(name).Config()
    yield "as it is", config
    for option in options(type(config)):
        usual, spec = getattr(plain, option.name), option.spec
        on = (option.kind(spec.high),) if not isinstance(spec, Choice) and usual == spec.low else ()
        if option.name == "symmetry":  # no part of a fit, and of wallpapers alone
            continue
        for value in spec.words if isinstance(spec, Choice) else on:
            with suppress(ValueError):  # not by itself
                yield worded({option.name: value}), replace(config, **{option.name: value})


@pytest.mark.parametrize(
    ("name", "config"),
    [pytest.param(name, config, id=f"{name}-{path}") for name in KEPT for path, config in paths(name)],
)
def test_a_fit_on_another_device_moves_all_it_works_with(name, config, elsewhere):
    labels = example(name, 24)[2]
    steps = fitted(name, 2, config, n=24, labels=labels, device=elsewhere)
    assert [step.index for step in steps] == [0, 1]
    assert {type(value) for value in steps[1].state.weights.values()} == {np.ndarray}


@pytest.mark.parametrize("name", KEPT)
def test_a_fit_is_resumed_on_another_device(name, elsewhere):
    more = {"n": 24, "labels": example(name, 24)[2], "device": elsewhere}
    before = fitted(name, 2, **more)[-1]
    assert fitted(name, 1, start=before, **more)[0].index == 2


def test_what_is_left_behind_is_found(elsewhere):
    there, here = torch.zeros(2, device=elsewhere), torch.from_numpy(np.zeros(2))
    assert (there + here.to(elsewhere)).device.type == elsewhere
    with pytest.raises(RuntimeError, match="same device"):
        there + here
    with pytest.raises(TypeError, match="bring it to the CPU"):
        there.numpy()
    assert there.cpu().numpy().shape == (2,)
