"""What stands beside the stage is true of the frame it travels with."""

import re

import numpy as np
import pytest

from core.data import builtin
from core.diffusion.walk import Sampler
from core.key import Key
from playground.rungs.diffusion import film, numbers
from playground.rungs.diffusion.bench import Bench, Noising


def value(text):
    """The number that a piece of the equation shows."""
    mantissa, _, power = text.replace("−", "-").partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@pytest.fixture(scope="module")
def walked():
    bench = Bench(builtin.load("eight_gaussians"), Noising())
    return bench, list(film.backward(bench, bench.exact, Sampler("DDPM, small variance", 12), Key(0), None))


def test_the_equation_of_every_guess_computes_what_it_says(walked):
    bench, steps = walked
    forms = [numbers.equation(bench, step) for step in steps]
    assert forms[0].form == "mixing", "nothing was guessed"
    guesses = [form for form in forms if form.form == "guess"]
    assert len(guesses) > 20
    for form in guesses:
        x, y, sigma, s_x, s_y, alpha, *clean = map(value, form.values)
        told = (np.array([x, y]) + sigma**2 * np.array([s_x, s_y])) / alpha
        room = 0.006 * (abs(x) + abs(y) + sigma**2 * (abs(s_x) + abs(s_y))) / alpha + 0.006
        np.testing.assert_allclose(told, clean, atol=room)


def test_every_form_has_as_many_places_as_it_is_given_values(walked):
    bench, steps = walked
    for step in steps:
        form = numbers.equation(bench, step)
        assert numbers.FORMS[form.form].count('class="value') == len(form.values)


def test_the_figures_of_a_half_step_are_its_own(walked):
    bench, steps = walked
    for step in steps:
        table = numbers.figures(bench, step, back=True)
        told = {name: text for name, text, _ in table.rows}
        assert table.title == f"Half-step {step.index} ({step.phase})"
        assert told["Time t"] == f"{step.metrics['t']:.3f}"
        assert told["Guesses"] == f"{step.metrics['evaluations']:.0f}"
        assert float(told["Signal α"]) ** 2 + float(told["Noise σ"]) ** 2 == pytest.approx(1, abs=3e-4)
        assert re.fullmatch(r"−?(\d+\.\d\d|∞)", told["Log signal-to-noise"])
