"""One trial: draw the rows of a problem, search, judge the answer; it is one row of ``results.csv``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from symreg.benchmark.discipline import Discipline
from symreg.benchmark.equivalence import Judge, Relation, Verdict, with_constants
from symreg.benchmark.problems import ProblemDefinition
from symreg.benchmark.sampling import LARGEST_SAMPLE, Sample, has_few_rows, sample_problem, sample_ranges
from symreg.formula import Expression, evaluate_tree, parse, to_text
from symreg.laws import Law, score
from symreg.problem import TINY, FreeConstants, Problem, make_problem

if TYPE_CHECKING:
    from symreg.discovery import Discovery
    from symreg.search import Backend, Native

__all__ = ["SRBENCH", "Discover", "Settings", "Trial", "TrialResult", "run_trial"]

Floats = npt.NDArray[np.float64]
Discover = Callable[[Problem, "Settings", int], "Discovery"]
"""A search: problem, settings and seed in, what was found out."""

FOLDS = 5  # of the cross-validation that ranks laws where all rows train
R2_OF_STRICT = 0.99
"""R² on exact rows that a law needs beside a strict verdict: one whose symbols agree once numbers are rounded may still
predict badly. A value nearer to 1 fails true laws whose constants noise has moved; set by hand."""

R2_WORTH_JUDGING = 0.9
"""A law that explains less of the exact target, offset and factor forgiven, cannot be the true one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is the same for all trials: rows (training and test), seconds a search, threads, units or none.

    ``without`` names mechanisms of the search that are switched off, to learn what each is worth. Noise is a part of
    the target's root mean square, as SRBench has it, or of each value.
    """

    rows: int = LARGEST_SAMPLE
    time: float = 60.0
    threads: int = 1
    units: bool = True
    backend: str = "native"
    without: tuple[str, ...] = ()
    judge_seconds: float = 10.0
    noise_kind: Literal["rms", "relative"] = "rms"

    @property
    def without_text(self) -> str:
        """The mechanisms switched off as the results name them: in one order, however they were asked for."""
        return ",".join(sorted(set(self.without)))


@dataclass(frozen=True, slots=True)
class Trial:
    """A problem at one level of noise with one seed."""

    definition: ProblemDefinition
    noise: float
    seed: int


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of a trial; the fields are the columns of ``results.csv``.

    ``recovered``: SRBench's rule on the selected law. ``strict``: the selected law is the true one.
    ``on_front``: some law of the front passes SRBench's rule. ``held_out_r2`` is of the selected law on exact
    rows that the search never saw.
    """

    id: str
    noise: float
    seed: int
    backend: str
    recovered: bool
    held_out_r2: float
    complexity: int
    seconds: float
    formula: str
    truth: str
    strict: bool
    on_front: bool
    symbolic: Relation
    numeric: Relation
    status: str
    note: str
    evaluated: int
    set: str
    units: bool
    rows: int
    time: float
    threads: int
    without: str = ""


def run_trial(trial: Trial, settings: Settings, *, discover: Discover | None, judge: Judge) -> TrialResult:
    """Run one trial; a search that fails is a result with ``status`` "failed", not an exception."""
    try:
        sample = sample_problem(
            trial.definition,
            rows=settings.rows,
            noise=trial.noise,
            noise_kind=settings.noise_kind,
            seed=trial.seed,
            units=settings.units,
        )
        discovery = _search(sample, trial, settings, discover)
        return _judged(trial, settings, sample, discovery, judge)
    except Exception as error:  # whatever breaks one trial, the others go on and the table says what it was
        return failed(trial, settings, f"{type(error).__name__}: {error}")


def failed(trial: Trial, settings: Settings, reason: str, **known: Any) -> TrialResult:
    """The result of a trial that gave no law; ``known`` is what its search could still tell."""
    return _result(trial, settings, status="failed", note=" ".join(reason.split())[:300], **known)


def _search(sample: Sample, trial: Trial, settings: Settings, discover: Discover | None) -> Discovery:
    problem = benchmark_problem(sample, trial, settings)
    return (discover or native_search)(problem, settings, trial.seed)


def native_search(problem: Problem, settings: Settings, seed: int) -> Discovery:
    """The search that the settings ask for, with their time and threads."""
    from symreg.discovery import discover
    from symreg.search import Budget

    return discover(
        problem, backend=backend_of_settings(settings), budget=Budget(time=settings.time), seed=seed
    )


def backend_of_settings(settings: Settings) -> Backend:
    """The backend that the settings name, or several with commas; one with mechanisms switched off is ours."""
    from symreg.search import backend_from

    if settings.backend == "native" or settings.without:
        return native_backend(settings)
    return backend_from([name.strip() for name in settings.backend.split(",")], threads=settings.threads)


def native_backend(settings: Settings) -> Native:
    """The native search as the settings ask for it; a mechanism that it cannot switch off is an error."""
    from symreg.experiment import NotAvailableError
    from symreg.search import Native

    if settings.backend != "native":
        raise NotAvailableError(what=f"--without for backend {settings.backend}", advice="leave --without away")
    if not settings.without:
        return Native(threads=settings.threads)
    off: dict[str, Any] = {"without": tuple(settings.without_text.split(","))}
    try:
        return Native(threads=settings.threads, **off)
    except TypeError:
        advice = "leave --without away"
        raise NotAvailableError(what=f"the search without {settings.without_text}", advice=advice) from None


def benchmark_problem(sample: Sample, trial: Trial, settings: Settings) -> Problem:
    """The question that is put to the search: all variables, no known constants, coefficients without units.

    Where the truth itself has constants with units, any unit is allowed. Few rows are ranked by cross-validation.
    """
    n_rows = sample.train.n_rows
    policy = "inferred" if settings.units and trial.definition.constants else "dimensionless"
    return make_problem(
        sample.train,
        free_constants=FreeConstants(policy),  # type: ignore[arg-type]
        seed=trial.seed,
        folds=FOLDS if has_few_rows(trial.definition, n_rows) and n_rows >= TINY else None,
        name=trial.definition.id,
    )


def _judged(
    trial: Trial, settings: Settings, sample: Sample, discovery: Discovery, judge: Judge
) -> TrialResult:
    front = discovery.front
    if not front.laws:
        spent = {"seconds": discovery.wall_seconds, "evaluated": discovery.evaluated}
        return failed(trial, settings, f"no law: {discovery.stop_reason}", **spent)
    referee = _Referee(trial, sample, judge)
    best = front.best
    verdict, r2 = referee.verdict(best), referee.r2(best)
    others = (law for law in front.laws if law is not best and referee.worth_judging(law))
    return _result(
        trial,
        settings,
        recovered=verdict.recovered,
        held_out_r2=r2,
        complexity=best.complexity,
        seconds=discovery.wall_seconds,
        formula=to_text(referee.with_numbers(best)),
        strict=verdict.strict and r2 > R2_OF_STRICT,
        on_front=verdict.recovered or any(referee.verdict(law).recovered for law in others),
        symbolic=verdict.symbolic,
        numeric=verdict.numeric,
        status=discovery.status,
        note="; ".join(part for part in (discovery.stop_reason, verdict.note) if part),
        evaluated=discovery.evaluated,
    )


def _result(trial: Trial, settings: Settings, **known: Any) -> TrialResult:
    empty: dict[str, Any] = {
        "recovered": False, "held_out_r2": float("nan"), "complexity": 0, "seconds": float("nan"),
        "formula": "", "strict": False, "on_front": False, "symbolic": "undecided", "numeric": "undecided",
        "evaluated": 0,
    }  # fmt: skip
    return TrialResult(
        id=trial.definition.id,
        noise=trial.noise,
        seed=trial.seed,
        backend=settings.backend,
        truth=trial.definition.formula,
        set=trial.definition.set_name,
        units=settings.units,
        rows=settings.rows,
        time=settings.time,
        threads=settings.threads,
        without=settings.without_text,
        **(empty | known),
    )


class _Referee:
    """Judges the laws of one trial against its truth; the formula that a law prints is what is judged."""

    def __init__(self, trial: Trial, sample: Sample, judge: Judge) -> None:
        self.definition = trial.definition
        self.truth = self._truth()
        self.ranges = sample_ranges(self.definition, sample.train)
        self.judge = judge
        self.columns = {column.name: column.values for column in sample.test.columns}
        self.expected = self.columns[self.definition.target_name]

    def _truth(self) -> Expression:
        """The true law; constants that may take any value stay names."""
        free = self.definition.free_constants
        values = {name: value for name, value in self.definition.constant_values.items() if name not in free}
        return with_constants(self.definition.expression, values, {}, keep=tuple(free))

    def with_numbers(self, law: Law) -> Expression:
        """The printed formula with the SI values of its constants."""
        values, exact = _constants(law)
        return with_constants(self._printed(law), values, exact)

    def verdict(self, law: Law) -> Verdict:
        values, exact = _constants(law)
        return self.judge.judge(
            self._printed(law),
            self.truth,
            ranges=self.ranges,
            values=values,
            exact=exact,
            free=self.definition.free_constants,
        )

    def r2(self, law: Law) -> float:
        return score(self._predicted(law), self.expected).r2

    def worth_judging(self, law: Law) -> bool:
        """Whether the law, up to offset and factor, comes anywhere near the exact target."""
        predicted = self._predicted(law)
        defined = np.isfinite(predicted)
        if np.count_nonzero(defined) < 3:
            return False
        predicted, expected = predicted[defined], self.expected[defined]
        if np.ptp(predicted) == 0 or np.ptp(expected) == 0:
            return False
        predicted, expected = (values / np.max(np.abs(values)) for values in (predicted, expected))
        return bool(np.corrcoef(predicted, expected)[0, 1] ** 2 > R2_WORTH_JUDGING)

    def _predicted(self, law: Law) -> Floats:
        leaves: dict[str, Any] = {"pi": np.pi, **self.columns}
        with np.errstate(all="ignore"):
            values = evaluate_tree(self.with_numbers(law), leaves)
        values = np.array(np.broadcast_to(values, self.expected.shape))
        return np.where(np.isfinite(values), values, np.nan)

    def _printed(self, law: Law) -> Expression:
        names = tuple(constant.name for constant in law.constants)
        variables = tuple(entry.name for entry in self.definition.variables)
        return parse(law.formula, variables=variables, constants=("pi", *names))


def _constants(law: Law) -> tuple[dict[str, float], dict[str, str]]:
    """SI values of a law's constants, and the simple numbers that some of them were recognised as."""
    values = {constant.name: float(constant.unit.to_si(constant.value)) for constant in law.constants}
    exact = {
        constant.name: constant.snapped
        for constant in law.constants
        if constant.snapped is not None and constant.unit.scale == 1.0
    }
    return values, exact


SRBENCH: Discipline[Trial, TrialResult] = Discipline(
    result=TrialResult,
    # A truth that was corrected in its problem file is another question.
    key=("set", "id", "truth", "noise", "seed", "backend", "units", "rows", "time", "threads", "without"),
    run=run_trial,
    failed=failed,
    by_symbols=True,
)
