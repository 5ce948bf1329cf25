"""A finished run as a ``Discovery`` again, from its folder alone: for reports that are wanted later.

The question and the data are read anew from ``experiment.yaml`` and must be those that the state was stored
for; every law comes back through the grammar and the dimension check, and its scores must be what was stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symreg.experiment import store
from symreg.experiment.assembly import configuration, problem_of
from symreg.experiment.errors import ChangedRunError, RunFolderError
from symreg.experiment.fingerprint import (
    configuration_differences,
    data_differences,
    data_fingerprint,
    question,
)
from symreg.experiment.specification import Specification, read_specification
from symreg.experiment.store import State
from symreg.experiment.stored_law import restore_law
from symreg.experiment.stored_robustness import restore_robustness
from symreg.laws import ParetoFront
from symreg.search import Screening, restored
from symreg.wording import why_broken

if TYPE_CHECKING:
    from symreg.certainty import Robustness
    from symreg.discovery import Discovery
    from symreg.problem import Problem


def stored_specification(folder: str | Path) -> Specification:
    """The resolved specification of the run in ``folder``."""
    folder = Path(folder)
    path = folder / store.EXPERIMENT
    if path.is_symlink() or not path.is_file():
        reason = "not there; name the folder of a run, such as runs/kepler"
        reason = "is a link, which is not followed here" if path.is_symlink() else reason
        raise RunFolderError(folder=str(folder), file=store.EXPERIMENT, reason=reason)
    return read_specification(folder / store.EXPERIMENT)


def load_discovery(folder: str | Path) -> Discovery:
    """The discovery of the run in ``folder``; a ``SymregError`` when data, question or numbers are not what
    they were.
    """
    from symreg.discovery import Discovery

    folder = Path(folder)
    specification = stored_specification(folder)
    state = store.read_state(folder)
    if state is None:
        raise RunFolderError(
            folder=str(folder), file=store.STATE, reason="not there; the run has no result yet"
        )
    problem = problem_of(specification)
    differences = configuration_differences(state.question, question(configuration(specification, folder)))
    differences += data_differences(state.data, data_fingerprint(problem.table))
    if differences:
        raise ChangedRunError(folder=str(folder), differences=tuple(differences))
    if state.noise == "relative" and not problem.states_errors:
        problem = problem.with_relative_errors()
    if state.loss == "student" and problem.may_change_loss:
        problem = problem.with_long_tails()
    laws = tuple(restore_law(law, problem) for law in state.laws)
    if not laws or not -1 <= state.selected < len(laws):
        raise RunFolderError(folder=str(folder), file=store.STATE, reason="the run has found no law yet")
    return Discovery(
        problem=problem,
        front=ParetoFront(laws, state.selected),
        status="interrupted" if state.status == "running" else state.status,
        stop_reason=state.stop_reason or "the run was cut off",
        complete_to_complexity=state.complete_to_complexity,
        pruned_by_dimension=state.pruned_by_dimension or 0,
        evaluated=state.evaluated,
        wall_seconds=state.wall_seconds,
        engine=state.engine,
        backend=state.backend,
        notes=state.notes,
        runners_up=tuple(restore_law(law, problem) for law in state.runners_up),
        robustness=_robustness(folder, state, problem),
        screening=_screening(folder, state, problem),
    )


def _robustness(folder: Path, state: State, problem: Problem) -> Robustness | None:
    if state.robustness is None:
        return None
    try:
        return restore_robustness(state.robustness, problem)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"what was found about the answer is broken: {why_broken(error)}"
        raise RunFolderError(folder=str(folder), file=store.STATE, reason=reason) from None


def _screening(folder: Path, state: State, problem: Problem) -> Screening | None:
    if state.screening is None:
        return None
    try:
        found = restored(state.screening)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"what was decided of its columns is broken: {why_broken(error)}"
        raise RunFolderError(folder=str(folder), file=store.STATE, reason=reason) from None
    if tuple(one.name for one in found.columns) != problem.inputs:
        reason = "what was decided of its columns is about other columns"
        raise RunFolderError(folder=str(folder), file=store.STATE, reason=reason)
    return found
