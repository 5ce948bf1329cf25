"""Small files of forms, and trials of them: for tests of that benchmark."""

from __future__ import annotations

from pathlib import Path

from symreg.benchmark.forms.problems import FormProblem, FormTrial, read_forms

CHARGE = (
    '- {id: charge, formula: "U0*(1 - exp(-t/tau)) + 0.5*r*U1", one: {U1: V}, known: [k_B], '
    "constants: {U0: {value: 4.8, unit: V}, tau: {value: 12, unit: ms}}, target: {name: U, unit: mV}, "
    "inputs: {t: {unit: ms, low: 1, high: 100, log: true}, r: {low: 0, high: 2}}, "
    "rows: [12, 30, 90], noise: {relative: [0, 0.1, 0.2]}, note: made up}\n"
)
LINE = (
    '- {id: line, formula: "a*x + b", constants: {a: {value: 3}, b: {value: 7}}, target: {name: y}, '
    "inputs: {x: {low: 0, high: 10}}, rows: [8, 20], noise: {additive: [0, 0.1]}}\n"
)
SQUARE = (
    '- {id: square, formula: "x**2/2", target: {name: y}, inputs: {x: {low: 1, high: 3}, z: {low: 1, high: 2}}, '
    "rows: [8], noise: {additive: [0]}}\n"
)
HILL = (
    '- {id: hill, formula: "top*c**n/(K**n + c**n)", constants: {top: {value: 0.9}, K: {value: 3.6, unit: mol/L}, '
    "n: {value: 2.3}}, target: {name: y}, inputs: {c: {unit: mol/L, low: 0.1, high: 100, log: true}}, "
    "rows: [12, 60], noise: {additive: [0, 0.02]}}\n"
)
PLATINUM = (
    '- {id: platinum, formula: "R0*(1 + a*T)", constants: {R0: {value: 100, unit: ohm}, '
    "a: {value: 0.004, unit: 1/delta_degC}}, target: {name: R, unit: ohm}, "
    "inputs: {T: {unit: degC, low: 0, high: 100}}, rows: [8, 20], noise: {additive: [0]}}\n"
)
GIVEN = """
- id: given
  formula: a*b
  target: {name: F, unit: N}
  variables:
  - {name: a, unit: kg, values: [1.0, 2.0, 3.0]}
  - {name: b, unit: cm/s**2, values: [500, 400, 700]}
  values: [5.1, 7.9, 21.2]
"""
RANGES = """
- id: ranges
  formula: sin(x)
  target: {name: y}
  variables:
  - {name: x, low: 0, high: 3}
"""


def forms(folder: Path, *entries: str) -> tuple[FormProblem, ...]:
    """The problems of a file with these entries."""
    path = folder / "mine.yaml"
    path.write_text("".join(entries), encoding="utf-8")
    return read_forms(path)


def trial(problem: FormProblem, rows: int, noise: float = 0.0, seed: int = 0) -> FormTrial:
    return FormTrial(problem, rows, "larger", noise, "none", seed)
