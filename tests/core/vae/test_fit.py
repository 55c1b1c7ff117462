"""The training of a VAE: its loss, its gradient, its updates, and the promises of its Steps."""

import dataclasses
from itertools import islice

import numpy as np
import pytest
import torch

from core.key import Key
from core.process import Halt
from core.vae import fit, sweep
from core.vae import step as vae_step
from core.vae.config import LIKELIHOODS
from core.vae.course import beta_at
from core.vae.model import kl
from tests.core.vae.tiny_vae import last, spots, trained

LABELS = np.stack([np.arange(240) % 3, np.arange(240) // 3 % 2], axis=1)


def fitted(epochs=4, x=None, labels=None, start=None, held=None, **options):
    config = fit.Config(**{"width": 16, "levels": 5, "batch": 32, "epochs": epochs, **options})
    return list(fit.fit(config, spots()[0] if x is None else x, Key(0), labels=labels, start=start, held=held))


def same(a, b):
    """Whether two Steps are equal, to the last bit."""
    held = [(s.state.weights, s.arrays) for s in (a, b)]
    tables = all(
        set(one) == set(two) and all(np.array_equal(one[k], two[k]) for k in one)
        for one, two in zip(*held, strict=True)
    )
    return tables and (a.index, a.phase, dict(a.metrics)) == (b.index, b.phase, dict(b.metrics))


def problem(likelihood="bernoulli", architecture="mlp", seed=0, samples=1, rows=6, **options):
    """The plan of a small model, its weights in double precision, a batch and its noise."""
    config = fit.Config(
        likelihood=likelihood, architecture=architecture, width=16, levels=5, samples=samples, latent=2, **options
    )
    x = spots(rows)[0]
    model = fit.initial(config, x, Key(seed))
    noise = (Key(seed) / "eps").generator().standard_normal((samples, rows, 2))
    flat = torch.from_numpy(vae_step.flat(model.weights).astype(float))
    return vae_step.plan(model), flat, torch.from_numpy(x), torch.zeros(rows, 0).double(), torch.from_numpy(noise)


def test_a_model_is_known_by_its_content_which_is_read_once():
    model, same = (fitted(epochs=1)[-1].state for _ in range(2))
    assert model.digest == same.digest
    assert model.digest is model.digest
    weights = {name: value + (name == "decoder.0.bias") for name, value in model.weights.items()}
    assert model.digest != dataclasses.replace(model, weights=weights).digest
    assert model.digest != fitted(epochs=1, labels=LABELS)[-1].state.digest


# The loss


def test_the_kl_is_that_of_torch():
    g = Key(1).generator()
    mean, log_var = g.normal(size=(2, 50, 3)) * 2
    q = torch.distributions.Normal(torch.from_numpy(mean), torch.from_numpy(np.exp(0.5 * log_var)))
    p = torch.distributions.Normal(torch.zeros(50, 3).double(), torch.ones(50, 3).double())
    assert np.allclose(kl(mean, log_var), torch.distributions.kl_divergence(q, p).numpy(), atol=1e-12)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_the_loss_is_reconstruction_plus_beta_kl(likelihood):
    steps, flat, x, hot, eps = problem(likelihood)
    parts = steps.losses(flat, x, hot, eps, 0.7)
    assert float(parts.loss) == pytest.approx(float(parts.reconstruction + 0.7 * parts.kl), rel=1e-12)


@pytest.mark.parametrize("likelihood", LIKELIHOODS)
def test_the_loss_is_what_a_model_says_of_itself(likelihood):
    steps, flat, x, hot, eps = problem(likelihood)
    weights = {name: value.float().numpy() for name, value in steps.named(flat).items()}
    model = fit.VAE(steps.config, (1, 4, 4), (), weights)
    mean, log_var = model.encode(x.numpy())
    z = torch.from_numpy(mean + np.exp(0.5 * log_var) * eps[0].numpy())
    log_p = model.likelihood.log_prob(model.outputs(z), x, model.tensors())
    parts = steps.losses(flat, x, hot, eps, 1.0)
    assert float(parts.reconstruction) == pytest.approx(-float(log_p.mean()), rel=1e-9)
    assert float(parts.kl) == pytest.approx(kl(mean, log_var).sum(axis=1).mean(), rel=1e-9)


@pytest.mark.parametrize(
    "kind",
    [{"likelihood": likelihood} for likelihood in LIKELIHOODS]
    + [
        {"architecture": "conv"},
        {"samples": 5},
        {"free": 0.02},
        {"code": "mean"},
        {"likelihood": "categorical", "smooth": 1.0},
    ],
    ids=str,
)
def test_the_gradient_through_the_noise_is_that_of_finite_differences(kind):
    steps, flat, x, hot, eps = problem(**kind)
    weights = flat.clone().requires_grad_()
    steps.losses(weights, x, hot, eps, 0.8).loss.backward()
    found = weights.grad.numpy()
    order = np.argsort(-np.abs(found))
    for i in [*order[:6], *order[len(order) // 3 :: len(order) // 5]]:
        h = torch.zeros_like(flat)
        h[i] = 1e-5
        up, down = (float(steps.losses(flat + s * h, x, hot, eps, 0.8).loss) for s in (1, -1))
        assert found[i] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


def test_importance_samples_give_the_bound_of_that_many_draws():
    steps, flat, x, hot, eps = problem(samples=7)
    ratio = []
    for one in eps:
        alone = dataclasses.replace(steps, config=dataclasses.replace(steps.config, samples=2))
        pair = torch.stack([one, one])  # two equal draws: the log of their mean is either
        ratio.append(
            [float(alone.losses(flat, x[i : i + 1], hot[i : i + 1], pair[:, i : i + 1], 1.0).loss) for i in range(6)]
        )
    whole = -np.logaddexp.reduce(-np.array(ratio), axis=0) + np.log(7)
    assert float(steps.losses(flat, x, hot, eps, 1.0).loss) == pytest.approx(whole.mean(), rel=1e-9)


def test_free_nats_cost_nothing_and_no_more():
    steps, flat, x, hot, eps = problem(free=0.5)
    kept = dataclasses.replace(steps, config=dataclasses.replace(steps.config, free=0.0))
    mean, log_var = vae_step.gaussian(steps.nets, steps.named(flat), x, hot)
    each = kl(mean.numpy(), log_var.numpy()).mean(axis=0)
    assert (each < 0.5).any()
    plain, eased = (float(p.losses(flat, x, hot, eps, 1.0).loss) for p in (kept, steps))
    assert eased - plain == pytest.approx((np.maximum(each, 0.5) - each).sum(), rel=1e-9)


def test_beta_grows_evenly_and_stays():
    config = fit.Config(beta=4.0, warmup=3)
    assert [beta_at(config, epoch) for epoch in (1, 2, 3, 4, 5)] == [1.0, 2.0, 3.0, 4.0, 4.0]


def test_the_updates_are_those_of_torchs_adamw():
    g = Key(2).generator()
    ours, moments = torch.from_numpy(g.normal(size=20)), torch.zeros(2, 20).double()
    theirs = ours.clone().requires_grad_()
    peer = torch.optim.AdamW([theirs], lr=0.03, weight_decay=0.2)
    for count in range(1, 30):
        gradient = torch.from_numpy(g.normal(size=20) ** 3)
        vae_step.adam(ours, gradient, moments, count, 0.03, 0.2)
        theirs.grad = gradient
        peer.step()
        assert torch.allclose(ours, theirs.detach(), atol=1e-12)


def test_levels_that_differ_are_paid_for():
    steps, flat, x, hot, eps = problem("categorical", smooth=0.3)
    free = dataclasses.replace(steps, config=dataclasses.replace(steps.config, smooth=0.0))
    with_, without = (float(p.losses(flat, x, hot, eps, 1.0).loss) for p in (steps, free))
    weight = steps.named(flat)["decoder.2.weight"].numpy().reshape(5, 16, 16)  # level, pixel, unit
    assert with_ - without == pytest.approx(0.3 * (np.diff(weight, axis=0) ** 2).sum(), rel=1e-9)
    smooth, rough = (fitted(6, likelihood="categorical", smooth=s)[-1].state for s in (3.0, 0.0))
    steps_between = [
        np.abs(np.diff(m.weights["decoder.2.weight"].reshape(5, -1), axis=0)).mean() for m in (smooth, rough)
    ]
    assert steps_between[0] < 0.7 * steps_between[1]


# The Steps


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.3, "average": 0.9, "warmup": 3, "decay": 0.1},
        {"patience": 2, "rate": 0.05},
        {"samples": 4, "likelihood": "logistic"},
        {"architecture": "conv", "likelihood": "gaussian", "free": 0.1},
        {"validation": 0.0},
    ],
    ids=str,
)
def test_resuming_equals_never_having_stopped(options):
    steps = fitted(5, **options)
    for k in (0, 2, len(steps) - 1):
        again = fitted(5, start=steps[k], **options)
        assert len(again) == len(steps) - k - 1
        assert all(same(a, b) for a, b in zip(again, steps[k + 1 :], strict=True))


def test_resuming_remembers_which_epoch_was_best():
    options = {"patience": 4, "rate": 0.05, "width": 64, "likelihood": "categorical"}
    steps = fitted(60, **options)
    late = next(s for s in steps[3:] if s.metrics["best_epoch"] < s.index)
    again = fitted(60, start=late, **options)
    assert len(again) == len(steps) - late.index - 1
    assert all(same(a, b) for a, b in zip(again, steps[late.index + 1 :], strict=True))


def test_resuming_with_labels_equals_never_having_stopped():
    steps = fitted(3, labels=LABELS)
    assert all(same(a, b) for a, b in zip(fitted(3, labels=LABELS, start=steps[1]), steps[2:], strict=True))


def test_a_fork_with_another_beta_goes_another_way():
    steps = fitted(3)
    forked = fitted(3, start=steps[1], beta=8.0)
    assert [s.index for s in forked] == [2, 3]
    assert forked[-1].metrics["beta"] == 8.0
    assert not same(forked[0], steps[2])


def test_training_raises_the_bound_and_reports_it():
    steps = fitted(30, likelihood="categorical", rate=5e-3)
    x = spots(200, seed=7)[0]
    first, end = (steps[i].state.elbo(x, Key(3), k=4).mean() for i in (0, -1))
    assert end > first + 4
    assert steps[-1].metrics["validation"] == pytest.approx(end, abs=1.5)
    assert steps[-1].metrics["loss"] == pytest.approx(
        steps[-1].metrics["reconstruction"] + steps[-1].metrics["kl"], 1e-6
    )


def test_the_probe_is_what_the_encoder_makes_of_training_images():
    x, held = spots()[0], np.arange(0, 240, 5)
    for step in fitted(2, held=held):
        rows = step.arrays["rows"]
        assert np.intersect1d(rows, held).size == 0
        assert np.allclose(step.state.encode(x[rows])[0], step.arrays["means"], atol=1e-5)
        assert np.array_equal(rows, fitted(1, held=held)[0].arrays["rows"])


def test_held_out_images_are_judged_and_never_learned():
    x, held = spots()[0], np.arange(0, 240, 5)
    other = x.copy()
    other[held] = 1 - other[held]
    a, b = fitted(3, held=held)[1:], fitted(3, x=other, held=held)[1:]
    start = fitted(0 + 1, held=held)[0]  # the start's bias is of all images: begin both at the same
    a, b = (list(fit.fit(start.state.config, y, Key(0), start=start.state, held=held)) for y in (x, other))
    assert all(np.array_equal(a[-1].state.weights[k], b[-1].state.weights[k]) for k in a[-1].state.weights)
    assert a[-1].metrics["validation"] != b[-1].metrics["validation"]


def test_patience_ends_with_the_best_model():
    steps = fitted(200, patience=3, rate=0.05, width=64, likelihood="categorical")
    end, best = steps[-1], int(steps[-1].metrics["best_epoch"])
    assert end.phase == "best"
    assert len(steps) - 2 == best + 3 < 200
    assert all(np.array_equal(end.state.weights[k], steps[best].state.weights[k]) for k in end.state.weights)
    scores = [step.metrics["validation"] for step in steps[:-1]]
    assert int(np.argmax(scores)) == best


def test_averaged_weights_lag_behind_the_raw_ones():
    step = fitted(3, average=0.99)[-1]
    shown = vae_step.flat(step.state.weights)
    plain = vae_step.flat(fitted(3)[-1].state.weights)
    assert np.array_equal(step.arrays["raw"], plain)
    assert np.abs(shown - plain).max() > 0


def test_an_autoencoder_has_no_noise_and_its_variances_never_learn():
    steps = fitted(4, code="mean", beta=0.0)
    first, end = (step.state.weights["head.2.weight"] for step in (steps[0], steps[-1]))
    assert np.array_equal(first[2:], end[2:])
    assert not np.array_equal(first[:2], end[:2])
    assert steps[-1].metrics["reconstruction"] < steps[1].metrics["reconstruction"]


def test_labels_are_told_to_both_networks():
    step = fitted(3, labels=LABELS)[-1]
    model, x = step.state, spots()[0]
    assert model.classes == (3, 2)
    z = np.zeros((6, 2))
    every = np.array([[a, b] for a in range(3) for b in range(2)])
    assert len(np.unique(model.decode(z, every).round(9), axis=0)) == 6
    assert not np.allclose(model.encode(x, LABELS)[0], model.encode(x, LABELS * 0)[0])
    assert model.sample(5, Key(0)).shape == (5, 1, 4, 4)


@pytest.mark.parametrize(
    ("labels", "said"), [(None, "needs 2 label"), (LABELS[:, :1], "shape"), (LABELS + 3, "outside the classes")]
)
def test_labels_that_do_not_fit_are_refused(labels, said):
    model = fitted(1, labels=LABELS)[-1].state
    with pytest.raises(ValueError, match=said):
        model.encode(spots()[0], labels)


@pytest.mark.parametrize(
    ("x", "options", "said"),
    [
        (spots(3)[0], {}, "at least 4 images"),
        (spots()[0] * 2, {}, "between 0 and 1"),
        (spots()[0] * np.nan, {}, "between 0 and 1"),
        (spots()[0], {"held": np.arange(239)}, "Too few images are left"),
        (spots(channels=3)[0], {"start": trained()}, "not of these"),
    ],
)
def test_what_cannot_be_trained_is_refused_by_a_sentence(x, options, said):
    config = fit.Config(likelihood="categorical", width=32, levels=5)
    with pytest.raises(Halt, match=said):
        next(iter(fit.fit(config, x, Key(0), **options)))


def test_a_training_that_blows_up_says_so():
    start = trained()
    wild = dataclasses.replace(start, weights={name: value * np.float32(1e25) for name, value in start.weights.items()})
    with pytest.raises(Halt, match="smaller learning rate"):
        last(fit.fit(start.config, spots()[0], Key(0), start=wild))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"samples": 3, "free": 1.0}, "free nats 0"),
        ({"likelihood": "categorical"}, "at most 64"),
        ({"latent": 17}, "16"),
    ],
)
def test_options_that_exclude_each_other_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        fit.Config(**options)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 12), (1, 5, 7), (3, 16, 16)])
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_pictures_of_any_shape_go_in_and_come_out(shape, architecture):
    x = Key(3).generator().random((20, *shape))
    model = list(islice(fit.fit(fit.Config(architecture=architecture, width=16), x, Key(0)), 2))[-1].state
    assert model.decode(model.encode(x)[0]).shape == x.shape


def test_convolutions_refuse_a_picture_they_cannot_halve():
    x = Key(3).generator().random((20, 1, 33, 33))
    with pytest.raises(ValueError, match="33 x 33"):
        next(iter(fit.fit(fit.Config(architecture="conv"), x, Key(0))))


def test_the_start_knows_how_bright_each_pixel_is():
    x = spots()[0]
    for likelihood in LIKELIHOODS:
        config = fit.Config(likelihood=likelihood, levels=5, width=16)
        start = next(iter(fit.fit(config, x, Key(0)))).state
        shown = start.decode(np.zeros((1, 2)))[0]
        assert np.abs(shown - x.mean(axis=0)).max() < 0.03, likelihood


# A sweep of betas


def test_a_sweep_trains_each_beta_as_if_alone():
    config = fit.Config(width=16, epochs=3)
    steps = list(sweep.fit(config, spots()[0], Key(0), (0.5, 4.0)))
    alone = list(fit.fit(dataclasses.replace(config, beta=4.0), spots()[0], Key(0)))
    for step, one in zip(steps, alone, strict=True):
        assert all(np.array_equal(step.state.models[1].weights[k], one.state.weights[k]) for k in one.state.weights)
    again = list(sweep.fit(config, spots()[0], Key(0), (0.5, 4.0), start=steps[1]))
    assert all(
        np.array_equal(a.arrays[k], b.arrays[k]) for a, b in zip(again, steps[2:], strict=True) for k in a.arrays
    )


def test_a_large_beta_collapses_the_code():
    config = fit.Config(width=32, epochs=40, rate=5e-3, batch=32, latent=3, likelihood="categorical", levels=5)
    step = last(sweep.fit(config, spots()[0], Key(0), (0.2, 1.0, 30.0)))
    told = step.arrays["divergence"].sum(axis=1)
    assert told[0] > told[1] > told[2]
    assert told[2] < 0.1
    assert (step.arrays["activity"][2] < 0.01).all()
    assert (step.arrays["activity"][0] > 0.01).sum() >= 2
