"""Single precision: every operator close to the double of the same operands, undefined where that is."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import Engine
from symreg.engine.operations import CONSTANT, OPERATIONS, VARIABLE
from symreg.engine.program import Program
from symreg.errors import EngineError
from symreg.formula.operators import OPERATORS
from tests.engine.trees import BINARY, UNARY, Tree, assemble, random_program

# Units in the last place; the compiled engine is within 2.5, NumPy's vector code within 4.
UNITS = 4
LARGEST, LEAST = np.finfo(np.float32).max, np.finfo(np.float32).smallest_subnormal
EDGES = [0.0, -0.0, LEAST, -LEAST, 1e-40, 1.2e-38, 1e-8, 1.0, -1.0, LARGEST, -LARGEST, np.inf, -np.inf, np.nan]


def values(engine: Engine, program: Program, X: np.ndarray, constants: list[float] | np.ndarray) -> np.ndarray:
    """The values of one program in single precision."""
    found = engine.evaluate_many_float32([program], X, [constants])
    assert found.dtype == np.float32 and found.shape == (1, X.shape[1])
    return found[0]


def assert_close(actual: np.ndarray, exact: np.ndarray, units: float = UNITS) -> None:
    """Within so many units in the last place of float32, infinite beyond it, and undefined in the same places."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
        unit = np.maximum(np.abs(np.spacing(rounded.astype(np.float32))), LEAST).astype(np.float64)
        near = np.abs(actual.astype(np.float64) - exact) <= units * unit
    near |= actual == rounded
    beyond = np.abs(exact) > LARGEST * (1 - units * 2.0**-24)
    near |= beyond & np.isinf(actual) & (np.sign(actual) == np.sign(exact))
    near |= np.isnan(actual) & np.isnan(exact)
    assert near.all(), (actual[~near][:5], exact[~near][:5])


def wide_operands(arity: int) -> np.ndarray:
    """Many magnitudes, many angles, and the edges, each with each where there are two operands; float32 all of them."""
    rng = np.random.default_rng(0)
    wide = rng.choice([-1.0, 1.0], 4000) * 10.0 ** rng.uniform(-44, 38, 4000)
    angles = np.arange(-4000, 4000) * (np.pi / 4)
    x = np.concatenate([wide, rng.uniform(-1.2, 1.2, 4000), rng.uniform(-110, 110, 4000), angles, EDGES])
    if arity == 2:
        few = np.concatenate([x[:120:3], rng.uniform(-4, 4, 40), [2, 3, -2, 0.5, 7], EDGES])
        return np.stack([np.repeat(few, few.size), np.tile(few, few.size)]).astype(np.float32)
    return x[None].astype(np.float32)


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator(engine: Engine, name: str) -> None:
    row = OPERATORS[name]
    X = wide_operands(row.arity)
    program = assemble((name, *(f"x{i}" for i in range(row.arity))), n_inputs=row.arity)
    with np.errstate(all="ignore"):
        exact = row.numpy(*X.astype(np.float64))
    assert_close(values(engine, program, X, []), exact)


@pytest.mark.parametrize("exponent", [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 7.0, -3.0, 2.5])
def test_powers_with_one_exponent_for_all_rows(engine: Engine, exponent: float) -> None:
    x = wide_operands(1)
    x = x[:, ~(np.abs(x[0]) > 1e19) | np.isinf(x[0])]  # the square of others, on the way to exponent -2, is infinite
    with np.errstate(all="ignore"):
        exact = np.power(x[0].astype(np.float64), np.full(x.shape[1], exponent))
    assert_close(values(engine, assemble(("pow", "x0", exponent)), x, []), exact)


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_operation_by_operation(engine: Engine, seed: int) -> None:
    """Each row against the double of the engine's own operands, so that no cancellation blurs the test."""
    program, X, constants = random_program(seed)
    X = X.astype(np.float32)
    every = np.concatenate([constants, program.fixed]).astype(np.float32)
    parts: list[np.ndarray] = []
    for i, (opcode, a, b) in enumerate(program.code.tolist()):
        part = Program(program.code[: i + 1], program.n_inputs, program.n_free, program.fixed)
        parts.append(values(engine, part, X, constants))
        if opcode == VARIABLE:
            np.testing.assert_array_equal(parts[i], X[a])
        elif opcode == CONSTANT:
            np.testing.assert_array_equal(parts[i], np.full(X.shape[1], every[a]))
        else:
            operands = [parts[k].astype(np.float64) for k in ((a, b) if opcode in BINARY.values() else (a,))]
            with np.errstate(all="ignore"):
                assert_close(parts[i], OPERATIONS[opcode].value(*operands))


@pytest.mark.parametrize("n_rows", [0, 1, 7, 8, 9, 255, 256, 257, 263, 5000])
def test_every_number_of_rows(engine: Engine, n_rows: int) -> None:
    X = np.linspace(-2.0, 3.0, 2 * n_rows, dtype=np.float32).reshape(2, n_rows)
    program = assemble(("+", ("*", "x0", "x1"), "c0"), n_inputs=2, n_free=1)
    np.testing.assert_allclose(values(engine, program, X, [0.5]), X[0] * X[1] + np.float32(0.5), rtol=0, atol=5e-7)


@pytest.mark.parametrize("leaf", ["x1", "c1", 3.5, ("+", "c0", 3.5)])
def test_leaves_and_constants_alone(engine: Engine, leaf: Tree) -> None:
    X = np.arange(600.0, dtype=np.float32).reshape(2, 300)
    expected = {"x1": X[1], "c1": np.full(300, 0.1), 3.5: np.full(300, 3.5)}.get(leaf, np.full(300, 4.5))
    np.testing.assert_array_equal(values(engine, assemble(leaf, 2, 2), X, [1.0, 0.1]), expected.astype(np.float32))


def test_inputs_and_constants_are_rounded_first(engine: Engine) -> None:
    """Even to infinity, without a warning."""
    X = np.array([[0.1, 1e60, -1e60, 1e-60]])
    expected = np.array([np.float32(0.1) * np.float32(0.3), np.inf, -np.inf, 0.0])
    np.testing.assert_array_equal(values(engine, assemble(("*", "x0", "c0"), 1, 1), X, [0.3]), expected)


def test_many_programs_and_threads_give_what_each_gives_alone(engine: Engine) -> None:
    cases = [random_program(seed) for seed in range(40)]
    programs, constants = [program for program, _, _ in cases], [c for _, _, c in cases]
    X = random_program(0, n_rows=4999)[1]
    for threads in (1, 2, 3):
        many = engine.evaluate_many_float32(programs, X, constants, threads=threads)
        for row, program, c in zip(many, programs, constants, strict=True):
            np.testing.assert_array_equal(row, values(engine, program, X, c))
    assert engine.evaluate_many_float32([], X, []).shape == (0, 4999)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_go_to_an_array_of_the_caller(engine: Engine, dtype: type) -> None:
    evaluate = engine.evaluate_many if dtype is np.float64 else engine.evaluate_many_float32
    program, X, constants = random_program(5, n_rows=301)
    around = np.full((4, 301), 7.0, dtype=dtype)
    assert evaluate([program] * 2, X, [constants] * 2, out=around[1:3]).base is around  # type: ignore[arg-type]
    np.testing.assert_array_equal(around[1:3], evaluate([program] * 2, X, [constants] * 2))
    np.testing.assert_array_equal(around[[0, 3]], 7.0)  # nothing beside it


def test_an_array_that_does_not_fit_is_refused(engine: Engine) -> None:
    program, X, constants = random_program(5, n_rows=9)
    fixed = np.empty((1, 9))
    fixed.flags.writeable = False
    for out in (np.empty((2, 9)), np.empty((1, 9), dtype=np.float32), np.empty((1, 18))[:, ::2], fixed):
        with pytest.raises(EngineError, match="expected float64"):
            engine.evaluate_many([program], X, [constants], out=out)
    with pytest.raises(EngineError, match="expected float32"):
        engine.evaluate_many_float32([program], X, [constants], out=np.empty((1, 9)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(UNARY))
def test_our_own_functions_are_within_the_units_they_state(name: str) -> None:
    from symreg.engine.compiled import CompiledEngine

    X = wide_operands(1)
    with np.errstate(all="ignore"):
        exact = OPERATORS[name].numpy(X[0].astype(np.float64))
    for instructions in ("newest", "avx2", "baseline"):
        assert_close(values(CompiledEngine(instructions), assemble((name, "x0")), X, []), exact, 2.5)
