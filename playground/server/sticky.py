"""A browser stays with the process that has its session: the cookie that says which, and the request that shows it."""

import asyncio
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn

HEAD = 16 << 10  # bytes of a request in which the cookie is looked for
PATIENCE = 3.0  # seconds that the rest of a head may take once it has begun
BOUND = (b"/_stcore/", b"/media/")
Headers = Iterable[tuple[bytes, bytes]]


def cookie(port: int) -> bytes:
    """The cookie's name. Browsers send a host's cookies to all its ports, and there may be a server at each."""
    return b"playground-process-%d" % port


def named(values: Iterable[bytes], name: bytes) -> int | None:
    """The process that Cookie headers with these values name; None if they name none, or several."""
    pairs = (part.strip().partition(b"=") for value in values for part in value.split(b";"))
    found = {number for key, _, number in pairs if key == name}
    number = found.pop() if len(found) == 1 else b""
    return int(number) if re.fullmatch(rb"0|[1-9][0-9]{0,5}", number) else None


def asked(head: bytes, name: bytes) -> int | None:
    """The process that the head of a request names, however much of it is there."""
    lines, end, _ = head.partition(b"\r\n\r\n")
    return named(re.findall(rb"(?i)\ncookie:([^\r\n]*)(?=\r\n)", lines + end), name)


def bound(head: bytes) -> bool:
    """Whether a request is for what only the process of its session has."""
    return head.split(b"\r\n", 1)[0].partition(b" ")[2].startswith(BOUND)


async def peek(sock: socket.socket) -> bytes:
    """The head of a connection's first request, which stays there to be read; what there is of it if the rest is late.

    For the first byte it waits as long as the browser likes: browsers open connections before they need them.
    """
    loop = asyncio.get_running_loop()
    come = asyncio.Event()
    loop.add_reader(sock, come.set)
    try:
        await come.wait()
    finally:
        loop.remove_reader(sock)
    end = loop.time() + PATIENCE
    while (head := glance(sock)) and b"\r\n\r\n" not in head and len(head) < HEAD and loop.time() < end:
        await asyncio.sleep(0.02)  # the socket stays readable: waiting for that would not wait
    return head


def glance(sock: socket.socket) -> bytes:
    """What has come and was not read yet; nothing if the other side has gone."""
    try:
        return sock.recv(HEAD, socket.MSG_PEEK)
    except OSError:
        return b""


@dataclass(frozen=True)
class Door:
    """The way by which a connection came in: the process it led to, the cookie's name, what the first request named."""

    process: int
    cookie: bytes
    asked: int | None

    def sign(self) -> tuple[bytes, bytes]:
        """The header that brings the browser back to this process."""
        return b"set-cookie", b"%s=%d; Path=/; HttpOnly; SameSite=Lax" % (self.cookie, self.process)

    def adds(self, request: Headers) -> list[tuple[bytes, bytes]]:
        """What the answer to a request on this connection says beside the app's own headers.

        A browser that has meanwhile been sent elsewhere (two first tabs opened at once) stays there: it is asked to
        open a new connection, which will lead to the right process.
        """
        now = named((value for key, value in request if key == b"cookie"), self.cookie)
        if now == self.process:
            return []
        return [self.sign()] if now in (None, self.asked) else [(b"connection", b"close")]


async def welcome(server: uvicorn.Server, sock: socket.socket, door: Door) -> None:
    """Serve a connection, as if this server had accepted it."""
    kind: Any = server.config.http_protocol_class
    protocol = partial(
        kind,
        config=server.config,
        server_state=server.server_state,
        app_state={**server.lifespan.state, "door": door},
    )
    try:
        await asyncio.get_running_loop().connect_accepted_socket(protocol, sock)
    except OSError:  # gone again
        sock.close()
