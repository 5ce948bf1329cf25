"""What running a specification would do: go on, begin, hand over what is there, or refuse; nothing is searched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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


def prospect_of(specification: Specification, runs_folder: str | Path) -> Prospect:
    """What ``run_experiment`` would meet in ``runs_folder/NAME``; the table is read only where one has begun."""
    folder = Path(runs_folder) / specification.name
    if holder_of(folder) is not None:
        return Prospect("running")
    try:
        state = store.read_state(folder)
        if state is None:
            return Prospect("to do")
        problem = problem_of(specification)
        asked = question(configuration(resolved(specification, problem), folder))
        differences = configuration_differences(state.question, asked)
        differences += data_differences(state.data, data_fingerprint(problem.table))
        if differences:
            return Prospect("refused", state.elapsed, tuple(differences))
        is_over = state.status == "finished" and bool(state.laws)
        is_done = is_over and not asks_for_more(specification.budget, stored_specification(folder).budget)
    except (SymregError, OSError) as error:
        return Prospect("refused", 0.0, (str(error),))
    return Prospect("done" if is_done else "goes on" if is_over else "cut off", state.elapsed)
