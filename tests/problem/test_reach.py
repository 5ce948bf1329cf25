"""What a limit on complexity lets in: nothing that a law can hold is shut out, seen by making all laws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import symreg as sr
from symreg.problem import Constraints, beyond_reach
from symreg.problem.reach import least_complexities
from symreg.units import DIMENSIONLESS, Dimension, parse_unit

LARGEST = 6
"""Complexity up to which all expressions are made here."""

Value = np.ndarray
Made = dict[tuple[Dimension, bytes], Value]

UNARY: Mapping[str, Callable[[Value], Value]] = {
    "square": np.square, "sqrt": np.sqrt, "inv": np.reciprocal, "exp": np.exp, "abs": np.abs,
}  # fmt: skip


def dimension(text: str) -> Dimension:
    return parse_unit(text).dimension


def dimension_after(operator: str, one: Dimension) -> Dimension | None:
    powers = {"square": 2, "inv": -1}
    if operator in powers:
        return one ** powers[operator]
    if operator == "sqrt":
        return one ** parse_unit("m**(1/2)").dimension.exponent("m")
    if operator == "exp":
        return one if one == DIMENSIONLESS else None
    return one


def all_expressions(units: Mapping[str, str], values: Mapping[str, Value]) -> list[Made]:
    """By complexity from 0, all that differ in value on these rows, with dimensions; pure numbers are one and two."""
    rows = next(iter(values.values())).shape
    leaves = [(dimension(units[name]), values[name]) for name in units]
    leaves += [(DIMENSIONLESS, np.full(rows, 1.0)), (DIMENSIONLESS, np.full(rows, 2.0))]
    by_size: list[Made] = [{}, {}]
    known: set[tuple[Dimension, bytes]] = set()

    def keep(found: Made, dimension: Dimension | None, value: Value) -> None:
        if dimension is None or not np.isfinite(value).all() or np.abs(value).max() > 1e6:
            return
        key = dimension, value.astype(np.float32).tobytes()
        if key not in known:
            known.add(key)
            found[key] = value

    for one, value in leaves:
        keep(by_size[1], one, value)
    for size in range(2, LARGEST + 1):
        made: Made = {}
        for (one, _), value in by_size[size - 1].items():
            for operator, function in UNARY.items():
                with np.errstate(all="ignore"):
                    keep(made, dimension_after(operator, one), function(value))
        for first in range(1, size - 1):
            for (one, _), a in by_size[first].items():
                for (other, _), b in by_size[size - 1 - first].items():
                    with np.errstate(all="ignore"):
                        keep(made, one * other, a * b)
                        keep(made, one / other, a / b)
                        if one == other:
                            keep(made, one, a + b)
                            keep(made, one, a - b)
        by_size.append(made)
    return by_size


@pytest.mark.parametrize(
    ("target", "units"),
    [
        ("m", {"a": "m", "b": "kg", "c": "kg**2*s"}),
        ("1", {"a": "m", "b": "m*s", "c": "s**2"}),
        ("m", {"a": "m*kg", "b": "kg*s", "c": "s"}),
        ("m/s", {"a": "m", "b": "s**2", "c": "K"}),
        ("kg", {"a": "kg", "b": "m", "c": "1/m"}),
        ("s", {"a": "s", "b": "1", "c": "A"}),
    ],
    ids=["mass and time", "three that cancel", "one behind another", "a root", "in a function", "a pure number"],
)
def test_no_law_holds_what_was_shut_out_earlier(target: str, units: dict[str, str]) -> None:
    """Each column is stretched by a factor of its own rows: an expression that changes with it holds it."""
    rng = np.random.default_rng(3)
    rows, names = 3, list(units)
    own = {name: rng.uniform(0.6, 1.9, rows) for name in names}
    stretched = [{**own, name: 1.7 * own[name]} for name in names]
    values = {name: np.concatenate([own[name], *(one[name] for one in stretched)]) for name in names}
    by_size = all_expressions(units, values)
    met: dict[str, int] = {}
    for size, made in enumerate(by_size):
        for (one, _), value in made.items():
            if one != dimension(target):
                continue
            parts = value.reshape(-1, rows)
            for name, part in zip(names, parts[1:], strict=True):
                if not np.allclose(part, parts[0], rtol=1e-6):
                    met.setdefault(name, size)
    least = least_complexities({name: dimension(unit) for name, unit in units.items()}, dimension(target))
    assert met, "there are laws"
    for name in names:
        bound = least[name]
        if name in met:
            assert bound is not None and bound <= met[name], f"{name} stands in a law of complexity {met[name]}"
        else:
            assert bound is None or bound > 4, f"{name} is let in early, and no law up to {LARGEST} holds it"


def problem_of(units: dict[str, str], most: int, **more: Any) -> sr.Problem:
    rng = np.random.default_rng(0)
    columns = {name: rng.uniform(1, 2, 30) for name in units}
    table = sr.read_table(columns, target="y", units=units)
    return sr.make_problem(table, constraints=Constraints(max_complexity=most), **more)


LONG_WAY = {"y": "m", "x": "m", "a": "kg", "b": "kg*s", "c": "s*A", "d": "A*K", "e": "K"}
"""Only all of a to e together cancel."""


@pytest.mark.parametrize(("most", "shut_out"), [(40, ()), (11, ()), (10, tuple("abcde")), (3, tuple("abcde"))])
def test_a_unit_may_take_more_columns_than_a_law_has_room_for(most: int, shut_out: tuple[str, ...]) -> None:
    """x*a*c*e/(b*d) is six names and five operators between them."""
    assert beyond_reach(problem_of(LONG_WAY, most, free_constants="dimensionless")) == shut_out


def test_what_nothing_cancels_is_shut_out_whatever_the_limit() -> None:
    units = {"y": "m", "x": "m", "T": "K"}
    assert beyond_reach(problem_of(units, 40, free_constants="dimensionless")) == ("T",)


@pytest.mark.parametrize("free_constants", ["auto", "inferred", ["m/K"]])
def test_constants_with_units_let_columns_in(free_constants: Any) -> None:
    units = {"y": "m", "x": "m", "T": "K"}
    assert beyond_reach(problem_of(units, 40, free_constants=free_constants)) == ()
