"""Derivatives: against complex steps on random trees, and the limits that plain formulas miss."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Engine
from symreg.engine.operations import CONSTANT, OPERATIONS, VARIABLE
from symreg.engine.program import Program
from symreg.engine.reference import row_values
from tests.engine.trees import BINARY, OPCODES, assemble, random_program

ABS, POW, MAX, MIN = (OPCODES[name] for name in ("abs", "pow", "max", "min"))
CBRT, STEP = OPCODES["cbrt"], OPCODES["step"]
SMALL = 1e-40


def complex_values(program: Program, X: np.ndarray, constants: np.ndarray) -> np.ndarray:
    """The program over complex numbers, where every operator but those that tell cases apart is analytic."""
    every = np.concatenate([constants, program.fixed])
    values: list[np.ndarray] = []
    for opcode, a, b in program.code.tolist():
        if opcode == VARIABLE:
            values.append(X[a].astype(complex))
        elif opcode == CONSTANT:
            values.append(np.full(X.shape[1], every[a]))
        elif opcode == ABS:
            values.append(np.where(values[a].real < 0, -values[a], values[a]))
        elif opcode in (MAX, MIN):
            first = (values[a].real > values[b].real) == (opcode == MAX)
            values.append(np.where(first, values[a], values[b]))
        elif opcode == CBRT:
            sign = np.where(values[a].real < 0, -1.0, 1.0)
            values.append(sign * np.exp(np.log(sign * values[a]) / 3))
        elif opcode == STEP:
            values.append(np.heaviside(values[a].real, 0.5).astype(complex))
        elif opcode == POW:
            values.append(np.exp(values[b] * np.log(values[a])))
        elif opcode in BINARY.values():
            values.append(OPERATIONS[opcode].value(values[a], values[b]))
        else:
            values.append(OPERATIONS[opcode].value(values[a]))
    return values[-1]


def comparable(program: Program, X: np.ndarray, constants: np.ndarray) -> np.ndarray:
    """Rows that complex steps can follow: finite, inside of every domain, and powers of positive bases only.

    The complex logarithm of a negative number would drown the small step.
    """
    with np.errstate(all="ignore"):
        values = row_values(program, X, constants)
    good = np.isfinite(values).all(axis=0)
    for opcode, a, _ in program.code.tolist():
        if opcode in (POW, OPCODES["sqrt"]):
            good &= values[a] > 0
        elif opcode in (OPCODES["asin"], OPCODES["acos"]):
            good &= np.abs(values[a]) < 1
    return good


@pytest.mark.parametrize("seed", range(200))
def test_random_trees_against_complex_steps(engine: Engine, seed: int) -> None:
    program, X, constants = random_program(seed, depth=3)
    values, J = engine.jacobian(program, X, constants)
    assert J.shape == (3, 37)
    assert np.isnan(J[:, np.isnan(values)]).all()
    sound = np.isfinite(values) & comparable(program, X, constants)
    for k in range(3):
        with np.errstate(all="ignore"):
            moved = complex_values(program, X, constants + 1j * SMALL * np.eye(3)[k])
        expected = moved.imag / SMALL
        stable = sound & np.isfinite(expected) & np.isclose(moved.real, values, rtol=1e-9)
        np.testing.assert_allclose(J[k, stable], expected[stable], rtol=1e-6, atol=1e-9)


def test_closed_form(engine: Engine) -> None:
    program = assemble(("*", "c0", ("exp", ("*", "c1", "x0"))), n_free=2)
    x = np.linspace(-1.0, 1.0, 300)
    values, J = engine.jacobian(program, x[None], [2.0, -3.0])
    np.testing.assert_allclose(values, 2 * np.exp(-3 * x), rtol=1e-14)
    np.testing.assert_allclose(J, [np.exp(-3 * x), 2 * x * np.exp(-3 * x)], rtol=1e-14)


def test_a_constant_used_twice_adds_up(engine: Engine) -> None:
    program = assemble(("+", ("*", "c0", "x0"), ("square", "c0")), n_free=1)
    _, J = engine.jacobian(program, np.array([[1.0, 2.0]]), [3.0])
    np.testing.assert_array_equal(J, [[7.0, 8.0]])


def test_a_constant_that_is_not_used_or_is_the_root(engine: Engine) -> None:
    _, J = engine.jacobian(assemble("c1", n_free=2), np.ones((1, 3)), [3.0, 4.0])
    np.testing.assert_array_equal(J, [[0.0] * 3, [1.0] * 3])
    assert engine.jacobian(assemble("x0"), np.ones((1, 3)), [])[1].shape == (0, 3)


def test_powers_at_zero(engine: Engine) -> None:
    by_exponent = assemble(("pow", "x0", "c0"), n_free=1)
    np.testing.assert_array_equal(
        engine.jacobian(by_exponent, np.array([[0.0, 1.0]]), [2.0])[1], [[0.0, 0.0]]
    )
    by_base = assemble(("pow", "c0", "x0"), n_free=1)
    exponents = np.array([[0.0, 1.0, 2.0, 3.0]])
    np.testing.assert_array_equal(engine.jacobian(by_base, exponents, [0.0])[1], [[0.0, 1.0, 0.0, 0.0]])
    np.testing.assert_allclose(engine.jacobian(by_base, exponents, [-2.0])[1], [[0.0, 1.0, -4.0, 12.0]])


def test_operators_that_tell_cases_apart(engine: Engine) -> None:
    """Where both operands of max are equal each has half of the slope; the slope of a step is 0 on either side."""
    x = np.array([[1.0, 2.0, 3.0]])
    for name, slopes in (("max", [[1.0, 0.5, 0.0]]), ("min", [[0.0, 0.5, 1.0]])):
        _, J = engine.jacobian(assemble((name, "c0", "x0"), n_free=1), x, [2.0])
        np.testing.assert_array_equal(J, slopes)
        _, J = engine.jacobian(assemble((name, "x0", "c0"), n_free=1), x, [2.0])
        np.testing.assert_array_equal(J, slopes)
    _, J = engine.jacobian(assemble(("*", "c0", ("step", ("-", "x0", "c1"))), n_free=2), x, [3.0, 2.0])
    np.testing.assert_array_equal(J, [[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]])
    _, J = engine.jacobian(assemble(("cbrt", ("*", "c0", "x0")), n_free=1), np.array([[-8.0, 27.0, 0.0]]), [1.0])
    np.testing.assert_allclose(J, [[-2 / 3, 1.0, np.nan]], rtol=1e-15)


def test_undefined_derivatives_elsewhere_do_no_harm(engine: Engine) -> None:
    program = assemble(
        ("+", ("*", "c0", "x0"), ("sqrt", "x0")), n_free=1
    )  # the slope of sqrt at 0 is infinite
    _, J = engine.jacobian(program, np.array([[0.0, 4.0]]), [2.0])
    np.testing.assert_array_equal(J, [[0.0, 4.0]])
    _, J = engine.jacobian(assemble(("sqrt", ("-", "x0", "c0")), n_free=1), np.array([[1.0, 2.0]]), [1.0])
    np.testing.assert_array_equal(J, [[-np.inf, -0.5]])
