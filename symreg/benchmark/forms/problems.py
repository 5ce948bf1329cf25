"""Laws of which the form is to be found: what ``problems`` tells of them, with table sizes and levels of noise.

Three kinds of file are read: the short notation (``entries``), whose ``rows`` is a list of table sizes and whose
``noise`` is a list of levels, ``{relative: [0, 0.02]}`` or ``{additive: [0, 0.01]}``; problems with ranges only, which
get ``USUAL_SIZES`` and ``USUAL_LEVELS``; and problems that bring their rows as ``values``, noise and all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from symreg.benchmark.entries import is_short
from symreg.benchmark.problems import ProblemDefinition, ProblemFileError, read_problems, select_problems

__all__ = ["FORM_SETS", "FormProblem", "FormTrial", "form_trials", "holds_forms", "load_forms", "read_forms"]

FORM_SETS = ("everyday", "everyday_more", "everyday_unseen", "mathematical", "ten_rows")
USUAL_SIZES = (20, 200)
"""Rows of the smaller and the larger table where a problem states ranges only: 20, the fewest of which some are held
out, and ten times that. Larger ones make the question easier and trials slower; set by hand."""

USUAL_LEVELS = (0.0, 0.01)
"""Noise, as a part of the target's spread, where a problem states ranges only: none, and one per cent. More makes the
question harder; set by hand."""

TABLE_SIZES = ("smaller", "larger")
RANKS = ("none", "first", "second", "third")
GIVEN = "given"
FEWEST_ASKED_ROWS = 3
"""Rows of the smallest table that a problem may ask for: ``problem.MIN_ROWS``. With fewer every search would be
refused, more would forbid questions that can be asked."""

FormNoise = Literal["relative", "additive", "given"]


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A law, its table sizes in ascending order, the kind of noise and its levels, which begin with 0.

    ``known`` names constants of nature that the search is told. ``values`` are rows that the problem brings, by
    column, each in the column's unit.
    """

    definition: ProblemDefinition
    known: tuple[str, ...] = ()
    sizes: tuple[int, ...] = USUAL_SIZES
    noise_kind: FormNoise = "additive"
    levels: tuple[float, ...] = USUAL_LEVELS
    values: tuple[tuple[str, tuple[float, ...]], ...] = ()

    def __post_init__(self) -> None:
        if not self.sizes or self.sizes[0] < FEWEST_ASKED_ROWS or any(a >= b for a, b in pairwise(self.sizes)):
            raise self._fault(f"rows are numbers of {FEWEST_ASKED_ROWS} or more, ascending, not {list(self.sizes)}")
        if not self.levels or self.levels[0] != 0 or any(a >= b for a, b in pairwise(self.levels)):
            raise self._fault(f"levels of noise ascend from 0, not {list(self.levels)}")

    def _fault(self, reason: str) -> ProblemFileError:
        return ProblemFileError(source=self.definition.set_name, entry=self.definition.id, reason=reason)


@dataclass(frozen=True, slots=True)
class FormTrial:
    """A table of a problem to be searched; ``size`` and ``rank`` are the words under which it is counted."""

    problem: FormProblem
    rows: int
    size: str
    noise: float
    rank: str
    seed: int


def holds_forms(name_or_path: str | Path) -> bool:
    """Whether this is the name of a set of forms, or a file of them: the others are run by SRBench's protocol."""
    if str(name_or_path) in FORM_SETS:
        return True
    path = Path(name_or_path)
    if not path.is_file():
        return False
    first = _entries(path)[0]
    return is_short(first) or "values" in first


def load_forms(name_or_path: str | Path) -> tuple[FormProblem, ...]:
    """The problems of a set by its name, or of a file."""
    from symreg.tables import datasets_folder

    if str(name_or_path) in FORM_SETS:
        return read_forms(datasets_folder() / str(name_or_path) / f"{name_or_path}.yaml")
    return read_forms(name_or_path)


def read_forms(path: str | Path) -> tuple[FormProblem, ...]:
    """Read a file of forms; a mistake names the file and the entry."""
    path = Path(path)
    definitions = read_problems(path)
    problems = []
    for definition, entry in zip(definitions, _entries(path), strict=True):
        try:
            problems.append(_form(definition, entry))
        except (TypeError, ValueError, KeyError) as error:
            raise ProblemFileError(source=path.name, entry=definition.id, reason=str(error)) from error
    return tuple(problems)


def form_trials(
    problems: Sequence[FormProblem],
    *,
    ids: Sequence[str] | None = None,
    rows: Sequence[str] = (),
    noise: Sequence[str] = (),
    seeds: Sequence[int] = (0,),
) -> list[FormTrial]:
    """Every chosen problem with every size, level and seed; nothing means all that a problem has.

    ``rows`` are "smaller", "larger" or numbers, ``noise`` are "none", "first", "second", "third" or levels of the
    problem's own kind; a word that a problem has nothing for is passed over. Raises ``ProblemFileError`` where
    nothing is left.
    """
    chosen = {one.id for one in select_problems([one.definition for one in problems], ids)}
    trials = [
        FormTrial(problem, n_rows, size, level, rank, int(seed))
        for seed in dict.fromkeys(seeds)
        for problem in problems
        if problem.definition.id in chosen
        for n_rows, size in _sizes(problem, rows).items()
        for level, rank in _levels(problem, noise).items()
    ]
    if not trials:
        asked = ", ".join((*rows, *noise))
        reason = f"none of these problems has a table of this size and noise: {asked}"
        raise ProblemFileError(source="problems", entry="all", reason=reason)
    return trials


def _sizes(problem: FormProblem, words: Sequence[str]) -> dict[int, str]:
    """Numbers of rows, each with its word; a problem that has one size only calls it so."""
    ends = dict(zip(TABLE_SIZES, (problem.sizes[0], problem.sizes[-1]), strict=True))
    if len(problem.sizes) == 1:
        return {problem.sizes[0]: "only"}
    found: dict[int, str] = {}
    for word in words or TABLE_SIZES:
        found.setdefault(ends[word] if word in ends else _rows(word), word)
    return found


def _levels(problem: FormProblem, words: Sequence[str]) -> dict[float, str]:
    if problem.noise_kind == GIVEN:
        return {0.0: GIVEN} if not words or GIVEN in words else {}
    ranks = dict(zip(RANKS, problem.levels, strict=False))
    found: dict[float, str] = {}
    for word in words or RANKS:
        if word in ranks:
            found.setdefault(ranks[word], word)
        elif word not in (*RANKS, GIVEN):
            found.setdefault(_level(word), word)
    return found


def _rows(word: str) -> int:
    if not word.isdecimal() or int(word) < FEWEST_ASKED_ROWS:
        reason = f"rows are smaller, larger or a number of {FEWEST_ASKED_ROWS} or more, not '{word}'"
        raise ProblemFileError(source="problems", entry="--rows", reason=reason)
    return int(word)


def _level(word: str) -> float:
    try:
        level = float(word)
    except ValueError:
        level = -1.0
    if not 0 <= level < 10:
        reason = f"noise is none, first, second, third or a level of 0 or more, not '{word}'"
        raise ProblemFileError(source="problems", entry="--noise", reason=reason)
    return level


def _entries(path: Path) -> list[Mapping[str, Any]]:
    from symreg.document import read_document

    content = read_document(path).value
    found = content if isinstance(content, list) else []
    if not found or not isinstance(found[0], Mapping):
        raise ProblemFileError(source=path.name, entry="file", reason="a list of problems is needed")
    return found  # type: ignore[return-value]


def _form(definition: ProblemDefinition, entry: Mapping[str, Any]) -> FormProblem:
    if "values" in entry:
        columns = {str(item["name"]): item["values"] for item in entry["variables"]}
        columns[definition.target_name] = entry["values"]
        values = tuple((name, tuple(float(value) for value in column)) for name, column in columns.items())
        if len({len(column) for _, column in values}) != 1:
            raise ValueError("all columns need the same number of values")
        return FormProblem(definition, (), (len(values[0][1]),), "given", (0.0,), values)
    if not is_short(entry):
        return FormProblem(definition)
    kind, levels = _noise(entry.get("noise"))
    return FormProblem(
        definition,
        known=tuple(str(name) for name in entry.get("known") or ()),
        sizes=tuple(int(n_rows) for n_rows in entry["rows"]),
        noise_kind=kind,
        levels=levels,
    )


def _noise(entry: Any) -> tuple[FormNoise, tuple[float, ...]]:
    if isinstance(entry, Mapping) and len(entry) == 1:
        kind, levels = next(iter(entry.items()))
        if kind in ("relative", "additive") and isinstance(levels, list):
            return kind, tuple(float(level) for level in levels)
    raise ValueError("noise is {relative: [0, ...]} or {additive: [0, ...]}")
