"""Pages opened by nobody: a session of the server's own has a page run as a browser would, and throws away what it is told.

What the default screen of a page asks of the shared store, by the page's own code, is there before its first visitor.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any, TypeVar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, SessionClient
from streamlit.runtime.runtime import RuntimeStoppedError

from playground.runs import jobs
from playground.runs.shared import store

ENDED = (RuntimeError, RuntimeStoppedError, TimeoutError)  # what comes of it where the server ends meanwhile
TIMES = 3  # a page is run at most, as long as its jobs have found something new: one may wait for another
LONGEST, LOOK = 20.0, 0.02  # seconds that a run of a page or its jobs are waited for; seconds until one looks again
R = TypeVar("R")


class Nobody(SessionClient):
    """Who hears only that the script has `finished`."""

    def __init__(self) -> None:
        self.finished = threading.Event()

    def write_forward_msg(self, msg: ForwardMsg) -> None:
        """Take a message."""
        if msg.WhichOneof("type") == "script_finished" and msg.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.finished.set()


def open_page(name: str, loop: asyncio.AbstractEventLoop) -> None:
    """Run this page with its defaults, and again, until it asks for nothing new; `loop` is the server's."""
    runtime, nobody = Runtime.instance(), Nobody()
    session = on(loop, runtime.connect_session, nobody, {"email": None})
    try:
        for _ in range(TIMES):
            known = store.computed
            nobody.finished.clear()
            on(loop, runtime.handle_backmsg, session, asked(name))
            nobody.finished.wait(LONGEST)
            rested()
            if store.computed == known:
                break
    finally:
        on(loop, runtime.close_session, session)


def asked(name: str) -> BackMsg:
    """What a browser sends that opens a page."""
    message = BackMsg()
    message.rerun_script.page_name = name
    return message


def rested() -> bool:
    """Wait until no job is alive, for a while; whether none is."""
    end = monotonic() + LONGEST
    while jobs.living() and monotonic() < end:
        sleep(LOOK)
    return not jobs.living()


def on(loop: asyncio.AbstractEventLoop, act: Callable[..., R], *given: Any) -> R:
    """What `act` returns, called on the thread of a loop; its own error, or another if the loop ends."""
    told: Future[R] = Future()

    def call() -> None:
        try:
            told.set_result(act(*given))
        except Exception as error:
            told.set_exception(error)

    loop.call_soon_threadsafe(call)
    return told.result(LONGEST)
