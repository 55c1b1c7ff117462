"""The real server, which also answers `/bench` with its jobs, its threads and its work: `-m tests.bench.watched`.

They are those of the one process that answers, whose number comes with them: a cookie chooses it (`playground.server.sticky`).
"""

import functools
import json
import threading
import time
from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from playground.runs import jobs
from playground.runs.drain import Job
from playground.server import server

worked: Counter[str] = Counter()  # seconds of processor of scripts and their fragments, and of jobs


def counted(where: type, name: str, said: str) -> None:
    """Count the processor's seconds that a method takes of its own thread."""
    method = getattr(where, name)

    @functools.wraps(method)
    def run(*args: object) -> object:
        began = time.thread_time()
        try:
            return method(*args)
        finally:
            worked[said] += time.thread_time() - began

    setattr(where, name, run)


def watched(app: ASGIApp) -> ASGIApp:
    """`app` with one more address."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") != "/bench":
            return await app(scope, receive, send)
        process = scope["state"]["door"].process
        told = {"process": process, "jobs": jobs.living(), "threads": threading.active_count()}
        body = json.dumps(told | {"script": worked["script"], "job": worked["job"]}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    return answer


if __name__ == "__main__":
    counted(ScriptRunner, "_run_script", "script")
    counted(Job, "_work", "job")
    server.app = watched(server.app)
    server.main()
