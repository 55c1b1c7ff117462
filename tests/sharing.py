"""One list of test files for several pytests side by side: each takes the longest that none has taken yet.

python -m pytest -p tests.sharing --share FOLDER FILES

So none is idle while another has files left, whatever is added to them. How long a file takes is what it took the last
time (FOLDER/known.json, seconds by file); one that is new comes first, those with many tests before those with few.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder by which the pytests share."""
    parser.addoption("--share", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    """Share, if there is a folder."""
    if config.option.share:
        config.pluginmanager.register(Sharing(config.option.share))


class Sharing:
    """One of the pytests: what it takes, and how long that took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run what is taken; the next file before the last test of the one at hand, which then knows that it is the last."""
        if session.testsfailed:  # a file cannot be read: pytest's own loop says so
            return None
        items = taken(longest_first(session.items, read(self.folder / "known.json")), self.folder)
        item = next(items, None)
        while item is not None:
            following = next(items, None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            item = following
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what a test took to what its file takes."""
        self.seconds[file_of(report)] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Leave the seconds behind."""
        for file, seconds in self.seconds.items():
            (claim(self.folder, file) / "seconds.json").write_text(json.dumps({file: seconds}))


def file_of(test: pytest.Item | pytest.TestReport) -> str:
    """The file of a test, as pytest names it."""
    return test.nodeid.split("::")[0]


def longest_first(items: Sequence[pytest.Item], known: Mapping[str, float]) -> list[list[pytest.Item]]:
    """The tests file by file; first what is not known."""
    files: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[file_of(item)].append(item)
    return sorted(
        files.values(), key=lambda tests: (known.get(file_of(tests[0]), float("inf")), len(tests)), reverse=True
    )


def taken(files: Sequence[Sequence[pytest.Item]], folder: Path) -> Iterator[pytest.Item]:
    """The tests of the files that nobody took before; to make a folder is to take, for it succeeds only once."""
    for tests in files:
        try:
            claim(folder, file_of(tests[0])).mkdir()
        except FileExistsError:
            continue
        yield from tests


def claim(folder: Path, file: str) -> Path:
    """The folder that says that a file is taken."""
    return folder / file.replace("/", "-")


def read(file: Path) -> dict[str, float]:
    """Seconds by file; none where there is nothing to read."""
    return json.loads(file.read_text()) if file.exists() else {}


def found(folder: Path) -> dict[str, float]:
    """The seconds by file that the pytests left behind in a folder."""
    return {file: seconds for left in folder.glob("*/seconds.json") for file, seconds in read(left).items()}
