"""The panels of families and of goodness: every number shown is core's own, every sentence says what the numbers say."""

import functools
import re
from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.dataset import Dataset, around
from core.evaluation.metrics import Estimate
from core.key import Key
from core.laws import bins, ranking
from core.laws.conjugate.bernoulli import BetaBernoulli
from core.laws.families import discrete
from core.laws.families.continuous import FAMILIES, NAMED
from core.laws.goodness import Calibrated, Recheck, bootstrap, check_the_check, qq
from core.laws.ranking import Row
from playground.palette import ROLES, SURFACE
from playground.rungs.fit1 import charts, numbers
from tests import apps

KEY = Key(0) / "page"
RANK = apps.remembered(ranking.rank)


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Runs are complete when the page comes; none is left behind. A column is ranked once for all tests."""
    monkeypatch.setattr(ranking, "rank", RANK)
    with apps.rested(monkeypatch):
        yield


def data(name, n):
    generator = np.random.default_rng(3)
    made = {
        "counts": lambda: generator.poisson(3, n),
        "binary": lambda: 1 + (generator.random(n) < 0.3),
        "dated": lambda: generator.integers(0, 40, n),
        "constant": lambda: np.full(n, 2.0),
        "waits": lambda: generator.gamma(2, 10, n),
        "few": lambda: generator.normal(size=5),
    }
    if name not in made:
        return builtin.load(name, n, Key(0))
    x = made[name]().astype(float)[:, None]
    column = "when (days since 2024-01-01)" if name == "dated" else "waiting *here* (min)"
    return Dataset(name, x, around(x), (column,), title=name)


def page(panel, name, n):
    from core.key import Key
    from playground.rungs.fit1.panels import families
    from tests.playground.rungs.fit1.panels.test_families import data

    getattr(families, panel)("page", data(name, n), Key(0) / "page")


def opened(panel, name, n=240, **query):
    return apps.opened(page, {"panel": panel, "name": name, "n": n}, **query)


@functools.cache
def ranked(name, n=240, laws=ranking.CONTINUOUS):
    *_, last = ranking.rank(data(name, n).points, KEY, laws)
    return last.state


def spec_of(at, i=0):
    import json

    return json.loads(at.get("vega_lite_chart")[i].proto.spec)


def marks(spec):
    return [layer["mark"] for layer in spec["layer"]]


@pytest.mark.parametrize(("name", "n"), [("skewed", 1000), ("skewed", 240), ("waits", 300)])
def test_the_table_is_the_one_core_computes(name, n):
    at, rows = opened("families", name, n), ranked(name, n)
    shown = at.dataframe[0].value
    assert list(shown["law"]) == [row.title for row in rows]
    np.testing.assert_array_equal(shown["log-likelihood (nats/point)"], [row.log_likelihood for row in rows])
    np.testing.assert_array_equal(shown["AIC (nats)"], [row.aic for row in rows])
    np.testing.assert_array_equal(shown["BIC (nats)"], [row.bic for row in rows])
    assert {
        law for law, behind in zip(shown["law"], shown["behind (nats/point)"], strict=True) if "tied" in behind
    } == {row.title for row in rows if row.tied}
    for row, held, said in zip(rows, shown["held out (nats/point)"], shown.iloc[:, -1], strict=True):
        if row.problem:
            assert (held, said) == ("", row.problem)
        else:
            value, error = map(float, held.split(" ± "))
            assert (value, error) == pytest.approx(
                (row.held_out.value, row.held_out.error), abs=0.06 * 10 ** -(len(held.split(".")[-1]) - 1)
            )
            errors = row.errors.values if row.errors else [np.nan] * 99
            for (word, v, _), e in zip(row.fitted.describe(), errors, strict=False):
                value, error = re.search(
                    rf"{re.escape(word)} = (-?\d[\d.e+-]*\d|\d)(?: ± ([\d.e+-]*\d))?", said
                ).groups()
                assert float(value) == pytest.approx(v, abs=0.06 * e if e > 0 else 6e-4 * abs(v))
                assert (error is None) == (not e > 0)
                assert error is None or float(error) == pytest.approx(e, rel=0.051)


def test_units_of_the_data_stand_beside_the_parameters():
    shown = opened("families", "waits", 300).dataframe[0].value.set_index("law").iloc[:, -1]
    number = r"[\d.]+ ± [\d.]+"
    assert re.fullmatch(rf"mean = {number} min, standard deviation = {number} min", shown["Normal"])
    assert re.fullmatch(rf"shape = {number}, scale = {number} min", shown["Gamma"])
    assert [numbers.unit_of(c) for c in ("a (min)", "b", "v (1000 km/s) ", "(x) y", "a ()")] == [
        "min",
        "",
        "1000 km/s",
        "",
        "",
    ]


@pytest.mark.parametrize("n", [1000, 5000])
def test_skewed_points_rank_the_skew_normal_first(n):
    at = opened("families", "skewed", n)
    assert at.dataframe[0].value["law"][0] == "Skew-normal"
    assert "**Skew-normal** is best" in apps.words(at)


def test_the_verdict_says_the_numbers_of_the_table():
    at, rows = opened("families", "skewed", 1000), ranked("skewed", 1000)
    second = next(row for row in rows[1:] if not row.tied)
    value, error = re.search(r"best by ([\d.]+) ± ([\d.]+) nats per held-out point", apps.words(at)).groups()
    assert (float(value), float(error)) == pytest.approx((second.behind.value, second.behind.error), abs=5e-4)
    assert f"before {numbers.spoken(second.title)}" in apps.words(at)
    assert f"{-data('skewed', 1000).entropy:.4f} nats per point on average (exact)" in apps.words(at)


def row(title, behind=0.0, error=0.0, tied=False, held=-1.5):
    return Row(title, title, held_out=Estimate(held - behind, 0.1), behind=Estimate(behind, error), tied=tied)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        ([row("Normal"), row("Gamma", 0.5, 0.01)], "**Normal** is best by 0.50 ± 0.01 nats per held-out point, before gamma."),
        (
            [row("Normal"), row("Gamma", 0.001, 0.01, True), row("Gumbel", 0.002, 0.01, True), row("Cauchy", 0.03, 0.02)],
            "**Normal** is best by 0.03 ± 0.02 nats per held-out point, before Cauchy; gamma and Gumbel cannot be told "
            "from it with 1,234 points. Less than two standard errors is a hint, no proof.",
        ),
        (
            [row("Normal"), row("Gamma", 0.001, 0.01, True)],
            "**Normal** is best of 2; gamma cannot be told from it with 1,234 points.",
        ),
        ([row("Bernoulli")], "**Bernoulli** scores -1.5 ± 0.1 nats per held-out point."),
        ([Row("normal", "Normal", problem="too few")], "None of these laws can be ranked here; each row says why."),
    ],
)  # fmt: skip
def test_the_verdict(rows, said):
    assert numbers.verdict(rows, 1234, None) == said


def test_the_best_law_is_drawn_over_the_data_and_the_truth():
    at, rows, dataset = opened("families", "skewed", 1000), ranked("skewed", 1000), data("skewed", 1000)
    spec = spec_of(at)
    bars, law, truth = (
        [part for part in spec["layer"] if part["mark"]["type"] == kind] for kind in ("bar", "line", "line")
    )
    assert bars[0]["encoding"]["x"]["scale"]["domain"] == list(dataset.bounds[0])
    assert bars[0]["mark"]["color"] == ROLES["data"][0]
    lines = {part["mark"]["color"]: part["mark"] for part in law}
    assert set(lines) == {ROLES["model"][0], ROLES["truth"][0]}
    assert lines[ROLES["truth"][0]]["strokeDash"] == [6, 4]
    assert {part["encoding"]["text"]["value"] for part in spec["layer"] if part["mark"]["type"] == "text"} == {
        "1,000 points", rows[0].title, "truth, dashed"
    }  # fmt: skip


def drawn(chart):
    """(mark, rows) of every layer of a chart made here."""
    spec = chart.to_dict()
    return [(part["mark"], spec["datasets"][part["data"]["name"]]) for part in spec["layer"]]


@pytest.mark.parametrize("dark", [False, True])
def test_the_curves_are_the_densities(dark):
    dataset, best = data("skewed", 240), ranked("skewed", 240)[0]
    histogram = bins.histogram(dataset.points)
    layers = drawn(charts.picture(dataset, dataset.points[:, 0], best, histogram, "x", dark))
    assert [r["density"] for r in layers[0][1]] == pytest.approx(histogram.heights.tolist())
    by = {mark["color"]: rows for mark, rows in layers if mark["type"] == "line"}
    for role, law in (("model", best.fitted), ("truth", dataset.truth)):
        rows = by[ROLES[role][dark]]
        x = np.array([[r["x"]] for r in rows])
        assert [r["density"] for r in rows] == pytest.approx(np.exp(law.log_prob(x)).tolist())


def test_axes_do_not_move_with_the_law():
    dataset, rows = data("skewed", 240), ranked("skewed", 240)
    histogram = bins.histogram(dataset.points)
    made = [charts.picture(dataset, dataset.points[:, 0], r, histogram, "x", False).to_dict() for r in (None, *rows)]
    assert len({str(spec["layer"][0]["encoding"]) for spec in made}) == 1


def test_a_chosen_law_is_drawn_and_one_that_failed_says_why():
    at = opened("families", "skewed", 240, law="Gumbel")
    texts = [part["encoding"]["text"]["value"] for part in spec_of(at)["layer"] if part["mark"]["type"] == "text"]
    assert "Gumbel" in texts
    at.selectbox(key="law").select("Gamma").run()
    assert not at.exception
    assert next(r.problem for r in ranked("skewed") if r.title == "Gamma") in apps.words(at)


def test_counts_are_recognised_and_ranked_by_their_laws(monkeypatch):
    at, rows = opened("families", "counts", 400, law="Gumbel"), ranked("counts", 400, discrete.FAMILIES)
    assert discrete.recognise(data("counts", 400).points).reason in apps.words(at)
    assert list(at.dataframe[0].value["law"]) == [r.title for r in rows]
    layers = [part for part in spec_of(at)["layer"] if part["mark"]["type"] in ("bar", "point")]
    assert len(layers) == 2
    monkeypatch.setattr(ranking, "CONTINUOUS", ranking.CONTINUOUS[:5])
    at.segmented_control(key="taken").set_value("measurements").run()
    assert len(at.dataframe[0].value) == 5
    assert not at.exception


def test_days_since_a_date_are_measured_unless_asked_otherwise(monkeypatch):
    monkeypatch.setattr(ranking, "CONTINUOUS", ranking.CONTINUOUS[:5])
    assert discrete.recognise(data("dated", 400).points).kind == "counts"
    at = opened("families", "dated", 400)
    assert at.segmented_control(key="taken").value == "measurements"
    assert len(at.dataframe[0].value) == 5


def test_shares_are_those_of_the_counts():
    dataset = data("counts", 400)
    x, best = dataset.points[:, 0], ranked("counts", 400, discrete.FAMILIES)[0]
    (_, bars), (_, dots), *_ = drawn(charts.picture(dataset, x, best, None, "x", False))
    assert {r["count"]: r["share"] for r in bars} == pytest.approx({v: (x == v).mean() for v in np.unique(x)})
    at = np.array([r["count"] for r in dots], dtype=float)
    assert [r["share"] for r in dots] == pytest.approx(np.exp(best.fitted.log_prob(at)).tolist())


def test_two_values_are_a_probability():
    at, dataset = opened("families", "binary", 400), data("binary", 400)
    ones = int((dataset.points == 2).sum())
    assert f"The value 2 came {ones} times of 400" in apps.words(at)
    shown = numbers.measured(ones / 400, np.sqrt(ones / 400 * (1 - ones / 400) / 400))
    assert f"probability of 1 = {shown}" in at.dataframe[0].value.iloc[0, -1]
    spec = spec_of(at, 1)
    rows = [row for table in spec["datasets"].values() for row in table] if "datasets" in spec else []
    law = BetaBernoulli().posterior(ones, 400 - ones)
    assert f"probability {law.predictive():.3f}" in apps.words(at)
    assert not rows or {r["mark"]: r["x"] for r in rows if "mark" in r} == {"share": ones / 400}


def test_a_long_column_has_a_first_answer_before_the_full_table(monkeypatch):
    monkeypatch.setattr(ranking, "SAMPLED", 300)
    monkeypatch.setattr(ranking, "FIRST", 100)
    x, laws, rank = data("waits", 400).points[:, 0], ranking.CONTINUOUS[:8], ranking.rank.__wrapped__
    steps = list(rank(x, KEY, laws))
    count = len(laws)
    assert [s.metrics["values"] for s in steps] == [100] * (2 * count - 1) + [400]
    assert [len(s.state) for s in steps] == [*range(1, count + 1), *[count] * count]
    assert [s.index for s in steps] == list(range(2 * count))
    few = x[np.sort((KEY / "first").generator().choice(400, 100, replace=False))]
    *_, alone = rank(few, KEY / "first", laws, folds=1)
    assert [r.log_likelihood for r in steps[count].state] == [r.log_likelihood for r in alone.state]
    monkeypatch.undo()
    *_, every = rank(x, KEY, laws)
    assert [r.title for r in steps[-1].state] == [r.title for r in every.state]
    np.testing.assert_array_equal([r.bic for r in steps[-1].state], [r.bic for r in every.state])


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (2.5034, 0.1234, "2.50 ± 0.12"),
        (0.0266, 0.0393, "0.027 ± 0.039"),
        (1234.5, 67.0, "1234 ± 67"),
        (123456.0, 6789.0, "123500 ± 6800"),
        (0.009449, 5.9e-7, "0.00944900 ± 0.00000059"),
        (3.0, 0.0996, "3.00 ± 0.10"),
        (1e12, 3e9, "1e+12 ± 3e+09"),
        (3.14159, float("nan"), "3.142"),
    ],
)
def test_a_parameter_has_the_digits_its_error_deserves(value, error, said):
    assert numbers.measured(value, error) == said


def test_what_so_many_points_cannot_tell():
    x = data("waits", 300).points[:, 0]
    rows = [row("Gamma"), row("Weibull", 0.002, 0.01, True), row("Normal", 0.2, 0.03)]
    text = numbers.limits(rows, x, "min")
    assert "laws less than 0.04 nats per point apart look alike" in text
    assert "to Weibull is real, about 30,000 points would show it" in text  # 300 (2 * 0.01 / 0.002)^2
    assert f"beyond {x.min():.4g} and {x.max():.4g} min" in text
    assert "one more could change the order" in numbers.limits(rows, x[:20], "")
    assert numbers.limits([Row("normal", "Normal", problem="too few")], x, "") == ""


@pytest.mark.parametrize(
    ("panel", "name"), [("families", "constant"), ("goodness", "constant"), ("goodness", "binary")]
)
def test_a_column_without_a_density_gets_a_sentence(panel, name):
    at = opened(panel, name, 50)
    assert discrete.recognise(data(name, 50).points).reason in apps.words(at)
    assert not at.dataframe


def test_five_values_are_too_few_to_rank():
    at = opened("families", "few")
    assert "None of these laws can be ranked here" in apps.words(at)
    assert set(at.dataframe[0].value["behind (nats/point)"]) == {"failed"}


def test_an_error_of_the_run_is_said(monkeypatch):
    def broken(*args, **kwargs):
        yield from ()
        raise RuntimeError("secret")

    monkeypatch.setattr(ranking, "rank", broken)
    at = opened("families", "skewed")
    assert "unexpected RuntimeError" in at.warning[0].value


def calibrated(title, name, n):
    x = data(name, n).points
    *_, last = bootstrap(NAMED[title.lower()].fit(x), x, KEY / "test", replicates=199)
    return last.state


@pytest.mark.parametrize("title", ["Normal", "Gumbel"])
def test_the_p_values_are_the_ones_core_computes(title):
    at, test = opened("goodness", "skewed", tested=title), calibrated(title, "skewed", 240)
    shown = at.dataframe[0].value
    assert list(shown["statistic"]) == ["Kolmogorov-Smirnov", "Anderson-Darling", "Cramér-von Mises"]
    for column, values in zip(shown.columns[1:], (test.observed, test.p, test.error, test.naive), strict=True):
        np.testing.assert_array_equal(shown[column], values[:3], err_msg=column)
    outside = qq(test).outside
    assert (
        f"{outside.sum()} of the {len(outside)} points drawn (p = {test.p[3]:.3f} ± {test.error[3]:.3f})"
        in apps.words(at)
    )
    assert numbers.judgement(test, title) in apps.words(at)


@pytest.mark.parametrize("law", [family.title for family in FAMILIES])
def test_every_family_can_be_tested(law, monkeypatch):
    monkeypatch.setattr("playground.rungs.fit1.panels.families.REPLICATES", 19)
    at = opened("goodness", "waits", 60, tested=law)
    assert at.selectbox(key="tested").value == law
    assert len(at.dataframe[0].value) == 3
    assert not at.warning


def test_only_laws_that_fit_are_offered():
    assert "Gamma" not in opened("goodness", "skewed", 60).selectbox(key="tested").options
    assert "Gamma" in opened("goodness", "waits", 60).selectbox(key="tested").options


def test_the_qq_plot_marks_what_leaves_the_band():
    plot = qq(calibrated("Normal", "skewed", 240))
    band, line, dots = charts.qq(plot, "x", False).to_dict()["layer"]
    encoding = dots["encoding"]
    assert encoding["color"]["scale"] == {
        "domain": ["inside", "outside"],
        "range": [ROLES["data"][0], SURFACE["text"][0]],
    }
    assert encoding["shape"]["scale"]["range"] == ["circle", "cross"]
    rows = drawn_qq(plot)
    assert [r["where"] == "outside" for r in rows] == plot.outside.tolist()
    assert [r["observed"] for r in rows] == plot.observed.tolist()
    assert [r["theoretical"] for r in rows] == plot.theoretical.tolist()
    low, high = encoding["y"]["scale"]["domain"]
    assert [r["low"] for r in rows] == np.clip(plot.lower, low, high).tolist()
    assert low < plot.observed.min() < plot.observed.max() < high
    assert (band["mark"]["type"], line["mark"]["type"]) == ("area", "line")


def drawn_qq(plot):
    (rows,) = charts.qq(plot, "x", False).to_dict()["datasets"].values()
    return rows


def test_large_data_are_tested_on_a_part_and_it_is_said():
    assert "random 2,000 of the 2,500 points" in apps.words(opened("goodness", "normal", 2500))


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((0.5, 0.4, 0.3), "Nothing here speaks against **Cauchy**. With 50 points that is no proof"),
        (
            (0.005, 0.005, 0.005),
            "**Cauchy does not fit**: Kolmogorov-Smirnov, Anderson-Darling and Cramér-von Mises reject it",
        ),
        (
            (0.005, 0.5, 0.5),
            "**Cauchy is in doubt**: Kolmogorov-Smirnov rejects it at the level 0.05, the others do not",
        ),
        ((0.5, 0.055, 0.5), "Anderson-Darling is too close to 0.05 to call."),
    ],
)
def test_the_judgement(p, said):
    null = (np.arange(199)[:, None] < np.array(p) * 200 - 1).astype(float)
    test = Calibrated(
        ("KS", "AD", "CvM"), NAMED["normal"].fit(np.arange(9.0)), np.zeros(50), np.full(3, 0.5), np.ones(3), null
    )
    np.testing.assert_allclose(test.p, p)
    assert said in numbers.judgement(test, "Cauchy")


def test_no_p_value_is_shown_before_there_are_replicates():
    test = replace(calibrated("Normal", "skewed", 60), null=np.empty((0, 4)))
    shown = numbers.tested(test, ("KS", "AD"))
    assert shown["p, calibrated"].isna().all()
    assert shown["± (Monte Carlo)"].isna().all()
    assert shown["p, naive"].notna().all()


def test_the_check_is_checked_when_asked():
    at = opened("goodness", "skewed", 60)
    assert len(at.dataframe) == 1
    at.button(key="page.recheck").click().run()
    assert not at.exception
    x = data("skewed", 60).points
    *_, last = check_the_check(NAMED["normal"].fit(x), 60, KEY / "check", names=("KS", "AD", "CvM"))
    shown, found = at.dataframe[1].value, last.state
    for which in ("calibrated", "naive"):
        rates = found.rejected(0.05, which)
        assert shown[f"{which} p <= 0.05 (%)"].tolist() == pytest.approx([100 * r.value for r in rates])
        assert shown[f"± {which} (%)"].tolist() == pytest.approx([100 * r.error for r in rates])
    assert len(at.get("vega_lite_chart")) == 4
    at.selectbox(key="tested").select("Gumbel").run()
    assert len(at.dataframe) == 1  # another law must be asked for again


def test_p_values_are_counted_in_cells_closed_above():
    p = np.arange(1, 101) / 100  # the values a calibrated p with 99 replicates takes
    np.testing.assert_allclose(charts.shares_of(p), 0.1)
    np.testing.assert_allclose(charts.shares_of(np.array([0.0, 1.0])), [0.5, *[0] * 8, 0.5])
    found = Recheck(("KS",), 99, p[:, None], np.ones((100, 1)))
    ((_, chart),) = charts.uniformity(found, ("KS",), False).items()
    layers = drawn(chart)
    assert [r["share"] for r in layers[0][1]] == pytest.approx([0.1] * 10)
    assert [r["share"] for r in layers[1][1]] == [0] * 9 + [1, 1]
    assert (layers[2][0]["type"], layers[2][1]) == ("rule", [{"share": 0.1}])


@pytest.mark.parametrize(
    ("value", "spread", "shown"),
    [
        (1700002.503, 2.0, "1700002.50"),
        (1.0e6, 300.0, "1000000"),
        (-123456.789, 0.05, "-123456.7890"),
        (1.517, 2.0, "1.517"),
        (70.9, 13.0, "70.90"),
        (0.0, 1.0, "0"),
        (0.0265, 1.2, "0.02650"),
        (3.0, float("nan"), "3.000"),
    ],
)
def test_a_place_has_the_digits_that_the_spread_deserves(value, spread, shown):
    assert numbers.placed(value, spread) == shown
    if spread > 0:
        assert abs(float(shown) - value) < 0.005 * spread
