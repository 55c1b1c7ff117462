"""From bytes to characters: the encoding by its mark, by the zeros of UTF-16, else UTF-8, else Windows-1252."""

import codecs
import re

from core.data.readers.table import ReadError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
NEWLINE = re.compile(r"\r\n|\r|\n")


def decode(raw: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The characters, the encoding's name and a note on it; ReadError for bytes that are no text."""
    encoding, said = encoding_of(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise ReadError(f"The text is damaged near byte {error.start:,}; save it again as UTF-8.") from None
        encoding, said = "cp1252", "Latin-1 (Windows-1252)"
        text = raw.decode(encoding, errors="replace")
    text = text.rstrip("\x1a\r\n ")
    wrong = CONTROL.search(text)
    if "\ufffd" in text and said.startswith("Latin") or (wrong and said.startswith("Latin")):
        raise ReadError("The file is neither text nor a known table format; save the table as CSV.")
    if wrong:
        line = 1 + len(NEWLINE.findall(text, 0, wrong.start()))
        what = "a NUL byte" if wrong.group() == "\x00" else f"a control character (code {ord(wrong.group())})"
        raise ReadError(f"Line {line:,} holds {what}, so the file is damaged or not text; save the table again as CSV.")
    if not text.strip():
        raise ReadError("The file is empty; choose a file that holds a table.")
    return text, encoding, ((f"Encoding is {said}.",) if said else ())


def encoding_of(raw: bytes) -> tuple[str, str]:
    """The encoding to try and what to call it: by its mark, or by the zeros of UTF-16, or UTF-8."""
    for bom, encoding, said in BOMS:
        if raw.startswith(bom):
            return encoding, said
    sample = raw[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * len(sample[1::2]) and not even:
        return "utf-16-le", "UTF-16"
    if even > 0.6 * len(sample[::2]) and not odd:
        return "utf-16-be", "UTF-16"
    return "utf-8", ""
