"""The peer of the painter of digits: each pixel from those before it alone, a probability over all pictures."""

import itertools

import numpy as np
import pytest
import torch

from checkpoints import pixelcnn
from core.checkpoint import Checkpoint
from core.painting import recipes as paint_recipes
from core.vae import recipes as vae_recipes
from playground.rungs.paint.numbers import likelihoods


@pytest.fixture
def loud():
    """A network whose weights are large enough that every path shows."""
    net = pixelcnn.network(3, 0).eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(0.4 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)))
    return net


def test_a_pixel_hears_only_of_those_before_it(loud):
    x = torch.rand(1, 1, 5, 4, requires_grad=True)
    said = loud(x)[0].sum(dim=0).flatten()
    for i, one in enumerate(said):
        (slope,) = torch.autograd.grad(one, x, retain_graph=True)
        heard = slope.flatten() != 0
        assert not heard[i:].any()
        assert i == 0 or heard[i - 1 if i % 4 else i - 4]


def test_all_pictures_together_have_probability_one(loud):
    every = np.array(list(itertools.product(range(3), repeat=4)), dtype=np.uint8).reshape(-1, 1, 2, 2)
    assert np.exp(-pixelcnn.nats(loud, every, 3)).sum() == pytest.approx(1, abs=1e-5)


def test_torch_is_left_as_it_was():
    before = torch.random.get_rng_state()
    pixelcnn.network(5, 1)
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_page_says_what_the_files_hold():
    held = paint_recipes.stored("paint-digits")
    rows = {name: said for name, said, _ in likelihoods(held)}
    assert rows["This painter"] == f"{held.metrics['test_nats']:.2f} ± {held.metrics['test_nats_error']:.2f}"
    exact = vae_recipes.stored("vae-digits").metrics["test_exact"]
    assert float(rows["VAE, 2 latent"].split()[0]) == pytest.approx(-exact, abs=0.005)
    assert held.metrics["test_nats"] < 88.5  # what a flow reaches on these pictures
    assert likelihoods(None) == []
    assert likelihoods(Checkpoint(held.model, "digits", metrics={})) == []
