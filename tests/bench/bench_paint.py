"""Painting outfits beside diffusers: `python -m tests.bench.bench_paint`, with `frechet SECONDS` for pictures after training.

The painter of the outfits, its classifier-free half told nothing, beside diffusers' UNet2DModel of the same number of weights
(three resolutions, attention at 8x8) with its DDIM scheduler: a grid of 16 pictures by 20 evaluations, ours by
DPM-Solver++(2M), and pictures trained on a second, Adam and batch 32, each in float32 and, where the processor has it, in
bfloat16. Both learn the noise's level in their own way; nothing is compiled. One thread, in turn within one run, medians
of rounds; CPU seconds, so that other load on the machine does not count. `frechet SECONDS` trains both for as many CPU
seconds on the same rows, each in its faster precision, and gives the Frechet distance of 400 pictures of each from the
training pictures in the features of `core.painting.judge`, beside the floor of held-out ones. The exit status is 1 where
the two networks are not of one size or a picture is not a number, never because something is slow.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DModel

from core.data.images import load
from core.evaluation.frechet import frechet
from core.key import Key
from core.painting import course, fit, judge
from core.painting.course import Course
from core.painting.recipes import PAINTERS, conditions
from tests.bench.tables import Table

GRID, EVALUATIONS, BATCH, ROUNDS = 16, 20, 32, 3
UPDATES = 2  # timed together
WIDTHS, ALIKE = (32, 64, 64), 0.1  # planes of diffusers' three resolutions; how far the numbers of weights may differ
JUDGED = 400
RATE = 1.5e-3


def seconds(work: Callable[[], object]) -> float:
    """The median CPU seconds of ROUNDS runs, after one to warm up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return float(np.median(taken))


class Theirs:
    """diffusers' network, its noise schedule, and Adam."""

    def __init__(self, precision: torch.dtype) -> None:
        self.net = UNet2DModel(
            sample_size=32,
            in_channels=3,
            out_channels=3,
            layers_per_block=1,
            block_out_channels=WIDTHS,
            norm_num_groups=8,
            attention_head_dim=16,
            down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        ).to(memory_format=torch.channels_last)
        self.scheduler = DDIMScheduler(beta_schedule="squaredcos_cap_v2", clip_sample=False)
        self.adam = torch.optim.Adam(self.net.parameters(), lr=RATE, betas=(0.9, 0.99))
        self.precision, self.draw = precision, torch.Generator().manual_seed(0)

    @property
    def size(self) -> int:
        """The number of weights."""
        return sum(p.numel() for p in self.net.parameters())

    def update(self, x: torch.Tensor) -> None:
        """One update on pictures in [-1, 1]."""
        noise = torch.randn(x.shape, generator=self.draw)
        t = torch.randint(0, 1000, (len(x),), generator=self.draw)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.precision == torch.bfloat16):
            said = self.net(self.scheduler.add_noise(x, noise, t), t).sample
        loss = torch.nn.functional.mse_loss(said.float(), noise)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()

    def paint(self, n: int) -> np.ndarray:
        """Pictures in [0, 1] by DDIM."""
        self.scheduler.set_timesteps(EVALUATIONS)
        x = torch.randn((n, 3, 32, 32), generator=self.draw)
        with torch.inference_mode():
            for t in self.scheduler.timesteps:
                x = self.scheduler.step(self.net(x, t).sample, t, x).prev_sample
        return np.clip((x.numpy().astype(float) + 1) / 2, 0, 1)


def ours(precision: torch.dtype, steps: int = 1_000_000) -> Course:
    """The training of the outfits' painter."""
    recipe = PAINTERS["paint-outfits"]
    config = replace(recipe.config, steps=steps, batch=BATCH, average=0.98)
    pictures = recipe.pictures()
    rows = pictures.split.train
    run = fit.course(config, pictures.pixels[rows], Key(0), conditions(pictures)[rows])
    run.precision = precision
    return run


def updated(run: Course) -> None:
    """One update, without the copy that a Step is."""
    (gradient,) = torch.autograd.grad(run.losses(run.examples()).mean(), run.weights)
    run.update(gradient)


def training(table: Table, pictures: torch.Tensor) -> None:
    """Pictures a second of both, in both precisions."""
    speeds = {}
    for precision in dict.fromkeys((torch.float32, course.precision("cpu"))):
        run, theirs = ours(precision), Theirs(precision)
        for name, work in (("ours", lambda run=run: updated(run)), ("diffusers", lambda t=theirs: t.update(pictures))):
            speeds[name] = UPDATES * BATCH / seconds(lambda work=work: [work() for _ in range(UPDATES)])
        word = str(precision).removeprefix("torch.")
        ratio = speeds["ours"] / speeds["diffusers"]
        table.row(f"training, pictures a CPU second, {word}", *(f"{s:.0f}" for s in speeds.values()), f"{ratio:.1f}")


def quality(table: Table, budget: float) -> None:
    """The Frechet distances after the same CPU seconds of training."""
    data, jury = load("outfits"), judge.stored("outfits")
    train, val, test = data.split
    real = jury.features(data.pixels[train] / 255)
    precision, draw = course.precision("cpu"), Key(0).generator()
    x = torch.from_numpy((data.pixels[train] / 127.5 - 1).astype(np.float32))
    theirs, trial = Theirs(precision), ours(precision)
    begin = time.process_time()
    while time.process_time() - begin < budget:
        theirs.update(x[draw.integers(len(x), size=BATCH)])
    run = ours(precision, steps=max(int(budget / seconds(lambda: updated(trial))), 1))  # its rate falls to 0 by the end
    begin = time.process_time()
    while not run.done and time.process_time() - begin < budget:
        updated(run)
    painter = run.averaged()
    felt = [jury.features(x) for x in (painter.sample(JUDGED, Key(1)), theirs.paint(JUDGED))]
    held = jury.features(data.pixels[np.concatenate([val, test])[:JUDGED]] / 255)
    ours_, theirs_, floor = (frechet(f, real) for f in (*felt, held))
    table.row(
        f"Frechet after {budget:.0f} CPU s (floor {floor:.2f})",
        f"{ours_:.2f}",
        f"{theirs_:.2f}",
        f"{theirs_ / ours_:.1f}",
    )


def main(arguments: tuple[str, ...] = ()) -> int:
    """Print the table; 1 where the comparison is not of like with like."""
    painter, theirs = ours(torch.float32).painter, Theirs(torch.float32)
    sizes = painter.net.size, theirs.size
    table = Table("Painting 32x32 outfits, one thread", "", "ours", "diffusers", "ratio")
    table.row("weights, thousands", *(f"{n / 1000:.0f}" for n in sizes))
    grids = [seconds(lambda: painter.sample(GRID, Key(0))), seconds(lambda: theirs.paint(GRID))]
    table.row(
        f"{GRID} pictures, {EVALUATIONS} evaluations, CPU s", *(f"{s:.2f}" for s in grids), f"{grids[1] / grids[0]:.1f}"
    )
    training(table, torch.from_numpy(Key(0).generator().random((BATCH, 3, 32, 32), dtype=np.float32)))
    if arguments[:1] == ("frechet",):
        quality(table, float(arguments[1]))
    sound = np.isfinite(painter.sample(2, Key(0))).all() and np.isfinite(theirs.paint(2)).all()
    return int(not sound or abs(sizes[0] / sizes[1] - 1) > ALIKE)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
