"""What a run left, from its ``state.json`` alone: for those who look at many runs and read no table again.

A number here is the one that was stored; who wants it computed again loads the run (``load_discovery``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symreg.errors import SymregError
from symreg.experiment import store
from symreg.experiment.assembly import configuration
from symreg.experiment.errors import RunFolderError
from symreg.experiment.fingerprint import configuration_differences, question
from symreg.experiment.lock import holder_of
from symreg.experiment.results.listing import CUT_OFF, UnreadableRun, folder_name, last_event
from symreg.experiment.specification import Specification
from symreg.experiment.store import State
from symreg.experiment.stored_law import restore_constant
from symreg.formula import Expression, parse
from symreg.laws import LawConstant
from symreg.wording import why_broken

FILLED_IN = ("data.target", "data.inputs", "operators", "data.generate.seed")
"""Keys that the data decide where the file does not; what the file says of them is compared where it says something."""


LISTS = ("data.inputs", "operators")
"""Lists of names that are stored in one order, each name once."""


@dataclass(frozen=True, slots=True)
class RecordedLaw:
    """A law as stored: ``expression`` over ``inputs``, its errors on the rows it was fitted to and on those that judge.

    ``rmse`` and ``r2`` are of the rows that judge; in the unit of the target.
    """

    formula: str
    expression: Expression
    complexity: int
    train_rmse: float
    rmse: float
    r2: float
    constants: tuple[LawConstant, ...]
    notes: tuple[str, ...]

    @property
    def si_values(self) -> dict[str, float]:
        """The constants by name, in SI."""
        return {one.name: float(one.unit.to_si(one.value)) for one in self.constants}


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as its folder has it: the ``law`` that is selected, None before there is one, and the ``state`` it is from.

    ``status`` is the stored one, or "cut off"; ``when`` is the moment at which something last happened.
    """

    folder: Path
    name: str
    status: str
    target: str
    unit: str
    inputs: tuple[str, ...]
    law: RecordedLaw | None
    state: State
    when: str

    def differences(self, specification: Specification) -> list[str]:
        """Where the run asked something else than ``specification``, as far as that can be told without its table."""
        now = question(configuration(specification, self.folder))
        open_keys = [key for key in FILLED_IN if now.get(key, "null") == "null"]
        open_keys += ["data.target"] if "=" in (specification.data.target or "") else []
        open_keys += [key for key in LISTS if _same_names(self.state.question.get(key), now.get(key))]
        stored, now = (
            {key: text for key, text in each.items() if key not in open_keys} for each in (self.state.question, now)
        )
        return configuration_differences(stored, now)


def read_stored_run(folder: Path) -> StoredRun | UnreadableRun | None:
    """What the run in ``folder`` left; None where no run has begun, and the reason where it cannot be read."""
    name = folder_name(folder)
    try:
        state = store.read_state(folder)
        return None if state is None else _record(folder, name, state)
    except RunFolderError as error:
        return UnreadableRun(name, f"{error.file}: {error.reason}")
    except (SymregError, OSError) as error:
        return UnreadableRun(name, f"{store.STATE}: {error}")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, ZeroDivisionError) as error:
        return UnreadableRun(name, f"{store.STATE}: {why_broken(error)}")


def _record(folder: Path, name: str, state: State) -> StoredRun:
    from symreg.problem import target_of

    target = str(json.loads(state.question["data.target"]))
    target = target if target in state.data["columns"] else target_of(target)
    inputs = tuple(str(one) for one in json.loads(state.question["data.inputs"]))
    found = state.laws[state.selected] if 0 <= state.selected < len(state.laws) else None
    is_left = state.status == "running" and holder_of(folder) is None
    return StoredRun(
        folder=folder,
        name=name,
        status=CUT_OFF if is_left else state.status,
        target=target,
        unit=str(state.data["columns"][target]["unit"]),
        inputs=inputs,
        law=None if found is None else _law(found, inputs),
        state=state,
        when=last_event(folder),
    )


def _law(stored: Mapping[str, Any], inputs: tuple[str, ...]) -> RecordedLaw:
    constants = tuple(restore_constant(one) for one in stored["constants"])
    names = ("pi", *(one.name for one in constants))
    formula = str(stored["formula"])
    return RecordedLaw(
        formula=formula,
        expression=parse(formula, variables=inputs, constants=names),
        complexity=int(stored["complexity"]),
        train_rmse=_number(stored["train"]["rmse"]),
        rmse=_number(stored["held_out"]["rmse"]),
        r2=_number(stored["held_out"]["r2"]),
        constants=constants,
        notes=tuple(str(note) for note in stored["notes"]),
    )


def _same_names(stored: str | None, now: str | None) -> bool:
    one, other = (json.loads(text or "null") for text in (stored, now))
    return isinstance(one, list) and isinstance(other, list) and set(map(str, one)) == set(map(str, other))


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
