"""A table of one's own on the page of outfits: counted, ranked, drawn as a tree, and taken home."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.categorical import information, models, ranking
from core.categorical.rows import Rows
from core.evaluation.metrics import Estimate
from core.key import Key
from playground.rungs.outfits import charts, files
from playground.rungs.outfits.panels import own_table
from playground.rungs.outfits.tree import places
from tests import apps

PAGE = "pages/outfits.py"
DRAW = Key(7).generator()
SKY = DRAW.integers(0, 3, 300)
TABLE = pd.DataFrame(
    {
        "sky": np.array(["clear", "cloudy", "dark"])[SKY],
        "umbrella": np.where(DRAW.random(300) < 0.1 + 0.4 * SKY, "yes", "no"),
        "day": np.array(["mon", "tue", "wed", "thu"])[DRAW.integers(0, 4, 300)],
        "stars": DRAW.integers(1, 6, 300),
    }
)


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def csv(table):
    return table.to_csv(index=False).encode()


def uploaded(raw, name="weather.csv", at=None):
    at = at or apps.opened(PAGE, panel="Own table")
    at.file_uploader(key="table_file").upload(name, raw).run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def said(at):
    """The page's words without Markdown's escapes."""
    return apps.words(at).replace("\\", "")


def ranked(at):
    return at.dataframe[0].value


def test_before_a_file_the_outfits_are_the_table():
    at = apps.opened(PAGE, panel="Own table")
    assert "Until there is one, these are the outfits above." in said(at)
    assert set(ranked(at)["Model"]) == {"Full table", "Independent", "Tree"}


def test_a_table_is_ranked_on_rows_it_has_not_seen():
    at = uploaded(csv(TABLE))
    assert "300 rows, 3 columns." in said(at)
    assert "Numbers are categories only if you choose them." in said(at)
    words = TABLE[["sky", "umbrella", "day"]]
    levels = tuple(tuple(sorted(set(words[name]))) for name in words)
    codes = np.stack([[levels[j].index(w) for w in words[name]] for j, name in enumerate(words)], axis=1)
    told = ranking.rank(Rows("r", tuple(words), levels, codes), 1.0)
    assert list(ranked(at)["Model"]) == [own_table.TITLES[row.name] for row in told]
    assert ranked(at)["Model"][0] == "Tree"
    assert ranked(at)["Held out (nats per row)"][0].startswith(f"\N{MINUS SIGN}{-told[0].held_out.value:.2f}")


def test_that_a_file_is_not_in_the_link_is_said_beside_it():
    at = uploaded(csv(TABLE))
    at.session_state["panel"] = "Code and files"
    at.run()
    assert [c.value for c in at.caption if "not in the link" in c.value] == [files.OWN]


def test_parquet_is_the_same_table():
    held = io.BytesIO()
    TABLE.to_parquet(held)
    assert ranked(uploaded(held.getvalue(), "weather.parquet")).equals(ranked(uploaded(csv(TABLE))))


def test_levels_that_differ_by_case_and_missing_ones_are_asked_about():
    messy = TABLE.assign(sky=["Clear", *TABLE["sky"][1:]], day=["", *TABLE["day"][1:]])
    at = uploaded(csv(messy))
    keys = {group.key for group in at.get("button_group")}
    assert {"alike", "gaps"} <= keys
    at.session_state["gaps"] = "leave rows out"
    at.session_state["alike"] = "merge"
    at.run()
    assert not at.exception
    assert "299 rows, 3 columns." in said(at)
    plain = {group.key for group in uploaded(csv(TABLE)).get("button_group")}
    assert not {"alike", "gaps"} & plain


def test_what_cannot_be_counted_leaves_what_was_there():
    at = uploaded(csv(TABLE))
    before = ranked(at)
    for raw in (b"id\n" + b"\n".join(b"w%d" % i for i in range(200)), b"a\nx\nx\nx\nx\n", b"\x00\x01\x02"):
        uploaded(raw, "bad.csv", at)
        assert len(at.error) == 1
        assert "What is on show is still weather.csv" in said(at)
        assert ranked(at).equals(before)


def test_the_file_of_samples_holds_rows_of_the_table():
    codes = Key(0).generator().integers(0, 2, (40, 2))
    rows = Rows("t", ("=a", "b"), (("x", "=y"), ("p", "q")), codes)
    model = models.chow_liu(codes, rows.sizes, 1.0)
    found = pd.read_csv(io.BytesIO(own_table.as_csv(model, rows, 3)))
    assert list(found.columns) == ["'=a", "b"]
    assert set(found["'=a"]) == {"x", "'=y"}
    assert len(found) == own_table.DRAWN


def test_the_tree_is_drawn_with_each_edge_and_its_information():
    words = TABLE[["sky", "umbrella", "day"]]
    codes = np.stack([np.unique(words[name], return_inverse=True)[1] for name in words], axis=1)
    tree = models.chow_liu(codes, (3, 2, 4), 1.0)
    pairs = information.mutual(codes, (3, 2, 4))
    drawn = charts.tree(list(words), tree, pairs, False)
    assert drawn["layer"][1]["data"]["said"] == [f"{pairs[k, j]:.3f}" for j, k in enumerate(tree.parents) if k >= 0]
    assert "sky – umbrella" in charts.tree_alt(list(words), tree, pairs)


def test_no_two_nodes_of_a_tree_share_a_place():
    for seed in range(30):
        order, parents = information.prim(Key(seed).generator().random((9, 9)))
        made = models.Tree((2,) * 9, 1.0, 0, order, parents, ())
        at = places(made)
        assert len(set(at)) == 9
        assert all(abs(at[j][1] - at[k][1]) == 1 for j, k in enumerate(parents) if k >= 0)
    chain = models.Tree((2,) * 5, 1.0, 0, (0, 1, 2, 3, 4), (-1, 0, 1, 2, 3), ())
    assert max(depth for _, depth in places(chain)) == 2, "it hangs on its middle"


def test_a_single_column_has_a_tree_of_one_node():
    at = uploaded(csv(TABLE[["sky"]]))
    assert len(ranked(at)) == 3


def test_a_score_that_no_row_differs_from_has_no_error_of_nothing():
    same = Rows("same", ("a", "b"), (("u", "v"),) * 2, np.zeros((20, 2), int))
    first, *_, last = ranking.rank(same, 1.0)
    assert "±" not in own_table.score(first) + own_table.behind(last)
    assert own_table.score(first).endswith("every row alike")
    near = replace(first, behind=Estimate(1e-17, 1e-18))
    assert (own_table.behind(first), own_table.behind(near)) == ("the best", "as good as the best")
    mixed = Rows("mixed", ("a", "b"), (("u", "v"),) * 2, np.tile([[0, 0], [1, 1]], (10, 1)))
    assert all("±" in own_table.score(row) for row in ranking.rank(mixed, 1.0))
