"""Data of one's own in a real browser: drawn by mouse and finger, or a stranger's file."""

import io
import re
import zipfile

import numpy as np
import pytest

from core.data import builtin, clinic
from core.data.read import read
from core.key import Key
from core.mixture.gmm import Config
from playground.palette import CLASSES
from playground.shelf import sketch
from tests.browser.conftest import calm, has_colour, painted, score

pytestmark = pytest.mark.browser
ABOUT = ("playground/shelf/", "core/data/")  # looked at on a page, and any page with points would do
SHOWN = 0.5e-4 + 1e-9  # the figures are shown with four decimals
SHEET = {"data": "Draw your own", "components": 2}
OWN = {"data": "Your own file", "components": 2}
FAITHFUL = (builtin.TABLES / "faithful.csv").read_bytes()


def spray(em, start, end, points=60):
    """Hold the mouse down and draw from one place to another, so slowly that so many points are sprayed."""
    before, reach = em.state("drawn"), np.subtract(end, start)
    em.page.mouse.move(*em.place(*start))
    em.page.mouse.down()
    for share in np.linspace(0, 1, 12):
        em.page.mouse.move(*em.place(*(start + share * reach)))
        em.until(f"s.drawn >= {before + share * points}")
    em.page.mouse.up()


def drawing(em):
    """The Dataset in the link, read by the same lattice that the stage writes."""
    return sketch.dataset(em.settings["points"], em.settings.get("flat") == "true")


def fits_its_drawing(em, k=2):
    """Wait until the figures are the fit of the points that lie in the link and on the stage."""

    def agree():
        found = drawing(em)
        return len(found) == em.state("drawn") and em.log_likelihood == pytest.approx(
            score(found, Config(components=k)), abs=SHOWN
        )

    em.wait(agree, "the figures never were those of the drawing")
    return len(drawing(em))


def test_a_drawing_is_fitted_undone_erased_flattened_and_sent(open_em):
    em = open_em(SHEET)
    spray(em, (-2.5, -1), (-1.5, -2))
    first = fits_its_drawing(em)
    assert first > 20
    spray(em, (1.5, 2), (2.5, 1))
    both = fits_its_drawing(em)
    assert both > first + 20
    points = drawing(em).points
    np.testing.assert_allclose(points[points[:, 0] < 0].mean(axis=0), (-2, -1.5), atol=0.5)
    np.testing.assert_allclose(points[points[:, 0] > 0].mean(axis=0), (2, 1.5), atol=0.5)

    other = open_em(em.address)
    other.until(f"s.drawn === {both}")
    assert fits_its_drawing(other) == both
    assert other.log_likelihood == em.log_likelihood

    em.stage.get_by_role("button", name="Undo").click()
    em.until(f"s.drawn === {first}")
    assert fits_its_drawing(em) == first
    em.stage.get_by_role("button", name="Redo").click()
    em.until(f"s.drawn === {both}")
    assert fits_its_drawing(em) == both
    em.stage.get_by_role("button", name="Eraser").click()
    em.page.mouse.click(*em.place(*far_from_handles(em)))
    em.until(f"s.drawn < {both}")
    left = fits_its_drawing(em)
    assert left < both

    em.page.get_by_text("Use x alone").click()
    em.wait(lambda: em.settings.get("flat") == "true")
    em.stage.and_(em.page.locator("[data-aspect=strip]")).wait_for()
    assert fits_its_drawing(em) == left
    assert drawing(em).dim == 1


def test_a_sheet_can_be_cleared_and_the_drawing_brought_back(open_em):
    em = open_em(SHEET)
    spray(em, (-2.5, -1), (2, 1))
    n = fits_its_drawing(em)
    em.stage.get_by_role("button", name="Clear").click()
    em.until("s.drawn === 0")
    em.wait(lambda: "points" not in em.settings)
    calm(em.page)
    em.stage.get_by_role("button", name="Undo").click()
    em.until(f"s.drawn === {n}")
    assert fits_its_drawing(em) == n


def far_from_handles(em):
    """The drawn point that no handle covers."""
    points, hands = drawing(em).points, np.reshape(em.state("handles"), (-1, 2))
    distance = np.linalg.norm(points[:, None] - hands, axis=-1).min(axis=1)
    return points[distance.argmax()]


def touches(client, kind, points):
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_a_finger_draws_on_a_phone_and_the_page_stays_where_it_is(open_em):
    em = open_em(SHEET, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    client = em.page.context.new_cdp_session(em.page)
    em.stage.locator(".plot").scroll_into_view_if_needed()
    painted(em.page)
    for (x0, y0), (x1, y1) in (((-2, -2), (-1, -1)), ((1, 1), (2, 2))):
        before, drawn = em.stage.bounding_box()["y"], em.state("drawn")
        touches(client, "touchStart", [em.place(x0, y0)])
        for share in np.linspace(0, 1, 12):
            touches(client, "touchMove", [em.place(x0 + share * (x1 - x0), y0 + share * (y1 - y0))])
            em.until(f"s.drawn > {drawn + 40 * share}")
        assert em.stage.bounding_box()["y"] == pytest.approx(before, abs=1)
        touches(client, "touchEnd", [])
        fits_its_drawing(em)
    n = fits_its_drawing(em)
    assert n > 30
    points = drawing(em).points
    assert (points[:, 0] * points[:, 1] > -0.5).mean() > 0.95, "the points lie under the finger"
    assert em.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_damaged_drawing_in_a_link_is_told_and_the_sheet_is_empty(open_em):
    em = open_em(SHEET | {"points": "zzzz!!"})
    em.wait(lambda: "damaged" in em.alerts()[0])
    assert em.state("drawn") == 0
    spray(em, (-2.5, -1), (2, 1))
    assert fits_its_drawing(em) > 20


def upload(em, name, raw):
    """Choose a file once the page stands: what is chosen while its field is made anew is lost."""
    calm(em.page)
    em.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": raw})


def admitted(name, raw, columns=None, label=None):
    table = read(name, raw)
    return clinic.admit(table, columns or clinic.propose(table).columns, label, Key(0))[0]


def fits(em, dataset, k=2):
    want = score(dataset, Config(components=k))
    em.wait(lambda: em.log_likelihood == pytest.approx(want, abs=SHOWN), f"never {want:.4f}: {em.figures}")


def test_old_faithful_is_uploaded_and_fitted(open_em):
    em = open_em(OWN)
    upload(em, "geyser.csv", FAITHFUL)
    em.page.get_by_text("272 rows, 2 columns").wait_for()
    fits(em, admitted("geyser.csv", FAITHFUL))
    assert em.log_likelihood == pytest.approx(score(builtin.load("faithful"), Config(components=2)), abs=SHOWN)
    em.page.get_by_text("272 rows, 2 columns").click()
    table = em.page.locator("[data-testid=stDataFrame]").nth(1)
    table.wait_for()
    cells = table.locator("canvas").first.locator("[role=gridcell]")
    for name in FAITHFUL.decode().splitlines()[0].split(","):
        em.wait(lambda name=name: name.strip('"') in cells.all_text_contents(), f"the clinic does not show {name}")


def test_columns_and_a_label_are_picked_and_the_second_column_dropped(open_em):
    rows = FAITHFUL.decode().splitlines()
    names = [name.strip('"') for name in rows[0].split(",")]
    body = [f"{row},{'short' if float(row.split(',')[0]) < 3 else 'long'}" for row in rows[1:]]
    raw = "\n".join([f"{rows[0]},kind", *body]).encode()
    em = open_em(OWN)
    upload(em, "labelled.csv", raw)
    em.page.get_by_text("272 rows, 3 columns").wait_for()
    fits(em, admitted("labelled.csv", raw))
    em.pick("Label", "kind")
    em.wait(lambda: em.settings.get("label") == "kind")
    em.pick("Label", "(none)")
    em.wait(lambda: "label" not in em.settings)
    fits(em, admitted("labelled.csv", raw))
    em.pick("Up", "(none: 1-D)")
    em.stage.and_(em.page.locator("[data-aspect=strip]")).wait_for()
    fits(em, admitted("labelled.csv", raw, (names[0],)))
    em.pick("Across", names[1])
    fits(em, admitted("labelled.csv", raw, (names[1],)))


def npy_of_objects():
    held = io.BytesIO()
    np.save(held, np.array([{"a": 1}, [2]], dtype=object), allow_pickle=True)
    return held.getvalue()


def npz_bomb():
    """256 MB of zeros in a quarter of a megabyte."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (1 << 24, 2)})
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made, made.open("x.npy", "w") as member:
        member.write(head.getvalue())
        for _ in range(256):
            member.write(bytes(1 << 20))
    return held.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89" + bytes(range(256))
MARKUP = "<img src=x onerror=alert(1)>.csv"
HOSTILE = {
    "picture.csv": PNG,
    "objects.npy": npy_of_objects,
    "empty.csv": b"",
    "bomb.npz": npz_bomb,
    MARKUP: b"a,b\n1,2\n",
    "words.csv": b"a,b\nfoo,bar\nbaz,qux\n" * 4,
}


def test_a_hostile_file_gets_one_sentence_and_leaves_the_stage_as_it_was(open_em):
    em, dialogs = open_em(OWN), []
    em.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    upload(em, "geyser.csv", FAITHFUL)
    em.page.get_by_text("272 rows, 2 columns").wait_for()
    fits(em, admitted("geyser.csv", FAITHFUL))
    em.settled()
    before, said = (em.run, em.log_likelihood, em.state("frames"), em.picture()), set()
    for name, raw in HOSTILE.items():
        upload(em, name, raw() if callable(raw) else raw)
        em.wait(lambda old=frozenset(said): set(em.alerts()) - old, f"{name}: silence")
        texts = em.alerts()
        assert len(texts) == 1, (name, texts)
        assert 20 < len(texts[0].strip()) < 300, (name, texts)
        assert re.search(r"[.!]$", texts[0].strip()), (name, texts)
        assert not re.search(r"Traceback|Error|Exception|/work|\.py\b|\bdtype=", texts[0]), (name, texts)
        said |= set(texts)
        em.wait(lambda: em.state("frames") == before[2])
        assert (em.run, em.log_likelihood, em.state("frames"), em.picture()) == before, name
    assert dialogs == []
    assert em.page.locator("img[src=x]").count() == 0
    upload(em, "again.csv", FAITHFUL)
    em.page.get_by_text("272 rows, 2 columns").wait_for()
    em.wait(lambda: em.alerts() == [])


def test_a_name_with_markup_is_only_a_name(open_em):
    em, dialogs = open_em(OWN), []
    em.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    upload(em, MARKUP, FAITHFUL.replace(b"waiting", b"<b>waiting</b>"))
    em.page.get_by_text("272 rows, 2 columns").wait_for()
    em.settled()
    for panel in ("Code and files", "Basins", "Numbers"):
        em.panel(panel)
        em.wait(lambda panel=panel: em.settings.get("panel", "Numbers") == panel)
        calm(em.page)
    assert em.page.locator("img[src=x]").count() == 0
    assert em.page.locator("[data-testid=stMain] b", has_text="waiting").count() == 0
    assert dialogs == []


def sheet(seed=0, n=120):
    """A sheet with a column of each kind: day, price, yes or no, kind, free text, and readings far from 0."""
    draw = np.random.default_rng(seed)
    days = np.datetime64("2024-03-01") + draw.integers(0, 200, n).astype("timedelta64[D]")
    kinds = draw.integers(0, 3, n)
    rows = [
        f"{day},{5 + 3 * k + e:.4f},{'yes' if e > 0 else 'no'},{'abc'[k]},text {i},{1e6 + 0.001 * k + 1e-4 * e:.7f}"
        for i, (day, k, e) in enumerate(zip(days, kinds, draw.normal(size=n), strict=True))
    ]
    return "\n".join(["when,price,answered,kind,note,reading", *rows]).encode()


def test_dates_become_days_and_two_words_become_0_and_1(open_em):
    em, raw = open_em(OWN), sheet()
    upload(em, "sheet.csv", raw)
    em.page.get_by_text(re.compile(r"when: dates are counted in days since 2024-03-\d\d\.")).wait_for()
    fits(em, admitted("sheet.csv", raw, ("when", "price")))
    low, high = em.state("bounds")[0]
    assert (low, high) == pytest.approx(tuple(admitted("sheet.csv", raw, ("when", "price")).bounds[0]), rel=1e-6)
    assert high < 300
    em.pick("Up", "answered")
    em.page.get_by_text("answered: yes counts as 1 and no as 0.").wait_for()
    fits(em, admitted("sheet.csv", raw, ("when", "answered")))
    assert em.state("bounds")[1] == pytest.approx([-0.12, 1.12])


def test_dates_that_can_be_read_two_ways_are_asked_about(open_em):
    raw = ("when,x\n" + "".join(f"{1 + i % 12}/{1 + i // 12}/2024,{i * 37 % 100 / 7}\n" for i in range(100))).encode()
    em = open_em(OWN)
    upload(em, "either.csv", raw)
    em.page.get_by_text("Every date fits both ways").wait_for()
    assert "digest" not in em.settings
    table = read("either.csv", raw)
    for order in ("month/day/year", "day/month/year"):
        em.page.get_by_role("radio", name=order).click()
        fits(em, clinic.admit(table, ("when", "x"), None, Key(0), dates=order)[0])
    em.page.get_by_text("They are read as day/month/year.").wait_for()
    em.wait(lambda: em.settings.get("dates") == "day/month/year")


def test_labels_are_colours_that_can_be_shown(open_em):
    em, raw = open_em(OWN), sheet()
    upload(em, "sheet.csv", raw)
    em.page.get_by_text("120 rows, 6 columns").wait_for()
    em.settled()
    legend, run = em.stage.locator(".legend").get_by_role("button", name="Labels"), em.run
    assert legend.count() == 0
    em.pick("Label", "kind")
    legend.wait_for()
    assert (legend.get_attribute("aria-pressed"), legend.locator(".names").is_visible()) == ("false", False)
    dataset = admitted("sheet.csv", raw, label="kind")
    em.until("!s.playing")
    before = em.picture()
    legend.click()
    em.wait(lambda: em.picture() != before)
    assert legend.locator(".names").inner_text().split() == list(dataset.classes)
    hands = np.reshape(em.state("handles"), (-1, 2))
    apart = np.linalg.norm((dataset.points[:, None] - hands) / dataset.points.std(axis=0), axis=-1).min(axis=1)
    for c, (light, _) in enumerate(CLASSES[:3]):
        rows = np.flatnonzero((dataset.labels == c) & (apart > 0.3))
        shown = [has_colour(em.colours(*dataset.points[i], reach=1), light) for i in rows]
        assert np.mean(shown) > 0.7, f"class {c} is not painted in its colour"
    i = rows[apart[rows].argmax()]
    em.page.mouse.move(*em.place(*dataset.points[i]))
    em.wait(lambda: re.search(rf"point {i + 1}\s*{dataset.classes[2]}", em.stage.locator(".readout").inner_text()))
    assert em.run == run, "a label must not fit again"


def test_readings_far_from_0_are_drawn_dragged_and_read_out(open_em):
    em, raw = open_em(OWN), sheet()
    upload(em, "sheet.csv", raw)
    em.page.get_by_text("120 rows, 6 columns").wait_for()
    em.pick("Across", "reading")
    dataset = admitted("sheet.csv", raw, ("reading", "price"))
    fits(em, dataset)
    assert np.ptp(dataset.points[:, 0]) < 0.003
    em.settled()
    dots = [em.colours(*point, reach=1) for point in dataset.points]
    ground = em.colours(dataset.bounds[0, 0] + 1e-6, dataset.bounds[1, 1] - 0.05)[0]
    assert np.mean([(np.abs(dot - ground).max() > 40) for dot in dots]) > 0.95, "a point is not where it belongs"
    x, y = dataset.points.mean(axis=0)
    em.page.mouse.move(*em.place(x, y))
    em.wait(lambda: abs(float(re.search(r"reading ([\d.]+)", em.stage.locator(".readout").inner_text())[1]) - x) < 2e-5)
    (x0, y0), goal = em.grip(0), np.array([x, dataset.points[:, 1].max()])
    em.page.mouse.move(x0, y0)
    em.page.mouse.down()
    em.page.mouse.move(*em.place(*goal), steps=8)
    em.page.mouse.up()
    em.wait(lambda: "means" in em.settings)
    means = np.array([[float(v) for v in row.split(",")] for row in em.settings["means"].split(";")])
    assert abs(means[0] - goal).max() < 0.02 * np.ptp(goal - dataset.points.min(axis=0)) + 1e-5
    want = score(dataset, Config(components=2), means=means)
    em.wait(lambda: em.log_likelihood == pytest.approx(want, abs=SHOWN))


def test_a_link_made_with_a_file_asks_for_it_and_is_then_the_same_screen(open_em):
    em, raw = open_em(OWN | {"covariance": "tied"}), sheet()
    upload(em, "sheet.csv", raw)
    em.page.get_by_text("120 rows, 6 columns").wait_for()
    em.pick("Up", "answered")
    em.pick("Across", "price")
    em.pick("Label", "kind")
    em.settled()
    em.stage.locator(".hand").first.press("Shift+ArrowLeft")
    em.wait(lambda: "means" in em.settings)
    em.settled()
    other = open_em(em.address)
    other.wait(lambda: "sheet.csv" in other.alerts()[0])
    (said,) = other.alerts()
    assert re.fullmatch(r"This link was made with the file sheet\.csv \(digest \w{12}\); upload that file .*\.", said)
    assert other.settings == em.settings
    upload(other, "renamed.csv", raw)
    other.settled()
    assert other.alerts() == []
    assert {**other.settings, "file": "sheet.csv"} == em.settings
    assert other.figures == em.figures
    assert other.state("handles") == em.state("handles")


def test_another_file_than_the_links_is_told_apart(open_em):
    em = open_em(OWN | {"digest": "0123456789ab", "file": "<b>x.csv"})
    em.wait(lambda: "<b>x.csv (digest 0123456789ab)" in em.alerts()[0])
    upload(em, "geyser.csv", FAITHFUL)
    em.wait(lambda: "this is another file" in em.alerts()[0])
    fits(em, admitted("geyser.csv", FAITHFUL))
