"""From a click in the sidebar to the other page's painted stage: `python -m tests.bench.bench_pages`."""

import sys

import numpy as np

from tests.bench import servers
from tests.bench.instruments import stage_page
from tests.bench.tables import Table, quantiles

TIMES = 8
WAYS = {"Home to EM": ("EM by hand", "em-"), "EM to Home": ("Home", "home-")}


def main() -> int:
    """Print the table; 1 if a page never came."""
    table = Table(f"Page change: milliseconds from click to the stage's paint, {TIMES} times each way",
                  "", "first", "median", "p95", "goal")  # fmt: skip
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    with (
        servers.serving(*servers.APP) as server,
        servers.browser() as chromium,
        servers.new_page(chromium) as page,
    ):
        page.goto(server.url)
        page.wait_for_function(stage_page.READY, arg="home-", timeout=30_000)
        for _ in range(TIMES):
            for way, target in WAYS.items():
                page.wait_for_timeout(700)
                took[way].append(page.evaluate(stage_page.VISIT, list(target)) or np.nan)

    for way, values in took.items():
        table.row(way, f"{values[0]:.0f}", *quantiles(values[1:]), "300")
    return int(np.isnan(sum(took.values(), [])).any())


if __name__ == "__main__":
    sys.exit(main())
