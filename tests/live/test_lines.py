"""Lines about a run: when they come, what they say, how they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from symreg.discovery import Discovery
from symreg.laws.law import ParetoFront
from symreg.live.lines import Lines
from symreg.live.pace import Pace
from symreg.live.shown import Bar, Drawn
from symreg.live.words import count_text, line_of, seconds_text
from symreg.search.backend import Budget
from symreg.watching import Progress


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def report(elapsed: float, evaluated: int, front: ParetoFront | None = None, **said: Any) -> Progress:
    fields: dict[str, Any] = {"stage": "search", "budget": Budget(time=20.0), **said}
    return Progress(elapsed, evaluated, 9, 8, front, **fields)


def test_lines_come_every_few_seconds_and_at_each_stage(kepler: Discovery) -> None:
    clock, told = Clock(), []
    lines = Lines(lambda text: told.append((clock.now, text)), lambda: 130, clock=clock)
    lines.tick()
    assert not told
    for second in range(13):  # ten reports a second, and nothing else, as a search makes them
        for part in range(10):
            clock.now = 100 + second + part / 10
            lines(report(clock.now - 100, 1000 * (second * 10 + part), kepler.front))
    assert [at for at, _ in told] == [100.0, 105.0, 110.0]
    clock.now = 113.0
    lines(report(13.0, 130_000, kepler.front, stage="fit"))
    lines(report(13.0, 130_000, kepler.front, stage="simplify"))
    clock.now = 118.5
    lines.tick()  # nothing is reported while it simplifies
    assert [(at, text.split(",")[0]) for at, text in told[3:]] == [(113, "fit"), (113, "simplify"), (118.5, "simplify")]
    assert told[2][1] == (
        "search, 10 s, 50 % of the budget, up to 10 s left, complexity 9, 100,000 evaluated, 10,000 per second: "
        "P = k1*a**(3/2)"
    )
    assert told[-1][1] == "simplify, 18 s, 92 % of the budget, up to 2 s left: P = k1*a**(3/2)"


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_line_fits_its_width(kepler: Discovery, width: int) -> None:
    pace = Pace(Clock())
    pace.update(report(3.0, 10**6, kepler.front))
    pace.update(report(12.2, 5_419_612, kepler.front))
    glimpse = pace.now()
    assert glimpse is not None
    line = line_of(glimpse, width)
    assert len(line) <= width and line.startswith("search, 12 s") and not line.endswith(",")
    assert ("61 % of the budget" in line) == (width >= 60)
    assert ("480,000 per second" in line) == (width >= 120)


def test_the_share_is_of_time_or_evaluations_and_time_is_left_only_of_time() -> None:
    both = report(5.0, 900, budget=Budget(time=20.0, evaluations=1000))
    assert (both.share, both.seconds_left) == (0.9, 15.0)
    counted = report(5.0, 250, budget=Budget(time=None, evaluations=1000))
    assert (counted.share, counted.seconds_left) == (0.25, None)
    endless = report(5.0, 250, budget=Budget(time=None))
    assert (endless.share, endless.seconds_left) == (None, None)
    late = report(25.0, 250)
    assert (late.share, late.seconds_left) == (1.0, 0.0)


def test_the_clock_goes_on_between_reports_and_the_rate_is_of_the_last_seconds() -> None:
    clock = Clock()
    pace = Pace(clock)
    for elapsed, evaluated in ((1.0, 0), (50.0, 1_000), (61.0, 2_100), (62.0, 2_200)):
        pace.update(report(elapsed, evaluated))
    clock.now += 3
    glimpse = pace.now()
    assert glimpse is not None
    assert glimpse.progress.elapsed == 65.0 and glimpse.rate == pytest.approx(1200 / 12)
    pace.update(report(66.0, 2_200, stage="examine", budget=None))
    ended = pace.now()
    assert ended is not None and ended.rate is None


def test_where_a_count_begins_anew_no_rate_is_told() -> None:
    pace = Pace(Clock())
    pace.update(report(1.0, 770_000))
    pace.update(report(6.0, 433_000))
    glimpse = pace.now()
    assert glimpse is not None and glimpse.rate is None


def test_numbers_and_times_are_short() -> None:
    assert [count_text(one) for one in (0, 512, 9_996, 412_345, 999_999, 5_419_612, 1.2e9)] == [
        "0", "512", "10,000", "412,000", "1 million", "5.42 million", "1.2 billion"
    ]  # fmt: skip
    assert [seconds_text(one) for one in (0.4, 59.6, 125, 3780)] == ["0 s", "1 min 0 s", "2 min 5 s", "1 h 3 min"]


def test_a_notebook_gets_a_bar_in_one_place(monkeypatch: pytest.MonkeyPatch, hostile: Discovery) -> None:
    shown: list[Drawn] = []

    class Display:
        """What IPython has of it: drawn once, then changed."""

        def display(self, drawn: Drawn, display_id: bool) -> Display:
            assert display_id and not shown
            return self.update(drawn)

        def update(self, drawn: Drawn) -> Display:
            shown.append(drawn)
            return self

    class IPython:
        display = Display()

    monkeypatch.setitem(__import__("sys").modules, "IPython", IPython)
    clock = Clock()
    bar = Bar(clock)
    for step in range(20):
        clock.now += 0.1
        bar(report(step / 10, step, hostile.front))
    bar(report(2.0, 20, hostile.front, stage="finished", budget=None))
    assert 6 <= len(shown) <= 8
    html = shown[-2]._repr_mimebundle_()["text/html"]
    assert '<progress max="1" value="0.0' in html and "<script>" not in html and "&lt;script&gt;" in html
    assert "<progress" not in shown[-1]._repr_mimebundle_()["text/html"]
