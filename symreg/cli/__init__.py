"""The command line: a thin door to the experiment runner, the descriptions, the reports and the benchmark.

Commands import what they need when they run, so that ``symreg --help`` answers at once. Text from rich is
switched off in the help for the same reason.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app", "main"]

app = typer.Typer(
    name="symreg",
    help="Find dimensionally exact laws in tables with units.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ExperimentFile = Annotated[Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an error of this package is one plain message and exit code 2."""
    from symreg.errors import SymregError

    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(given, prog_name="symreg")
    except SymregError as error:
        if "--debug" in given:
            raise
        sys.stderr.write(f"symreg: {printable(str(error))}\n")
        sys.exit(2)


def printable(text: str) -> str:
    """Text without control characters: a column's name must not move the cursor of a terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _show_version(wanted: bool) -> None:
    if wanted:
        from symreg.experiment.environment import package_version

        typer.echo(f"symreg {package_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Find dimensionally exact laws in tables with units."""


@app.command()
def check(file: ExperimentFile) -> None:
    """Show the data, the units, the Pi groups and what the dimensions allow. Searches nothing."""
    from symreg.cli.commands import check_experiment

    check_experiment(file)


@app.command()
def run(
    file: ExperimentFile,
    runs: Annotated[Path, typer.Option(help="Where run folders are made.")] = Path("runs"),
    time: Annotated[str | None, typer.Option(help="Time to search, such as '60 s' or '2 min'.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed than the file's.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads of the engine.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete an earlier run and start over.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Search for a law. Ctrl-C keeps the best so far; the same command goes on from there."""
    from symreg.cli.commands import run_experiments

    run_experiments(file, runs, time=time, seed=seed, threads=threads, fresh=fresh, quiet=quiet)


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="The folder of a run, such as runs/kepler.", show_default=False)
    ],
    format: Annotated[str, typer.Option(help="Formats with commas: html, latex, markdown, pdf.")] = "html",
    export: Annotated[str, typer.Option(help="Languages with commas: python, c, julia, ...")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; the run's folder if absent.")] = None,
) -> None:
    """Write the reports of a run again, from what it stored."""
    from symreg.cli.commands import report_run

    report_run(folder, listed(format), listed(export), out)


@app.command()
def datasets() -> None:
    """List the tables and problem sets that come with the package."""
    from symreg.cli.commands import list_datasets

    list_datasets()


def listed(text: str) -> tuple[str, ...]:
    """``"html, pdf"`` as names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
