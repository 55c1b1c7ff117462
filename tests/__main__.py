"""Everything, in two queues side by side: first what computes, then what drives a browser.

python -m tests
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
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


def pytest(names: list[str], to: object = subprocess.PIPE) -> subprocess.Popen:
    """A pytest of these files and folders that has begun."""
    command = [sys.executable, "-m", "pytest", *(str(HERE / name) for name in names)]
    return subprocess.Popen(command, stdout=to, stderr=subprocess.STDOUT, text=True)


def show(lines: Iterable[str]) -> str:
    """Show what a pytest says as it comes; the last line is its summary."""
    last = ""
    for line in lines:
        print(line, end="", flush=True)
        last = line.strip() or last
    return last


def both(one: list[str], other: list[str]) -> list[tuple[int, str]]:
    """Run two queues side by side; what the second says is shown after the first. Exit statuses and summaries."""
    with tempfile.TemporaryFile("w+") as aside:
        first, second = pytest(one), pytest(other, aside)
        said, status = show(first.stdout), second.wait()
        aside.seek(0)
        return [(first.wait(), said), (status, show(aside))]


def main() -> int:
    """Run all, and close with every summary; the exit status is of the first queue that failed."""
    found = both(*COMPUTED) + both(*DRIVEN)
    for names, (_, said) in zip((*COMPUTED, *DRIVEN), found, strict=True):
        print(f"{' '.join(names)}: {said}")
    return next((status for status, _ in found if status), 0)


if __name__ == "__main__":
    sys.exit(main())
