"""Many people on every page, and on EM while two long fits run: `python -m tests.bench.people.bench_people [page ...]`.

Each person waits 0.5 to 1.5 s, makes a change (`changes`) and is answered when the page's script has finished. Beside the
crowds on EM two more sessions run the longest fits it allows, one after another, and poll them as a browser does. The
people are websocket clients in one process that shares the machine's processors with the server.
"""

import asyncio
import json
import os
import random
import sys
import time
import urllib.request
from collections.abc import Sequence
from urllib.parse import urlsplit

from playground.server import sticky
from tests.bench import servers
from tests.bench.people import crowds
from tests.bench.people.changes import PAGES
from tests.bench.people.crowds import Tally, play
from tests.bench.people.person import PATIENCE, Person
from tests.bench.tables import Table, quantiles

CROWDS, SECONDS, FITS = (1, 20, 50), 15.0, 2
COMMON = PAGES["em"][0]
LONG = {"n": 20_000, "components": 12, "tolerance": 0, "iterations": 1000}
AFTER = 25.0  # seconds until nothing may be left of people who went away


async def fit(url: str, seed: int, watched: Tally) -> None:
    """A person who has long fits run, one after another, and watches them until cancelled."""
    async with Person(url, "em", seed=seed, **LONG) as person:
        try:
            await person.run()
            while True:
                await asyncio.sleep(1)
                if not person.polling:
                    seed += FITS
                    await person.change("seed", float(seed))
        finally:
            watched.leave(person)


async def crowd(server: servers.Server, people: int) -> tuple[Tally, Tally, dict]:
    """So many people for a while; their tally, the watchers', and the server's state at the height of it."""
    tally, watched = Tally(), Tally()
    fits = [asyncio.create_task(fit(server.url, i, watched)) for i in range(FITS)]
    await asyncio.sleep(2)
    cpu, began = server.cpu, time.monotonic()
    until = began + SECONDS
    playing = asyncio.gather(*(play(server.url, "em", COMMON, i, until, tally) for i in range(people)))
    await asyncio.sleep(SECONDS - 1)
    state = await asyncio.to_thread(inside, server)
    await playing
    state["cores"] = (server.cpu - cpu) / (time.monotonic() - began)
    state["fits"] = sum(not task.done() for task in fits)
    for task in fits:
        task.cancel()
    ends = await asyncio.gather(*fits, return_exceptions=True)
    tally.failures += sum(isinstance(end, Exception) for end in ends)
    return tally, watched, state


async def alone(server: servers.Server, changes: int = 40) -> str:
    """What a change costs while nobody else is there: in words, since it hardly depends on the machine's other load."""
    draw = random.Random(1)
    async with Person(server.url, "em") as person:
        await person.run()
        for _ in range(5):
            await person.change(*COMMON.draw(draw))
        cpu, received, runs = server.cpu, person.received, person.full_runs
        for _ in range(changes):
            await person.change(*COMMON.draw(draw))
        return (
            f"one person alone: {1e3 * (server.cpu - cpu) / changes:.0f} ms of processor, "
            f"{(person.received - received) / changes / 1e3:.0f} kB and {(person.full_runs - runs) / changes:.2f} runs "
            "of the page for each change"
        )


def inside(server: servers.Server) -> dict:
    """Jobs, threads, number and memory of the server's processes."""
    states = [ask(server.url, 0)]
    while (state := ask(server.url, len(states)))["process"] == len(states):
        states.append(state)
    together = {name: sum(state[name] for state in states) for name in ("jobs", "threads")}
    return together | {"processes": len(states), "rss": server.rss}


def ask(url: str, process: int) -> dict:
    """What a process of the server says of itself; another one answers if it is not there."""
    name = sticky.cookie(urlsplit(url).port).decode()
    request = urllib.request.Request(f"{url}/bench", headers={"Cookie": f"{name}={process}"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def beside_fits() -> list[str]:
    """Print the table of EM; what went wrong."""
    table = Table(
        f"People on the EM page beside {FITS} long fits: ms from a changed setting to the finished page; "
        f"{os.cpu_count()} processors for server and clients together",
        "people", "p50", "p95", "goal p95", "first p50", "changes/s", "runs/s", "failures", "jobs", "processes", "RSS MiB",
        "server cores",
        first=8, width=9,
    )  # fmt: skip
    wrong: list[str] = []
    with servers.serving(*servers.WATCHED) as server:
        cost = asyncio.run(alone(server))
        for people in CROWDS:
            tally, watched, state = asyncio.run(crowd(server, people))
            ms = [1e3 * seconds for seconds in tally.answers]
            first = quantiles([1e3 * s for s in tally.first])[0]
            table.row(
                str(people), *quantiles(ms), 200 if people == max(CROWDS) else "", first,
                f"{len(ms) / SECONDS:.1f}", f"{(tally.runs + watched.runs) / SECONDS:.1f}", tally.failures,
                state["jobs"], state["processes"], f"{state['rss']:.0f}", f"{state['cores']:.2f}",
            )  # fmt: skip
            wrong += tally.exceptions + watched.exceptions
        time.sleep(AFTER)
        left = inside(server)
        trouble = server.trouble() if wrong else ""
    print(cost)
    print(f"{AFTER:.0f} s after all have left: {left['jobs']} jobs, {left['threads']} threads, {left['rss']:.0f} MiB")
    print(trouble, end="")
    return wrong


def main(pages: Sequence[str] = ()) -> int:
    """Print both tables, or the second of these pages alone; 1 if a page showed an exception."""
    wrong = [] if pages else beside_fits()
    wrong += crowds.on_pages(pages or tuple(PAGES))
    for kind in sorted({text.partition(":")[0] for text in wrong}):
        print(f"WRONG: a page showed {kind}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
