"""Figures for a paper, one column wide: the law through the data, what it leaves over, and the front; SVG and PDF.

They are drawn by what ``law.plot`` and ``front.plot`` draw with, so that who wants another figure begins from these.
"""

from __future__ import annotations

import io
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symreg.atomic import atomic_write_bytes
from symreg.errors import ReportError, UnwritableError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from symreg.discovery import Discovery

COLUMN_WIDTH = 85.0
"""Millimetres: one column of most journals, 84 to 90, so that nothing is scaled down."""

COLUMN_HEIGHT = 62.0
"""Millimetres: the shape of a sheet on its side, as most figures of one curve are printed."""

MOST_POINTS_AS_SHAPES = 400
"""Points of one line that are drawn as shapes; more become an image in the figure, or a file of megabytes."""

DOTS_PER_INCH = 300
"""Of such an image: what publishers ask of halftones."""

MILLIMETRES = 25.4
"""Of an inch, in which matplotlib counts."""

FIGURE_FORMATS = ("svg", "pdf")
FIGURE_FOLDER = "figures"
_STYLE: Any = {
    # Type 42 keeps letters as letters, which publishers ask for; the salt makes the same file of the same data.
    "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"], "font.size": 7.0, "axes.linewidth": 0.6,
    "lines.linewidth": 1.0, "lines.markersize": 3.0, "pdf.fonttype": 42, "svg.fonttype": "path",
    "svg.hashsalt": "symreg", "text.usetex": False,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "axes.formatter.limits": (-4, 5),
}  # fmt: skip


_drawing = threading.Lock()  # matplotlib's settings are shared by all threads


def write_figures(discovery: Discovery, folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write ``figures/law.svg``, ``.pdf``, ``residuals`` and ``front`` below ``folder``; their paths come back.

    Each is 85 mm wide. Raises ``ReportError`` where no law was found, and where the files cannot be written.
    """
    if not discovery.front.laws:
        raise ReportError(
            reason="There is no law to be drawn: none was found.", advice="Search longer, or ask otherwise."
        )
    target = Path(folder) / FIGURE_FOLDER
    made = [
        (target / f"{name}.{kind}", data)
        for name, draw in _FIGURES.items()
        for kind, data in _drawn(partial(draw, discovery)).items()
    ]
    try:
        target.mkdir(parents=True, exist_ok=True)
        return tuple(atomic_write_bytes(path, data) for path, data in made)
    except OSError as error:
        raise UnwritableError(
            reason=f"{target} cannot be written: {error.strerror or error}.", advice="Name another place for it."
        ) from error


def _law(discovery: Discovery, axes: Axes) -> None:
    discovery.front.best.plot(discovery.problem.table, ax=axes)


def _residuals(discovery: Discovery, axes: Axes) -> None:
    law, problem = discovery.front.best, discovery.problem
    predicted, measured = law.predict(problem.table), np.asarray(problem.target_column.user_values)
    sigma = problem.target_column.user_sigma
    axes.axhline(0.0, color="0.5", lw=0.6, ls="--", zorder=1)
    axes.errorbar(predicted, measured - predicted, yerr=sigma, fmt="o", color="C0", elinewidth=0.6)
    unit = f" [{law.unit.text}]" if law.unit.in_headers != "1" else ""
    axes.set_xlabel(f"{law.target}, predicted{unit}").set_parse_math(False)
    axes.set_ylabel(f"measured \N{MINUS SIGN} predicted{unit}").set_parse_math(False)


def _front(discovery: Discovery, axes: Axes) -> None:
    discovery.front.plot(ax=axes)


_FIGURES: Mapping[str, Callable[[Discovery, Axes], None]] = {"law": _law, "residuals": _residuals, "front": _front}
FIGURE_NAMES = tuple(f"{name}.{kind}" for name in _FIGURES for kind in FIGURE_FORMATS)


def _drawn(draw: Callable[[Axes], None]) -> dict[str, bytes]:
    with _figure() as figure:
        axes = figure.subplots()
        draw(axes)
        for line in axes.get_lines():
            line.set_rasterized(len(line.get_xdata()) > MOST_POINTS_AS_SHAPES)
        files = {}
        for kind in FIGURE_FORMATS:
            stream = io.BytesIO()
            # No date: the same data give the same file.
            metadata = {"Date": None} if kind == "svg" else {"CreationDate": None}
            figure.savefig(stream, format=kind, metadata=metadata, dpi=DOTS_PER_INCH)
            files[kind] = stream.getvalue()
        return files


@contextmanager
def _figure() -> Iterator[Any]:
    import matplotlib
    from matplotlib.figure import Figure

    with _drawing, matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from font")
        yield Figure(figsize=(COLUMN_WIDTH / MILLIMETRES, COLUMN_HEIGHT / MILLIMETRES), layout="constrained")
