"""What spreadsheets save: Excel in several countries, LibreOffice, Google Sheets, Numbers."""

import numpy as np

from tests.corpora.written import (
    BODY,
    COLOUR,
    COUNT_1,
    DAYS,
    GAMES,
    LENGTH,
    MONEY,
    PEOPLE,
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
    some,
    text,
    wholes,
)

CRLF = "\r\n"
SECOND = decimals(21, 40, 60, 2)
ERRORS = {2: "#DIV/0!", 5: "#N/A", 8: "#VALUE!", 11: "#REF!"}
BROKEN = [ERRORS.get(i, word) for i, word in enumerate(LENGTH)]
POSITIVE = decimals(22, 10, 90_000, 2)
AREA = decimals(23, 1, 400, 2)


def total(words, digits):
    return f"{sum(map(float, words)):.{digits}f}"


FILES = [
    File(
        "excel-sep-line",
        text("sep=;", "length;weight", rows(";", dress(LENGTH, ","), dress(WEIGHT, ",")), end=CRLF),
        BODY,
    ),
    File("excel-sep-line-comma", text("sep=,", "length,weight", rows(",", LENGTH, WEIGHT), end=CRLF), BODY),
    File(
        "excel-german",
        text("Länge;Gewicht;Farbe", rows(";", dress(LENGTH, ","), dress(gaps(WEIGHT), ","), COLOUR), end=CRLF),
        {"Länge": numbers(LENGTH), "Gewicht": numbers(gaps(WEIGHT)), "Farbe": COLOUR},
        encoding="cp1252",
    ),
    File(
        "excel-utf8",
        text("Größe,weight", rows(",", LENGTH, WEIGHT), end=CRLF),
        {"Größe": numbers(LENGTH), "weight": numbers(WEIGHT)},
        encoding="utf-8-sig",
    ),
    File(
        "excel-unicode-text",
        text("town\tamount", rows("\t", TOWNS, quoted(dress(MONEY, ".", ","))), end=CRLF),
        {"town": TOWNS, "amount": numbers(MONEY)},
        encoding="utf-16",
    ),
    File("excel-macintosh", text("length,weight", rows(",", LENGTH, WEIGHT), end="\r"), BODY),
    File(
        "excel-thousands",
        text("town,people,amount", rows(",", TOWNS, quoted(dress(PEOPLE, ".", ",")), quoted(dress(MONEY, ".", ",")))),
        {"town": TOWNS, "people": numbers(PEOPLE), "amount": numbers(MONEY)},
    ),
    File(
        "excel-thousands-whole-only",
        text("town,people,visits", rows(",", TOWNS, quoted(dress(PEOPLE, ".", ",")), GAMES)),
        {"town": TOWNS, "people": numbers(PEOPLE), "visits": numbers(GAMES)},
        open=None,
    ),
    File(
        "excel-accounting",
        text("day,amount", rows(",", DAYS, quoted(dress(MONEY, ".", ",", minus="({})")))),
        {"day": DAYS, "amount": numbers(MONEY)},
    ),
    File(
        "excel-dollars",
        text("day,amount", rows(",", DAYS, quoted(dress(MONEY, ".", ",", minus="-${}", plain="${}")))),
        {"day": DAYS, "amount": numbers(MONEY)},
    ),
    File(
        "excel-dollars-accounting",
        text("day,amount", rows(",", DAYS, quoted(dress(MONEY, ".", ",", minus=" $ ({})", plain=" $ {} ")))),
        {"day": DAYS, "amount": numbers(MONEY)},
    ),
    File(
        "excel-percent",
        text("town,share,growth", rows(",", TOWNS, dress(SHARE, plain="{}%"), dress(SHIFT, minus="-{}%", plain="{}%"))),
        {"town": TOWNS, "share": numbers(SHARE), "growth": numbers(SHIFT)},
    ),
    File(
        "excel-errors",
        text("length,weight", rows(",", BROKEN, WEIGHT)),
        {"length": [np.nan if i in ERRORS else float(w) for i, w in enumerate(LENGTH)], "weight": numbers(WEIGHT)},
    ),
    File(
        "excel-trailing-columns",
        text([f"{row};;;" for row in ["length;weight", *rows(";", dress(LENGTH, ","), dress(WEIGHT, ","))]], end=CRLF),
        BODY,
    ),
    File(
        "excel-trailing-rows",
        text("length,weight", rows(",", LENGTH, WEIGHT), [",", ",", ","], end=CRLF),
        BODY,
    ),
    File(
        "excel-title",
        text("Survey of the lake,,", ",,", "town,length,weight", rows(",", TOWNS, LENGTH, WEIGHT), end=CRLF),
        {"town": TOWNS} | BODY,
        drops=("Survey",),
    ),
    File(
        "excel-title-and-two-lines",
        text(
            ["Survey of the lake;;", "Department of Water;;", "Printed: 01.06.2023;;", ";;"],
            "town;length;weight",
            rows(";", TOWNS, dress(LENGTH, ","), dress(WEIGHT, ",")),
            end=CRLF,
        ),
        {"town": TOWNS} | BODY,
        drops=("Survey", "Department", "Printed"),
    ),
    File(
        "excel-table-at-b3",
        text(",,,", ",,,", ",town,length,weight", [f",{row}" for row in rows(",", TOWNS, LENGTH, WEIGHT)], end=CRLF),
        {"town": TOWNS} | BODY,
    ),
    File(
        "excel-merged-names",
        text(
            ";2019;;2020;",
            "town;price;area;price;area",
            rows(";", TOWNS, *(dress(column, ",") for column in (LENGTH, WEIGHT, SECOND, AREA))),
            end=CRLF,
        ),
        {
            "town": TOWNS,
            "2019 price": numbers(LENGTH),
            "2019 area": numbers(WEIGHT),
            "2020 price": numbers(SECOND),
            "2020 area": numbers(AREA),
        },
    ),
    File(
        "excel-merged-words",
        text(
            "town,north,,south,",
            ",min,max,min,max",
            rows(",", TOWNS, LENGTH, WEIGHT, SHIFT, SECOND),
        ),
        {
            "town": TOWNS,
            "north min": numbers(LENGTH),
            "north max": numbers(WEIGHT),
            "south min": numbers(SHIFT),
            "south max": numbers(SECOND),
        },
    ),
    File(
        "excel-euro",
        text("Tag;Betrag", rows(";", DAYS, dress(MONEY, ",", ".", minus="-{} €", plain="{} €")), end=CRLF),
        {"Tag": DAYS, "Betrag": numbers(MONEY)},
        encoding="cp1252",
    ),
    File(
        "excel-french",
        text("ville;montant", rows(";", TOWNS, dress(MONEY, ",", "\u00a0")), end=CRLF),
        {"ville": TOWNS, "montant": numbers(MONEY)},
        encoding="cp1252",
    ),
    File(
        "excel-french-narrow",
        text("ville;montant", rows(";", TOWNS, dress(MONEY, ",", "\u202f", plain="{}\u202f€", minus="-{}\u202f€"))),
        {"ville": TOWNS, "montant": numbers(MONEY)},
    ),
    File(
        "excel-total",
        text(
            "town,length,weight",
            rows(",", TOWNS, LENGTH, WEIGHT),
            f"Total,{total(LENGTH, 2)},{total(WEIGHT, 2)}",
        ),
        {"town": TOWNS} | BODY,
        drops=("Total",),
        open=None,
    ),
    File(
        "excel-total-german",
        text(
            "Ort;Einwohner;Gebiet",
            rows(";", TOWNS, PEOPLE, dress(AREA, ",")),
            f"Summe;{sum(map(int, PEOPLE))};{total(AREA, 2).replace('.', ',')}",
            end=CRLF,
        ),
        {"Ort": TOWNS, "Einwohner": numbers(PEOPLE), "Gebiet": numbers(AREA)},
        drops=("Summe",),
        open=None,
    ),
    File(
        "excel-total-without-a-word",
        text("town,people,area", rows(",", TOWNS, PEOPLE, AREA), f",{sum(map(int, PEOPLE))},{total(AREA, 2)}"),
        {"town": TOWNS, "people": numbers(PEOPLE), "area": numbers(AREA)},
        open=None,
    ),
    File(
        "excel-footnotes",
        text(
            "town,length,weight",
            rows(",", TOWNS, LENGTH, WEIGHT),
            [",,", "Source: office of towns,,", "* estimated,,"],
            end=CRLF,
        ),
        {"town": TOWNS} | BODY,
        drops=("Source", "estimated"),
    ),
    File(
        "excel-names-over-two-lines",
        text('"Length\n(mm)","Weight\n(kg)"', rows(",", LENGTH, WEIGHT), end=CRLF),
        {"Length": numbers(LENGTH), "Weight": numbers(WEIGHT)},
        units={"Length": "mm", "Weight": "kg"},
    ),
    File(
        "excel-exponents",
        text("a;b", rows(";", ["1,37E+05", "2,5E-03", "-4,1E+00"] * 4, ["7,25E+11", "8,5E+12", "1E+10"] * 4), end=CRLF),
        {"a": [1.37e5, 2.5e-3, -4.1] * 4, "b": [7.25e11, 8.5e12, 1e10] * 4},
    ),
    File(
        "libreoffice",
        text('"town";"length";"weight"', rows(";", quoted(TOWNS), dress(LENGTH, ","), dress(WEIGHT, ","))),
        {"town": TOWNS} | BODY,
    ),
    File(
        "libreoffice-all-quoted",
        text(
            '"town","length","weight"',
            rows(",", quoted(TOWNS), quoted(dress(LENGTH, ",")), quoted(WEIGHT))[:0],
            rows(",", quoted(TOWNS), quoted(dress(LENGTH, ",")), quoted(dress(WEIGHT, ","))),
        ),
        {"town": TOWNS} | BODY,
    ),
    File(
        "google-sheets",
        text(
            "town,people,price,share,open",
            rows(
                ",",
                TOWNS,
                [f'"{w}"' if "," in w else w for w in dress(PEOPLE, ".", ",")],
                [f'"{w}"' if "," in w else w for w in dress(POSITIVE, ".", ",", plain="${}")],
                gaps(dress(SHARE, plain="{}%"), 5, "#N/A"),
                cycle("TRUE", "FALSE"),
            ),
            end=CRLF,
        ),
        {
            "town": TOWNS,
            "people": numbers(PEOPLE),
            "price": numbers(POSITIVE),
            "share": numbers(gaps(SHARE)),
            "open": (cycle("TRUE", "FALSE"), cycle(1.0, 0.0)),
        },
    ),
    File(
        "apple-numbers",
        text("Table 1,,", "town,length,weight", rows(",", TOWNS, LENGTH, WEIGHT)),
        {"town": TOWNS} | BODY,
        drops=("Table 1",),
    ),
    File(
        "sheet-remarks-beside",
        text(
            "length,weight,remark",
            rows(",", LENGTH, WEIGHT, ["wet", *[""] * (ROWS - 3), "late, but kept", ""])[:-2],
            f'{LENGTH[-2]},{WEIGHT[-2]},"late, but kept"',
            f"{LENGTH[-1]},{WEIGHT[-1]},",
        ),
        BODY | {"remark": ["wet", *[None] * (ROWS - 3), "late, but kept", None]},
    ),
    File(
        "sheet-quoted-lines",
        text(
            "id,note,length", [f'{i},"first\nsecond, and ""third""",{w}' for i, w in zip(COUNT_1, LENGTH, strict=True)]
        ),
        {"id": numbers(COUNT_1), "note": ['first second, and "third"'] * ROWS, "length": numbers(LENGTH)},
    ),
    File(
        "sheet-blank-rows-between",
        text("town,length", rows(",", TOWNS[:5], LENGTH[:5]), ",", rows(",", TOWNS[5:], LENGTH[5:])),
        {"town": TOWNS, "length": numbers(LENGTH)},
    ),
    File(
        "sheet-subtotals",
        text(
            "town,people",
            rows(",", TOWNS[:7], PEOPLE[:7]),
            f"Subtotal,{sum(map(int, PEOPLE[:7]))}",
            rows(",", TOWNS[7:], PEOPLE[7:]),
            f"Subtotal,{sum(map(int, PEOPLE[7:]))}",
            f"Grand total,{sum(map(int, PEOPLE))}",
        ),
        {"town": TOWNS, "people": numbers(PEOPLE)},
        drops=("Subtotal", "Grand"),
        open=None,
    ),
    File(
        "sheet-dashes",
        text("town,length", rows(",", TOWNS, gaps(LENGTH, 5, "-"))),
        {"town": some(TOWNS), "length": numbers(gaps(LENGTH))},
    ),
    File(
        "sheet-wholes-and-halves",
        text("a;b", rows(";", [w if i % 2 else f"{w},5" for i, w in enumerate(GAMES)], wholes(24, 1, 9))),
        {"a": [float(w) + (0 if i % 2 else 0.5) for i, w in enumerate(GAMES)], "b": numbers(wholes(24, 1, 9))},
    ),
]
