"""The pictures of a report, as SVG text: no window, no global figure, the same bytes for the same data.

Lines and words are drawn in colours that are replaced by variables of the page's light or dark style;
points have one colour that reads on both. Text from outside is never read as mathematics.
"""

from __future__ import annotations

import base64
import io
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symreg.laws import ParetoFront
from symreg.report.certainty import RivalCurve
from symreg.report.evidence import Evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from symreg.problem import Problem

__all__ = ["data_uri", "front_plot", "input_plot", "parity_plot", "plain_colours", "residual_plot", "rival_plot"]

Array = NDArray[np.float64]

MOST_POINTS = 2000
"""Points in one picture, evenly chosen from more: beyond, they cover each other. More makes drawing slower and shows no
more, fewer may leave outliers out. Set by hand."""

MOST_SIGMAS = 12.0  # that are drawn: beyond, nobody doubts
_MOST_VECTOR_POINTS = 400
"""Points that are drawn as shapes, each some bytes of SVG; more become one small image within the picture, and their
marks smaller and paler. A larger bound makes larger files, a smaller one coarser dots. Set by hand."""

_MOST_ERROR_BARS = 200
"""Rows up to which stated uncertainties are drawn: with more, the bars hide the points. Set by hand: it changes looks
only."""

_INK, _SOFT, _GRID = "#24292f", "#59636e", "#d8dee4"
_TRAIN, _HELD_OUT, _CHOSEN = "#3b82c4", "#e07b39", "#d1495b"
_THEME = (
    f"<style>:root{{--ink:{_INK};--soft:{_SOFT};--grid:{_GRID}}}"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--grid:#363d47}}</style>"
)
_STYLE: Any = {
    "svg.hashsalt": "symreg", "svg.fonttype": "path", "text.usetex": False, "axes.unicode_minus": True,
    "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"], "font.size": 9.0,
    "mathtext.fontset": "dejavusans", "axes.formatter.use_mathtext": False, "axes.formatter.limits": (-4, 5),
}  # fmt: skip
_drawing = threading.Lock()  # matplotlib's settings are shared by all threads


def data_uri(svg: str) -> str:
    """The picture as an address that carries it, so that a page needs no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def plain_colours(svg: str) -> str:
    """The same picture with fixed colours, for paper and for programs that know no style sheets."""
    return re.sub(r"var\(--\w+, (#\w+)\)", r"\1", svg.replace(_THEME, "", 1))


def front_plot(front: ParetoFront, unit: str, *, judge: str) -> str:
    """Held-out error against complexity, as the staircase of a Pareto front; the selected law is marked."""
    from matplotlib.ticker import MaxNLocator

    with _figure(5.6, 3.5) as figure:
        axes = figure.subplots()
        complexity = np.array([law.complexity for law in front], dtype=float)
        held_out, train = (
            np.array([getattr(law, kind).rmse for law in front]) for kind in ("held_out", "train")
        )
        shown = np.isfinite(held_out)
        axes.step(complexity[shown], held_out[shown], where="post", color=_HELD_OUT, lw=1.2, alpha=0.55)
        axes.plot(complexity, train, "o", ms=4.5, mfc="none", mec=_TRAIN, label="training")
        axes.plot(complexity[shown], held_out[shown], "o", ms=5.5, color=_HELD_OUT, label=judge)
        best = front.selected
        if 0 <= best < len(front) and shown[best]:
            axes.plot(
                complexity[best],
                held_out[best],
                "o",
                ms=14,
                mfc="none",
                mec=_CHOSEN,
                mew=1.8,
                label="selected",
            )
        _scale(axes, "y", np.concatenate([held_out, train]), decades=1.0)
        if len(complexity):
            axes.set_xlim(complexity.min() - 1, complexity.max() + 1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        _finish(axes, "complexity", _with_unit("error", unit))
        return _svg(figure)


def parity_plot(evidence: Evidence, problem: Problem, unit: str) -> str:
    """Predicted against measured; a true law has its points on the diagonal."""
    with _figure(4.6, 4.2) as figure:
        axes = figure.subplots()
        values = np.concatenate([evidence.actual, evidence.predicted])
        values = values[np.isfinite(values)]
        if values.size:
            low, high = float(values.min()), float(values.max())
            axes.plot([low, high], [low, high], color=_SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
        _points(axes, evidence.actual, evidence.predicted, problem)
        for axis in ("x", "y"):
            _scale(axes, axis, values)
        _finish(axes, _with_unit("measured", unit), _with_unit("predicted", unit))
        return _svg(figure)


def residual_plot(evidence: Evidence, problem: Problem, unit: str) -> str:
    """Measured minus predicted, against predicted; a pattern means that something is missing."""
    with _figure(4.6, 4.2) as figure:
        axes = figure.subplots()
        axes.axhline(0, color=_SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
        sigma = problem.target_column.user_sigma
        _points(axes, evidence.predicted, evidence.residuals, problem, sigma)
        _scale(axes, "x", evidence.predicted)
        _finish(axes, _with_unit("predicted", unit), _with_unit("measured \N{MINUS SIGN} predicted", unit))
        return _svg(figure)


def input_plot(evidence: Evidence, problem: Problem, name: str, unit: str) -> str:
    """Residuals against one input."""
    with _figure(3.1, 2.5) as figure:
        axes = figure.subplots()
        column = problem.table[name]
        values = np.asarray(column.user_values, dtype=np.float64)
        axes.axhline(0, color=_SOFT, lw=1, ls=(0, (4, 3)), zorder=1)
        _points(axes, values, evidence.residuals, problem, small=True)
        _scale(axes, "x", values)
        _finish(axes, _with_unit(name, column.unit.text), _with_unit("residual", unit), legend=False)
        return _svg(figure)


def rival_plot(curve: RivalCurve, problem: Problem, unit: str) -> str:
    """Two laws that fit alike, over twice the range of the data, and below how far a measurement tells them apart."""
    with _figure(4.6, 4.2) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
        rows = _some(np.arange(problem.table.n_rows), problem.table.n_rows)
        x, y = problem.table[curve.name].user_numbers[rows], problem.target_column.user_numbers[rows]
        upper.plot(x, y, "o", ms=3, color=_SOFT, alpha=0.6, mew=0, label="data")
        upper.plot(curve.x, curve.selected, color=_TRAIN, lw=1.4, label="selected")
        upper.plot(curve.x, curve.rival, color=_HELD_OUT, lw=1.4, ls=(0, (5, 2)), label="rival")
        lower.plot(curve.x, curve.sigmas, color=_CHOSEN, lw=1.4)
        lower.axhline(3, color=_SOFT, lw=1, ls=(0, (4, 3)))
        for axes in (upper, lower):
            axes.axvspan(curve.low, curve.high, color=_GRID, alpha=0.4, lw=0)
            if np.isfinite(curve.at):
                axes.axvline(curve.at, color=_CHOSEN, lw=0.9)
        lower.set_ylim(0, max(3.5, min(MOST_SIGMAS, 1.05 * float(curve.sigmas.max()))))
        _scale(upper, "x", curve.x, decades=1.5)
        both = np.concatenate([curve.selected, curve.rival, y])
        _scale(upper, "y", both)
        _finish(upper, "", _with_unit(problem.target, unit))
        _finish(lower, _with_unit(curve.name, curve.unit), "apart [sigma]", legend=False)
        return _svg(figure)


# ------------------------------------------------------------------------------------------------------ parts


def _points(
    axes: Axes, x: Array, y: Array, problem: Problem, sigma: Array | None = None, *, small: bool = False
) -> None:
    kinds = [("training", problem.train_rows, _TRAIN), ("held-out", problem.held_out_rows, _HELD_OUT)]
    total = sum(len(rows) for _, rows, _ in kinds)
    many = total > _MOST_VECTOR_POINTS
    size = 3.0 if many or small else 5.5
    for name, rows, colour in kinds:
        rows = _some(rows, total)
        if not len(rows):
            continue
        label = "all rows" if problem.judge != "held-out" else name
        if sigma is not None and total <= _MOST_ERROR_BARS:
            axes.errorbar(x[rows], y[rows], sigma[rows], fmt="none", ecolor=colour, elinewidth=0.8, alpha=0.6)
        axes.plot(
            x[rows],
            y[rows],
            "o",
            ms=size,
            color=colour,
            alpha=0.55 if many else 0.9,
            mew=0,
            label=label,
            rasterized=many,
        )


def _some(rows: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """An even choice of the rows where there are too many to be seen; the same at every call."""
    if total <= MOST_POINTS:
        return rows
    wanted = max(1, round(MOST_POINTS * len(rows) / total))
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(wanted, len(rows))).round().astype(np.int64))]


def _scale(axes: Axes, axis: str, values: Array, decades: float = 2.0) -> None:
    """A logarithmic axis where all values are positive and span more than ``decades``."""
    finite = values[np.isfinite(values)]
    if finite.size < 2 or finite.min() <= 0 or finite.max() / finite.min() < 10.0**decades:
        return
    set_scale = axes.set_xscale if axis == "x" else axes.set_yscale
    set_scale("log")


def _finish(axes: Axes, x: str, y: str, *, legend: bool = True) -> None:
    for text in (axes.set_xlabel(_short(x), color=_INK), axes.set_ylabel(_short(y), color=_INK)):
        text.set_parse_math(False)
    axes.tick_params(which="both", colors=_SOFT, labelcolor=_INK, direction="out", length=3)
    axes.grid(True, which="major", color=_GRID, lw=0.6)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_SOFT)
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_offset_text().set_color(_INK)
    handles, labels = axes.get_legend_handles_labels()
    if legend and len(handles) > 1:
        axes.legend(handles, labels, frameon=False, labelcolor=_INK, fontsize=8, handletextpad=0.3)


def _short(text: str) -> str:
    """At most 60 characters on one line, without controls."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _with_unit(name: str, unit: str) -> str:
    from symreg.typesetting import unit_plain

    plain = unit_plain(unit)
    return f"{name}  [{plain}]" if plain else name


@contextmanager
def _figure(width: float, height: float) -> Iterator[Figure]:
    import matplotlib
    from matplotlib.figure import Figure

    with _drawing, matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn with boxes; the page beside it shows it rightly.
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from font")
        yield Figure(figsize=(width, height), layout="constrained", facecolor="none")


def _svg(figure: Any) -> str:
    for axes in figure.axes:
        axes.patch.set_visible(False)
    stream = io.StringIO()
    # No date: two reports of the same run are the same file.
    figure.savefig(stream, format="svg", dpi=160, metadata={"Date": None, "Creator": None})
    text = re.sub(r"<!--.*?-->", "", stream.getvalue(), flags=re.DOTALL)
    for colour, variable in ((_INK, "--ink"), (_SOFT, "--soft"), (_GRID, "--grid")):
        text = text.replace(f": {colour}", f": var({variable}, {colour})")
    return re.sub(r"(<svg\b[^>]*>)", lambda found: found[1] + _THEME, text, count=1)
