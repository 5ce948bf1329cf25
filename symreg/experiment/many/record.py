"""What is known of one run among many: small, plain, and fit to travel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.executors import Outcome

NOT_BEGUN = "not begun"
"""The status of a run that nobody has begun, because everybody was asked to stop."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run by its folder's ``name``: how it ended ("finished", "interrupted", "failed", "not begun") and the
    ``reason`` where it failed; of the selected law, if there is one, the ``target``, the ``formula``, its complexity,
    the error and r2 on rows held out, in the target's ``unit``; ``evaluated`` and ``seconds`` of all sessions, what the
    search is complete to, how often it was ``begun`` here, and what was said on the way.

    ``kept`` says that it was finished before, and nothing was searched again.
    """

    name: str
    status: str
    reason: str = ""
    target: str = ""
    formula: str = ""
    unit: str = ""
    complexity: int | None = None
    held_out_rmse: float = math.nan
    held_out_r2: float = math.nan
    evaluated: int = 0
    complete_to_complexity: int | None = None
    seconds: float = 0.0
    begun: int = 0
    kept: bool = False
    notes: tuple[str, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether it failed; one that was interrupted has not."""
        return self.status == "failed"


def record_of(discovery: Discovery, name: str, *, kept: bool, notes: tuple[str, ...]) -> RunRecord:
    """The record of a run that has ended."""
    front, problem = discovery.front, discovery.problem
    law = front.best if 0 <= front.selected < len(front) else None
    return RunRecord(
        name=name,
        status=discovery.status,
        target=problem.target,
        formula="" if law is None else law.formula,
        unit=problem.target_column.unit.text,
        complexity=None if law is None else law.complexity,
        held_out_rmse=math.nan if law is None else float(law.held_out.rmse),
        held_out_r2=math.nan if law is None else float(law.held_out.r2),
        evaluated=discovery.evaluated,
        complete_to_complexity=discovery.complete_to_complexity,
        seconds=discovery.wall_seconds,
        kept=kept,
        notes=tuple(dict.fromkeys([*notes, *discovery.notes])),
    )


def record_without(outcome: Outcome) -> RunRecord:
    """The record of a run whose worker has brought none."""
    if outcome.status == NOT_BEGUN:
        return RunRecord(outcome.key, NOT_BEGUN, begun=outcome.begun)
    return RunRecord(outcome.key, "failed", outcome.reason, begun=outcome.begun)
