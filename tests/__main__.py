"""Everything: what computes in two queues side by side, then what drives a browser, by itself, since it is held to time.

python -m tests
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
QUEUES = (
    ["core", *sorted(file.name for file in HERE.glob("test_*.py"))],
    ["pages", "playground"],
)  # as long as each other
DRIVEN = ["browser"]


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


def main() -> int:
    """Run all; what the second queue says is shown after the first's, and every summary at the end.

    The exit status is of the first part that failed.
    """
    with tempfile.TemporaryFile("w+") as aside:
        first, second = pytest(QUEUES[0]), pytest(QUEUES[1], aside)
        said = [show(first.stdout)]
        found = [first.wait(), second.wait()]
        aside.seek(0)
        said.append(show(aside))
    browser = pytest(DRIVEN)
    said.append(show(browser.stdout))
    found.append(browser.wait())
    for names, summary in zip((*QUEUES, DRIVEN), said, strict=True):
        print(f"{' '.join(names)}: {summary}")
    return next((status for status in found if status), 0)


if __name__ == "__main__":
    sys.exit(main())
