"""Which folders name classes and parts: by what varies, over nested, uneven and parted archives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.readers.pictures.folders import LEVELS, Folders, candidates, folders_of, naming, parts_of
from core.data.readers.pictures.read import parse_pictures
from tests.core.data.readers.pictures.test_read import GREY, pngs

CASES = {  # folders of the pictures, each three times -> the level that names the classes, and the classes
    "one level": (["cat", "dog"], "folder 1", {"cat", "dog"}),
    "below a root": (["all/cat", "all/dog"], "folder 2", {"cat", "dog"}),
    "nested": (["root/n01/images", "root/n02/images"], "folder 2", {"n01", "n02"}),
    "a year above": (["2020/cat", "2021/cat", "2020/dog"], "folder 2", {"cat", "dog"}),
    "general words": (["cat/images", "cat/masks", "dog/images"], "folder 1", {"cat", "dog"}),
    "general words alone": (["images", "masks"], "folder 1", {"images", "masks"}),
    "parts above": (["train/cat", "train/dog", "test/cat"], "folder 2", {"cat", "dog"}),
    "parts below": (["cat/train", "dog/train", "cat/test"], "folder 1", {"cat", "dog"}),
    "parts and images": (["d/Train/n01/images", "d/Test/n02/images"], "folder 3", {"n01", "n02"}),
    "uneven": (["all/cat", "all/dog", "all/sub/eel"], "innermost folder", {"cat", "dog", "eel"}),
    "deep": (["a/b/c/d/e/cat", "a/b/c/d/f/dog"], "innermost folder", {"cat", "dog"}),
    "constant": (["all/images"], None, None),
    "parts alone": (["train", "test"], None, None),
}


def paths(folders, times=3):
    return [folder.split("/") if folder else [] for folder in folders for _ in range(times)]


@pytest.mark.parametrize("case", CASES)
def test_the_level_that_names_the_classes(case):
    folders, wanted, names = CASES[case]
    found = folders_of(paths(folders))
    level = naming(found, 100)
    assert (None if level is None else LEVELS[level]) == wanted
    if level is not None:
        assert found.different(level) == names
        assert level in candidates(found)


def test_a_folder_for_each_picture_names_no_class_where_another_level_varies():
    found = folders_of(paths(["ill/p1", "ill/p2", "well/p3", "well/p4"], times=1))
    assert LEVELS[naming(found, 100)] == "folder 1"


def test_more_folders_than_classes_are_passed_over_where_another_level_is_left():
    found = folders_of(paths([f"{'ab'[i % 2]}/{i}" for i in range(9)]))
    assert [LEVELS[naming(found, most)] for most in (9, 8)] == ["folder 2", "folder 1"]
    assert LEVELS[naming(folders_of(paths(list("abc"))), 2)] == "folder 1"


PARTS = {
    "two": (["train/a", "test/a"], [0, 2]),
    "three": (["training/a", "valid/a", "testing/b"], [0, 1, 2]),
    "any case": (["x/TRAIN/a", "x/Validation/a"], [0, 1]),
    "train alone": (["train/a", "train/b"], None),
    "no train": (["val/a", "test/b"], None),
    "another folder beside": (["train/a", "test/a", "more/a"], None),
    "one lies outside": (["train", "test", ""], None),
    "second level": (["a/train", "b/test"], [0, 2]),
}


@pytest.mark.parametrize("case", PARTS)
def test_the_parts_that_folders_name(case):
    folders, wanted = PARTS[case]
    parts = parts_of(folders_of(paths(folders)))
    assert (None if parts is None else parts.tolist()) == (
        None if wanted is None else [p for p in wanted for _ in "123"]
    )


def test_pictures_without_folders_have_none():
    assert folders_of([[], []]) is None
    with pytest.raises(ValueError, match="no name"):
        Folders(("a",), np.array([[0, 0, 0, 0, 1]]))


def test_an_archive_is_read_with_its_classes_and_parts():
    raw = parse_pictures("a.zip", pngs(GREY, ["d/train/n01/images", "d/train/n02/images", "d/test/n01/images"] * 4))
    assert raw.classes == ("n01", "n02")
    assert raw.labels.tolist() == [0, 1, 0] * 4
    assert raw.parts.tolist() == [0, 0, 2] * 4


word = st.sampled_from(["cat", "dog", "train", "test", "images", "7", "eel"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.lists(word, max_size=6), min_size=1, max_size=12))
def test_whatever_the_folders_the_level_is_whole_and_varies(lists):
    found = folders_of(lists)
    if found is None:
        assert not any(lists)
        return
    level = naming(found, 100)
    for one in candidates(found):
        assert found.whole(one)
        assert len(found.different(one)) > 1
    assert level is None or level in candidates(found)
    if level is not None and level < 4:
        assert found.words(level) == [path[level] for path in lists]
    elif level is not None:
        assert found.words(level) == [path[-1] for path in lists]
