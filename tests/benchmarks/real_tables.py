"""What is found in measured tables, beside what the literature has: ``python tests/benchmarks/real_tables.py``.

Each table is searched as a newcomer would, with its file and the target's name alone (and for two the constants of
nature that their laws hold). The literature's form is fitted to all rows; a law has that form if its own constants, as
many at most, can be moved so that it gives the same values.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core is one core

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from symreg import Native, load_dataset, make_problem
from symreg.benchmark.forms.judge import constants_of_law
from symreg.discovery import discover
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.laws.law import Law
from symreg.problem.problem import Problem
from symreg.search.backend import Budget

Floats = npt.NDArray[np.float64]
SAME = 1e-5  # of the spread of the literature's values: of two forms that come nearer, the table tells nothing
FAR = (0.0, 0.03, 0.1, 0.3, 1.0)  # how far from their values constants start, in their logarithms


@dataclass(frozen=True)
class Known:
    """A table, its target and inputs, and forms of the literature with starts for their constants, in SI."""

    dataset: str
    target: str
    inputs: tuple[str, ...]
    forms: tuple[tuple[str, tuple[float, ...]], ...]
    constants: tuple[str, ...] = ()


KNOWN = (
    Known("boyle", "pressure", ("length",), (("k1/length", (29.0,)),)),
    Known("kepler", "period", ("semi_major_axis",), (("k1*semi_major_axis**(3/2)", (5e-10,)),)),
    Known("hubble_1929", "velocity", ("distance",), (("k1*distance", (1e-17,)),)),
    Known("hydrogen_lines", "wavelength", ("n_lower", "n_upper"), (("k1/(1/n_lower**2 - 1/n_upper**2)", (9e-8,)),)),
    Known("forbes_1857", "pressure", ("boiling_point",), (
        ("k1*exp(k2*boiling_point)", (1e-2, 0.037)), ("k1*exp(-k2/boiling_point)", (7e10, 5e3)))),
    Known("leavitt_1912", "magnitude_max", ("period",), (("k1 + k2*log(period)", (25.0, -0.9)),)),
    Known("tully_fisher", "absolute_magnitude", ("velocity_width",), (("k1 + k2*log(velocity_width)", (15.0, -3.0)),)),
    Known("puromycin", "rate", ("concentration",), (("k1*concentration/(k2 + concentration)", (0.06, 6e-8)),)),
    Known("langmuir", "loading", ("pressure",), (("k1*pressure/(k2 + pressure)", (1.1e-7, 1.7)),)),
    Known("titius_bode", "semi_major_axis", ("n",), (
        ("k1 + k2*2**n", (6e10, 4.5e10)), ("k1 + k2*k3**n", (6e10, 4.5e10, 2.0)))),
    Known("time_dilation", "fractional_shift", ("velocity",), (("k1*velocity**2", (-5.6e-18,)),)),
    # One adsorption of which NIST has four models: Misra1a, b, c and d.
    Known("nist_strd_misra1a", "volume", ("pressure",), (
        ("k1*(1 - exp(-k2*pressure))", (239.0, 5.5e-4)), ("k1*(1 - 1/(1 + k2*pressure/2)**2)", (338.0, 3.9e-4)),
        ("k1*(1 - 1/sqrt(1 + 2*k2*pressure))", (636.0, 2.1e-4)), ("k1*k2*pressure/(1 + k2*pressure)", (437.0, 3e-4)))),
    Known("nist_strd_eckerle4", "transmittance", ("wavelength",), (
        ("k1*exp(-((wavelength - k2)/k3)**2)", (0.38, 4.515e-7, 5.8e-9)),)),
    Known("nist_strd_chwirut2", "ultrasonic_response", ("metal_distance",), (
        ("exp(-k1*metal_distance)/(k2 + k3*metal_distance)", (0.167, 0.0052, 0.0122)),)),
    Known("firas", "spectral_radiance", ("wavenumber",), (
        ("2*h*c*wavenumber**3/(exp(h*c*wavenumber/(k_B*k1)) - 1)", (2.7,)),), ("h", "c", "k_B")),
    Known("exoplanets", "semi_major_axis", ("period", "stellar_mass"), (
        ("(k1*stellar_mass*period**2)**(1/3)", (1.7e-12,)),), ("G",)),
)  # fmt: skip


def columns_of(problem: Problem) -> tuple[dict[str, Floats], Floats]:
    """All columns and known constants by name, and the target, in SI."""
    columns = {name: problem.table[name].values for name in problem.inputs}
    return columns | {"pi": np.pi, **problem.known_values}, problem.target_column.values


def literature(known: Known, problem: Problem) -> list[tuple[Floats, int]]:
    """The values of each form fitted to all rows, and its number of constants."""
    columns, target = columns_of(problem)
    weights = 1.0 if problem.target_column.sigma is None else 1.0 / problem.target_column.sigma
    scale = np.sqrt(np.mean((target * weights) ** 2))
    found = []
    for text, starts in known.forms:
        names = [f"k{number}" for number in range(1, 1 + len(starts))]
        tree = parse(text, variables=problem.inputs, constants=[*names, *problem.known_values])
        sizes = np.array(starts)

        def values(by: Floats, tree=tree, names=names, sizes=sizes) -> Floats:  # type: ignore[no-untyped-def]
            leaves = columns | dict(zip(names, sizes * by, strict=True))
            return np.broadcast_to(evaluate_tree(tree, leaves), target.shape)

        fit = least_squares(lambda by: (values(by) - target) * weights / scale, np.ones(len(starts)), x_scale="jac")
        found.append((values(fit.x), len(starts)))
    return found


def has_form(law: Law, problem: Problem, wanted: Sequence[tuple[Floats, int]]) -> bool:
    """Whether the law gives one of these values with other constants."""
    columns, _ = columns_of(problem)
    free = [one for one in law.constants if one.kind == "free"]
    in_si = {one.name: float(one.unit.to_si(one.value)) for one in law.constants}
    sizes = np.array([in_si[one.name] for one in free])
    fixed = columns | {one.name: in_si[one.name] for one in law.constants if one.kind != "free"}

    def values(by: Floats) -> Floats:
        with np.errstate(all="ignore"):
            moved = {one.name: value for one, value in zip(free, sizes * by, strict=True)}
            found = evaluate_tree(law.expression, fixed | moved)
        return np.asarray(np.broadcast_to(found, wanted[0][0].shape))

    for goal, most in wanted:
        if constants_of_law(law) > most:
            continue
        for far in FAR:
            spread = np.std(goal)
            begin = np.exp(far * np.random.default_rng(0).standard_normal(len(free)))

            def left(by: Floats, goal: Floats = goal, spread: float = spread) -> Floats:
                return np.nan_to_num((values(by) - goal) / spread, nan=1e6, posinf=1e6, neginf=-1e6)

            by = least_squares(left, begin, x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15).x if free else begin
            if np.sqrt(np.mean(left(by) ** 2)) < SAME:
                return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--only", default="", help="these tables, with commas")
    options = parser.parse_args()
    counts = [0, 0, 0]
    for known in KNOWN:
        if options.only and known.dataset not in options.only.split(","):
            continue
        table = load_dataset(known.dataset)
        problem = make_problem(table, target=known.target, inputs=known.inputs, constants=known.constants)
        started = time.monotonic()
        found = discover(problem, backend=Native(threads=1), budget=Budget(time=options.seconds))
        wanted = literature(known, problem)
        best = found.front.best
        selected = has_form(best, problem, wanted)
        on_front = selected or any(has_form(law, problem, wanted) for law in found.front)
        counts = [counts[0] + 1, counts[1] + selected, counts[2] + on_front]
        word = "selected" if selected else "on the front" if on_front else "not found"
        seconds = time.monotonic() - started
        print(f"{known.dataset:20} {word:12} {seconds:5.1f} s  {best.formula}   [{known.forms[0][0]}]", flush=True)
    print(f"of {counts[0]} tables: selected {counts[1]}, on the front {counts[2]}")


if __name__ == "__main__":
    main()
