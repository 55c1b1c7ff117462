"""The soap bubble: where a Gaussian N(0, I) in d dimensions keeps its mass.

The radius r follows the chi law, whose mass gathers in a shell of width about 1 at sqrt(d), while the density is highest at
the origin, where nobody ever is. The cosine t between two draws has density proportional to (1 - t^2)^((d - 3) / 2).
All in logarithms where numbers are small, so that it holds up to d = 10,000 and beyond. Blum, Hopcroft and Kannan (2020),
chapter 2.
"""

import numpy as np
from scipy import special, stats


def mean_radius(d: int) -> float:
    """E[r] = sqrt 2 Gamma((d + 1) / 2) / Gamma(d / 2)."""
    return float(np.sqrt(2) * special.poch(d / 2, 0.5))


def radius_deviation(d: int) -> float:
    """The standard deviation of r, sqrt(d - E[r]^2): it tends to sqrt(1/2) as d grows, by its series from d = 1,000 on."""
    if d < 1000:
        return float(np.sqrt(d - mean_radius(d) ** 2))
    return float(np.sqrt(0.5 - 1 / (8 * d) - 1 / (16 * d**2)))


def shell(d: int, mass: float) -> tuple[float, float]:
    """The radii between which lies `mass` of the draws, as much left out below as above."""
    low, high = stats.chi.ppf([(1 - mass) / 2, (1 + mass) / 2], d)
    return float(low), float(high)


def log_mass_within(r: float, d: int) -> float:
    """log P(|x| < r), nats, for r^2 <= d + 2, by the series of the incomplete gamma function.

    P(a, s) = s^a e^-s / Gamma(a + 1) sum_k s^k / ((a + 1) ... (a + k)), a = d / 2, s = r^2 / 2
    """
    a, s = d / 2, r**2 / 2
    if s > a + 1:
        raise ValueError("The series is for radii within the shell: r^2 at most d + 2.")
    k = np.arange(1, 2000 + int(10 * np.sqrt(a)))
    tail = np.exp(np.cumsum(np.log(s) - np.log(a + k)))
    return float(a * np.log(s) - s - special.gammaln(a + 1) + np.log1p(tail.sum()))


def log_ball_in_cube(d: int) -> float:
    """log of the share of the cube [-1, 1]^d that the unit ball fills: pi^(d/2) / (2^d Gamma(d/2 + 1)), nats."""
    return float(d / 2 * np.log(np.pi) - special.gammaln(d / 2 + 1) - d * np.log(2))


def angle_within(delta: float, d: int) -> float:
    """P(the angle between two draws is within `delta` radians of a right one), d >= 2: I_(sin^2 delta)(1/2, (d - 1)/2)."""
    return float(special.betainc(0.5, (d - 1) / 2, np.sin(delta) ** 2))
