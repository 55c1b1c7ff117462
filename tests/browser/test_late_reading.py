"""A file that is read late, in a real browser: what is happening is said, it is read when asked again, nobody left waits."""

import os
import re
from pathlib import Path

import pytest

from tests.browser.conftest import playground
from tests.browser.data.test_app_data import FAITHFUL, OWN, admitted, fits, upload

pytestmark = pytest.mark.browser
ABOUT = ("playground/shelf/", "core/data/")

LATE = """
import subprocess, sys
from pathlib import Path
from core.data import confined
patience, children = Path({patience!r}), Path({children!r})
begin = confined.begin
def late(module):
    confined.PATIENCE = float(patience.read_text()) if patience.exists() else 300.0
    if not patience.exists():
        return begin(module)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdin=-1, stdout=-1)
    children.write_text(str(child.pid))
    return child
confined.begin = late
from playground.server import server
server.main()
"""


class Late:
    """A server whose readers never answer while `patience` seconds are written down."""

    def __init__(self, folder: Path) -> None:
        self.patience, self.child = folder / "patience", folder / "child"
        self.script = LATE.format(patience=str(self.patience), children=str(self.child))

    def gone(self) -> bool:
        """Whether the last reader has ended."""
        try:
            os.kill(int(self.child.read_text()), 0)
        except ProcessLookupError:
            return True
        return False


@pytest.fixture
def late(tmp_path):
    """`Late`, and the running server."""
    held = Late(tmp_path)
    with playground(tmp_path / "late.log", "-c", held.script) as server:
        yield held, server


def test_a_retry_after_a_late_reading_reads_the_file(late, open_em):
    slow, server = late
    em = open_em(OWN, server=server)
    slow.patience.write_text("3")
    upload(em, "geyser.csv", FAITHFUL)
    spinner = em.page.locator("[data-testid=stSpinner]")
    spinner.get_by_text(re.compile(r"Reading")).wait_for()
    em.wait(lambda: re.search(r"Reading\.\.\..*\d", spinner.inner_text().replace("\n", " ")), "no time is shown")
    em.wait(lambda: "took longer than 3 seconds, as this machine is busy; try again, or" in em.alerts()[0])
    spinner.wait_for(state="detached")
    assert slow.gone()
    em.settled()
    slow.patience.unlink()
    em.button("Try again").click()
    em.page.get_by_text("272 rows, 2 columns").wait_for()
    fits(em, admitted("geyser.csv", FAITHFUL))
    assert em.alerts() == []
    assert em.button("Try again").count() == 0


@pytest.mark.parametrize("how", ["another page", "closed"])
def test_whoever_leaves_does_not_keep_a_reader(late, open_em, how):
    slow, server = late
    em = open_em(OWN, server=server)
    other = open_em("", server=server)  # waits while the first page is closed
    slow.patience.write_text("900")
    upload(em, "geyser.csv", FAITHFUL)
    em.page.locator("[data-testid=stSpinner]").wait_for()
    assert not slow.gone()
    if how == "another page":
        em.page.get_by_role("link", name="Fit in 1-D").first.click()
        em.page.get_by_role("heading", name="Fit in 1-D").wait_for()
    else:
        em.page.close()
    other.wait(slow.gone, "the reader goes on")
