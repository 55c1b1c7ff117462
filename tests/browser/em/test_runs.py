"""Runs in a real browser: long ones, forked ones, kept ones, collapsing ones, and other people's."""

import contextlib
import re
import time
from pathlib import Path

import numpy as np
import pytest

from core.data import builtin
from core.key import Key
from core.mixture import gmm
from core.mixture.gmm import Config
from core.options import options
from core.units import units_of
from tests.browser.conftest import GRACE, calm, fitted, painted, score

pytestmark = pytest.mark.browser
SHOWN = 0.5e-4 + 1e-9  # the figures are shown with four decimals
LONG = {"n": 20_000, "tolerance": 0, "iterations": 1000, "components": 12}  # on `slow_app`: minutes
STATUS = re.compile(r"(\w+(?: \w+)?) after ([\d,]+)[^.\n]*?frames[^.\n]*?, ([\d,]+)[^.\n]* (?:per|a) second")


def status(em):
    """The bar's words: what the run does, its half-steps so far, how many a second."""
    word, steps, rate = STATUS.search(em.text()).groups()
    return word, int(steps.replace(",", "")), int(rate.replace(",", ""))


def paused(em):
    """Pause, and wait until the count stands still; how far the run came."""
    em.button("Pause").click()
    em.wait(lambda: status(em)[0] == "Paused", "it never paused")
    calm(em.page)
    return status(em)[1]


def test_a_long_run_is_watched_paused_stepped_and_cancelled(open_em, slow_app):
    em, seen = open_em(LONG, server=slow_app), []
    em.wait(lambda: seen.append(status(em)) or len({steps for _, steps, _ in seen}) > 1, "the count stands still")
    assert {word for word, _, _ in seen} == {"Computing"}
    assert seen[-1][2] > 0, "half-steps per second"
    steps = paused(em)
    em.until("s.frames > 1")
    em.page.wait_for_timeout(500)  # ten half-steps
    assert status(em)[1] == steps
    em.button("One frame").click()
    em.wait(lambda: status(em)[:2] == ("Paused", steps + 1), f"one step from {steps}")
    em.page.wait_for_timeout(500)  # ten half-steps
    assert status(em)[:2] == ("Paused", steps + 1)
    em.button("Cancel").click()
    em.wait(lambda: status(em)[:2] == ("Cancelled", steps + 1), "it never was cancelled")
    for gone in ("Resume", "Pause", "Cancel"):
        em.wait(lambda name=gone: em.button(name).count() == 0, f"{gone} is still offered")
    assert em.log_likelihood < 0


def test_a_run_survives_another_panel_and_another_page(open_em, slow_app):
    em = open_em(LONG, server=slow_app)
    steps, run = paused(em), em.run
    em.panel("Code and files")
    em.button("Responsibilities").wait_for()
    em.wait(lambda: status(em)[:2] == ("Paused", steps))
    assert em.run == run
    em.button("Resume").click()
    em.wait(lambda: status(em)[1] > steps)
    em.page.get_by_role("link", name="Home", exact=True).click()
    em.page.get_by_role("heading", name="Generative Playground").wait_for()
    em.until("s.frames > 1")
    em.page.wait_for_load_state("networkidle")  # pictures still under way would be asked for in vain
    em.page.get_by_role("link", name="EM by hand").first.click()
    em.page.get_by_role("heading", name="EM by hand").wait_for()
    em.wait(lambda: status(em)[1] > steps and status(em)[0] == "Computing", f"lost at {steps}")
    assert em.settings["components"] == "12"
    em.wait(lambda: em.run == run and em.state("frames") > 1)


def test_the_view_stays_while_frames_arrive(open_em, slow_app):
    em = open_em(LONG, server=slow_app)
    em.until("s.frames > 3")
    steps = paused(em)
    em.press("Home", "+", "2")
    em.until("s.zoom > 1.2 && s.pos === 0")
    before = em.state("view", "layers")
    em.button("Resume").click()
    em.wait(lambda: status(em)[1] > steps + 6)
    assert em.state("view", "layers") == before
    assert em.state("pos") == 0
    em.wait(lambda: em.step == 0)
    em.button("Cancel").click()
    em.wait(lambda: status(em)[0] == "Cancelled", "it was not cancelled")
    assert em.state("view", "layers") == before
    assert em.state("pos") == 0


def test_a_fork_begins_at_the_frame_on_show_and_both_are_drawn(open_em):
    em = open_em({"components": 3, "seed": 2})
    em.settled()
    dataset = builtin.load("eight_gaussians")
    steps, run = fitted(dataset, Config(components=3), 2), em.run
    em.press("Home", *["ArrowRight"] * 6)
    em.until("s.pos === 6")
    em.wait(lambda: em.step == 6)
    em.button("Fork here").click()
    em.wait(lambda: em.run != run)
    forked_here = em.run
    em.page.get_by_role("radio", name="diag").click()
    em.wait(lambda: em.run != forked_here)
    em.settled()
    config, units = Config(components=3, covariance="diag"), units_of(dataset)
    forked = list(gmm.fit(config, units.standard(dataset.points), Key(2) / "em", start=units.into(steps[6].state)))
    assert em.log_likelihood == pytest.approx(float(forked[-1].state.log_prob(dataset.points).mean()), abs=SHOWN)
    assert em.state("layers")["kept"]
    assert re.search(r"[Ff]orked from half-step 6", em.text())
    hidden = toggled(em, "Kept run")
    assert hidden, "the kept run is painted"
    np.testing.assert_allclose(em.state("handles"), steps[6].state.means.ravel(), atol=1e-4)


def test_a_fork_pressed_right_after_a_scrub_begins_at_the_frame_on_show(open_em):
    em = open_em({"components": 3, "seed": 2})
    em.settled()
    fork, scrub = em.button("Fork here"), em.stage.locator(".scrub")
    fork.scroll_into_view_if_needed()
    x, y, width, height = scrub.bounding_box().values()
    button = fork.bounding_box()
    mouse = em.page.mouse
    mouse.move(x + width * 0.8, y + height / 2)
    mouse.down()
    mouse.move(x + width * 0.3, y + height / 2)
    mouse.up()
    shown = em.state("index")
    mouse.click(button["x"] + 20, button["y"] + button["height"] / 2)
    em.wait(lambda: re.search(r"Forked from half-step (\d+)", em.text()), "nothing was forked")
    assert int(re.search(r"Forked from half-step (\d+)", em.text())[1]) == shown > 0


def toggled(em, layer):
    """Whether the picture changes when a layer is hidden; it is shown again afterwards."""
    em.page.mouse.move(0, 0)
    painted(em.page)
    before = em.picture()
    button = em.stage.locator(".legend").get_by_role("button", name=layer)
    button.click()
    em.page.mouse.move(0, 0)
    painted(em.page)
    after = em.picture()
    button.click()
    return after != before


def test_a_kept_run_lies_under_the_next_one(open_em):
    em = open_em({"components": 3, "seed": 2})
    em.settled()
    run = em.run
    em.button("Keep").click()
    slider = em.page.get_by_role("slider", name=re.compile("Components"))
    slider.focus()
    slider.press("ArrowRight")
    em.wait(lambda: em.run != run)
    em.settled()
    assert em.state("layers")["kept"]
    assert toggled(em, "Kept run")
    want = score(builtin.load("eight_gaussians"), Config(components=4), 2)
    assert em.log_likelihood == pytest.approx(want, abs=SHOWN)
    em.button("Drop kept run").click()
    em.button("Keep").wait_for()
    em.wait(
        lambda: not em.stage.locator(".legend").get_by_text("Kept run").count(), "the kept run is still on the stage"
    )


def test_a_collapse_is_one_sentence_and_the_last_sound_frame_stays(open_em):
    em = open_em()
    em.page.get_by_role("link", name="A collapse").click()
    em.wait(lambda: em.settings.get("data") == "Galaxies")
    em.page.get_by_text("Stopped after").wait_for()
    values = {k: em.settings.get(k) for k in ("components", "floor", "start", "seed")}
    read = {option.name: option.parse for option in options(Config)}  # the link says titles
    config = Config(**{name: read[name](values[name]) for name in ("components", "floor", "start")})
    dataset = builtin.load("galaxies")
    units, sound = units_of(dataset), []
    with pytest.raises(gmm.Collapse) as fallen:
        sound.extend(gmm.fit(config, units.standard(dataset.points), Key(int(values["seed"])) / "em"))
    said = em.alerts()
    assert len(said) == 1
    assert re.search(rf"[Cc]omponent {fallen.value.component + 1}\b", said[0]), said
    assert re.search(rf"\b(point|row) {fallen.value.point + 1}\b", said[0]), said
    assert re.search(rf"\biteration {fallen.value.iteration}\b", said[0]), said
    em.press("End")
    em.until("!s.playing && s.pos === s.frames - 1")
    em.wait(lambda: np.isfinite(em.log_likelihood))
    assert "nan" not in " ".join(em.figures.values()).lower()
    steps = em.state("frames") - 1
    em.wait(lambda: em.step == steps)
    found = fitted_until_collapse(dataset, config, int(values["seed"]))
    assert steps == found[-1].index
    assert em.log_likelihood == pytest.approx(found[-1].metrics["log_likelihood"], abs=SHOWN)
    assert toggled(em, "Components")


def fitted_until_collapse(dataset, config, seed):
    units, steps = units_of(dataset), []
    key = Key(seed) / "em"
    x = units.standard(dataset.points)
    try:
        for step in units.report(gmm.fit(config, x, key)):
            steps.append(step)
    except gmm.Collapse:
        return steps
    raise AssertionError("it did not collapse")


def test_two_people_never_see_each_other(open_em):
    one = open_em({"data": "Old Faithful", "components": 2})
    two = open_em({"data": "Galaxies", "components": 4, "seed": 5})
    one.settled()
    two.settled()
    faithful, galaxies = builtin.load("faithful"), builtin.load("galaxies")

    def apart():
        assert one.log_likelihood == pytest.approx(score(faithful, Config(components=2)), abs=SHOWN)
        assert two.log_likelihood == pytest.approx(score(galaxies, Config(components=4), 5), abs=SHOWN)
        assert one.settings == {"data": "Old Faithful", "components": "2"}
        assert "galaxies" not in one.text().split("Try this")[0]
        assert "geyser" not in two.text()

    apart()
    one.pick("Data", "Your own file")
    raw = (builtin.TABLES / "galaxies.csv").read_bytes()
    one.page.locator("input[type=file]").set_input_files(
        {"name": "mine-alone.csv", "mimeType": "text/csv", "buffer": raw}
    )
    one.page.get_by_text("82 rows, 1 column").wait_for()
    two.pick("Data", "Your own file")
    two.wait(lambda: two.settings.get("data") == "Your own file")
    calm(two.page)
    assert "mine-alone" not in two.text()
    assert two.page.get_by_text("82 rows, 1 column").count() == 0
    two.pick("Data", "Draw your own")
    two.wait(lambda: two.page.get_by_text("Draw on the stage").count() == 1)
    calm(two.page)
    two.page.mouse.click(*two.place(0, 0))
    two.wait(lambda: "points" in two.settings)
    one.pick("Data", "Draw your own")
    one.wait(lambda: one.page.get_by_text("Draw on the stage").count() == 1)
    calm(one.page)
    assert one.state("drawn") == 0
    assert "points" not in one.settings


def run_threads(pid):
    """The threads in which a fit computes or waits (`slow_app` names them)."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if (task / "comm").read_text().strip() == "em-run":
                found.add(int(task.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_closed_tab_leaves_no_run_behind(open_em, slow_app):
    others = run_threads(slow_app.process.pid)
    tab, paused_tab = (open_em(LONG | {"seed": seed}, server=slow_app) for seed in (71, 72))  # what nobody has run
    tab.wait(lambda: status(tab)[1] > 1)
    paused(paused_tab)  # it would wait for ever
    mine = run_threads(slow_app.process.pid) - others
    assert len(mine) == 2
    tab.page.context.close()
    paused_tab.page.context.close()
    closed = time.monotonic()
    while (left := run_threads(slow_app.process.pid) & mine) and time.monotonic() - closed < GRACE + 60:
        if time.monotonic() - closed < GRACE - 3:
            assert left == mine, "a dropped connection may come back"
        time.sleep(0.25)
    assert not left, f"{len(left)} of 2 runs still live {GRACE + 60:.0f} s after their tabs were closed"
