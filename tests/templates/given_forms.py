"""Forms whose parameters are known, at scales that nobody told the program: tables for tests of given forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symreg.finishing import Finisher
from symreg.fitting import Fitted, Fitter
from symreg.formula import evaluate_tree
from symreg.laws import fitter_of
from symreg.problem import Problem
from symreg.problem.making import make_problem
from symreg.tables.table import read_table
from symreg.templates.joint import JointFits
from symreg.units.reading import parse_unit

NOISE = 0.01
"""Of the spread of the target."""

N_ROWS = 40
AS_GOOD = 1.02
"""A fit with this many times the truth's sum of squares, or less, has found it; one that is lost leaves many times."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form with the values of its parameters, and its input between two values, evenly or by its logarithm."""

    text: str
    truth: Mapping[str, float]
    low: float
    high: float
    spacing: str = "lin"
    units: Mapping[str, str] | None = None
    noise: float = NOISE
    constants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """For the list of tests."""
        return f"{self.text} {self.low:g}..{self.high:g}"

    def problem(self, seed: int, n_rows: int = N_ROWS) -> Problem:
        """A table of this form, with noise, and the question for its parameters without a start."""
        rng = np.random.default_rng([seed, 5])
        space = np.geomspace if self.spacing == "log" else np.linspace
        x = np.sort(space(self.low, self.high, n_rows) + 0.0)
        units = dict(self.units or {})
        stated = {"x": units.get("x", "1"), "y": units.get("y", "1")}
        parameters = {name: ({"unit": units[name]} if name in units else {}) for name in self.truth}
        asked = {"target": self.text, "parameters": parameters, "constants": self.constants, "test_fraction": 0}
        blank = read_table({"x": x, "y": np.arange(len(x)) + 1.0}, units=stated)
        exact = self.exact(make_problem(blank, **asked))
        y = exact + self.noise * np.std(exact) * rng.normal(size=len(x))
        return make_problem(read_table({"x": x, "y": y}, units=stated), **asked)

    def exact(self, problem: Problem) -> np.ndarray:
        """The target without noise, in its unit."""
        assert problem.template is not None
        units = {name: parse_unit((self.units or {}).get(name, "1")) for name in self.truth}
        values = {name: float(units[name].to_si(one)) for name, one in self.truth.items()}
        leaves = {**values, **problem.known_values, "x": problem.table["x"].values, "pi": np.pi}
        return np.asarray(problem.target_column.unit.from_si(evaluate_tree(problem.template.outer, leaves)))


def fitted(problem: Problem) -> tuple[Fitter, Fitted | None]:
    """The parameters from many starts."""
    fitter, template = fitter_of(problem), problem.template
    assert template is not None
    return fitter, JointFits(template, Finisher(fitter)).from_many_starts(template.outer)


def is_found(form: Form, problem: Problem, fitter: Fitter, found: Fitted | None) -> bool:
    """Whether the fit is as good as the truth is."""
    if found is None:
        return False
    unit = problem.target_column.unit
    rest = problem.target_column.values - unit.to_si(form.exact(problem))
    factor = fitter.units.factor(unit.dimension)
    return found.residual_sum <= AS_GOOD * float(rest @ rest) / factor**2 + 1e-20 * float(fitter.y @ fitter.y)


DECAY, RISE, WAVE = "y = A*exp(-x/s)", "y = c + A*(1 - exp(-x/s))", "y = A*sin(w*x + p) + c"
PEAK, BELL, STEP = "y = A/(1 + ((x - m)/g)**2)", "y = A*exp(-((x - m)/g)**2/2) + c", "y = L/(1 + exp(-(x - m)/s))"

FORMS: tuple[Form, ...] = (
    *(Form(DECAY, {"A": a, "s": s}, 0, 4 * s) for a, s in ((3, 1e-9), (2e5, 1e-5), (1e-7, 0.3), (40, 1e4), (5, 1e9))),
    Form(DECAY, {"A": 3, "s": 0.02}, 0, 1),
    Form(DECAY, {"A": 3, "s": 5}, 100, 140, noise=1e-3),
    Form(DECAY, {"A": 3, "s": -2e3}, 0, 4e3),
    Form(DECAY, {"A": 3, "s": 4e-7}, 0, 1e-6, units={"x": "s", "y": "V"}),
    *(Form(RISE, {"c": c, "A": a, "s": s}, 0, 3 * s) for c, a, s in ((1e6, 10, 1e-8), (-3, 1e-3, 2e7))),
    Form("y = A*exp(-x/s) + B*exp(-x/u)", {"A": 3, "s": 1e-4, "B": 5, "u": 2e-3}, 1e-5, 6e-3, noise=1e-3),
    Form("y = A*exp(-x/s) + B*exp(-x/u) + c", {"A": 3, "s": 2e4, "B": 5, "u": 3e5, "c": 1}, 0, 1e6, noise=1e-4),
    Form("y = A*exp(-(x/s)**b)", {"A": 3, "s": 5e5, "b": 0.6}, 1e4, 5e6, "log"),
    Form("y = A*exp(-b*exp(-k*x))", {"A": 800, "b": 6, "k": 3e-4}, 0, 2e4),
    *(
        Form(WAVE, {"A": 2, "w": 2 * np.pi * n / span, "p": 0.7, "c": 5}, low, low + span)
        for n, low, span in ((0.7, 0, 1e-6), (3, 0, 1), (7, 0, 1e5), (12, 50, 30), (17, 1990, 25), (5, 1e6, 10))
    ),
    Form(WAVE, {"A": 2, "w": 6000, "p": 1, "c": 0.1}, 0, 0.01, units={"x": "s", "y": "mV"}),
    Form("y = A*cos(2*pi*x/T + p)", {"A": 3, "T": 365.25, "p": 1}, 2e4, 2.15e4, constants=("pi",)),
    Form("y = A*exp(-x/s)*cos(w*x + p)", {"A": 4, "s": 3e-3, "w": 4e3, "p": 0.4}, 0, 8e-3),
    Form("y = A*sin(w*x) + B*sin(u*x)", {"A": 4, "w": 7, "B": 2, "u": 11}, 0, 5),
    *(
        Form(PEAK, {"A": 3, "m": m, "g": g}, low, high)
        for m, g, low, high in (
            (0.3, 0.02, 0, 1), (5e14, 2e12, 4.9e14, 5.1e14), (-4e-9, 3e-10, -6e-9, 1e-9), (7e3, 800, 0, 1e4),
            (589.3, 0.4, 580, 600),
        )
    ),
    Form(PEAK, {"A": 3, "m": 1420.4, "g": 0.8}, 1410, 1430, units={"x": "MHz", "y": "K", "m": "MHz", "g": "MHz"}),
    *(
        Form(BELL, {"A": 3, "m": m, "g": g, "c": c}, low, high)
        for m, g, c, low, high in ((1000, 4, 20, 900, 1100), (2e-6, 2e-7, 0, 0, 4e-6), (-30, 5, 1e3, -80, 10))
    ),
    Form(
        "y = A*exp(-((x - m)/g)**2) + B*exp(-((x - n)/h)**2)", {"A": 3, "m": 30, "g": 4, "B": 2, "n": 60, "h": 6}, 0, 99
    ),
    *(
        Form(STEP, {"L": 9e9, "m": m, "s": s}, low, high)
        for m, s, low, high in ((2000, 15, 1900, 2100), (3e-6, 4e-7, 0, 6e-6), (-70, 4, -100, -40), (2e5, 3e4, 0, 4e5))
    ),
    Form("y = a + (b - a)/(1 + (x/m)**h)", {"a": 2, "b": 90, "m": 3e-8, "h": 1.3}, 1e-10, 1e-5, "log"),
    Form("y = A*atan((x - m)/g) + c", {"A": 3, "m": 8330, "g": 20, "c": 5}, 8000, 8600),
    Form("y = A*tanh((x - m)/g) + c", {"A": 3e-9, "m": 45, "g": 3, "c": 2e-9}, 0, 100),
    *(
        Form("y = A*x**n", {"A": a, "n": n}, low, high, "log")
        for a, n, low, high in ((5, -3.2, 1e-6, 1e-3), (2e-4, 0.37, 1e3, 1e7), (1e9, 5, 1e-4, 1e-2), (7, 2.6, 1e4, 1e5))
    ),
    Form("y = A*x**n + c", {"A": 3e-7, "n": 1.7, "c": 40}, 1e3, 1e5),
    Form("y = A*(x - m)**n", {"A": 3, "n": 0.5, "m": 650}, 660, 900),
    Form("y = A*(1 - x/T)**n", {"A": 3, "n": 0.36, "T": 1043}, 300, 1030, units={"x": "K", "T": "K"}),
    Form("y = V*x/(K + x)", {"V": 3e-4, "K": 2e-6}, 1e-7, 2e-5, "log"),
    Form(
        "y = V*x/(K + x)", {"V": 12, "K": 4}, 0.1, 30,
        units={"x": "mmol/L", "y": "umol/L/s", "V": "umol/L/s", "K": "mmol/L"},
    ),
    Form("y = V*x**n/(K**n + x**n)", {"V": 2, "K": 26, "n": 2.7}, 1, 120),
    Form("y = (a + b*x)/(1 + k*x)", {"a": 3, "b": 2e4, "k": 5e3}, 0, 2e-3),
    Form(
        "y = A*exp(-E/(R*x))", {"A": 1e13, "E": 1.2e5}, 300, 400,
        units={"x": "K", "y": "1/s", "A": "1/s", "E": "J/mol"}, constants=("R",),
    ),
    Form("y = A*exp(-E/x)", {"A": 4e7, "E": 9000}, 280, 350),
    Form("y = a - b/(k + x)", {"a": 8.07, "b": 1730, "k": 233}, 1, 100),
    Form("y = A*exp(B/(x - m))", {"A": 2e-3, "B": 600, "m": 180}, 240, 400),
    Form("y = I*(exp(x/(n*v)) - 1)", {"I": 1e-12, "n": 1.5, "v": 0.0259}, 0.3, 0.8),
    Form("y = A*x**3/(exp(x/b) - 1)", {"A": 2e-40, "b": 6e12}, 1e12, 8e13),
    Form("y = D*(1 - exp(-a*(x - m)))**2", {"D": 4.7, "a": 1.9, "m": 0.74}, 0.4, 3),
    Form("y = 4*e*((s/x)**12 - (s/x)**6)", {"e": 1.65e-21, "s": 3.4e-10}, 3.3e-10, 9e-10),
    Form("y = 1 - exp(-(x/l)**k)", {"l": 4e4, "k": 2.3}, 1e3, 1e5),
    Form("y = A*log(x/m)", {"A": 0.4, "m": 3e-5}, 1e-4, 10, "log"),
    Form("y = sqrt(a**2 + (b*x)**2)", {"a": 5e-4, "b": 3e3}, 0, 1e-6),
    Form("y = A/sqrt((m**2 - x**2)**2 + (g*x)**2)", {"A": 3e9, "m": 1e6, "g": 5e4}, 5e5, 1.5e6),
    Form("y = A/sqrt(1 + (x/m)**2)", {"A": 10, "m": 1.6e4}, 10, 1e6, "log"),
    Form("y = A*x/(exp(x/b) + k)", {"A": 2, "b": 5e3, "k": 0.3}, 100, 4e4),
    Form("y = A*x*exp(-x/b)", {"A": 2e3, "b": 7e-5}, 0, 5e-4),
    Form("y = a*x + b/x", {"a": 3e-4, "b": 2e5}, 1e3, 1e6, "log"),
    Form("y = (A + B)*x", {"A": 2, "B": 3}, 1, 10),
    Form("y = A*B*x", {"A": 2, "B": 3e9}, 1, 10),
    Form("y = C*exp(A + B*x)", {"C": 2, "A": 1, "B": 0.01}, 0, 300),
    *(
        Form(WAVE, {"A": 2, "w": 2 * np.pi * n / span, "p": 0.7, "c": 5}, low, low + span)
        for n, low, span in ((18, 0, 1e-3), (8, 2.45e6, 10), (15, 0, 4e-14), (19, 1e3, 7))
    ),
    Form("y = A*sin(w*x + p) + B*sin(u*x + q) + c", {"A": 4, "w": 7, "p": 1, "B": 2, "u": 11, "q": 2, "c": 3}, 0, 6),
    Form("y = A*exp(-(x - m)/s)*sin(w*(x - m))", {"A": 4, "s": 3, "w": 4, "m": 50}, 50, 60),
    Form("y = A*exp(k*x)", {"A": 3e-17, "k": 0.02}, 1900, 2000),
    Form("y = A*exp(k*(x - m)) + c", {"A": 30, "k": 0.05, "m": 1950, "c": 280}, 1900, 2020),
    Form("y = c + L/(1 + exp(-k*(x - m)))", {"c": 5, "L": 3, "k": 90, "m": 4.12}, 4, 4.3),
    Form("y = A*exp(-((x - m)/g)**2) + a + b*x", {"A": 3, "m": 1.46e3, "g": 2, "a": -100, "b": 0.08}, 1430, 1490),
    Form(
        "y = A/(1 + ((x - m)/g)**2) + B/(1 + ((x - n)/h)**2) + c",
        {"A": 300, "m": 520.5, "g": 1.5, "B": 150, "n": 480, "h": 4, "c": 20}, 440, 560,
    ),
    Form("y = A/(1 + ((x - m)/g)**2)", {"A": 3, "m": 6562.8, "g": 1.2}, 6400, 6600),
    Form("y = A/(1 + ((x - m)/g)**2)", {"A": 3, "m": 1e9, "g": 3e4}, 9.99e8, 1.001e9),
    Form("y = V*x**n/(K**n + x**n) + c", {"V": 2, "K": 2.6e-7, "n": 8, "c": 0.4}, 1e-7, 1e-6),
    Form(
        "y = a + (b - a)*(1 + (k*x)**2)**((n - 1)/2)", {"a": 1e-3, "b": 50, "k": 8, "n": 0.35}, 1e-3, 1e4, "log",
        noise=1e-4,
    ),
    Form("y = 1/(a + b*log(x) + d*log(x)**3)", {"a": 1.1e-3, "b": 2.4e-4, "d": 9e-8}, 500, 4e4, "log"),
    Form("y = e + 9*V*B/16*(((V/x)**(2/3) - 1)**3*b + ((V/x)**(2/3) - 1)**2*(6 - 4*(V/x)**(2/3)))",
         {"e": -56.5, "V": 16.5, "B": 0.53, "b": 4.2}, 14, 19, noise=1e-3),
    Form("y = A*(1 - exp(-x/s)) + B*(1 - exp(-x/u))", {"A": 3e-6, "s": 2e-3, "B": 5e-6, "u": 4e-2}, 0, 0.2, noise=1e-3),
    Form("y = A*max(x - m, 0) + c", {"A": 3e4, "m": 2.2e-3, "c": 7}, 0, 5e-3),
    Form("y = A*abs(x - m)**n", {"A": 3e4, "m": 2.2e3, "n": 1.5}, 0, 5e3),
    Form("y = A/x**12 - B/x**6", {"A": 2e-134, "B": 1e-77}, 3.3e-10, 9e-10),
    Form("y = A*sqrt(x*x + m*m) - c", {"A": 2e8, "m": 3e-22, "c": 0.01}, 0, 1e-21),
    Form("y = A*log(1 + x/m)", {"A": 12, "m": 4e-9}, 1e-10, 1e-6, "log"),
)  # fmt: skip
