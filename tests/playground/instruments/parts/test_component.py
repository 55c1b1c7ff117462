"""How an instrument is put together: from its own files and the shared ones, and from no other instrument's."""

import ast
from pathlib import Path

import pytest
import streamlit as st

from playground.instruments.easel import component as easel
from playground.instruments.latent_pad import component as latent_pad
from playground.instruments.parts import component
from playground.instruments.parts.component import BRUSH, PICTURES, PLANE, markup
from playground.instruments.stage import component as stage

ROOM = component.HERE.parent
INSTRUMENTS = {"stage": stage.SCRIPTS, "easel": easel.EASEL + easel.SHEET, "latent_pad": latent_pad.SCRIPTS}


def names(folder: Path, kind: str) -> list[str]:
    """The files of a kind in a folder and below it, as an instrument lists them."""
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob(f"*.{kind}"))


@pytest.mark.parametrize(("name", "scripts"), INSTRUMENTS.items(), ids=INSTRUMENTS)
def test_every_script_of_an_instrument_is_loaded(name, scripts):
    assert sorted(scripts) == names(ROOM / name, "js")


def test_every_shared_script_and_style_is_loaded():
    kit = PLANE + PICTURES + BRUSH
    assert sorted(kit.scripts) == names(component.HERE, "js")
    assert sorted(kit.styles) == names(component.HERE, "css")


def test_no_script_needs_eval():
    for path in ROOM.rglob("*.js"):
        text = path.read_text("utf-8")
        assert "eval(" not in text
        assert "new Function" not in text


def test_no_instrument_imports_another():
    for path in ROOM.rglob("*.py"):
        own = path.relative_to(ROOM).parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("playground.instruments"):
                known = {f"{node.module}.{alias.name}".split(".")[2] for alias in node.names}
                assert known <= {own, "parts"}, f"{path.name} imports {known}"


@pytest.mark.parametrize(
    ("register", "root"),
    [
        (stage._component, "stage"),
        (easel._easel, "stage easel"),
        (easel._sheet, "stage sheet"),
        (latent_pad._component, "stage pad"),
    ],
    ids=["stage", "easel", "mask", "latent_pad"],
)
def test_an_instrument_is_one_module_one_sheet_and_filled_markup(register, root, monkeypatch):
    monkeypatch.setattr(st.components.v2, "component", lambda name, **given: given)
    made = register.__wrapped__()
    assert made["html"].startswith(f'<section class="{root}">')
    assert "{{" not in made["html"]
    assert made["js"].count("export default") == 1
    assert ".plot {" in made["css"]


def test_a_place_that_nothing_fills_is_an_error(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<b>{{word}}</b>{{more}}", "utf-8")
    assert markup(page, word="one", more="") == "<b>one</b>"
    with pytest.raises(KeyError, match="more"):
        markup(page, word="one")
