"""What people write by hand and by short programs: names or none, single columns, fixed widths, mixed ends."""

from tests.corpora.written import (
    BODY,
    COLOUR,
    COUNT_1,
    GAMES,
    LENGTH,
    ROWS,
    SHARE,
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
    text,
    wholes,
    widths,
)

TWO_WORDS = cycle("New York", "Los Angeles", "Rome", "San Juan", "Cairo")
WAVES = ["400", "410", "420", "430"]
LIGHT = [decimals(71 + i, 0, 1, 4) for i in range(4)]
DICE = [wholes(81 + i, 1, 7) for i in range(3)]
IRIS = decimals(91, 4, 8, 1), decimals(92, 2, 4, 1)
SPECIES = cycle("setosa", "virginica", "versicolor")

FILES = [
    File("one-column", text("length", LENGTH), {"length": numbers(LENGTH)}),
    File("one-column-no-name", text(LENGTH), {"a": numbers(LENGTH)}, named=False),
    File("one-column-of-wholes", text(GAMES), {"a": numbers(GAMES)}, named=False),
    File("one-column-quoted", text('"length"', quoted(LENGTH)), {"length": numbers(LENGTH)}),
    File("one-column-decimal-comma", text("length", dress(LENGTH, ",")), {"length": numbers(LENGTH)}, open=None),
    File("one-column-comment", text("# length", LENGTH), {"length": numbers(LENGTH)}),
    File("one-column-two-word-name", text("length of day", LENGTH), {"length of day": numbers(LENGTH)}),
    File(
        "one-column-decimal-comma-and-wholes",
        text("x", "1,5", "2,5", "3,25", "10"),
        {"x": [1.5, 2.5, 3.25, 10]},
        open=None,
    ),
    File(
        "years-above-consecutive-wholes",
        text("country,1990,2000,2010", "Aland,5,6,7", "Borduria,4,4,5", "Caledon,1,2,3", "Dorne,7,8,9"),
        {
            "country": ["Aland", "Borduria", "Caledon", "Dorne"],
            "1990": [5, 4, 1, 7],
            "2000": [6, 4, 2, 8],
            "2010": [7, 5, 3, 9],
        },
    ),
    File(
        "attributes-a-line-each",
        text(
            "@relation lake",
            "",
            "@attribute temp numeric",
            "@attribute 'depth' numeric",
            "@data",
            rows(",", LENGTH, WEIGHT),
        ),
        {"temp": numbers(LENGTH), "depth": numbers(WEIGHT)},
        drops=("@relation",),
    ),
    File(
        "no-names-of-wholes",
        text(rows(",", *DICE)),
        {k: numbers(c) for k, c in zip("abc", DICE, strict=True)},
        named=False,
    ),
    File("no-names-blanks", text(rows("   ", LENGTH, WEIGHT)), BODY, named=False),
    File(
        "no-names-words",
        text(rows(",", *IRIS, SPECIES)),
        {"a": numbers(IRIS[0]), "b": numbers(IRIS[1]), "c": SPECIES},
        named=False,
    ),
    File(
        "names-0-1-2",
        text("0,1,2", rows(",", *DICE)),
        {str(i): numbers(column) for i, column in enumerate(DICE)},
        open=None,
    ),
    File(
        "names-of-waves",
        text(",".join(WAVES), rows(",", *LIGHT)),
        {w: numbers(column) for w, column in zip(WAVES, LIGHT, strict=True)},
        open=None,
    ),
    File(
        "names-of-waves-and-word",
        text(",".join(["sample", *WAVES]), rows(",", COUNT_1, *LIGHT)),
        {"sample": numbers(COUNT_1)} | {w: numbers(column) for w, column in zip(WAVES, LIGHT, strict=True)},
    ),
    File(
        "names-of-words-and-numbers",
        text("town,2019,2020", rows(",", TOWNS, LENGTH, WEIGHT)),
        {"town": TOWNS, "2019": numbers(LENGTH), "2020": numbers(WEIGHT)},
    ),
    File(
        "fixed-width",
        text(widths(["town", *TWO_WORDS], ["length", *gaps(LENGTH)], ["weight", *WEIGHT], left=(0,))),
        {"town": TWO_WORDS, "length": numbers(gaps(LENGTH)), "weight": numbers(WEIGHT)},
    ),
    File(
        "fixed-width-two-words",
        text(widths(["town", *cycle("New York", "San Juan")], ["length", *LENGTH], left=(0,))),
        {"town": cycle("New York", "San Juan"), "length": numbers(LENGTH)},
    ),
    File(
        "fixed-width-gap-at-the-end",
        text(widths(["town", *TOWNS], ["length", *LENGTH], ["share", *gaps(SHARE)])),
        {"town": TOWNS, "length": numbers(LENGTH), "share": numbers(gaps(SHARE))},
    ),
    File(
        "blanks-and-quotes",
        text("town length", rows(" ", quoted(TWO_WORDS), LENGTH)),
        {"town": TWO_WORDS, "length": numbers(LENGTH)},
    ),
    File(
        "blanks-and-single-quotes",
        text("town length", rows(" ", quoted(TWO_WORDS, "'"), LENGTH)),
        {"town": TWO_WORDS, "length": numbers(LENGTH)},
    ),
    File(
        "single-quotes",
        text("'town','length'", rows(",", quoted(TWO_WORDS, "'"), LENGTH)),
        {"town": TWO_WORDS, "length": numbers(LENGTH)},
    ),
    File(
        "mixed-ends",
        "length,weight\r\n" + "".join(row + ("\n", "\r\n")[i % 2] for i, row in enumerate(rows(",", LENGTH, WEIGHT))),
        BODY,
    ),
    File("no-last-end", text("length,weight", rows(",", LENGTH, WEIGHT)).rstrip("\n"), BODY),
    File("blank-lines", text("length,weight", rows(",", LENGTH, WEIGHT), end="\n\n"), BODY),
    File("comma-and-blank", text("length, weight", rows(", ", LENGTH, WEIGHT)), BODY),
    File("semicolon-and-blank", text("length; weight", rows("; ", dress(LENGTH, ","), dress(WEIGHT, ","))), BODY),
    File("bars", text("length|weight", rows("|", LENGTH, WEIGHT)), BODY),
    File("bars-and-blanks", text("length | weight", rows(" | ", LENGTH, WEIGHT)), BODY),
    File(
        "decimal-comma-blanks",
        text("length weight", rows(" ", dress(LENGTH, ","), dress(SHIFT, ","))),
        {"length": numbers(LENGTH), "weight": numbers(SHIFT)},
    ),
    File(
        "decimal-comma-tabs",
        text("length\tweight", rows("\t", dress(LENGTH, ","), dress(SHIFT, ","))),
        {"length": numbers(LENGTH), "weight": numbers(SHIFT)},
    ),
    File("tabs-and-blanks", text("length \tweight", [f" {row} " for row in rows(" \t ", LENGTH, WEIGHT)]), BODY),
    File(
        "short-rows",
        text("length,weight,share", rows(",", LENGTH, WEIGHT, SHARE)[:-2], LENGTH[-2], f"{LENGTH[-1]},{WEIGHT[-1]}"),
        {
            "length": numbers(LENGTH),
            "weight": [*numbers(WEIGHT[:-2]), float("nan"), float(WEIGHT[-1])],
            "share": [*numbers(SHARE[:-2]), float("nan"), float("nan")],
        },
        open=None,
    ),
    File(
        "apostrophe-in-words",
        text("town,length", rows(",", [f"{t}'s" for t in TOWNS], LENGTH)),
        {"town": [f"{t}'s" for t in TOWNS], "length": numbers(LENGTH)},
    ),
    File(
        "hash-in-words",
        text("town,length", rows(",", [f"{t} #{i}" for i, t in enumerate(TOWNS)], LENGTH)),
        {"town": [f"{t} #{i}" for i, t in enumerate(TOWNS)], "length": numbers(LENGTH)},
    ),
    File(
        "colours-of-the-web",
        text("colour,length", rows(",", [f"#{i:02x}ff00" for i in range(ROWS)], LENGTH)),
        {"colour": [f"#{i:02x}ff00" for i in range(ROWS)], "length": numbers(LENGTH)},
    ),
    File(
        "words-of-total-in-the-middle",
        text("town,length", rows(",", ["Total Village", *TOWNS[1:]], LENGTH)),
        {"town": ["Total Village", *TOWNS[1:]], "length": numbers(LENGTH)},
    ),
    File(
        "same-names",
        text("x,x,y", rows(",", LENGTH, WEIGHT, SHARE)),
        {"x": numbers(LENGTH), "x (2)": numbers(WEIGHT), "y": numbers(SHARE)},
    ),
    File(
        "words-only-two-numbers",
        text("colour,species,rank,length", rows(",", COLOUR, SPECIES, COUNT_1, LENGTH)),
        {"colour": COLOUR, "species": SPECIES, "rank": numbers(COUNT_1), "length": numbers(LENGTH)},
    ),
    File(
        "report-with-two-lines-and-source",
        text(
            "Lengths of the lake",
            "by the office of water",
            "",
            "town\tlength\tweight",
            rows("\t", TOWNS, LENGTH, WEIGHT),
            "",
            "Source: office of water",
        ),
        {"town": TOWNS} | BODY,
        drops=("Lengths of", "by the office", "Source"),
    ),
    File(
        "title-above-blanks",
        text("Lengths of the lake in May", "length weight", rows(" ", LENGTH, WEIGHT)),
        BODY,
        drops=("Lengths of",),
    ),
    File(
        "points-without-zero",
        text(
            "x,y", rows(",", [w.replace("0.", ".", 1) if w.lstrip("-").startswith("0.") else w for w in SHIFT], WEIGHT)
        ),
        {"x": numbers(SHIFT), "y": numbers(WEIGHT)},
    ),
    File("utf16-no-mark", text("length\tweight", rows("\t", LENGTH, WEIGHT)), BODY, encoding="utf-16-le"),
    File(
        "parentheses-are-words",
        text("town,length", rows(",", [f"{t} (old)" for t in TOWNS], LENGTH)),
        {"town": [f"{t} (old)" for t in TOWNS], "length": numbers(LENGTH)},
    ),
]
