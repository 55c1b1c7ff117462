"""The packing of the latent pad's messages, what it refuses, and what is read back from the browser."""

import numpy as np
import pytest

from core.key import Key
from playground.instruments.latent_pad import Plane, Snapshot, pack, read
from playground.instruments.latent_pad.plane import weights_of
from playground.instruments.stage import Ellipses, Field, Line, unpack

SPEC = [
    {"kind": "dense", "in": 2, "out": 12, "act": "silu"},
    {"kind": "reshape", "c": 3, "h": 2, "w": 2},
    {"kind": "conv", "in": 3, "out": 1, "size": 3, "stride": 1, "up": 2, "act": "none"},
    {"kind": "mean", "likelihood": "bernoulli", "levels": 2, "c": 1, "h": 4, "w": 4},
]
COUNT = 2 * 12 + 12 + 3 * 9 + 1
CONDITIONAL = [{**SPEC[0], "in": 7}, *SPEC[1:]]


def draw(name, *shape):
    return (Key(0) / name).generator().normal(size=shape)


def blob(count=COUNT):
    return draw("weights", count).astype("<f4").tobytes()


def layers_of(header):
    return {layer["name"]: layer for layer in header["scene"]["layers"]}


@pytest.fixture
def plane():
    return Plane(
        id="digits",
        spec=SPEC,
        layers=(Ellipses(name="q", role="hand"), Field(name="heat", role="model", values=np.ones((4, 4)))),
        labels=np.arange(5) % 3,
        classes=("a", "b", "c"),
        pictures=np.linspace(-0.5, 1.5, 5 * 16).reshape(5, 1, 4, 4),
        z=(0.5, -1.0),
        lines=(Line("loss", "loss", unit="nats"),),
        alt="words",
    )


@pytest.fixture
def snapshots():
    return [Snapshot(blob(), draw(f"codes {i}", 5, 2), f"step {i}", {}, {"loss": 3.0 - i}) for i in range(3)]


def test_round_trip(plane, snapshots):
    header = unpack(pack(plane, snapshots, run="r"))
    layers = layers_of(header)
    assert [layer["kind"] for layer in header["scene"]["layers"]] == [
        "Manifold", "Field", "Prior", "Codes", "Ellipses", "Decoder",
    ]  # fmt: skip
    assert layers["decoder"]["spec"] == SPEC
    assert (layers["decoder"]["shape"], layers["decoder"]["latent"], layers["decoder"]["z"]) == (
        [1, 4, 4],
        2,
        [0.5, -1],
    )
    assert header["scene"]["bounds"] == [[-3.5, 3.5], [-3.5, 3.5]]
    assert header["scene"]["at"] == 2, "a finished training rests where it ended"
    for sent, got in zip(snapshots, header["frames"], strict=True):
        np.testing.assert_array_equal(got["arrays"]["codes"]["z"], sent.codes.astype("f4"))
        assert got["arrays"]["decoder"]["weights"].tobytes() == sent.weights
        assert (got["caption"], got["metrics"]) == (sent.caption, sent.metrics)


def test_thumbnails_are_bytes_with_colours_last_clipped_and_rounded(plane):
    codes = layers_of(unpack(pack(plane, [], run="r")))["codes"]
    pictures = codes["arrays"]["pictures"]
    assert (pictures.shape, pictures.dtype) == ((5, 4, 4, 1), np.uint8)
    want = np.rint(255 * np.clip(plane.pictures, 0, 1))
    np.testing.assert_array_equal(pictures[..., 0], want[:, 0])
    np.testing.assert_array_equal(codes["arrays"]["cls"], plane.labels)
    assert codes["classes"] == ["a", "b", "c"]


def test_later_messages_leave_the_thumbnails_at_home(plane, snapshots):
    whole, more = pack(plane, snapshots, run="r", live=True), pack(plane, snapshots[2:], run="r", first=2, live=True)
    header = unpack(more)
    assert (header["first"], len(header["frames"])) == (2, 1)
    assert "pictures" not in layers_of(header)["codes"]["arrays"]
    assert layers_of(header)["codes"]["pictured"], "so that a browser without them knows to ask"
    assert header["scene"]["at"] is None
    assert len(more) < len(whole)


def test_half_precision_is_the_nearest_float16(plane):
    snapshot = Snapshot(blob(), half=True)
    arrays = unpack(pack(plane, [snapshot], run="r"))["frames"][0]["arrays"]["decoder"]
    want = np.frombuffer(blob(), "<f4").astype("<f2")
    np.testing.assert_array_equal(arrays["half"].view("<f2"), want)
    assert "weights" not in arrays
    with pytest.raises(ValueError, match="65,504"):
        pack(plane, [Snapshot(np.full(COUNT, 7e4, "<f4").tobytes(), half=True)], run="r")


def test_equal_decoders_travel_once(plane):
    one, two = (pack(plane, [Snapshot(blob())] * n, run="r") for n in (1, 9))
    assert len(two) - len(one) < len(blob()) * 4
    assert pack(plane, [Snapshot(blob())], run="r") == one


def test_weights_are_counted_by_layer():
    assert weights_of(SPEC) == COUNT


@pytest.mark.parametrize(
    ("snapshot", "words"),
    [
        (Snapshot(blob(COUNT - 1)), f"needs? {COUNT}|need {COUNT}"),
        (Snapshot(np.full(COUNT, np.nan, "<f4").tobytes()), "not finite"),
        (Snapshot(blob(), np.zeros((5, 3))), "codes have shape"),
        (Snapshot(blob(), arrays={"nobody": {"xy": np.zeros((1, 2))}}), "lacks"),
    ],
)
def test_snapshots_that_do_not_fit_are_refused(plane, snapshot, words):
    with pytest.raises(ValueError, match=words):
        pack(plane, [snapshot], run="r")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"spec": []}, "ends in a mean"),
        ({"spec": SPEC[:-1]}, "ends in a mean"),
        ({"spec": [SPEC[0], {"kind": "attention"}, SPEC[-1]]}, "attention"),
        ({"spec": [{**SPEC[0], "in": 1}, *SPEC[1:]]}, "at least 2"),
        ({"axes": (0, 0)}, "axes"),
        ({"axes": (0, 2)}, "axes"),
        ({"z": (0.0, 0.0, 0.0)}, "z has shape"),
        ({"pictures": np.zeros((1001, 1, 4, 4))}, "thumbnails"),
        ({"layers": (Ellipses(name="codes"),)}, "unique"),
    ],
)
def test_planes_that_make_no_sense_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Plane(**{"id": "p", "spec": SPEC, **options}).scene()


def test_labels_take_their_share_of_the_decoders_inputs():
    plane = Plane(id="c", spec=CONDITIONAL, conditions=(("class", ("a", "b", "c")),))
    assert plane.latent == 4
    decoder = layers_of(unpack(pack(plane, [], run="r")))["decoder"]
    assert decoder["conditions"] == [["class", ["a", "b", "c"]]]
    assert decoder["z"] == [0, 0, 0, 0]


def test_reports_about_another_plane_are_left_out():
    said = {
        "rest": {"frame": 3, "run": "r", "scene": "p"},
        "hand": {"z": [0.25, -1.5], "labels": [2], "axes": [1, 0], "point": 7, "scene": "p"},
        "missing": {"have": 5, "run": "r"},
    }
    result = read(said, "p")
    np.testing.assert_array_equal(result.z, [0.25, -1.5])
    assert (result.labels, result.axes, result.point) == ((2,), (1, 0), 7)
    assert (result.frame, result.run, result.missing) == (3, "r", 5)
    stale = read(said, "q")
    assert (stale.z, stale.labels, stale.axes, stale.point, stale.frame, stale.run) == (None,) * 6
    assert read({}, "p").missing is None
