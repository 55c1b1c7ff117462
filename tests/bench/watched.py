"""The real server, which also answers `/bench` with its number of living jobs and threads: `-m tests.bench.watched`.

They are those of the one process that answers, whose number comes with them: a cookie chooses it (`playground.server.sticky`).
"""

import json
import threading

from starlette.types import ASGIApp, Receive, Scope, Send

from playground.runs import jobs
from playground.server import server


def watched(app: ASGIApp) -> ASGIApp:
    """`app` with one more address."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") != "/bench":
            return await app(scope, receive, send)
        process = scope["state"]["door"].process
        body = json.dumps({"process": process, "jobs": jobs.living(), "threads": threading.active_count()}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    return answer


if __name__ == "__main__":
    server.app = watched(server.app)
    server.main()
