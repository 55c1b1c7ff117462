"""The shelf of pictures: what is chosen, its contact sheet, and code that makes the same pictures."""

import ast
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from core.data import images, picture_clinic
from core.data.picture_clinic import Cut
from core.data.readers.pictures.read import bundle, read_pictures
from core.key import Key
from playground.shelf import pictures
from tests.core.data.readers.pictures.test_read import GREY, LABELS, encoded, idx, pngs
from tests.core.data.readers.test_hostile import npy


def app():
    import streamlit as st

    from playground.shelf import pictures

    chosen = pictures.choose("digits")
    st.text(f"{chosen.pictures.name} {chosen.code}")


def started(**link):
    at = AppTest.from_function(app, default_timeout=120)
    for key, value in link.items():
        at.query_params[key] = value
    return at.run()


def upload(at, *files):
    at.file_uploader[0].set_value([(name, raw, "application/octet-stream") for name, raw in files])
    return at.run()


def test_a_built_in_set_is_chosen_by_the_link():
    assert started().text[0].value == "digits pictures = images.load('digits')"
    assert started(pictures="Jars").text[0].value == "jars pictures = images.load('jars')"


def test_one_own_file_is_understood_and_makes_the_set():
    at = upload(started(pictures="Your own pictures"), ("a.zip", pngs(GREY, list("ab") * 6)))
    assert at.text[0].value.startswith("file-")
    said = [caption.value.replace("\\", "") for caption in at.caption]
    assert said[0] == "Understood: 12 pictures, 7x9, 2 classes."
    assert "Classes are named by folder level 1: a, b." in said
    assert at.query_params["digest"] == at.text[0].value.split()[0].removeprefix("file-")


def test_a_hostile_file_is_one_sentence_and_the_last_choice_stands():
    at = upload(started(pictures="Your own pictures"), ("a.zip", b"PK\x03\x04" + bytes(60)))
    assert [error.value.replace("\\", "") for error in at.error] == ["a.zip is a damaged ZIP archive; make it again."]
    assert at.text[0].value.startswith("digits ")
    at = upload(at, ("a.zip", pngs(GREY)))
    assert not at.error
    at = upload(at, ("b.png", encoded(GREY[0])))
    assert "1 different picture at" in at.error[0].value
    assert at.text[0].value.startswith("file-")


def test_a_link_to_somebody_elses_pictures_says_so():
    at = started(pictures="Your own pictures", digest="0123456789ab")
    assert "digest 0123456789ab" in at.caption[0].value


def test_two_files_are_one_set_and_the_code_makes_it_again(tmp_path, monkeypatch):
    files = {"images": idx(GREY), "labels": idx(LABELS)}
    at = upload(started(pictures="Your own pictures"), *files.items())
    name, _, code = at.text[0].value.partition(" ")
    for file, raw in files.items():
        (tmp_path / file).write_bytes(raw)
    monkeypatch.chdir(tmp_path)
    known = {"Path": Path, "read_pictures": read_pictures, "bundle": bundle, "Key": Key, "Cut": Cut}
    exec(code, known | {"picture_clinic": picture_clinic}, made := {})
    assert (made["pictures"].name, made["pictures"].classes) == (name, ("1", "3", "10"))


def test_a_press_turns_letters_upright_and_the_link_and_the_code_say_so(tmp_path, monkeypatch):
    digits = images.load("digits").pixels[:40, 0] * np.uint8(15)
    stored = idx(digits.transpose(0, 2, 1))
    at = upload(started(pictures="Your own pictures"), ("emnist", stored))
    assert "turn" not in at.query_params
    at = next(button for button in at.button if button.label == "Transpose them").click().run()
    assert at.query_params["turn"] == "Transposed"
    (tmp_path / "emnist").write_bytes(stored)
    monkeypatch.chdir(tmp_path)
    known = {"Path": Path, "read_pictures": read_pictures, "Key": Key, "Cut": Cut, "picture_clinic": picture_clinic}
    exec(at.text[0].value.partition(" ")[2], known, made := {})
    np.testing.assert_array_equal(made["pictures"].pixels[:, 0], digits)
    link = {"digest": at.query_params["digest"], "turn": "transposed"}
    again = upload(started(pictures="Your own pictures", **link), ("emnist", stored))
    assert again.text[0].value == at.text[0].value
    at = next(button for button in at.button if button.label == "Show them as they were").click().run()
    assert "turn='as it is'" in at.text[0].value


def test_another_file_is_understood_by_itself_and_not_by_the_last_ones_choices():
    at = upload(started(pictures="Your own pictures"), ("a", npy(GREY.astype(np.uint16) * 16)))
    assert "range='0 to 4095'" in at.text[0].value
    at = upload(at, ("b", npy(GREY)))
    assert "range='as it is'" in at.text[0].value
    assert not [button for button in at.button if "bits" in button.label]


def test_the_code_of_any_file_name_is_python():
    ast.parse(pictures.code(['it\'s "a"\n.zip'], Cut()))
    ast.parse(pictures.code(["a'", 'b"'], Cut()))


def test_the_contact_sheet_shows_crisp_pictures_from_first_to_last(monkeypatch):
    monkeypatch.setattr(pictures.session, "dark", lambda: False)
    digits = images.load("digits")
    sheet = pictures.sheet(digits)
    scale = round(pictures.SHEET / (8 * 9 + 1))
    assert sheet.shape == ((3 * 9 + 1) * scale, (8 * 9 + 1) * scale, 3)
    small = sheet[::scale, ::scale]
    np.testing.assert_array_equal(small.repeat(scale, 0).repeat(scale, 1), sheet)
    np.testing.assert_array_equal(small[1:9, 1:9, 0], np.rint(digits.images[0, 0] * 255))
    np.testing.assert_array_equal(small[-9:-1, -9:-1, 2], np.rint(digits.images[-1, 0] * 255))
