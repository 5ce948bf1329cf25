"""What the page of a run that goes on shows, as plain values: texts, and drawings made by our own writers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symreg.laws import Course, constant_text
from symreg.live.pace import Pace
from symreg.live.words import LEAST_LEFT, best_formula, count_text, seconds_text
from symreg.typesetting import name_mathml, plain_html, to_mathml, unit_html
from symreg.uncertain_text import number_text, uncertain_text
from symreg.watching import SEARCH

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.laws import Law, LawConstant, ParetoFront
    from symreg.watching import Progress

NEVER = -1  # the number of a front that nobody has seen


@dataclass(slots=True, eq=False)
class Board:
    """A run, or several one after another, for whoever looks at its page.

    An observer of the search, which it costs a copy of what is reported: drawings are made when a page asks for them,
    once for each front. ``stop`` is set when somebody wants the search to end, and ``on_stop`` called when it was
    somebody at the page.
    """

    name: str = ""
    target: str = ""
    pace: Pace = field(default_factory=Pace)
    course: Course = field(default_factory=Course)
    stop: threading.Event = field(default_factory=threading.Event)
    on_stop: Callable[[], None] = lambda: None
    ended: str = ""
    report: Path | None = None
    _front: tuple[int, ParetoFront | None] = (0, None)
    _drawn: tuple[int, dict[str, Any]] = (NEVER, {})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, name: str, target: str) -> None:
        """Another run begins."""
        with self._lock:
            self.name, self.target, self.pace, self.course = name, target, Pace(), Course()
            self._front = self._front[0] + 1, None

    def __call__(self, progress: Progress) -> None:
        """Take in what the search reports."""
        with self._lock:
            self.pace.update(progress)
            front = progress.front
            if front is None:
                return
            self.course.note(progress.elapsed, progress.evaluated, front)
            if self._front[1] is None or _key(front) != _key(self._front[1]):
                self._front = self._front[0] + 1, front

    def ask_to_stop(self) -> None:
        """Somebody at the page wants the search to end with the best it has."""
        self.stop.set()
        self.on_stop()

    def end(self, discovery: Discovery, folder: Path) -> None:
        """The run is over: from now on the page is its report, if there is one."""
        path = folder / "report.html"
        with self._lock:
            self.ended = f"{discovery.status}: {discovery.stop_reason}"
            self.report = path if path.is_file() and discovery.front.laws else None

    def state(self, seen: int) -> dict[str, Any]:
        """How it stands; the front only if it is another than number ``seen``."""
        with self._lock:
            glimpse, (number, front), course = self.pace.now(), self._front, tuple(self.course.moments)
            said: dict[str, Any] = {
                "name": self.name, "target": self.target, "number": number, "ended": self.ended,
                "report": self.report is not None, "stopping": self.stop.is_set(),
            }  # fmt: skip
        if glimpse is not None:
            progress, rate = glimpse.progress, glimpse.rate
            left, known = progress.seconds_left or 0.0, progress.complete_to_complexity
            said |= {
                "stage": progress.stage, "share": progress.share, "elapsed": seconds_text(progress.elapsed),
                "left": seconds_text(left) if left >= LEAST_LEFT else None, "formula": best_formula(glimpse),
                "evaluated": count_text(progress.evaluated), "rate": None if rate is None else count_text(rate),
                "complexity": progress.complexity if progress.stage == SEARCH else None, "complete": known,
            }  # fmt: skip
            if front is not None and front.laws:
                said["course"] = _course(course, progress.elapsed, front)
        if front is not None and front.laws and number != seen:
            said["front"] = self._picture(number, front)
        return said

    def _picture(self, number: int, front: ParetoFront) -> dict[str, Any]:
        known, drawn = self._drawn
        if known != number:
            drawn = _picture(front)
            self._drawn = number, drawn
        return drawn


def _key(front: ParetoFront) -> tuple[object, ...]:
    """By what a front is told from one before."""
    return (front.selected, *((one.formula, one.train.rmse, one.held_out.rmse) for one in front))


def _course(moments: tuple[Any, ...], seconds: float, front: ParetoFront) -> str:
    from symreg.report import course_picture

    law = front[0]
    judge = law.judge if law.held_out.n_rows else "training"
    return str(course_picture(moments, seconds, judge, law.unit.text))


def _picture(front: ParetoFront) -> dict[str, Any]:
    from symreg.report import front_picture

    has_best = 0 <= front.selected < len(front)
    return {
        "drawing": str(front_picture(front)),
        "law": to_mathml(front.best.expression, target=front.best.target, display=True) if has_best else "",
        "quantities": _quantities(front.best) if has_best else [],
        "laws": [_row(law, place == front.selected) for place, law in enumerate(front)],
    }


def _quantities(law: Law) -> list[str]:
    """The target's unit and each constant with its value, as HTML."""
    from symreg.formula import variables_of

    units = {law.target: law.unit} | {name: law.input_units[name] for name in variables_of(law.expression)}
    named = [f"{name_mathml(name)} in {unit_html(unit.in_formulas.text) or '1'}" for name, unit in units.items()]
    return [*named, *map(_constant, law.constants)]


def _constant(one: LawConstant) -> str:
    value = plain_html(one.snapped or uncertain_text(one.value, one.stderr))
    return f"{name_mathml(one.name)} = <b>{value}</b> {unit_html(one.unit.text)}"


def _row(law: Law, is_selected: bool) -> dict[str, Any]:
    judged = law.held_out if law.held_out.n_rows else law.train
    return {
        "law": to_mathml(law.expression, display=False),
        "words": ", ".join([law.formula, *map(constant_text, law.constants)]),
        "complexity": law.complexity,
        "error": number_text(judged.rmse, 4),
        "unit": unit_html(law.unit.text),
        "selected": is_selected,
    }
