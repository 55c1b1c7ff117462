"""At which times a painter's examples are looked at: evenly in t, in the angle atan(sigma / alpha), or in log-SNR."""

import numpy as np
from jaxtyping import Float

from core.diffusion.noise.schedule import Schedule

NODES = 4097  # of the table from level to time


def times_by_level(s: Schedule, even: str) -> Float[np.ndarray, " m"]:
    """The times at even levels from 0 to 1, within the schedule's span; `even` is one of `core.diffusion.config.TIMES`."""
    first, last = s.span
    t = np.linspace(first, last, NODES)
    if even == "even in t":
        return t
    near = (last - first) * np.geomspace(1e-7, 1, NODES)
    fine = np.unique(np.concatenate([t, first + near, last - near]))
    level = s.angle(fine) if even == "even in angle" else -s.log_snr(fine)
    return np.interp(np.linspace(level[0], level[-1], NODES), level, fine)
