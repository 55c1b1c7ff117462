"""What a screen shows and its link cannot hold, each in one sentence that says what whoever opens the link sees instead."""

from collections.abc import Hashable

from core.data import images
from playground import session
from playground.runs import runs

TRAINING = "The training is not in the link, only its settings and seed; whoever opens it sees the training begin anew."
KEPT = "The kept run is not in the link; whoever opens it sees the present run alone."
FORK = "The fork is not in the link; whoever opens it sees the training begin at its own start."
FILE = "Your file is not in the link; whoever opens it is asked for that very file, and sees nothing before."
RULE = "Your rule is not in the link; whoever opens it is asked for one."


def points() -> list[str]:
    """Of points: a file of one's own."""
    return [FILE] if session.from_link("digest") else []


def pictures(default: str) -> list[str]:
    """Of pictures: one's own; `default` is the page's set."""
    if not session.from_link("digest"):
        return []
    title = images.NAMES[default]
    return [f"Your pictures are not in the link; whoever opens it sees {title} instead, and is asked for them."]


def run(name: str, data: Hashable) -> list[str]:
    """Of the run called `name` that learns from `data`: one that was kept to compare."""
    return [KEPT] if runs.kept(name, data) else []


def training(name: str, data: Hashable) -> list[str]:
    """Of a training called `name` that is on show: itself, the fork it began at, one that was kept."""
    return [FORK if runs.forked(name) else TRAINING, *run(name, data)]


def model(instead: str) -> str:
    """A model from a file; `instead` says which one is asked without it."""
    return f"The model from your file is not in the link; whoever opens it sees {instead} instead."
