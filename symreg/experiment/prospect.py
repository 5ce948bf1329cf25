"""What running a specification would do: go on, begin, hand over what is there, or refuse; nothing is searched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from symreg.errors import SymregError
from symreg.experiment import store
from symreg.experiment.assembly import configuration, problem_of, resolved
from symreg.experiment.fingerprint import configuration_differences, data_differences, data_fingerprint, question
from symreg.experiment.lock import holder_of
from symreg.experiment.revival import stored_specification
from symreg.experiment.runner import asks_for_more
from symreg.experiment.specification import Specification

Outlook = Literal["to do", "done", "cut off", "goes on", "running", "refused"]
"""``goes on``: it has ended, and is asked for more than it had; ``cut off``: it has not ended."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """How a run stands before it is run: ``elapsed`` seconds are behind it, and ``reasons`` say why it is refused."""

    outlook: Outlook
    elapsed: float = 0.0
    reasons: tuple[str, ...] = ()


Read = dict[str, tuple[Specification, dict[str, Any]]]
"""Questions whose tables were read already: what the data decide, and their fingerprint."""

_OF_ITS_OWN = {"name", "seed", "budget", "report", "robustness", "backend", "ranking"}


def prospect_of(specification: Specification, runs_folder: str | Path, read: Read | None = None) -> Prospect:
    """What ``run_experiment`` would meet in ``runs_folder/NAME``; the table is read only where one has begun.

    ``read`` holds what was read for other runs of one file, so that a table is not read once for each seed.
    """
    folder = Path(runs_folder) / specification.name
    if holder_of(folder) is not None:
        return Prospect("running")
    try:
        state = store.read_state(folder)
        if state is None:
            return Prospect("to do")
        whole, fingerprint = _resolved(specification, {} if read is None else read)
        differences = configuration_differences(state.question, question(configuration(whole, folder)))
        differences += data_differences(state.data, fingerprint)
        if differences:
            return Prospect("refused", state.elapsed, tuple(differences))
        is_over = state.status == "finished" and bool(state.laws)
        is_done = is_over and not asks_for_more(specification.budget, stored_specification(folder).budget)
    except (SymregError, OSError) as error:
        return Prospect("refused", 0.0, (str(error),))
    return Prospect("done" if is_done else "goes on" if is_over else "cut off", state.elapsed)


def data_changes(specification: Specification, folder: Path, read: Read | None = None) -> tuple[str, ...]:
    """How the data differ from those of the run in ``folder``; none where no run has begun.

    Raises a SymregError where the table, or what the run left, cannot be read; ``read`` as above.
    """
    state = store.read_state(folder)
    if state is None:
        return ()
    return tuple(data_differences(state.data, _resolved(specification, {} if read is None else read)[1]))


def _resolved(specification: Specification, read: Read) -> tuple[Specification, dict[str, Any]]:
    """The specification with what the data decide, and their fingerprint; a table of a seed of its own is read anew."""
    key = specification.model_dump_json(exclude=_OF_ITS_OWN)
    is_shared = specification.data.generate is None and specification.data.noise is None
    if not is_shared or key not in read:
        problem = problem_of(specification)
        read[key] = resolved(specification, problem), data_fingerprint(problem.table)
    found, fingerprint = read[key]
    own = {name: getattr(specification, name) for name in _OF_ITS_OWN}
    return found.model_copy(update=own), fingerprint
