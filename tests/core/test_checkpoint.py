"""A checkpoint comes back as it went; whatever else is offered as one is answered by a sentence."""

import json
import re
import struct

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.key import Key
from core.vae import fit
from tests.core.vae.tiny_vae import last, spots, trained


def whole():
    return Checkpoint(trained(), "spots", "0123456789ab", 3, 30, {"validation": -11.25})


def parts(data):
    """The header's table and the bytes after it."""
    n = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + n]), data[8 + n :]


def joined(table, rest):
    header = json.dumps(table).encode()
    return struct.pack("<Q", len(header)) + header + rest


def altered(**strings):
    """The bytes of a good checkpoint with some strings of its header replaced (None: left out)."""
    table, rest = parts(checkpoint.save(whole()))
    table["__metadata__"] |= strings
    table["__metadata__"] = {k: v for k, v in table["__metadata__"].items() if v is not None}
    return joined(table, rest)


def optioned(**options):
    config = json.loads(parts(checkpoint.save(whole()))[0]["__metadata__"]["config"]) | options
    return altered(config=json.dumps(config))


def rewritten(name, **entry):
    """The bytes with the declaration of one array replaced."""
    table, rest = parts(checkpoint.save(whole()))
    table[name] = table[name] | entry
    return joined(table, rest)


def poisoned(value):
    """The bytes with one number of the data replaced."""
    table, rest = parts(checkpoint.save(whole()))
    return joined(table, struct.pack("<f", value) + rest[4:])


@pytest.mark.parametrize("half", [False, True])
def test_a_model_comes_back_as_it_went(half):
    held = whole()
    back = checkpoint.load(checkpoint.save(held, half=half))
    assert (back.dataset, back.digest, back.seed, back.steps, dict(back.metrics)) == (
        "spots", "0123456789ab", 3, 30, {"validation": -11.25}
    )  # fmt: skip
    assert back.model.config == held.model.config
    assert back.model.shape == held.model.shape
    x = spots(5)[0]
    for a, b in zip(back.model.encode(x), held.model.encode(x), strict=True):
        assert np.allclose(a, b, atol=5e-2 if half else 0)
    if not half:
        assert all(np.array_equal(back.model.weights[k], held.model.weights[k]) for k in held.model.weights)
        assert np.array_equal(back.model.sample(5, Key(1)), held.model.sample(5, Key(1)))


@pytest.mark.parametrize(
    "kind", [{"architecture": "conv"}, {"likelihood": "gaussian"}, {"likelihood": "logistic"}], ids=str
)
def test_every_kind_of_model_comes_back(kind):
    labels = np.arange(40)[:, None] % 3
    config = fit.Config(**{"width": 16, "epochs": 1, "levels": 5} | kind)
    model = last(fit.fit(config, spots(40, side=8)[0], Key(0), labels=labels)).state
    back = checkpoint.load(checkpoint.save(Checkpoint(model))).model
    assert back.classes == (3,)
    assert all(np.array_equal(back.weights[k], model.weights[k]) for k in model.weights)


def test_a_loaded_model_can_be_trained_on():
    model = checkpoint.load(checkpoint.save(whole())).model
    assert last(fit.fit(fit.Config(**vars(model.config) | {"epochs": 1}), spots()[0], Key(0), start=model)).index == 1


def test_the_same_model_gives_the_same_bytes():
    assert checkpoint.save(whole()) == checkpoint.save(whole())


def test_the_header_tells_where_it_is_from():
    strings = parts(checkpoint.save(whole()))[0]["__metadata__"]
    assert set(checkpoint.STRINGS) == set(strings)
    assert "numpy" in strings["versions"]


def test_half_precision_is_half_the_size_and_leaves_pictures_the_same():
    z = Key(0).generator().normal(size=(200, 2))
    full, half = (len(checkpoint.save(whole(), half=h)) for h in (False, True))
    assert half < 0.6 * full + 2000
    assert checkpoint.same(whole(), z)
    far = {name: np.array(value) for name, value in trained().weights.items()}
    far["decoder.0.bias"] += 1000  # what follows takes it off again, but 16 bits cannot hold both
    far["decoder.1.bias"] -= 1000 * far["decoder.1.weight"].sum(axis=1)
    assert not checkpoint.same(Checkpoint(fit.VAE(trained().config, (1, 4, 4), (), far)), z)


BAD = {
    "nothing": b"",
    "a few bytes": b"\x00" * 7,
    "zeros": bytes(100),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a pickle": b"\x80\x04\x95" + bytes(60),
    "a zip": b"PK\x03\x04" + bytes(60),
    "a header longer than the file": struct.pack("<Q", 2**60) + b"{}",
    "a header of a megabyte": struct.pack("<Q", 1 << 20) + b" " * (1 << 20) + bytes(10),
    "a header that is no JSON": struct.pack("<Q", 8) + b"not json" + bytes(8),
    "a header that is a list": struct.pack("<Q", 8) + b"[1,2,3] " + bytes(8),
    "a header nested without end": struct.pack("<Q", 60_000) + b"[" * 60_000 + bytes(8),
    "a header that is no text": struct.pack("<Q", 8) + b"\xff" * 8 + bytes(8),
    "no metadata": lambda: joined({}, b""),
    "metadata of numbers": lambda: joined({"__metadata__": {"format": 1}}, b""),
    "another format": lambda: altered(format="generative-playground 99"),
    "an unknown model": lambda: altered(model="gan"),
    "no seed": lambda: altered(seed=None),
    "a seed in words": lambda: altered(seed="one"),
    "metrics that are no table": lambda: altered(metrics="[1]"),
    "metrics in words": lambda: altered(metrics='{"a": "b"}'),
    "a config that is no table": lambda: altered(config="3"),
    "a config that is no JSON": lambda: altered(config="{"),
    "an unknown option": lambda: optioned(depth=3),
    "an option outside its range": lambda: optioned(latent=999),
    "an option of another type": lambda: optioned(width="wide"),
    "an option that is a list": lambda: optioned(likelihood=["gaussian"]),
    "another architecture": lambda: optioned(architecture="conv"),
    "more latent dimensions than weights": lambda: optioned(latent=3),
    "a shape of two numbers": lambda: altered(shape="[4, 4]"),
    "a shape of halves": lambda: altered(shape="[1, 4.5, 4]"),
    "a shape of truths": lambda: altered(shape="[true, 4, 4]"),
    "an endless shape": lambda: altered(shape="[1, 1000000, 1000000]"),
    "a negative shape": lambda: altered(shape="[1, -4, 4]"),
    "an empty shape": lambda: altered(shape="[1, 0, 4]"),
    "endless classes": lambda: altered(classes="[1000000000]"),
    "classes without weights": lambda: altered(classes="[3]"),
    "cut short": lambda: checkpoint.save(whole())[:-5],
    "cut in the header": lambda: checkpoint.save(whole())[:50],
    "bytes too many": lambda: checkpoint.save(whole()) + b"more",
    "not a number": lambda: poisoned(float("nan")),
    "infinity": lambda: poisoned(float("inf")),
    "whole numbers": lambda: rewritten("decoder.0.bias", dtype="I32"),
    "a dtype nobody knows": lambda: rewritten("decoder.0.bias", dtype="X7"),
    "a wrong shape": lambda: rewritten("decoder.0.bias", shape=[4, 8]),
    "a shape of 2^60": lambda: rewritten("decoder.0.bias", shape=[2**60]),
    "overlapping arrays": lambda: rewritten("head.0.bias", data_offsets=[0, 128]),
    "an array that is a list": lambda: joined(parts(checkpoint.save(whole()))[0] | {"decoder.0.bias": [1]}, b""),
    "an array too many": lambda: joined(
        parts(checkpoint.save(whole()))[0] | {"x" * 500: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}, b""
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sound_checkpoint_is_refused_by_one_sentence(name):
    data = BAD[name] if isinstance(BAD[name], bytes) else BAD[name]()
    with pytest.raises(CheckpointError) as told:
        checkpoint.load(data)
    text = str(told.value)
    assert re.fullmatch(r"[A-Z][^\n]{19,280}\.", text), text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a header of a megabyte", "1,048,576 bytes"),
        ("a wrong shape", "should have the shape"),
        ("whole numbers", "16- or 32-bit"),
        ("an endless shape", "too large"),
        ("endless classes", "1,000 classes"),
        ("an option outside its range", "Latent dimensions"),
        ("another format", "version reads"),
        ("not a number", "not finite"),
    ],
)
def test_the_sentence_names_what_is_wrong(name, said):
    with pytest.raises(CheckpointError, match=said):
        checkpoint.load(BAD[name] if isinstance(BAD[name], bytes) else BAD[name]())


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(checkpoint, "MOST", 1000)
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("the header was read"))
    with pytest.raises(CheckpointError, match="at most"):
        checkpoint.load(bytes(1001))


def test_the_networks_are_not_built_before_their_arrays_are_declared():
    """A header that asks for the largest networks there are, over no data, is refused at once."""
    data = optioned(width=1024, layers=4, latent=16)
    with pytest.raises(CheckpointError, match="missing or not wanted|should have the shape"):
        checkpoint.load(data)
