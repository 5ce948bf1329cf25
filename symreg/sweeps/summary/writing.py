"""The summary as files: ``summary.csv``, ``.json``, ``.html``, and ``.parquet`` where pyarrow is."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symreg.atomic import atomic_write_bytes, atomic_write_text
from symreg.errors import UnwritableError
from symreg.experiment import csv_cell, json_text
from symreg.sweeps.summary.agreement import Along, FoundLaw, Question
from symreg.sweeps.summary.columns import CHANCE, axis_heading, headings, rows_of
from symreg.sweeps.summary.page import summary_page
from symreg.sweeps.summary.summary import SweepSummary

CSV, JSON, PARQUET, PAGE = "summary.csv", "summary.json", "summary.parquet", "summary.html"


def write_summary(summary: SweepSummary, folder: str | Path | None = None) -> tuple[Path, ...]:
    """Write the files into ``folder``, the sweep's own beside its runs if none is given, and return their paths.

    Each is whole or absent; ``UnwritableError`` where the folder may not be written to, or the disk is full.
    """
    folder = summary.folder if folder is None else Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [
            atomic_write_text(folder / CSV, summary_csv(summary)),
            atomic_write_text(folder / JSON, summary_json(summary)),
        ]
        if find_spec("pyarrow") is not None:
            written.append(atomic_write_bytes(folder / PARQUET, _parquet(summary)))
        written.append(atomic_write_text(folder / PAGE, summary_page(summary, folder)))
    except OSError as error:
        reason = f"The summary cannot be written to {folder} ({error.strerror or error})."
        raise UnwritableError(reason=reason, advice="The runs themselves are as they were.") from error
    return tuple(written)


def summary_csv(summary: SweepSummary) -> str:
    """A row for each run, all digits, texts that no spreadsheet takes for a command."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = headings(summary)
    writer.writerow([csv_cell(column) for column in columns])
    for row in rows_of(summary):
        writer.writerow([csv_cell(row[column]) for column in columns])
    return stream.getvalue()


def summary_json(summary: SweepSummary) -> str:
    """The same with what the runs say together; what is chance stands apart, numbers that are not known are null."""
    runs = []
    axes = tuple(map(axis_heading, summary.sweep.axes))
    for run, row in zip(summary.runs, rows_of(summary), strict=True):
        steady = {key: value for key, value in row.items() if key not in (*CHANCE, *axes)}
        chance = {key: row[key] for key in CHANCE}
        runs.append({**steady, "axes": dict(run.values), "constants": list(run.constants), "by_chance": chance})
    return json_text({
        "name": summary.name,
        "axes": {axis: list(values) for axis, values in summary.sweep.axes.items()},
        "counts": summary.counts,
        "recovered": summary.recovered,
        "questions": [_question(one) for one in summary.questions],
        "along": [_along(one) for one in summary.axes],
        "runs": runs,
    })  # fmt: skip


def _question(question: Question) -> dict[str, Any]:
    laws = [_law(law) for law in question.laws]
    return {"label": question.label, "runs": question.n_runs, "with_law": question.n_laws, "laws": laws}


def _law(law: FoundLaw) -> dict[str, Any]:
    return {
        "law": law.first.formula, "shape": law.shape, "runs": list(law.runs), "at": dict(law.values),
        "unexplained": law.unexplained, "recovered": law.recovered,
    }  # fmt: skip


def _along(along: Along) -> dict[str, Any]:
    values = [
        {
            "value": at.value, "runs": at.n_runs, "with_law": at.n_laws, "agree": at.agree, "recovered": at.recovered,
            "unexplained": at.unexplained, "complexity": at.complexity, "by_chance": {"seconds": at.seconds},
        }
        for at in along.values
    ]  # fmt: skip
    return {"axis": along.axis, "same": along.same, "compared": along.compared, "values": values}


def _parquet(summary: SweepSummary) -> bytes:
    import pyarrow
    from pyarrow import parquet

    rows = rows_of(summary)
    columns = {heading: _column([row[heading] for row in rows]) for heading in headings(summary)}
    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


def _column(values: Sequence[Any]) -> Any:
    import pyarrow

    kind = pyarrow.string()
    if all(value is None or isinstance(value, int) for value in values):
        kind = pyarrow.int64()
    elif all(isinstance(value, float) for value in values):
        kind = pyarrow.float64()
        values = [None if math.isnan(value) else value for value in values]
    return pyarrow.array(values, type=kind)
