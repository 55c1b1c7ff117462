"""Everything, in two queues side by side: first what computes, then what drives a browser.

python -m tests

A browser test that failed beside others is run once more with nothing beside it. If it holds then, it is named at the
end and the whole does not fail for it: the fault was of the test, or of the page under load. What computes is never
forgiven, nor are more than a few, nor what no test alone can be asked for again (a queue that broke off, a server's traceback).
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).parent
PAGES = ("diffusion", "frame", "paint", "plane", "theme")
LONGER = (
    *(f"test_app_{name}" for name in PAGES),
    "test_late_reading",
    "em",
    "instruments",
)  # as long as all the others
FIRST = [str(file.relative_to(HERE)) for file in HERE.glob("browser/*") if file.stem in LONGER]
REST = sorted({"/".join(file.relative_to(HERE).parts[:2]) for file in HERE.glob("browser/**/test_*.py")} - set(FIRST))
COMPUTED = ["core", *sorted(file.name for file in HERE.glob("test_*.py"))], ["pages", "playground"]
DRIVEN = FIRST, REST
FORGIVEN = 5  # the most browser tests that may have failed once
ASIDE = "Held only when run alone: read the first failure above as a fault of the test, or of the page under load"


def pytest(names: Iterable[str], notes: Path, to: object = subprocess.PIPE) -> subprocess.Popen:
    """A pytest of these files, folders or tests that has begun; which tests fail it writes down in `notes`."""
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={notes}", *(str(HERE / name) for name in names)]
    return subprocess.Popen(command, stdout=to, stderr=subprocess.STDOUT, text=True, cwd=HERE.parent)


def failed(notes: Path) -> list[str]:
    """The tests that failed in a queue, by their names from this folder."""
    found = notes / "v/cache/lastfailed"
    return [name.removeprefix(f"{HERE.name}/") for name in json.loads(found.read_text())] if found.exists() else []


def show(lines: Iterable[str]) -> str:
    """Show what a pytest says as it comes; the last line is its summary."""
    last = ""
    for line in lines:
        print(line, end="", flush=True)
        last = line.strip() or last
    return last


def both(queues: Sequence[Sequence[str]], notes: Path) -> list[tuple[int, str]]:
    """Run two queues side by side; what the second says is shown after the first. Exit statuses and summaries."""
    with tempfile.TemporaryFile("w+") as aside:
        with pytest(queues[0], notes / "0") as first, pytest(queues[1], notes / "1", aside) as second:
            said = show(first.stdout)
        aside.seek(0)
        return [(first.returncode, said), (second.returncode, show(aside))]


def second_look(statuses: Iterable[int], notes: Path) -> tuple[int, list[str]]:
    """Run alone what failed in two queues that have ended: 0 if all of it holds now, and the tests that do."""
    tests = [name for i in range(2) for name in failed(notes / str(i))]
    status = max(statuses, key=abs)
    if status != 1 or not 0 < len(tests) <= FORGIVEN:
        return status, []
    print(f"\nOnce more, alone: {' '.join(tests)}", flush=True)
    with pytest(tests, notes / "alone") as alone:
        show(alone.stdout)
    if alone.returncode not in (0, 1):
        return alone.returncode, []
    return alone.returncode, [name for name in tests if name not in failed(notes / "alone")]


def main() -> int:
    """Run all, and close with every summary; the exit status is of the first queue that failed."""
    with tempfile.TemporaryDirectory() as notes:
        computed, driven = both(COMPUTED, Path(notes, "computed")), both(DRIVEN, Path(notes, "driven"))
        status, forgiven = second_look((status for status, _ in driven), Path(notes, "driven"))
    for names, (_, said) in zip((*COMPUTED, *DRIVEN), (*computed, *driven), strict=True):
        print(f"{' '.join(names)}: {said}")
    if forgiven:
        print("\n".join((f"\n{ASIDE}:", *forgiven)))
    return next((status for status, _ in computed if status), status)


if __name__ == "__main__":
    sys.exit(main())
