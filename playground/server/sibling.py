"""The line between the main process and a sibling: connections go out along it, reports come back, its end is the end."""

import asyncio
import contextlib
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Coroutine, Sequence

import uvicorn

from playground.server import sticky

REPORT = 0.25  # seconds between two reports of a sibling
ENDING = 3.0  # seconds a sibling has to end once the main process is gone
_report = struct.Struct("!II")  # connections a sibling has; connections it was ever handed


class Sibling:
    """Another process, as the main one knows it."""

    def __init__(self, number: int, command: Sequence[str]) -> None:
        self.number, self.ready = number, False
        self.line, other = socket.socketpair()
        self.line.setblocking(False)
        arguments = [*command, "--sibling", str(number), str(other.fileno())]
        self.process = subprocess.Popen(
            arguments, pass_fds=[other.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
        )
        other.close()
        self._connections = self._taken = self._sent = 0

    @property
    def load(self) -> int:
        """Its connections at its last report, and those sent since."""
        return self._connections + self._sent - self._taken

    def take(self, sock: socket.socket) -> bool:
        """Hand a connection over; False if that cannot be done now."""
        try:
            socket.send_fds(self.line, [b"."], [sock.fileno()])
        except OSError:
            return False
        self._sent += 1
        return True

    def hear(self) -> bool:
        """Take in its reports; False if it has ended."""
        try:
            said = self.line.recv(_report.size << 8)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if said:
            self.ready = True
            self._connections, self._taken = _report.unpack(said[-_report.size :])
        return bool(said)

    def end(self) -> int:
        """Wait for its end, which is never late; its exit status."""
        self.line.close()
        if not self.ready:  # still importing, and nobody's
            self.process.kill()
        try:
            return self.process.wait(ENDING + 1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Behind(uvicorn.Server):
    """A sibling's server: once it is warm it serves what it is handed; it ends with the main process."""

    def __init__(self, config: uvicorn.Config, number: int, line: int, warm: threading.Event) -> None:
        super().__init__(config)
        self._warm = warm
        self._number, self._cookie = number, sticky.cookie(config.port)
        self._line, self._taken = socket.socket(fileno=line), 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Make the app ready, and say so as soon as it is warm."""
        await super().startup(sockets=[])
        self._line.setblocking(False)
        asyncio.get_running_loop().add_reader(self._line, self._receive)
        self._keep(self._tell())

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _receive(self) -> None:
        try:
            said, descriptors, _, _ = socket.recv_fds(self._line, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            said, descriptors = b"", []
        if not said:
            return self._end()
        self._taken += 1
        for descriptor in descriptors:
            os.set_inheritable(descriptor, False)
            sock = socket.socket(fileno=descriptor)
            sock.setblocking(False)
            asked = sticky.asked(sticky.glance(sock), self._cookie)
            self._keep(sticky.welcome(self, sock, sticky.Door(self._number, self._cookie, asked)))

    async def _tell(self) -> None:
        while not self._warm.is_set():
            await asyncio.sleep(0.05)
        with contextlib.suppress(ConnectionError):
            while True:
                with contextlib.suppress(BlockingIOError):
                    self._line.send(_report.pack(len(self.server_state.connections), self._taken))
                await asyncio.sleep(REPORT)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self.should_exit = True
        late = threading.Timer(ENDING, os._exit, (1,))  # whatever the people's threads are at
        late.daemon = True
        late.start()
