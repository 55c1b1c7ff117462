"""The panels of the EM page in a real browser: the choice of K, the basins, and what one takes home."""

import csv
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from core.data import builtin
from core.mixture.gmm import Config
from playground.palette import ROLES
from tests.browser.conftest import REPO, Em, calm, fitted, has_colour, number, painted, score

pytestmark = pytest.mark.browser
SHOWN = 0.5e-4 + 1e-9  # the figures are shown with four decimals
CLASSIC = {"data": "The classic demonstration"}


def test_bic_chooses_two_for_the_classic_demonstration_and_it_is_taken(open_em):
    em = open_em(CLASSIC | {"components": 5, "panel": "How many?"})
    em.page.get_by_text(re.compile("BIC chooses")).wait_for()
    assert "K = 2" in em.page.get_by_text(re.compile("BIC chooses")).inner_text()
    charts = em.page.locator("[data-testid=stVegaLiteChart]")
    widths = [chart.bounding_box()["width"] for chart in charts.all()]
    for _ in range(20):
        painted(em.page)
    assert [chart.bounding_box()["width"] for chart in charts.all()] == widths, "a chart must not grow by itself"
    assert max(widths) < 1300
    marks = charts.first.locator("svg path, svg line, canvas")
    assert marks.count() > 0
    hand = {colour.lower() for colour in ROLES["hand"]}
    drawn = charts.first.evaluate("e => [...e.querySelectorAll('svg [stroke]')].map(m => m.getAttribute('stroke'))")
    assert hand & {colour.lower() for colour in drawn}, "the chosen K is marked"
    em.button("Use K = 2").click()
    em.wait(lambda: em.settings.get("components") == "2", "the button did not set K")
    want = score(builtin.load("demonstration"), Config(components=2))
    em.wait(lambda: em.log_likelihood == pytest.approx(want, abs=SHOWN), f"never {want:.4f}")


def test_the_basin_map_paints_and_its_handle_moves_the_start(open_em):
    em = open_em(CLASSIC | {"components": 2, "panel": "Basins"})
    basins = Em(em.page, 1)
    basins.stage.locator(".hand").first.wait_for()
    em.page.get_by_text("different ends").wait_for()
    basins.until("!s.playing && s.frames > 1")
    (x0, x1), (y0, y1) = basins.state("bounds")
    spots = [
        basins.colours(x0 + u * (x1 - x0), y0 + v * (y1 - y0), 0)[0] for u in (0.15, 0.5, 0.85) for v in (0.2, 0.6)
    ]
    assert any(has_colour(np.array([spot]), ROLES["model"][0], within=90) for spot in spots), spots
    before, run = basins.state("handles"), em.run
    to = x0 + 0.3 * (x1 - x0), y0 + 0.65 * (y1 - y0)
    basins.stage.scroll_into_view_if_needed()
    em.page.mouse.move(*basins.grip(0))
    em.page.mouse.down()
    em.page.mouse.move(*basins.place(*to), steps=6)
    em.page.mouse.up()
    em.wait(lambda: "means" in em.settings and em.run != run, "the start did not move")
    means = np.array([[float(v)] for v in em.settings["means"].split(";")])
    np.testing.assert_allclose(means[:, 0], to, atol=0.06)
    assert basins.state("handles") != before
    np.testing.assert_allclose(em.state("handles")[::2], means[:, 0], atol=1e-4)
    want = score(builtin.load("demonstration"), Config(components=2), 0, means)
    em.wait(lambda: em.log_likelihood == pytest.approx(want, abs=SHOWN), f"never {want:.4f}")


def saved(em, name):
    with em.page.expect_download() as coming:
        em.button(name).click()
    return coming.value.path().read_text()


def script_of(em):
    """The lines of Python on the page, as they are written there."""
    return em.page.locator("[data-testid=stCode] code").first.text_content()


def run(script):
    done = subprocess.run([sys.executable, "-c", script], cwd=REPO, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout


def test_files_deliver_what_is_on_show_and_the_script_makes_it_again(open_em):
    em = open_em({"data": "Old Faithful", "components": 2, "seed": 1, "panel": "Code and files"})
    em.settled()
    em.button("Responsibilities").wait_for()
    calm(em.page)  # a rerun of the page replaces the files that were offered before it
    model = fitted(builtin.load("faithful"), Config(components=2), 1)[-1].state
    rows = list(csv.reader(io.StringIO(saved(em, "Responsibilities"))))
    table = np.array(rows[1:], float)
    assert table.shape == (272, 4)
    np.testing.assert_allclose(table[:, 2:].sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(table[:, :2], builtin.load("faithful").points)
    held = json.loads(saved(em, "Parameters"))
    np.testing.assert_allclose(held["weights"], model.weights, rtol=1e-6)
    np.testing.assert_allclose(held["means"], model.means, rtol=1e-6)
    np.testing.assert_allclose(held["covariances"], model.covariances, rtol=1e-6)
    draws = list(csv.reader(io.StringIO(saved(em, "Samples"))))
    assert len(draws) > 500
    np.testing.assert_allclose(
        np.array([row[:2] for row in draws[1:]], float).mean(axis=0), model.weights @ model.means, rtol=0.1
    )
    printed = re.search(r"log-likelihood (\S+)", run(script_of(em)))[1]
    assert float(printed) == pytest.approx(em.log_likelihood, abs=SHOWN)

    em.panel("Numbers")
    cells = em.page.locator("table", has=em.page.get_by_role("columnheader", name="weight")).locator("td")
    em.wait(lambda: cells.count() >= 2 * 7)
    shown = [number(text) for text in cells.all_text_contents()]
    for value in [*held["weights"], *np.ravel(held["means"])]:
        assert any(abs(value - other) <= 0.005 * max(1, abs(value)) for other in shown), (value, shown)


def test_the_script_knows_a_dragged_start_and_an_earlier_step(open_em):
    em = open_em({"components": 3, "seed": 2, "means": "0,0;1,1;-2,0.5", "panel": "Code and files"})
    em.settled()
    em.press("Home", *["ArrowRight"] * 4)
    em.until("s.pos === 4")
    em.wait(lambda: em.step == 4)
    em.wait(lambda: "== 4" in script_of(em))
    printed = re.search(r"log-likelihood (\S+)", run(script_of(em)))[1]
    assert float(printed) == pytest.approx(em.log_likelihood, abs=SHOWN)


def test_the_self_test_strip_holds_at_every_kind_of_step(open_em):
    em = open_em({"components": 3, "seed": 2, "panel": "Self-test"})
    em.settled()
    strip = em.page.locator("table", has_text="identity")
    strip.scroll_into_view_if_needed()
    for keys in ((), ("Home",), ("ArrowRight",), ("ArrowRight",)):
        em.press(*keys)
        em.until("!s.playing && s.pos === Math.round(s.pos)")
        em.wait(lambda: em.step == em.state("pos"))
        em.wait(lambda: "✓" in (strip.text_content() or ""), "no verdicts")
        assert "broken" not in (strip.text_content() or "")
