"""Numbers only: evaluate, differentiate and fit programs, with a compiled core or with NumPy."""

from __future__ import annotations

import os

from symreg.engine.program import Engine, Fit, Outcome, Program
from symreg.errors import EngineError

__all__ = ["ENVIRONMENT", "Engine", "Fit", "Outcome", "Program", "get_engine"]

ENVIRONMENT = "SYMREG_ENGINE"
"""The environment variable that says what ``"auto"`` is, for a machine as a whole."""


def get_engine(name: str = "auto") -> Engine:
    """The engine of that name: ``"compiled"``, ``"numpy"``, or ``"auto"`` (compiled where it was built).

    ``"avx2"`` and ``"baseline"`` are the compiled engine with no newer instructions than these. Where the environment
    variable ``SYMREG_ENGINE`` is set it takes the place of ``"auto"``. Results differ in their last digits between
    engines and instruction sets, and a search that hangs by such a digit may end with another law. Raises
    ``EngineError`` for another name, and for the compiled engine where it was not built.
    """
    if name == "auto":
        name = os.environ.get(ENVIRONMENT) or "auto"
    if name == "numpy":
        return _numpy_engine()
    if name == "compiled":
        return _compiled_engine()
    if name in ("avx2", "baseline"):
        return _compiled_engine(name)
    if name == "auto":
        try:
            return _compiled_engine()
        except EngineError:
            return _numpy_engine()
    raise EngineError(message=f"unknown engine {name!r}; choose auto, compiled, numpy, avx2 or baseline")


def _numpy_engine() -> Engine:
    from symreg.engine.reference import NumpyEngine

    return NumpyEngine()


def _compiled_engine(instructions: str = "newest") -> Engine:
    try:
        from symreg.engine.compiled import CompiledEngine
    except ImportError as missing:
        raise EngineError(
            message=f"the compiled engine is not installed ({missing}); install with a C++ compiler at hand, "
            "or choose the numpy engine"
        ) from missing
    return CompiledEngine(instructions)
