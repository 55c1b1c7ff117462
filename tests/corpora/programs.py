"""What Python, R, Matlab and the statistics packages write by default."""

import numpy as np

from tests.corpora.written import (
    BODY,
    COLOUR,
    COUNT,
    COUNT_1,
    DAYS,
    GAMES,
    LENGTH,
    MONEY,
    ROWS,
    SHIFT,
    TOWNS,
    WEIGHT,
    File,
    cycle,
    decimals,
    dress,
    gaps,
    numbers,
    quoted,
    rows,
    some,
    text,
    wholes,
    widths,
)

ORDER = (numbers(COUNT),)
ORDER_1 = (numbers(COUNT_1),)
FULL = [f"{float(word):.18e}" for word in LENGTH], [f"{float(word):.18e}" for word in WEIGHT]
BOOLS = cycle("True", "False", "False"), cycle(1.0, 0.0, 0.0)
CAPITAL = [word.upper() for word in BOOLS[0]]
WHOLE = wholes(15, 0, 3000), wholes(16, 0, 40), wholes(17, 0, 200)
HUNDREDS = wholes(15, 100, 200), wholes(16, 100, 200), wholes(17, 100, 200)
SMALL = [np.format_float_scientific(float(f"1e{i - 9}") * 1.37, precision=4) for i in range(ROWS)]


def side():
    """Two rows of forty: what becomes of an array of shape (2, n)."""
    x, y = decimals(11, -4, 4, 3, 40), decimals(12, 20, 30, 3, 40)
    return text(" ".join(x), " ".join(y)), {"x": numbers(x), "y": numbers(y)}


SIDE, SIDE_COLUMNS = side()

PYTHON = [
    File("pandas-index", text(",length,weight", rows(",", COUNT, LENGTH, WEIGHT)), BODY, beside=ORDER),
    File("pandas-no-index", text("length,weight", rows(",", LENGTH, WEIGHT)), BODY),
    File(
        "pandas-missing-and-bool",
        text(",length,won,colour", rows(",", COUNT, gaps(LENGTH), BOOLS[0], gaps(COLOUR))),
        {"length": numbers(gaps(LENGTH)), "won": BOOLS, "colour": some(gaps(COLOUR))},
        beside=ORDER,
    ),
    File(
        "pandas-two-indices",
        text("colour,round,length", rows(",", COLOUR, COUNT, LENGTH)),
        {"colour": COLOUR, "round": numbers(COUNT), "length": numbers(LENGTH)},
    ),
    File(
        "pandas-two-rows-of-names",
        text(",length,length,weight", ",mean,sd,mean", rows(",", COUNT, LENGTH, SHIFT, WEIGHT)),
        {"length mean": numbers(LENGTH), "length sd": numbers(SHIFT), "weight mean": numbers(WEIGHT)},
        beside=ORDER,
    ),
    File(
        "pandas-two-rows-of-names-and-index",
        text("side,left,left,right", "what,x,y,x", "run,,,", rows(",", COUNT_1, LENGTH, SHIFT, WEIGHT)),
        {"left x": numbers(LENGTH), "left y": numbers(SHIFT), "right x": numbers(WEIGHT)},
        beside=ORDER_1,
    ),
    File(
        "pandas-semicolon-comma",
        text(";length;weight", rows(";", COUNT, dress(LENGTH, ","), dress(gaps(WEIGHT), ",", missing="NA"))),
        {"length": numbers(LENGTH), "weight": numbers(gaps(WEIGHT))},
        beside=ORDER,
    ),
    File(
        "pandas-range-columns",
        text(",0,1", rows(",", COUNT, LENGTH, WEIGHT)),
        {"0": numbers(LENGTH), "1": numbers(WEIGHT)},
        beside=ORDER,
        open=None,
    ),
    File(
        "pandas-range-columns-no-index",
        text("0,1", rows(",", LENGTH, WEIGHT)),
        {"0": numbers(LENGTH), "1": numbers(WEIGHT)},
        open=None,
    ),
    File(
        "pandas-range-columns-of-wholes",
        text("0,1,2", rows(",", GAMES, wholes(13, 0, 40), wholes(14, 0, 9))),
        {"0": numbers(GAMES), "1": numbers(wholes(13, 0, 40)), "2": numbers(wholes(14, 0, 9))},
        open=None,
    ),
    File(
        "pandas-float-format",
        text("x,y", rows(",", [f"{float(w):.3e}" for w in LENGTH], [f"{float(w):.3e}" for w in SHIFT])),
        {"x": [float(f"{float(w):.3e}") for w in LENGTH], "y": [float(f"{float(w):.3e}") for w in SHIFT]},
    ),
    File(
        "pandas-na-rep",
        text("length|weight", rows("|", gaps(LENGTH, 5, "NULL"), gaps(WEIGHT, 4, "NULL"))),
        {"length": numbers(gaps(LENGTH)), "weight": numbers(gaps(WEIGHT, 4))},
    ),
    File(
        "pandas-printed",
        text(widths(["", *COUNT], ["length", *gaps(LENGTH, 5, "NaN")], ["weight", *WEIGHT])),
        {"length": numbers(gaps(LENGTH)), "weight": numbers(WEIGHT)},
        beside=ORDER,
    ),
    File("savetxt", text(rows(" ", *FULL)), BODY, named=False),
    File("savetxt-header", text("# length weight", rows(" ", *FULL)), BODY),
    File(
        "savetxt-header-footer",
        text("# run 7 of 12", "# made by sim", "# length weight", rows(" ", *FULL), "# finished"),
        BODY,
        drops=("run 7", "made by", "finished"),
    ),
    File("savetxt-comma-header", text("# length,weight", rows(",", LENGTH, WEIGHT)), BODY),
    File("savetxt-tab-header", text("# length\tweight", rows("\t", LENGTH, WEIGHT)), BODY),
    File("savetxt-wholes", text(rows(",", *WHOLE)), dict(zip("abc", map(numbers, WHOLE), strict=True)), named=False),
    File(
        "savetxt-wholes-of-three-digits",
        text(rows(",", *HUNDREDS)),
        dict(zip("abc", map(numbers, HUNDREDS), strict=True)),
        named=False,
        open=None,
    ),
    File("savetxt-on-its-side", SIDE, SIDE_COLUMNS, named=False, open=None),
    File("csv-dictwriter", text("length,weight", rows(",", LENGTH, WEIGHT), end="\r\n"), BODY),
    File("small-numbers", text("p,length", rows(",", SMALL, LENGTH)), {"p": numbers(SMALL), "length": numbers(LENGTH)}),
]

R = [
    File("r-write-table", text('"length" "weight"', rows(" ", quoted(COUNT_1), LENGTH, WEIGHT)), BODY, beside=ORDER_1),
    File(
        "r-write-table-words",
        text(
            '"length" "won" "colour"',
            rows(" ", quoted(COUNT_1), gaps(LENGTH, 5, "NA"), CAPITAL, quoted(COLOUR)),
        ),
        {"length": numbers(gaps(LENGTH)), "won": (CAPITAL, BOOLS[1]), "colour": COLOUR},
        beside=ORDER_1,
    ),
    File(
        "r-write-table-row-names",
        text('"length" "weight"', rows(" ", quoted([f"{t} Hall" for t in TOWNS]), LENGTH, WEIGHT)),
        BODY,
        beside=([f"{t} Hall" for t in TOWNS],),
    ),
    File("r-write-table-tab", text("length\tweight", rows("\t", COUNT_1, LENGTH, WEIGHT)), BODY, beside=ORDER_1),
    File(
        "r-write-table-col-names-na",
        text('""\t"length"\t"weight"', rows("\t", quoted(TOWNS), LENGTH, WEIGHT)),
        BODY,
        beside=(TOWNS,),
    ),
    File("r-write-table-no-names", text(rows(" ", LENGTH, WEIGHT, quoted(COLOUR))), BODY | {"c": COLOUR}, named=False),
    File("r-write-csv", text('"","length","weight"', rows(",", quoted(COUNT_1), LENGTH, WEIGHT)), BODY, beside=ORDER_1),
    File(
        "r-write-csv-no-row-names",
        text('"length","colour"', rows(",", gaps(LENGTH, 5, "NA"), gaps(quoted(COLOUR), 5, "NA"))),
        {"length": numbers(gaps(LENGTH)), "colour": some(gaps(COLOUR))},
    ),
    File(
        "r-write-csv2",
        text('"";"length";"weight"', rows(";", quoted(COUNT_1), dress(LENGTH, ","), dress(WEIGHT, ","))),
        BODY,
        beside=ORDER_1,
    ),
    File(
        "readr-write-tsv",
        text("length\tcolour\twon", rows("\t", gaps(LENGTH, 5, "NA"), COLOUR, CAPITAL)),
        {"length": numbers(gaps(LENGTH)), "colour": COLOUR, "won": (CAPITAL, BOOLS[1])},
    ),
    File(
        "r-infinite",
        text('"x" "y"', rows(" ", quoted(COUNT_1), ["Inf", "-Inf", "NaN", *LENGTH[3:]], WEIGHT)),
        {"x": [np.inf, -np.inf, np.nan, *numbers(LENGTH[3:])], "y": numbers(WEIGHT)},
        beside=ORDER_1,
    ),
    File(
        "r-printed",
        text(widths(["", *COUNT_1], ["length", *gaps(LENGTH, 5, "NA")], ["colour", *COLOUR])),
        {"length": numbers(gaps(LENGTH)), "colour": COLOUR},
        beside=ORDER_1,
    ),
]

OTHERS = [
    File("matlab-writematrix", text(rows(",", LENGTH, WEIGHT, SHIFT)), BODY | {"c": numbers(SHIFT)}, named=False),
    File(
        "matlab-writetable",
        text("Time,Length,Colour", rows(",", DAYS, gaps(LENGTH, 5, "NaN"), COLOUR)),
        {"Time": DAYS, "Length": numbers(gaps(LENGTH)), "Colour": COLOUR},
    ),
    File(
        "matlab-save-ascii",
        text([f"   {float(a):.7e}  {float(b):14.7e}" for a, b in zip(LENGTH, SHIFT, strict=True)]),
        {"a": numbers(LENGTH), "b": numbers(SHIFT)},
        named=False,
    ),
    File(
        "octave-save",
        text(
            "# Created by Octave 8.4.0, Mon May 01 12:00:00 2023 UTC <me@lab>",
            ["# name: x", "# type: matrix", f"# rows: {ROWS}", "# columns: 2"],
            [f" {row}" for row in rows(" ", LENGTH, WEIGHT)],
            ["", ""],
        ),
        BODY,
        named=False,
        drops=("Created by", "type: matrix"),
    ),
    File(
        "spss-trailing-blanks",
        text(
            "id,score ,colour  ",
            rows(
                ",",
                [f"{w:>4}" for w in COUNT_1],
                [f"{w:>8}" for w in gaps(dress([w.replace("-0.", "-.").removeprefix("0") for w in SHIFT]), 5, " ")],
                [f"{w:<8}" for w in COLOUR],
            ),
        ),
        {"id": numbers(COUNT_1), "score": numbers(gaps(SHIFT)), "colour": COLOUR},
    ),
    File(
        "stata-outsheet",
        text("id\tlength\tcolour", rows("\t", COUNT_1, gaps(LENGTH, 5, "."), quoted(COLOUR))),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "colour": COLOUR},
    ),
    File(
        "stata-extended-missing",
        text("id,length", rows(",", COUNT_1, [".a", ".", ".b", *LENGTH[3:]])),
        {"id": numbers(COUNT_1), "length": [np.nan] * 3 + numbers(LENGTH[3:])},
        open=None,
    ),
    File(
        "sas-export",
        text("id,length,amount", rows(",", COUNT_1, gaps(LENGTH, 5, "."), MONEY)),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "amount": numbers(MONEY)},
    ),
    File(
        "sas-proc-print",
        text(
            "The SAS System",
            "",
            widths(["Obs", *COUNT_1], ["length", *gaps(LENGTH, 5, ".")], ["colour", *COLOUR], gap=4)[:1],
            "",
            widths(["Obs", *COUNT_1], ["length", *gaps(LENGTH, 5, ".")], ["colour", *COLOUR], gap=4)[1:],
        ),
        {"Obs": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "colour": COLOUR},
        drops=("SAS System",),
    ),
    File(
        "minitab-stars",
        text("length\tweight", rows("\t", gaps(LENGTH, 5, "*"), WEIGHT)),
        {"length": numbers(gaps(LENGTH)), "weight": numbers(WEIGHT)},
    ),
    File(
        "gretl-blanks",
        text([f"{row} " for row in ["length weight", *rows(" ", LENGTH, gaps(WEIGHT, 5, "NA"))]]),
        {"length": numbers(LENGTH), "weight": numbers(gaps(WEIGHT))},
    ),
    File(
        "julia-missing",
        text("length,weight", rows(",", gaps(LENGTH, 5, "missing"), WEIGHT)),
        {"length": numbers(gaps(LENGTH)), "weight": numbers(WEIGHT)},
    ),
]

FILES = [*PYTHON, *R, *OTHERS]
