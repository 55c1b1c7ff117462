"""Everything, in queues side by side: first two that compute, then three that drive a browser.

python -m tests

Queues of a kind have one list of files, and each takes the longest that is left (`tests.sharing`). Who drives a browser
waits for it a third of the time, so that three such queues keep two processors busy.

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

from tests import sharing

HERE = Path(__file__).parent
COMPUTED = 2, ["core", "pages", "playground", *sorted(file.name for file in HERE.glob("test_*.py"))]
DRIVEN = 3, ["browser"]
"""How many queues, and the files and folders that they share."""
SECONDS = Path(".pytest_cache/seconds.json")  # what each file took the last time, from the folder above
FORGIVEN = 5  # the most browser tests that may have failed once
ASIDE = "Held only when run alone: read the first failure above as a fault of the test, or of the page under load"


def pytest(names: Iterable[str], notes: Path, to: object = PIPE, share: Path | None = None) -> subprocess.Popen:
    """A pytest of these files, folders or tests that has begun; which tests fail it writes down in `notes`."""
    files = [str(HERE / name) for name in names]
    sharing = ["-p", "tests.sharing", "--share", str(share)] if share else []
    command = [sys.executable, "-m", "pytest", *sharing, "-o", f"cache_dir={notes}", *files]
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


def beside(count: int, names: Sequence[str], notes: Path) -> list[tuple[int, str]]:
    """Run queues side by side; what the first says is shown as it comes, the others' after it. Statuses and summaries."""
    share, known = notes / "share", HERE.parent / SECONDS
    share.mkdir(parents=True)
    (share / "known.json").write_text(json.dumps(sharing.read(known)))
    with contextlib.ExitStack() as stack:
        aside = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(count - 1)]
        begun = [pytest(names, notes / str(i), to, share) for i, to in enumerate((PIPE, *aside))]
        with begun[0]:
            said = [show(begun[0].stdout)]
        for process, heard in zip(begun[1:], aside, strict=True):
            process.wait()
            heard.seek(0)
            said.append(show(heard))
    known.parent.mkdir(exist_ok=True)
    known.write_text(json.dumps(sharing.read(known) | sharing.found(share), indent=0, sort_keys=True))
    return [(process.returncode, last) for process, last in zip(begun, said, strict=True)]


def second_look(statuses: Iterable[int], notes: Path) -> tuple[int, list[str]]:
    """Run alone what failed in queues that have ended: 0 if all of it holds now, and the tests that do."""
    statuses = list(statuses)
    tests = sorted(name for i in range(len(statuses)) for name in failed(notes / str(i)))
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
        computed, driven = beside(*COMPUTED, Path(notes, "computed")), beside(*DRIVEN, Path(notes, "driven"))
        status, forgiven = second_look((status for status, _ in driven), Path(notes, "driven"))
    for kind, found in (("computed", computed), ("driven", driven)):
        print(*(f"{kind}: {said}" for _, said in found), sep="\n")
    if forgiven:
        print("\n".join((f"\n{ASIDE}:", *forgiven)))
    return next((status for status, _ in computed if status), status)


if __name__ == "__main__":
    sys.exit(main())
