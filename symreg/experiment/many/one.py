"""One run on a worker: what the worker does, and what it says meanwhile."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symreg.executors import Line
from symreg.experiment.errors import FolderLockedError, UnsavedError
from symreg.experiment.lock import Claim
from symreg.experiment.many.record import RunRecord, record_of
from symreg.experiment.runner import FINISHED_BEFORE, run_experiment
from symreg.experiment.specification import Specification
from symreg.live import Pace

if TYPE_CHECKING:
    from symreg.watching import Progress

FOLDER_SECONDS = 30.0
"""Seconds that a run waits for a folder which another process holds: the workers of a parent that was killed are gone
by then, those of a cluster too (``executors.link.SILENCE``)."""

ASK_AGAIN = 0.2  # seconds between two looks at a folder that is held


@dataclass(frozen=True, slots=True)
class Ways:
    """How runs are run, beside what their specifications say; ``campaign`` names those that were begun together."""

    fresh: bool = False
    allow_program: bool = False
    interval: float = 2.0
    campaign: str = ""
    log: tuple[str, ...] = ()


def run_one(specification: Specification, runs_folder: str, ways: Ways, *, line: Line) -> RunRecord:
    """Run it as ``run_experiment`` does, in a folder that is taken over from earlier attempts of the campaign."""
    pace, said, until = Pace(), list[str](), time.monotonic() + FOLDER_SECONDS

    def observe(progress: Progress) -> None:
        pace.update(progress)
        line.tell(lambda: words_of(pace))

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        while True:
            try:
                discovery = run_experiment(
                    specification, runs_folder, observe, fresh=ways.fresh and line.attempt == 1, stop=line.stop,
                    on_note=said.append, allow_program=ways.allow_program, interval=ways.interval,
                    claim=Claim(ways.campaign, line.attempt), log=ways.log,
                )  # fmt: skip
                failure = ""
            except UnsavedError as error:
                discovery, failure = error.discovery, str(error)
            except FolderLockedError:
                if line.stop() or time.monotonic() > until:
                    raise
                time.sleep(ASK_AGAIN)
                continue
            break
    kept = FINISHED_BEFORE in said
    notes = [one for one in said if one != FINISHED_BEFORE]
    notes += [str(one.message) for one in warned if type(one.message).__module__.startswith("symreg.")]
    record = record_of(discovery, specification.name, kept=kept, notes=tuple(notes))
    return replace(record, status="failed", reason=failure) if failure else record


def words_of(pace: Pace) -> dict[str, Any]:
    """How a run goes, as plain values: for the line to whoever watches."""
    glimpse = pace.now()
    if glimpse is None:
        return {}
    progress, front = glimpse.progress, glimpse.progress.front
    law = front.best if front is not None and 0 <= front.selected < len(front) else None
    return {
        "stage": progress.stage, "elapsed": progress.elapsed, "evaluated": progress.evaluated,
        "complexity": progress.complexity, "share": progress.share, "rate": glimpse.rate,
        "law": "" if law is None else f"{law.target} = {law.formula}",
    }  # fmt: skip
