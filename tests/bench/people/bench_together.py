"""Whether evaluations of one network are cheaper together: `python -m tests.bench.people.bench_together`.

The stored painter of outfits and the stored denoiser of eight Gaussians, asked for 1 to 256 rows at once: milliseconds of
processor for one evaluation, and for one of its rows, the least of `ROUNDS`. What a row costs in a large batch is all that a
batch of several people can win; `playground.rungs.paint.source.TOGETHER` follows from it.
"""

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from core.diffusion import recipes as denoisers
from core.painting import recipes as painters
from tests.bench.tables import Table

SIZES, ROUNDS = (1, 4, 16, 32, 64, 256), 5


def least(work: Callable[[], object]) -> float:
    """The fewest milliseconds of processor of some rounds, after one to warm up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return 1e3 * min(taken)


def main() -> int:
    """Print the table."""
    painter, denoiser = painters.stored("paint-outfits").model, denoisers.stored("diffusion-eight_gaussians").model
    table = Table("Evaluations together, ms of processor", "rows", "painter", "a row", "denoiser", "a row", first=8)
    draw = np.random.default_rng(0)
    for n in SIZES:
        pictures, points = draw.standard_normal((n, painter.dim)), draw.standard_normal((n, denoiser.dim))
        labels = np.zeros((n, len(painter.sizes)), dtype=np.int64)
        paint = least(partial(painter.denoise, pictures, 0.5, labels))
        guess = least(partial(denoiser.denoise, points, 0.5))
        table.row(str(n), f"{paint:.1f}", f"{paint / n:.2f}", f"{guess:.2f}", f"{guess / n:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
