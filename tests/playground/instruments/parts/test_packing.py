"""The packing of a scene and its frames."""

import json
import struct

import numpy as np
import pytest

from playground.instruments.parts.beside import Formula, Table
from playground.instruments.parts.layers import Curves, Ellipses, Field, Points
from playground.instruments.parts.message import unpack
from playground.instruments.parts.packing import pack
from playground.instruments.parts.scene import Brush, Frame, Line, Scene
from playground.instruments.stage import Handles

BOUNDS = [[-2.0, 2.0], [-1.0, 3.0]]


@pytest.fixture
def scene():
    xy = np.random.default_rng(0).normal(size=(7, 2))
    layers = (
        Field(name="density", role="model", vmax=0.5),
        Points(name="points", xy=xy, cls=np.arange(7) % 3, role="classes"),
        Ellipses(name="model", label="components"),
        Handles(name="start", xy=[[0.0, 1.0]], moves=("model",)),
    )
    return Scene(id="s", bounds=BOUNDS, layers=layers, lines=(Line("loss", "loss", unit="nats"),), alt="words")


@pytest.fixture
def frames():
    rng = np.random.default_rng(1)
    cov = np.eye(2)[None]
    return [
        Frame(
            f"frame {i}, Σ and “quotes”",
            {"density": {"values": rng.random((3, 5))}, "model": {"mean": rng.random((1, 2)), "cov": cov}},
            {"loss": 0.5 * i},
            {"figures": Table(f"Frame {i}", (("a", f"{i}", "nats"),)), "equation": Formula("x", (f"{i}",), "note")},
        )
        for i in range(3)
    ]


def test_round_trip(scene, frames):
    header = unpack(pack(scene, frames, run="r", first=4, live=True))
    assert (header["run"], header["first"], header["live"], len(header["frames"])) == ("r", 4, True, 3)
    assert header["scene"]["bounds"] == BOUNDS
    assert [layer["kind"] for layer in header["scene"]["layers"]] == ["Field", "Points", "Ellipses", "Handles"]
    assert header["scene"]["layers"][0]["vmax"] == 0.5
    assert header["scene"]["lines"][0]["unit"] == "nats"
    points = header["scene"]["layers"][1]["arrays"]
    np.testing.assert_array_equal(points["xy"], scene.layers[1].xy.astype("f4"))
    np.testing.assert_array_equal(points["cls"], np.arange(7) % 3)
    assert points["cls"].dtype == np.uint8
    for sent, got in zip(frames, header["frames"], strict=True):
        assert got["caption"] == sent.caption
        assert got["metrics"] == sent.metrics
        kinds = {"figures": Table, "equation": Formula}
        assert {one["kind"] for one in got["beside"].values()} == {"Table", "Formula"}
        for name, one in got["beside"].items():
            assert json.dumps(vars(sent.beside[name])) == json.dumps({k: v for k, v in one.items() if k != "kind"})
            assert one["kind"] == kinds[name].__name__
        for layer, arrays in sent.arrays.items():
            for name, array in arrays.items():
                np.testing.assert_array_equal(got["arrays"][layer][name], array.astype("f4"))


def test_the_same_input_gives_the_same_bytes(scene, frames):
    assert pack(scene, frames, run="r") == pack(scene, frames, run="r")


def test_arrays_lie_on_eight_bytes_and_equal_ones_are_stored_once(scene, frames):
    data = pack(scene, frames, run="r")
    size = struct.unpack_from("<I", data)[0]
    assert (4 + size) % 8 == 0
    header = json.loads(data[4 : 4 + size])
    places = [where for f in header["frames"] for arrays in f["arrays"].values() for where in arrays.values()]
    assert all(offset % 8 == 0 for _, _, offset in places)
    assert len({f["arrays"]["model"]["cov"][2] for f in header["frames"]}) == 1


def test_views_and_fortran_order_are_packed_by_value(scene):
    values = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    header = unpack(pack(scene, [Frame(arrays={"density": {"values": values[:, ::2]}})], run="r"))
    np.testing.assert_array_equal(header["frames"][0]["arrays"]["density"]["values"], values[:, ::2])


def test_numbers_that_are_not_finite_travel_as_null(scene):
    header = unpack(pack(scene, [Frame(metrics={"loss": np.nan, "gap": np.inf})], run="r"))
    assert header["frames"][0]["metrics"] == {"loss": None, "gap": None}


def test_empty_recordings_and_empty_arrays(scene):
    assert unpack(pack(scene, [], run="r"))["frames"] == []
    header = unpack(pack(scene, [Frame(arrays={"points": {"xy": np.empty((0, 2))}})], run="r"))
    assert header["frames"][0]["arrays"]["points"]["xy"].shape == (0, 2)


@pytest.mark.parametrize(
    ("layer", "array", "value", "words"),
    [
        ("points", "xy", np.zeros((3, 3)), "shape"),
        ("points", "cls", np.array([0.5]), "whole numbers"),
        ("points", "cls", np.array([300]), "0..255"),
        ("points", "mean", np.zeros(3), "shape"),
        ("points", "values", np.zeros((3, 3)), "no array"),
        ("nobody", "xy", np.zeros((3, 2)), "lacks"),
    ],
)
def test_wrong_arrays_are_refused_by_name(scene, layer, array, value, words):
    with pytest.raises(ValueError, match=words):
        pack(scene, [Frame(arrays={layer: {array: value}})], run="r")


def test_scenes_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="unique"):
        Scene(id="s", bounds=BOUNDS, layers=(Points(name="a"), Curves(name="a")))
    with pytest.raises(ValueError, match="bounds"):
        Scene(id="s", bounds=[[1, 1], [0, 1]], layers=())
    with pytest.raises(ValueError, match="role"):
        Points(name="a", role="red")


def test_a_brush_carries_its_first_points():
    brush = Brush(classes=("A", "B"), xy=np.zeros((2, 2)), cls=np.array([0, 1]))
    header = unpack(pack(Scene(id="s", bounds=BOUNDS, layers=(), brush=brush), [], run="r"))
    assert header["scene"]["brush"]["classes"] == ["A", "B"]
    np.testing.assert_array_equal(header["scene"]["brush"]["arrays"]["cls"], [0, 1])


@pytest.mark.parametrize(
    ("low", "high"), [(1e6 + 0.001, 1e6 + 0.009), (1.7e9 - 100, 1.7e9 + 100), (-1e12, -1e12 + 5e3)]
)
def test_what_lies_far_from_0_travels_in_64_bits(low, high):
    xy = np.random.default_rng(0).uniform(low, high, (50, 2))
    layers = (Points(name="points", xy=xy, cls=np.zeros(50, int)), Ellipses(name="model"))
    far = Scene(id="s", bounds=[[low, high], [0, 1]], layers=layers)
    frame = Frame(arrays={"model": {"mean": xy[:2], "cov": np.tile(1e-6 * np.eye(2), (2, 1, 1))}})
    header = unpack(pack(far, [frame], run="r"))
    assert far.far
    points = header["scene"]["layers"][0]["arrays"]
    np.testing.assert_array_equal(points["xy"], xy)
    np.testing.assert_array_equal(header["frames"][0]["arrays"]["model"]["mean"], xy[:2])
    assert points["cls"].dtype == np.uint8
    assert np.ptp(xy[:, 0]) > 1e4 * np.abs(xy[:, 0] - points["xy"][:, 0]).max()


def test_an_ordinary_scene_travels_in_32_bits(scene):
    assert not scene.far
    assert unpack(pack(scene, [], run="r"))["scene"]["layers"][1]["arrays"]["xy"].dtype == np.float32
