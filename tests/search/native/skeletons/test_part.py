"""Parts are what they are written as: columns on a grid, values at one choice of constants, and trees say the same."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.formula.expression import Constant, constants_of
from symreg.search.native.skeletons import step
from symreg.search.native.skeletons.argument import Argument
from symreg.search.native.skeletons.part import Chain, Wave
from symreg.search.native.skeletons.step import Plain, Step
from tests.search.native.skeletons.made import (
    KINDS,
    LISTS,
    inputs_of_kind,
    named,
    parts_on_grids,
    rows_of,
    value_of,
)

STEPS = {name: one for name, one in vars(step).items() if isinstance(one, Step)}
EVERY = [(kind, which) for kind in KINDS for which in LISTS]


@pytest.mark.parametrize(("kind", "which"), EVERY)
def test_columns_are_the_part_at_each_constant_of_the_grid(kind: str, which: str) -> None:
    looked = 0
    for space, part, constants, values in parts_on_grids(kind, which):
        if not len(values):
            continue
        assert constants.shape == (len(values), part.n_inner)
        assert values.shape[1:] == (part.n_columns, len(space.target))
        for inner, column in zip(constants, values, strict=True):
            assert np.allclose(part.at(rows_of(space), inner), column, rtol=1e-9, atol=1e-12 * np.abs(column).max())
            looked += 1
    assert looked > 0


@pytest.mark.parametrize(("kind", "which"), EVERY)
def test_a_part_is_what_it_is_written_as(kind: str, which: str) -> None:
    """Its columns with linear coefficients are the tree with the outer constants that stand for these.

    Where ``exp(u) - 1`` is next to nothing, the tree has lost digits that the column has.
    """
    coefficients = np.array([0.7, -1.3])
    for space, part, constants, values in parts_on_grids(kind, which):
        inner, outer = named(part.n_inner, "i"), named(part.n_columns, "o")
        tree = part.write(inner, outer)
        units = set(space.units_of_inputs.values())
        assert set(constants_of(tree)) - units == {one.name for one in (*inner, *outer)}
        own = coefficients[: part.n_columns]
        numbers = dict(zip([one.name for one in outer], part.outer(own).tolist(), strict=True))
        for chosen, column in list(zip(constants, values, strict=True))[:: max(1, len(values) // 6)]:
            at = numbers | dict(zip([one.name for one in inner], chosen.tolist(), strict=True))
            wanted = own @ column
            relative = 1e-6 if "bose" in part.key else 1e-9
            assert value_of(tree, space, at) == pytest.approx(wanted, rel=relative, abs=1e-10 * np.abs(column).max())


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_is_what_it_is_written_as(name: str, kind: str) -> None:
    inputs = inputs_of_kind(kind)
    for place in inputs.places:
        argument = inputs.itself(place)
        assert argument is not None
        chain = Chain(argument, (STEPS[name],))
        found = chain.columns(rows_of(inputs.space), (9,))
        if not len(found.values):
            assert kind == "signed" and name == "POWER"  # a number below zero has no power
            continue
        tree = chain.inside([Constant("k")])
        for (k,), column in zip(found.constants, found.values, strict=True):
            assert value_of(tree, inputs.space, {"k": k}) == pytest.approx(column[0], rel=1e-10)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("sizes", [2, 3, 14, 48])
def test_grids_lie_where_their_step_has_a_value(name: str, sizes: int) -> None:
    """Of values of one sign; ``inv`` and ``offset`` have no pole or zero among the rows."""
    values = np.array([[0.5, 0.7, 1.9, 3.0], [1e3, 2e3, 3e3, 3e3], [1e-4, 1e-2, 1.0, 1e2]])
    own = STEPS[name]
    k = own.grid(values, sizes)
    assert k.shape[0] == len(values) and k.shape[1] >= 2
    assert np.isfinite(k).any(axis=1).all()
    with np.errstate(all="ignore"):
        found = own.apply(values[:, None, :], k[:, :, None])
    good = np.isfinite(k)
    assert np.isfinite(found[good]).all()
    if name in ("INVERSE", "OFFSET"):
        assert (np.sign(found[good]) == np.sign(found[good])[:, :1]).all()
        assert {-1.0, 1.0} == set(np.sign(found[good]).ravel().tolist())


@pytest.mark.parametrize("kind", KINDS)
def test_each_constant_makes_another_column(kind: str) -> None:
    """A grid that repeats itself costs time, and says nothing."""
    for _, part, constants, values in parts_on_grids(kind, "one step", 6):
        if len(values) > 1:
            assert len(np.unique(constants, axis=0)) == len(constants), part.key


@pytest.mark.parametrize("kind", KINDS)
def test_equal_keys_are_equal_parts(kind: str) -> None:
    for which, make in LISTS.items():
        inputs = inputs_of_kind(kind)
        parts = list(make(inputs))
        keys = [part.key for part in parts]
        assert len(set(keys)) == len(keys), which
        assert all(part.inputs <= set(inputs.places) and part.inputs for part in parts)


def test_a_plain_step_has_no_constant() -> None:
    inputs = inputs_of_kind("plain")
    argument = inputs.itself(0)
    assert argument is not None
    chain = Chain(argument, (STEPS["SHIFT"], Plain("sqrt", np.sqrt)))
    assert chain.n_inner == 1
    found = chain.columns(rows_of(inputs.space), (4,))
    for (k,), column in zip(found.constants, found.values, strict=True):
        assert value_of(chain.inside([Constant("k")]), inputs.space, {"k": k}) == pytest.approx(column[0])


def test_columns_that_do_not_change_are_left_out() -> None:
    """Beside a constant they say nothing: the exponential of a number so small, say."""
    inputs = inputs_of_kind("plain")
    flat = inputs.space.inputs[0] * 1e-12 + 1.0
    argument = Argument(Constant("u"), Constant("u"), flat, flat, frozenset({0}))
    assert not len(Chain(argument).columns(rows_of(inputs.space), ()).values)


def test_frequencies_of_a_wave_are_near_enough_to_see_each() -> None:
    """From one to the next the phase over all rows changes by less than a turn's quarter."""
    inputs = inputs_of_kind("plain")
    for place in inputs.places:
        argument = inputs.itself(place)
        assert argument is not None
        found = Wave(Chain(argument)).columns(rows_of(inputs.space), (20,))
        steps = np.diff(found.constants[:, 0]) * np.ptp(inputs.space.inputs[place])
        assert (steps > 0).all() and (steps < np.pi / 2).all()
