"""Temperatures of made spectra: ``python tests/benchmarks/planck_spectra.py``.

Twenty bodies from 300 K to 10,000 K, each a table of wavelengths and radiances with an error of 1 %; h, c and k_B are
given by name, and constants may be in K. Is a temperature found, how far is it off, in its own errors, and does its
95 % interval hold the truth?
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np

from symreg import Native, constant_intervals, make_problem, read_table
from symreg.discovery import discover
from symreg.search.backend import Budget

H, C, K_B = 6.62607015e-34, 299792458.0, 1.380649e-23
KELVIN = "K"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spectra", type=int, default=20)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    right = covered = off = 0
    for number, true in enumerate(np.geomspace(300.0, 10_000.0, options.spectra)):
        rng = np.random.default_rng(number)
        peak = 2.897771955e-3 / true
        wavelength = np.sort(rng.uniform(0.4, 4.0, options.rows)) * peak
        exact = 2 * H * C**2 / wavelength**5 / np.expm1(H * C / (wavelength * K_B * true))
        radiance = exact * (1 + options.noise * rng.standard_normal(options.rows))
        columns = {"wavelength [um]": wavelength * 1e6, "radiance [W/(m^2*sr*um)]": radiance * 1e-6}
        table = read_table(columns, target="radiance")
        problem = make_problem(table, constants=["h", "c", "k_B"], free_constants={"units": [KELVIN]})
        found = discover(problem, backend=Native(threads=1), budget=Budget(time=options.seconds))
        best = found.front.best
        kelvins = [one for one in best.constants if one.kind == "free" and one.unit.text == KELVIN]
        if len(kelvins) != 1:
            print(f"{true:9.1f} K  no temperature alone: {best.summary()}", flush=True)
            continue
        (interval,) = [one for one in constant_intervals(found.problem, best) if one.name == kelvins[0].name]
        value, error = kelvins[0].value, kelvins[0].stderr
        holds = interval.lower <= true <= interval.upper
        right, covered = right + (abs(value / true - 1) < 0.05), covered + holds
        off += abs(value / true - 1) >= 0.05
        print(f"{true:9.1f} K  {value:9.2f} ± {error:.2f} K, {abs(value - true) / error:4.1f} errors off, "
              f"{'holds' if holds else 'misses'}  {best.formula}", flush=True)  # fmt: skip
    print(f"of {options.spectra}: right {right}, off by more than 5 % {off}, interval holds the truth {covered}")


if __name__ == "__main__":
    main()
