"""Diffusion in a real browser: it plays once, is scrubbed, a start is dragged, the schedule changed, on a phone too."""

from urllib.parse import quote_plus, urlencode

import numpy as np
import pytest

from core.data import builtin
from core.diffusion import walk
from core.diffusion.walk import SOLVERS, Sampler
from core.key import Key
from playground.palette import CLASSES
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import landing as landings
from playground.rungs.diffusion import numbers
from playground.rungs.diffusion.bench import Bench, Noising
from playground.shelf import sketch
from tests.browser.conftest import MOTION, Em, calm, has_colour, painted
from tests.browser.data.test_app_data import spray

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TOY = {"solver": "DDIM", "steps": 6}


@pytest.fixture
def open_page(app, new_page):
    """`open_page(settings, **context options)`: the page with a link, its stage alive."""

    def visit(settings=None, alive="s.frames > 1", **options):
        page = new_page(**options)
        page.goto(f"{app.url}/diffusion?{urlencode(settings or {}, quote_via=quote_plus)}")
        stage = Em(page)
        stage.until(alive)
        return stage

    return visit


def figure(stage, name):
    """A live number beside the stage."""
    row = stage.page.locator(".figures table").first.locator("tr", has_text=name)
    return float(row.locator("td").first.inner_text().replace("−", "-"))


def test_it_plays_once_and_the_numbers_follow_a_scrub(open_page):
    stage = open_page(TOY, **MOTION)
    stage.until("s.playing && s.index > 0")
    first = stage.picture()
    stage.stage.get_by_label("Speed").select_option("8")
    stage.until("!s.playing && s.pos === s.frames - 1")
    assert stage.picture() != first
    assert stage.state("frames") == 1 + 2 * 6
    stage.wait(lambda: figure(stage, "Guesses") == 6)
    stage.press("Home", "ArrowRight", "ArrowRight", "ArrowRight")
    stage.until("s.pos === 3")
    stage.wait(lambda: figure(stage, "Guesses") == 2)
    assert figure(stage, "Time t") == pytest.approx(5 / 6, abs=6e-4)


SAMPLE = """root => {
  const said = window.said = [], page = document.querySelector("[data-testid=stMain]");
  const find = (node, what) => node.querySelector(what) ?? [...node.querySelectorAll("*")].reduce(
    (found, e) => found ?? (e.shadowRoot ? find(e.shadowRoot, what) : null), null);
  const [table, note] = [find(page, ".figures table"), find(page, ".form.on")].map(e => e.getRootNode());
  const look = () => {
    const cells = [...table.querySelectorAll("td.value")].map(td => td.textContent), on = note.querySelector(".form.on");
    said.push({frame: Number(root.dataset.frame), caption: root.querySelector(".caption").textContent, cells,
      title: table.querySelector("th").textContent, values: [...on.querySelectorAll(".value")].map(v => v.textContent),
      top: note.host.getBoundingClientRect().bottom + scrollY});
    if (root.__stage.playing) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_what_stands_beside_a_playing_film_is_of_the_frame_on_show(open_page):
    asked = {"solver": "DDPM, small variance", "steps": 12}
    stage = open_page(asked)
    stage.until("!s.playing && s.pos === s.frames - 1")
    stage.page.locator(".figures table").wait_for()
    calm(stage.page)
    stage.page.emulate_media(reduced_motion="no-preference")
    stage.stage.get_by_label("Speed").select_option("2")
    stage.press("Home", " ")
    stage.until("s.playing && s.pos > 0.5")
    stage.stage.evaluate(SAMPLE)
    stage.until("!s.playing && s.pos === s.frames - 1")
    painted(stage.page)
    said = stage.page.evaluate("said")
    bench, key = Bench(builtin.load("eight_gaussians"), Noising()), Key(0) / "diffusion"
    steps = list(pictures.backward(bench, bench.exact, Sampler(**asked), key, None))
    assert len({one["frame"] for one in said}) > len(steps) // 2
    for one in said:
        step = steps[one["frame"]]
        table, formula = numbers.figures(bench, step, True), numbers.equation(bench, step)
        assert one["caption"] == pictures.caption(step)
        assert (one["title"], one["cells"]) == (table.title, [value for _, value, _ in table.rows])
        assert tuple(one["values"]) == formula.values
    assert len({one["top"] for one in said}) == 1, "nothing under it moves"


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
    stage.until("'density' in s.layers && s.frames === 41")
    assert not stage.alerts()


def test_every_solver_lands_at_once_when_a_start_is_dragged(open_page):
    stage = open_page(TOY | {"panel": "Solvers"})
    assert not stage.state("layers")["landed"], "the landings come with the hand"
    run = stage.run
    stage.press("Home")
    stage.page.mouse.move(*stage.grip(0))
    stage.page.mouse.down()
    stage.page.mouse.move(*stage.place(-2.0, 2.5), steps=6)
    stage.page.mouse.up()
    stage.wait(lambda: stage.run != run and stage.state("layers")["landed"])
    stage.page.get_by_text("corrected", exact=True).wait_for()  # the legend names every solver beside its colour
    start = np.array([[float(v) for v in stage.settings["means"].split(",")]])
    bench = Bench(builtin.load("eight_gaussians"), Noising())
    begin = pictures.begin(bench, Key(0) / "diffusion", start)[:1]
    found = landings.landing(bench, bench.exact, begin, Sampler("DDIM", 6), Key(0) / "diffusion")
    heun = SOLVERS.index("Heun")
    seen = stage.colours(*found.xy[found.solver == heun][0], 3)
    assert any(has_colour(seen, CLASSES[i][0]) for i in range(heun, len(SOLVERS))), (
        "a landing is drawn where core has it"
    )
    row = stage.page.locator("tr", has_text="Heun").filter(has_text="evaluations")
    x, y = found.xy[found.solver == heun][0]
    stage.wait(lambda: f"({x:.2f}, {y:.2f})" in row.inner_text().replace("\xa0", " ").replace("\N{MINUS SIGN}", "-"))


def test_a_panel_that_is_left_leaves_nothing_on_the_next(open_page):
    stage = open_page(TOY)
    panels = {"Schedule": "Prior mismatch", "Solvers": "Your start under every solver", "Quality": "walks against"}
    seen = stage.page.get_by_text
    for before, after, waits in (
        ("Schedule", "Solvers", True),
        ("Solvers", "Quality", True),
        ("Solvers", "Schedule", False),
    ):
        stage.panel(before)
        if waits:  # else the next is chosen before this one has said a word
            seen(panels[before]).first.wait_for()
        stage.panel(after)
        seen(panels[after]).first.wait_for()
        assert not seen(panels[before]).count()
        stage.wait(lambda after=after: stage.settings.get("panel", "Schedule") == after)
        calm(stage.page)
        assert not seen(panels[before]).count()


def test_time_is_an_axis_along_which_the_cloud_travels(open_page):
    stage = open_page(TOY | {"panel": "Time axis"})
    strip = Em(stage.page, 1)
    strip.until("s.frames === 13 && !s.playing && s.pos === 12")
    before = strip.picture()
    strip.press("Home")
    strip.until("s.pos === 0")
    strip.wait(lambda: strip.picture() != before)
    run = strip.run
    strip.pick("What travels", "Two peaks")
    strip.wait(lambda: strip.run != run and strip.settings.get("lane") == "Two peaks")
    strip.until("s.frames === 13")
    assert not stage.alerts()


def test_a_shape_is_drawn_and_trained_on(open_page):
    stage = open_page({"data": "Draw your own", "steps": 4, "solver": "DDIM", "panel": "Train"}, alive="s.layers")
    spray(stage, (-2.0, -1.0), (2.0, 1.0))
    stage.wait(lambda: "points" in stage.settings)
    course = Em(stage.page, 1)
    course.until("s.frames > 3")
    drawn = sketch.dataset(stage.settings["points"], False)
    assert stage.state("drawn") == len(drawn) > 20
    course.button("Cancel").click()
    stage.page.get_by_text("Cancelled after").wait_for()
    assert not stage.alerts()


def test_discrete_time_is_a_film_of_as_many_ticks(open_page):
    stage = open_page({"way": "Forward", "ticks": 12})
    stage.until("s.frames === 13")
    stage.page.get_by_text("Discrete time: t = k / 12.").wait_for()
    assert not stage.alerts()


def test_training_shows_samples_within_seconds_and_the_walk_follows_it(open_page):
    stage = open_page(TOY | {"panel": "Train", "says": "learned"})
    course = Em(stage.page, 1)
    course.until("s.frames > 3")
    stage.page.get_by_text("Denoiser trained here").wait_for()
    course.button("Cancel").click()
    stage.page.get_by_text("Cancelled after").wait_for()
    assert not stage.alerts()


def test_every_panel_fits_a_phone(open_page):
    stage = open_page(TOY, **PHONE)
    main = stage.page.locator("[data-testid=stMain]")
    equation = stage.page.locator(".place").filter(has=stage.page.locator(".form.on math"))
    assert equation.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, "an equation runs off"
    for panel in (
        "Time axis",
        "Field",
        "Memory",
        "Straightness",
        "Solvers",
        "Guidance",
        "Quality",
        "Code and files",
        "Schedule",
    ):
        stage.panel(panel)
        stage.wait(lambda panel=panel: stage.settings.get("panel", "Schedule") == panel)
        calm(stage.page)
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, panel
        assert stage.page.evaluate("document.documentElement.scrollWidth") <= 390, panel
