"""Values: closed forms, the edges of the domains, and random programs, operation by operation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symreg.engine import Engine
from symreg.engine.compiled import CompiledEngine
from symreg.engine.operations import CONSTANT, OPERATIONS, VARIABLE
from symreg.engine.program import Program
from tests.engine.trees import BINARY, UNARY, assemble, random_program

TINY, HUGE = 5e-324, 1.7976931348623157e308
EDGES = np.array(
    [0.0, -0.0, TINY, -TINY, 1e-310, 2.3e-308, 1e-8, 1.0, -1.0, HUGE, -HUGE, np.inf, -np.inf, np.nan]
)


def test_closed_form_of_a_pendulum(engine: Engine) -> None:
    program = assemble(("*", ("*", 2.0, "c0"), ("sqrt", ("/", "x0", "c1"))), n_inputs=1, n_free=2)
    lengths = np.array([[0.25, 1.0, 4.0]])
    expected = [2 * math.pi * math.sqrt(length / 9.80665) for length in lengths[0]]
    np.testing.assert_allclose(engine.evaluate(program, lengths, [math.pi, 9.80665]), expected, rtol=1e-15)


@pytest.mark.parametrize("n_rows", [0, 1, 7, 8, 9, 255, 256, 257, 5000])
def test_every_number_of_rows(engine: Engine, n_rows: int) -> None:
    X = np.linspace(-2.0, 3.0, 2 * n_rows).reshape(2, n_rows)
    program = assemble(("+", ("*", "x0", "x1"), "c0"), n_inputs=2, n_free=1)
    values = engine.evaluate(program, X, [0.5])
    assert values.shape == (n_rows,)
    np.testing.assert_array_equal(values, X[0] * X[1] + 0.5)


@pytest.mark.parametrize("leaf", ["x1", "c1", 3.5])
def test_a_leaf_alone(engine: Engine, leaf: str | float) -> None:
    X = np.arange(600.0).reshape(2, 300)
    expected = {"x1": X[1], "c1": np.full(300, 2.0), 3.5: np.full(300, 3.5)}[leaf]
    np.testing.assert_array_equal(engine.evaluate(assemble(leaf, 2, 2), X, [1.0, 2.0]), expected)


def test_rows_that_are_shared_or_unused(engine: Engine) -> None:
    code = np.array(
        [[0, 0, 0], [15, 0, 0], [11, 0, 0], [4, 2, 2], [2, 3, 3]], dtype=np.int32
    )  # row 1 leads nowhere
    X = np.array([[-2.0, -1.0, 3.0]])
    np.testing.assert_array_equal(engine.evaluate(Program(code, 1, 0, np.array([])), X, []), 2 * X[0] ** 4)


@pytest.mark.parametrize("name", sorted(UNARY))
def test_functions_on_a_wide_range(engine: Engine, name: str) -> None:
    """Within a few units in the last place of the platform's function, and NaN in the same places."""
    rng = np.random.default_rng(0)
    wide = rng.choice([-1.0, 1.0], 4000) * 10.0 ** rng.uniform(-20, 8, 4000)
    near = rng.uniform(-1.2, 1.2, 4000)
    far = rng.uniform(-760, 760, 4000)
    quarters = np.arange(-2000, 2000) * (math.pi / 4)
    x = np.concatenate([wide, near, far, quarters, EDGES])
    with np.errstate(all="ignore"):
        expected = OPERATIONS[UNARY[name]].value(x)
    actual = engine.evaluate(assemble((name, "x0")), x[None], [])
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    np.testing.assert_allclose(actual, expected, rtol=1e-15, atol=1e-323)


@pytest.mark.parametrize(
    "exponent", [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 7.0, -3.0, 1 / 3, 2.5]
)
@pytest.mark.parametrize("free", [False, True])
def test_powers_with_one_exponent_for_all_rows(engine: Engine, exponent: float, free: bool) -> None:
    x = np.concatenate([EDGES, np.linspace(-9.0, 9.0, 101)])
    program = assemble(("pow", "x0", "c0" if free else exponent), n_free=int(free))
    with np.errstate(all="ignore"):
        expected = np.power(x, np.full_like(x, exponent))  # a scalar exponent takes a short cut
    actual = engine.evaluate(program, x[None], [exponent] if free else [])
    np.testing.assert_allclose(actual, expected, rtol=1e-15, atol=1e-323)
    if exponent % 1 and exponent > 0:
        assert np.isnan(actual[(x < 0) & (x > -np.inf)]).all()


@pytest.mark.parametrize("seed", range(150))
def test_random_programs_operation_by_operation(engine: Engine, seed: int) -> None:
    """Each row is NumPy's function of the engine's own operands, so that no cancellation blurs the test."""
    program, X, constants = random_program(seed)
    every = np.concatenate([constants, program.fixed])
    values: list[np.ndarray] = []
    for i, (opcode, a, b) in enumerate(program.code.tolist()):
        part = Program(program.code[: i + 1], program.n_inputs, program.n_free, program.fixed)
        values.append(engine.evaluate(part, X, constants))
        with np.errstate(all="ignore"):
            if opcode == VARIABLE:
                expected = X[a]
            elif opcode == CONSTANT:
                expected = np.full(X.shape[1], every[a])
            elif opcode in BINARY.values():
                expected = OPERATIONS[opcode].value(values[a], values[b])
            else:
                expected = OPERATIONS[opcode].value(values[a])
        np.testing.assert_allclose(values[-1], expected, rtol=2e-15, atol=1e-320)
    np.testing.assert_array_equal(values[-1], engine.jacobian(program, X, constants)[0])


@pytest.mark.parametrize("name", ["max", "min"])
def test_what_is_compared_with_nan_is_nan(engine: Engine, name: str) -> None:
    X = np.array([[np.nan, 1.0, np.nan, np.nan, np.inf, 2.0], [1.0, np.nan, np.nan, -np.inf, np.nan, 3.0]])
    values = engine.evaluate(assemble((name, "x0", "x1"), 2), X, [])
    np.testing.assert_array_equal(np.isnan(values), [True, True, True, True, True, False])
    with np.errstate(invalid="ignore"):
        single = engine.evaluate_many_float32([assemble((name, "x0", "x1"), 2)], X, [[]])[0]
    np.testing.assert_array_equal(single, values.astype(np.float32))


def test_a_step_is_a_half_at_zero_and_a_cube_root_has_the_sign_of_its_operand(engine: Engine) -> None:
    x = np.array([[-np.inf, -8.0, -TINY, -0.0, 0.0, TINY, 27.0, np.inf, np.nan]])
    step = engine.evaluate(assemble(("step", "x0")), x, [])
    np.testing.assert_array_equal(step, [0.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1.0, np.nan])
    roots = engine.evaluate(assemble(("cbrt", "x0")), x, [])
    np.testing.assert_allclose(roots[[0, 1, 3, 4, 6, 7]], [-np.inf, -2.0, 0.0, 0.0, 3.0, np.inf], rtol=3e-16)


def test_many_programs_give_what_each_gives_alone(engine: Engine) -> None:
    programs, X, constants = [], random_program(0, n_rows=300)[1], []
    for seed in range(40):
        program, _, c = random_program(seed)
        programs.append(program)
        constants.append(c)
    for threads in (1, 2, 3):
        many = engine.evaluate_many(programs, X, constants, threads=threads)
        for row, program, c in zip(many, programs, constants, strict=True):
            np.testing.assert_array_equal(row, engine.evaluate(program, X, c))
    assert engine.evaluate_many([], X, []).shape == (0, 300)


@pytest.mark.parametrize("seed", range(40))
def test_the_newest_instructions_give_the_bits_of_older_ones(seed: int) -> None:
    """AVX-512 those of AVX2, so that a search finds the same on both; the baseline rounds more often."""
    newest, older = CompiledEngine(), CompiledEngine("avx2")
    program, X, constants = random_program(seed, n_rows=1003)
    np.testing.assert_array_equal(newest.evaluate(program, X, constants), older.evaluate(program, X, constants))
    np.testing.assert_array_equal(
        newest.jacobian(program, X, constants)[1], older.jacobian(program, X, constants)[1]
    )
    np.testing.assert_array_equal(
        newest.evaluate_many_float32([program], X, [constants]), older.evaluate_many_float32([program], X, [constants])
    )


def test_a_row_does_not_depend_on_its_place_or_the_threads(engine: Engine) -> None:
    program, _, constants = random_program(3)
    X = np.random.default_rng(1).normal(size=(3, 9001))
    whole = engine.evaluate(program, X, constants)
    np.testing.assert_array_equal(engine.evaluate(program, X, constants, threads=4), whole)
    values, J = engine.jacobian(program, X, constants)
    shared_values, shared_J = engine.jacobian(program, X, constants, threads=4)
    np.testing.assert_array_equal(shared_values, values)
    np.testing.assert_array_equal(shared_J, J)


def test_compiled_rows_are_the_same_in_every_block(both: tuple[Engine, Engine]) -> None:
    program, _, constants = random_program(11)
    X = np.random.default_rng(1).normal(size=(3, 700))
    whole = both[1].evaluate(program, X, constants)
    for start, end in ((0, 1), (255, 258), (3, 699)):
        np.testing.assert_array_equal(both[1].evaluate(program, X[:, start:end], constants), whole[start:end])
