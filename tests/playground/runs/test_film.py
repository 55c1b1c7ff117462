"""The film: everything once, then only what is new, then nothing; the stage is replaced by its messages."""

import numpy as np
import pytest

from core.process import Step, Trace
from playground import session
from playground.instruments.stage import Frame, Points, Result, Scene, pack, unpack
from playground.runs import film
from playground.runs.drain import Progress
from playground.runs.runs import Run

SCENE = Scene(id="s", bounds=[[0, 1], [0, 1]], layers=(Points(name="p"),))


class Job:
    """A job whose Steps arrive when a test says so."""

    def __init__(self, limit=1 << 20):
        self.trace, self.phase = Trace(limit=limit), "running"

    def progress(self):
        return Progress(self.phase, len(self.trace), 1.0, "")

    def add(self, n, size=1):
        for _ in range(n):
            index = self.trace[-1].index + 1 if len(self.trace) else 0
            self.trace.append(Step(index, index, arrays={"a": np.zeros(size)}))


def frames(steps, first):
    return [Frame(caption=f"{i}: {step.index}") for i, step in enumerate(steps, first)]


@pytest.fixture
def browser(monkeypatch):
    """Stub the session and the stage; the list of messages, and what the component last reported as `said`."""
    held, sent = {}, []
    said = {}

    monkeypatch.setattr(session, "_held", lambda: held)
    monkeypatch.setattr(session, "widget", lambda key, default=None: said)
    monkeypatch.setattr(session, "from_link", lambda name: None)
    monkeypatch.setattr(film, "stage", lambda data, key, scene: sent.append(data) or Result())
    return sent, said


def show(job, run="r", scene=SCENE):
    return film.show("em", Run(run, ("data",), "", job), scene, frames)


def message(data):
    header = unpack(data)
    return header["first"], [frame["caption"] for frame in header["frames"]], header["live"]


def test_everything_first_then_what_is_new_then_the_same_bytes(browser):
    sent, _ = browser
    job = Job()
    job.add(3)
    show(job)
    job.add(2)
    show(job)
    show(job)
    job.phase = "done"
    show(job)
    assert [message(data) for data in sent] == [
        (0, told(0, 1, 2), True),
        (3, told(3, 4), True),
        (3, told(3, 4), True),
        (5, [], False),
    ]
    assert sent[1] is sent[2]


def told(*indices):
    """The captions of Steps of which none was dropped."""
    return [f"{i}: {i}" for i in indices]


def replayed(messages):
    """The frames a browser holds after these messages."""
    have = []
    for data in messages:
        first, captions, _ = message(data)
        assert first <= len(have), "a gap"
        have[first:] = captions
    return have


@pytest.mark.parametrize("limit", [1 << 20, 30_000], ids=["roomy", "thinned"])
def test_the_browser_ends_with_the_recording_however_it_arrived(browser, limit):
    sent, _ = browser
    job = Job(limit)
    rng = np.random.default_rng(0)
    for _ in range(30):
        job.add(int(rng.integers(0, 6)), size=300)
        show(job)
    job.phase = "done"
    show(job)
    assert replayed(sent) == [f"{i}: {step.index}" for i, step in enumerate(job.trace)]
    assert (job.trace.version > 0) == (limit == 30_000)


def test_a_run_without_steps_is_an_empty_film(browser):
    sent, _ = browser
    show(Job())
    assert message(sent[0]) == (0, [], True)


def test_of_a_recording_that_is_not_thinned_no_frame_is_sent_twice(browser):
    sent, _ = browser
    job = Job()
    for n in (3, 0, 1, 4, 0, 1):
        job.add(n)
        show(job)
    job.phase = "done"
    show(job)
    told = [caption for i, data in enumerate(sent) if data not in sent[:i] for caption in message(data)[1]]
    assert told == [f"{i}: {i}" for i in range(9)]


@pytest.mark.parametrize(
    ("missing", "first"),
    [
        ({"have": 2, "run": "r"}, 2),
        ({"have": 2, "run": "older"}, 0),
        ({"have": 99, "run": "r"}, 0),
        ({"have": "x", "run": "r"}, 0),
    ],
)
def test_what_is_lost_is_sent_from_where_the_browser_lacks_it(browser, missing, first):
    sent, said = browser
    job = Job()
    job.add(4)
    show(job)
    said["missing"] = missing
    show(job)
    assert message(sent[-1]) == (first, told(*range(first, 4)), True)


def test_a_lost_chunk_is_sent_again(browser):
    sent, said = browser
    job = Job()
    job.add(4)
    show(job)
    job.add(3)
    show(job)
    said["missing"] = {"have": 0}
    show(job)
    first, captions, _ = message(sent[-1])
    assert (first, captions) == (0, told(*range(7)))


@pytest.mark.parametrize("other", [{"run": "q"}, {"scene": Scene(id="t", bounds=SCENE.bounds, layers=SCENE.layers)}])
def test_another_run_or_scene_begins_again(browser, other):
    sent, _ = browser
    job = Job()
    job.add(4)
    show(job)
    show(job, **other)
    assert message(sent[-1])[:2] == (0, told(0, 1, 2, 3))


@pytest.mark.parametrize(
    ("result", "at"),
    [
        (Result(), 4),
        (Result(frame=2, run="r"), 2),
        (Result(frame=0, run="r"), 0),
        (Result(frame=99, run="r"), 4),
        (Result(frame=2, run="older"), 4),
    ],
)
@pytest.mark.usefixtures("browser")
def test_the_step_on_show(result, at):
    job = Job()
    job.add(5)
    assert film.shown("em", Run("r", ("data",), "", job), result) == at


@pytest.fixture
def link(browser, monkeypatch):
    """The query string as a dictionary."""
    written = {}

    def put(name, value):
        if value is None:
            written.pop(name, None)
        else:
            written[name] = value

    monkeypatch.setattr(session, "from_link", written.get)
    monkeypatch.setattr(session, "put_in_link", put)
    return written


def ran(run="r", n=5):
    job = Job()
    job.add(n)
    return Run(run, ("data",), "", job)


@pytest.mark.parametrize(("asked", "at"), [("2", 2), ("0", 0), ("77", 4), ("-1", 4), ("x", 4), ("9" * 30, 4), ("", 4)])
def test_a_link_opens_its_first_run_on_its_frame(link, browser, asked, at):
    link["frame"] = asked
    run = ran()
    assert film.shown("em", run, Result()) == at
    assert film.shown("em", run, Result(frame=3, run="r")) == 3
    show(run.job)
    assert unpack(browser[0][-1])["scene"]["at"] == (int(asked) if asked in ("2", "0", "77") else None)
    assert film.shown("em", ran("later"), Result()) == 4
    show(ran("later").job, run="later")
    assert unpack(browser[0][-1])["scene"]["at"] is None


def test_another_instrument_plays_a_run_too_and_opens_where_the_link_says_only_if_it_is_linked(link):
    link["frame"], sent = "2", []
    other = film.Instrument("easel", pack, lambda data, key, scene: sent.append((data, key, scene)) or Result(frame=1))
    for linked in (True, False):
        assert film.play(other, f"em.{linked}", ran(), SCENE, frames, linked=linked).frame == 1
    assert [(key, scene) for _, key, scene in sent] == [("easel.em.True", "s"), ("easel.em.False", "s")]
    assert [unpack(data)["scene"]["at"] for data, _, _ in sent] == [2, None]
    assert [message(data)[0] for data, _, _ in sent] == [0, 0]


def test_the_link_holds_the_frame_on_show_unless_it_is_the_newest(link):
    film.link(ran(), 2)
    assert link == {"frame": "2"}
    film.link(ran(), 4)
    assert link == {}


def test_what_the_numbers_beside_a_stage_depend_on():
    run = ran()
    growing = film.rest(run, Result())
    assert growing == film.rest(run, Result(frame=3, run="older"))
    assert len({growing, film.rest(run, Result(frame=3, run="r")), film.rest(run, Result(frame=2, run="r"))}) == 3
    run.job.phase = "done"
    assert film.rest(run, Result()) != growing


def test_a_stage_without_a_recording_is_an_empty_film(browser):
    film.still("em", SCENE)
    assert message(browser[0][-1]) == (0, [], False)
