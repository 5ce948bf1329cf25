"""Tables of 120 columns as people make them of materials: ``python tests/benchmarks/many_features.py``.

Real tables get false columns beside their own: all columns once more, and again, each time with the rows in another
order, so that the false ones have the values of real ones and go together as these do, and tell nothing of the target.

- ``elastic``: Poisson's ratio of 1,181 crystals by the averages of their elastic constants; the law is known.
- ``dielectric``: made by Penn's model, ``eps = 1 + (E_plasma/E_gap)**2``, with noise of 1 %, among columns of many
  units.
- ``octets``: of nine properties of both elements of 82 octet binaries the values, mean, difference, larger and smaller
  ones, as programs make features of compositions; descriptors of the energy of rocksalt less that of zincblende.
- ``perovskites``: charges and radii of 576 compounds; a threshold that tells perovskites from others.

A line each: columns, how many entered, how many of those that are vouched for are real and false, seconds of the clock
and of the processor, peak memory, and what was found. Each runs in a process of its own, on one thread.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import symreg as sr

Floats = npt.NDArray[np.float64]
Columns = dict[str, Floats]
Units = dict[str, str]

COLUMNS = 120
SECONDS = 20.0
PROPERTIES = ("Z", "period", "IP", "EA", "E_HOMO", "E_LUMO", "r_s", "r_p", "r_d")
IONS = ("nA", "nB", "nX", "rA", "rB", "rX")
OTHER_UNITS = ("eV", "1/m**3", "kg", "m", "K", "1", "GPa", "J/K", "m**3", "kg/m**3")


def with_false_ones(columns: Columns, units: Units, seed: int = 0) -> tuple[Columns, Units]:
    """The columns, and as many false ones as there is room for."""
    rng, found, own = np.random.default_rng(seed), dict(columns), dict(units)
    while len(found) < COLUMNS:
        order = rng.permutation(len(next(iter(columns.values()))))
        for name, values in columns.items():
            if len(found) < COLUMNS:
                label = f"false{len(found)}_{name}"
                found[label], own[label] = values[order], units[name]
    return found, own


def of_dataset(name: str, target: str, wanted: list[str] | None = None) -> tuple[Columns, Units, Floats]:
    """Columns of a dataset in the units of its file, and the target."""
    table = sr.load_dataset(name)
    names = [one.name for one in table.columns if one.name != target and (wanted is None or one.name in wanted)]
    columns = {one: np.asarray(table[one].user_values, dtype=np.float64) for one in names}
    units = {one: table[one].unit.text for one in [*names, target]}
    return columns, units, np.asarray(table[target].user_values, dtype=np.float64)


def octet_features() -> tuple[Columns, Units, Floats]:
    """Nine properties of both elements, and what is made of each pair."""
    columns, units, target = of_dataset("octet_binaries", "delta_E_RS_minus_ZB")
    found: Columns = {}
    own: Units = {"delta_E_RS_minus_ZB": units["delta_E_RS_minus_ZB"]}
    for name in PROPERTIES:
        a, b, unit = columns[f"{name}_A"], columns[f"{name}_B"], units[f"{name}_A"]
        made = {"A": a, "B": b, "mean": (a + b) / 2, "range": np.abs(a - b), "max": np.maximum(a, b),
                "min": np.minimum(a, b)}  # fmt: skip
        found |= {f"{name}_{kind}": values for kind, values in made.items()}
        own |= {f"{name}_{kind}": unit for kind in made}
    return found, own, target


def searched(columns: Columns, units: Units, target: str, y: Floats) -> dict[str, Any]:
    """A law of these columns."""
    table = sr.read_table({**columns, target: y}, target=target, units=units)
    found = sr.discover(sr.make_problem(table), budget=sr.Budget(time=SECONDS), backend=sr.Native(threads=1))
    r2 = found.front.best.held_out.r2
    return {"screening": found.screening, "found": f"{found.front.best.formula} (R2 {r2:.5f})"}


def elastic() -> dict[str, Any]:
    columns, units, y = of_dataset("elastic_constants", "poisson_ratio")
    return searched(*with_false_ones(columns, units), "poisson_ratio", y)


def dielectric() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    names = ["E_plasma", "E_gap", *(f"p{place}" for place in range(28))]
    columns = {name: rng.lognormal(0.0, 0.5, 300) for name in names}
    units = {name: OTHER_UNITS[place % len(OTHER_UNITS)] for place, name in enumerate(names)}
    units |= {"E_gap": "eV", "eps": "1"}
    y = 1 + (columns["E_plasma"] / columns["E_gap"]) ** 2
    return searched(*with_false_ones(columns, units), "eps", y * (1 + 0.01 * rng.normal(size=300)))


def octets() -> dict[str, Any]:
    import pandas as pd

    columns, units, y = octet_features()
    columns, units = with_false_ones(columns, units)
    model = sr.DescriptorRegressor(units=units, n_descriptors=2, max_complexity=5, time_limit=SECONDS)
    model.fit(pd.DataFrame(columns), pd.Series(y, name="delta_E_RS_minus_ZB"))
    best, features = model.best_, model.front_.n_features
    said = f"{best.law.formula} (training RMSE {best.train.rmse:.4f} eV, {features:,} features)"
    return {"screening": model.screening_, "found": said}


def perovskites() -> dict[str, Any]:
    import pandas as pd

    columns, units, y = of_dataset("perovskites", "exp_label", list(IONS))
    columns, units = with_false_ones(columns, {**units, "exp_label": "1"})
    model = sr.DescriptorClassifier(units=units, max_complexity=5, time_limit=SECONDS)
    model.fit(pd.DataFrame(columns), pd.Series(y, name="exp_label"))
    return {"screening": model.screening_, "found": f"{model.best_.rule()} (tells {model.best_.accuracy:.3f})"}


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "elastic": elastic, "dielectric": dielectric, "octets": octets, "perovskites": perovskites,
}  # fmt: skip


def one(case: str) -> None:
    """Run a case in this process, and print what it took as JSON."""
    warnings.simplefilter("ignore")
    began, spent = time.monotonic(), time.process_time()
    done = CASES[case]()
    screening = done["screening"]
    vouched = screening.of("vouched for")
    print(json.dumps({
        "columns": len(screening.columns), "entered": len(screening.entered),
        "false": sum(name.startswith("false") for name in vouched), "vouched": len(vouched),
        "clock": time.monotonic() - began, "processor": time.process_time() - spent,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "found": done["found"],
        "why": screening.none_because,
    }))  # fmt: skip


def main() -> None:
    """Each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one)
        return
    print(f"{'table':<12} {'columns':>7} {'entered':>7} {'real':>5} {'false':>5} {'clock s':>8} {'cpu s':>6} "
          f"{'MB':>5}  found")  # fmt: skip
    for case in given.cases:
        done = subprocess.run(
            [sys.executable, __file__, "--one", case], capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"{case:<12} {found['columns']:>7} {found['entered']:>7} {found['vouched'] - found['false']:>5} "
              f"{found['false']:>5} {found['clock']:>8.1f} {found['processor']:>6.1f} {found['memory']:>5.0f}  "
              f"{found['found']} {found['why']}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
