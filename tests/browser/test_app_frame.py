"""The house in a real browser: cold links, no stranger on the line, dark, and as wide as a phone."""

import re
from urllib.parse import urlsplit

import numpy as np
import pytest

from playground import frame
from playground.palette import SURFACE
from tests.browser.conftest import MOTION, Em, calm, has_colour, wait

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ALIVE = "Object.keys(s.layers).length > 0"
EASELS = ("/outfits", "/pixels", "/paint")  # have an easel in place of a stage
ADDRESSES = ["/" if name == "home" else f"/{name}" for rows in frame.PAGES.values() for name, *_ in rows]
SEEN = """
window.seen = {sidebars: [], titles: [], alarms: []};
new MutationObserver(() => {
  const note = (list, text) => text && !list.includes(text) && list.push(text);
  note(seen.sidebars, document.querySelector("[data-testid=stSidebarNav]")?.textContent);
  note(seen.titles, document.querySelector("[data-testid=stMain] h1")?.textContent);
  const alarms = document.querySelectorAll("[role=dialog], [data-testid=stException]");
  for (const found of alarms) note(seen.alarms, found.textContent);
  if (document.body?.textContent.includes("Page not found")) note(seen.alarms, "Page not found");
}).observe(document, {childList: true, subtree: true, characterData: true});
"""
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) =>
  violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile.replace(/.*\\/|\\..*/g, "")}`));
"""
CUT = """() => [...document.querySelectorAll("[data-testid=stSidebarNavLink]")]
  .filter((link) => [...link.querySelectorAll("*")].some((part) => part.clientWidth && part.scrollWidth > part.clientWidth + 1))
  .map((link) => link.textContent)"""
TOLERATED = "script-src wasm-eval protobuf"
"""Streamlit's protobuf library tries 64-bit sums in WebAssembly and goes on in JavaScript; nothing else may be refused."""


def test_a_cold_deep_link_opens_its_page_inside_our_frame_at_once(fresh_app, new_page):
    page = new_page()
    page.add_init_script(SEEN)
    page.goto(f"{fresh_app.url}/em?components=3&seed=2")
    em = Em(page)
    em.until("s.frames > 1")
    calm(page)
    seen = page.evaluate("seen")
    assert seen["alarms"] == []
    assert seen["titles"] == ["EM by hand"]
    assert len(seen["sidebars"]) == 1, seen["sidebars"]
    assert "Home" in seen["sidebars"][0]
    assert "EM by hand" in seen["sidebars"][0]
    assert em.address == f"{fresh_app.url}/em?components=3&seed=2"
    assert page.get_by_role("slider", name=re.compile("Components")).input_value() == "3"


def test_every_tab_says_which_page_it_holds(app, new_page):
    page = new_page()
    page.goto(f"{app.url}/em")
    wait(page, lambda: page.title() == "EM by hand \u00b7 Generative Playground", page.title())
    page.get_by_role("link", name="Fit in 2-D").first.click()
    wait(page, lambda: page.title() == "Fit in 2-D \u00b7 Generative Playground", page.title())
    page.get_by_role("link", name="Home").first.click()
    wait(page, lambda: page.title() == "Generative Playground", page.title())
    assert page.evaluate(CUT) == []  # the names of the pages are read whole
    icon = page.locator("link[rel~=icon]").get_attribute("href")
    assert icon.startswith("data:image/png"), "an address that the server forgets"


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_leaves_the_server_the_policy_holds_and_dark_is_dark(app, new_page, address):
    page, asked = new_page(color_scheme="dark"), []
    page.add_init_script(VIOLATIONS)
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    answer = page.goto(f"{app.url}{address}")
    em = Em(page)
    em.until("s.count > 0" if address in EASELS else ALIVE)
    if address not in EASELS:
        em.wait(
            lambda: page.evaluate("() => [...document.images].every(picture => picture.complete)"), "pictures are late"
        )
        is_dark_and_becomes_light(page, em)
    if address == "/em":
        for panel in ("How many?", "Basins", "Code and files", "Numbers"):
            em.panel(panel)
            em.wait(lambda panel=panel: em.settings.get("panel", "Numbers") == panel)
            calm(page)
        for data in ("Draw your own", "Your own file"):
            em.pick("Data", data)
            em.wait(lambda data=data: em.settings.get("data") == data)
            calm(page)
    calm(page)
    ours = urlsplit(app.url).netloc
    strangers = [url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != ours]
    assert strangers == []
    assert any(url.startswith("ws://") for url in asked)
    policy = answer.headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert re.search(r"script-src [^;]*'self'", policy)
    assert "'unsafe-inline'" not in re.search(r"script-src [^;]*", policy)[0]
    assert [text for text in page.evaluate("violations") if text != TOLERATED] == []


def is_dark_and_becomes_light(page, stage):
    """The page, its words and its stage are dark, and light as soon as the system is."""
    page_colour = page.locator("[data-testid=stApp]").evaluate("e => getComputedStyle(e).backgroundColor")
    assert np.max([int(v) for v in re.findall(r"\d+", page_colour)[:3]]) < 40, page_colour
    assert stage.state("dark")
    (x0, x1), (y0, y1) = stage.state("bounds")
    corner = stage.colours(x0 + 0.01 * (x1 - x0), y1 - 0.01 * (y1 - y0))
    assert has_colour(corner, SURFACE["stage"][1], within=12), corner[0]
    ink = page.locator("[data-testid=stMain] h1").evaluate("e => getComputedStyle(e).color")
    assert np.min([int(v) for v in re.findall(r"\d+", ink)[:3]]) > 200, ink
    page.emulate_media(color_scheme="light")
    stage.until("!s.dark")
    stage.wait(lambda: has_colour(stage.colours(x0 + 0.01 * (x1 - x0), y1 - 0.01 * (y1 - y0)), SURFACE["stage"][0], 12))


def test_home_is_alive_and_leads_to_em(app, new_page):
    page = new_page(**MOTION)
    page.goto(app.url)
    home = Em(page)
    home.until("s.playing && s.index >= 1")
    before = home.picture()
    home.wait(lambda: home.picture() != before, "its film stands still")
    page.get_by_role("link", name="Old Faithful").first.click()
    page.get_by_role("heading", name="EM by hand").wait_for()
    em = Em(page)
    em.wait(lambda: em.settings["data"] == "Old Faithful")
    em.settled()
    page.get_by_text("272 eruptions").first.wait_for()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_phone_shows_the_stage_first_and_nothing_hangs_over(app, new_page, address):
    page = new_page(**PHONE)
    page.goto(f"{app.url}{address}")
    stage = Em(page)
    stage.until("s.count > 0" if address in EASELS else ALIVE)
    calm(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    box = stage.stage.bounding_box()
    assert box["width"] >= 340
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    controls = page.locator("[data-testid=stSelectbox], [data-testid=stButtonGroup]").first.bounding_box()
    assert controls["y"] >= box["y"] + box["height"] - 1
    for button in stage.stage.locator(".player button, .player select").all():
        if not (size := button.bounding_box()):
            continue  # a stage without a recording has no transport
        assert min(size["width"], size["height"]) >= 40, (button.get_attribute("aria-label"), size)
    if address == "/em":
        for panel in ("How many?", "Basins", "Code and files"):
            stage.panel(panel)
            stage.wait(lambda panel=panel: stage.settings.get("panel") == panel)
            calm(page)
            assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, panel
