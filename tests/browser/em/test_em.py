"""EM by hand in a real browser: it plays, rests, is stepped and scrubbed, dragged, and sent to somebody as a link."""

import re
from dataclasses import replace

import numpy as np
import pytest

from core.data import builtin
from core.key import Key
from core.mixture import gmm
from core.mixture.gmm import Config
from core.units import units_of
from playground.palette import CLASSES
from tests.browser.conftest import MOTION, fitted, has_colour, number, painted, score

pytestmark = pytest.mark.browser
SHOWN = 0.5e-4 + 1e-9  # the figures are shown with four decimals
TOY = {"components": 3, "seed": 2}


def start_of(dataset, config, seed=0):
    """The mixture a fit of a built-in set begins with, in original units."""
    units = units_of(dataset)
    return units.back(gmm.initial(config, units.standard(dataset.points), Key(seed) / "em"))


def means_in(settings, k):
    return np.array([[float(v) for v in row.split(",")] for row in settings["means"].split(";")]).reshape(k, -1)


def test_it_plays_by_itself_rests_at_the_end_and_says_the_right_numbers(open_em):
    em = open_em(TOY, **MOTION)
    em.until("s.frames > 1 && s.playing && s.index > 0")
    first = em.picture()
    em.stage.get_by_label("Speed").select_option("8")
    em.until("!s.playing && s.pos === s.frames - 1")
    assert em.picture() != first
    dataset, config = builtin.load("eight_gaussians"), Config(components=3)
    steps = fitted(dataset, config, 2)
    assert em.state("frames") == len(steps)
    em.wait(lambda: em.step == steps[-1].index)
    assert em.log_likelihood == pytest.approx(score(dataset, config, 2), abs=SHOWN)
    bic = -2 * score(dataset, config, 2) * 1000 + 17 * np.log(1000)
    assert number(em.figures["BIC"]) in (round(bic), round(bic / 2))
    assert number(em.figures["Entropy of the truth"]) == pytest.approx(dataset.entropy, abs=SHOWN)
    model = steps[-1].state
    for k in range(3):
        values, vectors = np.linalg.eigh(model.covariances[k])
        edge = model.means[k] + np.sqrt(values[1]) * vectors[:, 1]
        assert has_colour(em.colours(*edge), CLASSES[k][0], within=60), f"ellipse {k + 1}"


def test_the_numbers_follow_the_frame_by_key_button_bar_and_chart(open_em):
    em = open_em(TOY, **MOTION)
    em.settled()
    steps = fitted(builtin.load("eight_gaussians"), Config(components=3), 2)

    def rests_at(i):
        em.until(f"!s.playing && s.pos === {i}")
        em.wait(lambda: em.step == i, f"the figures never came to step {i}")
        assert em.log_likelihood == pytest.approx(steps[i].metrics["log_likelihood"], abs=SHOWN)
        assert em.figures["Half-step"].startswith(f"Half-step {i} ({steps[i].phase})")

    em.press("Home")
    rests_at(0)
    em.press("ArrowRight")
    rests_at(1)
    em.stage.get_by_role("button", name="Frame forward").click()
    rests_at(2)
    em.stage.get_by_role("button", name="Frame back").click()
    rests_at(1)
    em.stage.get_by_role("button", name="Play", exact=True).click()
    em.until("s.playing && s.index >= 3")
    em.stage.get_by_role("button", name="Pause", exact=True).click()
    em.until("!s.playing && s.pos === Math.round(s.pos)")
    em.wait(lambda: em.step == em.state("pos"))
    bar = em.stage.locator(".scrub").bounding_box()
    last = len(steps) - 1
    em.page.mouse.move(bar["x"] + 8, bar["y"] + bar["height"] / 2)
    em.page.mouse.down()
    em.page.mouse.move(bar["x"] + 8 + 10 / last * (bar["width"] - 16), bar["y"] + bar["height"] / 2, steps=5)
    em.page.mouse.up()
    rests_at(10)
    em.stage.get_by_role("slider", name="Frame").focus()
    em.page.keyboard.press("ArrowLeft")
    rests_at(9)
    em.page.keyboard.press("End")
    rests_at(last)
    chart = em.stage.locator(".chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    em.page.mouse.click(box["x"] + 60, box["y"] + 40)
    em.until("!s.playing && s.pos < 3")
    em.wait(lambda: em.step == em.state("pos"))


def test_a_dragged_start_takes_its_ellipse_along_and_the_link_carries_it(open_em):
    em = open_em(TOY)
    em.settled()
    em.press("Home")
    em.until("s.pos === 0")
    dataset, config = builtin.load("eight_gaussians"), Config(components=3)
    start, to, run = start_of(dataset, config, 2), np.array([0.2, -0.3]), em.run
    reach = np.sqrt(start.covariances[1].diagonal())
    rim = [to + reach * (np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, 24, endpoint=False)]
    before = sum(has_colour(em.colours(*p, 2), CLASSES[1][0]) for p in rim)
    em.page.mouse.move(*em.grip(1))
    em.page.mouse.down()
    em.page.mouse.move(*em.place(*to), steps=8)
    painted(em.page)
    during = sum(has_colour(em.colours(*p, 2), CLASSES[1][0]) for p in rim)
    assert em.run == run, "the server has not heard yet"
    assert during >= 20, f"the ellipse is painted round the hand during the drag: {during} of 24, {before} before"
    assert before <= 10
    em.page.mouse.up()
    em.wait(lambda: em.run != run and "means" in em.settings)
    em.settled()
    means = means_in(em.settings, 3)
    want = start.means.copy()
    want[1] = to
    np.testing.assert_allclose(means, want, atol=0.03)  # a pixel or two
    final = score(dataset, config, 2, means)
    assert em.log_likelihood == pytest.approx(final, abs=SHOWN)
    address = em.address
    em.press("Home")
    em.wait(lambda: em.step == 0)
    begin = replace(start, means=means).log_prob(dataset.points).mean()
    assert em.log_likelihood == pytest.approx(begin, abs=SHOWN)

    other = open_em(address)
    other.settled()
    np.testing.assert_allclose(other.state("handles"), em.state("handles"), atol=1e-5)
    assert other.log_likelihood == pytest.approx(final, abs=SHOWN)


def test_own_start_lets_go_of_what_the_hand_chose(open_em):
    em = open_em(TOY | {"means": "0,0;1,1;-2,0.5"})
    em.settled()
    dataset, config = builtin.load("eight_gaussians"), Config(components=3)
    chosen = np.array([[0, 0], [1, 1], [-2, 0.5]], float)
    assert em.log_likelihood == pytest.approx(score(dataset, config, 2, chosen), abs=SHOWN)
    run = em.run
    em.button("Own start").click()
    em.wait(lambda: em.run != run and "means" not in em.settings, "the link still has the means")
    em.settled()
    np.testing.assert_allclose(em.state("handles"), start_of(dataset, config, 2).means.ravel(), atol=1e-5)
    assert em.log_likelihood == pytest.approx(score(dataset, config, 2), abs=SHOWN)


def test_a_dragged_start_takes_its_bell_along_in_one_dimension(open_em):
    em = open_em({"data": "The classic demonstration", "components": 2})
    em.settled()
    em.press("Home")
    em.until("s.pos === 0")
    dataset, config = builtin.load("demonstration"), Config(components=2)
    start, run = start_of(dataset, config), em.run
    top = start.weights[1] / np.sqrt(2 * np.pi * start.covariances[1, 0, 0])
    to = 5.2 if start.means[1, 0] < 1 else -5.2
    assert not has_colour(em.colours(to, top), CLASSES[1][0])
    x, y = em.grip(1)
    em.page.mouse.move(x, y)
    em.page.mouse.down()
    em.page.mouse.move(em.place(to, 0)[0], y - 60, steps=8)
    painted(em.page)
    assert has_colour(em.colours(to, top), CLASSES[1][0]), "the bell stands over the hand during the drag"
    assert em.run == run
    assert em.state("handles")[3] == 0, "a mean on the line stays on the line"
    em.page.mouse.up()
    em.wait(lambda: em.run != run and "means" in em.settings)
    em.settled()
    means = means_in(em.settings, 2)
    np.testing.assert_allclose(means[1], to, atol=0.04)
    final = score(dataset, config, 0, means)
    assert em.log_likelihood == pytest.approx(final, abs=SHOWN)
    other = open_em(em.address)
    other.settled()
    np.testing.assert_allclose(other.state("handles"), em.state("handles"), atol=1e-5)
    assert other.log_likelihood == pytest.approx(final, abs=SHOWN)


def test_a_start_is_moved_by_the_arrow_keys(open_em):
    em = open_em(TOY)
    em.settled()
    run, before = em.run, em.state("handles")
    em.stage.locator(".hand").nth(2).focus()
    em.page.keyboard.press("Shift+ArrowRight")
    em.page.keyboard.press("ArrowUp")
    em.wait(lambda: em.run != run and "means" in em.settings)
    after = em.settled().state("handles")
    np.testing.assert_allclose(np.subtract(after, before), [0, 0, 0, 0, 0.45, 0.09], atol=1e-3)
    means = means_in(em.settings, 3)
    assert em.log_likelihood == pytest.approx(
        score(builtin.load("eight_gaussians"), Config(components=3), 2, means), abs=SHOWN
    )


GOOD = {
    "data": "Two moons",
    "components": 4,
    "covariance": "Diagonal",
    "start": "Random points",
    "seed": 7,
    "floor": 0.01,
    "n": 700,
    "draw": 3,
    "panel": "Code and files",
}


def test_good_settings_survive_a_reload_and_another_browser(open_em):
    em = open_em(GOOD)
    want = {name: str(value) for name, value in GOOD.items()}
    config = Config(components=4, covariance="diag", start="random points", floor=0.01)
    final = score(builtin.load("two_moons", 700, Key(3)), config, 7)
    em.settled()
    assert em.settings == want
    assert em.log_likelihood == pytest.approx(final, abs=SHOWN)
    em.page.reload()
    em.until("s.frames > 1")
    em.settled()
    assert em.settings == want
    assert em.log_likelihood == pytest.approx(final, abs=SHOWN)
    assert em.page.get_by_role("radio", name="Code and files").is_checked()
    shown = em.page.locator("code", has_text="/em?").last.inner_text()  # the link as the page itself writes it out
    other = open_em("".join(shown.split()))
    other.settled()
    assert other.settings == want
    assert other.log_likelihood == pytest.approx(final, abs=SHOWN)
    assert other.page.get_by_role("slider", name=re.compile("Components")).input_value() == "4"
    assert other.page.get_by_role("radio", name="diag").is_checked()
    assert other.page.get_by_role("combobox", name="Data").input_value() == "Two moons"


def test_what_is_chosen_on_the_page_is_in_the_link(open_em):
    em = open_em()
    em.settled()
    em.pick("Data", "Galaxies")
    em.wait(lambda: em.settings.get("data") == "Galaxies")
    em.page.get_by_role("radio", name="tied").click()
    em.wait(lambda: em.settings.get("covariance") == "Tied")
    slider = em.page.get_by_role("slider", name=re.compile("Components"))
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")
    em.wait(lambda: em.settings.get("components") == "4")
    final = score(builtin.load("galaxies"), Config(components=4, covariance="tied"))
    em.wait(lambda: em.log_likelihood == pytest.approx(final, abs=SHOWN), f"never {final}: {em.figures}")


def test_wrong_values_fall_back_and_the_page_says_so(open_em):
    em = open_em({"components": 99, "covariance": "odd", "data": "nothing", "panel": "x"})
    em.settled()
    said = " ".join(em.alerts()).lower()
    for word in ("components", "covariance", "data", "panel"):
        assert word in said, f"nothing is said of {word}: {said}"
    assert em.page.get_by_role("combobox", name="Data").input_value() == "Eight Gaussians"
    assert em.page.get_by_role("slider", name=re.compile("Components")).input_value() == "8"
    final = score(builtin.load("eight_gaussians"), Config(components=8))
    assert em.log_likelihood == pytest.approx(final, abs=SHOWN)
    em.panel("Basins")
    em.wait(lambda: em.settings.get("panel") == "Basins")
    assert em.settings == {"panel": "Basins"}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"n": 7, "draw": "x", "seed": -1}, ("n", "draw", "seed")),
        ({"components": 3, "means": "1,2"}, ("means",)),
        ({"data": "Irises", "across": "nope", "component": 40}, ("across", "component")),
        ({"floor": "nan", "tolerance": 7, "iterations": "1e99"}, ("floor", "tolerance", "iterations")),
    ],
)
def test_every_wrong_value_is_named(open_em, wrong, word):
    em = open_em(wrong)
    em.settled()
    said = " ".join(em.alerts())
    missing = [name for name in word if not re.search(rf"\b{name}\b", said)]
    assert not missing, f"nothing is said of {missing}: {said!r}"
