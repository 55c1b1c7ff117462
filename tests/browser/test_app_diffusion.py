"""Diffusion in a real browser: it plays once, is scrubbed, a start is dragged, the schedule changed, on a phone too."""

from urllib.parse import quote_plus, urlencode

import numpy as np
import pytest

from core.data import builtin
from core.diffusion import walk
from core.diffusion.walk import Sampler
from core.key import Key
from playground import diffusion_film as pictures
from playground.diffusion_bench import Bench, Noising
from tests.browser.conftest import Em

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOY = {"solver": "DDIM", "steps": 6}


@pytest.fixture
def open_page(app, new_page):
    """`open_page(settings, **context options)`: the page with a link, its stage alive."""

    def visit(settings=None, **options):
        page = new_page(**options)
        page.goto(f"{app.url}/diffusion?{urlencode(settings or {}, quote_via=quote_plus)}")
        stage = Em(page)
        stage.until("s.frames > 1", 30_000)
        return stage

    return visit


def figure(stage, name):
    """A live number beside the stage."""
    row = stage.page.locator("table", has_text="Time t").first.locator("tr", has_text=name)
    return float(row.locator("td").nth(1).inner_text().replace("−", "-"))


def test_it_plays_once_and_the_numbers_follow_a_scrub(open_page):
    stage = open_page(TOY)
    stage.until("s.playing && s.index > 0")
    first = stage.picture()
    stage.stage.get_by_label("Speed").select_option("8")
    stage.until("!s.playing && s.pos === s.frames - 1", 20_000)
    assert stage.picture() != first
    assert stage.state("frames") == 1 + 2 * 6
    stage.wait(lambda: figure(stage, "Evaluations") == 6)
    stage.press("Home", "ArrowRight", "ArrowRight", "ArrowRight")
    stage.until("s.pos === 3")
    stage.wait(lambda: figure(stage, "Evaluations") == 2)
    assert figure(stage, "Time t") == pytest.approx(5 / 6, abs=6e-4)


def test_a_dragged_start_walks_from_there_and_its_link_says_the_same(open_page):
    stage = open_page(TOY)
    run, to = stage.run, np.array([-2.0, 2.5])
    stage.press("Home")
    stage.page.mouse.move(*stage.grip(0))
    stage.page.mouse.down()
    stage.page.mouse.move(*stage.place(*to), steps=6)
    stage.page.mouse.up()
    stage.wait(lambda: stage.run != run and "means" in stage.settings)
    start = np.array([[float(v) for v in stage.settings["means"].split(",")]])
    np.testing.assert_allclose(start[0], to, atol=0.06)
    bench = Bench(builtin.load("eight_gaussians"), Noising())
    key = Key(0) / "diffusion"
    *_, last = walk.walk(bench.exact, pictures.begin(bench, key, start), key, Sampler("DDIM", 6))
    stage.press("End")
    stage.until("s.pos === s.frames - 1")
    ends = bench.original(last.state)[0]
    want = np.array([204, 121, 167])
    seen = stage.colours(*ends, 4)
    assert (np.abs(seen - want).max(1) < 40).any(), "the pink point is drawn where core says that it lands"
    other = open_page(stage.settings)
    np.testing.assert_allclose(other.state("handles"), start[0], atol=1e-4)


def test_another_schedule_is_another_walk_and_forward_is_another_film(open_page):
    stage = open_page(TOY)
    run = stage.run
    stage.pick("Schedule", "EDM")
    stage.wait(lambda: stage.run != run and stage.settings.get("schedule") == "EDM")
    run = stage.run
    stage.panel("Forward")
    stage.wait(lambda: stage.run != run and stage.settings.get("way") == "Forward")
    stage.until("'density' in s.layers && s.frames === 41", 20_000)
    assert not stage.alerts()


def test_training_shows_samples_within_seconds_and_the_walk_follows_it(open_page):
    stage = open_page(TOY | {"panel": "Train", "says": "learned"})
    course = Em(stage.page, 1)
    course.until("s.frames > 3", 30_000)
    stage.page.get_by_text("Denoiser trained here").wait_for(timeout=30_000)
    course.button("Cancel").click()
    stage.page.get_by_text("Cancelled after").wait_for()
    assert not stage.alerts()


def test_every_panel_fits_a_phone(open_page):
    stage = open_page(TOY, **PHONE)
    main = stage.page.locator("[data-testid=stMain]")
    for panel in ("Solvers", "Guidance", "Quality", "Code and files", "Schedule"):
        stage.panel(panel)
        stage.wait(lambda panel=panel: stage.settings.get("panel", "Schedule") == panel)
        stage.page.wait_for_timeout(1500)
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, panel
        assert stage.page.evaluate("document.documentElement.scrollWidth") <= 390, panel
