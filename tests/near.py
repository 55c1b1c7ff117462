"""Only the tests that a change can reach: `make near`, or `python -m tests.near [BASE] [--list]`.

What changed is all that differs from where this branch left BASE (`origin/main`, else `HEAD`), be it committed, not yet,
or not yet known to git. What it reaches is read from `tests.graph`. Files run from the nearest to the farthest, in two
processes side by side; what drives a browser comes last, a process a file.

The frame, the server and the pages hold everything together: followed blindly, any change would run the whole house. So,
on purpose:

- Frame and server need no page and no panel, though they can show and warm up all. What they import to do their own
  work counts: a change in the frame reaches every page's tests.
- The `__init__` of a package that one only goes through counts by its own text. That something it imports no longer
  loads is seen by the tests of that thing.
- A browser test belongs to the pages it opens, by address or by a fixture, and to what it imports; one that says what
  it is `ABOUT` belongs to that instead of to pages.
- The tests that go round all pages run for the pages that are reached alone (`test_a_page_opened_alone[em]`), and
  whole if they are reached by more than a page.
- What knows no screen (`DEEP`) reaches the tests of pages that need no browser; a browser test, or one that goes round,
  only if it imports what changed. What a page draws of a number is tested where it is drawn.
- What only a browser runs (js, css, html) reaches browser tests, and those of its own room.
- What changes how everything runs (`WHOLE`) runs everything. What reads every file (`ALWAYS`) always runs.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests import graph

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("Makefile", "pyproject.toml", "requirements.txt", "tests/requirements.txt", "tests/conftest.py", ".streamlit/")
ALWAYS = ("tests/test_architecture.py",)
DEEP = ("core/", "checkpoints/")
SHOWN = (".js", ".css", ".html")
DRIVEN = "tests/browser/"
WIDE = 40  # test files beyond which a change is called wide
NAMED = 6  # changed files that are named in the line at the top


@dataclass(frozen=True)
class Plan:
    """The test files that are run, nearest first; `pages` are those whose cases of `rounds` are run."""

    changed: tuple[str, ...]
    tests: tuple[str, ...]
    rounds: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    whole: bool = False

    @property
    def line(self) -> str:
        """What changed and how much is run, in one line."""
        named = ", ".join(self.changed[:NAMED])
        more = f" and {len(self.changed) - NAMED} more" if len(self.changed) > NAMED else ""
        count = f"{len(self.tests)} test files"
        if self.whole:
            return f"Changed: {named}{more}. That is how everything runs: all {count}."
        wide = " This is wide: much of the project needs it." if len(self.tests) > WIDE else ""
        going = f", {len(self.rounds)} of them only for {', '.join(self.pages)}" if self.rounds else ""
        return f"Changed: {named}{more}. It reaches {count}{going}.{wide}"

    @property
    def cases(self) -> str:
        """Pytest's `-k`: in tests that go round all pages only the cases of these."""
        names = [name for page in self.pages for name in (("home", "[/]") if page == "home" else (f"{page}]",))]
        return " and ".join(f"(not {PurePosixPath(path).stem} or {' or '.join(names)})" for path in self.rounds)


def changes(root: Path, base: str) -> tuple[list[str], list[str]]:
    """The paths that differ from where HEAD left `base`, untracked ones included; and those that are gone."""
    left = git(root, "merge-base", base, "HEAD")[0]
    found = {
        *git(root, "diff", "--name-only", "--no-renames", left),
        *git(root, "ls-files", "-o", "--exclude-standard"),
    }
    files = sorted(path for path in found if not (root / path).is_dir())
    return files, [path for path in files if not (root / path).exists()]


def git(root: Path, *words: str) -> list[str]:
    """The lines that git answers."""
    done = subprocess.run(["git", "-c", "core.quotePath=off", *words], cwd=root, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def default(root: Path) -> str:
    """The main branch as it was last fetched, or HEAD where there is none."""
    found = subprocess.run(["git", "rev-parse", "--verify", "-q", "origin/main"], cwd=root, capture_output=True)
    return "HEAD" if found.returncode else "origin/main"


def is_test(path: str) -> bool:
    """Whether pytest collects it."""
    return path.startswith("tests/") and PurePosixPath(path).name.startswith("test_") and path.endswith(".py")


def plan(found: graph.Graph, changed: Sequence[str], gone: Iterable[str] = ()) -> Plan:
    """What is run for a change."""
    there = [path for path in found.needs if is_test(path) and path not in set(gone)]
    if not changed:
        return Plan((), ())
    if any(path.startswith(WHOLE) for path in changed):
        return Plan(tuple(changed), tuple(sorted(there)), whole=True)
    deep = [path for path in changed if path.startswith(DEEP)]
    seen = [path for path in changed if path.endswith(SHOWN) and path not in deep]
    wide = found.reach(path for path in changed if path not in (*deep, *seen))
    pages, near, rounds = opened(wide), wide | found.unvisited(DRIVEN).reach(deep), set(found.rounds)
    for path in seen:
        shown = found.reach([path])
        near |= {test: away for test, away in shown.items() if in_sight(test, path) and test not in near}
        rounds = rounds if pages else {test for test in rounds if in_sight(test, path)}
        pages |= opened(shown)
    near = {path: near[path] for path in there if path in near}
    rounds = rounds - near.keys() - set(gone) if pages else set()
    always = [path for path in ALWAYS if path in there and path not in near]
    tests = (*sorted(near, key=lambda path: (near[path], path)), *always, *sorted(rounds))
    return Plan(tuple(changed), tests, tuple(sorted(rounds)), tuple(sorted(pages)) if rounds else ())


def opened(reached: Iterable[str]) -> set[str]:
    """The names of the pages among what is reached."""
    return {PurePosixPath(path).stem for path in reached if path.startswith("pages/")}


def in_sight(test: str, shown: str) -> bool:
    """Whether a test can tell what only a browser runs: it drives one, or lies in the same room."""
    return test.startswith((DRIVEN, f"tests/{PurePosixPath(shown).parent.parent}/"))


def run(planned: Plan) -> int:
    """Run a plan, two processes at a time; what each says is shown when it is done, in the order of the plan.

    The exit status is of the first that failed. That no case of a file is left is no failure.
    """
    command = [sys.executable, "-m", "pytest", *(["-k", planned.cases] if planned.cases else [])]
    still = [path for path in planned.tests if not path.startswith(DRIVEN)]
    driven = [path for path in planned.tests if path.startswith(DRIVEN)]  # each by itself, the longest first
    driven.sort(key=lambda path: (ROOT / path).stat().st_size, reverse=True)
    parts = [part for part in (still[::2], still[1::2], *([path] for path in driven)) if part]

    def alone(part: Sequence[str]) -> subprocess.CompletedProcess:
        said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.run([*command, *part], cwd=ROOT, **said)

    status = 0
    with ThreadPoolExecutor(2) as workers:
        for done in workers.map(alone, parts):
            print(done.stdout, end="", flush=True)
            status = status or (done.returncode if done.returncode != 5 else 0)
    return status


def main() -> int:
    """Say what changed, then list or run what it reaches."""
    parser = argparse.ArgumentParser(prog="python -m tests.near", description="Run the tests that a change can reach.")
    parser.add_argument(
        "base", nargs="?", default=default(ROOT), metavar="BASE", help="what the change is counted from"
    )
    parser.add_argument("--list", action="store_true", help="only print the test files")
    asked = parser.parse_args()
    changed, gone = changes(ROOT, asked.base)
    planned = plan(graph.read(ROOT, gone), changed, gone)
    print(planned.line if changed else f"Nothing has changed since {asked.base}.", flush=True)
    if asked.list:
        print("\n".join(planned.tests))
        return 0
    return run(planned)


if __name__ == "__main__":
    sys.exit(main())
