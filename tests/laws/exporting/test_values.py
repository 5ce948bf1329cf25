"""Exported programs, run by the compilers and interpreters that are here, have the values of ``predict``.

Python, NumPy, C and C++ are always run: the package needs a C++ compiler itself. The head of the test report says which
other languages are run here; ``tests/campaign/exports.py`` runs all of them on many more laws.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.formula.expression import Apply, walk
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import export_law
from symreg.laws.exporting.passing import lost_in
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.exported import TESTED, disagreements, run, tolerance
from tests.miniatures import plain_law
from tests.random_laws import grid, random_laws

each_language = pytest.mark.parametrize("language", TESTED)

AT_INFINITY = (
    "k + exp(-(a/b))", "1/(exp(a) - 1)", "a**3/(exp(a/b) - 1)", "log(a)**b", "atan(1/a)", "tanh(a/b)", "max(1/a, b)",
    "min(log(a), b)", "step(a/b)", "1/log(a)**1.5", "log(a)**(-2.5)", "exp(-a**2)", "exp(-a**3)", "1/cosh(a)", "a**b",
    "(-a)**b", "(-a)**3", "(-a)**-3", "cbrt(-a)", "sqrt(a)**b", "1/sinh(a)", "1/(1 + 1/a)", "a**-3", "1/a**2/b**2",
    "exp(log(a))", "exp(-1/a**2)", "exp(exp(a))", "exp(-exp(a))", "sin(a)**b", "asin(a)**(a - a)", "1/log10(a)",
    "max(a, b)", "min(-a, b)", "max(-a, b) + 1", "step(a)*b", "step(a) - max(b, a)", "abs(a)**b", "a**k", "k**a",
    "exp(800)*a", "a/exp(800)", "a + sqrt(-2)", "(1000*k)**500*a", "a/(1000*k)**500", "log(a - b)", "acos(a)*b",
    "a/(b - b)", "0.3**a", "tan(a)/b", "(a/b)**(2/3)", "log(1/a)/b", "sinh(a)/cosh(a)", "a*b/(a*b)",
    "sqrt(a**2 + b**2)",
)  # fmt: skip
"""Where an infinity or a NaN is made and may get lost again."""


def agree(language: str, laws: list[Law], columns: dict[str, np.ndarray], folder: Path) -> None:
    found = run(language, laws, columns, folder)
    bad = [line for law, values in zip(laws, found, strict=True) for line in disagreements(law, columns, values)]
    assert not bad, "\n".join([f"{len(bad)} rows in {language}", *bad[:20]])


@each_language
@pytest.mark.parametrize("name", ["kepler", "relativity", "hostile"])
def test_laws_of_discoveries(request: pytest.FixtureRequest, tmp_path: Path, name: str, language: str) -> None:
    discovery: Discovery = request.getfixturevalue(name)
    columns = {one: np.asarray(discovery.problem.table[one].user_values) for one in discovery.problem.inputs}
    laws = [replace(law, target=f"{law.target} {i}") for i, law in enumerate(discovery.front.laws)]
    assert all(np.isfinite(law.predict(columns)).all() for law in laws)
    agree(language, laws, columns, tmp_path)


def at_infinity() -> list[Law]:
    constant = LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT)
    units = {"a": parse_unit("cm"), "b": DIMENSIONLESS_UNIT}
    trees = [parse(text, variables=["a", "b"], constants=["k"]) for text in AT_INFINITY]
    return [plain_law(tree, units, constants=(constant,), target=f"law{i}") for i, tree in enumerate(trees)]


@each_language
def test_infinities_and_what_is_undefined(tmp_path: Path, language: str) -> None:
    agree(language, at_infinity(), grid(), tmp_path)


@each_language
def test_random_laws(tmp_path: Path, language: str) -> None:
    laws = random_laws(seed=3, count=120)
    agree(language, laws, grid(), tmp_path)


def test_most_of_what_is_compared_is_a_number_and_not_left_out() -> None:
    """No law agrees only where both are NaN, and the last digit decides about few rows."""
    columns = grid()
    laws = [*at_infinity(), *random_laws(seed=3, count=120)]
    values = np.array([law.predict(columns) for law in laws])
    left_out = np.array([np.isinf(tolerance(law, columns)) for law in laws])
    assert np.isfinite(values).mean() > 0.4
    assert left_out.mean() < 0.02
    drawn = {node.operator for law in laws for node in walk(law.expression) if isinstance(node, Apply)}
    assert drawn == set(OPERATORS)


BY_HAND = (
    ("k + exp(-(a/b))", 100.0, 0.0, 0.7),
    ("a**3/(exp(a/b) - 1)", 100.0, 1e-9, 0.0),
    ("atan(1/a)", 0.0, 1.0, np.pi / 2),
    ("1/log(a)**1.5", 0.0, 1.0, 0.0),
    ("exp(-a**2)", 1e250, 1.0, 0.0),
    ("a**b", 0.0, 0.0, 1.0),
    ("(-a)**3", 200.0, 1.0, -8.0),
    ("cbrt(a)", -2700.0, 1.0, -3.0),
    ("step(a)", 0.0, 1.0, 0.5),
    ("max(a, b)", np.nan, 1.0, np.nan),
    ("1/a", 0.0, 1.0, np.nan),
    ("exp(a)", 1e6, 1.0, np.nan),
    ("log(a)/b", -1.0, 1.0, np.nan),
    ("a/b", 0.0, 0.0, np.nan),
)
"""A formula, a in cm, b, and the value, which ``predict`` might have as wrong as a program."""


@each_language
def test_the_values_themselves(tmp_path: Path, language: str) -> None:
    texts, a, b, wanted = zip(*BY_HAND, strict=True)
    laws = [
        plain_law(
            parse(text, variables=["a", "b"], constants=["k"]),
            {"a": parse_unit("cm"), "b": DIMENSIONLESS_UNIT},
            target=f"law{i}",
            constants=(LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT),),
        )
        for i, text in enumerate(texts)
    ]
    columns = {"a": np.array(a), "b": np.array(b)}
    found = np.diagonal(run(language, laws, columns, tmp_path))
    np.testing.assert_allclose(found, wanted, rtol=1e-15)
    np.testing.assert_allclose([law.predict(columns)[i] for i, law in enumerate(laws)], wanted, rtol=1e-15)


@each_language
def test_units_with_a_zero_point(tmp_path: Path, language: str) -> None:
    law = plain_law(
        parse("k*T", variables=["T"], constants=["k"]),
        {"T": parse_unit("degC")},
        unit=parse_unit("degF"),
        target="T2",
        constants=(LawConstant("k", 1.5, 0.1, DIMENSIONLESS_UNIT),),
    )
    temperature = np.array([-40.0, 0.0, 20.0, 100.0])
    values = run(language, [law], {"T": temperature}, tmp_path)[0]
    np.testing.assert_allclose(values, law.predict({"T": temperature}), rtol=1e-12)
    np.testing.assert_allclose(values, ((temperature + 273.15) * 1.5 - 273.15) * 9 / 5 + 32, rtol=1e-9)


@each_language
def test_numbers_come_back_with_every_digit(tmp_path: Path, language: str) -> None:
    draw = np.random.default_rng(4)
    numbers = draw.uniform(1.0, 10.0, 60) * 10.0 ** draw.integers(-300, 300, 60) * draw.choice([-1.0, 1.0], 60)
    laws = [
        plain_law(
            parse("k", variables=[], constants=["k"]),
            {"x": DIMENSIONLESS_UNIT},
            target=f"law{i}",
            constants=(LawConstant("k", float(number), 0.0, DIMENSIONLESS_UNIT),),
        )
        for i, number in enumerate(numbers)
    ]
    values = run(language, laws, {"x": np.zeros(1)}, tmp_path)[:, 0]
    np.testing.assert_array_equal(values, numbers)


def test_the_language_of_arrays_takes_arrays(tmp_path: Path) -> None:
    space: dict[str, object] = {}
    tree = parse("a**2/b", variables=["a", "b"])
    law = plain_law(tree, {"a": DIMENSIONLESS_UNIT, "b": DIMENSIONLESS_UNIT})
    exec(export_law(law, "numpy"), space)
    np.testing.assert_array_equal(space["y"]([1, 2, 3], [0, 1, 2]), [np.nan, 4.0, 4.5])  # type: ignore[operator]


# ------------------------------------------------------------------------------- where Python needs no more care


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("2*pi*sqrt(a/b)", "2*pi*math.sqrt(a/b)"),
        ("k*a**(3/2)/b**2", "k*math.pow(a, 3/2)/_power(b, 2.0)"),
        ("k*a**(3/2)*b**2", "k*math.pow(a, 3/2)*b**2"),
        ("a*exp(b)", "a*math.exp(b)"),
        ("a*exp(-b/k)", "a*math.exp(-b/k)"),
        ("a*exp(-(b/a))", "a*math.exp(-_divided(b, a))"),
        ("a/(exp(b) - 1)", "a/(_exp(b) - 1)"),
        ("a/k**2", "a/k**2"),
        ("1/(exp(k) - 1)*a", "1/(math.exp(k) - 1)*a"),
        ("log(a)*b", "math.log(a)*b"),
        ("atan(log(a))", "math.atan(_log(a))"),
        ("atan(sqrt(a))", "math.atan(math.sqrt(a))"),
        ("sqrt(a)**b", "math.pow(_sqrt(a), b)"),
    ],
)
def test_python_is_as_plain_as_it_may_be(text: str, formula: str) -> None:
    tree = parse(text, variables=["a", "b"], constants=["k", "pi"])
    constants = tuple(LawConstant(name, value, 0.0, DIMENSIONLESS_UNIT) for name, value in (("k", 0.7), ("pi", np.pi)))
    law = plain_law(tree, {"a": DIMENSIONLESS_UNIT, "b": DIMENSIONLESS_UNIT}, constants=constants)
    assert f"        value = {formula}\n" in export_law(law, "python")


def test_an_operator_is_asked_what_becomes_of_infinity() -> None:
    def lost(text: str) -> tuple[bool, bool]:
        tree = parse(text, variables=["a", "b"])
        found = lost_in(tree)
        leaf = parse("a", variables=["a"])
        return leaf in found.infinite, leaf in found.undefined

    assert lost("a*b") == lost("sqrt(a) - b") == lost("sin(a)") == lost("a**3") == (False, False)
    assert lost("exp(a)") == lost("atan(a)") == lost("b/a") == lost("max(a, b)") == lost("step(a)*b") == (True, False)
    assert lost("a**b") == lost("b**a") == (True, True)
