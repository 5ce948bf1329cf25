"""A run that is done again: the same question, from what its folder says, and whether the same comes out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from symreg.experiment import (
    Specification,
    StoredRun,
    data_differences,
    data_fingerprint,
    problem_of,
    stored_specification,
    with_changes,
)
from symreg.sweeps.comparison import recorded

AGAIN = "again"

LONGEST_STEM = 88
"""Characters of a run's name to which ``-again`` and a number are added, so that it stays a name of a folder (100)."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """What is to be run again: the ``specification`` with its new name, the ``record`` of the run as it was.

    ``changes`` say how the data differ from those that the run had; empty when they have the same fingerprint.
    """

    specification: Specification
    runs_folder: Path
    record: StoredRun
    changes: tuple[str, ...]
    fresh: bool

    @property
    def folder(self) -> Path:
        """Where it is run."""
        return self.runs_folder / self.specification.name


def repetition_of(folder: str | Path, *, fresh: bool = False) -> Repetition:
    """The question of the run in ``folder`` again: in the same folder if ``fresh``, else beside it as NAME-again.

    Raises RunFolderError where there is no run, and what reading its table raises.
    """
    folder = Path(folder)
    record = recorded(folder)
    specification = stored_specification(folder)
    home = folder.resolve()
    name = home.name if fresh else _free_name(home)
    specification = with_changes(specification, {"name": name}, str(folder))
    changes = data_differences(record.state.data, data_fingerprint(problem_of(specification).table))
    return Repetition(specification, home.parent, record, tuple(changes), fresh)


def _free_name(folder: Path) -> str:
    """A name beside the folder's that is not taken."""
    stem = folder.name[:LONGEST_STEM].rstrip(". ")
    names = (f"{stem}-{AGAIN}{number if number > 1 else ''}" for number in itertools.count(1))
    return next(name for name in names if not (folder.parent / name).exists())
