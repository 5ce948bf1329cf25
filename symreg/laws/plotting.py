"""Laws and fronts drawn by matplotlib, for who has axes of their own: the axes come back, with labels and units.

Names and units are never read as mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symreg.arrays import Floats
from symreg.errors import PredictionError
from symreg.formula import variables_of
from symreg.laws.law import Law, ParetoFront
from symreg.laws.selection import judged_by
from symreg.tables import Table, header_names, is_table, new_rows
from symreg.typesetting import one_line, unit_plain
from symreg.units import Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE_STEPS = 400
"""Places at which the curve of a law is drawn: about one for each pixel of a usual figure. Set by hand."""

DECADES = 2.0
"""Of positive values from which an axis is logarithmic: then most points would lie at one end. Set by hand."""

RING_POINTS = 12
"""Size of the ring around the selected law, in points of 1/72 inch: twice that of a dot. Set by hand."""


def plot_law(law: Law, data: Any, *, sigma: Any = None, ax: Axes | None = None) -> Axes:
    """See ``Law.plot``; ``data`` has the columns ``(n_rows,)`` that the law holds, in any of its units."""
    inputs = variables_of(law.expression)
    target = _target(law, data)
    errors = _sigma(law, data, sigma)
    if len(inputs) == 1:
        return _curve(law, inputs[0], data, target, errors, _axes(ax))
    if target is None:
        message = f"column {law.target!r} is missing: a law of {len(inputs)} inputs is drawn against what was measured"
        raise PredictionError(column=law.target, message=message)
    return _parity(law, law.predict(data), target, errors, _axes(ax))


def plot_front(front: ParetoFront, *, ax: Axes | None = None) -> Axes:
    """See ``ParetoFront.plot``."""
    from matplotlib.ticker import MaxNLocator

    axes = _axes(ax)
    sizes = np.array([law.complexity for law in front], dtype=float)
    errors = np.array([judged_by(law).rmse for law in front])
    axes.step(sizes, errors, where="post", color="C0", alpha=0.5)
    axes.plot(sizes, errors, "o", color="C0")
    if 0 <= front.selected < len(front):
        at = front.selected
        axes.plot(sizes[at], errors[at], "o", ms=RING_POINTS, mfc="none", mec="C3", mew=1.8, label="selected")
        axes.legend(frameon=False)
    if len(errors) and np.nanmin(errors) > 0:
        axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    judge, unit = (front[0].judge, front[0].unit) if len(front) else ("held-out", None)
    _label(axes, "complexity", None, f"{judge} error", unit)
    return axes


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    made: Axes = plt.subplots(layout="constrained")[1]
    return made


def _target(law: Law, data: Any) -> Floats | None:
    """What was measured, ``(n_rows,)`` in the target's unit; None where the table has no such column."""
    if not is_table(data) or law.target not in header_names(data, [*law.input_units, law.target]):
        return None
    return new_rows(data, {law.target: law.unit}, [law.target], f"a picture of {law.target}").columns[law.target]


def _sigma(law: Law, data: Any, sigma: Any) -> Floats | None:
    """Standard deviations of the target in its unit, ``(n_rows,)`` or one."""
    if sigma is not None:
        return np.asarray(sigma, dtype=np.float64)
    if not isinstance(data, Table) or law.target not in data.names:
        return None
    stated = data[law.target].sigma
    return None if stated is None else np.asarray(stated / abs(law.unit.scale), dtype=np.float64)


def _curve(law: Law, name: str, data: Any, target: Floats | None, sigma: Floats | None, axes: Axes) -> Axes:
    x = law.rows_of(data).columns[name]
    known = x[np.isfinite(x)]
    if known.size:
        is_log = _spans_decades(known)
        between = np.geomspace if is_log else np.linspace
        at = between(known.min(), known.max(), CURVE_STEPS)
        axes.plot(at, law.predict({name: at}), color="C3", label="law", zorder=3)
        if is_log:
            axes.set_xscale("log")
    if target is not None:
        axes.errorbar(x, target, yerr=sigma, fmt="o", color="C0", ms=4, lw=1, label="measured")
        axes.legend(frameon=False)
        if _spans_decades(target):
            axes.set_yscale("log")
    _label(axes, name, law.input_units[name], law.target, law.unit)
    return axes


def _parity(law: Law, predicted: Floats, target: Floats, sigma: Floats | None, axes: Axes) -> Axes:
    both = np.concatenate([predicted, target])
    both = both[np.isfinite(both)]
    if both.size:
        axes.plot([both.min(), both.max()], [both.min(), both.max()], "--", color="0.5", zorder=1)
    axes.errorbar(target, predicted, xerr=sigma, fmt="o", color="C0", ms=4, lw=1)
    if _spans_decades(both):
        axes.set_xscale("log")
        axes.set_yscale("log")
    _label(axes, f"{law.target}, measured", law.unit, f"{law.target}, predicted", law.unit)
    return axes


def _spans_decades(values: Floats) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size > 1 and finite.min() > 0 and finite.max() / finite.min() > 10**DECADES)


def _label(axes: Axes, x: str, x_unit: Unit | None, y: str, y_unit: Unit | None) -> None:
    for text, name, unit in ((axes.set_xlabel, x, x_unit), (axes.set_ylabel, y, y_unit)):
        plain = "" if unit is None else unit_plain(unit.text)
        text(one_line(f"{name} [{plain}]" if plain else name)).set_parse_math(False)
