"""The whole suite's second look: what failed in a browser beside others is asked once more, alone; the rest never is."""

import importlib
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import sharing
from tests.browser import conftest

everything = importlib.import_module("tests.__main__")  # an import by its statement would name pytest's own
ONCE = """
from pathlib import Path
def test_{name}():
    runs = Path(__file__).with_suffix(".runs")
    runs.write_text((runs.read_text() if runs.exists() else "") + "{name} ")
    assert runs.read_text().split().count("{name}") > 1
"""
GOOD, BAD, BROKEN = "def test_good(): pass\n", "def test_bad(): assert False\n", "import nothing_of_that_name\n"


def once(*names):
    """A file of tests that fail the first time only."""
    return "".join(ONCE.format(name=name) for name in names)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """`written(core=text, ...)` makes those the queues of the suite; the folder they lie in."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(everything.HERE.parent))
    monkeypatch.setattr(everything, "HERE", tmp_path / "tests")

    def write(**texts):
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "tests").mkdir()
        for name, text in texts.items():
            (tmp_path / "tests" / f"test_{name}.py").write_text(text)
        monkeypatch.setattr(everything, "COMPUTED", (1, ["test_core.py"]))
        monkeypatch.setattr(everything, "DRIVEN", (2, [f"test_{name}.py" for name in texts if name != "core"]))
        return tmp_path / "tests"

    return write


@pytest.fixture
def looked(written, tmp_path):
    """`looked(first, rest)` runs two browser queues and looks again: the exit status, what held then, and the folder."""

    def look(first, rest):
        here = written(first=first, rest=rest)
        found = everything.beside(*everything.DRIVEN, tmp_path / "notes")
        return *everything.second_look((status for status, _ in found), tmp_path / "notes"), here

    return look


def test_what_holds_alone_is_named_at_the_end_and_what_computes_is_never_forgiven(written, capfd):
    here = written(core=once("a"), first=GOOD, rest=once("b"))
    assert everything.main() == 1
    assert capfd.readouterr().out.endswith(f"\n{everything.ASIDE}:\ntest_rest.py::test_b\n")
    assert (here / "test_core.runs").read_text() == "a "


def test_a_browser_test_that_holds_alone_is_forgiven(looked):
    status, held, here = looked(once("a"), GOOD + once("b", "c"))
    assert (status, held) == (0, ["test_first.py::test_a", "test_rest.py::test_b", "test_rest.py::test_c"])
    assert (here / "test_rest.runs").read_text() == "b c b c "


def test_one_that_fails_twice_is_not(looked):
    assert looked(once("a"), BAD)[:2] == (1, ["test_first.py::test_a"])


def test_too_many_fail_without_a_second_look(looked):
    status, held, here = looked(once(*"abcd"), once(*"fg"))
    assert (status, held) == (1, [])
    assert (here / "test_first.runs").read_text() == "a b c d "


def test_a_file_that_cannot_be_read_fails_without_a_second_look(looked):
    status, held, _ = looked(once("a"), BROKEN)
    assert (status, held) == (2, [])


def test_a_traceback_of_a_server_ends_its_queue_with_a_status_that_is_not_forgiven(tmp_path, monkeypatch):
    log = tmp_path / "server.log"
    log.write_text("Traceback (most recent call last):")
    monkeypatch.setattr(conftest, "launch", lambda *given: SimpleNamespace(stop=list))
    monkeypatch.setattr(conftest, "TRACED", [])
    session = SimpleNamespace(exitstatus=1)
    conftest.pytest_sessionfinish(session)
    assert session.exitstatus == 1
    with pytest.raises(AssertionError, match="Traceback"), conftest.standing([], 0, log):
        pass
    conftest.pytest_sessionfinish(session)
    (tmp_path / "0/v/cache").mkdir(parents=True)
    (tmp_path / "0/v/cache/lastfailed").write_text('{"tests/test_good.py::test_good": true}')
    assert everything.second_look([session.exitstatus, 1], tmp_path) == (3, [])


def test_every_test_is_in_one_list():
    names = [name for _, names in (everything.COMPUTED, everything.DRIVEN) for name in names]
    here = everything.HERE
    found = [
        file
        for name in names
        for file in ((here / name).rglob("test_*.py") if (here / name).is_dir() else [here / name])
    ]
    assert sorted(found) == sorted(here.rglob("test_*.py"))


def test_each_queue_takes_the_longest_file_that_is_left_and_what_it_took_is_known_the_next_time(written, tmp_path):
    note = """
import time
import pytest
from pathlib import Path
@pytest.fixture(scope="module")
def opened():
    yield
    with Path("{log}").open("a") as log: print("closed {name}", file=log)
def test_nothing(opened):
    pass
def test_it(opened):
    with Path("{log}").open("a") as log: print("{name}", file=log)
    time.sleep({seconds})
"""
    lengths, log = {"a": 0, "b": 0.4, "c": 0.2, "d": 0.1}, tmp_path / "log"
    written(**{name: note.format(name=name, seconds=seconds, log=log) for name, seconds in lengths.items()})
    for _ in range(2):
        log.write_text("")
        assert [
            status for status, _ in everything.beside(1, everything.DRIVEN[1], Path(tempfile.mkdtemp(dir=tmp_path)))
        ] == [0]
    assert log.read_text().split("\n")[:-1] == [said for name in "bcda" for said in (name, f"closed {name}")]
    log.write_text("")
    found = everything.beside(2, everything.DRIVEN[1], tmp_path / "both")
    assert [status for status, _ in found] == [0, 0]
    assert sorted(log.read_text().split()) == sorted([*"abcd", *"abcd", *["closed"] * 4])
    known = sharing.read(tmp_path / everything.SECONDS)
    assert sorted(known, key=known.get) == [f"tests/test_{name}.py" for name in "adcb"]
