"""Laws of nature out of tables with units, each under a budget of evaluations so that it comes out alike everywhere.

Recovered means: the selected law gives the true values on rows it has never seen, far from the training rows too, and
has just as many free constants as the law of nature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery, discover
from symreg.laws.law import Law
from symreg.problem.making import make_problem
from symreg.search.backend import Budget
from symreg.search.native.settings import Native
from symreg.tables.table import read_table

Columns = Mapping[str, tuple[float, float]]
C, G, H, K_B, EPSILON_0, R, SIGMA = (
    299792458.0, 6.67430e-11, 6.62607015e-34, 1.380649e-23, 8.8541878188e-12, 8.31446261815324, 5.670374419e-8,
)  # fmt: skip


@dataclass(frozen=True)
class Nature:
    """A law, the ranges of its columns in the units of their headers, and what is known beforehand."""

    columns: Columns
    target: str
    law: Callable[..., np.ndarray]
    n_free: int
    constants: Sequence[str] = ()
    free: str | Sequence[str] = "auto"
    noise: float = 0.0  # of the target's root mean square, as in SRBench
    n_rows: int = 200
    evaluations: int = 500_000
    tolerance: float = 1e-6
    options: Mapping[str, Any] = field(default_factory=dict)


LAWS: dict[str, Nature] = {
    "Kepler": Nature({"a [au]": (0.4, 30)}, "P [day]", lambda a: 365.256 * a**1.5, 1, n_rows=8),
    "Boyle": Nature(
        {"V [cm**3]": (10, 50)}, "p [kPa]", lambda v: 1410.0 / v, 1, noise=0.01, n_rows=25, tolerance=0.02,
    ),
    "ideal gas": Nature(
        {"n [mol]": (0.5, 3), "T [K]": (250, 400), "V [L]": (5, 50)}, "p [kPa]",
        lambda n, t, v: n * R * t / v, 0, constants=["R"], noise=0.02, tolerance=1e-5,
    ),
    "Hubble": Nature(
        {"D [Mpc]": (0.1, 2)}, "v [km/s]", lambda d: 470.0 * d, 1, noise=0.2, n_rows=40, tolerance=0.1,
    ),
    "hydrogen lines": Nature(
        {"m [1]": (1, 3), "n [1]": (4, 9)}, "wavelength [nm]",
        lambda m, n: 91.12670505824 / (1 / m**2 - 1 / n**2), 1, n_rows=30, free="inferred", evaluations=2_000_000,
    ),
    "pendulum": Nature(
        {"L [cm]": (20, 200), "m [g]": (10, 200)}, "T [s]", lambda x, m: 2 * np.pi * np.sqrt(x / 980.665), 0,
        constants=["g_n"], noise=0.005, n_rows=40, tolerance=1e-5,
    ),
    "Coulomb": Nature(
        {"q1 [e]": (1, 90), "q2 [e]": (1, 90), "r [pm]": (10, 500)}, "F [nN]",
        lambda a, b, r: a * b * 1.602176634e-19**2 / (4 * np.pi * EPSILON_0 * (r * 1e-12) ** 2) * 1e9, 0,
        constants=["epsilon_0"],
    ),
    "gravitation": Nature(
        {"m1 [kg]": (1e23, 1e26), "m2 [kg]": (1, 1000), "r [km]": (7_000, 400_000)}, "F [N]",
        lambda a, b, r: G * a * b / (r * 1e3) ** 2, 0, constants=["G"],
    ),
    "energy of fast particles, c known": Nature(
        {"m [MeV]": (0.5, 1000), "v [km/s]": (3e4, 2.9e5)}, "E [MeV]",
        lambda m, v: m / np.sqrt(1 - (v * 1e3 / C) ** 2), 0, constants=["c"],
        noise=0.1, n_rows=2000, evaluations=2_000_000, tolerance=1e-6,
    ),
    "energy of fast particles, c free": Nature(
        {"m [kg]": (1, 5), "v [km/s]": (3e4, 2.9e5)}, "E [J]",
        lambda m, v: m * C**2 / np.sqrt(1 - (v * 1e3 / C) ** 2), 1, free=["m/s"],
        noise=0.1, n_rows=2000, evaluations=3_000_000, tolerance=0.05,
    ),
    "Planck": Nature(
        {"nu [THz]": (50, 900), "T [K]": (2000, 7000)}, "B [W/m**2/Hz]",
        lambda nu, t: 2 * H * (nu * 1e12) ** 3 / C**2 / np.expm1(H * nu * 1e12 / (K_B * t)), 0,
        constants=["h", "c", "k_B"], evaluations=3_000_000,
    ),
    "lens": Nature({"g [cm]": (10, 80), "b [m]": (0.1, 0.9)}, "f [mm]", lambda g, b: 10 / (1 / g + 0.01 / b), 0),
    "Doppler": Nature(
        {"f0 [Hz]": (200, 2000), "u [m/s]": (320, 360), "v [km/h]": (-100, 100)}, "f [Hz]",
        lambda f, u, v: f / (1 - v / 3.6 / u), 0,
    ),
    "kinetic energy": Nature(
        {"m [kg]": (1, 5), "u [m/s]": (1, 4), "v [m/s]": (1, 4), "w [m/s]": (1, 4)}, "K [J]",
        lambda m, u, v, w: 0.5 * m * (u**2 + v**2 + w**2), 0, evaluations=3_000_000,
    ),
    "decay": Nature(
        {"N0 [1/cm**3]": (100, 900), "t [h]": (0.5, 20)}, "N [1/cm**3]", lambda n, t: n * np.exp(-0.13 * t), 1,
        free=["1/h"], evaluations=1_000_000,
    ),
    "radiation": Nature(
        {"A [cm**2]": (1, 20), "T [K]": (300, 3000)}, "P [W]", lambda a, t: SIGMA * a * 1e-4 * t**4, 0,
        constants=["sigma"], noise=0.05, tolerance=1e-5,
    ),
    "Nernst": Nature(
        {"T [K]": (270, 330), "a [mol/L]": (0.5, 9), "b [mol/L]": (0.1, 0.4)}, "U [mV]",
        lambda t, a, b: K_B * t / 1.602176634e-19 * np.log(a / b) * 1e3, 0, constants=["k_B", "e"],
    ),
}  # fmt: skip


def columns_of(nature: Nature, n_rows: int, seed: int, margin: float = 0.0) -> dict[str, np.ndarray]:
    """Random rows, evenly spread or evenly in the logarithm; ``margin`` widens the ranges a little."""
    rng = np.random.default_rng(seed)
    found = {}
    for header, (low, high) in nature.columns.items():
        if low > 0 and high / low > 10:
            values = np.exp(rng.uniform(np.log(low), np.log(high * (1 + margin)), n_rows))
        else:
            values = rng.uniform(low, high + margin * abs(high), n_rows)
        found[header] = np.round(values) if header in ("m [1]", "n [1]") else values
    return found


def discovery_of(nature: Nature) -> Discovery:
    columns = columns_of(nature, nature.n_rows, 1)
    y = nature.law(*columns.values())
    y = y + nature.noise * np.sqrt(np.mean(y**2)) * np.random.default_rng(2).normal(size=len(y))
    table = read_table(columns | {nature.target: y}, target=nature.target.split(" ")[0])
    problem = make_problem(table, constants=nature.constants, free_constants=nature.free, **nature.options)
    budget = Budget(time=None, evaluations=nature.evaluations)
    return discover(problem, backend=Native(threads=1), budget=budget)


def largest_error(nature: Nature, law: Law) -> float:
    """Largest relative error on new rows."""
    fresh = columns_of(nature, 200, 3, margin=0.02)
    wanted = nature.law(*fresh.values())
    found = law.predict({header.split(" ")[0]: values for header, values in fresh.items()})
    return float(np.max(np.abs(found - wanted) / np.abs(wanted)))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_recovered(name: str) -> None:
    nature = LAWS[name]
    front = discovery_of(nature).front
    best = front.best
    assert largest_error(nature, best) <= nature.tolerance, str(front)
    assert sum(constant.kind == "free" for constant in best.constants) == nature.n_free, str(front)
    assert all(law.dimension_ok for law in front)
