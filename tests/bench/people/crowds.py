"""A crowd on one page: what they waited for, what they saw, and how the server is to somebody else when they have left."""

import asyncio
import os
import random
import time
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from tests.bench import servers
from tests.bench.people.changes import PAGES, Change
from tests.bench.people.person import PATIENCE, Person
from tests.bench.tables import Table, quantiles

CROWDS, SECONDS = (1, 20, 50), 10.0
ELSEWHERE = "fit1"  # where somebody comes when a crowd has left
LATER = 5.0  # seconds until the server should be as if they had never been there


@dataclass
class Tally:
    """What happened to a crowd."""

    first: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    failures: int = 0
    runs: int = 0
    received: int = 0
    exceptions: list[str] = field(default_factory=list)

    def leave(self, person: Person) -> None:
        """Add up what a person saw."""
        self.runs += person.full_runs
        self.received += person.received
        self.exceptions += person.exceptions


async def play(url: str, page: str, change: Change, seed: int, until: float, tally: Tally) -> None:
    """One person who changes settings until it is time to go."""
    draw = random.Random(seed)
    await asyncio.sleep(draw.uniform(0, 1.5))
    try:
        async with Person(url, page) as person:
            try:
                tally.first.append(await person.run())
                while (think := draw.uniform(0.5, 1.5)) + time.monotonic() < until:
                    await asyncio.sleep(think)
                    if person.visible:
                        tally.seen.append(person.visible)
                    tally.answers.append(await person.change(*change.draw(draw)))
            finally:
                tally.leave(person)
    except TimeoutError:
        tally.failures += 1
        tally.answers.append(PATIENCE)  # at least that long: leaving it out would flatter
    except (OSError, KeyError, WebSocketException):
        tally.failures += 1


async def stay(url: str, page: str, change: Change, people: int) -> Tally:
    """So many people on a page for a while."""
    tally, until = Tally(), time.monotonic() + SECONDS
    await asyncio.gather(*(play(url, page, change, i, until, tally) for i in range(people)))
    return tally


async def elsewhere(url: str) -> list[float]:
    """Seconds that somebody else's first change takes: alone, at once after a crowd has left, or later."""
    async with Person(url, ELSEWHERE) as person:
        await person.run()
        return [await person.change(*PAGES[ELSEWHERE][0].draw(random.Random(i))) for i in range(3)]


def spread(seconds: list[float]) -> tuple[str, str]:
    """Median and 95th percentile in milliseconds."""
    return quantiles([1e3 * s for s in seconds])


def on_pages(pages: tuple[str, ...]) -> list[str]:
    """Print the table of these pages, a row for the commonest change of each and one for its dearest; what went wrong."""
    table = Table(
        f"People on every page, ms from a change to the finished script; seen: to the first new frames; fit1: somebody else "
        f"there before, right after and {LATER:.0f} s after the 50; {os.cpu_count()} processors for all",
        "page, the change", "1 p50", "20 p95", "50 p95", "1 seen", "50 seen p95", "failed", "fit1", "after", "later", "MiB",
        first=28, width=7,
    )  # fmt: skip
    wrong: list[str] = []
    for page in pages:
        for change in PAGES[page]:
            with servers.serving(*servers.WATCHED) as server:
                before = asyncio.run(elsewhere(server.url))
                tallies = [asyncio.run(stay(server.url, page, change, people)) for people in CROWDS]
                after = asyncio.run(elsewhere(server.url))
                time.sleep(LATER)
                later, rss = asyncio.run(elsewhere(server.url)), server.rss
            ms, seen = [spread(t.answers) for t in tallies], [spread(t.seen) for t in tallies]
            table.row(
                f"{page}, {change.said}", ms[0][0], ms[1][1], ms[2][1], seen[0][0], seen[2][1],
                sum(t.failures for t in tallies), *(spread(waits)[1] for waits in (before, after, later)), f"{rss:.0f}",
            )  # fmt: skip
            wrong += sum((t.exceptions for t in tallies), [])
    return wrong
