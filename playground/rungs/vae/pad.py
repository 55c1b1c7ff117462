"""A film on its way to the latent pad: everything once, then only what is new, as `playground.runs.film` does for the stage.

What lies over the plane (an ellipse, draws) travels by itself.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from playground import session
from playground.instruments.latent_pad import Plane, Said, Snapshot, latent_pad, pack
from playground.runs.film import since
from playground.runs.runs import Run


@dataclass(frozen=True)
class Film:
    """What the pad plays: `total` snapshots of recording `run`, made on demand from an index on; whether more will come."""

    run: str
    version: int
    total: int
    live: bool
    make: Callable[[int], Sequence[Snapshot]]


@dataclass(frozen=True)
class Sent:
    """What the browser was last sent: `total` snapshots of `key` under the layers `over`, as `data`."""

    key: tuple[str, str, int]
    over: Hashable
    total: int
    live: bool
    data: bytes


def show(name: str, plane: Plane, film: Film, over: Hashable) -> Said:
    """Show a film on the pad called `name`; `over` changes whenever the plane's layers or its z do."""
    key = (film.run, plane.id, film.version)
    sent: Sent | None = session.recall(f"film.{name}", lambda: None)
    missing = session.widget(f"pad.{name}", {}).get("missing") if sent else None
    if sent is None or sent.key != key or missing:
        sent = _send(name, plane, film, over, 0)
    elif (sent.total, sent.live) != (film.total, film.live):
        sent = _send(name, plane, film, over, since(sent.total, film.version))
    elif sent.over != over:
        sent = _send(name, plane, film, over, film.total)
    return latent_pad(sent.data, key=f"pad.{name}", plane=plane.id)


def _send(name: str, plane: Plane, film: Film, over: Hashable, first: int) -> Sent:
    snapshots = list(film.make(first)) if first < film.total else []
    if first + len(snapshots) < film.total:
        film = replace(film, total=first + len(snapshots))
    data = pack(plane, snapshots, run=film.run, first=first, live=film.live)
    sent = Sent((film.run, plane.id, film.version), over, film.total, film.live, data)
    session.hold(f"film.{name}", sent)
    return sent


def shown(said: Said, film: Film) -> int:
    """The index of the snapshot on show: where the playhead rests, else the newest."""
    last = film.total - 1
    return min(said.frame, last) if said.run == film.run and said.frame is not None else last


def rest(said: Said, film: Film) -> Hashable:
    """What the numbers beside the pad depend on."""
    return film.run, said.frame if said.run == film.run else None, film.live, said.labels


def live(run: Run) -> bool:
    """Whether more snapshots come by themselves."""
    return run.job.progress().phase in ("waiting", "running")
