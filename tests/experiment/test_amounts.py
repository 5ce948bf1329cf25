"""Durations and memory as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symreg.experiment.amounts import duration_text, memory_text, parse_duration, parse_memory


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2 min", 120.0), ("60 s", 60.0), ("60s", 60.0), ("1.5 h", 5400.0), ("3 hours", 10800.0), (30, 30.0),
        (0.5, 0.5), ("30", 30.0), ("1 d", 86400.0), ("500 ms", 0.5), ("2 Min", 120.0), ("1e2 s", 100.0),
    ],
)  # fmt: skip
def test_durations(text: str | float, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "two minutes", "-3 s", "0 s", "3 parsecs", True, "nan s", float("inf"), "9e99 d"]
)
def test_what_is_no_duration(text: str | float) -> None:
    with pytest.raises(ValueError, match="write a duration such as 60 s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("2 GB", 2 * 10**9), ("2 GiB", 2 * 2**30), ("512 MB", 512 * 10**6), ("512mib", 2**29), (2**30, 2**30)],
)
def test_memory(text: str | float, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "much", "2 Gs", "-1 GB", "1 B", 0, True, "1e9 GB", float("nan")])
def test_what_is_no_memory(text: str | float) -> None:
    with pytest.raises(ValueError, match="write an amount of memory such as"):
        parse_memory(text)


@given(st.floats(min_value=1e-3, max_value=1e9) | st.integers(1, 10**9).map(float))
def test_a_printed_duration_is_read_back(seconds: float) -> None:
    assert parse_duration(duration_text(seconds)) == pytest.approx(seconds, rel=1e-14)


@given(st.integers(2**20, 2**50))
def test_printed_memory_is_read_back(size: int) -> None:
    assert parse_memory(memory_text(size)) == size


def test_round_amounts_are_short() -> None:
    assert duration_text(120.0) == "2 min"
    assert duration_text(90.0) == "90 s"
    assert memory_text(2 * 2**30) == "2 GiB"
    assert memory_text(2 * 10**9) == "2 GB"
