"""What offices of statistics, banks and databases hand out."""

from tests.corpora.written import (
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
    widths,
)

CRLF = "\r\n"
CODES = [town[:3].upper() for town in TOWNS]
YEARS = [wholes(41 + i, 1_000, 90_000) for i in range(3)]
RATES = [decimals(51 + i, 1, 30, 1) for i in range(3)]
SALDO = decimals(61, 1_000, 90_000, 2)
LARGE = [str(1_000_000 + 37 * int(w) * int(w)) for w in GAMES]
CREDIT = {"day": DAYS, "amount": numbers(MONEY)}


def flagged(words):
    """As the European office marks them: a letter after some, a colon for none."""
    marks = ["", "", "", " p", "", "", " b", "", "", " e"]
    return [f"{word}{marks[i % 10]}" if word else ":" for i, word in enumerate(words)]


OFFICES = [
    File(
        "world-bank",
        text(
            ['"Data Source","World Development Indicators",', "", '"Last Updated Date","2023-06-01",', ""],
            '"Country Name","Country Code","Indicator Name","1990","1991","1992",',
            [
                f"{row},"
                for row in rows(
                    ",",
                    quoted(TOWNS),
                    quoted(CODES),
                    cycle('"People, total"'),
                    quoted(YEARS[0]),
                    quoted(gaps(YEARS[1])),
                    quoted(YEARS[2]),
                )
            ],
        ),
        {
            "Country Name": TOWNS,
            "Country Code": CODES,
            "Indicator Name": ["People, total"] * ROWS,
            "1990": numbers(YEARS[0]),
            "1991": numbers(gaps(YEARS[1])),
            "1992": numbers(YEARS[2]),
        },
        encoding="utf-8-sig",
        drops=("Data Source", "Last Updated"),
    ),
    File(
        "world-bank-databank",
        text(
            "Country Name,Country Code,1990 [YR1990],1991 [YR1991]",
            rows(",", TOWNS, CODES, gaps(YEARS[0], 5, ".."), gaps(YEARS[1], 4, "..")),
            ["", "", "", "Data from database: World Development Indicators", "Last Updated: 06/01/2023"],
        ),
        {
            "Country Name": TOWNS,
            "Country Code": CODES,
            "1990 [YR1990]": numbers(gaps(YEARS[0])),
            "1991 [YR1991]": numbers(gaps(YEARS[1], 4)),
        },
        drops=("Data from", "Last Updated"),
    ),
    File(
        "eurostat",
        text(
            "freq,unit,geo\\TIME_PERIOD\t2019 \t2020 \t2021 ",
            rows("\t", [f"A,PC,{c}" for c in CODES], *([f"{w} " for w in flagged(gaps(r, 6))] for r in RATES)),
        ),
        {
            "freq,unit,geo\\TIME_PERIOD": [f"A,PC,{c}" for c in CODES],
            "2019": numbers(gaps(RATES[0], 6)),
            "2020": numbers(gaps(RATES[1], 6)),
            "2021": numbers(gaps(RATES[2], 6)),
        },
        open=None,
    ),
    File(
        "years-of-wholes",
        text("town,1990,1991,1992", rows(",", TOWNS, *YEARS)),
        {"town": TOWNS, "1990": numbers(YEARS[0]), "1991": numbers(YEARS[1]), "1992": numbers(YEARS[2])},
    ),
    File(
        "years-only",
        text("1990,1991,1992", rows(",", *YEARS)),
        {"1990": numbers(YEARS[0]), "1991": numbers(YEARS[1]), "1992": numbers(YEARS[2])},
        open=None,
    ),
    File(
        "us-thousands-with-tabs",
        text("town\tpopulation\tarea", rows("\t", TOWNS, dress(PEOPLE, ".", ","), LENGTH)),
        {"town": TOWNS, "population": numbers(PEOPLE), "area": numbers(LENGTH)},
    ),
    File(
        "us-thousands-beside-three-digits",
        text("town\tpopulation\tarea", rows("\t", TOWNS, dress(PEOPLE, ".", ","), decimals(62, 5, 15))),
        {"town": TOWNS, "population": numbers(PEOPLE), "area": numbers(decimals(62, 5, 15))},
        open=None,
    ),
    File(
        "quoted-decimal-comma",
        text(
            '"hero","games","winrate","shift"',
            rows(",", quoted(TOWNS), quoted(GAMES), quoted(dress(SHARE, ",", plain="{}%")), quoted(dress(SHIFT, ","))),
        ),
        {"hero": TOWNS, "games": numbers(GAMES), "winrate": numbers(SHARE), "shift": numbers(SHIFT)},
    ),
    File(
        "german-thousands-only",
        text("Ort;Einwohner", rows(";", TOWNS, dress(PEOPLE, ",", "."))),
        {"Ort": TOWNS, "Einwohner": numbers(PEOPLE)},
        open=None,
    ),
    File(
        "three-digits-after-a-comma",
        text("Ort;Wert", rows(";", TOWNS, dress(decimals(62, 1, 9), ","))),
        {"Ort": TOWNS, "Wert": numbers(decimals(62, 1, 9))},
        open=None,
    ),
    File(
        "three-digits-after-a-point",
        text("Ort;Wert", rows(";", TOWNS, decimals(62, 1, 9))),
        {"Ort": TOWNS, "Wert": numbers(decimals(62, 1, 9))},
        open=None,
    ),
    File(
        "indian-thousands",
        text("town,sum", rows(",", TOWNS, quoted(dress(LARGE, ".", ",", lakh=True)))),
        {"town": TOWNS, "sum": numbers(LARGE)},
        open=None,
    ),
    File(
        "blank-thousands",
        text("stad;folk;yta", rows(";", TOWNS, dress(PEOPLE, ",", " "), dress(LENGTH, ","))),
        {"stad": TOWNS, "folk": numbers(PEOPLE), "yta": numbers(LENGTH)},
    ),
    File(
        "thin-blank-thousands",
        text("town,people", rows(",", TOWNS, dress(PEOPLE, ".", "\u2009"))),
        {"town": TOWNS, "people": numbers(PEOPLE)},
    ),
]

BANKS = [
    File(
        "bank-swiss",
        text(
            "day;text;amount;balance",
            rows(";", DAYS, COLOUR, dress(MONEY, ".", "'"), dress(SALDO, ".", "'")),
            end=CRLF,
        ),
        CREDIT | {"text": COLOUR, "balance": numbers(SALDO)},
    ),
    File(
        "bank-swiss-curly",
        text("day;amount", rows(";", DAYS, dress(MONEY, ".", "\u2019", plain="CHF {}", minus="CHF -{}"))),
        CREDIT,
        encoding="cp1252",
    ),
    File("trailing-minus", text("day;amount", rows(";", DAYS, dress(MONEY, ",", ".", minus="{}-"))), CREDIT),
    File("trailing-minus-point", text("day\tamount", rows("\t", DAYS, dress(MONEY, minus="{}-"))), CREDIT),
    File(
        "bank-german",
        text(
            ['"Kontonummer:";"DE00 1234 / Girokonto";', '"Von:";"01.05.2023";', '"Bis:";"31.05.2023";', '""'],
            '"day";"text";"amount";',
            [f"{row};" for row in rows(";", quoted(DAYS), quoted(COLOUR), quoted(dress(MONEY, ",", ".")))],
            end=CRLF,
        ),
        CREDIT | {"text": COLOUR},
        drops=("Kontonummer", "Von:", "Bis:"),
    ),
    File("bank-eur", text("day;amount", rows(";", DAYS, dress(MONEY, ",", ".", "-{} EUR", "{} EUR"))), CREDIT),
    File("unicode-minus", text("day,amount", rows(",", DAYS, dress(MONEY, minus="\u2212{}"))), CREDIT),
    File(
        "unicode-minus-percent",
        text("day,change", rows(",", DAYS, dress(SHIFT, minus="\u2212{} %", plain="{} %"))),
        {"day": DAYS, "change": numbers(SHIFT)},
    ),
    File(
        "pounds",
        text("day,amount", rows(",", DAYS, quoted(dress(MONEY, ".", ",", "-£{}", "£{}")))),
        CREDIT,
        encoding="cp1252",
    ),
    File("reais", text("day;amount", rows(";", DAYS, dress(MONEY, ",", ".", "-R$ {}", "R$ {}"))), CREDIT),
    File(
        "yen",
        text("town,price", rows(",", TOWNS, quoted(dress(PEOPLE, ".", ",", plain="¥{}")))),
        {"town": TOWNS, "price": numbers(PEOPLE)},
        open=None,
    ),
    File("kroner", text("day;amount", rows(";", DAYS, dress(MONEY, ",", "\u00a0", "-{} kr", "{} kr"))), CREDIT),
]

KEYS = [str(10**17 + 7919 * i) for i in range(ROWS)]

DATABASES = [
    File(
        "mysql-outfile",
        text(rows("\t", COUNT_1, gaps(LENGTH, 5, "\\N"), COLOUR)),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "colour": COLOUR},
        named=False,
    ),
    File(
        "postgres-copy",
        text("id\tlength\tcolour", rows("\t", COUNT_1, gaps(LENGTH, 5, "\\N"), gaps(COLOUR, 4, "\\N"))),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "colour": some(gaps(COLOUR, 4))},
    ),
    File(
        "postgres-csv",
        text("id,length,won", rows(",", COUNT_1, gaps(LENGTH), cycle("t", "f"))),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "won": cycle("t", "f")},
    ),
    File(
        "psql-printed",
        text(
            " id | length | weight ",
            "----+--------+--------",
            [f" {a:>2} | {b:>6} | {c:>6}" for a, b, c in zip(COUNT_1, LENGTH, WEIGHT, strict=True)],
            f"({ROWS} rows)",
        ),
        {"id": numbers(COUNT_1), "length": numbers(LENGTH), "weight": numbers(WEIGHT)},
        drops=("----", f"({ROWS} rows)"),
    ),
    File(
        "markdown-table",
        text("| town | length |", "|------|-------:|", [f"| {row} |" for row in rows(" | ", TOWNS, LENGTH)]),
        {"town": TOWNS, "length": numbers(LENGTH)},
        drops=("-----",),
    ),
    File(
        "sql-server-null",
        text("id,length,colour", rows(",", COUNT_1, gaps(LENGTH, 5, "NULL"), gaps(COLOUR, 5, "NULL"))),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH)), "colour": some(gaps(COLOUR))},
        encoding="utf-8-sig",
    ),
    File(
        "sql-server-printed",
        text(
            widths(["id", "--", *COUNT_1], ["length", "------", *gaps(LENGTH, 5, "NULL")], gap=1),
            ["", f"({ROWS} rows affected)"],
        ),
        {"id": numbers(COUNT_1), "length": numbers(gaps(LENGTH))},
        drops=("------", "affected"),
    ),
    File(
        "kaggle",
        text(
            "PassengerId,Survived,Name,Age,Fare",
            rows(
                ",",
                COUNT_1,
                cycle("0", "1"),
                [f'"{town}, Mr. John ""Jack"""' for town in TOWNS],
                gaps(wholes(63, 1, 80)),
                decimals(64, 5, 90, 4),
            ),
        ),
        {
            "PassengerId": numbers(COUNT_1),
            "Survived": cycle(0.0, 1.0),
            "Name": [f'{town}, Mr. John "Jack"' for town in TOWNS],
            "Age": numbers(gaps(wholes(63, 1, 80))),
            "Fare": numbers(decimals(64, 5, 90, 4)),
        },
    ),
    File(
        "long-keys",
        text("key,length", rows(",", KEYS, LENGTH)),
        {"key": ([float(key) for key in KEYS], KEYS), "length": numbers(LENGTH)},
    ),
    File(
        "keys-of-letters",
        text("id,length", rows(",", [f"{i:04x}-{i * 7:03d}" for i in range(ROWS)], LENGTH)),
        {"id": [f"{i:04x}-{i * 7:03d}" for i in range(ROWS)], "length": numbers(LENGTH)},
    ),
    File(
        "analytics",
        text(
            ["# ----------------------------------------", "# All visits", "# 20230501-20230514"],
            "# ----------------------------------------",
            "",
            "Day,Visits,Share",
            rows(",", DAYS, [f'"{w}"' if "," in w else w for w in dress(PEOPLE, ".", ",")], dress(SHARE, plain="{}%")),
        ),
        {"Day": DAYS, "Visits": numbers(PEOPLE), "Share": numbers(SHARE)},
        drops=("# ----", "All visits", "20230501"),
    ),
]

FILES = [*OFFICES, *BANKS, *DATABASES]
