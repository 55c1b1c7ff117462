"""The buttons of a run are those of what it is doing."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from playground import session
from playground.runs import film, run_bar
from playground.runs.drain import Progress
from playground.runs.runs import Run


@pytest.mark.parametrize(
    ("phase", "labels"),
    [
        ("waiting", ["Pause", "Cancel"]),
        ("running", ["Pause", "Cancel"]),
        ("paused", ["Resume", "One step", "Cancel"]),
        ("done", []),
        ("cancelled", []),
        ("failed", []),
    ],
)
def test_a_run_is_steered_by_what_it_can_do(monkeypatch, phase, labels):
    pressed = {}
    monkeypatch.setattr(run_bar, "press", lambda name, label, icon, act: pressed.update({label: act}))
    job = SimpleNamespace(progress=lambda: Progress(phase, 3, 1.0, ""), pause=1, resume=2, step=3, cancel=4)
    run_bar.steer("em", SimpleNamespace(job=job), step="One step", end="Cancel")
    assert list(pressed) == labels
    acts = {"Pause": job.pause, "Resume": job.resume, "One step": job.step, "Cancel": job.cancel}
    assert pressed == {label: acts[label] for label in labels}


def test_a_step_and_an_end_are_offered_only_under_a_word(monkeypatch):
    pressed = []
    monkeypatch.setattr(run_bar, "press", lambda name, label, icon, act: pressed.append(label))
    job = SimpleNamespace(progress=lambda: Progress("paused", 3, 1.0, ""), pause=1, resume=2, step=3, cancel=4)
    run_bar.steer("em", SimpleNamespace(job=job))
    assert pressed == ["Resume"]


class Shown:
    """A page's screen whose run has as many Steps as a test says."""

    def __init__(self, count, steps):
        trace, phase = range(steps), "done" if steps else "waiting"
        self.job = SimpleNamespace(trace=trace, progress=lambda: Progress(phase, steps, 1.0, "", 3))
        self.made = Run(f"em-{count}", ("data",), "", self.job)

    def run(self):
        return self.made


def test_what_stands_in_takes_neither_the_links_frame_nor_its_place_in_the_link(monkeypatch):
    held, link, said = {}, {"frame": "1"}, []
    monkeypatch.setattr(session, "_held", lambda: held)
    monkeypatch.setattr(session, "from_link", link.get)
    monkeypatch.setattr(session, "put_in_link", lambda name, value: link.update({name: value}))
    monkeypatch.setattr(run_bar, "wait", said.append)
    where = nullcontext()
    old, new = Shown(1, 9), Shown(2, 0)
    session.hold("opening.em", (None, ""), screen=True)  # of the screen before
    assert run_bar.standing("em", old, where) == (old, old.made)
    held[f"screen.{session.page()}"].clear()  # another address was turned to
    assert run_bar.standing("em", new, where) == (old, old.made)
    assert said == [new.made]
    assert film.opening("em", old.made) is None
    film.link(old.made, 8)
    assert link == {"frame": "1"}
    new.job.trace = range(5)
    assert run_bar.standing("em", new, where) == (new, new.made)
    assert film.opening("em", new.made) == 1
    film.link(new.made, 2)
    assert link == {"frame": "2"}
