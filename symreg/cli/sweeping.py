"""Commands about many runs: what a sweep will cost, what came of it, a list of runs, runs side by side and again.

Here they are only named, with their options; ``add_commands`` hangs them on the app, and each loads what it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symreg.cli.numbers import from_one

RunsFolder = Annotated[Path, typer.Option(help="The folder that holds the runs.")]
RunFolder = Annotated[
    Path, typer.Argument(help="The folder of a run, such as runs/kepler.", show_default=False, metavar="RUN")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to those of ``app``."""

    @app.command()
    def plan(
        file: Annotated[Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)],
        jobs: Annotated[int, typer.Option(parser=from_one, help="Runs at the same time.")] = 1,
        runs: RunsFolder = Path("runs"),
    ) -> None:
        """Show the runs of a sweep, what each may cost, and which are done. Searches nothing."""
        from symreg.cli.planning import show_plan

        show_plan(file, runs, jobs)

    @app.command()
    def summary(
        file: Annotated[Path, typer.Argument(help="The experiment, a YAML file.", show_default=False)],
        runs: RunsFolder = Path("runs"),
    ) -> None:
        """Write what the runs of a sweep say together: which laws agree, as a page and as tables."""
        from symreg.cli.planning import show_summary

        show_summary(file, runs)

    @app.command("list")
    def list_(
        runs: Annotated[Path, typer.Argument(help="The folder that holds the runs.")] = Path("runs"),
        status: Annotated[str | None, typer.Option(help="Only these, with commas: finished, 'cut off', ...")] = None,
        target: Annotated[str | None, typer.Option(help="Only runs that explain this column.")] = None,
        name: Annotated[str | None, typer.Option(help="Only runs of such a name: 'kepler-*'.", metavar="GLOB")] = None,
        sort: Annotated[str, typer.Option(help="By name, r2, complexity, seconds or when; the best first.")] = "name",
    ) -> None:
        """List runs: what was asked, the selected law, how good it is, when."""
        from symreg.cli.listing import Wanted, show_runs

        show_runs(runs, Wanted(status, target, name, sort))

    @app.command()
    def compare(
        runs: Annotated[
            list[Path], typer.Argument(help="Folders of runs, two or more.", show_default=False, metavar="RUN RUN")
        ],
    ) -> None:
        """Show runs side by side: laws, what differs in question and data, whether constants agree."""
        from symreg.cli.comparing import show_comparison

        show_comparison(runs)

    @app.command()
    def rerun(
        run: RunFolder,
        fresh: Annotated[bool, typer.Option("--fresh", help="In the same folder, whose files are deleted.")] = False,
        quiet: Annotated[bool, typer.Option("--quiet", help="Print only whether the same came out.")] = False,
        allow_program: Annotated[
            bool, typer.Option("--allow-program", help="Run the programs that the question names.")
        ] = False,
    ) -> None:
        """Search again for what a run asked, beside it, and tell whether the same law comes out."""
        from symreg.cli.comparing import run_again

        run_again(run, fresh=fresh, quiet=quiet, allow_program=allow_program)
