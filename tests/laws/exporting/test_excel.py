"""The formula for a spreadsheet, computed by a program that evaluates those of Excel."""

from __future__ import annotations

import re
import warnings
from typing import Any

import formulas
import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.formula.expression import Apply, Expression, Number, fold
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import export_law
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.exported import tolerance
from tests.laws.exporting.test_names import EVERY_NAME, sum_of
from tests.miniatures import plain_law
from tests.random_laws import grid, random_laws

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")  # of the foreign program, where it is compiled anew


def formula_of(law: Law) -> str:
    """The cell's text: the last line, below those that are texts of their own."""
    *notes, formula = export_law(law, "excel").splitlines()
    assert all(line.startswith("'") for line in notes) and formula.startswith("=")
    return formula


def computed(law: Law, columns: dict[str, np.ndarray]) -> np.ndarray:
    """The cell's value row by row, NaN where it shows an error; names are told apart as a spreadsheet does."""
    compiled = formulas.Parser().ast(formula_of(law))[1].compile()
    called = dict(zip(arguments(law), [name for name in columns if name in used(law)], strict=True))
    upper = {name.upper(): columns[column] for name, column in called.items()}
    rows = len(next(iter(columns.values())))
    values = np.full(rows, np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for i in range(rows):
            cell = np.asarray(compiled(*(upper[str(name).upper()][i] for name in compiled.inputs))).ravel()[0]
            values[i] = cell if isinstance(cell, int | float | np.number) else np.nan
    return values


def used(law: Law) -> set[str]:
    from symreg.formula.expression import variables_of

    return set(variables_of(law.expression))


def arguments(law: Law) -> list[str]:
    """The names of the cells, from the lines that describe them."""
    return re.findall(r"^'    (\w+)(?: \(.*\))? in ", export_law(law, "excel"), re.MULTILINE)


def stays_finite(law: Law, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Rows, ``(n_rows,)``, on which no part of the formula is infinite or none, or a power that Excel refuses."""
    values: dict[str, Any] = {one.name: float(one.unit.to_si(one.value)) for one in law.constants}
    values |= {name: law.input_units[name].to_si(np.asarray(columns[name])) for name in law.input_units}
    fine = np.isfinite(list(columns.values())).all(axis=0)

    def value(node: Expression, operands: tuple[Any, ...]) -> Any:
        nonlocal fine
        if not isinstance(node, Apply):
            return np.broadcast_to(float(node.value) if isinstance(node, Number) else values[node.name], len(fine))
        found = OPERATORS[node.operator].numpy(*operands)
        fine = fine & np.isfinite(found)
        if node.operator == "pow":
            fine = fine & ~((operands[0] == 0.0) & (operands[1] == 0.0))
        return found

    with np.errstate(all="ignore"):
        fold(law.expression, value)
    return fine


def test_a_cell_has_the_values_of_predict() -> None:
    columns = {name: values[::11] for name, values in grid().items()}
    compared = 0
    for law in random_laws(seed=3, count=45):
        if not used(law):
            continue
        wanted, found, allowed = law.predict(columns), computed(law, columns), tolerance(law, columns)
        fine = stays_finite(law, columns) & (np.abs(wanted) < 1e300)
        with np.errstate(invalid="ignore"):
            near = np.abs(found - wanted) <= allowed + 1e-12 * np.abs(wanted)
        assert near[fine & np.isfinite(allowed)].all(), (law.formula, formula_of(law))
        assert np.isnan(found[np.isnan(wanted) & stays_finite(law, columns)]).all()
        compared += int(fine.sum())
    assert compared > 250


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("-x**2", "=IFERROR(-(x^2), NA())"),
        ("(-x)**2", "=IFERROR((-x)^2, NA())"),
        ("x**y**2", "=IFERROR(x^(y^2), NA())"),
        ("log(x) - y", "=IFERROR(LN(x) - y, NA())"),
        ("x**(3/2)", "=IFERROR(x^(3/2), NA())"),
        ("1/(x + 2)", "=IFERROR(1/(x + 2), NA())"),
        ("max(x, y)*1e-9", "=IFERROR(MAX(x, y)*1E-09, NA())"),
    ],
)
def test_signs_hold_as_tightly_as_a_spreadsheet_takes_them(text: str, formula: str) -> None:
    units = {"x": DIMENSIONLESS_UNIT, "y": DIMENSIONLESS_UNIT}
    assert formula_of(plain_law(parse(text, variables=["x", "y"]), units, target="z")) == formula


def test_constants_and_units_stand_in_the_formula_and_above_it(kepler: Discovery) -> None:
    law = kepler.front.best
    text = export_law(law, "excel")
    assert "'    a in au" in text and "day/au**(3/2) (free)" in text
    columns = {"a": np.array([1.0, 5.2])}
    np.testing.assert_allclose(computed(law, columns), law.predict(columns), rtol=1e-12)


def test_a_name_is_no_cell() -> None:
    """A1 is one, and so are T1 and R; a spreadsheet does not tell T from t."""
    names = ["A1", "T1", "XFD1048576", "R", "C", "r1c1", "T", "t", "m s"]
    law = sum_of(names)
    spelled = arguments(law)
    assert not [name for name in spelled if re.fullmatch("(?i)[a-z]{1,3}[0-9]+|r[0-9]*c[0-9]*|r|c|true", name)]
    assert len({name.lower() for name in spelled}) == len(names)
    columns = {name: np.array([1.0 + i, 2.0]) for i, name in enumerate(names)}
    np.testing.assert_allclose(computed(law, columns), law.predict(columns), rtol=1e-12)


def test_any_name_is_one() -> None:
    law = sum_of(list(EVERY_NAME))
    spelled = arguments(law)
    assert len({name.lower() for name in spelled}) == len(EVERY_NAME)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in spelled)


def test_a_temperature_has_its_zero() -> None:
    law = plain_law(
        parse("k*T", variables=["T"], constants=["k"]), {"T": parse_unit("degC")}, unit=parse_unit("degF"),
        constants=(LawConstant("k", 1.5, 0.1, DIMENSIONLESS_UNIT),), target="hot",
    )  # fmt: skip
    columns = {"T": np.array([-40.0, 20.0])}
    np.testing.assert_allclose(computed(law, columns), law.predict(columns), rtol=1e-12)
