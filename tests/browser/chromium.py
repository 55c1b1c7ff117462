"""Find a Chromium for the browser tests: Playwright's own or the system's; on Debian as root, install it.

Best is the one without windows: for every page that is opened the other draws a window and its tools that nobody sees,
which is a third of all that a test has the processor do.

python -m tests.browser.chromium        prints where it is, or one sentence saying what to install
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if own and Path(own).exists():
        return own
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> None:
    """Install Debian's package, where that is possible without asking."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", NAMES[0]], check=False, **quiet)


def main() -> None:
    """Say where Chromium is, installing it if need be."""
    if find() is None:
        install()
    path = find()
    if path is None:
        sys.exit(
            "The browser tests need Chromium: install it with your system's packages or `playwright install chromium`."
        )
    print(f"Browser tests use {path}")


if __name__ == "__main__":
    main()
