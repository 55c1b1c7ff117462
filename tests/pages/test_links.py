"""Links that were sent before the house was ordered open the same screens still: the same settings, data and panel."""

from importlib import import_module
from urllib.parse import parse_qsl

import pytest

from core.data.builtin import NAMES
from core.options import title
from playground.frame import RENAMED
from playground.shown import closer
from tests import apps

PANELS = {  # every panel that a link could name, as they were called then
    "em": ("Numbers", "How many?", "Basins", "Code and files"),
    "fit1": ("Surface", "Posterior", "Families", "Goodness of fit", "Bandwidth", "Code and files"),
    "fit2": ("Conditionals", "Numbers", "Two samples?", "Checks", "Code and files"),
    "vae": ("Numbers", "The truth beside it", "Surgery", "Geometry", "Representation", "Code and files"),
    "diffusion": (
        "Schedule", "Time axis", "Train", "Field", "Memory", "Straightness", "Solvers", "Guidance", "Quality",
        "Code and files",
    ),
    "paint": ("Self-test", "Two settings", "Forward and back", "Edit", "Guidance", "Memory", "Code and files"),
}  # fmt: skip
LINKS = (  # a page, and the whole query of a link to a screen of it
    ("em", "data=Galaxies&components=4&covariance=tied&start=random+points&floor=0.01&seed=3&panel=How+many%3F"),
    ("em", "data=Old+Faithful&components=2&means=2%2C55%3B4.5%2C80&component=2"),
    ("fit1", "data=Normal&means=0.9%2C1.7&method=gradient+ascent&bins=Scott&seed=5"),
    ("fit1", "data=Galaxies&law=Gumbel&panel=Families"),
    ("fit2", "data=Old+Faithful&model=Gaussian+mixture&components=2&line=70&given=up&samples=300&panel=Checks"),
    ("fit2", "data=Two+moons&model=Kernel+density&wider=4&n=300&draw=2&panel=Numbers"),
    ("fit2", "data=Old+Faithful&model=Kernel+density&rule=scott&panel=Numbers"),
    ("fit1", "data=Old+Faithful&rule=least+squares+cv&panel=Bandwidth"),
    ("vae", "pictures=Jars&row=5&encode=From+the+set&panel=Code+and+files"),
    ("diffusion", "data=Two+moons&way=Forward&schedule=flow&far=0.5&says=exact&solver=DDIM&steps=7&seed=2"),
    ("diffusion", "data=Eight+Gaussians&solver=Euler&steps=4&panel=Guidance&class=Gaussian+2&w=2"),
    ("paint", "prompt=red+hair&guidance=3.0&samples=4&steps=5&solver=DDIM&seed=4&panel=Code+and+files"),
)


@pytest.mark.parametrize("page", PANELS)
def test_every_panel_has_a_place(page):
    now = closer.titles(import_module(f"playground.rungs.{page}.screen").PANELS)
    assert {RENAMED["panel"].get(title, title) for title in PANELS[page]} <= set(now)


@pytest.mark.parametrize(("page", "query"), LINKS)
def test_an_old_link_opens_its_screen(page, query):
    asked = dict(parse_qsl(query))
    at = apps.opened(f"pages/{page}.py", **asked)
    assert "In this link" not in apps.words(at)
    for name, value in asked.items():
        wanted = RENAMED.get(name, {}).get(value, value)
        held = at.query_params.get(
            name, [NAMES.get(own := at.session_state[name], own)] if name in at.session_state else []
        )
        assert held in ([wanted], wanted, title(wanted)) or float(held[0]) == float(wanted), (
            name
        )  # of a default the state alone speaks


def test_the_checks_of_fit_in_2d_are_its_self_test_now():
    at = apps.opened("pages/fit2.py", data="Old Faithful", panel="Checks")
    assert at.session_state["panel"] == "Self-test"
