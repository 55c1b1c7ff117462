"""Everything, in queues side by side: first two that compute, then three that drive a browser.

python -m tests

Who drives a browser waits for it a third of the time, so that three such queues keep two processors busy.

A browser test that failed beside others is run once more with nothing beside it. If it holds then, it is named at the
end and the whole does not fail for it: the fault was of the test, or of the page under load. What computes is never
forgiven, nor are more than a few, nor what no test alone can be asked for again (a queue that broke off, a server's traceback).
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import PIPE

HERE = Path(__file__).parent
COMPUTED = ["core", *sorted(file.name for file in HERE.glob("test_*.py"))], ["pages", "playground"]
NAMED = (  # of what drives a browser; each queue takes about as long as the one of all the others
    ["em", "instruments", "test_app_paint.py", "test_app_theme.py", "test_late_reading.py"],
    ["every", "test_app_diffusion.py", "test_app_frame.py", "test_app_plane.py"],
)
ALL = {file.relative_to(HERE / "browser").parts[0] for file in HERE.glob("browser/**/test_*.py")}
OTHERS = sorted(ALL.difference(*NAMED))
DRIVEN = tuple([f"browser/{name}" for name in queue] for queue in (*NAMED, OTHERS))
FORGIVEN = 5  # the most browser tests that may have failed once
ASIDE = "Held only when run alone: read the first failure above as a fault of the test, or of the page under load"


def pytest(names: Iterable[str], notes: Path, to: object = PIPE) -> subprocess.Popen:
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


def beside(queues: Sequence[Sequence[str]], notes: Path) -> list[tuple[int, str]]:
    """Run queues side by side; what the first says is shown as it comes, the others' after it. Statuses and summaries."""
    with contextlib.ExitStack() as stack:
        aside = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in queues[1:]]
        begun = [
            pytest(queue, notes / str(i), to) for i, (queue, to) in enumerate(zip(queues, (PIPE, *aside), strict=True))
        ]
        with begun[0]:
            said = [show(begun[0].stdout)]
        for process, heard in zip(begun[1:], aside, strict=True):
            process.wait()
            heard.seek(0)
            said.append(show(heard))
        return [(process.returncode, last) for process, last in zip(begun, said, strict=True)]


def second_look(statuses: Iterable[int], notes: Path) -> tuple[int, list[str]]:
    """Run alone what failed in queues that have ended: 0 if all of it holds now, and the tests that do."""
    statuses = list(statuses)
    tests = [name for i in range(len(statuses)) for name in failed(notes / str(i))]
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
        computed, driven = beside(COMPUTED, Path(notes, "computed")), beside(DRIVEN, Path(notes, "driven"))
        status, forgiven = second_look((status for status, _ in driven), Path(notes, "driven"))
    for names, (_, said) in zip((*COMPUTED, *DRIVEN), (*computed, *driven), strict=True):
        print(f"{' '.join(names)}: {said}")
    if forgiven:
        print("\n".join((f"\n{ASIDE}:", *forgiven)))
    return next((status for status, _ in computed if status), status)


if __name__ == "__main__":
    sys.exit(main())
