"""A program checks itself, so that no engine ever reads outside of its arrays."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symreg.engine import ENVIRONMENT, Engine, Program, get_engine
from symreg.engine.compiled import CompiledEngine
from symreg.errors import EngineError, ProgramError
from tests.engine.trees import assemble


def make(
    rows: list[list[int]], n_inputs: int = 1, n_free: int = 1, fixed: tuple[float, ...] = (2.0,)
) -> Program:
    return Program(np.array(rows, dtype=np.int32), n_inputs, n_free, np.array(fixed))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, 1, 0]], "row 0: column 1 is outside of the 1 inputs"),
        ([[0, -1, 0]], "row 0: column -1 is outside"),
        ([[1, 2, 0]], "row 0: constant 2 is outside of the 2 free and fixed constants"),
        ([[0, 0, 0], [2, 0, 1]], "row 1: operands (0, 1) must be earlier rows"),
        ([[0, 0, 0], [2, 0, -1]], "row 1: operands (0, -1) must be earlier rows"),
        ([[7, 0, 0]], "row 0: operands (0, 0) must be earlier rows"),
        ([[0, 0, 0], [29, 0, 0]], "row 1: opcode 29 is unknown (0..28)"),
        ([[-1, 0, 0]], "row 0: opcode -1 is unknown"),
    ],
)
def test_rejects_rows_that_point_outside(rows: list[list[int]], message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        make(rows)
    assert message in str(caught.value)


def test_rejects_wrong_shapes_and_types() -> None:
    for code in (np.empty((0, 3), np.int32), np.zeros((2, 2), np.int32), np.zeros((1, 3))):
        with pytest.raises(ProgramError):
            Program(code, 1, 0, np.array([]))
    with pytest.raises(ProgramError):
        make([[0, 0, 0]], n_free=-1)


def test_is_a_frozen_copy() -> None:
    code = np.array([[0, 0, 0]], dtype=np.int64)
    program = Program(code, 1, 0, np.array([]))
    code[0, 1] = 7
    assert program.code.dtype == np.int32 and program.code[0, 1] == 0
    with pytest.raises(ValueError):
        program.code[0, 1] = 7
    assert program.n_ops == 1


def test_errors_survive_pickling() -> None:
    with pytest.raises(ProgramError) as caught:
        make([[0, 1, 0]])
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.row == 0


def test_the_extension_checks_again_before_it_reads(engine: Engine) -> None:
    program = assemble(("+", "x0", 1.0))
    hostile = np.array([[0, 1000, 0]], dtype=np.int32)
    object.__setattr__(program, "code", hostile)
    with pytest.raises((ValueError, IndexError)):
        engine.evaluate(program, np.ones((1, 3)), [])


def test_unknown_engines_are_named() -> None:
    with pytest.raises(EngineError, match="choose auto, compiled, numpy, avx2 or baseline"):
        get_engine("fortran")


@pytest.mark.parametrize(
    ("value", "name"), [(None, "compiled"), ("", "compiled"), ("numpy", "numpy"), ("avx2", "compiled")]
)
def test_the_environment_says_what_auto_is(monkeypatch: pytest.MonkeyPatch, value: str | None, name: str) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    if value is not None:
        monkeypatch.setenv(ENVIRONMENT, value)
    assert get_engine("auto").name == name
    assert get_engine("numpy").name == "numpy"  # who names one gets it
    assert get_engine("compiled") == CompiledEngine()


@pytest.mark.parametrize("instructions", ["avx2", "baseline"])
def test_older_instructions_have_names(instructions: str) -> None:
    assert get_engine(instructions) == CompiledEngine(instructions)


def test_an_environment_that_names_no_engine_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "fortran")
    with pytest.raises(EngineError, match="fortran"):
        get_engine("auto")


def test_arguments_that_do_not_fit_are_refused(engine: Engine) -> None:
    program = assemble(("*", "c0", "x0"), n_inputs=1, n_free=1)
    X, y = np.ones((1, 4)), np.ones(4)
    with pytest.raises(EngineError, match=r"expected \(1, n_rows\)"):
        engine.evaluate(program, np.ones((2, 4)), [1.0])
    with pytest.raises(EngineError, match="got 2 free constants"):
        engine.jacobian(program, X, [1.0, 2.0])
    with pytest.raises(EngineError, match="1 programs but 0"):
        engine.evaluate_many([program], X, [])
    with pytest.raises(EngineError, match="shapes do not fit"):
        engine.fit_many([program], X, np.ones(3), None, [[1.0]])
    with pytest.raises(EngineError, match="weights must be finite"):
        engine.fit_many([program], X, y, -y, [[1.0]])
    with pytest.raises(EngineError, match="y must be finite"):
        engine.fit_many([program], X, y * np.nan, None, [[1.0]])
