"""A run's recording on its way to the stage, or to another instrument that plays one: everything once, then what is new.

The message for a run is kept for the session, so that a rerun of the page sends the browser nothing it already has. A
lost chunk (a page change, a reload) makes the stage report the first frame it misses, and the next message begins there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from core.process import Step
from playground import session
from playground.instruments.stage import Frame, Result, Scene, pack, stage
from playground.runs import runs
from playground.runs.runs import Run

LINK = "frame"


class Reported(Protocol):
    """What an instrument has reported: the `frame` on which its playhead rests in recording `run`."""

    @property
    def frame(self) -> int | None:
        """None where nothing was reported."""

    @property
    def run(self) -> str | None:
        """None where nothing was reported."""


Said = TypeVar("Said", bound=Reported)


@dataclass(frozen=True)
class Instrument(Generic[Said]):
    """What plays a recording: its name, what packs a message for it, and what shows the message and says what it reported."""

    name: str
    pack: Callable[..., bytes]
    mount: Callable[..., Said]


@dataclass(frozen=True)
class Sent:
    """What the browser was last sent: frames up to `total` of the recording called `key`, as `data`."""

    key: tuple[str, str, int]
    total: int
    live: bool
    data: bytes


def show(name: str, run: Run, scene: Scene, frames: Callable[[Sequence[Step], int], list[Frame]]) -> Result:
    """Show a run on the stage called `name`; `frames` makes the Frames of some Steps, the first of which has an index."""
    return play(Instrument("stage", pack, stage), name, run, scene, frames, linked=True)


def play(
    on: Instrument[Said], name: str, run: Run, scene: Any, frames: Callable[[Sequence[Step], int], Any], *, linked: bool
) -> Said:
    """Show a run on an instrument; `scene` has an `id` and, where it is `linked`, opens `at` the frame the link asks for."""
    version, steps = run.job.trace.snapshot()
    live = run.job.progress().phase in ("waiting", "running")
    key = (run.id, scene.id, version)
    sent: Sent | None = session.recall(f"film.{name}", lambda: None)
    at = opening(name, run) if linked else None
    scene = replace(scene, id=session.turned(scene.id), at=at, turn=session.turn())
    missing = lost(session.widget(f"{on.name}.{name}", {}), run.id, len(steps)) if sent else None

    def send(first: int) -> Sent:
        data = on.pack(scene, frames(steps[first:], first), run=run.id, first=first, live=live)
        now = Sent(key, len(steps), live, data)
        session.hold(f"film.{name}", now)
        return now

    if sent is None or sent.key != key:
        sent = send(0)
    elif missing is not None:
        sent = send(missing)
    elif (sent.total, sent.live) != (len(steps), live):
        sent = send(since(sent.total, version))
    return on.mount(sent.data, key=f"{on.name}.{name}", scene=scene.id)


def since(total: int, version: int) -> int:
    """The first frame that a browser lacks which has `total`: the newest of a thinned recording may have been replaced."""
    return max(total - (version > 0), 0)


def lost(said: Mapping[str, Any], run: str, total: int) -> int | None:
    """From which frame of `run` on an instrument has said that it misses them, all where it had another; None if none."""
    missing = said.get("missing")
    if not missing:
        return None
    have = missing.get("have") if missing.get("run") == run else 0
    return have if isinstance(have, int) and 0 <= have <= total else 0


def shown(name: str, run: Run, result: Reported) -> int:
    """The index of the Step on show: where the playhead rests, else where the link said, else the newest."""
    last = len(run.job.trace) - 1
    rested = result.frame if result.run == run.id else None
    asked = opening(name, run)
    return last if rested is None and asked is None else min(rested if rested is not None else asked or 0, last)


def opening(name: str, run: Run) -> int | None:
    """The frame on which the link of a fresh session asks its first run to rest."""
    first, asked = session.recall(f"opening.{name}", lambda: (run.id, session.from_link(LINK) or ""), screen=True)
    return int(asked) if run.id == first and asked.isdecimal() and len(asked) < 9 else None


def link(run: Run, at: int) -> None:
    """Write the frame on show in the link, unless it is the newest; one that stands in for the next run says nothing."""
    if runs.stands_in(run):
        return
    newest = at >= len(run.job.trace) - 1
    session.put_in_link(LINK, None if newest else str(at))


def rest(run: Run, result: Reported) -> tuple[str, int | None, bool]:
    """What the numbers beside an instrument depend on: the run, the frame its playhead rests on, and whether it grows."""
    return run.id, result.frame if result.run == run.id else None, run.job.progress().alive


def still(name: str, scene: Scene) -> Result:
    """A stage without a recording: data that nothing was fitted to yet, or a sheet to draw on."""
    scene = replace(scene, id=session.turned(scene.id))
    return stage(pack(scene, [], run=f"{name}:still"), key=f"stage.{name}", scene=scene.id)
