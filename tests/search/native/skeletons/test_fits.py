"""Fits of hits end soon after a search is to end, however many hits a stage has left."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from symreg.search.native.skeletons.fits import AT_A_TIME, Fits


@pytest.mark.parametrize(("stopped", "fitted"), [(True, AT_A_TIME), (False, 3 * AT_A_TIME + 1)])
def test_after_the_end_the_first_ones_are_fitted(stopped: bool, fitted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage with thousands of hits was two seconds late; the best come first, and are fitted in any case."""
    question: Any = SimpleNamespace(sees="target")
    hits: list[Any] = [SimpleNamespace(n_inner=1, loss=0.5, question=question) for _ in range(3 * AT_A_TIME + 1)]
    seen: list[Any] = []

    def take(_: Fits, some: list[Any]) -> list[Any]:
        seen.extend(some)
        return [(one, None) for one in some]

    monkeypatch.setattr(Fits, "_fitted_inside", take)
    nothing: Any = None
    found = list(Fits(nothing, nothing, nothing, 4, 1000, lambda: stopped)._inside(hits))
    assert seen == hits[:fitted] and [hit for hit, _ in found] == seen
