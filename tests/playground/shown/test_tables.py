"""A table's numbers are spelt with a true minus and stay numbers, and what is not known stays empty."""

import pandas as pd
from streamlit.testing.v1 import AppTest

from playground.shown import tables


def page():
    import numpy as np
    import pandas as pd

    from playground.shown import tables

    table = pd.DataFrame({"law": ["a", "b", "c"], "score (nats)": [-12345.678, 0.5, np.nan], "note": ["x", "-y", ""]})
    table["count"] = [23, np.nan, 4]
    tables.show(table, {"score (nats)": ",.2f"}, {"score (nats)": "score"}, first=90, rows=5)


def shown():
    at = AppTest.from_function(page, default_timeout=120).run()
    assert not at.exception
    return at.dataframe[0]


def test_a_styled_number_has_a_true_minus_and_sorts_as_a_number():
    import pyarrow as pa

    table = shown()
    spelt = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert list(spelt.iloc[:, 1]) == ["\N{MINUS SIGN}12,345.68", "0.50", ""]
    assert list(spelt.iloc[:, 2]) == ["x", "-y", ""]  # words are left alone
    assert list(spelt.iloc[:, 3]) == ["23", "", "4"]
    assert pd.api.types.is_float_dtype(table.value["score (nats)"])


def test_a_short_title_has_the_full_name_as_its_help():
    import json

    columns = json.loads(shown().proto.columns)
    assert (columns["score (nats)"]["label"], columns["score (nats)"]["help"]) == ("score", "score (nats)")
    assert columns["law"]["width"] == 90


def test_numbers_that_are_words_stand_at_the_right_and_their_titles_at_the_left():
    import json

    def page():
        import pandas as pd

        from playground.shown import tables

        tables.right(
            pd.DataFrame({"rule": ["a"], "left out (nats)": ["none"], "h": ["0.1"]}), {"left out (nats)": "left out"}
        )

    columns = json.loads(AppTest.from_function(page, default_timeout=120).run().dataframe[0].proto.columns)
    assert "rule" not in columns
    assert [columns[name]["alignment"] for name in ("left out (nats)", "h")] == ["right"] * 2
    assert (columns["left out (nats)"]["label"], columns["left out (nats)"]["help"]) == ("left out", "left out (nats)")


def test_infinity_has_its_sign():
    assert [tables.spelt(".3f", value) for value in (float("inf"), float("-inf"), 0.5)] == [
        "\N{INFINITY}",
        "\N{MINUS SIGN}\N{INFINITY}",
        "0.500",
    ]
