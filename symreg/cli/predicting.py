"""``symreg predict``: what a law of a run says of new rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from symreg.cli import printable
from symreg.cli.starting import naming_options, written_so
from symreg.cli.writing import write_file
from symreg.experiment import (
    DIALECT_KEYS,
    DestinationError,
    Predictions,
    predict_run,
    predictions_csv,
    predictions_text,
)


def predict_rows(
    folder: Path, file: Path, output: Path | None, law: str | None, data: Sequence[str] = ()
) -> None:
    """Print predictions for the rows of ``file``, or write them to ``output``."""
    if output is not None and output.exists() and output.samefile(file):
        raise DestinationError(path=str(output), reason="holds the rows to predict", advice="give another --output")
    with naming_options():
        found = predict_run(folder, file, law, written_so(data, DIALECT_KEYS))
    if output is None:
        typer.echo(printable(f"{found.law.summary()}\n\n{predictions_text(found)}"))
    else:
        write_file(output, predictions_csv(found))
        typer.echo(printable(_written(found, output)))
    for text in found.remarks:
        typer.echo(f"Note: {printable(text)}.")


def _written(found: Predictions, output: Path) -> str:
    rows = "1 row" if len(found.values) == 1 else f"{len(found.values)} rows"
    return f"{found.law.summary()}\n{output} is written: {rows}, {', '.join(found.headings)}"
