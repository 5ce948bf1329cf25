"""The function for Modelica, whose compiler Debian has not: its formula, computed as Python reads it, and its units."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.formula.grammar import parse
from symreg.laws.exporting import export_law
from symreg.laws.exporting.modelica import declared, in_si
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.exported import disagreements
from tests.laws.exporting.test_names import EVERY_NAME, sum_of
from tests.laws.exporting.test_read_back import FUNCTIONS
from tests.miniatures import plain_law
from tests.random_laws import grid, random_laws

OWN = FUNCTIONS | {"sign": np.sign}
UNITS = r'(?:\(unit="[^"]*"\))?'


def values_of(law: Law, columns: dict[str, np.ndarray]) -> np.ndarray:
    """What the function gives for rows in SI."""
    text = export_law(law, "modelica")
    inputs = re.findall(rf"input Real (\w+){UNITS} ", text)
    values: dict[str, Any] = dict(zip(inputs, (columns[name] for name in columns if name in used(law)), strict=True))
    constants = re.findall(rf"constant Real (\w+){UNITS} = (\S+) ", text)
    values |= {name: float(value) for name, value in constants}
    line = re.search(r"value := (.*);", text)
    assert line is not None
    right = re.sub(r"(?<![\w.])(\d+\.?\d*(?:e[-+]?\d+)?)", r"F(\1)", line[1].replace("^", "**"))
    with np.errstate(all="ignore"):
        value = eval(right, {"__builtins__": {}, **OWN}, values)
    value = np.broadcast_to(np.asarray(value, dtype=float), len(next(iter(columns.values()))))
    return np.where(np.isfinite(value), value, np.nan)


def used(law: Law) -> set[str]:
    from symreg.formula.expression import variables_of

    return set(variables_of(law.expression))


def test_random_laws_read_back() -> None:
    columns = {"a": grid()["a"] / 100.0, "b": grid()["b"]}
    for law in random_laws(seed=8, count=150):
        bad = disagreements(in_si(law), columns, values_of(law, columns))
        assert not bad, [*bad[:5], export_law(law, "modelica")]


def test_a_sign_stands_alone_in_front_of_nothing_but_a_term() -> None:
    """Modelica has no ``a * -b``, no ``a^b^c`` and no ``--a``."""
    for law in random_laws(seed=9, count=150):
        line = re.search(r"value := (.*);", export_law(law, "modelica"))
        assert line is not None
        assert not re.search(r"[-+*/^]\s*-", line[1]), line[1]
        assert not re.search(r"\^[\w.]+\^", line[1]), line[1]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("N", '(unit="kg.m/s2")'), ("day", '(unit="s")'), ("1/s", '(unit="1/s")'), ("W/m**2/K", '(unit="kg/(s3.K)")'),
        ("dimensionless", '(unit="1")'), ("m**(1/2)", ""), ("degC", '(unit="K")'),
    ],
)  # fmt: skip
def test_units_are_declared_as_modelica_writes_them(unit: str, text: str) -> None:
    assert declared(parse_unit(unit).dimension) == text


def test_a_function_says_its_units(kepler: Discovery) -> None:
    text = export_law(kepler.front.best, "modelica")
    assert 'input Real a(unit="m") "a; au in the table";' in text
    assert 'output Real value(unit="s") "P; day in the table";' in text
    assert "constant Real k1 = " in text and "day/au**(3/2) (free)" in text
    rmse = kepler.front.best.held_out.rmse * 86400.0
    assert f"Error on rows it was not fitted on: {rmse:.4g} s" in text


def test_names_are_plain_and_different() -> None:
    law = sum_of(list(EVERY_NAME), "algorithm")
    text = export_law(law, "modelica")
    names = re.findall(rf"input Real (\w+){UNITS} ", text)
    assert len(set(names)) == len(EVERY_NAME) and not {"end", "input", "Real", "time", "value"} & set(names)
    assert text.startswith("function algorithm_\n") and text.endswith("end algorithm_;\n")
    assert text.count('"') % 2 == 0


def test_no_text_ends_a_string() -> None:
    name = '"; end f; model evil "'
    law = sum_of([name], name)
    text = export_law(law, "modelica")
    assert "model evil '" in text and 'evil "' not in text.replace('evil \'"', "")


def test_without_inputs() -> None:
    constant = LawConstant("k", 2.5, 0.1, DIMENSIONLESS_UNIT)
    law = plain_law(parse("k", variables=[], constants=["k"]), {"x": DIMENSIONLESS_UNIT}, constants=(constant,))
    text = export_law(law, "modelica")
    assert "input" not in text and "value := k;" in text
