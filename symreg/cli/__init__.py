"""The command line: a thin door to the experiment runner, the descriptions, the reports and the benchmark.

Commands import what they need when they run, so that ``symreg --help`` answers at once. Text from rich is
switched off in the help for the same reason.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

import symreg.cli.numbers as _numbers
import symreg.cli.sweeping as _sweeping

__all__ = ["app", "main"]

_whole, _from_one, _number = _numbers.whole, _numbers.from_one, _numbers.number

app = typer.Typer(
    name="symreg",
    help="Find dimensionally exact laws in tables with units.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ExperimentFile = Annotated[Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)]

ChosenLaw = Annotated[
    str | None,
    typer.Option(
        help="A law of the front: its complexity, such as 5; or =#2, the second in the list; or best, accuracy, score.",
        metavar="LAW",
        show_default="the selected one",
    ),
]

WrittenSo = Annotated[
    list[str] | None,
    typer.Option(help="How a table is written, KEY=VALUE: decimal=, or skip_rows=3; again for more."),
]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; whatever goes wrong is one plain message and an exit status (`failing`)."""
    from symreg.cli.failing import status_of

    given = sys.argv[1:] if arguments is None else arguments
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            app(given, prog_name="symreg")
    except Exception as error:
        if "--debug" in given:
            raise
        sys.exit(status_of(error))


def _show_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    """A warning of this package is for the person at the keyboard, who has no use for a line of code."""
    sys.stderr.write(f"symreg: warning: {printable(str(message))}\n")


def printable(text: str) -> str:
    """Text without control characters: a column's name must not move the cursor of a terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _show_version(wanted: bool) -> None:
    if wanted:
        from symreg.version import package_version

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
def init(
    file: Annotated[Path, typer.Argument(help="A table: text, Excel, FITS, ...", show_default=False)],
    target: Annotated[str | None, typer.Option(help="The column to be explained.", show_default=False)] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write.", show_default="beside the table, with the ending .yaml")
    ] = None,
    data: WrittenSo = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write an experiment's file for a table: every column, its unit as understood, every default."""
    from symreg.cli.starting import init_experiment

    init_experiment(file, target, output, data or (), force=force)


@app.command()
def run(
    file: Annotated[
        Path, typer.Argument(help="The experiment, a YAML file; or a table, with --target.", show_default=False)
    ],
    target: Annotated[str | None, typer.Option(help="Of a table: the column to be explained.")] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--inputs", "--input", help="Of a table: columns that may explain it, with commas; else all."),
    ] = None,
    constants: Annotated[
        list[str] | None, typer.Option(help="Of a table: known constants, such as g_n,c; auto offers some.")
    ] = None,
    operators: Annotated[list[str] | None, typer.Option(help="Of a table: operators, such as '+,*,sqrt'.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Of a table: NAME=UNIT of a column; again for more.")] = None,
    data: WrittenSo = None,
    name: Annotated[str | None, typer.Option(help="Of a table: the run's name; else the file's.")] = None,
    runs: Annotated[Path, typer.Option(help="Where run folders are made.")] = Path("runs"),
    time: Annotated[str | None, typer.Option(help="Time to search, such as '60 s' or '2 min'.")] = None,
    seed: Annotated[int | None, typer.Option(parser=_whole, help="Another seed than the file's.")] = None,
    threads: Annotated[int | None, typer.Option(parser=_whole, help="Threads of the engine.")] = None,
    workers: Annotated[int | None, typer.Option(parser=_whole, help="Processes that share one search.")] = None,
    backend: Annotated[str | None, typer.Option(help="Who searches; several with commas.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete an earlier run and start over.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    allow_program: Annotated[
        bool, typer.Option("--allow-program", help="Run the programs that the file names (backend.command).")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Show the run on a page of this machine as well.")] = False,
    port: Annotated[
        int | None, typer.Option(parser=_whole, help="Of the page: its port; else one that is free.")
    ] = None,
    jobs: Annotated[int, typer.Option(parser=_from_one, help="Of a sweep: runs at the same time.")] = 1,
    executor: Annotated[str | None, typer.Option(help="Of a sweep, who runs them: local or dask.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Of a Dask cluster: tcp://HOST:PORT, or the file that it wrote.")
    ] = None,
    log: Annotated[list[str] | None, typer.Option(help="Tell mlflow or tensorboard too; again for both.")] = None,
) -> None:
    """Search for a law. Ctrl-C keeps the best so far; the same command goes on from there."""
    from symreg.cli.running import run_experiments
    from symreg.cli.starting import TableQuestion

    if port is not None and not serve:
        raise typer.BadParameter("this is the port of a page: give --serve too", param_hint="--port")
    said = [tuple(given or ()) for given in (inputs, constants, operators, unit, data)]
    question = TableQuestion(target, said[0], said[1], said[2], said[3], said[4], name)
    run_experiments(
        file, runs, time=time, seed=seed, threads=threads, workers=workers, backend=backend, fresh=fresh, quiet=quiet,
        question=question, allow_program=allow_program, port=(port or 0) if serve else None,
        jobs=jobs, executor=executor, scheduler=scheduler, log=log or (),
    )  # fmt: skip


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="The folder of a run, such as runs/kepler.", show_default=False)
    ],
    format: Annotated[str, typer.Option(help="Formats with commas: html, latex, markdown, pdf.")] = "html",
    export: Annotated[str, typer.Option(help="Languages with commas: python, c, julia, ...")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write; the run's folder if absent.")] = None,
    law: ChosenLaw = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Also figures/*.svg and *.pdf, one column of a journal wide.")
    ] = False,
) -> None:
    """Write the reports of a run again, from what it stored."""
    from symreg.cli.commands import report_run

    report_run(folder, listed(format), listed(export), out, law, figures=figures)


@app.command()
def front(
    folder: Annotated[
        Path, typer.Argument(help="The folder of a run, such as runs/kepler.", show_default=False, metavar="RUN")
    ],
) -> None:
    """Show the laws of a run: complexity, errors, constants; > marks the selected one."""
    from symreg.cli.commands import show_front

    show_front(folder)


@app.command()
def predict(
    folder: Annotated[
        Path, typer.Argument(help="The folder of a run, such as runs/kepler.", show_default=False, metavar="RUN")
    ],
    file: Annotated[
        Path, typer.Argument(help="A table with the columns of the law.", show_default=False, metavar="NEW_FILE")
    ],
    output: Annotated[Path | None, typer.Option(help="The predictions, a CSV file; else they are shown.")] = None,
    law: ChosenLaw = None,
    data: WrittenSo = None,
) -> None:
    """Predict new rows by a law of a run, with units and a 95 % band."""
    from symreg.cli.predicting import predict_rows

    predict_rows(folder, file, output, law, data or ())


_sweeping.add_commands(app)


@app.command()
def benchmark(
    problems: Annotated[
        str,
        typer.Argument(
            help="feynman, bonus, strogatz, empiricalbench; everyday, everyday_more, everyday_unseen, "
            "mathematical, ten_rows (forms); or a problem file.",
            show_default=False,
        ),
    ],
    ids: Annotated[str, typer.Option(help="Only these problems, with commas.")] = "",
    noise: Annotated[
        str,
        typer.Option(
            help="Levels of noise, with commas; of forms also none, first, second.", show_default="0; of forms all"
        ),
    ] = "",
    seeds: Annotated[str, typer.Option(help="Seeds, with commas.")] = "0",
    rows: Annotated[
        str,
        typer.Option(
            help="Rows drawn, training and test; of forms also smaller, larger, with commas.",
            show_default="10000; of forms both",
        ),
    ] = "",
    time: Annotated[str, typer.Option(help="Time for each problem, such as '60 s'.")] = "60 s",
    jobs: Annotated[int, typer.Option(parser=_from_one, help="Problems at the same time.")] = 1,
    threads: Annotated[int, typer.Option(parser=_from_one, help="Threads for each problem.")] = 1,
    backend: Annotated[str, typer.Option(help="Who searches; several with commas.")] = "native",
    no_units: Annotated[bool, typer.Option("--no-units", help="Hide the units from the search.")] = False,
    without: Annotated[
        str, typer.Option(help="Mechanisms of the search to switch off, with commas.", show_default=False)
    ] = "",
    scale_target: Annotated[float, typer.Option(parser=_number, help="Multiply the target, such as by 1e20.")] = 1.0,
    scale_input: Annotated[float, typer.Option(parser=_number, help="Multiply one input of each problem.")] = 1.0,
    output: Annotated[Path | None, typer.Option(help="The results, a CSV file.", show_default=False)] = None,
) -> None:
    """Search for laws that are known, and count how many come back. The same command goes on."""
    from symreg.benchmark import holds_forms
    from symreg.cli.commands import run_benchmark, run_form_benchmark

    if holds_forms(problems):
        run_form_benchmark(
            problems, noise=noise, seeds=seeds, rows=rows, time=time,
            refused={"--no-units": no_units, "--scale-target": scale_target != 1, "--scale-input": scale_input != 1},
            ids=listed(ids) or None, jobs=jobs, threads=threads, backend=backend, without=listed(without),
            output=output,
        )  # fmt: skip
        return
    run_benchmark(
        problems, ids=listed(ids) or None, noise=noise, seeds=seeds, rows=rows, time=time, jobs=jobs,
        threads=threads, backend=backend, no_units=no_units, without=listed(without),
        scale_target=scale_target, scale_input=scale_input, output=output,
    )  # fmt: skip


@app.command("benchmark-record")
def benchmark_record(
    results: Annotated[
        list[Path], typer.Argument(help="Results of symreg benchmark, CSV files.", show_default=False)
    ],
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("docs/benchmarks.md"),
) -> None:
    """Write the record of benchmarks: tables, a picture, every equation missed."""
    from symreg.cli.commands import write_benchmark_record

    write_benchmark_record(results, output)


@app.command()
def schema() -> None:
    """Print what an experiment's file may say, as JSON Schema."""
    from symreg.cli.commands import show_schema

    show_schema()


@app.command()
def datasets() -> None:
    """List the tables and problem sets that come with the package."""
    from symreg.cli.commands import list_datasets

    list_datasets()


def listed(text: str) -> tuple[str, ...]:
    """``"html, pdf"`` as names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
