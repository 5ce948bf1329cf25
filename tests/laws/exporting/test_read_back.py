"""Julia and Fortran, for which a compiler is often missing: their formulas, computed as Python reads them.

A formula differs from Python's in signs and names alone once its cases are turned round; every literal is a NumPy
number, so that what Python would refuse is infinite or NaN.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from symreg.laws.exporting import export_law
from symreg.laws.law import Law
from tests.exported import call_of, disagreements
from tests.random_laws import grid, random_laws

SAME = ("sqrt", "exp", "log", "log10", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "cbrt")
FUNCTIONS = {name: getattr(np, name) for name in SAME}
FUNCTIONS |= {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "F": np.float64, "float": np.float64}
FUNCTIONS |= {"max": np.maximum, "min": np.minimum, "sign": np.copysign, "ieee_power": np.power}
FUNCTIONS |= {"merge": lambda yes, no, which: np.where(which, yes, no), "either": np.logical_or, "cases": np.where}
FUNCTIONS |= {"ieee_value": lambda one, kind: kind, "ieee_quiet_nan": np.nan}
FUNCTIONS |= {"ieee_positive_inf": np.inf, "ieee_negative_inf": -np.inf}
CASES = re.compile(r"\(((?:(?! \? ).)+?) > 0\.0 \? 1\.0 : \1 < 0\.0 \? 0\.0 : 0\.5 \+ \1\)")


def as_python(line: str, language: str) -> str:
    """An assignment as Python has it."""
    if language == "fortran":
        line = re.sub(r"(?<=[0-9])d(?=[-+0-9])", "e", line).replace("/=", "!=")
        while ".or." in line:
            line = with_either(line)
    else:
        line = line.split("  #")[0].replace("^", "**")
        while (found := CASES.search(line)) is not None:
            x = found[1]
            cases = f"cases({x} > 0.0, 1.0, cases({x} < 0.0, 0.0, 0.5 + {x}))"
            line = line[: found.start()] + cases + line[found.end() :]
    return re.sub(r"(?<![\w.])(\d+\.?\d*(?:e[-+]?\d+)?)", r"F(\1)", line)


def with_either(line: str) -> str:
    """Two conditions, the last argument of a call, as a function of both: Python's own signs hold them less tightly."""
    middle = line.index(" .or. ")
    start, end, level = middle, middle + len(" .or. "), 0
    while level or line[start - 1] != ",":
        start -= 1
        level += (line[start] == ")") - (line[start] == "(")
    level = 0
    while level or line[end] != ")":
        level += (line[end] == "(") - (line[end] == ")")
        end += 1
    return f"{line[:start]} either({line[start:middle]}, {line[middle + 6 : end]}){line[end:]}"


def values_of(law: Law, language: str, columns: dict[str, np.ndarray]) -> np.ndarray:
    """What the assignments of the program give."""
    text = re.sub(r" &\n\s*& ?", " ", export_law(law, language))
    call = call_of(law, language, list(columns))
    head = re.search(rf"function {call.function}\(([^)]*)\)", text)
    assert head is not None
    given = list(columns.values())
    values: dict[str, object] = {
        name: given[place] for name, place in zip(head[1].split(", "), call.places, strict=False) if name
    }
    for line in (line.strip() for line in text.splitlines()):
        if re.match(r"\w+ = (?!try|float)", line):
            name, _, right = as_python(line, language).partition(" = ")
            with np.errstate(all="ignore"):
                values[name] = eval(right, {"__builtins__": {}, **FUNCTIONS}, values)
    value = np.broadcast_to(np.asarray(values["value"], dtype=float), len(given[0]))
    return np.where(np.isfinite(value), value, np.nan)


@pytest.mark.parametrize("language", ["fortran", "julia"])
def test_random_laws_read_back(language: str) -> None:
    columns = grid()
    for law in random_laws(seed=8, count=150):
        bad = disagreements(law, columns, values_of(law, language, columns))
        assert not bad, [*bad[:5], export_law(law, language)]
