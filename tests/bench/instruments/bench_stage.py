"""The stage's speed in a browser: `python -m tests.bench.instruments.bench_stage`.

5,000 points that move, a 64 x 64 field and 8 ellipses, played; then a handle dragged on the same stage, each pointer move
timed from the moment the browser got it to the moment the frame that shows it had been painted.
"""

import sys
import time

import numpy as np

from tests.bench import servers
from tests.bench.instruments import stage_page
from tests.bench.tables import Table, quantiles

SECONDS, MOVES = 6.0, 150


def played(page: object) -> dict:
    """What the stage painted while it played."""
    page.wait_for_timeout(1500)
    return page.evaluate(stage_page.PLAY, SECONDS)


def dragged(page: object) -> list[dict]:
    """What each move of a held handle took."""
    page.evaluate(stage_page.WATCH_HANDS)
    box = page.locator(".hand").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(MOVES):
        page.mouse.move(x + 40 + 40 * np.cos(i / 9), y + 60 + 40 * np.sin(i / 9))
        time.sleep(0.03)
    found = page.evaluate("() => window.__moves")
    page.mouse.up()
    return [move for move in found if move["moved"]]


def main() -> int:
    """Print the table; 1 if nothing was played or dragged."""
    table = Table("Stage: 5,000 points, a 64 x 64 field, 8 ellipses; headless Chromium, software rendering",
                  "", "median", "p95", "goal")  # fmt: skip
    with (
        servers.serving(*servers.script("tests/browser/apps/stage_app.py")) as server,
        servers.browser() as chromium,
        servers.new_page(chromium) as page,
    ):
        page.goto(f"{server.url}/?mode=many")
        page.locator(".stage[data-frames]").wait_for()
        film = played(page)
        moves = dragged(page)

    gaps = film["gaps"]
    fps = 1000 * len(gaps) / sum(gaps) if gaps else 0.0
    table.row("frames a second while playing", f"{fps:.0f}", "", "60")
    table.row("ms between frames", *quantiles(gaps, ".1f"), "17")
    table.row("ms of JavaScript a frame", *quantiles(film["paints"], ".1f"), "")
    table.row(f"ms from pointer move to paint ({len(moves)} moves)", *quantiles([m["ms"] for m in moves], ".1f"), "33")
    table.row("drawn at full sharpness", "no" if film["coarse"] else "yes", "", "yes")
    return int(not gaps or not moves)


if __name__ == "__main__":
    sys.exit(main())
