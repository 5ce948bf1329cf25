"""Every test of the engine runs on both engines; a missing extension is a failure, not a reason to skip."""

from __future__ import annotations

import pytest

from symreg.engine import Engine, get_engine


@pytest.fixture(params=["numpy", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return get_engine(request.param)


@pytest.fixture
def both() -> tuple[Engine, Engine]:
    """The oracle and the compiled engine."""
    return get_engine("numpy"), get_engine("compiled")
