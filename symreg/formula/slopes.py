"""Slopes of operators that are no plain formula: by the operands ``x`` and ``y``, of which ``v`` is the value."""

from __future__ import annotations

from typing import Any

import numpy as np


def power_by_base(x: Any, y: Any, v: Any) -> Any:
    """``y * x**(y - 1)``; 0 for a zero exponent, and ``v / x`` saves the second power."""
    slope = np.where(x == 0, y * np.power(x, y - 1), y * (v / x))
    return np.where(y == 0, 0.0, slope)


def power_by_exponent(x: Any, y: Any, v: Any) -> Any:
    """``x**y * log(x)``, with its limit 0 where a zero is raised to a positive power."""
    return np.where((x == 0) & (y > 0), 0.0, v * np.log(x))


def by_larger(x: Any, y: Any, v: Any) -> Any:
    """1 where ``x`` is the larger one, and half of it to each where both are equal."""
    return (x > y) + 0.5 * (x == y)


def by_smaller(x: Any, y: Any, v: Any) -> Any:
    """1 where ``x`` is the smaller one, and half of it to each where both are equal."""
    return (x < y) + 0.5 * (x == y)
