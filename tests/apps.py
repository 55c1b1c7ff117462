"""Pages and panels without a browser: Streamlit's AppTest, opened by a link, with quick runs complete when it returns."""

import contextlib
import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from core.process import Step
from playground.runs import jobs, runs

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def rested(monkeypatch, at_once: float = 60.0) -> Iterator[None]:
    """Runs are waited for at most `at_once` seconds when a page opens them; none is found, and none is left behind."""
    monkeypatch.setattr(runs, "AT_ONCE", at_once)
    end_all()
    yield
    end_all()


def end_all() -> None:
    """End all jobs, those of other files' tests too, and wait for their threads: what they record would be counted."""
    left = list(jobs._jobs.values())
    jobs.release("")
    for job in left:
        job.wait(60)


def visit(what: str | Callable, kwargs: dict | None = None, **query: object) -> AppTest:
    """A page (its file, from the root) or a function that draws one, with these settings in its link."""
    if callable(what):
        at = AppTest.from_function(what, default_timeout=120, kwargs=kwargs)
    else:
        at = AppTest.from_file(str(ROOT / what), default_timeout=120)
    for name, value in query.items():
        at.query_params[name] = str(value)
    return at.run()


def opened(what: str | Callable, kwargs: dict | None = None, **query: object) -> AppTest:
    """The same, and no exception was shown."""
    at = visit(what, kwargs, **query)
    assert not at.exception, [e.message for e in at.exception]
    return at


def remembered(process: Callable[..., Iterator[Step]]) -> Callable[..., Iterator[Step]]:
    """The same process of an array and hashable settings; asked again for the same, it tells the Steps it took before."""
    told: dict[tuple, list[Step]] = {}

    @functools.wraps(process)
    def tell(x: np.ndarray, *given: object) -> Iterator[Step]:
        asked = (x.tobytes(), x.shape, given)
        if asked not in told:
            told[asked] = list(process(x, *given))
        yield from told[asked]

    return tell


def messages(at: AppTest) -> list[bytes]:
    """What the page's instruments were sent, in their order."""
    return [part.proto.bytes for part in at.get("bidi_component") if part.proto.bytes]


def beside(at: AppTest, place: str) -> dict:
    """What stands at this place beside an instrument while it rests."""
    told = (json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.component_name == "figures")
    return next(one["shown"] for one in told if one["place"] == place)


def words(at: AppTest) -> str:
    """Everything the page says in Markdown, captions and warnings."""
    return " ".join(element.value for kind in (at.markdown, at.caption, at.warning) for element in kind)
