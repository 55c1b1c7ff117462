"""Fit in 1-D in a real browser: the bell and its point on the surface are one hand."""

import re

import numpy as np
import pytest

from core.data import builtin
from core.laws import bins
from tests.browser.conftest import calm, painted, until, wait

pytestmark = pytest.mark.browser


@pytest.fixture
def fit(app, new_page):
    """The page with two peaks, its climb at rest, both stages on show."""
    page = new_page(viewport={"width": 1440, "height": 1500})
    page.goto(f"{app.url}/fit1?data=Two+peaks&method=closed+form")
    page.locator(".stage[data-run]").nth(1).wait_for()
    until(page.locator(".stage").first, "s.frames > 1 && !s.playing && s.pos === s.frames - 1")
    calm(page)
    return page


def handles(page, which):
    return page.locator(".stage").nth(which).evaluate("root => root.__stage.handles")


def drag(page, which, hand, by):
    box = page.locator(".stage").nth(which).locator(".hand").nth(hand).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=6)


def test_the_point_on_the_surface_follows_the_bell_while_it_is_held(fit):
    before = handles(fit, 1)
    drag(fit, 0, 0, (-60, 0))
    painted(fit)
    mu, _, end, _ = handles(fit, 0)
    assert handles(fit, 1) == pytest.approx([mu, end - mu], abs=1e-4)
    assert handles(fit, 1)[0] < before[0]
    fit.mouse.up()
    fit.wait_for_function("() => location.search.includes('means=')")


def test_the_bell_follows_the_point_and_the_figures_say_its_likelihood(fit):
    drag(fit, 1, 0, (40, 30))
    painted(fit)
    mu, sigma = handles(fit, 1)
    assert handles(fit, 0)[0] == pytest.approx(mu, abs=1e-4)
    fit.mouse.up()
    fit.wait_for_function("() => location.search.includes('means=')")
    x = builtin.load("bimodal").points[:, 0]
    level = (-0.5 * np.log(2 * np.pi) - np.log(sigma) - 0.5 * ((x - mu) / sigma) ** 2).mean()
    table = fit.locator("table", has_text="Log-likelihood").first
    shown = re.compile(re.escape(f"{level:.3f}"[:-1]).replace("\\-", "[-−]"))
    table.get_by_text(shown).first.wait_for()


def test_show_me_stays_where_it_is_and_so_does_the_page(fit):
    button = fit.get_by_role("button", name="Show me", exact=True)
    before = button.bounding_box()["y"]
    drag(fit, 0, 0, (-60, 0))
    fit.mouse.up()
    until(fit.locator(".stage").first, "s.frames === 0")
    calm(fit)
    assert button.bounding_box()["y"] == before
    assert not fit.locator(".stage .player").first.is_visible()
    button.click()
    until(fit.locator(".stage").first, "s.frames > 1")
    calm(fit)
    assert button.bounding_box()["y"] == before


def read_at(page, which: int, share: tuple[float, float]) -> tuple[float, float, str]:
    """Point at a share of a stage's plot: where that is on its axes, and what it reads out."""
    plot = page.locator(".stage .plot").nth(which)
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    x, y = (box[side] + share[i] * box[side2] for i, (side, side2) in enumerate((("x", "width"), ("y", "height"))))
    page.mouse.move(x, y)
    painted(page)
    (x0, x1), (y0, y1) = page.locator(".stage").nth(which).evaluate("e => e.__stage.bounds")
    near, far = (
        page.locator(".stage").nth(which).evaluate("(e, b) => b.map(p => e.__stage.pixel(...p))", [[x0, y0], [x1, y1]])
    )
    across = x0 + (share[0] * box["width"] - near[0]) / (far[0] - near[0]) * (x1 - x0)
    up = y0 + (share[1] * box["height"] - near[1]) / (far[1] - near[1]) * (y1 - y0)
    return across, up, " ".join(plot.locator(".readout").inner_text().replace("\N{MINUS SIGN}", "-").split())


def test_pointing_at_the_stage_reads_every_curve_there(fit):
    at, _, said = read_at(fit, 0, (0.31, 0.4))
    dataset = builtin.load("bimodal")
    found = dict(re.findall(r"(Histogram|Truth|Your bell) (-?[\d.]+)", said))
    mu, _, end, _ = handles(fit, 0)
    bars = bins.histogram(dataset.points)
    bar = bars.heights[np.searchsorted(bars.edges, at, side="right") - 1]
    bell = np.exp(-0.5 * ((at - mu) / (end - mu)) ** 2) / (end - mu) / np.sqrt(2 * np.pi)
    exact = float(np.exp(dataset.truth.log_prob(np.array([[at]])))[0])
    told = [float(found[name]) for name in ("Histogram", "Your bell", "Truth")]
    assert told == pytest.approx([bar, bell, exact], abs=2e-3), said
    assert said.startswith("x "), said
    assert "density" not in said, said


def test_pointing_at_the_surface_reads_the_likelihood_of_that_place(fit):
    mu, sigma, said = read_at(fit, 1, (0.4, 0.5))
    x = builtin.load("bimodal").points[:, 0]
    level = (-0.5 * np.log(2 * np.pi) - np.log(sigma) - 0.5 * ((x - mu) / sigma) ** 2).mean()
    assert float(re.search(r"log-likelihood (-[\d.]+) nats", said)[1]) == pytest.approx(level, abs=2e-3), said


@pytest.mark.parametrize("share", [(0.5, 0.08), (0.9, 0.5)])
def test_what_is_read_out_stands_clear_of_the_plot(app, new_page, share):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{app.url}/fit1?data=Two+peaks")
    page.locator(".stage[data-run]").nth(1).wait_for()
    calm(page)
    for which in (0, 1):
        assert read_at(page, which, share)[2]
        plot = page.locator(".stage .plot").nth(which)
        top = plot.bounding_box()["y"] + 22
        spans = plot.locator(".readout span").evaluate_all(
            "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right, r.bottom])"
        )
        for left, right, bottom in spans:
            assert bottom <= top + 1
            assert left >= 0
            assert right <= 390


def test_every_panel_stands(fit):
    for panel in ("Posterior", "Families", "Goodness of fit", "Bandwidth", "Self-test", "Code and files", "Surface"):
        choose(fit, panel)
        assert not fit.locator("[data-testid=stException]").count()
    fit.locator(".stage[data-run]").nth(1).wait_for()


def choose(page, panel):
    """Look closer, and wait until that panel is there."""
    page.get_by_role("radio", name=panel, exact=True).click()
    first = "Surface"  # is not in the link
    page.wait_for_function(
        "([panel, first]) => (new URLSearchParams(location.search).get('panel') ?? first) === panel", arg=[panel, first]
    )
    calm(page)


# A file of one's own, and the panels in both themes and on a phone


def skewed_csv(n=3000):
    """Gamma draws, shape 2 and scale 3, as a file."""
    x = np.random.Generator(np.random.PCG64(11)).gamma(2.0, 3.0, n)
    return {"name": "waits.csv", "mimeType": "text/csv", "buffer": "\n".join(["wait (min)", *map(str, x)]).encode()}


def verdict(page, words=" is best "):
    """What the families panel says."""
    line = page.locator("[data-testid=stMarkdown]", has_text=words).first
    line.wait_for()
    return line.inner_text()


def test_a_skewed_file_gets_the_right_family_first(app, new_page):
    page = new_page()
    page.goto(f"{app.url}/fit1?panel=Families&data=Your+own+file")
    page.locator("input[type=file]").wait_for(state="attached")
    calm(page)
    page.locator("input[type=file]").set_input_files(skewed_csv())
    page.get_by_text("3,000 points").first.or_(page.get_by_text("No point lies beyond")).first.wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stMarkdown]')].some(e => /Gamma.* is best/.test(e.innerText))",
    )
    first = page.locator("[data-testid=stDataFrame] [role=gridcell]").first
    assert first.text_content() == "Gamma"
    said = page.locator("[data-testid=stMain]").inner_text()
    shape = re.search(r"Gamma: shape = ([\d.]+) ± ([\d.]+), scale = ([\d.]+) ± ([\d.]+) min", said)
    values = [float(v) for v in shape.groups()]
    assert abs(values[0] - 2) < 4 * values[1]
    assert abs(values[2] - 3) < 4 * values[3]
    assert re.search(r"there, and for events rarer than 1 in 3,000, every law here is a guess", said)


def test_two_values_and_counts_of_ones_own(app, new_page):
    page = new_page()
    page.goto(f"{app.url}/fit1?panel=Families&data=Your+own+file")
    entry = page.locator("input[type=file]")
    entry.wait_for(state="attached")
    calm(page)
    rng = np.random.Generator(np.random.PCG64(3))
    for name, values, words in (
        ("ill", (rng.random(200) < 0.3).astype(int), "its probability lies between"),
        ("calls", rng.poisson(2.5, 300), "they seem to count something"),
    ):
        raw = "\n".join([name, *map(str, values)]).encode()
        entry.set_input_files({"name": f"{name}.csv", "mimeType": "text/csv", "buffer": raw})
        page.get_by_text(words).first.wait_for()
    wait(page, lambda: "Poisson" in verdict(page), "Poisson is not best")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_panel_fits_a_phone(app, new_page, scheme):
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page.goto(f"{app.url}/fit1?data=Galaxies")
    page.locator(".stage[data-run]").nth(1).wait_for()
    for panel in ("Posterior", "Families", "Goodness of fit", "Bandwidth", "Self-test", "Code and files"):
        choose(page, panel)
        wide = page.evaluate(
            """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e => e.offsetParent
              && !e.closest('[data-testid=stDataFrame], .stage, pre, [data-testid=stVegaLiteChart], .katex, input')
              && getComputedStyle(e).overflowX !== 'auto' && e.getBoundingClientRect().right > innerWidth + 1
              && !e.closest('[role=tooltip]')).map(e => `${e.tagName} ${e.dataset.testid || e.className}`).slice(0, 5)"""
        )
        assert wide == [], panel


def test_the_check_of_the_check_can_be_cancelled(app, new_page):
    page = new_page()
    page.goto(f"{app.url}/fit1?panel=Goodness+of+fit&data=Old+Faithful&tested=Student+t")
    check, cancel = (page.get_by_role("button", name=name) for name in ("Check the check", "Cancel"))
    check.wait_for()
    cancel.first.wait_for(state="detached")  # the test itself, which can be cancelled too, is done
    check.click()
    cancel.click()
    page.get_by_text(re.compile("Cancelled after|Draws 200 samples")).first.wait_for()
    cancel.first.wait_for(state="detached")


def test_the_self_test_and_the_files_of_a_law(app, new_page):
    page = new_page(accept_downloads=True)
    page.goto(f"{app.url}/fit1?panel=Self-test&data=Galaxies&model=Normal&samples=25")
    strip = page.locator("table", has_text="density integrates to 1")
    wait(page, lambda: strip.inner_text().count("✓") == 3)
    choose(page, "Code and files")
    assert page.get_by_role("combobox", name="Model").input_value() == "Normal"  # one choice for both
    with page.expect_download() as caught:
        page.get_by_role("button", name="Samples (CSV)").click()
    with open(caught.value.path()) as file:
        assert len(file.read().split()) >= 25


@pytest.mark.parametrize(("data", "count"), [("Old+Faithful", 2), ("Two+moons", 5)])
def test_a_mixture_is_handed_over_to_em_with_one_click(app, new_page, data, count):
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/fit2?model=Gaussian+mixture&components={count}&data={data}")
    page.get_by_role("link", name="Fit it by hand").click()
    page.get_by_role("heading", name="EM by hand").wait_for()
    page.locator(".stage[data-run]").first.wait_for()
    assert page.get_by_test_id("stSelectbox").locator("input").first.input_value() == data.replace("+", " ")
    assert page.get_by_role("slider", name="Components K").input_value() == str(count)
    assert page.get_by_text("In this link").count() == 0
