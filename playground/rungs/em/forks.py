"""The mixture a forked run began from, in the link as `fork=<step>.<base64 of its float64 weights, means, covariances>`.

Where it came from (an earlier run, with other options) is not in the link; where it begins, to the last bit, is.
"""

import base64
import binascii
from collections.abc import Hashable

import numpy as np

from core.mixture.gmm import GMM
from core.process import Step
from playground import session
from playground.runs import runs

LINK = "fork"
LABEL = "an earlier run"
DAMAGED = "In this link: the fork does not fit the data and the number of components, so the own start is used."


def of(name: str, data: Hashable, shape: tuple[int, int]) -> runs.Fork | None:
    """The session's fork of `name`, or the one in a fresh session's link, if it is of this data and shape (k, d)."""
    text = session.recall(f"fork.link.{name}", lambda: session.from_link(LINK), screen=True)
    session.recall(f"fork.{name}", lambda: linked(text, data, shape), screen=True)
    fork = runs.fork_of(name, data, lambda step: step.state.means.shape == shape)
    session.put_in_link(LINK, None if fork is None else encode(fork.step))
    return fork


def linked(text: str | None, data: Hashable, shape: tuple[int, int]) -> runs.Fork | None:
    """The fork that a link's text speaks of."""
    step = decode(text or "", shape)
    return None if step is None else runs.Fork("link", data, LABEL, step)


def complaint(name: str, situation: Hashable, fork: runs.Fork | None) -> list[str]:
    """What to say, in the situation a fresh session began with, if its link asked for a fork that cannot be used."""
    asked = session.recall(f"fork.link.{name}", lambda: None, screen=True)
    bad = session.recall(f"fork.bad.{name}", lambda: situation if asked and fork is None else None, screen=True)
    return [DAMAGED] * (bad == situation)


def encode(step: Step[GMM]) -> str:
    """A Step's index and mixture as text."""
    model = step.state
    parts = (model.weights, model.means, model.covariances)
    raw = np.concatenate([part.ravel() for part in parts]).astype("<f8").tobytes()
    return f"{step.index}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def decode(text: str, shape: tuple[int, int]) -> Step[GMM] | None:
    """The Step in a link's text, or None unless it is a sound mixture with means of this shape (k, d)."""
    index, _, code = text[:4096].partition(".")
    k, d = shape
    try:
        numbers = np.frombuffer(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)), "<f8")
        weights, means, covariances = np.split(numbers, [k, k + k * d])
        model = GMM(weights, means.reshape(k, d), covariances.reshape(k, d, d))
    except (ValueError, binascii.Error):
        return None
    symmetric = np.allclose(model.covariances, model.covariances.transpose(0, 2, 1), rtol=1e-9, atol=0)
    sound = symmetric and bool((np.linalg.eigvalsh(model.covariances) > 0).all())
    return Step(int(index), model, "start") if sound and index.isdecimal() and len(index) < 9 else None
