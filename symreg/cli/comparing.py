"""``symreg compare`` and ``symreg rerun``: runs side by side, and one that is done again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from symreg.cli import printable
from symreg.cli.planning import aligned
from symreg.cli.running import EXIT_INTERRUPTED, summary
from symreg.experiment import UnsavedError, run_experiment
from symreg.sweeps import ComparedConstant, Comparison, Repetition, compare_runs, comparison_of, recorded, repetition_of
from symreg.uncertain_text import number_text, r2_text, uncertain_text

if TYPE_CHECKING:
    from symreg.discovery import Discovery, Progress
    from symreg.experiment import StoredRun


SAID_CHANCE = 0.0001
"""That is told as a number: a smaller one says "hardly ever"."""


def show_comparison(folders: Sequence[Path]) -> None:
    """Print the runs in ``folders`` side by side."""
    if len(folders) < 2:
        raise typer.BadParameter("name two runs or more, such as runs/a runs/b", param_hint="RUN RUN")
    for line in comparison_lines(compare_runs(folders)):
        typer.echo(printable(line))


def comparison_lines(found: Comparison) -> Iterator[str]:
    """The comparison as text; runs are told by their numbers after the first table."""
    headings = ("", "run", "status", "complexity", "R2", "error", "law")
    rows = [(str(place), *_cells(run)) for place, run in enumerate(found.runs, 1)]
    yield from aligned([headings, *rows], numbers={3, 4, 5})
    yield ""
    yield "The questions differ:" if found.questions else "The questions are the same."
    yield from _side_by_side(found.questions)
    yield "The data differ:" if found.data else "The data are the same."
    yield from _side_by_side(found.data)
    yield _alike(found)
    for one in found.constants:
        yield f"  {one.name}{_in_unit(one.unit)}: {', '.join(_values(one))}: {_verdict(one)}"
    if not found.constants and found.are_alike:
        yield f"Their constants are not compared: {found.why_no_constants}."


def _cells(run: StoredRun) -> tuple[str, ...]:
    law = run.law
    if law is None:
        return (str(run.folder), run.status, "-", "-", "-", "none yet")
    unit = "" if run.unit in ("1", "dimensionless") else f" {run.unit}"
    return (
        str(run.folder), run.status, str(law.complexity), r2_text(law.r2), f"{number_text(law.rmse, 4)}{unit}",
        f"{run.target} = {law.formula}",
    )  # fmt: skip


def _side_by_side(differing: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if differing:
        yield from aligned([(f"  {key}", *_numbered(values)) for key, values in differing.items()])


def _numbered(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{place}: {value}" for place, value in enumerate(values, 1))


def _alike(found: Comparison) -> str:
    if found.are_alike:
        return "The laws are alike: their formulas have one shape."
    groups: dict[str, list[str]] = {}
    for place, shape in enumerate(found.shapes, 1):
        groups.setdefault(shape, []).append(str(place))
    told = "; ".join(f"{' and '.join(places)}: {shape or 'none'}" for shape, places in groups.items())
    return f"The laws are not alike: {told}."


def _in_unit(unit: str) -> str:
    return "" if unit in ("", "1", "dimensionless") else f" [{unit}]"


def _values(one: ComparedConstant) -> Iterator[str]:
    for value, stderr in zip(one.values, one.stderrs, strict=True):
        yield uncertain_text(value, stderr)


def _verdict(one: ComparedConstant) -> str:
    if one.agrees is None:
        return "no errors are known, so nobody can say whether they agree"
    share = f"in {number_text(100 * one.chance, 2)} % of cases" if one.chance >= SAID_CHANCE else "hardly ever"
    apart = f"the same constant comes out as far apart {share}"
    return f"agree ({apart})" if one.agrees else f"do not agree ({apart})"


def run_again(folder: Path, *, fresh: bool, quiet: bool, allow_program: bool) -> None:
    """Search for what the run in ``folder`` asked, and tell whether the same law came out."""
    again = repetition_of(folder, fresh=fresh)
    if again.changes:
        typer.echo("The data are not those that the run had:", err=True)
        for change in again.changes:
            typer.echo(f"  {printable(change)}", err=True)
    else:
        typer.echo("The data have the fingerprint that the run had.", err=True)
    discovery = _searched(again, quiet=quiet, allow_program=allow_program)
    if not quiet:
        typer.echo(printable(summary(discovery, again.folder)))
    for line in outcome_lines(comparison_of([again.record, recorded(again.folder)]), again):
        typer.echo(printable(line))
    if discovery.status == "interrupted":
        raise typer.Exit(EXIT_INTERRUPTED)


def outcome_lines(found: Comparison, again: Repetition) -> Iterator[str]:
    """Whether the same law came out, and how the constants compare."""
    before, now = found.runs
    if before.law is None or now.law is None:
        yield f"{'The run had' if before.law is None else 'This time there is'} no law to compare."
        return
    if found.are_alike:
        yield f"The same law came out: {now.target} = {now.law.formula}"
    else:
        yield f"Another law came out: {now.target} = {now.law.formula}"
        yield f"  It was {before.target} = {before.law.formula}"
    for one in found.constants:
        yield f"  {one.name}{_in_unit(one.unit)}: {' before, '.join(_values(one))} now: {_verdict(one)}"
    yield f"See {again.folder}"


def _searched(again: Repetition, *, quiet: bool, allow_program: bool) -> Discovery:
    observer: Callable[[Progress], None] | None = None
    stopping: Callable[[], None] | None = None
    with contextlib.ExitStack() as stack:
        if not quiet:
            from symreg.cli.live import shown

            view = stack.enter_context(shown(again.specification.name, again.record.target))
            observer, stopping = view.observe, view.stopping
        try:
            return run_experiment(
                again.specification, again.runs_folder, observer, fresh=again.fresh, on_interrupt=stopping,
                allow_program=allow_program,
            )  # fmt: skip
        except KeyboardInterrupt:
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except UnsavedError as error:
            typer.echo(printable(summary(error.discovery, again.folder)))
            raise
