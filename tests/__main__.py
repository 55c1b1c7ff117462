"""Everything: what computes in two halves side by side, then what drives a browser, by itself, since it is held to time.

python -m tests
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
HALVES = (["core", *sorted(file.name for file in HERE.glob("test_*.py"))], ["pages", "playground"])
DRIVEN = ["browser"]


def pytest(names: list[str]) -> list[str]:
    """The command that runs these files and folders of tests."""
    return [sys.executable, "-m", "pytest", *(str(HERE / name) for name in names)]


def main() -> int:
    """Run all; what the second half says is shown after the first's. The exit status is of the first part that failed."""
    with tempfile.TemporaryFile() as said:
        second = subprocess.Popen(pytest(HALVES[1]), stdout=said, stderr=subprocess.STDOUT)
        found = [subprocess.run(pytest(HALVES[0])).returncode, second.wait()]
        said.seek(0)
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    found.append(subprocess.run(pytest(DRIVEN)).returncode)
    return next((status for status in found if status), 0)


if __name__ == "__main__":
    sys.exit(main())
