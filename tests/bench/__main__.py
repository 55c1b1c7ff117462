"""Every bench in one run: `python -m tests.bench`; exit status 1 where a result is wrong, never because it is slow."""

import sys
import time

from tests.bench import (
    bench_diffusion,
    bench_em,
    bench_fit,
    bench_kde,
    bench_pages,
    bench_paint,
    bench_start,
)
from tests.bench.data import bench_categorical, bench_read
from tests.bench.instruments import bench_pad, bench_stage
from tests.bench.people import bench_costs, bench_people, bench_together


def main() -> int:
    """Run them one after another, so that none disturbs another."""
    began, wrong = time.monotonic(), 0
    for bench in (
        bench_em,
        bench_kde,
        bench_fit,
        bench_categorical,
        bench_diffusion,
        bench_paint,
        bench_read,
        bench_stage,
        bench_pad,
        bench_start,
        bench_pages,
        bench_costs,
        bench_people,
        bench_together,
    ):
        wrong |= bench.main()
        print()
    print(f"{time.monotonic() - began:.0f} s in all; {'a result is WRONG' if wrong else 'no result is wrong'}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
