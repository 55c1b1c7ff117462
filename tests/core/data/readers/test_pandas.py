"""What `DataFrame.to_csv` writes, in any of its ordinary options, is read back or asked about."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.data.readers.test_round_trip import outcome
from tests.corpora.dialects import Written

TRIES = settings(max_examples=5 * settings.default.max_examples // 2)
WORDS = ("red", "green", "New York", "one, two", 'so "said"', "a;b", "two\nlines", "Zürich")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64).filter(lambda x: abs(x) < 1e300)


@st.composite
def frames(draw):
    """A frame of one to five columns, the first of them numbers, without a row that lacks all numbers."""
    rows, columns = draw(st.integers(3, 25)), {}
    kinds = ["number", *draw(st.lists(st.sampled_from(("number", "gaps", "whole", "word", "flag")), max_size=4))]
    for i, kind in enumerate(kinds):
        cells = {
            "number": NUMBERS,
            "gaps": st.one_of(st.none(), st.floats(-1e6, 1e6)),
            "whole": st.integers(-(10**9), 10**9),
            "word": st.sampled_from(WORDS),
            "flag": st.booleans(),
        }[kind]
        drawn = draw(st.lists(cells, min_size=rows, max_size=rows))
        if kind == "gaps":
            drawn = np.array([np.nan if value is None else value for value in drawn])
            drawn[0] = 1.5 if np.isnan(drawn).all() else drawn[0]
        columns[f"{'abcde'[i]} {kind}"] = drawn
    return pd.DataFrame(columns)


@st.composite
def exported(draw):
    """The CSV of a frame, and the numbers that stand in it."""
    frame = draw(frames())
    separator = draw(st.sampled_from(",;\t|"))
    decimal = draw(st.sampled_from(".,")) if separator != "," else "."
    index, header = draw(st.booleans()), draw(st.sampled_from(("names", "names", "none", "range")))
    if header == "range" and frame.shape[1] == 1 and not index:
        header = "names"  # a lone 0 above numbers is one of them, for all that anybody can tell
    if header == "range":
        frame = frame.set_axis(range(frame.shape[1]), axis=1)
    form = draw(st.sampled_from((None, None, "%.3f", "%.6e", "%.4g")))
    if frame.shape[1] == 1 and not index and header == "none":
        decimal = "."  # nobody can read 1,5 without a name as one column
    text = frame.to_csv(
        sep=separator,
        decimal=decimal,
        index=index,
        header=header != "none",
        na_rep=draw(st.sampled_from(("", "NA", "nan", "NULL"))),
        float_format=form,
        lineterminator=draw(st.sampled_from(("\n", "\r\n"))),
    )
    columns = [as_written(frame[name], form) for name in frame]
    names = () if header == "none" else tuple(map(str, frame.columns))
    beside = (tuple(range(len(frame))),) if index else ()
    return Written(text, "utf-8", tuple(columns), names, beside)


def as_written(column, form):
    """The values of a column after the format has rounded them."""
    if column.dtype.kind == "f":
        return tuple(float((form or "%r") % float(value)) for value in column)
    return tuple(str(value) for value in column) if column.dtype.kind in "bOT" else tuple(map(float, column))


@TRIES
@given(exported())
def test_what_pandas_writes_is_read_back_or_asked_about(file):
    assert outcome(file) in ("right", "asked")


def test_the_frames_are_what_they_seem():
    frame = pd.DataFrame({"x": [0.1, np.nan], "w": ["a", "b"], "f": [True, False], "n": [1, 2]})
    assert as_written(frame["x"], "%.2e")[0] == 0.1
    assert as_written(frame["w"], None) == ("a", "b")
    assert as_written(frame["f"], None) == ("True", "False")
    assert as_written(frame["n"], None) == (1.0, 2.0)
    assert pytest.approx(as_written(frame["x"], None)[0]) == 0.1
