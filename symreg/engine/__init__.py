"""Numbers only: evaluate, differentiate and fit programs, with a compiled core or with NumPy."""

from __future__ import annotations

from symreg.engine.program import Engine, Fit, Outcome, Program
from symreg.errors import EngineError

__all__ = ["Engine", "Fit", "Outcome", "Program", "get_engine"]


def get_engine(name: str = "auto") -> Engine:
    """The engine of that name: ``"compiled"``, ``"numpy"``, or ``"auto"`` (compiled where it was built)."""
    if name == "numpy":
        return _numpy_engine()
    if name == "compiled":
        return _compiled_engine()
    if name == "auto":
        try:
            return _compiled_engine()
        except EngineError:
            return _numpy_engine()
    raise EngineError(message=f"unknown engine {name!r}; choose auto, compiled or numpy")


def _numpy_engine() -> Engine:
    from symreg.engine.reference import NumpyEngine

    return NumpyEngine()


def _compiled_engine() -> Engine:
    try:
        from symreg.engine.compiled import CompiledEngine
    except ImportError as missing:
        raise EngineError(
            message=f"the compiled engine is not installed ({missing}); install with a C++ compiler at hand, "
            "or choose the numpy engine"
        ) from missing
    return CompiledEngine()
