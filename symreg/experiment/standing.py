"""How a run stands at one moment, and the two files that others read: ``front.json`` and ``front.csv``."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from symreg.experiment.stored_law import store_interval
from symreg.laws import Law, LawConstant, ParetoFront, Score

if TYPE_CHECKING:
    from symreg.certainty import Robustness
    from symreg.discovery import Discovery, Progress
    from symreg.problem import Problem
    from symreg.search import Screening

Status = Literal["running", "finished", "interrupted", "failed"]

CSV_HEADER = (
    "selected", "complexity", "formula", "unit", "dimension_ok", "train_rmse", "train_r2", "held_out_rmse",
    "held_out_r2", "description_length", "constants", "backend", "simplified", "notes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a run: finished, interrupted, or still going (``status`` "running")."""

    name: str
    target: str
    target_unit: str
    front: ParetoFront
    status: Status
    stop_reason: str
    complete_to_complexity: int | None
    pruned_by_dimension: int | None
    evaluated: int
    wall_seconds: float
    engine: str = ""
    backend: str = ""
    notes: tuple[str, ...] = ()
    judge: str = "held-out"
    runners_up: tuple[Law, ...] = ()
    robustness: Robustness | None = None
    noise: str = "constant"
    loss: str = "squared"
    screening: Screening | None = None


def standing_of_discovery(discovery: Discovery) -> Standing:
    """The standing at the end of a run."""
    problem = discovery.problem
    return Standing(
        name=problem.name,
        target=problem.target,
        target_unit=problem.target_column.unit.text,
        front=discovery.front,
        status=discovery.status,
        stop_reason=discovery.stop_reason,
        complete_to_complexity=discovery.complete_to_complexity,
        pruned_by_dimension=discovery.pruned_by_dimension,
        evaluated=discovery.evaluated,
        wall_seconds=discovery.wall_seconds,
        engine=discovery.engine,
        backend=discovery.backend,
        notes=discovery.notes,
        judge=problem.judge,
        runners_up=discovery.runners_up,
        robustness=discovery.robustness,
        noise=problem.noise,
        loss=problem.loss,
        screening=discovery.screening,
    )


def standing_of_progress(problem: Problem, progress: Progress) -> Standing:
    """The standing in the middle of a run; what the units pruned is counted only at the end."""
    return Standing(
        name=problem.name,
        target=problem.target,
        target_unit=problem.target_column.unit.text,
        front=progress.front if progress.front is not None else ParetoFront((), -1),
        status="running",
        stop_reason="",
        complete_to_complexity=progress.complete_to_complexity,
        pruned_by_dimension=None,
        evaluated=progress.evaluated,
        wall_seconds=progress.elapsed,
        judge=problem.judge,
    )


def front_json(standing: Standing) -> str:
    """``front.json``: these keys in this order, numbers that are not finite as null."""
    document = {
        "name": standing.name,
        "target": {"name": standing.target, "unit": standing.target_unit},
        "status": standing.status,
        "stop_reason": standing.stop_reason,
        "complete_to_complexity": standing.complete_to_complexity,
        "pruned_by_dimension": standing.pruned_by_dimension,
        "evaluated": standing.evaluated,
        "wall_seconds": round(standing.wall_seconds, 3),
        "selected": standing.front.selected,
        "laws": [_law_entry(law) for law in standing.front.laws],
        "judge": standing.judge,
        "robustness": _robustness_entry(standing.robustness),
        "screening": None if standing.screening is None else standing.screening.stored(),
    }
    return json_text(document)


def _robustness_entry(found: Robustness | None) -> dict[str, Any] | None:
    from symreg.experiment.stored_robustness import store_robustness

    return None if found is None else store_robustness(found, _law_entry)


def _law_entry(law: Law) -> dict[str, Any]:
    return {
        "formula": law.formula,
        "complexity": law.complexity,
        "unit": law.unit.text,
        "dimension_ok": law.dimension_ok,
        "train": _score_entry(law.train),
        "held_out": _score_entry(law.held_out),
        "description_length": law.description_length,
        "constants": {constant.name: _constant_entry(constant) for constant in law.constants},
        "correlations": [
            {"constants": [one.first, one.second], "coefficient": one.coefficient} for one in law.correlations
        ],
        "backend": law.backend,
        "simplified": law.simplified,
        "notes": list(law.notes),
    }


def _score_entry(score: Score) -> dict[str, float]:
    return {"rmse": score.rmse, "r2": score.r2}


def _constant_entry(constant: LawConstant) -> dict[str, Any]:
    interval = constant.interval
    return {
        "value": constant.value,
        "stderr": constant.stderr,
        "unit": constant.unit.text,
        "kind": constant.kind,
        "snapped": constant.snapped,
        "interval": None if interval is None else store_interval(interval),
    }


def json_text(document: Any) -> str:
    """JSON that every reader accepts: numbers that are not finite become null, NumPy's become plain."""
    return json.dumps(finite(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def finite(value: Any) -> Any:
    """Plain lists, dicts and numbers, with None for NaN and infinity."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "tolist"):
        return finite(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def front_csv(standing: Standing) -> str:
    """``front.csv``.

    One row per law, numbers with all digits, texts that no spreadsheet takes for a command.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for index, law in enumerate(standing.front.laws):
        cells = [
            index == standing.front.selected, law.complexity, law.formula, law.unit.text, law.dimension_ok,
            law.train.rmse, law.train.r2, law.held_out.rmse, law.held_out.r2, law.description_length,
            "; ".join(_constant_text(constant) for constant in law.constants), law.backend, law.simplified,
            "; ".join(law.notes),
        ]  # fmt: skip
        writer.writerow([csv_cell(cell) for cell in cells])
    return stream.getvalue()


def _constant_text(constant: LawConstant) -> str:
    return f"{constant.name} = {constant.value!r} ± {constant.stderr:.3g} {constant.unit.text}"


def csv_cell(value: object) -> str:
    """A text that begins like a formula gets an apostrophe in front; a number never does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = value.replace("\r", " ").replace("\n", " ")
        return f"'{text}" if text.startswith("\t") or text.lstrip().startswith(("=", "+", "-", "@")) else text
    return repr(finite(value)) if finite(value) is not None else ""
