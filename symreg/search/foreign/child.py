"""A backend in a process of its own: told the question once, heard line by line, killed when its time is up.

Foreign engines abort, hang, eat memory and ignore interrupts. One that runs here costs only itself: what it has
proposed so far is kept, and the last round says what became of it. Lines are JSON; a formula in them is text, which our
own parser reads (``search.reading``) and nothing executes.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from symreg.formula import complexity
from symreg.search.backend import INTERRUPTED, Budget, Round
from symreg.search.reading import Reader
from symreg.worker import LONGEST_LINE, TextWorker, WorkerError

TICK = 0.1  # seconds between looks at the clock and at ``stop``
GRACE = 2.0  # seconds after the end of its time in which a child may say its last word
SILENCE = 120.0  # seconds without a word, where the budget has no limit of time
LEAST_MEMORY = 2**30  # bytes of address space that an interpreter with its libraries and threads maps in any case
MOST_FORMULAS = 1_000  # of one line
LONGEST_COMPLAINT = 50_000_000  # bytes on standard error: it goes to a file, and the disk is not the child's
LONGEST_WORDS = 200
"""Characters of a child's complaint that its reason for ending quotes: two lines of a terminal. Set by hand; a longer
quotation would hide what symreg says itself."""

DONE = {
    "time": "time budget spent",
    "evaluations": "evaluation budget spent",
    "exact": "an exact formula was found",
}


@dataclass(frozen=True, slots=True)
class Child:
    """A child that runs ``module`` for the backend ``name``; ``memory`` limits its address space, None does not.

    ``formulas`` returns what it has written elsewhere so far, for engines that cannot speak while they work.
    """

    name: str
    module: str
    question: dict[str, Any]
    memory: int | None = None
    silence: float = SILENCE
    formulas: Callable[[], Sequence[str]] | None = None

    def rounds(self, reader: Reader, budget: Budget, stop: Callable[[], bool]) -> Iterator[Round]:
        """Rounds of the candidates that ``reader`` makes of the child's formulas; the last says why it ended."""
        level, evaluated = 0, 0
        for formulas, counted, reason in self._words(budget, stop):
            candidates = reader.candidates(formulas)
            evaluated = max(evaluated, counted)
            level = max([level, *(complexity(one.expression) for one in candidates)])
            if candidates or reason is not None:
                notes = reader.notes() if reason is not None else ()
                yield Round(candidates, level, evaluated, reader.of_wrong_dimension, None, reason, notes=notes)

    def _words(
        self, budget: Budget, stop: Callable[[], bool]
    ) -> Iterator[tuple[Sequence[str], int, str | None]]:
        """Formulas, the number of evaluations and, at the end, the reason for stopping."""
        memory = None if self.memory is None else max(self.memory, LEAST_MEMORY)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            worker = TextWorker(self.module, memory=memory, errors=errors)
            try:
                yield from self._conversation(worker, budget, stop, errors)
            finally:
                worker.close()

    def _conversation(
        self, worker: TextWorker, budget: Budget, stop: Callable[[], bool], errors: IO[str]
    ) -> Iterator[tuple[Sequence[str], int, str | None]]:
        started = heard = time.monotonic()
        spoke = False
        try:
            worker.tell(self.question)
            while True:
                answer, now = worker.hear(TICK), time.monotonic()
                written = self.formulas() if self.formulas is not None and answer is None else ()
                if answer is not None:
                    heard = now
                    formulas, evaluated, reason = self._checked(answer)
                    spoke = spoke or "ready" not in answer
                    yield formulas, evaluated, reason
                    if reason is not None:
                        return
                elif written:
                    spoke = True
                    yield written, 0, None
                if stop():
                    reason = INTERRUPTED
                elif budget.time is not None and now - started > budget.time + GRACE:
                    reason = DONE["time"] if spoke else self._died("did not answer in time")
                elif budget.time is None and now - heard > self.silence:
                    reason = self._died(f"said nothing for {self.silence:g} s")
                elif answer is None and os.fstat(errors.fileno()).st_size > LONGEST_COMPLAINT:
                    reason = self._died("wrote without end to standard error")
                else:
                    continue
                yield (), 0, reason
                return
        except WorkerError as error:
            yield (self.formulas() if self.formulas is not None else ()), 0, self._died(str(error), _last_words(errors))

    def _died(self, what: str, words: str = "") -> str:
        return f"backend {self.name} {what}" + (f": {words}" if words else "")

    def _checked(self, answer: dict[str, Any]) -> tuple[list[str], int, str | None]:
        """What can be used of an answer; WorkerError where it is no answer at all."""
        if "error" in answer:
            return [], 0, self._died("failed", _printable(str(answer["error"])))
        formulas, evaluated, done = answer.get("formulas", []), answer.get("evaluated", 0), answer.get("done")
        sound = isinstance(formulas, list) and all(isinstance(one, str) for one in formulas)
        if not sound or not isinstance(evaluated, int) or not 0 <= evaluated < 2**63:
            raise WorkerError(message="gave an answer that cannot be read")
        reason = None if done is None else DONE.get(str(done), "nothing is left to try")
        return formulas[:MOST_FORMULAS], evaluated, reason


def _last_words(errors: IO[str]) -> str:
    """The last line that a dead child wrote to standard error."""
    errors.seek(max(0, errors.seek(0, 2) - LONGEST_LINE // 100))
    lines = [line.strip() for line in errors.read().splitlines() if line.strip()]
    return _printable(lines[-1]) if lines else ""


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:LONGEST_WORDS])
