"""Real servers and a real Chromium for the benches, and what the kernel says of a process."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.browser import chromium

REPO = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
APP = ("-m", "playground.server", "--port")
WATCHED = ("-m", "tests.bench.watched", "--port")


@dataclass(frozen=True)
class Server:
    """A server that answers at `url`; `healthy` is how many seconds that took from the start of its process."""

    url: str
    pid: int
    began: float
    healthy: float
    log: Path

    def trouble(self) -> str:
        """The end of the last traceback in the log."""
        return "Traceback" + self.log.read_text(errors="replace").rpartition("Traceback")[2][-1500:]

    @property
    def rss(self) -> float:
        """Resident memory of its processes together, MiB; what two of them share counts twice."""
        return sum(int(fields[21]) for fields in self.family()) * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def cpu(self) -> float:
        """Seconds of processor used so far by its processes, those that have ended included."""
        return sum(int(field) for fields in self.family() for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def family(self) -> list[list[str]]:
        """What the kernel says (`/proc/<pid>/stat` after the name) of its process, its children and theirs."""
        said = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                said[int(file.parent.name)] = file.read_text().rpartition(")")[2].split()
        family = [self.pid]
        for parent in family:  # grows while it is read
            family += [pid for pid, fields in said.items() if int(fields[1]) == parent]
        return [said[pid] for pid in family]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(*arguments: str, health: str = "/_stcore/health") -> Iterator[Server]:
    """`python <arguments> <port>` as a server; it ends with the block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.NamedTemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments, str(port)], cwd=REPO, stdout=log, stderr=log)
        try:
            _wait(url + health, process)
            yield Server(url, process.pid, began, time.perf_counter() - began, Path(log.name))
        except ServerDied:
            said = Path(log.name).read_text(errors="replace")
            raise RuntimeError(f"{arguments} did not start:\n{said[-3000:]}") from None
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class ServerDied(Exception):
    """The server ended, or was not healthy in a minute."""


def _wait(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return urllib.request.urlopen(url, timeout=1).close()
        time.sleep(0.01)
    raise ServerDied


def script(path: str) -> tuple[str, ...]:
    """The arguments that serve one Streamlit script on its own."""
    options = "--server.headless=true --server.fileWatcherType=none --browser.gatherUsageStats=false"
    return ("-m", "streamlit", "run", str(REPO / path), *options.split(), "--server.address=127.0.0.1", "--server.port")


@contextlib.contextmanager
def browser() -> Iterator:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield one
        one.close()


@contextlib.contextmanager
def new_page(one: object) -> Iterator:
    """A desktop page with an empty cache."""
    context = one.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
