"""Held-out R² on ten tables without units, beside pyoperon and gplearn at equal time:

    python tests/benchmarks/held_out.py --seconds 10

Every method gets the same rows to learn from, the same seconds of wall time and one thread, and is judged on the same
rows that it never saw (symreg holds out a quarter of what it learns from, for itself). A prediction that is not finite
counts as the mean of the training targets. Libraries that are not installed are named and left out. On a busy machine
every method does less.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

from symreg import Budget, Native, SymbolicRegressor
from symreg.benchmark.run import load_set
from symreg.benchmark.sampling import sample_problem

ROWS = 1000
TEST_FRACTION = 0.25
OPERON_SYMBOLS = "add,sub,mul,div,sqrt,square,exp,log,sin,cos,tanh,constant,variable"
GPLEARN_FUNCTIONS = ("add", "sub", "mul", "div", "sqrt", "log", "sin", "cos")
FEYNMAN = ("I.18.4", "I.37.4", "III.9.52")  # sums in a ratio, a root in a sum, a peak
# The certified values of two of NIST's Statistical Reference Datasets: rows are drawn from the certified law.
GAUSS1 = (98.77821, 0.01049728, 100.4899, 67.48111, 23.12977, 71.99450, 178.9981, 18.38939)
HAHN1 = (1.077635, -0.1226930, 4.086375e-3, -1.426266e-6, -5.760994e-3, 2.405374e-4, -1.231445e-7)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Inputs ``(n_rows, n_inputs)`` and target ``(n_rows,)``."""

    name: str
    X: np.ndarray
    y: np.ndarray


def tables() -> Iterator[Table]:
    """The ten tables; the same every time."""
    rng = np.random.default_rng(0)
    yield Table("diabetes", *datasets.load_diabetes(return_X_y=True))
    yield Table("housing", *_housing(rng))
    for name, make in (("friedman1", datasets.make_friedman1), ("friedman2", datasets.make_friedman2),
                       ("friedman3", datasets.make_friedman3)):  # fmt: skip
        X, y = make(n_samples=ROWS, random_state=0)
        yield Table(name, X, y + 0.1 * y.std() * rng.normal(size=ROWS))
    x = np.arange(1.0, 251.0)
    b = GAUSS1
    peaks = b[2] * np.exp(-(((x - b[3]) / b[4]) ** 2)) + b[5] * np.exp(-(((x - b[6]) / b[7]) ** 2))
    yield Table("nist gauss1", x[:, None], b[0] * np.exp(-b[1] * x) + peaks + 2.5 * rng.normal(size=x.size))
    x = np.sort(rng.uniform(14, 851, 236))
    b = HAHN1
    ratio = np.polyval(b[3::-1], x) / np.polyval((*b[:3:-1], 1.0), x)
    yield Table("nist hahn1", x[:, None], ratio + 0.08 * rng.normal(size=x.size))
    problems = {one.id: one for one in load_set("feynman")}
    for name in FEYNMAN:
        sample = sample_problem(problems[name], rows=ROWS, noise=0.1, units=False)
        columns = [column for column in sample.train.names if column != sample.train.target]
        X = np.stack([sample.train[column].values for column in columns], axis=1)
        yield Table(name, X, np.array(sample.train[str(sample.train.target)].values))


def _housing(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Made like the houses of California: income, age, rooms, occupants and a place near two cities by a coast."""
    income, age = rng.lognormal(1.2, 0.45, ROWS), rng.uniform(1, 52, ROWS)
    rooms, occupants = rng.lognormal(1.65, 0.3, ROWS), rng.lognormal(1.05, 0.3, ROWS)
    east, north = rng.uniform(0, 8, ROWS), rng.uniform(0, 9, ROWS)
    cities = sum(a * np.exp(-np.hypot(east - x, north - y) / 1.2) for a, x, y in ((1.4, 1.6, 5.8), (1.1, 5.0, 1.6)))
    value = 0.55 * income**0.9 + 0.006 * age + 0.25 * np.log(rooms / occupants) + cities - 0.08 * east
    return np.stack([income, age, rooms, occupants, east, north], axis=1), value + 0.35 * rng.normal(size=ROWS)


Predict = Callable[[np.ndarray], np.ndarray]
Found = list[tuple[Predict, str]]  # how to predict, and the formula


def symreg_with(without: tuple[str, ...]) -> Callable[[np.ndarray, np.ndarray, float], Found]:
    """symreg on one thread, parts of its search switched off: the law it selects, and the one of its front that does
    best on the rows it held out for itself."""

    def fit(X: np.ndarray, y: np.ndarray, seconds: float) -> Found:
        model = SymbolicRegressor(
            backend=Native(threads=1, without=without), budget=Budget(time=seconds), free_constants="dimensionless",
            random_state=0,
        )  # fmt: skip
        model.fit(X, y)
        longest = model.front_.laws[-1]
        columns = [f"x{place}" for place in range(X.shape[1])]
        return [
            (model.predict, model.best_.formula),
            (lambda X: longest.predict(dict(zip(columns, X.T, strict=True))), longest.formula),
        ]

    return fit


def operon(X: np.ndarray, y: np.ndarray, seconds: float) -> Found:
    """pyoperon with local search of constants, as many generations as there is time for."""
    from pyoperon.sklearn import SymbolicRegressor as Operon

    model: Any = Operon(
        allowed_symbols=OPERON_SYMBOLS, optimizer_iterations=5, max_length=40, generations=10**6,
        max_evaluations=10**9, max_time=round(seconds), n_threads=1, random_state=0,
    )  # fmt: skip
    model.fit(X, y)
    return [(model.predict, model.get_model_string(model.model_, 3))]


def gplearn(X: np.ndarray, y: np.ndarray, seconds: float) -> Found:
    """gplearn, as many generations as there is time for; it does not watch a clock itself."""
    from gplearn.genetic import SymbolicRegressor as Gplearn

    started = time.monotonic()
    model: Any = Gplearn(
        function_set=GPLEARN_FUNCTIONS, generations=1, warm_start=True, const_range=(-10.0, 10.0),
        metric="mse", random_state=0,
    )  # fmt: skip
    model.fit(X, y)
    while time.monotonic() - started < seconds:
        model.set_params(generations=model.generations + 1)
        model.fit(X, y)
    return [(model.predict, str(model._program))]


def held_out_r2(predict: Predict, X: np.ndarray, y: np.ndarray, mean: float) -> float:
    """R² on rows that were not learned from."""
    with np.errstate(all="ignore"):
        found = np.asarray(predict(X), dtype=float).reshape(-1)
    return float(r2_score(y, np.where(np.isfinite(found), found, mean)))


# By method: the library it needs, what each of its columns is called, and how it is fitted.
METHODS: dict[str, tuple[str | None, tuple[str, ...], Callable[[np.ndarray, np.ndarray, float], Found]]] = {
    "symreg": (None, ("symreg", "least error"), symreg_with(())),
    "plain": (None, ("no evolution", "least error"), symreg_with(("evolution",))),
    "pyoperon": ("pyoperon", ("pyoperon",), operon),
    "gplearn": ("gplearn", ("gplearn",), gplearn),
}


def main() -> None:
    """Print held-out R² by table and method, and each method's median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="wall time of each fit")
    parser.add_argument("--tables", default="", help="only these, by commas")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--splits", type=int, default=1, help="how many ways to hold out rows")
    parser.add_argument("--formulas", action="store_true", help="print what was found")
    asked = parser.parse_args()
    methods = {name: METHODS[name] for name in asked.methods.split(",")}
    for name, (library, _, _) in list(methods.items()):
        if library is not None and importlib.util.find_spec(library) is None:
            print(f"{library} is not installed: left out")
            del methods[name]
    titles = [title for _, own, _ in methods.values() for title in own]
    print(f"{'table':12}", *(f"{title:>12}" for title in titles))
    rows = []
    for table in tables():
        if not asked.tables or table.name in asked.tables.split(","):
            row = [score for name in methods for score in scores(table, name, asked)]
            rows.append(row)
            print(f"{table.name:12}", *(f"{one:12.4f}" for one in row), flush=True)
    print(f"{'median':12}", *(f"{one:12.4f}" for one in np.median(rows, axis=0)))
    print(f"{'mean':12}", *(f"{one:12.4f}" for one in np.mean(rows, axis=0)))


def scores(table: Table, name: str, asked: argparse.Namespace) -> np.ndarray:
    """Held-out R² of a method's columns on a table, the mean of the splits."""
    found = []
    for split in range(asked.splits):
        X, X_test, y, y_test = train_test_split(table.X, table.y, test_size=TEST_FRACTION, random_state=split)
        started = time.monotonic()
        laws = METHODS[name][2](X, y, asked.seconds)
        elapsed = time.monotonic() - started
        found.append([held_out_r2(predict, X_test, y_test, float(y.mean())) for predict, _ in laws])
        if asked.formulas:
            for score, (_, formula) in zip(found[-1], laws, strict=True):
                print(f"  {table.name}, {name}, {elapsed:.1f} s, {score:.4f}: {formula}", flush=True)
    return np.mean(found, axis=0)


if __name__ == "__main__":
    main()
