"""Numbers as every page writes them."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.check import Check
from core.evaluation.metrics import Estimate
from playground.shown import numbers

PROFILE = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@given(some.floats(allow_nan=False, allow_infinity=False))
@PROFILE
def test_a_number_in_tex_is_the_number_to_four_digits(x):
    mantissa, _, power = numbers.number(x).partition(r"\cdot 10^{")
    assert float(mantissa) * 10.0 ** int(power.rstrip("}") or 0) == pytest.approx(x, rel=5.1e-4, abs=1e-300)


WORDS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻\N{MINUS SIGN}", "0123456789--", " \xa0,")


def read(text):
    """The number that a text says, however it is written."""
    return float(text.translate(WORDS).replace("×10", "e"))


def back(shown):
    return [read(text) for text in shown]


@given(some.lists(some.floats(-1e20, 1e20), min_size=1, max_size=6))
@PROFILE
def test_aligned_numbers_are_right_to_a_thousandth_of_the_largest(values):
    np.testing.assert_allclose(
        back(numbers.aligned(values)), values, rtol=0, atol=0.51e-3 * max(map(abs, values)) + 1e-300
    )


@given(some.lists(some.floats(1.0, 90.0), min_size=1, max_size=6))
@PROFILE
def test_numbers_of_one_size_end_together(values):
    assert len({len(text.rpartition(".")[2]) for text in numbers.aligned(values)}) == 1


@given(some.lists(some.floats(1e-12, 1e3), min_size=2, max_size=6).filter(lambda v: min(v) < max(v) / 100))
@PROFILE
def test_a_spread_that_collapses_keeps_its_digits(values):
    np.testing.assert_allclose(back(numbers.aligned(values)), values, rtol=0.51e-3)


def test_a_value_comes_with_its_error():
    assert numbers.estimate(Estimate(1.23456, 0.00712)) == "1.235 ± 0.007"
    assert numbers.estimate(Estimate(-2.04, 0.5)) == "−2.0 ± 0.5"
    assert numbers.estimate(Estimate(1234.5, 30.0)) in ("1234 ± 30", "1235 ± 30")


@given(some.floats(-1e3, 1e3), some.floats(1e-6, 1e3))
@PROFILE
def test_what_is_shown_of_an_estimate_is_right_to_its_error(mean, error):
    left, right = map(read, numbers.estimate(Estimate(mean, error)).split(" ± "))
    assert abs(left - mean) <= 0.51 * error + 1e-12
    assert right == pytest.approx(error, rel=0.51)


def test_the_figures_are_a_markdown_table_whose_values_do_not_break():
    text = numbers.table("Step 3", [("a", "1 ± 2", "nats"), ("b", "7", "")])
    assert text.splitlines() == [
        "| Step 3 | | |",
        "|---|--:|---|",
        "| a | **1\xa0±\xa02** | nats |",
        "| b | **7** |  |",
    ]


def test_the_self_test_strip_tells_right_from_wrong():
    found = [
        Check("right", 1.0, 1.0, 1e-9),
        Check("wrong", -0.5, 0.0, 0.4, at_least=True),
        Check("high", 9.0, 0.0, 3.0, True),
        Check("counted", 20.0, 20.0, 0.4),
    ]
    assert numbers.self_test(found).splitlines()[2:] == [
        "| ✓ | right | 1 | 1 ± 1\u00a0×\u00a010⁻⁹ |",
        "| ✗ broken | wrong | −0.5 | at least −0.4 |",
        "| ✓ | high | 9 | at least −3 |",
        "| ✓ | counted | 20 | 20 ± 0.4 |",
    ]


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (Check("", 20.0, 20.0, 1e-9), "20"),
        (Check("", 0.99987, 1.0, 1e-3), "1"),
        (Check("", 0.9995, 1.0, 1e-3), "1"),
        (Check("", 0.951, 1.0, 1e-3), "0.951"),
        (Check("", -1.5247861234, -1.5247861239, 1e-9), "−1.524786123"),
        (Check("", 3e-13, 0.0, 1e-12), "3\u00a0×\u00a010⁻¹³"),
        (Check("", 0.3012, 0.3, 0.01), "0.3"),
        (Check("", float("nan"), 1.0, 0.1), "nan"),
    ],
)
def test_a_check_has_the_digits_that_its_tolerance_deserves(check, said):
    assert numbers.judged(check) == said


def test_a_target_has_the_digits_of_its_value():
    strip = numbers.self_test([Check("", -1.6356254151, -1.6356254152, 1e-9)])
    assert strip.splitlines()[2] == "| ✓ |  | −1.635625415 | −1.635625415 ± 1\u00a0×\u00a010⁻⁹ |"


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0426, "0.043"),
        (0.001, "0.001"),
        (4.2e-8, "4\u00a0×\u00a010⁻⁸"),
        (0.00031, "0.0003"),
        (1.0, "1.000"),
        (0.0, "< 10⁻³⁰⁰"),
    ],
)
def test_a_small_p_is_not_written_as_nothing(p, said):
    assert numbers.p_value(p) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.12345, "0.1235"),
        (-2.0, "−2"),
        (1.5e-7, "1.5\u00a0×\u00a010⁻⁷"),
        (-3.25e12, "−3.25\u00a0×\u00a010¹²"),
        (0.0, "0"),
    ],
)
def test_a_number_is_written_with_the_digits_it_deserves(value, said):
    assert numbers.written(value) == said


def test_a_live_table_has_real_minus_signs():
    table = numbers.live_table("Half-step 3", [("a", "-1.5", "nats"), ("b", "7", "")], 9)
    assert (table.title, table.rows, table.room) == ("Half-step 3", (("a", "−1.5", "nats"), ("b", "7", "")), 9)


def test_an_estimate_that_is_not_known_says_so_and_one_without_an_error_has_four_digits():
    nan = float("nan")
    assert numbers.estimate(Estimate(nan, nan)) == numbers.estimate(Estimate(float("inf"), nan)) == "none"
    assert numbers.estimate(Estimate(nan, nan), "no start came to rest") == "no start came to rest"
    assert numbers.estimate(Estimate(1.23456, nan)) == "1.2346"
    assert numbers.estimate(Estimate(1.23456, 0.0)) == "1.2346 ± 0.0000"


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (2.5034, 0.1234, "2.50 ± 0.12"),
        (0.0266, 0.0393, "0.027 ± 0.039"),
        (1234.5, 67.0, "1234 ± 67"),
        (123456.0, 6789.0, "123500 ± 6800"),
        (0.009449, 5.9e-7, "0.00944900 ± 0.00000059"),
        (3.0, 0.0996, "3.00 ± 0.10"),
        (1e12, 3e9, "(1.0000 ± 0.0030)\xa0×\xa010¹²"),
        (-2.5e-11, 4e-13, "(−2.500 ± 0.040)\xa0×\xa010⁻¹¹"),
        (5.0, 3e12, "(0.0 ± 3.0)\xa0×\xa010¹²"),
        (3.14159, float("nan"), "3.142"),
    ],
)
def test_a_parameter_has_the_digits_its_error_deserves(value, error, said):
    assert numbers.measured(value, error) == said


@pytest.mark.parametrize(
    ("value", "spread", "shown"),
    [
        (1700002.503, 2.0, "1700002.50"),
        (1.0e6, 300.0, "1000000"),
        (-123456.789, 0.05, "−123456.7890"),
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
        assert abs(read(shown) - value) < 0.005 * spread


def test_units_stand_at_the_end_of_a_column_s_name():
    names = ("a (min)", "b", "v (1000 km/s) ", "(x) y", "a ()")
    assert [numbers.unit_of(name) for name in names] == ["min", "", "1000 km/s", "", ""]
    assert [numbers.bare(name) for name in names[:2]] == ["a", "b"]


@pytest.mark.parametrize(("value", "end"), [(0.3, 0.5), (1.0, 1.0), (1.01, 2), (7, 10), (12, 20), (0.011, 0.02)])
def test_axes_end_at_round_numbers(value, end):
    assert numbers.nice(value) == pytest.approx(end)


def test_one_far_value_leaves_the_others_their_digits():
    assert numbers.aligned([-9999.0, 2.9312, -3.0671]) == ["\N{MINUS SIGN}9999", "2.931", "\N{MINUS SIGN}3.067"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (25600.4, "25600"),
        (1.987, "1.987"),
        (0.0, "0"),
        (2.56e-7, "2.56\u00a0×\u00a010⁻⁷"),
        (-3.1e12, "−3.1\u00a0×\u00a010¹²"),
        (0.0002205, "0.0002205"),
    ],
)
def test_a_spread_is_written_as_the_mean_above_it(value, said):
    assert numbers.written(value) == said


def test_tex_has_no_sum_in_a_power_of_ten():
    assert numbers.tex("1.6e+04") == numbers.number(16000.0, 2) == r"1.6\cdot 10^{4}"
    assert numbers.tex("45017") == "45017"


ANY = some.floats(-1e300, 1e300, allow_subnormal=False)
PLAIN = re.compile(r"\N{MINUS SIGN}?[\d.]+(\xa0×\xa010⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")


@given(ANY, some.integers(1, 6))
@PROFILE
def test_what_is_written_reads_back_to_its_last_digit(x, digits):
    for text in (numbers.written(x, digits), numbers.plain_power(x, digits)):
        assert PLAIN.fullmatch(text), text
        assert read(text) == pytest.approx(x, rel=0.51 * 10.0 ** (1 - digits), abs=1e-300)
    if x == 0 or 1e-4 <= abs(x) < 9e9:
        assert "×" not in numbers.written(x, digits)


@given(ANY, ANY)
@PROFILE
def test_a_place_reads_back_and_has_no_letter(x, spread):
    text = numbers.placed(x, abs(spread))
    assert read(text) == pytest.approx(x, rel=0.51e-3)
    assert "e" not in text


@given(ANY, some.integers(1, 6))
@PROFILE
def test_tex_has_neither_a_letter_nor_a_sum_in_a_power_of_ten(x, digits):
    for text in (numbers.written(x, digits), numbers.placed(x, 1.0, digits), f"{x:.{digits}g}"):
        mantissa, _, power = numbers.tex(text).partition(r"\cdot 10^{")
        assert re.fullmatch(r"-?[\d.]+", mantissa), text
        assert re.fullmatch(r"(-?\d+\})?", power), text
        assert float(mantissa) * 10.0 ** int(power.rstrip("}") or 0) == pytest.approx(
            x, rel=0.51 * 10.0 ** (1 - digits)
        )


@given(ANY, some.floats(1e-300, 1e300))
@PROFILE
def test_a_value_and_its_error_have_one_power_and_as_many_digits(x, error):
    text = numbers.measured(x, error)
    assert "e" not in text
    inside, _, power = text.strip("(").partition(")")
    value, plus = inside.split(" ± ")
    tail = power or ""
    assert read(plus + tail) == pytest.approx(error, rel=0.051, abs=1e-15 * abs(x))
    assert read(value + tail) == pytest.approx(x, rel=1e-12, abs=0.051 * error)


def test_no_number_on_screen_is_written_by_python_s_own_power_of_ten():
    """`f"{x:.4g}"` says 2.56e+04 of 25600; what a person reads is written by `core.digits` and what stands on it."""
    own = re.compile(r":,?\.\d[ge]\}")
    quiet = re.compile(r"raised\(|tex\(|float\(|put_in_link|geomspace|join\(|# by hand")
    root = Path(numbers.__file__).parents[2]
    for path in [*(root / "playground").rglob("*.py"), *(root / "pages").rglob("*.py")]:
        if path.name == "numbers.py" and path.parent.name == "shown":
            continue
        for line in path.read_text("utf-8").splitlines():
            assert not own.search(line) or quiet.search(line), f"{path.name}: {line.strip()}"
