"""What every page gives a person to take home."""

import io

import numpy as np
import pytest
from PIL import Image

from playground.shown import files


@pytest.mark.parametrize("name", ["x", "waiting (min)", "a=b", "'=1", "é"])
def test_other_names_stay_as_they_are(name):
    assert files.safe(name) == name


def test_a_script_gets_the_imports_that_it_needs_and_no_others():
    lines = ['dataset = builtin.load("faithful")', "key = Key(0)", "print(np.sqrt(2), model.read(1), picture_clinic.x)"]
    made = files.script(lines, {"gmm.": "from core.mixture import gmm", "print(": "import json"})
    assert made.splitlines()[:8] == [
        "import json", "", "import numpy as np", "", "from core.data import builtin",
        "from core.data import picture_clinic", "from core.key import Key", "",
    ]  # fmt: skip
    assert made.endswith("picture_clinic.x)\n")


def test_every_import_of_the_house_is_one():
    for line in files.IMPORTS.values():
        exec(line, {})


def test_a_sheet_shows_every_picture_in_crisp_squares():
    x = np.arange(5 * 4).reshape(5, 1, 2, 2) / 20
    found = np.array(Image.open(io.BytesIO(files.sheet(x, 3))))
    times = found.shape[0] // 7  # two rows of two pixels, one pixel of ground around each
    small = found[::times, ::times]
    assert (found == small.repeat(times, axis=0).repeat(times, axis=1)).all()
    assert small[1:3, 4:6].tolist() == np.rint(255 * x[1, 0]).astype(int).tolist()
