"""The server: the app behind a Content-Security-Policy, with its imports and page table ready before the first visit.

python -m playground.server --port 8501
"""

import argparse
import asyncio
import gc
import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected
from threadpoolctl import threadpool_limits

sys.modules["plotly"] = None  # type: ignore[assignment]  # else Streamlit builds a theme for it, a fifth of a cold start
import streamlit as st  # noqa: E402

del sys.modules["plotly"]
from playground import frame  # noqa: E402
from playground.server import address, arenas, assets, upstream, warm  # noqa: E402

FIRST = 4.0  # seconds that a first visitor has to himself
HURRY, WARM = threading.Event(), threading.Event()  # set where no first visitor comes; once all is imported
BARE = "streamlit.runtime.scriptrunner_utils.script_run_context"  # the logger of calls that come from no page
ROOT = Path(__file__).resolve().parents[2]


POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' blob: {assets.inline_scripts()}",  # components arrive as blob modules
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
    )
)
SOCKETS: dict[str, Any] = {  # what Streamlit's own launcher sets; deflating every message costs more than it saves here
    "ws_per_message_deflate": False,
    "ws_max_size": 64 << 20,
}
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Headers:
    """Middleware that adds the security headers to every response, and what keeps a browser with its process."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to the head of the answer."""
        door = scope.get("state", {}).get("door")
        adds = door.adds(scope["headers"]) if door else []

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS, *adds]
            elif message["type"] == "websocket.accept" and adds:
                message["headers"] = [*message.get("headers", []), *adds]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except WebSocketDisconnected:  # Streamlit closes once more what a browser has left: nothing went wrong
            if scope["type"] != "websocket":
                raise


@asynccontextmanager
async def ready(app: Any) -> AsyncIterator[None]:
    """Before the first visit: make the page table known, and begin to import what pages need."""
    logging.getLogger(BARE).setLevel(logging.ERROR)  # these calls come from no page, and know it
    frame.navigation()  # without it a cold deep link would open a page outside the frame
    threading.Thread(target=prepare, args=[asyncio.get_running_loop()], daemon=True).start()
    yield


def prepare(loop: asyncio.AbstractEventLoop) -> None:
    """Import what the pages import, the first page's while the browser fetches it; then work out what they open with."""
    if HURRY.is_set():
        from playground.runs import drain

        drain.give_way()  # to the people in the processes that are there already
    warm.first()
    st.empty()  # at its first element Streamlit looks through all modules for who started it
    logging.getLogger(BARE).setLevel(logging.NOTSET)
    settle()
    HURRY.wait(FIRST)
    warm.rest()
    gc.collect()
    settle()
    WARM.set()  # a sibling is needed at once: what its people open with is worked out beside them
    warm.screens(loop)
    gc.collect()
    settle()


def settle() -> None:
    """Set what is imported aside for the collector, and keep its libraries to one processor, which jobs and pages share."""
    threadpool_limits(1)
    gc.freeze()


PATHS = frozenset("/" if name == "home" else f"/{name}" for rows in frame.PAGES.values() for name, _, _ in rows)
upstream.lighten()
address.watch()
app = st.App(
    ROOT / "streamlit_app.py", middleware=[Middleware(Headers), Middleware(assets.Assets, paths=PATHS)], lifespan=ready
)


def main() -> None:
    """Serve on localhost, or on --host."""
    import uvicorn

    from playground.server import doors

    arenas.few()
    gc.set_threshold(5_000, 20, 10)  # what people hold is many small arrays and few cycles: look for these more rarely
    sys.setswitchinterval(0.001)  # a page waits a millisecond for a job to let it in, not five
    parser = argparse.ArgumentParser(description="Generative Playground")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--sibling", nargs=2, type=int, help=argparse.SUPPRESS)  # see doors
    options = parser.parse_args()
    if options.sibling:
        HURRY.set()
    else:
        print(f"Generative Playground: http://localhost:{options.port}", flush=True)
    place = {"host": options.host, "port": options.port}
    doors.run(uvicorn.Config(app, log_level="warning", access_log=False, **place, **SOCKETS), options.sibling, WARM)


if __name__ == "__main__":
    main()
