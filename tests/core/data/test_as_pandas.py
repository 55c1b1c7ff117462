"""The program that reads a file without us is run on the file, and finds the same rows to the last bit."""

import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.clinic import admit
from core.data.read import parse
from core.data.readers.choices import Choices
from core.data.readers.sniff import identify
from core.data.readers.text import as_pandas
from core.key import Key
from tests.core.data.readers.test_hostile import npy, npz

DRAW = np.random.default_rng(4)
VALUES = np.column_stack([DRAW.normal(9, 2, 40), 1000 * DRAW.normal(50, 9, 40)]).round(5)
ROWS = [[repr(float(value)) for value in row] for row in VALUES]
NAMES = ("length", "weight")


def lines(rows, mark=",", head=NAMES):
    return "\n".join(mark.join(row) for row in [head, *rows]) + "\n"


def comma(cell):
    return cell.replace(".", ",")


def grouped(value, mark):
    return f"{value:,.5f}".replace(",", mark)


CLEAN = lines(ROWS)
GAPPED = lines([[a, ["", "NA", "-", "Missing"][i % 4] if i % 5 == 0 else b] for i, (a, b) in enumerate(ROWS)])
CODED = lines([[a, "-9999" if i % 7 == 0 else "999" if i % 7 == 1 else b] for i, (a, b) in enumerate(ROWS)])
ANSWERS = [[a, "yes" if float(a) > 9 else "No", f"k{i % 3}"] for i, (a, _) in enumerate(ROWS)]
ANSWERED = lines(ANSWERS, head=("length", "answered", "kind"))
DAYS = lines([[f"2024-0{1 + i % 9}-1{i % 7}", b] for i, (_, b) in enumerate(ROWS)], head=("when", "weight"))
HOURS = lines(
    [[f"{1 + i % 28}/{1 + i % 3}/2024 {i % 24}:30", b] for i, (_, b) in enumerate(ROWS)], head=("when", "weight")
)


def text(raw, columns=NAMES, label=None, choices=Choices()):  # noqa: B008
    """A case of a text: its bytes, what is read of them, and what is chosen."""
    raw = raw if isinstance(raw, bytes) else raw.encode()
    return raw, parse("table.csv", raw, choices), columns, label


def own(name, raw, columns, label=None, choices=Choices()):  # noqa: B008
    """A case of a file that is not text."""
    return raw, parse(name, raw, choices), columns, label


def parquet():
    held = pa.BufferOutputStream()
    some = [None if i % 9 == 0 else i % 2 == 0 for i in range(40)]
    days = pa.array([f"2024-01-{1 + i % 28:02d}" for i in range(40)]).cast(pa.date32())
    pq.write_table(pa.table({"x": VALUES[:, 0], "even": some, "day": days, "kind": ["a", "b"] * 20}), held)
    return held.getvalue().to_pybytes()


PARQUET = parquet()
CASES = {
    "plain": lambda: text(CLEAN),
    "a BOM and quotes": lambda: text(b"\xef\xbb\xbf" + CLEAN.replace("length", '"length"').encode()),
    "utf-16 and tabs": lambda: text(lines(ROWS, "\t").encode("utf-16")),
    "decimal comma": lambda: text(
        lines([[comma(a), comma(b)] for a, b in ROWS], ";", ("länge", "weight")).encode("cp1252"), ("länge", "weight")
    ),
    "a decimal comma in one of two": lambda: text(lines([[a, f'"{comma(b)}"'] for a, b in ROWS])),
    "points between thousands": lambda: text(
        lines([[comma(a), grouped(float(b), "_").replace(".", ",").replace("_", ".")] for a, b in ROWS], ";")
    ),
    "commas between thousands": lambda: text(lines([[a, grouped(float(b), ",")] for a, b in ROWS], "\t")),
    "blanks between thousands": lambda: text(lines([[a, grouped(float(b), "\u00a0")] for a, b in ROWS])),
    "a preamble and a total": lambda: text(f"# made on a Monday\n\nby hand\n{CLEAN}\nTotal,12\n"),
    "row names": lambda: text(
        "length weight\n" + "".join(f'"{i}" {a} {b}\n' for i, (a, b) in enumerate(ROWS, start=1))
    ),
    "two blanks and names of two": lambda: text(
        "town   length   weight\n"
        + "".join(f"{'New York' if i % 2 else 'Bern'}   {a}   {b}\n" for i, (a, b) in enumerate(ROWS))
    ),
    "a row of units": lambda: text(CLEAN.replace("weight\n", "weight\ncm,kg\n")),
    "a row left out": lambda: text(CLEAN.replace("weight\n", "weight\nfoo,bar\n"), choices=Choices(skip=(2, 5))),
    "no header": lambda: text("".join(f"{a}|{b}\n" for a, b in ROWS), ("column 1", "column 2")),
    "one column": lambda: text("length\n" + "".join(f"{a}\n" for a, _ in ROWS), ("length",)),
    "an odd quote": lambda: text(lines(ROWS, ";", ('5" bolt', "weight")), ('5" bolt', "weight")),
    "gaps": lambda: text(GAPPED),
    "a word that is missing": lambda: text(
        CLEAN.replace(ROWS[3][1], "s").replace(ROWS[5][1], "s"), choices=Choices(missing=(("weight", "s"),))
    ),
    "a sentinel": lambda: text(CODED, choices=Choices(missing=(("weight", "-9999"), ("weight", "999.0")))),
    "percent": lambda: text(lines([[f"{a} %", b] for a, b in ROWS])),
    "money": lambda: text(lines([[f"EUR {a}", f"${grouped(float(b), ',')}"] for a, b in ROWS], "\t")),
    "euros": lambda: text(lines([[f"{comma(a)} €", f"-{comma(b)} €"] for a, b in ROWS], ";")),
    "a minus behind, and in brackets": lambda: text(lines([[f"{a}-", f"({b})"] for a, b in ROWS])),
    "units in the cells": lambda: text(lines([[f"{a}\u2009mm", f"{b} kg"] for a, b in ROWS])),
    "flags": lambda: text(lines([[a, f"{b} {'e' * (i % 3 == 0)}"] for i, (a, b) in enumerate(ROWS)])),
    "two words and a label": lambda: text(ANSWERED, ("length", "answered"), "kind"),
    "days": lambda: text(DAYS, ("when", "weight")),
    "hours, the day first": lambda: text(HOURS, ("when", "weight")),
    "an array": lambda: own("a.npy", npy(VALUES.astype("f4")), ("column 1", "column 2")),
    "a row of numbers": lambda: own("a.npy", npy(VALUES[:, 0]), ("column",)),
    "a turned array": lambda: own("a.npy", npy(VALUES.T), ("column 1", "column 2")),
    "an array turned by hand": lambda: own(
        "a.npy", npy(VALUES.T.repeat(3, axis=0)), ("column 1", "column 4"), choices=Choices(turned=True)
    ),
    "arrays": lambda: own("a.npz", npz(a=VALUES, b=VALUES[:, 1] + 1, c=VALUES[:5]), ("a 1", "b")),
    "parquet": lambda: own("a.parquet", PARQUET, ("x", "even"), "kind"),
    "parquet days": lambda: own("a.parquet", PARQUET, ("day", "x")),
}  # fmt: skip
RUNNER = """
import os, sys, traceback, numpy
for folder in sys.argv[1:]:
    os.chdir(folder)
    made = {}
    try:
        exec(open("script.py", encoding="utf-8").read(), made)
        numpy.save("x.npy", made["x"])
        if "labels" in made:
            numpy.save("labels.npy", made["labels"].astype(str))
    except Exception:
        open("failed.txt", "w").write(traceback.format_exc())
"""


@cache
def case(name):
    raw, table, columns, label = CASES[name]()
    return raw, table, admit(table, columns, label, Key(0))[0], columns, label


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Each case in its folder: the file, the program, and what it found; all run by one process that has no `core`."""
    made = {}
    for name in CASES:
        raw, table, _, columns, label = case(name)
        folder = made[name] = tmp_path_factory.mktemp("case")
        (folder / table.name).write_bytes(raw)
        program = as_pandas.script(table, columns, label, kind=identify(table.name, raw))
        (folder / "script.py").write_text(program, "utf-8")
    subprocess.run([sys.executable, "-I", "-c", RUNNER, *map(str, made.values())], check=True, timeout=120)
    return made


@pytest.mark.parametrize("name", CASES)
def test_the_program_finds_the_rows_that_are_learned_from(name, folders):
    folder, (_, _, dataset, _, label) = folders[name], case(name)
    program = (folder / "script.py").read_text("utf-8")
    assert not (folder / "failed.txt").exists(), program + (folder / "failed.txt").read_text()
    assert "core" not in program
    np.testing.assert_array_equal(np.load(folder / "x.npy"), dataset.points, program)
    if label is not None:
        assert np.load(folder / "labels.npy").tolist() == [dataset.classes[i] for i in dataset.labels]


def test_what_pandas_can_be_told_is_told():
    """No line more than it needs: a plain file is one call."""
    _, table, _, columns, _ = case("plain")
    assert as_pandas.script(table, columns, None).splitlines() == [
        "import numpy as np",
        "import pandas as pd",
        "",
        "frame = pd.read_csv(",
        "    'table.csv',",
        "    encoding='utf-8',",
        "    sep=',',",
        "    quotechar='\"',",
        "    skipinitialspace=True,",
        '    float_precision="round_trip",',
        "    skiprows=1,",
        "    header=None,",
        "    names=['length', 'weight'],",
        "    index_col=False,",
        ")",
        "x = frame[['length', 'weight']].to_numpy(float)",
        "kept = np.isfinite(x).all(axis=1)",
        "x = x[kept]  # rows without gaps",
    ]


def test_a_text_whose_layout_is_not_known_has_no_program():
    assert as_pandas.script(replace(case("plain")[1], layout=None), NAMES, None) == ""


def test_names_from_a_stranger_stay_words_of_the_program():
    raw, table, *_ = case("plain")
    odd = "a'b\"\\n{x}"
    columns = (replace(table.columns[0], name=odd), table.columns[1])
    layout = replace(table.layout, names=(odd, "weight"))
    table = replace(table, name="x'); boom('.csv", columns=columns, layout=layout)
    compile(as_pandas.script(table, (odd, "weight"), None), "script", "exec")
