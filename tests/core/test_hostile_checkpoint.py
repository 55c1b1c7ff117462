"""Whatever is offered as a checkpoint and is not a sound one, of any family, is answered by one sentence."""

import json
import re
import struct
from dataclasses import replace

import numpy as np
import pytest

from core import checkpoint
from core.checkpoint import CheckpointError
from core.options import Choice, options
from tests.catalogue import EVERY, KEPT, corners, example, module, worded
from tests.core.kept import good, joined, parts

EACH = pytest.mark.parametrize("name", KEPT)
OTHER_ARRAYS = "missing or not wanted|should have the shape"


def text(name, string, told=False):
    """A string of a good header, as what it says."""
    return json.loads(parts(good(name, told))[0]["__metadata__"][string])


def altered(name, told=False, **strings):
    """A good file with some strings of its header replaced (None: left out)."""
    table, rest = parts(good(name, told))
    table["__metadata__"] |= {k: v if isinstance(v, str | None) else json.dumps(v) for k, v in strings.items()}
    table["__metadata__"] = {k: v for k, v in table["__metadata__"].items() if v is not None}
    return joined(table, rest)


def optioned(name, **changed):
    """With some options replaced."""
    return altered(name, config=text(name, "config") | changed)


def arrays(name):
    """(array, its entry) in the order of the bytes, those of more than one number."""
    table = parts(good(name))[0]
    entries = [(k, v) for k, v in table.items() if k != "__metadata__" and v["shape"] not in ([], [1])]
    return sorted(entries, key=lambda entry: entry[1]["data_offsets"])


def rewritten(name, **entry):
    """With the declaration of its last array replaced."""
    table, rest = parts(good(name))
    last = arrays(name)[-1][0]
    table[last] = {k: v for k, v in (table[last] | entry).items() if v is not None}
    return joined(table, rest)


def turned(name):
    """With the sides of an array of two or more exchanged."""
    table, rest = parts(good(name))
    wide = next(k for k, v in arrays(name) if len(set(v["shape"])) > 1)
    table[wide]["shape"] = table[wide]["shape"][::-1]
    return joined(table, rest)


def poisoned(name, value, at):
    """With one of its numbers replaced: the first (0) or the last (-4)."""
    table, rest = parts(good(name))
    cut = at % len(rest)
    return joined(table, rest[:cut] + struct.pack("<f", value) + rest[cut + 4 :])


def without(name):
    """Without its last array, nor its bytes."""
    table, rest = parts(good(name))
    last = max((k for k in table if k != "__metadata__"), key=lambda k: table[k]["data_offsets"])
    begin, _ = table.pop(last)["data_offsets"]
    return joined(table, rest[:begin])


def renamed(name):
    table, rest = parts(good(name))
    last = arrays(name)[-1][0]
    return joined({f"{k}s" if k == last else k: v for k, v in table.items()}, rest)


def added(name, more):
    """With one array more, of so many numbers."""
    table, rest = parts(good(name))
    entry = {"dtype": "F32", "shape": [more], "data_offsets": [len(rest), len(rest) + 4 * more]}
    return joined(table | {"x" * 500: entry}, rest + bytes(4 * more))


def another(name):
    """A sound checkpoint of another family."""
    return good(next(other for other in KEPT if other != name))


def plain(data):
    return lambda name: data


def head(data, rest=bytes(8)):
    return plain(struct.pack("<Q", len(data)) + data + rest)


def shaped(change):
    return lambda name: altered(name, shape=change(text(name, "shape")))


def classed(change, told=True):
    return lambda name: altered(name, told, classes=change(text(name, "classes", told)))


BAD = {  # what is offered, and a part of what is said
    "nothing": (plain(b""), "cut short"),
    "a few bytes": (plain(b"\x00" * 7), "cut short"),
    "zeros": (plain(bytes(100)), "not JSON"),
    "a picture": (plain(b"\x89PNG\r\n\x1a\n" + bytes(100)), "cut short"),
    "a pickle": (plain(b"\x80\x04\x95" + bytes(60)), "not a safetensors file"),
    "a zip": (plain(b"PK\x03\x04" + bytes(60)), "not a safetensors file"),
    "a header longer than the file": (plain(struct.pack("<Q", 2**60) + b"{}"), "cut short"),
    "a header of a megabyte": (head(b" " * (1 << 20)), "1,048,576 bytes"),
    "a header that is no JSON": (head(b"not json"), "not JSON"),
    "a header that is a list": (head(b"[1,2,3] "), "not a table"),
    "a header nested without end": (head(b"[" * 60_000), "not JSON"),
    "a header that is no text": (head(b"\xff" * 8), "not JSON"),
    "no metadata": (plain(joined({}, b"")), "says nothing of a model"),
    "metadata of numbers": (plain(joined({"__metadata__": {"format": 1}}, b"")), "says nothing of a model"),
    "another format": (lambda name: altered(name, format="generative-playground 99"), "version reads"),
    "an unknown model": (lambda name: altered(name, model="gan"), "nobody here knows"),
    "another family": (another, "is needed here"),
    "no seed": (lambda name: altered(name, seed=None), "says nothing of a model"),
    "a seed in words": (lambda name: altered(name, seed="one"), "cannot be read"),
    "metrics that are no table": (lambda name: altered(name, metrics=[1]), "damaged"),
    "metrics in words": (lambda name: altered(name, metrics={"a": "b"}), "cannot be read"),
    "options that are no table": (lambda name: altered(name, config=3), "damaged"),
    "options that are no JSON": (lambda name: altered(name, config="{"), "cannot be read"),
    "an unknown option": (lambda name: optioned(name, deepest=3), "'deepest', which nobody here knows"),
    "a shape that is no list": (lambda name: altered(name, shape=4), "damaged"),
    "a shape in words": (shaped(lambda s: ["two", *s[1:]]), "damaged"),
    "a shape of halves": (shaped(lambda s: [s[0] + 0.5, *s[1:]]), "damaged"),
    "a shape of truths": (shaped(lambda s: [True, *s[1:]]), "damaged"),
    "a shape of many numbers": (shaped(lambda s: [1] * 17), "damaged"),
    "a shape of no numbers": (shaped(lambda s: []), None),
    "a shape of one number more": (shaped(lambda s: [*s, 4]), None),
    "a shape of one number fewer": (shaped(lambda s: s[:-1]), None),
    "an endless shape": (shaped(lambda s: [10**6] * len(s)), None),
    "an endless first side": (shaped(lambda s: [10**6, *s[1:]]), None),
    "a negative shape": (shaped(lambda s: [*s[:-1], -s[-1]]), None),
    "an empty shape": (shaped(lambda s: [*s[:-1], 0]), None),
    "another first side": (shaped(lambda s: [s[0] + 2, *s[1:]]), None),
    "classes that are no list": (classed(lambda c: 2), "damaged"),
    "classes in words": (classed(lambda c: ["two"]), "damaged"),
    "endless classes": (classed(lambda c: [10**9, *c[1:]]), None),
    "negative classes": (classed(lambda c: [*c[:-1], -c[-1]]), None),
    "one class more": (classed(lambda c: [*c[:-1], c[-1] + 1]), OTHER_ARRAYS),
    "classes without weights": (classed(lambda c: [*c, 3], False), None),
    "a header that begins too late": (lambda name: good(name)[1:], None),
    "cut short": (lambda name: good(name)[:-5], "cannot be read"),
    "cut in half": (lambda name: good(name)[: len(good(name)) // 2], None),
    "cut in the header": (lambda name: good(name)[:50], "cut short"),
    "bytes too many": (lambda name: good(name) + b"more", "cannot be read"),
    "a first number that is none": (lambda name: poisoned(name, np.nan, 0), "not finite"),
    "a last number that is none": (lambda name: poisoned(name, np.nan, -4), "not finite"),
    "infinity": (lambda name: poisoned(name, -np.inf, -4), "not finite"),
    "whole numbers": (lambda name: rewritten(name, dtype="I32"), "16- or 32-bit"),
    "long numbers": (lambda name: rewritten(name, dtype="F64"), "16- or 32-bit"),
    "a dtype nobody knows": (lambda name: rewritten(name, dtype="X7"), "16- or 32-bit"),
    "no dtype": (lambda name: rewritten(name, dtype=None), "16- or 32-bit"),
    "a dtype half as long": (lambda name: rewritten(name, dtype="F16"), "cannot be read"),
    "a turned array": (turned, "should have the shape"),
    "an array of one number more": (lambda name: rewritten(name, shape=[10**3 + 1]), "should have the shape"),
    "an array of 2^60": (lambda name: rewritten(name, shape=[2**60]), "should have the shape"),
    "an array without a shape": (lambda name: rewritten(name, shape=None), "should have the shape"),
    "overlapping arrays": (lambda name: rewritten(name, data_offsets=arrays(name)[0][1]["data_offsets"]), None),
    "an array beyond the file": (lambda name: rewritten(name, data_offsets=[0, 10**9]), "cannot be read"),
    "an array that ends before it begins": (lambda name: rewritten(name, data_offsets=[64, 0]), "cannot be read"),
    "an array that begins before the file": (lambda name: rewritten(name, data_offsets=[-4, 0]), "cannot be read"),
    "an array that is nowhere": (lambda name: rewritten(name, data_offsets=None), "cannot be read"),
    "an array that is a list": (
        lambda name: joined(parts(good(name))[0] | {arrays(name)[0][0]: [1]}, parts(good(name))[1]),
        "16- or 32-bit",
    ),
    "an array missing": (without, "missing or not wanted"),
    "an array of another name": (renamed, "missing or not wanted"),
    "an empty array too many": (lambda name: added(name, 0), "missing or not wanted"),
    "an array too many": (lambda name: added(name, 3), "missing or not wanted"),
}


@EACH
@pytest.mark.parametrize("case", BAD)
def test_what_is_no_sound_checkpoint_is_refused_by_one_sentence(name, case):
    made, said = BAD[case]
    with pytest.raises(CheckpointError, match=said) as told:
        checkpoint.load(made(name), name)
    assert re.fullmatch(r"[A-Z][^\n]{19,280}\.", str(told.value)), told.value


@EACH
def test_every_option_is_held_to_its_declaration(name):
    for option in options(type(example(name)[0])):
        spec = option.spec
        for value in ("none",) if isinstance(spec, Choice) else map(option.kind, (spec.high + 1, spec.low - 1)):
            with pytest.raises(CheckpointError, match=re.escape(spec.label)):
                checkpoint.load(optioned(name, **{option.name: value}), name)
        for value in ("wide", [1], None):
            with pytest.raises(CheckpointError, match=r"^[A-Z][^\n]+\.$"):
                checkpoint.load(optioned(name, **{option.name: value}), name)


@EACH
def test_a_header_that_asks_for_another_network_is_refused_before_it_is_made(name):
    """The largest among them, over arrays of the small one, would take longer to make than all of this."""
    usual, refused = example(name)[0], []
    strings = parts(good(name))[0]["__metadata__"]
    shapes = {k: tuple(entry["shape"]) for k, entry in arrays(name)}
    for corner in corners(name):
        try:
            config = replace(usual, **corner)
        except ValueError:  # not by itself
            continue
        form = module(name).form(config, tuple(text(name, "shape")), tuple(text(name, "classes")), strings)
        if {k: shape for k, shape in form.shapes.items() if shape not in ((), (1,))} != shapes:
            refused.append(worded(corner))
            with pytest.raises(CheckpointError, match=OTHER_ARRAYS):
                checkpoint.load(optioned(name, **corner), name)
    assert len(refused) > 1


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(checkpoint, "MOST", 1000)
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("the header was read"))
    with pytest.raises(CheckpointError, match="at most"):
        checkpoint.load(bytes(1001), KEPT[0])


@pytest.mark.parametrize("kind", sorted(set(EVERY) - set(KEPT)))
def test_a_model_without_a_network_is_not_read_from_a_file(kind):
    with pytest.raises(CheckpointError, match=r"not kept in files\.$"):
        checkpoint.load(altered(KEPT[0], model=kind), kind)
