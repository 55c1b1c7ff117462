"""What is read back from a stage in the browser."""

import base64
import struct

import numpy as np

from playground.instruments.stage.component import read


def test_reports_about_another_scene_are_left_out():
    points = struct.pack("<4H", 0, 0, 4095, 4095) + bytes([0, 2])
    said = {
        "rest": {"frame": 3, "run": "r", "scene": "s"},
        "hands": {"xy": [[0.25, -0.5]], "scene": "s"},
        "drawn": {"points": base64.b64encode(points).decode(), "scene": "s"},
        "missing": {"have": 5, "run": "r"},
    }
    result = read(said, "s")
    assert (result.frame, result.run, result.missing) == (3, "r", 5)
    np.testing.assert_array_equal(result.handles, [[0.25, -0.5]])
    np.testing.assert_allclose(result.drawn[0], [[0, 0], [1, 1]])
    np.testing.assert_array_equal(result.drawn[1], [0, 2])
    stale = read({name: {**value, "scene": "other"} for name, value in said.items()}, "s")
    assert (stale.frame, stale.handles, stale.drawn, stale.run) == (None, None, None, None)
    assert read({}, "s").frame is None
