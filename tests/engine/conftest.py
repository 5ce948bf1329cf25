"""Every test runs on both engines, the compiled one with every instruction set; a missing one is a failure."""

from __future__ import annotations

import pytest

from symreg.engine import Engine, get_engine

OLDER = ("avx2", "baseline")  # instructions; a processor without them uses what it has


@pytest.fixture(params=["numpy", "compiled", *OLDER])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param in OLDER:
        from symreg.engine.compiled import CompiledEngine

        return CompiledEngine(request.param)
    return get_engine(request.param)


@pytest.fixture
def both() -> tuple[Engine, Engine]:
    """The oracle and the compiled engine."""
    return get_engine("numpy"), get_engine("compiled")
