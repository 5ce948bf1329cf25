"""Axes of a figure: where a value lies on the paper, and which values are written beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symreg.arrays import Floats

LOG_DECADES = 1.5
"""Powers of ten that positive values span before their axis is logarithmic. With fewer, curves that bend a little are
drawn straight; with more, small values lie on top of each other at the edge. Set by hand."""

BESIDE_DECADES = 1.0
"""The same where the other axis is logarithmic: powers are then straight lines, which is what people look for."""

MARGIN = 0.05  # of an axis is left free at both ends, so that no point sits on the frame
PIXELS_OF_A_TICK = {"x": 62.0, "y": 38.0}
"""Units of the drawing that a number beside an axis takes with its surroundings; set by hand, changes looks only."""

MOST_DECADES_WRITTEN = 7
"""Powers of ten that are written on one axis; of more every second or third. Set by hand, changes looks only."""

FAR_OUT = 4000.0
"""Units of the drawing beyond which a curve is cut: it is far outside every frame, and its numbers stay short."""

ALIKE = 1e-13  # part of the size of values below which their differences are rounding, and they are drawn as one
LEAST_SIZE = 1e-290  # below it steps between the numbers of an axis are no longer normal numbers
_MOST_DECADES = 307.0  # of a float, on both sides of 1

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LONG, _SHORT = 5, -3  # powers of ten from and below which they are put beside the name


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` in the user's unit, between ``start`` and ``end`` on the paper; ``log``: in decades."""

    low: float
    high: float
    log: bool
    start: float
    end: float
    name: str

    def at(self, values: Floats) -> Floats:
        """Places on the paper, ``(n,)``; NaN where a value has none."""
        with np.errstate(all="ignore"):
            found = np.log10(values) if self.log else np.asarray(values, dtype=np.float64)
            low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
            # Halved, so that a range from -1e308 to 1e308 does not overflow.
            share = (found / 2 - low / 2) / (high / 2 - low / 2)
            places = self.start + share * (self.end - self.start)
        return np.clip(np.where(np.isnan(places), np.nan, places), -FAR_OUT, FAR_OUT)

    def steps(self, n: int) -> Floats:
        """``n`` values from end to end, even on the paper, ``(n,)``."""
        if self.log:
            return np.geomspace(self.low, self.high, n)
        return np.linspace(self.low, self.high, n)


def axis_of(values: Floats, name: str, start: float, end: float, *, log: bool | None = None) -> Axis:
    """The axis on which all finite ``values`` have room; logarithmic where they span decades, or as ``log`` says.

    ``start`` and ``end`` are places on the paper.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    in_decades = spans_decades(finite) if log is None else log and low > 0
    largest = max(abs(low), abs(high))
    if not high / 2 - low / 2 > ALIKE * largest or largest < LEAST_SIZE:
        width = largest if largest >= LEAST_SIZE else 1.0
        return Axis(low - width / 2, high + width / 2, False, start, end, name)
    if in_decades:
        wider = MARGIN * (math.log10(high) - math.log10(low))
        ends = max(-_MOST_DECADES, math.log10(low) - wider), min(_MOST_DECADES, math.log10(high) + wider)
        return Axis(10.0 ** ends[0], 10.0 ** ends[1], True, start, end, name)
    wider = MARGIN * (high / 2 - low / 2) * 2
    return Axis(_finite(low - wider), _finite(high + wider), False, start, end, name)


def spans_decades(values: Floats, decades: float = LOG_DECADES) -> bool:
    """Whether all finite values are positive and far enough apart for a logarithmic axis."""
    finite = values[np.isfinite(values)]
    if finite.size < 2 or not finite.min() > 0:
        return False
    return bool(math.log10(finite.max()) - math.log10(finite.min()) > decades)


def _finite(value: float) -> float:
    largest = float(np.finfo(np.float64).max)
    return max(-largest, min(largest, value))


def ticks(axis: Axis, direction: str) -> tuple[list[tuple[float, str]], int]:
    """Values that are written and their texts, and the power of ten that is taken out of all of them (0: none)."""
    most = max(2, int(abs(axis.end - axis.start) / PIXELS_OF_A_TICK[direction]))
    if axis.log and math.log10(axis.high) - math.log10(axis.low) >= 1.0:
        return _decades(axis, most), 0
    step = _step(axis.high / most - axis.low / most)
    first = math.ceil(axis.low / step)
    values = [step * n for n in range(first, math.floor(axis.high / step) + 1)]
    largest = max((abs(value) for value in values), default=0.0)
    power = math.floor(math.log10(largest)) if largest > 0 else 0
    power = power if power >= _LONG or power <= _SHORT else 0
    decimals = max(0, power - math.floor(math.log10(step) + 1e-9))
    texts = [f"{value / 10.0**power:.{decimals}f}" for value in values]
    return [(value, _minus(text)) for value, text in zip(values, texts, strict=True)], power


def _step(width: float) -> float:
    """1, 2 or 5 times a power of ten, no smaller than ``width``."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= width * (1 - 1e-9))


def _decades(axis: Axis, most: int) -> list[tuple[float, str]]:
    low, high = math.ceil(math.log10(axis.low) - 1e-9), math.floor(math.log10(axis.high) + 1e-9)
    every = max(1, math.ceil((high - low + 1) / min(most, MOST_DECADES_WRITTEN)))
    found = [(10.0**n, n) for n in range(low, high + 1) if n % every == 0]
    if len(found) >= 3 or every > 1:
        return [(value, _power_text(n)) for value, n in found]
    for factors in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        within = [factor * 10.0**n for n in range(low - 1, high + 1) for factor in factors]
        within = [value for value in within if axis.low <= value <= axis.high]
        if len(within) <= most:
            break
    return [(value, _minus(f"{value:.4g}")) for value in within]


def power_text(power: int) -> str:
    """``10⁻³``."""
    return "10" + str(power).translate(_RAISED)


def _power_text(power: int) -> str:
    return {-2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100", 3: "1000"}.get(power, power_text(power))


def _minus(text: str) -> str:
    shown = text if "e" not in text else _spelled(text)
    return shown.replace("-", "\N{MINUS SIGN}")


def _spelled(text: str) -> str:
    mantissa, _, power = text.partition("e")
    raised = power_text(int(power))
    return raised if mantissa == "1" else f"{mantissa}·{raised}"
