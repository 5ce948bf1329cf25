"""Hypotheses as a backend: formulas from a list, a file, a program that is asked in a loop, or the textbook laws.

A colleague, a paper, a language model or a textbook proposes; each proposal is a candidate like any other, or is
rejected with a reason. A program is told what became of its proposals, which are fitted here for that. What other
backends have found it does not hear.
"""

from __future__ import annotations

import reprlib
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symreg.engine import get_engine
from symreg.given import check_number
from symreg.problem import Candidate
from symreg.search.backend import Budget, Round
from symreg.search.clock import Clock
from symreg.search.hypotheses.assessment import Assessment
from symreg.search.hypotheses.briefing import briefing
from symreg.search.hypotheses.conversation import Conversation, ConversationError
from symreg.search.hypotheses.file import read_hypotheses
from symreg.search.hypotheses.hypothesis import Hypothesis, HypothesisError, hypothesis_of, read_hypothesis
from symreg.search.hypotheses.scope import scope_of
from symreg.search.rejection import Rejection
from symreg.search.space import SearchSpace, probe_rows

FITTED_AT_ONCE = 256  # hypotheses fitted between two looks at the clock
MOST_TURNS = 200  # questions to a program
MOST_FORMULAS = 200  # of one answer
IDLE_TURNS = 3  # answers in a row without anything new, after which nothing new is expected
TOLD = 5  # rejections in the notes


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Formulas that somebody suspects.

    ``formulas`` are texts, or mappings with ``formula``, ``constants`` (to be fitted, besides k, k1, k2, ...) and
    ``source``; ``file`` holds such formulas (``file``); ``command`` is a program with its arguments that is
    asked for more (``briefing``), and may take ``patience`` seconds for an answer; ``library`` tries the textbook laws.
    Constants are fitted on ``fit_rows`` rows.
    """

    formulas: Sequence[str | Mapping[str, Any] | Hypothesis] = ()
    file: str | None = None
    command: Sequence[str] | None = None
    library: bool = False
    threads: int = 1
    engine: str = "auto"
    patience: float = 60.0
    fit_rows: int = 1000

    def __post_init__(self) -> None:
        if isinstance(self.formulas, str) or isinstance(self.command, str):
            raise HypothesisError(message="formulas and command are lists, also of one formula and of one word")
        object.__setattr__(self, "formulas", tuple(hypothesis_of(one, "") for one in self.formulas))
        object.__setattr__(self, "command", tuple(self.command) if self.command else None)
        if not (self.formulas or self.file or self.command or self.library):
            raise HypothesisError(message="backend hypotheses needs formulas, a file, a command or library: true")
        check_number(self, "patience", above=True, error=HypothesisError)
        for name in ("threads", "fit_rows"):
            check_number(self, name, 1, whole=True, error=HypothesisError)

    @property
    def name(self) -> str:
        """The backend's name in files and reports."""
        return "hypotheses"

    def check(self) -> None:
        """Raise HypothesisError before any work where the file cannot be read or the program is not there."""
        if self.file is not None:
            read_hypotheses(self.file)
        if self.command is not None and shutil.which(self.command[0]) is None:
            raise HypothesisError(message=f"there is no program {self.command[0]!r} to ask for hypotheses")

    def propose(
        self, space: SearchSpace, budget: Budget, *, seed: int, stop: Callable[[], bool]
    ) -> Iterator[Round]:
        """Yield a round for what is written, one for the library, and one for each answer of the program."""
        self.check()
        rows = probe_rows(space, self.fit_rows, np.random.default_rng(seed))
        assessment = Assessment(space, get_engine(self.engine), self.threads, rows)
        clock = Clock(budget, stop, lambda: assessment.evaluated)
        return _Search(self, space, assessment, clock).rounds()


@dataclass(slots=True, eq=False)
class _Search:
    settings: Hypotheses
    space: SearchSpace
    assessment: Assessment
    clock: Clock
    told: int = 0  # rejections that rounds have reported
    heard: int = 0  # and that the program was told
    level: int = 0
    met: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)

    def rounds(self) -> Iterator[Round]:
        written = [one for one in self.settings.formulas if isinstance(one, Hypothesis)]
        written += read_hypotheses(self.settings.file) if self.settings.file is not None else ()
        if written:
            yield self.round(self.tested(written))
        if self.settings.library and not self.clock.spent():
            yield self.round(self.known_laws())
        note = ""
        if self.settings.command is not None and not self.clock.spent():
            note = yield from self.conversation(self.settings.command)
        self.clock.spent()
        reason = self.clock.reason or "every hypothesis was tried"
        yield self.round((), reason, (*((note,) if note else ()), *_summary(self.assessment.rejections)))

    def round(self, candidates: Sequence[Candidate], reason: str | None = None, notes: Sequence[str] = ()) -> Round:
        rejections = tuple(self.assessment.rejections[self.told :])
        self.told = len(self.assessment.rejections)
        pruned = sum(one.fault == "dimension" for one in self.assessment.rejections)
        self.level = max([self.level, *(one.complexity for one in self.assessment.best)])
        return Round(
            tuple(candidates), self.level, self.assessment.evaluated, pruned, None, reason, tuple(notes), rejections
        )

    def tested(self, hypotheses: Sequence[Hypothesis]) -> list[Candidate]:
        """The candidates among what was not met before, as far as there is time for them."""
        held: list[Candidate] = []
        for place in range(0, len(hypotheses), FITTED_AT_ONCE):
            if self.clock.spent():
                break
            candidates = self.read(hypotheses[place : place + FITTED_AT_ONCE])
            held += [one.candidate for one in self.assessment.take(candidates)]
        return held

    def read(self, hypotheses: Sequence[Hypothesis]) -> list[Candidate]:
        """Candidates that are worth a fit."""
        scope = scope_of(self.space)
        candidates = []
        for one in hypotheses:
            if (one.formula, one.constants) in self.met:
                continue
            self.met.add((one.formula, one.constants))
            read = read_hypothesis(one, scope, self.space.max_complexity)
            if isinstance(read, Rejection):
                self.assessment.rejections.append(read)
            else:
                candidates.append(read)
        return candidates

    def known_laws(self) -> list[Candidate]:
        """The textbook laws that explain the target best."""
        from symreg.search.hypotheses.law_library import law_library
        from symreg.search.hypotheses.textbook import explanations

        found = explanations(law_library(), scope_of(self.space), self.assessment, self.clock.spent)
        return [one.candidate for one in self.assessment.take([one.candidate for one in found])]

    def conversation(self, command: Sequence[str]) -> Generator[Round, None, str]:
        """Rounds of what a program answers; the value at the end says how the conversation ended, if not well."""
        idle = 0
        try:
            with Conversation(command) as program:
                for _ in range(MOST_TURNS):
                    hypotheses, done = self.answer(program)
                    before = len(self.met)
                    yield self.round(self.tested(hypotheses))
                    idle = 0 if len(self.met) > before else idle + 1
                    if done or idle == IDLE_TURNS or self.clock.spent():
                        break
        except ConversationError as error:
            return "" if self.clock.spent() else f"the program {Path(command[0]).name} {error}"
        return ""

    def answer(self, program: Conversation) -> tuple[list[Hypothesis], bool]:
        """What the program proposes, and whether it has nothing more to say."""
        new = self.assessment.rejections[self.heard :]
        self.heard = len(self.assessment.rejections)
        question = briefing(self.space, scope_of(self.space), self.assessment.best, new, self.settings.patience)
        answer = program.ask(question, self.settings.patience, self.clock.spent)
        formulas = answer.get("formulas", [])
        if not isinstance(formulas, list):
            raise ConversationError(message="gave formulas that are no list")
        return self.understood(formulas[:MOST_FORMULAS], program.name), answer.get("done") is True

    def understood(self, formulas: Sequence[Any], source: str) -> list[Hypothesis]:
        """What of an answer is written as a hypothesis."""
        found = []
        for one in formulas:
            try:
                found.append(hypothesis_of(one, source))
            except HypothesisError as error:
                self.assessment.reject(reprlib.repr(one), "unreadable", str(error), source)
        return found


def _summary(rejections: Sequence[Rejection]) -> list[str]:
    """How many hypotheses were rejected, and the first reasons."""
    if not rejections:
        return []
    shown = "; ".join(map(str, rejections[:TOLD])) + ("; ..." if len(rejections) > TOLD else "")
    return [f"{len(rejections):,} {'hypothesis was' if len(rejections) == 1 else 'hypotheses were'} rejected: {shown}"]
