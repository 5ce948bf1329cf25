"""One trial of a form: draw a table, search it as anyone would, judge the laws; it is one row of the results."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symreg.benchmark.discipline import Discipline
from symreg.benchmark.equivalence import Judge
from symreg.benchmark.forms.judge import FormJudge, constants_of_truth
from symreg.benchmark.forms.problems import FormTrial
from symreg.benchmark.forms.sampling import noisy_table
from symreg.benchmark.trial import Discover, Settings, native_search
from symreg.errors import TableWarning
from symreg.problem import Problem, make_problem

if TYPE_CHECKING:
    from symreg.discovery import Discovery

__all__ = ["FORMS", "FormResult", "form_problem", "run_form_trial"]

BUDGETS = ("time budget spent", "evaluation budget spent")


@dataclass(frozen=True, slots=True)
class FormResult:
    """What came of a trial; the fields are the columns of the results.

    ``recovered``: the selected law has the true form. ``on_front``: some law of the front has. ``false_end``: the
    search ended before its budget, and the selected law is not the truth. ``deviation`` is what the selected law leaves
    over on exact rows with its constants refitted, in spreads of the target; NaN where it has too many
    constants. ``constants`` and ``true_constants`` count what is fitted in it and in the truth.
    """

    id: str
    set: str
    rows: int
    size: str
    noise: float
    rank: str
    seed: int
    backend: str
    recovered: bool
    on_front: bool
    false_end: bool
    seconds: float
    evaluated: int
    stop: str
    formula: str
    constants: int
    true_constants: int
    deviation: float
    truth: str
    complexity: int
    status: str
    note: str
    time: float
    threads: int
    without: str = ""


def run_form_trial(
    trial: FormTrial, settings: Settings, *, discover: Discover | None, judge: Judge | None
) -> FormResult:
    """Run one trial; a search that fails is a result with ``status`` "failed". ``judge`` is not asked."""
    try:
        problem = form_problem(trial)
        discovery = (discover or native_search)(problem, settings, trial.seed)
        return _judged(trial, settings, discovery)
    except Exception as error:  # whatever breaks one trial, the others go on and the table says what it was
        return form_failed(trial, settings, f"{type(error).__name__}: {error}")


def form_failed(trial: FormTrial, settings: Settings, reason: str, **known: Any) -> FormResult:
    """The result of a trial that gave no law; ``known`` is what its search could still tell."""
    return _result(trial, settings, status="failed", note=" ".join(reason.split())[:300], **known)


def form_problem(trial: FormTrial) -> Problem:
    """What the search is asked: the table with its units, and the constants of nature by name; nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)
        return make_problem(
            noisy_table(trial),
            constants=trial.problem.known,
            seed=trial.seed,
            name=trial.problem.definition.id,
        )


def _judged(trial: FormTrial, settings: Settings, discovery: Discovery) -> FormResult:
    spent: dict[str, Any] = {
        "seconds": discovery.wall_seconds, "evaluated": discovery.evaluated, "stop": discovery.stop_reason,
    }  # fmt: skip
    if not discovery.front.laws:
        return form_failed(trial, settings, "no law", **spent)
    referee, best = FormJudge(trial.problem), discovery.front.best
    verdict = referee.verdict(best)
    others = (law for law in discovery.front.laws if law is not best)
    return _result(
        trial,
        settings,
        recovered=verdict.holds,
        on_front=verdict.holds or any(referee.verdict(law).holds for law in others),
        false_end=not verdict.holds and ended_by_itself(discovery),
        formula=best.summary(),
        constants=verdict.constants,
        deviation=verdict.deviation,
        complexity=best.complexity,
        status=discovery.status,
        **spent,
    )


def ended_by_itself(discovery: Discovery) -> bool:
    """Whether the search believed that it was done: it was not stopped, and no budget was spent."""
    spent = any(budget in discovery.stop_reason for budget in BUDGETS)
    return discovery.status == "finished" and not spent


def _result(trial: FormTrial, settings: Settings, **known: Any) -> FormResult:
    empty: dict[str, Any] = {
        "recovered": False, "on_front": False, "false_end": False, "seconds": float("nan"), "evaluated": 0,
        "stop": "", "formula": "", "constants": 0, "deviation": float("nan"), "complexity": 0, "note": "",
    }  # fmt: skip
    definition = trial.problem.definition
    return FormResult(
        id=definition.id,
        set=definition.set_name,
        rows=trial.rows,
        size=trial.size,
        noise=trial.noise,
        rank=trial.rank,
        seed=trial.seed,
        backend=settings.backend,
        true_constants=constants_of_truth(definition),
        truth=definition.formula,
        time=settings.time,
        threads=settings.threads,
        without=settings.without_text,
        **(empty | known),
    )


FORMS: Discipline[FormTrial, FormResult] = Discipline(
    result=FormResult,
    key=("set", "id", "truth", "rows", "noise", "seed", "backend", "time", "threads", "without"),
    run=run_form_trial,
    failed=form_failed,
)
