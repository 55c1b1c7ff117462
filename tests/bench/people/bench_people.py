"""Many people on the EM page while two long fits run: `python -m tests.bench.people.bench_people`.

Each person waits 0.5 to 1.5 s, changes a setting (K, the covariance or the seed) and is answered when the page's script
has finished. Two more sessions run the longest fits the page allows, one after another, and poll them as a browser does.
The people are websocket clients in one process that shares the machine's processors with the server.
"""

import asyncio
import json
import os
import random
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from playground.server import sticky
from tests.bench import servers
from tests.bench.people.person import PATIENCE, Person
from tests.bench.tables import Table, quantiles

CROWDS, SECONDS, FITS = (1, 20, 50), 15.0, 2
LONG = {"n": 20_000, "components": 12, "tolerance": 0, "iterations": 1000}
AFTER = 25.0  # seconds until nothing may be left of people who went away


@dataclass
class Tally:
    """What happened to a crowd."""

    first: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    failures: int = 0
    runs: int = 0
    received: int = 0
    exceptions: list[str] = field(default_factory=list)

    def leave(self, person: Person) -> None:
        """Add up what a person saw."""
        self.runs += person.full_runs
        self.received += person.received
        self.exceptions += person.exceptions


async def play(url: str, seed: int, until: float, tally: Tally) -> None:
    """One person who changes settings until it is time to go."""
    draw = random.Random(seed)
    await asyncio.sleep(draw.uniform(0, 1.5))
    try:
        async with Person(url, "em") as person:
            try:
                tally.first.append(await person.run())
                while (think := draw.uniform(0.5, 1.5)) + time.monotonic() < until:
                    await asyncio.sleep(think)
                    tally.answers.append(await person.change(*choice(draw)))
            finally:
                tally.leave(person)
    except TimeoutError:
        tally.failures += 1
        tally.answers.append(PATIENCE)  # at least that long: leaving it out would flatter
    except (OSError, KeyError, WebSocketException):
        tally.failures += 1


def choice(draw: random.Random) -> tuple[str, object]:
    """A setting and a value for it."""
    key = draw.choice(("components", "covariance", "seed"))
    values = {"components": range(2, 13), "covariance": ("full", "tied", "diag", "spherical"), "seed": range(10_000)}
    value = draw.choice(values[key])
    return key, value if key == "covariance" else float(value)


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
    playing = asyncio.gather(*(play(server.url, i, until, tally) for i in range(people)))
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
            await person.change(*choice(draw))
        cpu, received, runs = server.cpu, person.received, person.full_runs
        for _ in range(changes):
            await person.change(*choice(draw))
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


def main() -> int:
    """Print the table; 1 if a page showed an exception."""
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
    for kind in sorted({text.partition(":")[0] for text in wrong}):
        print(f"WRONG: a page showed {kind}")
    print(trouble, end="")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
