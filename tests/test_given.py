"""A number that cannot be is refused where it is given, in one sentence that names it and says what can be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symreg import Budget, DescriptorSettings, Examination, Native
from symreg.errors import SymregError


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (Budget, "time", "60 s"), (Budget, "time", 0.0), (Budget, "time", -1), (Budget, "time", math.nan),
        (Budget, "time", True), (Budget, "evaluations", 1.5), (Budget, "evaluations", 0), (Budget, "memory", None),
        (Budget, "memory", [1]), (Examination, "resamples", 20.5), (Examination, "searches", -1),
        (Examination, "time", "2 s"), (Native, "probes", 0), (Native, "threads", 0), (Native, "fit_rows", 10.0),
        (DescriptorSettings, "n_descriptors", 1.5), (DescriptorSettings, "n_descriptors", 4),
        (DescriptorSettings, "max_pairs", None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(make: Callable[..., Any], name: str, value: object) -> None:
    with pytest.raises(SymregError) as caught:
        make(**{name: value})
    assert str(caught.value).startswith(f"{name}={value!r}: give a")
    assert "\n" not in str(caught.value)


def test_what_can_be_is_taken() -> None:
    assert Budget(time=None, evaluations=np.int64(5), memory=1).evaluations == 5
    assert Budget(time=np.float32(0.5)).time == 0.5
    assert Examination(resamples=0, searches=0, time=None).time is None
    assert Native(threads=1, probes=1, fit_rows=1).probes == 1
    assert DescriptorSettings(max_pairs=2e10, grown=0).grown == 0
