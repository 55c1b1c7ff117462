"""Every page as it comes, for every hand and eye: nothing moves by itself, axe finds nothing, and Tab reaches everything.

One visit to a page serves all of it, for a visit is what takes the time.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Em, calm, painted, wait
from tests.browser.test_app_frame import ADDRESSES, PHONE

pytestmark = pytest.mark.browser
MOVED = 0.02  # the most that a visit may shift, in all (0.1 is called good)
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const box = ({x, y, width, height}) => [x, y, width, height].map(Math.round).join();
    const told = shift.sources.map(({node, previousRect, currentRect}) =>
      `${node?.textContent?.trim().slice(0, 40) ?? "in an instrument"} ${box(previousRect)} to ${box(currentRect)}`);
    shifts.push([shift.value, told.join(" | ")]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
UPSTREAM = {  # rule of axe, and where it holds: what Streamlit 1.67 itself makes so, and we cannot mend
    ("list", "stSidebarNavItems"): "the sections of the page table are divs in its list",
    ("listitem", "st-emotion-cache"): "and so the links in them are items of no list",
    ("scrollable-region-focusable", "<pre"): "st.code scrolls sideways without a tab stop; browsers give it one by now",
}
SAID = "Multiple different fragmentIds"  # Streamlit's client, where two components report at once: it sends them in one batch
MAIN = """
const deep = (root) => [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? deep(e.shadowRoot) : [])]);
const named = (e) => e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || e.title || e.className;
const lit = (e) => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length && !e.disabled;
const hands = "button, a[href], input, select, textarea, summary, [tabindex='0']";
"""
TO_REACH = f"""() => {{ {MAIN}
  const group = (e) => e.closest("[role=radiogroup]") ?? e; // one stop, and arrows inside
  return [...new Set(deep(document.querySelector("[data-testid=stMain]")).filter((e) => e.matches(hands) && lit(e)
    && e.tabIndex >= 0 && e.type !== "file").map(group))].map((e) => ((e.dataset.toReach = ""), named(e).trim()));
}}"""
FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  for (let at = e; at; at = at.parentElement) delete at.dataset.toReach;
  const main = document.querySelector("[data-testid=stMain]");
  return main.contains(document.activeElement);
}"""
LEFT = f"""() => {{ {MAIN} return deep(document.querySelector("[data-testid=stMain]"))
  .filter((e) => "toReach" in e.dataset && lit(e)).map((e) => named(e).trim()); }}"""


@pytest.fixture
def visit(app, new_page):
    """`visit(address, **context options)`: the page when it has come, and what its console said."""

    def opened(address, **options):
        page, said = new_page(**options), []
        page.add_init_script(SHIFTS)
        page.on("console", lambda message: said.append(message.text) if strange(message) else None)
        page.goto(f"{app.url}{address}")
        come(page)
        return page, said

    return opened


def strange(message):
    """Whether the console's message is a warning or an error that is ours."""
    return message.type in ("warning", "error") and SAID not in message.text


def come(page):
    """Wait until the page, or a panel, is there."""
    page.locator(".stage[data-theme]").first.wait_for()
    page.locator("html:not([data-arriving])").wait_for(state="attached")
    calm(page)
    wait(page, lambda: page.evaluate("() => [...document.images].every((picture) => picture.complete)"))
    wait(page, lambda: not page.locator("[data-stale=true]").count())
    page.wait_for_timeout(300)  # what was pale has its colour again


def nothing_moved(page, what):
    """Since this was asked last, nothing has moved that nobody moved."""
    found = page.evaluate("shifts.splice(0)")
    assert sum(value for value, _ in found) <= MOVED, (what, found)


def findings(page):
    """What axe calls serious or critical and Streamlit is not the cause of."""
    found = Axe().run(page).response["violations"]
    grave = [
        (rule["id"], node["html"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    return [(rule, html) for rule, html in grave if not any(rule == r and part in html for r, part in UPSTREAM)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_keeps_still_can_be_read_by_all_and_is_reached_by_tab(visit, address):
    page, said = visit(address)
    nothing_moved(page, address)
    everything_is_reached_by_tab(page)
    assert findings(page) == []
    panels = page.locator(".st-key-panel").get_by_role("radio")
    for title in panels.all_inner_texts()[-2:]:
        panels.filter(has_text=title).press("Enter")
        page.locator(f".st-key-closer-{title.replace(' ', '-')}").wait_for(state="attached")
        come(page)
        nothing_moved(page, title)
        assert findings(page) == [], title
    page.emulate_media(color_scheme="dark")
    page.locator(".stage[data-theme=dark]").first.wait_for()
    come(page)
    assert findings(page) == []
    assert said == []


def everything_is_reached_by_tab(page):
    """Tab comes to everything that can be pressed, and leaves the page again."""
    reachable = page.evaluate(TO_REACH)
    page.locator("[data-testid=stMain] h1").evaluate("e => { e.tabIndex = -1; e.focus() }")
    for _ in range(2 * len(reachable)):
        page.keyboard.press("Tab")
        if not page.evaluate(FOCUSED):
            break
    assert page.evaluate(LEFT) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_phone_keeps_still_whatever_panel_comes(visit, address):
    page, _ = visit(address, **PHONE)
    nothing_moved(page, address)
    panels, moved = page.locator(".st-key-panel").get_by_role("radio"), {}
    titles = panels.all_inner_texts()[1:]
    for title in titles:
        page.get_by_role("radio", name=title, exact=True).press("Enter")
        page.locator(f"[class*='st-key-closer-{title.split()[0]}']").wait_for(state="attached")
        page.locator("html:not([data-arriving])").wait_for(state="attached")
        page.wait_for_timeout(700)  # what is worked out comes now, and the press is no excuse any more
        moved[title] = [shift for shift in page.evaluate("shifts.splice(0)") if shift[0] > MOVED]
    assert not any(moved.values()), moved


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_training_begins_and_goes_on_without_moving_the_page(visit, options):
    page, _ = visit("/vae", **options)
    page.get_by_role("radio", name="Train it here").press("Enter")
    page.locator(".st-key-beta").wait_for(state="attached")
    painted(page)
    page.evaluate("shifts.splice(0)")  # what the press itself brings
    page.get_by_text(re.compile(r"after ([3-9]|\d\d+) frames")).wait_for()
    page.locator(".st-key-place-training [data-testid=stVegaLiteChart] svg").nth(1).wait_for(state="attached")
    painted(page)
    assert [shift for shift in page.evaluate("shifts.splice(0)") if shift[0] > MOVED] == []
    page.get_by_role("button", name="Cancel").press("Enter")


def test_layers_that_are_shown_or_hidden_leave_the_player_where_it_is(visit):
    page, _ = visit("/diffusion", **PHONE)
    legend = page.locator(".stage .legend")
    landings = legend.locator("button", has_text="Landings")
    heights = []
    for _ in range(2):
        heights.append(legend.evaluate("e => e.offsetHeight"))
        landings.press("Enter")
        painted(page)
    assert heights[0] == heights[1]


SIZES = [(360, 225), *((width, 800) for width in (320, 390, 520, 640, 700, 780, 1024, 2560))]
"""Of a window; the first is 1440 x 900 at 400 %."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_overlaps_and_nothing_scrolls_sideways_at_any_size(visit, address):
    width, height = SIZES[0]
    page, _ = visit(address, viewport={"width": width, "height": height})
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        fits(page, f"{width} x {height}")


@pytest.mark.parametrize("width", [700, 780])
def test_a_page_that_opens_beside_or_under_the_page_table_fits(visit, width):
    page, _ = visit("/em", viewport={"width": width, "height": 800})
    fits(page, width)


def fits(page, what):
    """Nothing is wider than the window, and nothing lies over the title."""
    main, title = page.locator("[data-testid=stMain]"), page.locator("[data-testid=stMain] h1")
    wait(page, lambda: main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, f"{what}: wider than the window")
    above = """(title) => { const {x, y, height} = title.getBoundingClientRect();
      return [[x + 4, y + 4], [x + 80, y + height - 4]].every((at) => title.contains(document.elementFromPoint(...at))) }"""
    wait(page, lambda: title.evaluate(above), f"{what}: the title lies under something")


def test_em_is_used_whole_without_a_mouse_and_says_what_it_did(visit):
    page, _ = visit("/em")
    em = Em(page)
    em.press("Home")
    said = em.stage.locator(".say")
    for _ in range(2):
        before = em.stage.locator(".caption").inner_text()
        page.keyboard.press("ArrowRight")
        em.wait(lambda b=before: em.stage.locator(".caption").inner_text() != b)
        em.wait(lambda: said.text_content() == em.stage.locator(".caption").inner_text())
    assert said.get_attribute("aria-live") == "polite"
    slider = page.get_by_role("slider", name=re.compile("Components"))
    slider.focus()
    page.keyboard.press("ArrowLeft")  # the page may still be busy with the keys before
    page.get_by_role("radio", name="Basins").press("Enter")
    em.wait(lambda: (em.settings.get("components"), em.settings.get("panel")) == ("7", "Basins"))
    come(page)
    page.get_by_role("link", name="Old Faithful in two").press("Enter")
    em.wait(lambda: em.settings.get("data") == "Old Faithful")
    em.wait(lambda: slider.get_attribute("aria-valuetext") == "2" or slider.input_value() == "2")


HANDS = {  # page: where the focus goes, the key that moves it, and the arrow to other data
    "/game": (".stage .hand", "ArrowRight", "ArrowDown"),
    "/pixels": (".easel .plot", "Home", "ArrowDown"),
    "/decide": (".stage .hand", "ArrowRight", "ArrowDown"),
    "/fit1": (".stage .hand", "ArrowRight", "ArrowDown"),
    "/fit2": (".stage .hand", "ArrowRight", "ArrowDown"),
    "/vae": (".stage .plot", "ArrowRight", "ArrowDown"),
    "/diffusion": (".stage .plot", "Home", "ArrowDown"),
    "/paint": (".stage .plot", "Home", "ArrowUp"),
}


@pytest.mark.parametrize("address", HANDS)
def test_a_page_is_used_whole_without_a_mouse(visit, address):
    page, _ = visit(address)
    on, (where, key, arrow) = Em(page), HANDS[address]
    data = page.get_by_role("combobox").first
    before, film = data.input_value(), page.locator(".stage, .easel").first
    old = film.get_attribute("data-run")
    for pressed in (arrow, arrow, "Enter"):
        data.press(pressed)
    on.wait(lambda: data.input_value() not in ("", before), "no other data")
    if key == "Home":  # of the film that is asked for, not of the one that stands there until then
        on.wait(lambda: film.get_attribute("data-run") != old, "no other film")
    come(page)
    held = on.settings
    page.locator(where).first.focus()
    page.keyboard.press(key)
    on.wait(lambda: on.settings != held, f"{key} moves nothing: {held}")
    come(page)  # whose keys are taken by what is there
    page.locator(".st-key-panel").get_by_role("radio").nth(1).press("Enter")
    on.wait(lambda: "panel" in on.settings, "no other panel")
    come(page)
    page.wait_for_timeout(500)  # by then the address is a screen
    page.keyboard.press("Control+z")
    on.wait(lambda: "panel" not in on.settings, "nothing is undone")
