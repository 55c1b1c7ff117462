"""From `python -m playground.server` to a page one can use: `python -m tests.bench.bench_start`.

A new process and a browser with an empty cache each time; the browser itself already runs. Used means: the EM page's
stage has been painted, and its slider and the sidebar are there.
"""

import sys
import time

from tests.bench import servers, stage_page
from tests.bench.tables import Table, quantiles

TIMES = 4


def opened(chromium: object, url: str) -> float:
    """Open the EM page with an empty cache; the time at which it can be used."""
    with servers.new_page(chromium) as page:
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
            with servers.serving(*servers.APP) as server:
                healthy.append(server.healthy)
                usable.append(opened(chromium, server.url) - server.began)
                began = time.perf_counter()
                second.append(opened(chromium, server.url) - began)
    for name, values, goal in (
        ("process start to health", healthy, ""),
        ("process start to a usable EM page", usable, "2"),
        ("the second visitor, empty cache", second, ""),
    ):
        table.row(name, quantiles(values, ".2f")[0], f"{max(values):.2f}", goal)
    return 0


if __name__ == "__main__":
    sys.exit(main())
