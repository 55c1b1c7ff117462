"""The buttons of a run are those of what it is doing."""

from types import SimpleNamespace

import pytest

from playground.runs import run_bar
from playground.runs.drain import Progress


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
