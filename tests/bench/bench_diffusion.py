"""Diffusion in the plane, training and sampling: `python -m tests.bench.bench_diffusion`.

Optimiser steps a second at batch 200 with 3 hidden layers of 64, the setting for which Diffusion Explorer reports 200,
beside the same network, loss and batches trained the usual way, by torch's automatic differentiation and
`torch.optim.Adam`. One thread each, in turn within one run; CPU seconds, so that other load on the machine does not
count. Nothing is asserted about speed; the exit status is 1 where the two ways do not arrive at the same loss.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from core.data import builtin
from core.diffusion import course, net
from core.diffusion.config import Config
from core.diffusion.fit import fit, initial
from core.diffusion.model import Diffusion
from core.diffusion.walk import Sampler
from core.key import Key
from tests.bench.tables import Table

UPDATES, ROUNDS, REPORTED = 1000, 3, 200
CONFIG = Config(width=64, layers=3, batch=200, steps=UPDATES, average=0.0)


def ours(x: np.ndarray) -> float:
    """The loss of the last Step of a fit."""
    *_, last = fit(CONFIG, x, Key(0))
    return last.metrics["loss"]


def usual(x: np.ndarray) -> float:
    """The same by automatic differentiation, with the very same examples."""
    model = initial(CONFIG, x, Key(0))
    lesson = course.Lesson(model.standard(x), None, None, Key(0), "cpu")
    run = course.begin(model, lesson)
    weights = [view.clone().requires_grad_() for view in run.views]
    adam = torch.optim.Adam(weights, lr=CONFIG.rate, betas=(course.FIRST, course.SECOND), eps=course.TINY)
    decay = torch.optim.lr_scheduler.LambdaLR(adam, lambda k: 0.5 * (1 + np.cos(np.pi * (k + 1) / UPDATES)))
    losses = []
    for run.index in range(1, UPDATES // CONFIG.every + 1):
        parts = (tensor.split(CONFIG.batch) for tensor in run.tensors(run.examples(CONFIG.every)))
        losses = []
        for told, wanted, weight in zip(*parts, strict=True):
            loss = (weight[:, None] * (net.run(weights, told) - wanted) ** 2).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            decay.step()
            losses.append(loss.item())
    return float(np.mean(losses))


def timed(work: Callable, *arguments: object) -> tuple[float, Any]:
    """CPU seconds taken, and the result."""
    begin = time.process_time()
    result = work(*arguments)
    return time.process_time() - begin, result


def sampling(model: Diffusion) -> float:
    """CPU seconds for 10,000 draws of 50 evaluations."""
    return timed(model.sample, 10_000, Key(1), None, Sampler("DPM-Solver++(2M)", 50))[0]


def main() -> int:
    """Print the table; 1 where the two ways disagree."""
    x = builtin.load("eight_gaussians", 10_000).points
    seconds, ends = np.empty((ROUNDS, 2)), [0.0, 0.0]
    for row in seconds:
        for i, work in enumerate((ours, usual)):
            row[i], ends[i] = timed(work, x)
    speeds = UPDATES / np.median(seconds, axis=0)
    table = Table("Diffusion, batch 200, 3 hidden layers of 64", "", "steps/s", "last loss")
    for name, speed, end in zip(("ours", "torch autograd and Adam"), speeds, ends, strict=True):
        table.row(name, f"{speed:,.0f}", f"{end:.5f}")
    table.row("Diffusion Explorer, as reported", REPORTED)
    model = initial(CONFIG, x, Key(0))
    print(f"10,000 draws of 50 evaluations, width 64: {sampling(model):.2f} CPU s")
    return int(abs(ends[0] - ends[1]) > 1e-3)


if __name__ == "__main__":
    sys.exit(main())
