"""A file of one's own on the shelf: asked about, read in another way by a press, and written down in the link."""

import ast
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import clinic
from core.data.read import ReadError, parse
from core.data.readers.choices import Choices, Decision, Way
from core.key import Key
from playground.shelf import preview, upload, ways
from tests.core.data.readers.test_hostile import npy

DRAW = np.random.default_rng(3)
FAR = "x\n" + "\n".join(f"{v:.4f}" for v in DRAW.normal(size=60)) + "\n-9999\n-9999\n"
LYING = npy(DRAW.normal(size=(2, 40)))
AWAY = Choices(missing=(("x", "-9999"),))
SERIES = [f"{i / 7:.4f},{i * i / 3:.4f}\n" for i in range(40)]
ODD = "".join(["time,heat\n", *SERIES[:7], "off,cold\n", *SERIES[7:]])


def app(dims=(1, 2)):
    import streamlit as st

    from playground.shelf import points

    chosen = points.choose(dims, "faithful")
    st.text(chosen.dataset.digest if chosen.dataset else "nothing")
    st.text(chosen.code)
    st.text(chosen.pandas)


def near(monkeypatch, reader):
    """Let `reader` read, in this process."""
    monkeypatch.setattr(upload, "read", lambda name, raw, choices, follow: reader(name, raw, choices))


@pytest.fixture(autouse=True)
def _near(monkeypatch):
    """Files are read in this process."""
    near(monkeypatch, parse)


def started(dims=(1, 2), **link):
    at = AppTest.from_function(app, default_timeout=60, kwargs={"dims": dims})
    at.query_params["data"] = "Your own file"
    for key, value in link.items():
        at.query_params[key] = value
    return at.run()


def put(at, name, raw):
    raw = raw.encode() if isinstance(raw, str) else raw
    at.file_uploader[0].set_value((name, raw, "text/csv")).run()
    return calm(at)


def calm(at):
    assert not at.exception, at.exception[0].value
    return at


def press(at, label):
    (button,) = [b for b in at.button if b.label.replace("\\", "") == label]
    button.click().run()
    return calm(at)


def offered(at):
    return [b.label.replace("\\", "") for b in at.button]


def said(at):
    return " ".join(m.value.replace("\\", "") for kind in (at.markdown, at.caption) for m in kind)


def shown(at):
    return at.text[0].value


def digest(raw, columns=("x",), choices=Choices(), label=None):  # noqa: B008
    table = parse("a.csv", raw.encode() if isinstance(raw, str) else raw, choices)
    return clinic.admit(table, columns, label, Key(0))[0].digest


def query(at, name):
    found = at.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def key_of(raw):
    return hashlib.sha256(raw if isinstance(raw, bytes) else raw.encode()).hexdigest()[:12]


def test_a_question_is_answered_by_a_press_and_taken_back_by_another():
    at = put(started(), "a.csv", FAR)
    assert "-9999 in x (twice) lies far from all other values: is it missing?" in said(at)
    assert (offered(at)[0], query(at, "read"), shown(at)) == ("Treat as missing", None, digest(FAR))
    press(at, "Treat as missing")
    assert "-9999 in x is treated as missing (twice)." in said(at)
    assert (query(at, "read"), query(at, "digest")) == (AWAY.words(), key_of(FAR))
    assert shown(at) == digest(FAR, choices=AWAY) != digest(FAR)
    press(at, "Count it as a value")
    assert (offered(at)[0], query(at, "read"), shown(at)) == ("Treat as missing", None, digest(FAR))


def test_the_lid_offers_to_forget_all_choices():
    at = press(put(started(), "a.csv", FAR), "Treat as missing")
    press(at, "Forget them all")
    assert (query(at, "read"), shown(at)) == (None, digest(FAR))


def test_a_link_reads_its_own_file_as_it_was_read_and_no_other():
    at = put(started(digest=key_of(FAR), file="a.csv", read=AWAY.words()), "a.csv", FAR)
    assert (shown(at), query(at, "read")) == (digest(FAR, choices=AWAY), AWAY.words())
    other = FAR + "-9999\n"
    put(at, "other.csv", other)
    assert (shown(at), query(at, "read")) == (digest(other), None)
    put(at, "a.csv", FAR)
    assert shown(at) == digest(FAR, choices=AWAY)


def test_another_set_takes_the_choices_out_of_the_link():
    at = press(put(started(), "a.csv", FAR), "Treat as missing")
    at.selectbox(key="data").set_value("Old Faithful").run()
    assert [query(at, name) for name in ("read", "digest", "file")] == [None] * 3


@pytest.mark.parametrize(
    "words",
    ["{", "[]", "1", '{"eval":"x"}', '{"separator":"xx"}', '{"skip":[true]}', '{"missing":[["x","\\ud800"]]}',
     '{"skip":[' + "1," * 300 + "1]}", "[" * 5000, '{"begin":-1}', "x" * 20_000],
    ids=range(11),
)  # fmt: skip
def test_hostile_choices_in_a_link_are_told_and_the_file_is_read_as_it_seems(words):
    at = calm(started(digest=key_of(FAR), file="a.csv", read=words))
    put(at, "a.csv", FAR)
    (warning,) = at.warning
    assert "no such way of reading the file" in warning.value
    assert (shown(at), query(at, "read")) == (digest(FAR), None)
    press(at, "Treat as missing")
    assert not at.warning
    put(at, "other.csv", FAR + "1\n")
    assert not any("no such way" in one.value for one in at.warning)


def test_a_turned_array_is_said_and_a_refusal_offers_the_way_back():
    at = put(started(), "a.npy", LYING)
    both = ("column 1", "column 2")
    assert "it is turned" in said(at)
    assert shown(at) == digest(LYING, both)
    press(at, "Leave it as it is")
    assert "Only 2 different rows" in at.error[0].value
    assert "What is on show is still a.npy" in said(at)
    assert shown(at) == digest(LYING, both)
    assert offered(at)[0] == "Turn it"
    assert "Take the last choice back" in offered(at)
    press(at, "Take the last choice back")
    assert (not at.error, shown(at)) == (True, digest(LYING, both))


def test_a_refusal_names_the_cell_and_a_press_mends_it():
    at = started()
    before = shown(at)
    put(at, "u.csv", ODD)
    assert 'column time is words because of row 9 ("off").' in at.error[0].value.replace("\\", "")
    assert (shown(at), query(at, "digest")) == (before, None)
    assert {"Leave out row 9", 'Treat "off" as missing'} <= set(offered(at))
    press(at, "Leave out row 9")
    assert not at.error
    assert query(at, "read") == Choices(skip=(9,)).words()
    assert shown(at) == digest(ODD.replace("off,cold\n", ""), ("time", "heat"))
    assert "skiprows=[0, 8]" in at.text[2].value
    at.selectbox(key="across").set_value("heat").run()
    assert "x = frame[['heat']]" in calm(at).text[2].value


def test_a_choice_that_makes_a_file_unreadable_can_be_taken_back(monkeypatch):
    def read(name, raw, choices=Choices()):  # noqa: B008
        if choices.separator:
            raise ReadError("Row 3 has 2 cells and not 1.", (Way("Read it by blanks", Choices(separator=" ")),))
        table = parse(name, raw)
        return replace(table, decisions=(Decision("One column.", (Way("By ;", Choices(separator=";")),)),))

    near(monkeypatch, read)
    at = press(put(started(), "a.csv", FAR), "By ;")
    assert at.error[0].value.replace("\\", "") == "Row 3 has 2 cells and not 1."
    assert offered(at) == ["Read it by blanks", "Take the last choice back"]
    assert shown(at) == digest(FAR)
    press(at, "Take the last choice back")
    assert (not at.error, offered(at)) == (True, ["By ;"])


def test_a_link_that_makes_its_file_unreadable_leads_to_the_plain_reading(monkeypatch):
    def read(name, raw, choices=Choices()):  # noqa: B008
        if choices.separator:
            raise ReadError("Row 3 has 2 cells and not 1.")
        return parse(name, raw)

    near(monkeypatch, read)
    at = put(started(digest=key_of(FAR), read=Choices(separator=";").words()), "a.csv", FAR)
    press(at, "Take the last choice back")
    assert (not at.error, shown(at)) == (True, digest(FAR))


def decided(*decisions):
    def read(name, raw, choices=Choices()):  # noqa: B008
        return replace(parse(name, raw), decisions=decisions, choices=choices)

    return read


def test_questions_come_first_and_what_has_no_room_lies_under_the_lid(monkeypatch):
    closed = [Decision(f"Closed {i}.", (Way(f"Other {i}", Choices(begin=i)),)) for i in range(1, 4)]
    asked = [Decision(f"Which {i}?", (Way(f"This {i}", Choices(header=i)),), open=True) for i in range(2)]
    near(monkeypatch, decided(Decision("No other way."), *closed, *asked))
    at = put(started(), "a.csv", FAR)
    assert offered(at) == ["This 0", "This 1", "Other 1", "Other 2", "Other 3"]
    assert [b.label for b in at.expander[0].button] == ["Other 2", "Other 3"]
    assert at.expander[0].caption[0].value == "No other way\\."
    many = [Decision(f"Which {i}?", (Way(f"This {i}", Choices(begin=i + 1)),), open=True) for i in range(5)]
    near(monkeypatch, decided(*many))
    put(at, "b.csv", FAR + "1\n")
    assert "2 more questions under the lid" in said(at)
    assert len(at.expander[0].button) == 2


def test_decisions_that_look_alike_have_buttons_of_their_own(monkeypatch):
    alike = [
        Decision("Said.", tuple(Way("Other", Choices(begin=i)) for i in pair)) for pair in ((2, 3), (4, 5), (4, 5))
    ]
    near(monkeypatch, decided(*alike))
    assert offered(put(started(), "a.csv", FAR)) == ["Other"] * 4


def test_a_strangers_words_stay_words(monkeypatch):
    odd = "[a](https://b.example) **c** :red[d] $e$"
    near(monkeypatch, decided(Decision(odd, (Way(odd, Choices(begin=2)),), open=True)))
    at = put(started(), "a.csv", FAR)
    for text in (*(m.value for m in at.markdown), at.button[0].label):
        assert "[a](" not in text
        assert "**c" not in text
        assert "$e" not in text.replace("\\$", "")


def test_a_file_is_read_once_for_each_way(monkeypatch):
    asked = []

    def read(name, raw, choices):
        asked.append(choices)
        return parse(name, raw, choices)

    near(monkeypatch, read)
    at = put(started(), "a.csv", FAR)
    at.run()
    press(at, "Treat as missing")
    at.run()
    assert asked == [Choices(), AWAY]


def test_the_preview_follows_the_choices():
    at = put(started(), "a.csv", FAR)
    rows, columns = (frame.value for frame in at.dataframe)
    assert rows["x"].tolist() == [float(v) for v in FAR.split()[1:11]]
    assert columns["missing"].tolist() == [0]
    press(at, "Treat as missing")
    columns = at.dataframe[1].value
    assert columns["missing"].tolist() == [2]
    assert sum(columns["histogram"][0]) == 60


def test_only_so_many_columns_are_shown():
    wide = parse("a.npy", npy(DRAW.normal(size=(30, 99))))
    assert preview.opening(wide) == "The first 10 rows of the first 60 of 99 columns, as they were read:"
    assert preview.opening(parse("a.csv", b"x\n1\n2\n")) == "Its rows, as they were read:"


def test_the_code_makes_the_same_points(tmp_path, monkeypatch):
    at = press(put(started(), "a.csv", FAR), "Treat as missing")
    code = at.text[1].value
    ast.parse(code)
    assert "Choices(missing=(('x', '-9999'),))" in code
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(FAR)
    made = {"read": parse, "Path": Path, "clinic": clinic, "Key": Key, "Choices": Choices}
    exec(code, made)
    assert made["dataset"].digest == shown(at)
    press(at, "Count it as a value")
    assert "Choices" not in at.text[1].value


def test_the_program_in_pandas_says_that_only_some_rows_were_drawn(monkeypatch):
    monkeypatch.setattr(clinic, "LIMIT", 30)
    at = put(started(), "a.npy", npy(DRAW.normal(size=(50, 2))))
    assert at.text[2].value.splitlines()[-1] == "# 30 of 50 rows were drawn without replacement with seed 0."
    put(at, "b.npy", npy(DRAW.normal(size=(20, 2))))
    assert "drawn" not in at.text[2].value


def test_choices_are_written_as_the_python_that_makes_them():
    asked = Choices(separator="\t", skip=(2, 3), missing=(("a'b", '"'),), turned=True)
    assert eval(ways.written(asked), {"Choices": Choices}) == asked
    assert ways.written(Choices()) == "Choices()"


def test_one_column_where_two_are_needed_is_a_sentence():
    at = put(started(dims=(2,)), "a.csv", FAR)
    assert "one column of numbers and two are needed" in at.error[0].value
    assert offered(at)[0] == "Treat as missing"
