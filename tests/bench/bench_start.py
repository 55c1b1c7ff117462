"""From `python -m playground.server` to a page one can use: `python -m tests.bench.bench_start`.

A new process and an empty tab of a running browser each time, with an empty cache. Used means: the EM page's stage has
been painted, and its slider and the sidebar are there.
"""

import sys
import time

from tests.bench import servers
from tests.bench.instruments import stage_page
from tests.bench.tables import Table, quantiles

TIMES = 4


def opened(page: object, url: str) -> float:
    """Open the EM page in an empty tab; the time at which it can be used."""
    page.goto(f"{url}/em", wait_until="commit")
    page.wait_for_function(stage_page.READY, arg="em-", timeout=30_000)
    page.get_by_role("slider", name="Components K").wait_for()
    return time.perf_counter()


def main() -> int:
    """Print the table; 0, since a slow start is not a wrong one."""
    table = Table(f"Start: seconds, {TIMES} cold processes (warm disk)", "", "median", "worst", "goal")
    healthy, usable, second = [], [], []
    with servers.browser() as chromium:
        for _ in range(TIMES):
            with servers.new_page(chromium) as first, servers.new_page(chromium) as other:
                other.wait_for_timeout(1000)  # until the tabs are at rest
                with servers.serving(*servers.APP) as server:
                    usable.append(opened(first, server.url) - server.began)
                    healthy.append(server.healthy)
                    began = time.perf_counter()
                    second.append(opened(other, server.url) - began)
    for name, values, goal in (
        ("process start to health", healthy, ""),
        ("process start to a usable EM page", usable, "2"),
        ("the second visitor, empty cache", second, ""),
    ):
        table.row(name, quantiles(values, ".2f")[0], f"{max(values):.2f}", goal)
    return 0


if __name__ == "__main__":
    sys.exit(main())
