"""Parquet files of many rows, read column by column and part by part: the same tables as pandas makes of them."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import symreg as sr
from symreg import mapped
from symreg.arrays import is_mapped
from symreg.errors import TableError
from symreg.experiment.fingerprint import data_fingerprint

ROWS, GROUP, AT_ONCE = 1_000, 130, 77  # no one a multiple of another


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rows are a long table, read some dozens at a time."""
    monkeypatch.setattr(mapped, "LONG_ROWS", ROWS - 1)
    monkeypatch.setattr(mapped, "ROWS_AT_ONCE", AT_ONCE)


def written(folder: Path, **columns: Any) -> Path:
    path = folder / "long.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=GROUP)
    return path


def plain(n_rows: int = ROWS) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    counts = [None if row % 9 == 0 else one for row, one in enumerate(rng.integers(0, 99, n_rows).tolist())]
    return {
        "v [km/h]": rng.uniform(1, 5, n_rows),
        "T [degC]": rng.uniform(1, 5, n_rows).astype(np.float32),
        "n": pa.array(np.arange(n_rows) % 7 + 2**53 + 1),
        "gaps [m]": pa.array(counts),
        "price": pa.array([Decimal(f"{one}.10") for one in rng.integers(0, 9, n_rows)]),
        "kind": pa.array(rng.integers(1, 4, n_rows).astype(float)).dictionary_encode(),
        "small": pa.array(rng.integers(0, 200, n_rows), type=pa.uint8()),
        "y [J]": rng.normal(size=n_rows),
    }


def same(one: sr.Table, other: sr.Table) -> None:
    assert one.names == other.names
    assert one.units == other.units
    for name in one.names:
        first, second = one[name], other[name]
        assert first.values.tobytes() == second.values.tobytes()
        assert first.user_numbers.tobytes() == second.user_numbers.tobytes()
        if first.sigma is not None:
            assert second.sigma is not None and first.sigma.tobytes() == second.sigma.tobytes()


def both(path: Path, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> tuple[sr.Table, sr.Table]:
    """The table read by parts, and as pandas has it."""
    by_parts = sr.read_table(path, **asked)
    with monkeypatch.context() as other:
        other.setattr(mapped, "LONG_ROWS", 10**9)
        whole = sr.read_table(path, **asked)
    return by_parts, whole


@pytest.mark.usefixtures("long")
def test_numbers_of_every_type_are_those_of_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_parts, whole = both(written(tmp_path, **plain()), monkeypatch, target="y", nan="drop")
    same(by_parts, whole)
    assert by_parts.n_rows == ROWS - len(range(0, ROWS, 9))
    assert by_parts.notes == whole.notes
    assert data_fingerprint(by_parts) == data_fingerprint(whole)
    assert all(is_mapped(one.values) and is_mapped(one.user_numbers) for one in by_parts.columns)
    assert not any(is_mapped(one.values) for one in whole.columns)


@pytest.mark.usefixtures("long")
def test_dates_and_names_are_read_where_somebody_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = np.random.default_rng(2).integers(0, 10**6, ROWS)
    when = pd.Timestamp("2024-01-01 12:00") + pd.to_timedelta(minutes, unit="min")
    path = written(tmp_path, **plain(), t=pa.array(when), who=pa.array([f"n{row % 5}" for row in range(ROWS)]))
    asked: dict[str, Any] = {"target": "y", "inputs": ["v", "t"], "units": {"who": "label"}}
    by_parts, whole = both(path, monkeypatch, **asked)
    assert by_parts.units["t"] == "s"
    assert by_parts["t"].values.tobytes() == whole["t"].values.tobytes()
    assert by_parts.label("who") == whole.label("who")
    unasked = sr.read_table(path, target="y", nan="drop").understood
    assert unasked is not None
    assert {one.column for one in unasked.left_out} == {"t", "who"}
    assert "only numbers are read" in unasked.left_out[0].reason


@pytest.mark.usefixtures("long")
def test_what_a_frame_says_of_its_units_and_rows_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"v": np.linspace(1, 2, ROWS), "y": np.linspace(2, 5, ROWS) ** 2}
    frame = pd.DataFrame(values, index=np.arange(5, ROWS + 5))
    frame.attrs["units"] = {"v": "m/s"}
    frame.to_parquet(tmp_path / "frame.parquet", row_group_size=GROUP)
    by_parts, whole = both(tmp_path / "frame.parquet", monkeypatch, target="y")
    same(by_parts, whole)
    assert by_parts.names == ("v", "y")
    assert by_parts.units["v"] == "m/s"


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("sigma", ["s", 0.5, "5 %"])
def test_uncertainties_are_those_of_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sigma: Any) -> None:
    columns = {"x": np.linspace(1, 2, ROWS), "y [mm]": np.linspace(3, 9, ROWS), "s": np.full(ROWS, 0.1)}
    same(*both(written(tmp_path, **columns), monkeypatch, target="y", sigma={"y": sigma}))


@pytest.mark.usefixtures("long")
def test_faults_are_told_as_of_a_short_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, **{**plain(), "cold [degC]": np.where(np.arange(ROWS) == 700, -300.0, 20.0)})
    for asked in ({"target": "y", "inputs": ["gaps"]}, {"target": "y", "inputs": ["cold"]}, {"target": "nothing"}):
        told = []
        for rows in (ROWS - 1, 10**9):
            monkeypatch.setattr(mapped, "LONG_ROWS", rows)
            with pytest.raises(TableError) as caught:
                sr.read_table(path, **asked)  # type: ignore[arg-type]
            told.append(str(caught.value))
        assert told[0] == told[1]


@pytest.mark.usefixtures("long")
def test_copies_and_row_numbers_are_noticed(tmp_path: Path) -> None:
    x = np.random.default_rng(1).uniform(1, 2, ROWS)
    path = written(tmp_path, **{"id": np.arange(ROWS), "x": x, "copy": x, "line": 3 * x + 1, "y": x**2})
    with pytest.warns(sr.TableWarning):
        table = sr.read_table(path, target="y")
    assert any("'x' and 'copy' hold the same values" in note for note in table.notes)
    assert any("'x' and 'line' are collinear" in note for note in table.notes)
    assert table.understood is not None
    assert [one.column for one in table.understood.left_out] == ["id"]


CHILD = """
import sys, threading, time
from pathlib import Path
import symreg as sr

most = [0]

def look():
    while True:
        text = Path("/proc/self/status").read_text()
        most[0] = max(most[0], next(int(line.split()[1]) for line in text.splitlines() if line.startswith("RssAnon")))
        time.sleep(0.005)

threading.Thread(target=look, daemon=True).start()
import scipy.linalg, pandas, pyarrow.parquet, symreg.tables.assembly
import symreg.problem.making
before = most[0]
table = sr.read_table(sys.argv[1], target="y")
problem = sr.make_problem(table)
print(most[0] - before, len(problem.train_rows) + len(problem.held_out_rows), problem.thinned().table.n_rows)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say what a process holds")
def test_a_long_table_takes_no_memory_of_its_length(tmp_path: Path) -> None:
    """Two million rows of eight columns are 128 MB, twice that with their numbers as written."""
    n_rows, group = 2_000_000, 250_000
    rng, path = np.random.default_rng(0), tmp_path / "long.parquet"
    schema = pa.schema([(f"{name} [mm]", pa.float64()) for name in "abcdefgy"])
    with pq.ParquetWriter(path, schema) as writer:
        for _ in range(n_rows // group):
            writer.write_table(pa.table([rng.uniform(1, 2, group) for _ in schema], schema=schema))
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True)
    kilobytes, rows, thinned = map(int, done.stdout.split())
    assert rows == n_rows
    assert thinned <= 100_000
    assert kilobytes < 90_000
