"""Who serves which connection: one process, and when it is crowded its siblings as well, behind the same port.

Python computes in one thread at a time, so a second processor is of use to the people only in a second process. The main
process accepts every connection and peeks at its first request without taking it. Then it serves the connection itself or
hands it over, its descriptor sent through a pair of sockets, to a sibling, which serves it the same way: from then on no
byte passes through the main process. A session lives in one process; a cookie keeps its browser there. Somebody new comes
to the process with the fewest connections. A request without a cookie for what only a session's process has (its stream,
uploads, media) is the main process's, so the app also works for browsers that keep no cookies.
"""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Sequence

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from playground.server import sticky
from playground.server.sibling import Behind, Sibling

CROWDED = 4  # people in every process above which another is started: it needs some seconds to be ready
_logger = logging.getLogger("uvicorn.error")


def processors() -> int:
    """The processors this process may use: no more processes than these."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Main(uvicorn.Server):
    """The process that listens, serves, and hands over. `command` starts a sibling, given `--sibling number fd`."""

    def __init__(self, config: uvicorn.Config, command: Sequence[str]) -> None:
        super().__init__(config)
        self.siblings: dict[int, Sibling] = {}
        self._command, self._cookie = command, sticky.cookie(config.port)
        self._listeners: list[socket.socket] = []
        self._arriving: set[asyncio.Task[None]] = set()
        self._entering = self._born = 0
        self._alone = False  # a sibling did not come up: the next would not either

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the app ready, then listen."""
        await super().startup(sockets=[])
        try:
            self._listeners = listen(self.config.host, self.config.port, self.config.backlog)
        except OSError as error:
            _logger.error(error)
            await self.lifespan.shutdown()
            sys.exit(STARTUP_FAILURE)
        for listener in self._listeners:
            asyncio.get_running_loop().add_reader(listener, self._accept, listener)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, end what is served here and, meanwhile, the siblings."""
        loop = asyncio.get_running_loop()
        for sock in (*self._listeners, *(sibling.line for sibling in self.siblings.values())):
            loop.remove_reader(sock)
            sock.close()
        for task in self._arriving:
            task.cancel()
        await super().shutdown(sockets=[])
        for sibling in self.siblings.values():
            await asyncio.to_thread(sibling.end)

    def _accept(self, listener: socket.socket) -> None:
        try:
            sock, _ = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:  # no descriptors left: wait until somebody goes
            _logger.error(error)
            loop = asyncio.get_running_loop()
            loop.remove_reader(listener)
            loop.call_later(1, lambda: listener.fileno() < 0 or loop.add_reader(listener, self._accept, listener))
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.create_task(self._admit(sock))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _admit(self, sock: socket.socket) -> None:
        try:
            head = await sticky.peek(sock)
        except asyncio.CancelledError:
            return sock.close()
        if not head:  # gone again
            return sock.close()
        self._grow()
        named = sticky.asked(head, self._cookie)
        sibling = self._choose(head, named)
        if sibling and sibling.take(sock):
            return sock.close()
        self._entering += 1
        await sticky.welcome(self, sock, sticky.Door(0, self._cookie, named))
        self._entering -= 1

    def _choose(self, head: bytes, named: int | None) -> Sibling | None:
        """The sibling that is to serve a connection, None for this process."""
        ready = {sibling.number: sibling for sibling in self.siblings.values() if sibling.ready}
        if named == 0 or named in ready or sticky.bound(head) or not ready:
            return ready.get(named) if named else None
        least = min(ready.values(), key=lambda sibling: sibling.load)
        return least if least.load < len(self.server_state.connections) + self._entering else None

    def _grow(self) -> None:
        """Start another process if all are crowded and a processor is left for it."""
        people = sum(isinstance(one, self.config.ws_protocol_class or ()) for one in self.server_state.connections)
        crowded = people > CROWDED and all(one.ready and one.load > CROWDED for one in self.siblings.values())
        if not crowded or len(self.siblings) + 1 >= processors() or self._alone:
            return
        self._born += 1  # a number is never used twice: a late request must not meet a stranger
        try:
            sibling = self.siblings[self._born] = Sibling(self._born, self._command)
        except OSError as error:  # no memory, no descriptors: whoever is at the door comes in all the same
            self._alone = True
            _logger.error("no second process behind this port: %s", error)
            return
        asyncio.get_running_loop().add_reader(sibling.line, self._hear, sibling)

    def _hear(self, sibling: Sibling) -> None:
        if sibling.hear():
            return
        asyncio.get_running_loop().remove_reader(sibling.line)
        del self.siblings[sibling.number]
        self._alone = self._alone or not sibling.ready
        _logger.error(
            "process %d, of several behind this port, has ended: its people come to the others", sibling.number
        )
        threading.Thread(target=sibling.end, daemon=True).start()


def listen(host: str, port: int, backlog: int) -> list[socket.socket]:
    """Sockets that listen at every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets = [socket.create_server(to, family=family, backlog=backlog) for family, _, _, _, to in dict.fromkeys(found)]
    for sock in sockets:
        sock.setblocking(False)
    return sockets


def run(config: uvicorn.Config, sibling: Sequence[int] | None, warm: threading.Event) -> None:
    """Serve until told to end. A sibling (its number, its end of the line) serves from when it is warm, until main ends."""
    if sibling:
        server: uvicorn.Server = Behind(config, sibling[0], sibling[1], warm)
    elif hasattr(socket, "send_fds"):
        server = Main(config, [sys.executable, *sys.orig_argv[1:]])
    else:  # no connection can be handed over (Windows)
        server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
