"""What is readable is read exactly, and what was understood is said."""

import numpy as np
import pyarrow as pa
import pytest

from core.data.read import Table, parse, read
from core.data.readers import wire
from core.data.readers.table import Column
from tests.core.data.readers.test_hostile import archive, npy, npz, parquet

X = np.array([[0.1, -2.5], [1e-7, 3.0], [1 / 3, 4e15]])
ROWS = "\n".join(",".join(map(repr, row)) for row in X.tolist())
WITH_HEADER = f"x,y\n{ROWS}\n"
DECIMAL = "x;y\n0,1;-2,5\n1e-7;3\n0,3333333333333333;4000000000000000\n"

SAME_NUMBERS = {
    "csv": WITH_HEADER.encode(),
    "tsv": WITH_HEADER.replace(",", "\t").encode(),
    "semicolon": WITH_HEADER.replace(",", ";").encode(),
    "bar": WITH_HEADER.replace(",", "|").encode(),
    "blanks": WITH_HEADER.replace(",", "   ").encode(),
    "comma-and-blank": WITH_HEADER.replace(",", ", ").encode(),
    "no-header": ROWS.encode(),
    "crlf": WITH_HEADER.replace("\n", "\r\n").encode(),
    "cr": WITH_HEADER.replace("\n", "\r").encode(),
    "blank-lines": WITH_HEADER.replace("\n", "\n\n").encode(),
    "05-bom": WITH_HEADER.encode("utf-8-sig"),
    "04-utf-16": WITH_HEADER.encode("utf-16"),
    "04-utf-16-le-no-bom": WITH_HEADER.encode("utf-16-le"),
    "04-utf-16-be-no-bom": WITH_HEADER.encode("utf-16-be"),
    "utf-32": WITH_HEADER.encode("utf-32"),
    "quoted": WITH_HEADER.replace("0.1", '"0.1"').encode(),
    "14-13-decimal-comma": DECIMAL.encode(),
    "13-decimal-comma-quoted": b'x,y\n"0,1","-2,5"\n"1e-7","3"\n"0,3333333333333333","4000000000000000"\n',
    "13-decimal-comma-blanks": DECIMAL.replace(";", " ").encode(),
    "hash-header": b"# " + WITH_HEADER.encode(),
    "trailing-separators": WITH_HEADER.replace("\n", ",,\n").replace("x,y,,", "x,y").encode(),
    "npy": npy(X),
    "npy-fortran": npy(np.asfortranarray(X)),
    "npy-big-endian": npy(X.astype(">f8")),
    "npy-longdouble": npy(X.astype(np.longdouble)),
    "npz": npz(x=X[:, 0], y=X[:, 1]),
    "npz-stored-2d": npz(compress=False, data=X),
    "32-npz-path-names": archive([("../../evil.npy", npy(X[:, 0])), ("/abs/y.npy", npy(X[:, 1]))]),
    "41-npz-mac-litter": archive([("a.npy", npy(X)), ("__MACOSX/._a.npy", b"x"), (".DS_Store", b"x")]),
    "parquet": parquet({"x": X[:, 0], "y": X[:, 1]}),
    "parquet-zstd": parquet({"x": X[:, 0], "y": X[:, 1]}, compression="zstd", row_group_size=2),
}


def matrix(table):
    return np.column_stack([column.values for column in table.columns])


@pytest.mark.parametrize("case", SAME_NUMBERS)
def test_the_same_numbers_come_back_exactly_from_every_format(case):
    np.testing.assert_array_equal(matrix(parse("a", SAME_NUMBERS[case])), X)


@pytest.mark.parametrize("case", ["csv", "04-utf-16", "npy", "npz", "parquet"])
def test_the_child_returns_what_parse_returns(case):
    here, there = parse("a", SAME_NUMBERS[case]), read("a", SAME_NUMBERS[case])
    assert (here.name, here.notes, here.digest) == (there.name, there.notes, there.digest)
    np.testing.assert_array_equal(matrix(here), matrix(there))


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i8", "f2", "f4", ">i4"])
def test_plain_numeric_types_are_cast(dtype):
    column = parse("a", npy(np.array([0, 1, 1], dtype))).columns[0]
    np.testing.assert_array_equal(column.values, [0, 1, 1])


def values(text, name="x"):
    return parse("a", text.encode())[name]


def test_missing_and_infinite_cells_are_counted():
    column = values("x,y\n1,1\n,2\nNA,3\nnan,4\nNone,5\ninf,6\n-inf,7\n1e400,8\n")
    np.testing.assert_array_equal(column.values, [1, np.nan, np.nan, np.nan, np.nan, np.inf, -np.inf, np.inf])
    assert (column.kind, column.missing, column.infinite) == ("number", 4, 3)


def test_short_rows_are_missing_cells_and_said():
    table = parse("a", b"a,b\n1,2\n3\n5,6\n")
    assert table["b"].missing == 1
    assert table.notes == ("1 row is shorter than the first (line 3 on); their last cells count as missing.",)


def test_words_that_look_missing_stay_in_categories():
    column = values("x,c\n1,NA\n2,None\n3,on\n4,NA\n5,None\n6,\n", "c")
    assert (column.kind, column.values, column.missing) == ("category", ("NA", "None", "on", "NA", "None", ""), 1)


@pytest.mark.parametrize(
    ("text", "number", "note"),
    [
        ("x\n007\n008\n", 7, "Leading zeros are dropped"),
        ("x\n18446744073709551617\n1\n", 2.0**64, "lose their last digits"),
        ("x\n12%\n5.5%\n", 12, "12% reads as 12"),
        ('x,y\n"1,234",1\n"12",2\n', 1234, "Commas between thousands"),
        ("x;y\n1.234,5;1\n2,5;2\n", 1234.5, "Decimal comma"),
        ("x;y\n12,5%;1\n2,5%;2\n", 12.5, "12% reads as 12"),
    ],
)
def test_a_spelling_is_read_and_said(text, number, note):
    column = values(text)
    assert (column.kind, column.values[0]) == ("number", number)
    assert any(note in said for said in column.notes)
    assert any(note in said for said in parse("a", text.encode()).notes)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x\n1\n2\n12%\n", 'Row 4 ("12%") is not'),
        ("x\n1\n2\nabc\n", 'Row 4 ("abc") is not'),
        ("x\n1\n2\n1_000\n", 'Row 4 ("1_000") is not'),
        ("x,y\n=cmd|' /C calc'!A0,1\n-1+1,2\n", "formula"),
    ],
)
def test_a_column_kept_as_words_says_why(text, note):
    column = values(text)
    assert column.kind == "text"
    assert any(note in said for said in column.notes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x\n3\n3\n", "constant"),
        ("x\na\na\n", "constant"),
        ("x,y\n,1\nNA,2\n", "empty"),
        ("x\n2020-01-31\n2020-02-01\n", "date"),
        ("x\n31.01.2020\n01.02.2020\n", "date"),
        ("x\n2020-01-31T10:00:00Z\n2020-02-01 11:00\n", "date"),
        ("x\na\nb\na\nb\n", "category"),
        ("x\none\ntwo\nthree\n", "text"),
    ],
)
def test_kinds(text, kind):
    assert values(text).kind == kind


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,a,a\n1,2,3\n", ["a", "a (2)", "a (3)"]),
        ("a,,a (2),a\n1,2,3,4\n", ["a", "column 2", "a (2)", "a (3)"]),
        ("1,2\n3,4\n", ["column 1", "column 2"]),
        ("5.1,setosa\n4.9,setosa\n", ["column 1", "column 2"]),
        ("year,1990,1991\n1,2,3\n", ["year", "1990", "1991"]),
        ("\u202eevil,b\n1,2\n", ["evil", "b"]),
    ],
)
def test_names_are_clean_unique_and_never_invented_from_numbers(text, names):
    assert [column.name for column in parse("a", text.encode()).columns] == names


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (DECIMAL.encode(), "Cells are separated by semicolons."),
        (DECIMAL.encode(), 'In "x": Decimal comma.'),
        ("é\n1\n2\n".encode("latin-1"), "Encoding is Latin-1 (Windows-1252)."),
        ("é\n1\n2\n".encode("utf-16"), "Encoding is UTF-16."),
        (b"1,2\n3,4\n", "No header row was found; columns are named column 1, column 2."),
        (b"a,a\n3,4\n", "Columns with the same name are told apart as a (2)."),
        (
            npz(x=X, words=np.array(["a", "b", "c"])),
            "1 arrays are left out, the first because: words holds words; save",
        ),
    ],
)
def test_what_was_understood_is_said(raw, note):
    table = parse("a", raw)
    assert any(said.startswith(note) for said in (*table.notes, *(decision.said for decision in table.decisions)))


def test_parquet_types_become_numbers_words_and_dates():
    columns = {
        "decimal": pa.array([1, None, 3]).cast(pa.decimal128(25, 2)),
        "flag": [True, False, None],
        "large": pa.array([2**60 + 1, 1, 2]),
        "words": pa.array(["a", "b", None]).dictionary_encode(),
        "day": pa.array([0, 1, None], pa.int32()).cast(pa.date32()),
        "moment": pa.array([0, 1, 2], pa.int64()).cast(pa.timestamp("ms", "Europe/Paris")),
        "nested": [{"a": 1}, {"a": 2}, None],
    }
    table = parse("a", parquet(columns))
    np.testing.assert_array_equal(table["decimal"].values, [1, np.nan, 3])
    np.testing.assert_array_equal(table["flag"].values, [1, 0, np.nan])
    assert table["words"].values == ("a", "b", "")
    assert table["day"].values == ("1970-01-01", "1970-01-02", "")
    assert [c.kind for c in table.columns] == ["number", "number", "number", "text", "date", "date"]
    assert table.notes[0] == "Parquet columns that are not plain values are left out: nested."
    assert any("2^53" in note for note in table["large"].notes)


def test_a_table_survives_the_wire():
    table = parse("naïve.csv", "x,c,d\n1,ä,2020-01-01\n2,\u2028,\n,ä,2020-01-02\ninf,,\n".encode())
    back = wire.unpack(wire.pack(table))
    for one, other in zip(table.columns, back.columns, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        assert (one.name, one.kind, one.missing, one.infinite) == (
            other.name,
            other.kind,
            other.missing,
            other.infinite,
        )
    assert (table.name, table.notes, table.digest) == (back.name, back.notes, back.digest)


@pytest.mark.parametrize("cut", [0, 5, 8, 40, -1])
def test_a_cut_reply_is_not_a_table(cut):
    reply = wire.pack(parse("a", WITH_HEADER.encode()))
    with pytest.raises(ValueError, match=r"."):
        wire.unpack(reply[:cut])


def test_a_table_is_frozen_and_consistent():
    column = parse("a", b"x\n1\n2\n").columns[0]
    assert not column.values.flags.writeable
    with pytest.raises(ValueError, match="different name"):
        Table("a", (column, column), (), "")
    with pytest.raises(ValueError, match="cannot hold"):
        Column("a", "text", np.ones(3))
