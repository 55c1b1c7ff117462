"""The quick fit of an uploaded column, step by step, beside scipy's fits one after another: `python -m tests.bench.bench_fit`.

A file of 100,000 skewed values is read, admitted whole and ranked as the page does it: a first answer from a random part of
the values, then the table of all, every law scored on values it has not seen and its parameters with errors. The peer
fits the same sixteen laws with `scipy.stats`, shift free or fixed as ours, and ranks them by log-likelihood, no more.
Then the same file is uploaded in a browser. Exit status 1 if the right law is not first, or ours is less likely.
"""

import io
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy import stats

from core.data import clinic
from core.data.read import read
from core.key import Key
from core.laws import ranking
from core.laws.families.continuous import FAMILIES
from tests.bench import servers
from tests.bench.tables import Table

N, GOAL = 100_000, 1.0
SEEN = "() => [...document.querySelectorAll('[data-testid=stMarkdown]')].some(e => / is best /.test(e.innerText))"


def column() -> np.ndarray:
    """Gamma draws, shape 2 and scale 3."""
    return (Key(0) / "bench fit").generator().gamma(2.0, 3.0, N)


def as_csv(x: np.ndarray) -> bytes:
    """A file of one column."""
    text = io.StringIO()
    np.savetxt(text, x, fmt="%.6f", header="wait (min)", comments="")
    return text.getvalue().encode()


def seconds(work):
    """What `work` gives, and how long it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def ours(table: Table, raw: bytes, limit: int) -> tuple[tuple, float]:
    """Rows for reading, the clinic, the first answer and the whole table; the table and the time to the first answer."""
    source, reading = seconds(lambda: read("waits.csv", raw))
    (dataset, _), admitting = seconds(lambda: clinic.admit(source, ("wait (min)",), None, Key(0), limit))
    began, first, rows = time.perf_counter(), None, ()
    for step in ranking.rank(dataset.points, Key(0)):
        rows = step.state
        if first is None and len(rows) == len(ranking.CONTINUOUS):
            first = time.perf_counter() - began
    whole = time.perf_counter() - began
    n = len(dataset)
    table.row(f"read {N:,} rows", f"{reading:.2f}")
    table.row(f"clinic, {n:,} kept", f"{admitting:.2f}")
    table.row("first answer: 18 laws on 2,000 values", f"{first:.2f}")
    table.row("from the file to the first answer", f"{reading + admitting + first:.2f}", f"{GOAL:.2f}")
    table.row(f"18 laws, all {n:,}, scored, with errors", f"{whole:.2f}")
    return rows, whole


def scipys(x: np.ndarray) -> dict[str, float]:
    """The mean log-likelihood that scipy's own fit of each law reaches; NaN where it gives up."""
    found = {}
    for family in FAMILIES:
        fixed = {"floc": 0} if family.support in ("positive", "non-negative") else {}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                found[family.name] = float(family.law.logpdf(x, *family.law.fit(x, **fixed)).mean())
            except (stats.FitError, RuntimeError):
                found[family.name] = float("nan")
    return found


def in_a_browser(table: Table, raw: bytes) -> bool:
    """From the file chosen to the verdict painted; whether it came."""
    with TemporaryDirectory() as folder, servers.serving(*servers.APP) as server, servers.browser() as one:
        file = Path(folder) / "waits.csv"
        file.write_bytes(raw)
        with servers.new_page(one) as page:
            page.goto(f"{server.url}/fit1?panel=Families&data=Your+own+file")
            page.wait_for_function(SEEN, timeout=60_000)
            page.wait_for_timeout(1500)
            before = page.locator("[data-testid=stMarkdown]", has_text=" is best ").first.inner_text()
            bell = page.locator("table", has_text="Best mu").first.inner_text()
            began = time.perf_counter()
            page.locator("input[type=file]").set_input_files(file)
            page.wait_for_function(
                "bell => [...document.querySelectorAll('table')].some(e =>"
                " /Best mu/.test(e.innerText) && e.innerText !== bell)",
                arg=bell,
                timeout=60_000,
            )
            fitted = "in the browser: file chosen to the fitted bell"
            table.row(fitted, f"{time.perf_counter() - began:.2f}", f"{GOAL:.2f}")
            page.wait_for_function(
                "before => [...document.querySelectorAll('[data-testid=stMarkdown]')].some(e =>"
                " / is best /.test(e.innerText) && e.innerText !== before)",
                arg=before,
                timeout=60_000,
            )
            table.row("in the browser: to the verdict on its families", f"{time.perf_counter() - began:.2f}")
            page.get_by_text(f"With {N:,} points, laws less than").wait_for(timeout=60_000)
            table.row(f"in the browser: to the full table of all {N:,}", f"{time.perf_counter() - began:.2f}")
            return page.locator("[data-testid=stMarkdown]", has_text="Gamma").count() > 0


def main() -> int:
    """Print the table; 1 where a result is wrong."""
    x = column()
    raw, table = as_csv(x), Table(f"Quick fit of {N:,} rows: seconds", "", "seconds", "goal")
    rows, _ = ours(table, raw, clinic.LIMIT_ALONE)
    shown = {row.name: row.log_likelihood for row in rows}
    theirs, took = seconds(lambda: scipys(np.round(x, 6)))
    table.row("scipy: 16 laws fitted, not scored, no errors", f"{took:.2f}")
    ahead = [name for name, level in theirs.items() if name != "beta" and level > shown[name] + 1e-5]
    table.row(f"laws scipy fits better: {', '.join(ahead) or 'none'}")
    came = in_a_browser(table, raw)
    return int(rows[0].name != "gamma" or bool(ahead) or not came)


if __name__ == "__main__":
    sys.exit(main())
