"""A file of one's own that can be read in several ways, in a real browser: asked, pressed, sent on."""

import io
import json
import re

import numpy as np
import pytest

from core.data import clinic
from core.data.read import parse
from core.data.readers.choices import Choices
from core.key import Key
from core.mixture.gmm import Config
from tests.browser.conftest import calm, score
from tests.browser.data.test_app_data import OWN, SHOWN, upload

pytestmark = pytest.mark.browser
ABOUT = ("playground/shelf/", "core/data/")  # looked at on one page, and any page with points would do
DRAW = np.random.default_rng(5)
FAR = ("x\n" + "\n".join(f"{v:.4f}" for v in DRAW.normal(size=80)) + "\n-9999" * 3).encode()
AWAY = Choices(missing=(("x", "-9999"),))
TOWNS = b"town\tpeople\n" + b"".join(b"T%d\t%d,%d\n" % (i, 1 + i % 7, 100 + 37 * i % 900) for i in range(40))
QUESTION = "-9999 in x (3 times) lies far from all other values: is it missing?"


def saved(array):
    held = io.BytesIO()
    np.save(held, array)
    return held.getvalue()


LYING, FEW = saved(DRAW.normal(size=(2, 40))), saved(DRAW.normal(size=(4, 30)))


def admitted(name, raw, columns, choices=Choices()):  # noqa: B008
    return clinic.admit(parse(name, raw, choices), columns, None, Key(0))[0]


def fits(em, dataset):
    want = score(dataset, Config(components=2))
    em.wait(lambda: em.log_likelihood == pytest.approx(want, abs=SHOWN), f"never {want:.4f}: {em.figures}")


def press(em, name):
    calm(em.page)
    em.page.get_by_role("button", name=name, exact=True).click()


def top(em, locator):
    """How far down the page something stands."""
    return em.page.evaluate("scrollY") + locator.bounding_box()["y"]


def test_a_sentinel_is_pressed_away_and_back_and_nothing_jumps(open_em):
    em = open_em(OWN)
    upload(em, "far.csv", FAR)
    em.page.get_by_text(QUESTION).wait_for()
    fits(em, admitted("far.csv", FAR, ("x",)))
    em.settled()
    lid = em.page.get_by_text("Understood: 83 rows, 1 column")
    places = [top(em, em.stage), top(em, lid)]
    assert top(em, em.page.get_by_text(QUESTION)) < top(em, lid) < 900
    press(em, "Treat as missing")
    em.page.get_by_text("-9999 in x is treated as missing (3 times).").wait_for()
    fits(em, admitted("far.csv", FAR, ("x",), AWAY))
    em.settled()
    assert [top(em, em.stage), top(em, lid)] == pytest.approx(places, abs=16)
    em.wait(lambda: em.settings.get("read") == AWAY.words())
    press(em, "Count it as a value")
    em.page.get_by_text(QUESTION).wait_for()
    fits(em, admitted("far.csv", FAR, ("x",)))
    em.wait(lambda: "read" not in em.settings)


def test_an_ambiguous_file_is_asked_about_and_each_answer_gives_its_numbers(open_em):
    em = open_em(OWN)
    upload(em, "towns.tsv", TOWNS)
    em.page.get_by_text("1,100 in people is read as 1100; the file alone cannot say.").wait_for()
    fits(em, admitted("towns.tsv", TOWNS, ("people",)))
    for name, choices in (("Read it as 1.100", Choices(decimal=",")), ("Read it as 1100", Choices(decimal="."))):
        press(em, name)
        fits(em, admitted("towns.tsv", TOWNS, ("people",), choices))
        em.wait(lambda choices=choices: em.settings.get("read") == choices.words())


def test_the_choice_survives_a_reload_with_the_same_file_and_no_other(open_em):
    em = open_em(OWN)
    upload(em, "far.csv", FAR)
    press(em, "Treat as missing")
    fits(em, admitted("far.csv", FAR, ("x",), AWAY))
    em.wait(lambda: em.settings.get("read") == AWAY.words())
    other = open_em(em.address)
    other.wait(lambda: "upload that file" in other.alerts()[0])
    upload(other, "renamed.csv", FAR)
    other.page.get_by_text("-9999 in x is treated as missing (3 times).").wait_for()
    fits(other, admitted("far.csv", FAR, ("x",), AWAY))
    assert other.settings["read"] == AWAY.words()
    upload(other, "more.csv", FAR + b"\n-9999")
    other.page.get_by_text(QUESTION.replace("3", "4")).wait_for()
    other.wait(lambda: "read" not in other.settings)


def test_a_turned_array_is_said_left_and_turned_again_by_the_keyboard(open_em):
    em, both = open_em(OWN, viewport={"width": 390, "height": 844}), ("column 1", "column 2")
    upload(em, "lying.npy", LYING)
    em.page.get_by_text("The array has 2 rows of 40 numbers, so it is turned").wait_for()
    fits(em, admitted("lying.npy", LYING, both))
    calm(em.page)
    em.page.get_by_role("button", name="Leave it as it is").press("Enter")
    em.wait(lambda: "Only 2 different rows" in em.alerts()[0])
    em.page.get_by_text("What is on show is still lying.npy").wait_for()
    assert em.page.evaluate("document.documentElement.scrollWidth") <= 390
    calm(em.page)
    em.page.get_by_role("button", name="Turn it").press("Enter")
    em.wait(lambda: em.alerts() == [])
    em.wait(lambda: json.loads(em.settings["read"]) == {"turned": True})
    fits(em, admitted("lying.npy", LYING, both))


def test_a_refusal_is_mended_by_its_button(open_em):
    em, both = open_em(OWN), ("column 1", "column 2")
    em.settled()
    before = em.figures
    upload(em, "few.npy", FEW)
    em.wait(lambda: "Only 4 different rows" in em.alerts()[0])
    assert em.figures == before
    press(em, "Turn rows into columns")
    em.wait(lambda: em.alerts() == [])
    fits(em, admitted("few.npy", FEW, both, Choices(turned=True)))
    em.page.get_by_text("Understood: 30 rows, 4 columns").click()
    em.page.locator("[data-testid=stDataFrame]").nth(1).wait_for()


def test_the_code_of_a_file_has_its_choices_and_a_version_in_pandas(open_em):
    em = open_em(OWN | {"panel": "Code and files"})
    upload(em, "few.npy", FEW)
    press(em, "Turn rows into columns")
    codes = em.page.locator("[data-testid=stCode]")
    em.wait(lambda: "Choices(turned=True)" in codes.nth(0).inner_text())
    assert re.search(r"np\.load\('few\.npy'\)\.T", codes.nth(1).inner_text())


def test_a_damaged_way_of_reading_in_a_link_is_told(open_em):
    em = open_em(OWN)
    upload(em, "far.csv", FAR)
    em.wait(lambda: "digest" in em.settings)
    other = open_em(OWN | {"digest": em.settings["digest"], "file": "far.csv", "read": '{"missing":[[1]]}'})
    upload(other, "far.csv", FAR)
    other.page.get_by_text("there is no such way of reading the file").wait_for()
    fits(other, admitted("far.csv", FAR, ("x",)))
    other.wait(lambda: "read" not in other.settings)
