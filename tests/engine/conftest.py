"""Every test runs on both engines, the compiled one with and without AVX2; a missing one is a failure."""

from __future__ import annotations

import pytest

from symreg.engine import Engine, get_engine


@pytest.fixture(params=["numpy", "compiled", "portable"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "portable":
        from symreg.engine.compiled import CompiledEngine

        return CompiledEngine(portable=True)
    return get_engine(request.param)


@pytest.fixture
def both() -> tuple[Engine, Engine]:
    """The oracle and the compiled engine."""
    return get_engine("numpy"), get_engine("compiled")
