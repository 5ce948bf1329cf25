"""Questions that can be asked, and the sentence for those that cannot."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symreg.errors import (
    DimensionError,
    InfeasibleError,
    OperatorError,
    ParseError,
    PhysicalConstantError,
    ProblemError,
    SymregError,
    TableError,
    TableWarning,
    UnitError,
)
from symreg.formula.operators import OPERATORS
from symreg.problem.constraints import Constraints
from symreg.problem.making import DEFAULT_OPERATORS, make_problem
from symreg.problem.problem import FreeConstants, KnownConstant, Problem
from symreg.tables.table import Table, read_table
from symreg.units.dimension import Dimension
from symreg.units.reading import parse_unit, physical_constant


def pendulum(n_rows: int = 40) -> Table:
    rng = np.random.default_rng(0)
    length, mass = rng.uniform(0.2, 2.0, n_rows), rng.uniform(1.0, 5.0, n_rows)
    period = 2 * np.pi * np.sqrt(length / 9.80665)
    data = {"L [cm]": 100 * length, "m [kg]": mass, "T [s]": period}
    return read_table(data, target="T", sigma={"T": 0.01})


def kepler() -> Table:
    data = {
        "planet": ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn"],
        "a [au]": [0.389, 0.724, 1.0, 1.524, 5.2, 9.51],
        "P [day]": [87.77, 224.7, 365.25, 686.95, 4332.62, 10759.2],
    }
    return read_table(data, target="P")


def message(kind: type[SymregError], table: Table, **options: Any) -> str:
    with pytest.raises(kind) as error:
        make_problem(table, **options)
    copy = pickle.loads(pickle.dumps(error.value))
    assert str(copy) == str(error.value)
    return str(error.value)


def test_a_problem_in_si() -> None:
    problem = make_problem(pendulum(), constants=["g_n", "pi"], name="pendulum")
    rows = problem.train_rows
    assert problem.inputs == ("L", "m") and problem.target == "T"
    assert problem.matrix(rows).shape == (2, len(rows)) and problem.matrix(rows).flags.c_contiguous
    np.testing.assert_array_equal(problem.matrix(rows)[0], problem.table["L"].values[rows])
    np.testing.assert_array_equal(problem.target_values(rows), problem.table["T"].values[rows])
    weights = problem.weights(rows)
    assert weights is not None
    np.testing.assert_allclose(weights, 1e4)
    assert problem.known_values["g_n"] == 9.80665
    assert problem.dimensions["g_n"] == Dimension.of(m=1, s=-2)
    assert set(problem.dimensions) == {"L", "m", "g_n", "pi"}
    assert problem.free_constants.policy == "dimensionless" and not problem.leave_one_out
    assert problem.operators == DEFAULT_OPERATORS and set(DEFAULT_OPERATORS) <= set(OPERATORS)


def test_without_uncertainties_there_are_no_weights() -> None:
    problem = make_problem(kepler())
    assert problem.weights(problem.train_rows) is None


def test_pickle_brings_back_the_same_problem() -> None:
    problem = make_problem(
        pendulum(),
        constants=["g_n"],
        guesses=["6.28*sqrt(L/g_n)"],
        constraints=Constraints(20, {"sin": {"sin": 0}}),
    )
    copy: Problem = pickle.loads(pickle.dumps(problem))
    assert copy.guesses == problem.guesses and copy.constraints == problem.constraints
    np.testing.assert_array_equal(copy.train_rows, problem.train_rows)
    assert not copy.train_rows.flags.writeable
    np.testing.assert_array_equal(copy.table["T"].values, problem.table["T"].values)


# Rows


@settings(max_examples=30, deadline=None)
@given(n_rows=st.integers(20, 200), fraction=st.floats(0.01, 0.9), seed=st.integers(0, 2**32))
def test_the_split_is_complete_sorted_and_repeatable(n_rows: int, fraction: float, seed: int) -> None:
    one = make_problem(pendulum(n_rows), test_fraction=fraction, seed=seed, free_constants="inferred")
    two = make_problem(pendulum(n_rows), test_fraction=fraction, seed=seed, free_constants="inferred")
    np.testing.assert_array_equal(one.train_rows, two.train_rows)
    together = np.concatenate([one.train_rows, one.held_out_rows])
    np.testing.assert_array_equal(np.sort(together), np.arange(n_rows))
    for rows in (one.train_rows, one.held_out_rows):
        assert rows.dtype == np.int64 and (np.diff(rows) > 0).all() and not rows.flags.writeable
    assert len(one.held_out_rows) == max(1, round(fraction * n_rows))


def test_another_seed_is_another_split() -> None:
    splits = {
        tuple(make_problem(pendulum(), constants=["g_n"], seed=seed).held_out_rows) for seed in range(5)
    }
    assert len(splits) == 5


def test_tiny_tables_keep_every_row() -> None:
    problem = make_problem(kepler())
    assert problem.leave_one_out and problem.held_out_rows.size == 0
    assert problem.train_rows.tolist() == list(range(6))
    assert problem.train_rows.dtype == problem.held_out_rows.dtype == np.int64


def test_no_held_out_rows_on_request_but_not_for_large_tables() -> None:
    assert make_problem(pendulum(), constants=["g_n"], test_fraction=0).leave_one_out
    assert "too slow" in message(ProblemError, pendulum(501), constants=["g_n"], test_fraction=0)


@pytest.mark.parametrize("n_rows", [6, 30, 1000])
def test_folds_share_out_all_rows(n_rows: int) -> None:
    """Cross-validation: no row is held out, each is left out once, and the seed says with which."""
    options = {"free_constants": "inferred", "folds": 5}
    problem = make_problem(pendulum(n_rows), **options)
    assert problem.held_out_rows.size == 0 and len(problem.train_rows) == n_rows
    assert (problem.judge, problem.leave_one_out) == ("5-fold", False)
    parts = problem.left_out_together
    assert sorted(np.concatenate(parts).tolist()) == list(range(n_rows))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert make_problem(pendulum(n_rows), test_fraction=0, **options).judge == "5-fold"  # which says nothing here
    again, other = (make_problem(pendulum(n_rows), seed=seed, **options).left_out_together for seed in (0, 1))
    assert [part.tolist() for part in again] == [part.tolist() for part in parts]
    assert [part.tolist() for part in other] != [part.tolist() for part in parts]


def test_who_judges() -> None:
    assert make_problem(pendulum(), constants=["g_n"]).judge == "held-out"
    assert make_problem(pendulum(), constants=["g_n"]).left_out_together == ()
    alone = make_problem(kepler())
    assert alone.judge == "leave-one-out"
    assert [part.tolist() for part in alone.left_out_together] == [[row] for row in range(6)]
    thrice = pickle.loads(pickle.dumps(make_problem(kepler(), folds=3)))
    assert (thrice.folds, thrice.judge) == (3, "3-fold")
    assert "6 rows (6 to fit, ranked by 3-fold refits)" in str(thrice.describe())
    assert "6 rows (6 to fit, ranked by leaving out one at a time)" in str(alone.describe())


@pytest.mark.parametrize("folds", [0, 1, -3, 2.5, True, 7, "5"])
def test_folds_out_of_range(folds: object) -> None:
    assert "whole number from 2 to 6" in message(ProblemError, kepler(), folds=folds)


@pytest.mark.parametrize("fraction", [-0.1, 0.95, 1.0, float("nan")])
def test_a_fraction_out_of_range(fraction: float) -> None:
    assert "from 0 to 0.9" in message(ProblemError, pendulum(), test_fraction=fraction)


def test_a_seed_is_a_whole_number() -> None:
    assert "seed" in message(ProblemError, pendulum(), constants=["g_n"], seed=-1)
    assert "seed" in message(ProblemError, pendulum(), constants=["g_n"], seed=0.5)


# Target and inputs


def test_another_target_and_fewer_inputs() -> None:
    problem = make_problem(pendulum(), target="L", inputs=["T"], constants=["g_n"])
    assert problem.target == "L" and problem.inputs == ("T",)


def test_a_target_named_late_is_looked_at_for_twins() -> None:
    x = np.linspace(1, 2, 30)
    table = read_table({"x [m]": x, "y [m]": 2 * x, "z [m]": x**2 + 1})
    with pytest.warns(TableWarning, match="'x' and 'y'"):
        problem = make_problem(table, target="z")
    assert any("'x' and 'y'" in note for note in problem.notes)


def test_targets_and_inputs_that_are_none() -> None:
    assert "no target was named" in message(ProblemError, read_table({"x": [1, 2, 3], "y": [1, 3, 2]}))
    assert "there is no column 'q'" in message(TableError, pendulum(), target="q")
    assert "there is no column 'q'" in message(TableError, pendulum(), inputs=["q"])
    assert "also among the inputs" in message(ProblemError, pendulum(), inputs=["L", "T"])
    assert "listed twice" in message(ProblemError, pendulum(), inputs=["L", "L"])
    assert "text, not numbers" in message(TableError, kepler(), inputs=["planet"])
    assert "no column of numbers" in message(ProblemError, read_table({"y": [1, 2, 4]}, target="y"))


# Feasibility


def test_an_unreachable_target_names_the_missing_unit_and_its_suppliers() -> None:
    data = {"m [kg]": [1.0, 2.0, 3.0], "v [m/s]": [1.0, 2.0, 1.0], "T [K]": [1.0, 3.0, 4.0]}
    table = read_table(data, target="T")
    with pytest.raises(InfeasibleError) as error:
        make_problem(table, free_constants="dimensionless")
    assert error.value.missing == ("K",) and "k_B" in error.value.suppliers
    text = str(error.value)
    assert "no product of powers of m, v has the unit of the target 'T' (K)" in text
    assert "temperature (K) is missing" in text and "k_B" in text and "free_constants='inferred'" in text
    assert make_problem(table, constants=["k_B"]).free_constants.policy == "dimensionless"


def test_two_missing_units() -> None:
    table = read_table({"m [kg]": [1.0, 2.0, 3.0], "F [N]": [1.0, 2.0, 1.0]}, target="F")
    text = message(InfeasibleError, table, free_constants="dimensionless")
    assert "missing" in text and "(m)" in text


def test_declared_units_that_do_not_help() -> None:
    text = message(InfeasibleError, kepler(), free_constants=["kg"])
    assert "nor with coefficients in kg," in text
    assert "no law can hold a" in message(InfeasibleError, kepler(), free_constants=["day"])


def test_auto_infers_units_only_where_none_would_do() -> None:
    assert make_problem(kepler()).free_constants == FreeConstants("inferred")
    assert make_problem(pendulum()).free_constants == FreeConstants("inferred")
    with_g = make_problem(pendulum(), constants=["g_n"])
    assert with_g.free_constants == FreeConstants("dimensionless", is_mixed=True)  # nobody forbade units


def test_units_are_forbidden_where_the_user_says_so_alone() -> None:
    for units in ("dimensionless", {"units": "dimensionless", "positive": True}, ["m"]):
        assert not make_problem(pendulum(), constants=["g_n"], free_constants=units).free_constants.is_mixed
    assert make_problem(pendulum(), constants=["g_n"], free_constants={"positive": True}).free_constants.is_mixed


def test_every_input_with_a_dimension_has_one_of_its_unit() -> None:
    """Named after the input, apart from all other names; of a temperature scale its degrees."""
    x = np.linspace(1.0, 2.0, 10)
    data = {"x [cm]": x, "x_unit [1]": x**2, "T [degC]": x**4, "n [1]": x**3, "a [deg]": x**5, "y [s]": np.sin(x)}
    problem = make_problem(read_table(data, target="y"))
    found = problem.units_of_inputs
    assert {name: (one.name, one.unit.text) for name, one in found.items()} == {
        "x": ("x_unit_", "cm"), "T": ("T_unit", "K")
    }  # fmt: skip
    assert found["x"].value == pytest.approx(0.01) and found["T"].value == 1.0
    assert all(one.stderr == 0 for one in found.values())


def leavitt() -> Table:
    return read_table({"P [day]": [1.2, 3.4, 9.0], "M": [14.8, 14.1, 13.0]}, target="M", units={"M": "1"})


def test_a_pure_number_out_of_a_time_needs_a_coefficient() -> None:
    assert make_problem(leavitt()).free_constants.policy == "inferred"
    text = message(InfeasibleError, leavitt(), free_constants="dimensionless")
    assert "no law can hold P: nothing else carries the units to balance it." in text
    message(InfeasibleError, leavitt(), free_constants=["kg"])
    assert make_problem(leavitt(), free_constants=["day"]).free_constants.policy == "declared"


def test_declared_units() -> None:
    problem = make_problem(kepler(), free_constants=["day/au**(3/2)"])
    assert problem.free_constants.policy == "declared"
    assert [unit.text for unit in problem.free_constants.units] == ["day/au**(3/2)"]
    given_directly = FreeConstants("declared", (parse_unit("day/au**(3/2)"),))
    assert make_problem(kepler(), free_constants=given_directly).free_constants == given_directly


def test_words_that_are_no_policy() -> None:
    assert "none of 'auto'" in message(ProblemError, kepler(), free_constants="any")
    assert "none of 'auto'" in message(ProblemError, kepler(), free_constants="day")
    message(UnitError, kepler(), free_constants=["dya"])


def test_sums_alone_cannot_make_a_new_unit() -> None:
    text = message(InfeasibleError, pendulum(), constants=["g_n"], operators=["+", "-"])
    assert "without products" in text and "'*'" in text
    lengths = read_table(
        {"a [m]": [1.0, 2.0, 3.0], "b [cm]": [1.0, 5.0, 2.0], "c [m]": [1.0, 2.0, 4.0]}, target="c"
    )
    assert make_problem(lengths, operators=["+", "-"]).operators == ("+", "-")


# Constants


def test_own_constants_come_with_unit_and_uncertainty() -> None:
    own = {"name": "g_local", "value": 981.2, "unit": "cm/s2", "stderr": 0.3}
    problem = make_problem(pendulum(), constants=[own])
    constant = problem.known_constants[0]
    assert constant.name == "g_local" and constant.unit.text == "cm/s2"
    assert constant.value == pytest.approx(9.812) and constant.stderr == pytest.approx(0.003)


def test_constants_in_every_form() -> None:
    c = physical_constant("c")
    known = KnownConstant("v0", 2.0, 0.0, parse_unit("m/s"))
    problem = make_problem(pendulum(), constants=["g_n", c, known, {"name": "n", "value": 3}])
    assert [constant.name for constant in problem.known_constants] == ["g_n", "c", "v0", "n"]
    assert problem.known_values["n"] == 3.0


@pytest.mark.parametrize(
    ("constant", "kind", "says"),
    [
        ("k_b", PhysicalConstantError, "k_B"),
        ({"name": "L", "value": 1}, ProblemError, "'L' is a column and a known constant at once"),
        ({"name": "T", "value": 1}, ProblemError, "'T' is a column and a known constant at once"),
        ({"name": "k"}, ProblemError, "cannot be read"),
        ({"name": "k", "value": 1, "units": "m"}, ProblemError, "cannot be read"),
        ({"name": "k", "value": "much"}, ProblemError, "needs numbers"),
        ({"name": "k", "value": 0}, ProblemError, "finite and not zero"),
        ({"name": "k", "value": float("inf")}, ProblemError, "finite and not zero"),
        ({"name": "k", "value": 1, "stderr": -1}, ProblemError, "zero or positive"),
        ({"name": "k", "value": 1, "unit": "kmm"}, UnitError, "kmm"),
        ({"name": "a`b", "value": 1}, TableError, "backtick"),
        (5, ProblemError, "a name or a mapping"),
    ],
)
def test_constants_that_are_none(constant: Any, kind: type[SymregError], says: str) -> None:
    assert says in message(kind, pendulum(), constants=[constant])


def test_a_constant_twice() -> None:
    assert "listed twice" in message(ProblemError, pendulum(), constants=["g_n", "g_n"])


def test_a_clash_with_a_column_that_is_not_used_is_none() -> None:
    problem = make_problem(
        pendulum(), inputs=["L"], constants=["g_n", {"name": "m", "value": 2, "unit": "kg"}]
    )
    assert problem.known_values["m"] == 2.0


# Operators and constraints


def test_operators_may_be_named_by_their_aliases_and_repeated() -> None:
    assert make_problem(pendulum(), operators=["+", "*", "/", "sqrt", "+"]).operators == (
        "+",
        "*",
        "/",
        "sqrt",
    )


def test_unknown_operators() -> None:
    assert "sqrt" in message(OperatorError, pendulum(), operators=["sqr_t"])
    assert "empty" in message(ProblemError, pendulum(), operators=[])
    assert "list of names" in message(ProblemError, pendulum(), operators="+")


@pytest.mark.parametrize(
    ("constraints", "kind", "says"),
    [
        (Constraints(0), ProblemError, "max_complexity"),
        (Constraints(10**6), ProblemError, "max_complexity"),
        (Constraints(20, {"sinn": {"sin": 0}}), OperatorError, "sin"),
        (Constraints(20, {"sin": {"sinn": 0}}), OperatorError, "sin"),
        (Constraints(20, {"sin": {"sin": -1}}), ProblemError, "negative"),
    ],
)
def test_bad_constraints(constraints: Constraints, kind: type[SymregError], says: str) -> None:
    assert says in message(kind, pendulum(), constants=["g_n"], constraints=constraints)


# Guesses


def test_guesses_are_parsed_and_checked() -> None:
    problem = make_problem(pendulum(), constants=["g_n"], guesses=["6.28*sqrt(L/g_n)"])
    assert len(problem.guesses) == 1
    declared: Mapping[str, Any] = {"formula": "k*a**(3/2)", "constants": ["k"]}
    assert len(make_problem(kepler(), guesses=[declared]).guesses) == 1


@pytest.mark.parametrize(
    ("guess", "kind"),
    [
        ("L + g_n", DimensionError),
        ("exp(L)", DimensionError),
        ("sqrt(L)", DimensionError),
        ("k*sqrt(L/g_n)", ParseError),
        ("sqrt(L/g_n", ParseError),
        ("__import__('os')", ParseError),
        (3.14, ProblemError),
        ({"formula": "L", "free": ["k"]}, ProblemError),
        ({"formula": "k*L", "constants": ["k"]}, ProblemError),
    ],
)
def test_guesses_that_contradict_the_units(guess: Any, kind: type[SymregError]) -> None:
    message(kind, pendulum(), constants=["g_n"], guesses=[guess])


def test_mass_plus_length_is_told_in_a_sentence() -> None:
    text = message(
        DimensionError,
        pendulum(),
        free_constants="inferred",
        guesses=[{"formula": "k*(m + L)", "constants": ["k"]}],
    )
    assert "kg" in text and "m + L" in text


def test_a_coefficient_in_a_guess_must_be_allowed() -> None:
    guess = {"formula": "k*a**(3/2)", "constants": ["k"]}
    assert make_problem(kepler(), free_constants=["day", "au**(1/2)"], guesses=[guess]).guesses
    data = {"x [m]": [1.0, 2.0, 3.0], "y [s]": [1.0, 2.0, 4.0], "t [s]": [1.0, 2.0, 2.0]}
    bad = {"formula": "k*x", "constants": ["k"]}
    assert "free_constants does not allow" in message(
        ProblemError, read_table(data, target="t"), free_constants="dimensionless", guesses=[bad]
    )


# Description


def test_a_description_says_what_the_dimensions_allow() -> None:
    description = make_problem(pendulum(), constants=["g_n", "pi"], name="pendulum").describe()
    assert description.reachable and description.product == {"L": Fraction(1, 2), "g_n": Fraction(-1, 2)}
    assert description.pi_groups == () and description.cannot_appear == ("m",)
    assert (description.n_rows, description.n_train, description.n_held_out) == (40, 30, 10)
    assert [quantity.role for quantity in description.quantities] == [
        "target",
        "input",
        "input",
        "constant",
        "constant",
    ]
    text = str(description)
    assert "No law with pure numbers can hold m: nothing else carries the units to balance it." in text
    assert "T = L**(1/2)/g_n**(1/2) * number" in text and "with uncertainty" in text and "cm" in text


def test_a_description_of_what_needs_a_coefficient() -> None:
    description = make_problem(kepler()).describe()
    assert not description.reachable and description.missing == ("s",)
    text = str(description)
    assert "time (s)" in text and "planet" in text and "leaving out one at a time" in text


def test_pi_groups_are_described() -> None:
    data = {
        "d [m]": [1.0, 2.0, 3.0],
        "v [m/s]": [1.0, 2.0, 1.0],
        "nu [m2/s]": [1.0, 3.0, 4.0],
        "f": [1.0, 2.0, 3.0],
    }
    description = make_problem(read_table(data, target="f")).describe()
    assert len(description.pi_groups) == 1 and set(description.pi_groups[0]) == {"d", "v", "nu"}
    assert "f = f(Pi groups)" in str(description)
