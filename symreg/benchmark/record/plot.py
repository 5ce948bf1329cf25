"""The picture of the record: percent recovered against noise, our three rules and the published systems.

Every line is named at its end and not in a legend; ours differ in marker and dashes as well as in colour,
the colours are those of Okabe and Ito, which all eyes tell apart.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symreg.benchmark.record.interval import wilson_interval
from symreg.benchmark.record.named_sets import NamedSet
from symreg.benchmark.record.published import PublishedRate
from symreg.benchmark.summary import Group, Summary, summarise

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Line", "Picture", "apart", "lines_of", "recovery_plot"]

_INK, _SOFT, _GRID = "#24292f", "#59636e", "#e3e7eb"
_WITH_UNITS, _WITHOUT_UNITS = "#24292f", "#6b737c"
_BLUE, _VERMILION, _GREEN = "#0072b2", "#d55e00", "#009e73"
_STYLE: Any = {
    "svg.hashsalt": "symreg", "svg.fonttype": "path", "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"], "font.size": 9.0, "text.usetex": False,
}  # fmt: skip
_MARKERS = "ovs^DP*X<>ph"
_DODGE = 0.05
"""Steps between two levels of noise by which two of our lines are moved to the sides, so that the bars of three rules
at one level stand beside each other. Less and they overlap, more and a point seems to be at another level."""

_LABEL_GAP = 4.0
"""Percentage points between two labels, a little more than a letter is high."""


@dataclass(frozen=True, slots=True)
class Line:
    """Rates in percent by level of noise, with the edges of an interval where there is one."""

    name: str
    rates: dict[float, float]
    colour: str
    marker: str
    dashes: str = "-"
    ours: bool = False
    filled: bool = True
    intervals: dict[float, tuple[float, float]] | None = None
    dodge: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture in both formats, the set that it shows, and the settings of our lines."""

    png: bytes
    svg: str
    set: str
    group: Group


def recovery_plot(sets: Sequence[NamedSet], published: Sequence[PublishedRate]) -> Picture | None:
    """Draw the first of the sets; None where no trial of the whole search is there."""
    for named in sets:
        summaries = _main_summaries(named)
        if summaries:
            lines = [*published_lines(named.name, published), *lines_of(summaries)]
            png, svg = _drawn(named.title, lines)
            return Picture(png, svg, named.name, summaries[0].group)
    return None


def lines_of(summaries: Sequence[Summary]) -> list[Line]:
    """Our lines: the three rules with units, SRBench's rule without."""
    with_units = [each for each in summaries if each.group.units]
    bare = [each for each in summaries if not each.group.units]
    lines = [
        _line("symreg without units, SRBench rule", bare, "recovered", _BLUE, "o"),
        _line("symreg, on the front", with_units, "on_front", _GREEN, "^"),
        _line("symreg, SRBench rule", with_units, "recovered", _BLUE, "o"),
        _line("symreg, strict", with_units, "strict", _VERMILION, "s"),
    ]
    ways: tuple[dict[str, Any], ...] = (
        {"dashes": "--", "filled": False}, {"dashes": ":", "dodge": -_DODGE}, {}, {"dashes": "-.", "dodge": _DODGE},
    )  # fmt: skip
    styled = (replace(line, **way) for line, way in zip(lines, ways, strict=True))
    return [line for line in styled if line.rates]


def published_lines(set_name: str, published: Sequence[PublishedRate]) -> list[Line]:
    """The lines of other systems: dark where they use units, grey where they do not."""
    chosen = [each for each in published if each.set == set_name]
    markers = {
        name: _MARKERS[place % len(_MARKERS)]
        for place, name in enumerate(dict.fromkeys(each.method for each in chosen))
    }
    return [
        Line(
            _published_name(each), dict(each.rates), _WITH_UNITS if each.units else _WITHOUT_UNITS,
            markers[each.method], ":" if each.rule == "strict" else "-",
        )
        for each in chosen
    ]  # fmt: skip


def _published_name(each: PublishedRate) -> str:
    rule = {"front": "any of its front", "strict": "strict"}.get(each.rule, "")
    words = [part for part in ("with units" if each.units else "", rule) if part]
    return f"{each.method} ({', '.join(words)})" if words else each.method


def _main_summaries(named: NamedSet) -> list[Summary]:
    """The whole search with the limits under which most trials were made."""
    found = summarise([result for result in named.results if not result.without], named.name)
    limits = [_limits(each.group) for each in found]
    trials = {one: sum(each.trials for each in found if _limits(each.group) == one) for one in limits}
    most = max(trials, key=lambda one: trials[one], default=None)
    return [each for each in found if _limits(each.group) == most]


def _limits(group: Group) -> tuple[str, int, float, int]:
    return group.backend, group.rows, group.time, group.threads


def _line(name: str, summaries: Sequence[Summary], rule: str, colour: str, marker: str) -> Line:
    found = {each.group.noise: (getattr(each, rule), each.trials) for each in summaries}
    intervals = {}
    for level, (count, trials) in found.items():
        low, high = wilson_interval(count, trials)
        intervals[level] = 100 * low, 100 * high
    rates = {level: 100 * count / trials for level, (count, trials) in found.items()}
    return Line(name, rates, colour, marker, ours=True, intervals=intervals)


# ---------------------------------------------------------------------------------------------------- drawing


def _drawn(title: str, lines: Sequence[Line]) -> tuple[bytes, str]:
    levels = sorted({level for line in lines for level in line.rates})
    with _figure() as figure:
        axes = figure.subplots()
        for line in lines:
            _draw(axes, line, levels)
        _name(axes, lines, levels)
        _finish(axes, title, levels)
        return _saved(figure, "png"), _saved(figure, "svg").decode("utf-8")


def _draw(axes: Axes, line: Line, levels: Sequence[float]) -> None:
    known = sorted(line.rates)
    x = [levels.index(level) + line.dodge for level in known]
    y = [line.rates[level] for level in known]
    if line.intervals is not None:
        edges = [line.intervals[level] for level in known]
        axes.vlines(x, [low for low, _ in edges], [high for _, high in edges], color=line.colour, lw=1, alpha=0.45)
    axes.plot(
        x, y, line.dashes, color=line.colour, marker=line.marker, ms=6 if line.ours else 4.5,
        lw=2 if line.ours else 1, mfc=line.colour if line.filled else "white", mec=line.colour,
        zorder=3 if line.ours else 2, clip_on=False,
    )  # fmt: skip


def _name(axes: Axes, lines: Sequence[Line], levels: Sequence[float]) -> None:
    """Names beside single points, and in a column at the right for lines."""
    last = len(levels) - 1
    columns: dict[int, list[Line]] = {}
    for line in lines:
        single = len(line.rates) == 1 and max(line.rates) != levels[-1]
        columns.setdefault(levels.index(max(line.rates)) if single else last, []).append(line)
    for place, named in columns.items():
        _name_column(axes, named, levels, place)


def _name_column(axes: Axes, lines: Sequence[Line], levels: Sequence[float], place: int) -> None:
    """Names right of one level of noise, moved apart, each with a dotted way to the end of its line."""
    lines = sorted(lines, key=lambda line: line.rates[max(line.rates)])
    heights = apart([line.rates[max(line.rates)] for line in lines], _LABEL_GAP, -3.0, 103.0)
    for line, height in zip(lines, heights, strict=True):
        end = max(line.rates)
        rate, start = line.rates[end], levels.index(end) + line.dodge
        axes.plot(
            [start + 0.05, place + 0.15, place + 0.22], [rate, rate, height], ":", lw=0.8, color=line.colour,
            alpha=0.7, clip_on=False, zorder=1,
        )  # fmt: skip
        axes.text(
            place + 0.25, height, _label(line, at=None if levels.index(end) == place else end), va="center",
            color=line.colour, fontsize=8, fontweight="bold" if line.ours else "normal", clip_on=False, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8},
        )  # fmt: skip


def _label(line: Line, at: float | None = None) -> str:
    """Name and rate at the last point, with its level of noise where the line ends before the others."""
    where = "" if at is None else f" at {at:g}"
    return f"{line.name}  {line.rates[max(line.rates)]:.0f} %{where}"


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels, ``gap`` apart at least and as near as can be to those wanted, which ascend.

    Less i*gap, the places need only not descend: that is a monotone regression, solved by pooling neighbours.
    """
    blocks: list[tuple[float, int]] = []
    for place, value in enumerate(wanted):
        mean, size = value - place * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), size + count
        blocks.append((mean, size))
    highest = max(low, high - (len(wanted) - 1) * gap)
    flat = [min(max(mean, low), highest) for mean, size in blocks for _ in range(size)]
    return [value + place * gap for place, value in enumerate(flat)]


def _finish(axes: Axes, title: str, levels: Sequence[float]) -> None:
    axes.set_title(title, loc="left", color=_INK, fontsize=10, fontweight="bold")
    axes.set_xlabel("noise, as a part of the target's root mean square", color=_INK)
    axes.set_ylabel("recovered  [%]", color=_INK)
    axes.set_xticks(range(len(levels)), [f"{level:g}" for level in levels])
    axes.set_xlim(-0.15, len(levels) - 1 + 0.1)
    axes.set_ylim(-1, 102)
    axes.set_yticks(range(0, 101, 10))
    axes.tick_params(colors=_SOFT, labelcolor=_INK, length=3)
    axes.grid(True, axis="y", color=_GRID, lw=0.7)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_SOFT)


@contextmanager
def _figure() -> Iterator[Figure]:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        yield Figure(figsize=(9.4, 5.6), layout="constrained", facecolor="white")


def _saved(figure: Figure, kind: str) -> bytes:
    """The picture without date and version: the same results give the same file."""
    stream = io.BytesIO()
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    figure.savefig(stream, format=kind, dpi=160, metadata=metadata)
    return stream.getvalue()
