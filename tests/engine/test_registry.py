"""The table of operators and the engines speak of the same opcodes and the same functions."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Engine, _core, reference
from symreg.engine.operations import CONSTANT, LAST_BINARY, OPERATIONS, Operation, tell
from symreg.errors import EngineError
from symreg.formula.operators import OPERATORS
from tests.engine.trees import Tree, assemble

POINTS = np.array([-3.0, -1.0, -0.7, -0.0, 0.0, 0.2, 0.9, 1.0, 1.7, 4.0, np.inf, -np.inf, np.nan])


def test_opcodes_agree() -> None:
    assert [row.opcode for row in OPERATORS.values()] == list(range(CONSTANT + 1, _core.N_OPCODES))
    assert {name for name, row in OPERATORS.items() if row.arity == 2} == {
        name for name, row in OPERATORS.items() if row.opcode <= LAST_BINARY
    }


def test_the_oracle_is_told_every_value_and_slope() -> None:
    assert {name: OPERATIONS[row.opcode] for name, row in OPERATORS.items()} == {
        name: Operation(row.numpy, row.slopes) for name, row in OPERATORS.items()
    }
    assert len(OPERATIONS) == len(OPERATORS)


@pytest.mark.parametrize(
    ("opcode", "n_slopes", "message"),
    [
        (28, 1, "opcode 28 is taken; the next one is 29"),
        (CONSTANT, 1, "opcode 1 is taken"),
        (29, 2, "opcode 29 needs as many slopes as operands, 1, and has 2"),
    ],
)
def test_what_an_engine_is_told_must_be_new_and_whole(opcode: int, n_slopes: int, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        tell({opcode: Operation(np.sin, (lambda x, y, v: np.cos(x),) * n_slopes)})
    assert len(OPERATIONS) == len(OPERATORS)


LINEARITY: list[tuple[Tree, list[int]]] = [
    (("*", "c0", ("exp", ("*", "c1", "x0"))), [0]),
    (("+", ("*", "c0", "x0"), ("neg", ("/", "c1", "x0"))), [0, 1]),
    (("*", ("*", "c0", "c1"), "x0"), [0]),  # one at a time
    (("/", ("-", "x0", "c0"), ("+", "x0", "c1")), [0]),
    (("square", "c0"), []),
    (("pow", "x0", "c1"), []),
]


@pytest.mark.parametrize(("tree", "linear"), LINEARITY)
def test_constants_that_enter_linearly(tree: Tree, linear: list[int]) -> None:
    assert reference.linear_constants(assemble(tree, 1, 2)).tolist() == linear


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_has_the_values_of_its_row(engine: Engine, name: str) -> None:
    row = OPERATORS[name]
    first = np.repeat(POINTS, POINTS.size)
    second = np.tile(POINTS, POINTS.size)
    operands = [first, second][: row.arity]
    program = assemble((name, *(f"x{i}" for i in range(row.arity))), n_inputs=2)
    with np.errstate(all="ignore"):
        expected = row.numpy(*operands)
    np.testing.assert_allclose(engine.evaluate(program, np.stack([first, second]), []), expected, rtol=4e-16)


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_has_its_slopes(engine: Engine, name: str) -> None:
    arity = OPERATORS[name].arity
    point = np.array([0.37, 1.3])[:arity]
    program = assemble((name, *(f"c{i}" for i in range(arity))), n_inputs=0, n_free=arity)
    X = np.empty((0, 1))
    _, slopes = engine.jacobian(program, X, point)
    for i in range(arity):
        step = 1e-6 * np.eye(arity)[i]
        rise = engine.evaluate(program, X, point + step) - engine.evaluate(program, X, point - step)
        np.testing.assert_allclose(slopes[i], rise / 2e-6, rtol=1e-8)
