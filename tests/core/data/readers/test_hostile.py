"""Every hostile file (rows of ANCHORS.md E2) is answered with exactly one sentence that a person can act on."""

import io
import json
import re
import string
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.data.read import ReadError, check, parse, read


def npy(array, allow_pickle=False):
    """`array` as an NPY file."""
    out = io.BytesIO()
    np.lib.format.write_array(out, array, allow_pickle=allow_pickle)
    return out.getvalue()


def header(text, body=b"", version=b"\x01\x00"):
    """An NPY file with `text` for a header."""
    size = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + size + text.encode() + body


def shape(text, descr="'<f8'"):
    """An NPY file of 80 bytes that claims a shape."""
    return header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {text}, }}\n", b"\0" * 80)


def npz(compress=True, **arrays):
    """Arrays as an NPZ file."""
    out = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(out, **arrays)
    return out.getvalue()


def archive(entries, method=zipfile.ZIP_STORED):
    """(name, content) pairs as a ZIP file; names may repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in entries:
            if name in file.NameToInfo:
                del file.NameToInfo[name]
            file.writestr(name, content)
    return out.getvalue()


def parquet(columns, **options):
    """Columns as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def overlapping():
    """52 directory entries over one local header, as in CVE-2024-0450."""
    local = archive([("a.npy", npy(np.arange(10.0)))])
    start, end = local.index(b"PK\x01\x02"), local.index(b"PK\x05\x06")
    directory = b"".join(local[start:end].replace(b"a.npy", f"{c}.npy".encode()) for c in string.ascii_letters)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 52, 52, len(directory), start, 0)
    return local[:start] + directory + tail


def lying():
    """An archive whose entry declares fewer bytes than it inflates to."""
    true = archive([("a.npy", npy(np.zeros(100_000)))], zipfile.ZIP_DEFLATED)
    size = struct.pack("<L", len(npy(np.zeros(100_000))))
    return true.replace(size, struct.pack("<L", 1000))


def claiming(size):
    """An archive whose only entry declares, in both its headers, that it inflates to `size` bytes."""
    content = npy(np.zeros(60_000))
    true = archive([("a.npy", content)], zipfile.ZIP_DEFLATED)
    return true.replace(struct.pack("<L", len(content)), struct.pack("<L", size))


def corrupt():
    """An archive with a damaged byte in its deflated data."""
    data = bytearray(archive([("a.npy", npy(np.random.default_rng(0).normal(size=500)))], zipfile.ZIP_DEFLATED))
    data[60:70] = b"\xff" * 10
    return bytes(data)


def encrypted():
    """An archive whose only entry says that it is encrypted."""
    data = bytearray(archive([("a.npy", npy(np.arange(5.0)))]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


SAFETENSORS = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
GOOD_PARQUET = parquet({"x": np.arange(100.0), "y": np.arange(100.0)})

HOSTILE = {
    "01-empty": (b"", "is empty"),
    "01-blank": (b" \n\t\r\n ", "is empty"),
    "01-blank-utf16": (" \n \n".encode("utf-16"), "is empty"),
    "02-header-only": (b"a,b,c\n", "no data rows"),
    "03-png": (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image named cat.csv"),
    "03-jpeg": (b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG image"),
    "03-pdf": (b"%PDF-1.7\n", "a PDF document"),
    "03-html": (b"<!DOCTYPE html><html>", "a web page"),
    "03-svg": (b"<svg xmlns=''></svg>", "an SVG image"),
    "03-json": (b'[{"a": 1}, {"a": 2}]', "a JSON document"),
    "03-pickle": (b"\x80\x04\x95\x0b\x00\x00\x00]\x94(K\x01K\x02e.", "a Python pickle"),
    "03-pickle-0": (b"cos\nsystem\n(S'id'\ntR.", "a Python pickle"),
    "03-safetensors": (struct.pack("<Q", len(SAFETENSORS)) + SAFETENSORS + bytes(4), "a safetensors file"),
    "03-random": (np.random.default_rng(0).bytes(3000), "neither text nor"),
    "04-utf16-damaged": (b"\xff\xfea\x00,\x00b", "damaged near byte"),
    "06-nul": (b"a,b\n1,\x002\n", "Line 2 holds a NUL byte"),
    "07-longer-row": (b"a,b\n1,2\n3,4,5\n", "Line 3 has 3 values but the first row has 2"),
    "08-all-rows-longer": (b"a,b\n1,2,3\n4,5,6\n", "Line 2 has 3 values but the first row has 2"),
    "15-unclosed-quote": (b'a,b\n1,2\n"3,4\n5,6\n', "begins on line 3 is not closed"),
    "15-quote-in-quote": (b'a,b\n1,"x"y\n', "Line 2 has characters after a closing"),
    "16-million-columns": (b",".join([b"1"] * 1_000_000), "1,000,000 columns"),
    "16-blank-columns": (b" ".join([b"1"] * 3000) + b"\n", "3,000 columns"),
    "17-long-line": (b"a,b\n1," + b"x" * 3_000_000, "Line 2 is 3.0 MB long"),
    "17-long-field": (b'a,b\n1,"' + b"x\n" * 200_000 + b'"', "not closed within 131,072"),
    "18-gzip": (b"\x1f\x8b\x08" + zlib.compress(bytes(10**6)), "a gzip archive"),
    "24-parquet-cut": (GOOD_PARQUET[:-50], "not a readable Parquet file"),
    "24-parquet-fake": (b"PAR1" + bytes(100) + b"PAR1", "not a readable Parquet file"),
    "24-parquet-magic-only": (b"PAR1", "not a readable Parquet file"),
    "24-parquet-no-rows": (parquet({"x": np.array([])}), "no data rows"),
    "24-parquet-no-columns": (parquet({}), "no data rows"),
    "25-parquet-nested": (parquet({"x": [[1, 2], [3]]}), "no column of numbers, words or dates (x)"),
    "26-parquet-many-rows": (parquet({"x": np.zeros(1_000_001)}), "1,000,001 rows"),
    "26-parquet-many-cells": (parquet({f"x{i}": np.zeros(1_000_000) for i in range(9)}), "8,000,000 cells"),
    "26-parquet-words-inflate": (
        parquet({"x": ["w" * 1000] * 100_000}, use_dictionary=False, compression="zstd"),
        "inflates to",
    ),
    "27-npy-objects": (npy(np.array([{}, []], dtype=object), allow_pickle=True), "Python objects"),
    "27-pickle-named-npy": (b"\x80\x03]q\x00.", "a Python pickle"),
    "28-npy-claims-15GB": (shape("(2000000000,)"), "claims 1.6 × 10¹⁰ bytes"),
    "28-npy-claims-8TB": (shape("(1000000000000,)"), "claims 8 × 10¹² bytes"),
    "28-npy-too-long": (shape("(5,)"), "claims 40 bytes"),
    "29-npy-negative": (shape("(-1,)"), "impossible shape"),
    "29-npy-huge-header": (header("{'descr': '<f8', 'shape': (1,)}" + " " * 20_000), "20,031 bytes long"),
    "29-npy-code": (header("__import__('os').system('id')"), "header of cat.csv is damaged"),
    "29-npy-nested": (header("(" * 9000), "header of cat.csv is damaged"),
    "29-npy-cut": (npy(np.arange(100.0))[:-8], "claims 800 bytes"),
    "29-npy-cut-header": (npy(np.arange(9.0))[:40], "damaged or shortened"),
    "29-npy-magic-only": (b"\x93NUMPY", "damaged or shortened"),
    "29-npy-version-9": (header("{}", version=b"\x09\x00"), "damaged or shortened"),
    "30-npy-complex": (npy(np.ones(3, complex)), "complex numbers"),
    "30-npy-records": (npy(np.ones(3, "f8,i4")), "records"),
    "30-npy-dates": (npy(np.ones(3, "M8[s]")), "dates"),
    "30-npy-words": (npy(np.array(["a", "b"])), "words"),
    "30-npy-0d": (npy(np.array(3.0)), "0 dimensions"),
    "30-npy-5d": (npy(np.ones((1, 1, 1, 1, 2))), "5 dimensions"),
    "30-npy-no-rows": (npy(np.ones((0, 2))), "no data rows"),
    "30-npy-no-columns": (npy(np.ones((2, 0))), "no data rows"),
    "30-npy-on-its-side": (npy(np.ones((5, 5000))), "lying on its side"),
    "31-npz-bomb": (npz(a=np.zeros((900_000, 8))), "times its size"),
    "31-npz-100MB": (npz(a=np.zeros((900_000, 14))), "inflates to 101 MB"),
    "32-npz-not-an-array": (archive([("a.npy", b"hello")]), "entry a is not an NPY array"),
    "33-not-a-zip": (b"PK\x03\x04" + bytes(60), "damaged ZIP archive"),
    "33-empty-zip": (archive([]), "empty ZIP archive"),
    "34-corrupt-member": (corrupt(), "entry a is damaged"),
    "35-zip-of-csv": (archive([("../../etc/passwd", b"root")]), "with passwd in it"),
    "35-xlsx": (archive([("[Content_Types].xml", b""), ("xl/workbook.xml", b"")]), "an Excel workbook"),
    "35-torch": (archive([("archive/data.pkl", b"")]), "a PyTorch file"),
    "36-duplicate-members": (archive([("a.npy", npy(np.ones(5)))] * 2), "two entries named a.npy"),
    "37-500MB-of-zeros": (claiming(500_000_000), "inflates to 500 MB"),
    "38-size-lies": (lying(), "is damaged"),
    "39-many-entries": (archive([(f"{i}.npy", b"") for i in range(3000)]), "more than 2,000 entries"),
    "40-overlap": (overlapping(), "entries that overlap"),
    "41-encrypted": (encrypted(), "protected by a password"),
    "41-nested-zip": (archive([("inner.zip", archive([]))]), "with inner.zip in it"),
    "41-bzip2-method": (archive([("a.npy", npy(np.ones(5)))], zipfile.ZIP_BZIP2), "a method that is not read"),
    "50-too-large": (b"1\n" * 10_000_001, "20.0 MB and the limit is 20 MB"),
    "50-too-many-rows": (b"1\n" * 1_000_002, "more than 1,000,000 rows"),
}
"""Name: the bytes, and words that the sentence must hold."""


def assert_sentence(text):
    assert text.endswith(".")
    assert len(text) < 240
    assert "\n" not in text
    assert not re.search(r"[.!?] [A-Z]", text), "one sentence, not two"
    assert not re.search(r"Traceback|Error|Exception|0x|/|<class|None|object at|\bdtype\b", text)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(case):
    raw, words = HOSTILE[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ReadError) as caught:
            parse("../../etc/cat.csv", raw)
    assert words in str(caught.value)
    assert_sentence(str(caught.value))


@pytest.mark.parametrize(
    "case", [c for c in HOSTILE if c[:2] in {"03", "16", "18", "28", "29", "31", "36", "39", "40", "41"}]
)
def test_most_refusals_need_no_child(case):
    if case not in {"03-random", "16-blank-columns"}:
        with pytest.raises(ReadError):
            check("cat.csv", HOSTILE[case][0])


@pytest.mark.parametrize("case", ["07-longer-row", "26-parquet-words-inflate", "34-corrupt-member", "50-too-many-rows"])
def test_the_child_says_the_same_as_parse(case):
    raw, words = HOSTILE[case]
    with pytest.raises(ReadError, match=re.escape(words)):
        read("cat.csv", raw)


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("x" * 300 + ".csv", "x" * 79 + "…"),
        ("\u202egnp.csv", "gnp.csv"),
        ("a\x00b\n.csv", "ab .csv"),
        ("<script>.csv", "<script>.csv"),
        ("🐈.csv", "🐈.csv"),
        ("\ud800.csv", ".csv"),
        ("/", "unnamed file"),
        ("", "unnamed file"),
    ],
)
def test_a_file_name_is_only_a_label(filename, shown):
    assert parse(filename, b"a\n1\n2\n").name == shown


def test_the_same_bytes_have_the_same_digest_whatever_their_name():
    assert parse("a", b"x\n1\n2\n").digest == parse("b", b"x\n1\n2\n").digest != parse("a", b"x\n1\n3\n").digest
