"""What a change costs, in processor time: `python -m tests.bench.people.bench_costs [page ...]`.

One person alone makes the changes of `changes`, then a second one makes the same, who finds what the first has had worked
out. Of each: the script of the change, which is what must be there at once; the looks at what comes later; the jobs; and the
bytes that were sent. Processor time of the threads themselves, so that the machine's other load hardly counts.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench import servers
from tests.bench.people.bench_people import ask
from tests.bench.people.changes import PAGES, Change
from tests.bench.people.person import Person
from tests.bench.tables import Table, quantiles

CHANGES, GOAL = 6, 30
COME = 20.0  # seconds after which what comes later has come
QUIET = 0.3  # of a processor, below which a server has worked out what its pages open with


@dataclass(frozen=True)
class Cost:
    """Of one change: seconds of the script, of the looks after it and of the jobs, and bytes."""

    script: float
    looks: float
    jobs: float
    sent: int


def said(server: servers.Server) -> tuple[float, float]:
    """Seconds that the server's scripts and its jobs have worked so far."""
    states = [ask(server.url, 0)]
    while (state := ask(server.url, len(states)))["process"] == len(states):
        states.append(state)
    return sum(state["script"] for state in states), sum(state["job"] for state in states)


async def come(person: Person) -> None:
    """Wait until nothing more comes."""
    until = time.monotonic() + COME
    while person.polling and time.monotonic() < until:
        await asyncio.sleep(0.05)


async def person(server: servers.Server, page: str, change: Change) -> list[Cost]:
    """What each of a person's changes cost."""
    draw, costs = random.Random(7), []
    async with Person(server.url, page) as one:
        await one.run()
        await come(one)
        for _ in range(CHANGES):
            await asyncio.sleep(0.3)
            before, had = await asyncio.to_thread(said, server), one.received
            await one.change(*change.draw(draw))
            at_once = await asyncio.to_thread(said, server)
            await come(one)
            after = await asyncio.to_thread(said, server)
            costs.append(Cost(at_once[0] - before[0], after[0] - at_once[0], after[1] - before[1], one.received - had))
    return costs


def quiet(server: servers.Server) -> None:
    """Wait until the server has nothing to do."""
    cpu = -1.0
    while server.cpu - cpu > QUIET:
        cpu = server.cpu
        time.sleep(1)


def main(pages: Sequence[str] = ()) -> int:
    """Print the table."""
    table = Table(
        f"What a change costs one person alone and the next who makes the same: ms of processor, the median and the dearest of "
        f"{CHANGES}; the script's goal is {GOAL}",
        "page, the change", "script", "dearest", "looks", "jobs", "kB", "again", "dearest", "looks", "jobs", "kB",
        first=28, width=7,
    )  # fmt: skip
    with servers.serving(*servers.WATCHED) as server:
        time.sleep(10)
        quiet(server)
        for page in pages or tuple(PAGES):
            for change in PAGES[page]:
                cells: list[object] = []
                for _ in range(2):
                    costs = asyncio.run(person(server, page, change))
                    script = [1e3 * cost.script for cost in costs]
                    later = [[1e3 * cost.looks for cost in costs], [1e3 * cost.jobs for cost in costs]]
                    sent = [cost.sent / 1e3 for cost in costs]
                    typical = [quantiles(each)[0] for each in (script, *later, sent)]
                    cells += [typical[0], f"{max(script):.0f}", *typical[1:]]
                table.row(f"{page}, {change.said}", *cells)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
