"""Analogies: every reading that dimensions allow, against brute force, and nothing else."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import Constant, Variable, substitute
from symreg.formula.printing import to_text
from symreg.search.hypotheses.analogy import MOST_ASSIGNMENTS, Analogy, analogies, is_called
from symreg.search.hypotheses.law_library import Quantity, TextbookLaw, law_library
from symreg.search.hypotheses.scope import Scope
from symreg.units.dimension import DIMENSIONLESS, Dimension
from symreg.units.reading import parse_unit

LAWS = {law.id: law for law in law_library()}
M, KG, S, PA = (parse_unit(text).dimension for text in ("m", "kg", "s", "Pa"))
G = parse_unit("m**3/kg/s**2").dimension
PI = {"pi": DIMENSIONLESS}


def scope(
    columns: dict[str, Dimension], target: Dimension, known: dict[str, Dimension] | None = None,
    allowed: frozenset[Dimension] | None = None,
) -> Scope:  # fmt: skip
    return Scope(columns, PI | (known or {}), "y", target, allowed)


def found(law: str, where: Scope) -> list[Analogy]:
    return list(analogies(LAWS[law], where))


def test_kepler_with_and_without_what_the_law_needs() -> None:
    whole = found("kepler_third_law", scope({"a": M, "M": KG}, S, {"G": G}, frozenset()))
    assert [to_text(one.expression) for one in whole] == ["2*pi*sqrt(a**3/(G*M))"]
    assert whole[0].constants == () and whole[0].bits == 1.0  # the target is called y, and not P
    (alone,) = found("kepler_third_law", scope({"distance": M}, S))
    assert to_text(alone.expression) == "2*pi*sqrt(distance**3/k1)"
    assert alone.constants[0].dimension == M**3 / S**2
    assert alone.fitted == ("M", "G") and alone.roles == (("a", "distance"),)
    assert "Kepler's third law, P = 2*pi*sqrt(a**3/(G*M)), with distance for a, M and G fitted" in alone.note
    assert found("kepler_third_law", scope({"distance": M}, S, allowed=frozenset())) == []
    assert found("kepler_third_law", scope({"distance": M}, M)) == []
    assert found("kepler_third_law", scope({"force": KG}, S)) != []  # the mass alone: the distance is fitted
    assert found("kepler_third_law", scope({"force": PA}, S)) == []


def test_two_columns_of_one_dimension_are_tried_in_both_roles() -> None:
    both = found("reduced_mass", scope({"a": KG, "b": KG}, KG, allowed=frozenset()))
    assert {to_text(one.expression) for one in both} == {"a*b/(a + b)", "b*a/(b + a)"}


def test_a_column_may_stand_for_a_constant_of_nature() -> None:
    energy = KG * M**2 / S**2
    texts = {to_text(one.expression) for one in found("mass_energy", scope({"m": KG, "light": M / S}, energy))}
    assert texts == {"m*light**2", "m*k1**2", "k1*light**2"}


def test_a_known_constant_may_stand_for_a_variable() -> None:
    g = parse_unit("m/s**2").dimension
    texts = {to_text(one.expression) for one in found("pendulum_period", scope({"L": M}, S, {"g_n": g}, frozenset()))}
    assert texts == {"2*pi*sqrt(L/g_n)"}


def test_every_reading_is_found() -> None:
    law = LAWS["poisson_from_bulk_shear"]
    columns = {name: PA for name in "abcd"} | {"e": M}
    where = scope(columns, DIMENSIONLESS, {"p": PA}, frozenset())
    names = [*"abcd", "p"]
    expected = set()
    for first, second in itertools.permutations(names, 2):
        leaves = {name: Constant(name) if name == "p" else Variable(name) for name in names}
        tree = substitute(law.expression, {Variable("K"): leaves[first], Variable("G_0"): leaves[second]})
        expected.add(tree)
    assert {one.expression for one in found(law.id, where)} == expected


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.id)
def test_every_analogy_has_the_dimension_of_the_target(law: TextbookLaw) -> None:
    columns = {f"c{place}": one.dimension for place, one in enumerate(law.variables[:-1] or law.variables)}
    where = scope(columns, law.target.dimension)
    some = list(itertools.islice(analogies(law, where), 20))
    assert some
    for one in some:
        free = {constant.name: constant.dimension for constant in one.constants}
        assert dimension_of(one.expression, where.dimensions | free) == law.target.dimension


def test_their_number_is_bounded() -> None:
    where = scope({f"c{place}": PA for place in range(20)}, DIMENSIONLESS)
    assert len(found("universal_anisotropy", where)) == MOST_ASSIGNMENTS


def test_names_make_an_analogy_likelier() -> None:
    axis = Quantity("a", parse_unit("m"), "semi-major axis or distance")
    assert is_called(axis, "a") and is_called(axis, "semi_major_axis") and is_called(axis, "Distance")
    assert not is_called(axis, "height") and not is_called(axis, "b")
    (right,) = found("kepler_third_law", scope({"semi_major_axis": M}, S))
    (strange,) = found("kepler_third_law", scope({"height": M}, S))
    assert right.bits < strange.bits


def test_powers_of_one_are_no_part_of_a_law() -> None:
    (one, *_) = found("manning", scope({"depth": M}, M / S))
    assert to_text(one.expression) == "depth**(2/3)/k1"
    assert one.constants[0].dimension == S / M ** Fraction(1, 3)
