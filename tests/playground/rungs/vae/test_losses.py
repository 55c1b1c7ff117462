"""The losses of a training, and of the run it left."""

import numpy as np

from core.process import Step
from playground.rungs.vae import losses
from tests.playground.rungs.vae import sets


def steps(n):
    means = np.zeros((3, 2))
    history = [[i, 5.0 - i, 4.0 - i, 1.0, np.nan, 1.0] for i in range(n)]
    arrays = [{"means": means, "rows": np.arange(3), "history": np.array(history[: i + 1])} for i in range(n)]
    return [Step(i, sets.model(), arrays=arrays[i]) for i in range(n)]


def test_a_fork_is_drawn_where_it_left_the_run_it_came_from():
    kept, now = steps(6), steps(3)
    charts = losses.charts((now[-1], 4), (kept[-1], 0), now[1], 10, False)
    chart = charts["KL"].to_dict()
    tables = list(chart["datasets"].values())
    epochs = sorted([[row["epoch"] for row in table] for table in tables], key=len)
    assert epochs == [[5], [4, 5, 6], [0, 1, 2, 3, 4, 5]], "the frame on show, the fork, the kept run"
    assert chart["title"]["text"] == "KL, 1.00 at epoch 5"
    assert charts["Reconstruction loss"].to_dict()["title"]["text"].endswith(", 3.00 at epoch 5")
    assert chart["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 14]
