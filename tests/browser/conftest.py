"""A real Streamlit server and a real Chromium for the tests that need eyes and hands."""

import contextlib
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import numpy as np
import pytest

from core.dataset import Dataset
from core.key import Key
from core.mixture import gmm
from core.process import Step
from core.units import units_of
from tests.browser import chromium

REPO = Path(__file__).resolve().parents[2]
APPS = Path(__file__).parent / "apps"
PATIENCE = 120_000  # ms that anything may take: only a test that fails waits so long
MOTION = {"reduced_motion": "no-preference"}
"""For a page on which films play. They rest at their ends on all others, which saves most of a processor."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]
TRACED: list[Path] = []  # logs of servers that hold a traceback
PROBES = re.compile(r"http://127\.0\.0\.1:\d+/[^/]+/_stcore/(health|host-config)")
"""Where Streamlit itself looks for its server from a deep link; it gets a 404 there and looks one level up."""


@dataclass(frozen=True)
class Server:
    """A running server: its address and its process."""

    url: str
    process: subprocess.Popen

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def launch(command: list[str], port: int, log: Path) -> Server:
    """Start a server and wait until it says that it is healthy."""
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, *command], cwd=REPO, stdout=out, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return Server(url, process)
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise RuntimeError(f"{' '.join(command)} did not start:\n{log.read_text()}")


@contextlib.contextmanager
def standing(command: list[str], port: int, log: Path) -> Iterator[Server]:
    """A server for as long as the block lasts. Its log must not hold a traceback at the end."""
    server = launch(command, port, log)
    yield server
    server.stop()
    if "Traceback" in (said := log.read_text()):
        TRACED.append(log)
        raise AssertionError(said[-4000:])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Say by the exit status that a server wrote a traceback: of many tests, none alone would provoke it again."""
    if TRACED:
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def playground(log: Path, *how: str) -> contextlib.AbstractContextManager[Server]:
    """The app as `make play` starts it, or started in another way."""
    port = free_port()
    return standing([*(how or ("-m", "playground.server")), "--port", str(port)], port, log)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, one server for all tests."""
    with playground(tmp_path_factory.mktemp("app") / "app.log") as server:
        yield server


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[Server]:
    """The app in a process that nobody has visited."""
    with playground(tmp_path / "fresh.log") as server:
        yield server


SLOW = """
import ctypes, time
from core.mixture import gmm
from playground.runs import jobs
jobs.GRACE = {grace}
fast = gmm.fit
def fit(*given, **named):
    ctypes.CDLL(None).prctl(15, b"em-run", 0, 0, 0)  # the thread's name, as /proc shows it
    for step in fast(*given, **named):
        time.sleep(0.05)
        yield step
gmm.fit = fit
from playground.server import server
server.warm.screens = lambda loop: None  # nor any run that is nobody's
server.main()
"""
GRACE = 6.0  # seconds that a dropped connection may take to come back on `slow_app`: one need not watch for longer


@pytest.fixture(scope="session")
def slow_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a machine that needs at least 50 ms for a half-step of EM, so that no run ends before one has looked."""
    with playground(tmp_path_factory.mktemp("slow") / "slow.log", "-c", SLOW.format(grace=GRACE)) as server:
        yield server


@pytest.fixture(scope="session")
def instruments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The instruments alone, one server for all three: `/?app=stage&mode=...`, see `apps`."""
    port = free_port()
    options = {
        "server.headless": "true",
        "server.port": port,
        "server.address": "127.0.0.1",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    log = tmp_path_factory.mktemp("instruments") / "instruments.log"
    with standing(["-m", "streamlit", "run", str(APPS / "instruments_app.py"), *flags], port, log) as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """One Chromium: Playwright's own if it is installed, else the system's."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = chromium.find()
    if path is None:
        pytest.fail("The browser tests need Chromium: run them through `make test`, which finds or installs one.")
    with playwright.sync_playwright() as p:
        launched = p.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser):
    """`new_page(**context options)` opens a page; the test fails if any page logs an error, or shows a traceback."""
    contexts, errors = [], []

    def hear(message):
        probe = PROBES.fullmatch(message.location.get("url", "")) and "status of 404" in message.text
        if message.type == "error" and not probe:
            errors.append(f"console: {message.text} ({message.location.get('url')})")

    def open_page(**options):
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda e: errors.append(f"page error: {e}"))
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            shown = page.locator("[data-testid=stException]").all_inner_texts()
            errors.extend(f"traceback: {text}" for text in shown)
        context.close()
    assert not errors, "\n".join(errors)


def wait(page, holds: Callable[[], object], otherwise: str = "it never held") -> None:
    """Wait until `holds()` is true; a moment at which an element is replaced counts as not yet."""
    from playwright.sync_api import Error

    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        with contextlib.suppress(Error, AttributeError, TypeError, ValueError, KeyError, IndexError):
            if holds():
                return
        page.wait_for_timeout(40)
    raise AssertionError(otherwise)


def ask(root, expression: str):
    """The value of a JS expression in `s`, what the instrument in the element `root` publishes."""
    return root.evaluate(f"root => {{ const s = (root.__stage ?? root.__sheet); return {expression} }}")


def until(root, condition: str) -> None:
    """Wait until a JS expression in `s` holds for the instrument in `root`."""
    try:
        wait(root.page, lambda: ask(root, f"Boolean({condition})"))
    except AssertionError:
        found = ask(root, "[s.frames, s.index, s.pos, s.playing, s.live, s.messages]")
        told = root.page.locator("[data-testid=stMain]").inner_text()
        heads = f"{condition} never held: frames, index, pos, playing, live, messages are {found}"
        raise AssertionError(f"{heads}; the page says:\n{told}") from None


def painted(page) -> None:
    """Wait until what is due has been painted: two frames of the browser."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def still(page) -> bool:
    """Whether the page comes to ask for no frame of the browser in half a second."""
    page.evaluate(
        "() => { beats = 0; const ask = requestAnimationFrame; requestAnimationFrame = f => ask(f, beats++) }"
    )
    for _ in range(PATIENCE // 500):
        page.evaluate("() => { beats = 0 }")
        page.wait_for_timeout(500)
        if page.evaluate("beats") == 0:
            return True
    return False


def calm(page) -> None:
    """Wait until the page's script has ended, its charts have marks, and all of it has been painted."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    charts = page.locator("[data-testid=stVegaLiteChart]:visible")
    wait(page, lambda: all(chart.locator("svg, canvas").count() for chart in charts.all()), "a chart has no marks")
    painted(page)


class Em:
    """The EM page as a person meets it: the stage, the numbers beside it, the address above it."""

    def __init__(self, page, which: int = 0) -> None:
        self.page = page
        self.stage = page.locator(".stage").nth(which)

    # what can be read

    @property
    def address(self) -> str:
        return self.page.evaluate("location.href")

    @property
    def settings(self) -> dict[str, str]:
        """The link's settings."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.address).query).items()}

    def state(self, *names: str):
        """One or several of the numbers the stage publishes."""
        found = self.stage.evaluate("(root, names) => names.map(name => root.__stage[name])", list(names))
        return found[0] if len(names) == 1 else found

    @property
    def run(self) -> str:
        return self.stage.get_attribute("data-run")

    @property
    def figures(self) -> dict[str, str]:
        """The live numbers at the right, by their names; `Half-step` is the heading."""
        table = self.page.locator(".figures table").first
        rows = table.evaluate("t => [...t.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))")
        (heading,), *rest = rows
        return {"Half-step": heading, **{name: value for name, value, _ in rest}}

    @property
    def log_likelihood(self) -> float:
        return number(self.figures["Log-likelihood"])

    @property
    def step(self) -> int:
        """The number of the half-step that the figures are about, once Python has heard that the film rests there; else -1."""
        if not self.page.locator(f'.figures[data-resting="{self.figures["Half-step"]}"]').count():
            return -1
        return int(re.search(r"\d+", self.figures["Half-step"])[0])

    def text(self) -> str:
        """All words on the page."""
        return self.page.locator("[data-testid=stMain]").inner_text()

    # what can be waited for

    def until(self, condition: str) -> None:
        """Wait until `condition`, a JS expression in `s`, holds for the stage."""
        until(self.stage, condition)

    def wait(self, holds: Callable[[], object], otherwise: str = "it never held") -> None:
        """Wait until `holds()` is true."""
        wait(self.page, holds, otherwise)

    def settled(self) -> "Em":
        """Wait until the run has ended, go to its last frame, and wait until the figures are about it."""
        self.page.get_by_text("At rest after").first.wait_for()
        self.until("s.frames > 0 && !s.live")  # the recording may come a moment after its caption
        self.press("End")
        self.until("!s.playing && s.pos === s.frames - 1")
        last = self.state("frames") - 1
        self.wait(lambda: self.step == last, f"the figures never reached step {last}")
        return self

    # what can be done

    def press(self, *keys: str) -> None:
        """Press keys on the stage."""
        self.stage.locator(".plot").wait_for()  # what is hidden takes no focus
        self.stage.locator(".plot").focus()
        for key in keys:
            self.page.keyboard.press(key)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Data coordinates to the page's pixels."""
        plot = self.stage.locator(".plot")
        plot.wait_for()
        box = plot.bounding_box()
        px, py = self.stage.evaluate("(root, [x, y]) => root.__stage.pixel(x, y)", [float(x), float(y)])
        return box["x"] + px, box["y"] + py

    def grip(self, i: int) -> tuple[float, float]:
        """The middle of handle `i` (from 0), in the page's pixels."""
        box = self.stage.locator(".hand").nth(i).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def colours(self, x: float, y: float, reach: int = 3) -> np.ndarray:
        """The painted colours around a place in data coordinates, (n, 3)."""
        found = self.stage.evaluate(
            """(root, [x, y, reach]) => {
              const canvas = root.querySelector(".picture"), k = canvas.width / canvas.clientWidth;
              const [px, py] = root.__stage.pixel(x, y), n = 2 * reach + 1;
              return Array.from(canvas.getContext("2d").getImageData(px * k - reach, py * k - reach, n, n).data);
            }""",
            [float(x), float(y), reach],
        )
        return np.array(found).reshape(-1, 4)[:, :3]

    def picture(self) -> str:
        """What is painted, as one string that differs if a pixel does."""
        return self.stage.evaluate("root => root.querySelector('.picture').toDataURL()")

    def button(self, name: str):
        """A button of the page, not of the stage."""
        kinds = "[data-testid=stButton] button:visible, [data-testid=stDownloadButton] button:visible"
        return self.page.locator(kinds, has_text=name)

    def alerts(self) -> list[str]:
        """Every sentence that the page sets apart: errors, warnings, notices."""
        return self.page.locator("[data-testid=stAlert]").all_inner_texts()

    def pick(self, label: str, option: str) -> None:
        """Choose in a drop-down list."""
        box = self.page.get_by_role("combobox", name=label)
        box.click()
        box.fill(option)  # the list is virtual: far options exist only when they are looked for
        self.page.get_by_role("option", name=option, exact=True).click()

    def panel(self, name: str) -> None:
        """Look closer."""
        self.page.get_by_role("radio", name=name).click()


def number(text: str) -> float:
    """The first number in a text, whatever sign for minus it uses."""
    return float(re.search(r"-?\d+(\.\d+)?(e-?\d+)?", text.replace("−", "-").replace(",", ""))[0])


@pytest.fixture
def open_em(app, new_page):
    """`open_em(settings, **context options)` opens the EM page with a link and waits for its stage."""

    def visit(settings: Mapping[str, object] | str = "", server: Server = app, **options) -> Em:
        link = settings if isinstance(settings, str) else urlencode(settings, quote_via=quote_plus)
        page = new_page(**options)
        page.goto(link if link.startswith("http") else f"{server.url}/em?{link}")
        em = Em(page)
        em.stage.and_(page.locator("[data-theme]")).wait_for()
        return em

    return visit


def has_colour(found: np.ndarray, hex_colour: str, within: int = 40) -> bool:
    """Whether any of the colours (n, 3) is close to the wanted one."""
    want = np.array([int(hex_colour[i : i + 2], 16) for i in (1, 3, 5)])
    return bool((np.abs(found - want).max(1) <= within).any())


def fitted(dataset: Dataset, config: gmm.Config, seed: int = 0, means: np.ndarray | None = None) -> list[Step[gmm.GMM]]:
    """The Steps of the fit that a link describes, by `core` alone, in original units."""
    units, key = units_of(dataset), Key(seed) / "em"
    x = units.standard(dataset.points)
    start = units.back(gmm.initial(config, x, key))
    start = start if means is None else replace(start, means=means)
    return list(units.report(gmm.fit(config, x, key, start=units.into(start))))


def score(dataset: Dataset, config: gmm.Config, seed: int = 0, means: np.ndarray | None = None) -> float:
    """The mean log-likelihood such a fit ends with, from its final density and not from the fit's own sums."""
    return float(fitted(dataset, config, seed, means)[-1].state.log_prob(dataset.points).mean())
