"""A number and its standard error as people write them: ``365.21 ± 0.40``, ``(6.6743 ± 0.0015)e-11``."""

from __future__ import annotations

import math
import re

LEAST_RELATIVE_ERROR = 1e-14  # an error below this part of the value is less than a float can say
_PERCENTAGE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%")


def uncertain_text(value: float, stderr: float) -> str:
    """``value`` to the second significant digit of ``stderr``; no error where none is known, or only rounding."""
    if 0 < stderr < LEAST_RELATIVE_ERROR * abs(value):
        return number_text(value, 15)
    if not math.isfinite(value) or not math.isfinite(stderr) or stderr <= 0:
        return number_text(value, 10 if stderr == 0 else 6)
    largest = max(abs(value), stderr)
    power = math.floor(math.log10(largest))
    if -4 <= power < 7:
        return " ± ".join(_fixed(value, stderr))
    number, error = _fixed(_shifted(value, -power), _shifted(stderr, -power))
    return f"({number} ± {error})e{power:+03d}"


def number_text(value: float, digits: int = 6) -> str:
    """A plain number, never rounded to 0: ``6.6743e-11``."""
    if not math.isfinite(value):
        return "-"
    if abs(value) < 1e7 and value == int(value):
        return str(int(value))
    return f"{value:.{digits}g}"


def r2_text(r2: float) -> str:
    """R², written as a distance from 1 where it would round to 1."""
    if not math.isfinite(r2):
        return "-"
    return f"{r2:.5f}" if r2 < 0.99999 or r2 >= 1 else f"1-{1 - r2:.1e}"


def _fixed(value: float, stderr: float) -> tuple[str, str]:
    place = int(f"{stderr:.1e}".split("e")[1])
    decimals = max(0, 1 - place)
    if decimals > 17:  # the error is below what a float can say about the value
        return f"{value:.15g}", f"{stderr:.1e}"
    return f"{value:.{decimals}f}", f"{stderr:.{decimals}f}"


def _shifted(value: float, power: int) -> float:
    """``value * 10**power`` in two steps, so that 1e-310 does not overflow."""
    half = power // 2
    return value * 10.0**half * 10.0 ** (power - half)


def read_percentage(text: object) -> float | None:
    """``"5 %"`` as 0.05; None for what is no percentage."""
    found = _PERCENTAGE.fullmatch(text.strip()) if isinstance(text, str) else None
    return None if found is None else float(found[1]) / 100.0
