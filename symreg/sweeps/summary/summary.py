"""A sweep as a whole: one line for each run, which laws agree, and what each axis changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from symreg.document import Document
from symreg.experiment import Read, Specification
from symreg.sweeps.language import Sweep, SweptRun, read_sweep, sweep_of
from symreg.sweeps.summary.agreement import Along, Question, along_axes, questions_of
from symreg.sweeps.summary.outcome import RunOutcome, outcome_of


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """What the runs of ``sweep`` in ``runs_folder`` say together; made anew from the folders each time."""

    sweep: Sweep
    runs_folder: Path
    runs: tuple[RunOutcome, ...]
    questions: tuple[Question, ...]
    axes: tuple[Along, ...]

    @property
    def name(self) -> str:
        """The sweep's name."""
        return self.sweep.name

    @property
    def folder(self) -> Path:
        """Where the summary is written, beside the folders of the runs."""
        return self.runs_folder / self.name

    @property
    def counts(self) -> dict[str, int]:
        """How many runs have each status."""
        return dict(Counter(run.status for run in self.runs))

    @property
    def n_laws(self) -> int:
        """Runs that have ended with a law."""
        return sum(run.has_law for run in self.runs)

    @property
    def agree(self) -> int:
        """Runs with the most frequent law of those that ask the same."""
        return sum(len(question.laws[0].runs) for question in self.questions if question.laws)

    @property
    def recovered(self) -> dict[str, int]:
        """How many runs on tables of a known formula found it: exact, its form, or not; empty without such tables."""
        return dict(Counter(run.recovered for run in self.runs if run.recovered is not None and run.has_law))


def summarise(
    sweep: str | Path | Document | Sweep,
    runs_folder: str | Path = "runs",
    specifications: Sequence[Specification] | None = None,
) -> SweepSummary:
    """Summarise the runs that a sweep's file, document or ``Sweep`` stands for, as ``runs_folder`` holds them now.

    ``specifications`` are those that were run, in order, where they are others than the file's, such as by options of a
    command line. Runs that are missing, damaged or of another question are lines that say so. Raises
    SpecificationError for the file alone.
    """
    if isinstance(sweep, Document):
        sweep = sweep_of(sweep)
    elif not isinstance(sweep, Sweep):
        sweep = read_sweep(sweep)
    if specifications is not None:
        pairs = zip(sweep.runs, specifications, strict=True)
        sweep = replace(sweep, runs=tuple(SweptRun(one, run.values) for run, one in pairs))
    folder = Path(runs_folder)
    read: Read = {}
    runs = tuple(outcome_of(run, folder, read) for run in sweep.runs)
    questions = questions_of(sweep, runs)
    return SweepSummary(sweep, folder, runs, questions, along_axes(sweep, runs, questions))
