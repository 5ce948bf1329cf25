"""Tables that are broken or odd, as files of every format, given to ``init``, ``check``, ``run`` and ``predict``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.campaign.holding import Case, command, pick

Random = np.random.Generator
Grid = list[list[str]]

UNITS = (
    "m/s", "[m/s]", "m/s/", "(m", "m^", "kg m^2 s^-2", "°C", "°", "%", "‰", "m/s^2^3", "1e400 m", "m^1e9", "furlongs",
    "²", "m²·s⁻¹", "Ω", "µm", "μm", "m**(1/0)", "m^(1/3)", "deg C", "in the year", "--", "n/a", "mol/L", "dBm", "pH",
    "€",
    "kg/kg", "1/0", "0 m", "-1 m", "10^-27 kg", "x" * 300, "m" * 50, "((((m))))", "m\ts", "__import__('os')", "None",
    "",
    "nan", "inf m", "log(m)", "sqrt(Hz)", "m per s", "mm Hg", "arcsec", "h", "'", '"', "km/h @ 20°C", "1:2", "μ", "Å",
)  # fmt: skip
CELLS = (
    "1e999", "-1e999", "inf", "-Infinity", "nan", "NaN", "0x1F", "0b11", "1_000", "1e", "--1", "+-3", "2024-02-30",
    "2024-01-01", "01/02/03", "12:30", "true", "=A1+1", "#DIV/0!", "#N/A", "1,5", "1.234,5", "1 000", "5±0.1", "5(2)",
    "<0.1",
    "\x00", "\x1b[2J", "\u202e12", "٣", "½", "\uff11\uff12", "∞", "1e-400", "9" * 400, "1" + "0" * 30, "0." + "3" * 500,
    "a" * 5000,
    "", " ", "\ufeff1", "1\n2", '"', "'", "None", "NULL", "-", ".", "e5", "1j", "0/0", "1/3", "$5", "5 m", "5 %",
    "1e5e5",
    "\ud7ff", "\N{PILE OF POO}", "1;2", "a\tb", "0777", "5.", ".5", "1e308", "-0", "1e-308", "5e-324",
)  # fmt: skip
NAMES = (
    "", " ", "m [kg]", "v [m/s]", "E", "E [J]", "x" * 1000, "x" * 5000, "\x00", "a\x1b[31mb", "a\nb", "1", "1.5",
    "nan", "sin",
    "pi", "c", "import", "__class__", "a,b", "a;b", '"', "'", "[m]", "m []", "m [", "m ]", "m (kg", "E/J", "E (J)",
    "ε₀", "名前",
    "a b", "a=b", "\u202eabc", "k", "k1", "#", "# m", "=cmd|' /C calc'!A0", "m_sigma", "m_err", "%", "Unnamed: 0",
    "row", "-",
    "a`b", "\N{PILE OF POO}", "E [J] [J]", "E{J}", "E <J>", "sqrt(x)", "x**2", "1e5", "True", "target", "\t", "~",
    "*", "a.b",
)  # fmt: skip
SUFFIXES = (".csv", ".csv", ".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".csv.gz", ".ecsv", ".ods",
            ".feather",
            ".fits", ".nc", ".vot", ".ipac", ".dat")  # fmt: skip
SEPARATORS = (",", ",", ";", "\t", " ", "|")

EXPERIMENT = (
    "version: 1\nname: e\ndata: {{file: {file}, target: {target}}}\nbudget: {{evaluations: 2000, time: 1 s}}\n"
    "robustness: {{resamples: 0}}\nreport: {{formats: []}}\nbackend: {{name: native, threads: 1}}\n"
)


def good(rng: Random, n_rows: int = 30) -> Grid:
    """The kinetic energy of things, with a column that tells nothing: a header and rows as text."""
    m, v, t = rng.uniform(1, 5, (3, n_rows))
    rows = [[f"{a:.6g}", f"{b:.6g}", f"{c:.6g}", f"{0.5 * a * b**2:.8g}"] for a, b, c in zip(m, v, t, strict=True)]
    return [["m [kg]", "v [m/s]", "t [s]", "E [J]"], *rows]


def spoiled_grid(rng: Random, grid: Grid) -> tuple[str, Grid]:
    """The grid with one fault, and its name."""
    kind = pick(rng, [
        "cell", "cells", "column of", "name", "names alike", "unit", "unit row", "ragged", "narrow", "wide", "one row",
        "few rows", "no rows", "empty column", "constant column", "empty rows", "huge", "tiny", "ends", "hex", "dates",
        "long name", "no header", "two headers", "preamble", "comments", "many columns", "target alone", "same rows",
        "none", "target constant", "target text", "alternating", "transposed",
    ])  # fmt: skip
    body, place, row = grid[1:], int(rng.integers(len(grid[0]))), int(rng.integers(1, len(grid)))
    if kind in ("cell", "hex", "dates"):
        _put(grid[row], place, {"cell": pick(rng, CELLS), "hex": "0xFF", "dates": "2024-03-01"}[kind])
    elif kind == "cells":
        for _ in range(int(rng.integers(2, 12))):
            _put(pick(rng, body), int(rng.integers(len(grid[0]))), pick(rng, CELLS))
    elif kind in ("column of", "target text", "target constant", "constant column", "huge", "tiny", "ends",
                  "empty column"):
        place = len(grid[0]) - 1 if kind.startswith("target") else place
        what = {"column of": pick(rng, CELLS), "target text": "abc", "empty column": "", "constant column": "7"}
        for number, one in enumerate(body):
            cell = "".join(one[place : place + 1])
            scaled = {"huge": f"{cell}e300", "tiny": f"{cell}e-310", "ends": "inf" if number % 2 else "-inf"}
            _put(one, place, {**what, **scaled, "target constant": "1e300"}[kind])
    elif kind in ("name", "long name"):
        grid[0][place] = pick(rng, NAMES) if kind == "name" else "längst" * int(rng.integers(150, 2000))
    elif kind == "names alike":
        grid[0] = [grid[0][0]] * len(grid[0]) if rng.random() < 0.3 else [*grid[0][:2], grid[0][0], grid[0][-1]]
    elif kind == "unit":
        grid[0][place] = f"{grid[0][place].partition(' [')[0]} [{pick(rng, UNITS)}]"
    elif kind == "unit row":
        grid.insert(1, [pick(rng, UNITS) for _ in grid[0]])
    else:
        grid = _reshaped(rng, kind, grid, row, place)
    return kind, grid


def _put(row: list[str], place: int, cell: str) -> None:
    """A cell of a row that may be too short for it by now."""
    row[place : place + 1] = [cell]


def _reshaped(rng: Random, kind: str, grid: Grid, row: int, place: int) -> Grid:
    if kind in ("ragged", "narrow", "wide"):
        rows = [row] if kind == "ragged" else range(1, len(grid))
        for one in rows:
            grid[one] = grid[one][:-1] if kind == "narrow" else [*grid[one], "9"] * int(rng.integers(1, 3))
        return grid
    if kind in ("one row", "few rows", "no rows"):
        return grid[: {"one row": 2, "few rows": int(rng.integers(3, 8)), "no rows": 1}[kind]]
    if kind == "empty rows":
        return [*grid[:row], [""] * len(grid[0]), *grid[row:], [""] * len(grid[0])]
    if kind == "no header":
        return grid[1:]
    if kind in ("two headers", "preamble"):
        first = [["group", "", "", "b"]] if kind == "two headers" else [["Measured by nobody"], ["in", "2024"], []]
        return [*first, *grid]
    if kind == "comments":
        return [["# a comment"], *grid[:row], ["# 1", "2", "3", "4"], *grid[row:]]
    if kind == "many columns":
        more = int(rng.choice([30, 300, 2500]))
        return [[*one, *(f"z{n}" if r == 0 else str(n) for n in range(more))] for r, one in enumerate(grid)]
    if kind == "target alone":
        return [one[-1:] for one in grid]
    if kind == "same rows":
        return [grid[0], *[grid[1]] * (len(grid) - 1)]
    if kind == "alternating":
        return [one if number % 2 else ["", *one[1:]] for number, one in enumerate(grid)]
    return [list(one) for one in zip(*grid, strict=False)] if kind == "transposed" else grid


def written(rng: Random, grid: Grid, folder: Path, stem: str) -> Path:
    """The grid as a file of some format; what the format cannot hold is written as CSV."""
    suffix = pick(rng, SUFFIXES)
    path = folder / f"{stem}{suffix}"
    try:
        if suffix in (".xlsx", ".ods", ".parquet", ".feather", ".ecsv", ".fits", ".nc", ".vot", ".ipac"):
            _by_library(grid, path, suffix)
        elif suffix == ".jsonl":
            rows = (dict(zip(grid[0], map(_number, row), strict=False)) for row in grid[1:])
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        else:
            path.write_bytes(_text(rng, grid, suffix))
    except Exception:  # what a library does not write
        path = folder / f"{stem}.csv"
        path.write_bytes(_text(rng, grid, ".csv"))
    return path


def _text(rng: Random, grid: Grid, suffix: str) -> bytes:
    import csv
    import gzip

    stream = io.StringIO()
    separator = "\t" if suffix == ".tsv" else pick(rng, SEPARATORS)
    quoting = csv.QUOTE_MINIMAL if rng.random() < 0.8 else csv.QUOTE_ALL
    csv.writer(stream, delimiter=separator, quoting=quoting, lineterminator=pick(rng, ["\n", "\r\n"])).writerows(grid)
    encoding = pick(rng, ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-16-le", "utf-32"])
    data = stream.getvalue().encode(encoding, "replace")
    return gzip.compress(data) if suffix.endswith(".gz") else data


def _number(text: str) -> Any:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _by_library(grid: Grid, path: Path, suffix: str) -> None:
    import pandas as pd

    frame = pd.DataFrame([[_number(cell) for cell in row] for row in grid[1:]], columns=grid[0])
    if suffix == ".ods":
        frame.to_excel(path, index=False, engine="odf")
    elif suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".feather":
        frame.to_feather(path)
    elif suffix == ".nc":
        frame.to_xarray().to_netcdf(path, engine="h5netcdf")
    else:
        from astropy.table import Table

        formats = {".ecsv": "ascii.ecsv", ".fits": "fits", ".vot": "votable", ".ipac": "ascii.ipac"}
        Table.from_pandas(frame).write(path, format=formats[suffix])


def spoiled_bytes(rng: Random, data: bytes) -> tuple[str, bytes]:
    """The file with its bytes spoiled, or as it is."""
    kind = pick(rng, ["", "", "cut", "flipped", "NULs", "again", "empty", "tail", "swapped", "mark", "quote"])
    place = int(rng.integers(len(data))) if data else 0
    if kind == "cut":
        return kind, data[:place]
    if kind == "flipped":
        spoiled = bytearray(data)
        for _ in range(int(rng.integers(1, 20))):
            if spoiled:
                spoiled[int(rng.integers(len(spoiled)))] ^= int(rng.integers(1, 256))
        return kind, bytes(spoiled)
    changed = {
        "NULs": data[:place] + b"\0" * int(rng.integers(1, 5)) + data[place:],
        "again": data + data,
        "empty": b"",
        "tail": data[place:],
        "swapped": data[::-1],
        "mark": b"\xff\xfe" + data,
        "quote": data[:place] + b'"' + data[place:],
    }
    return (kind, changed[kind]) if kind else ("", data)


def case_of(rng: Random) -> Case:
    """A broken table, and a command that reads it."""
    grid, faults = good(rng), []
    for _ in range(int(rng.choice([1, 1, 2]))):
        fault, grid = spoiled_grid(rng, grid) if len(grid) > 1 and len(grid[0]) and min(map(len, grid)) else ("", grid)
        faults.append(fault)
    doing = pick(rng, ["init", "run", "run", "predict", "run table", "check"])

    def act(folder: Path) -> str:
        path = written(rng, grid, folder, "table")
        fault, data = spoiled_bytes(rng, path.read_bytes())
        path.write_bytes(data)
        (folder / "spoiled.txt").write_text(f"{faults} {fault}", encoding="utf-8")
        target = "E" if rng.random() < 0.9 else pick(rng, ["F", "m", "E [J]", "", "\x00", "E = f(m, v)",
                                                           "E = a*m*v**b"])
        return _told(rng, doing, folder, path, target)

    return Case(f"{doing}: {', '.join(faults)}", act)


def _told(rng: Random, doing: str, folder: Path, path: Path, target: str) -> str:
    if doing == "init":
        return command(folder, "init", path.name, "--target", target, "--output", "new.yaml")[0]
    if doing == "run table":
        more = ["--data", pick(rng, ["decimal=,", "header_rows=0", "skip_rows=3", "units_row=2", "encoding=utf-16",
                                          "sheet=2", "missing=-99", "nan=drop", "separator=;",
                                          "separator=ab"])]  # fmt: skip
        more = more if rng.random() < 0.5 else []
        return command(folder, "run", path.name, "--target", target, "--time", "0.3 s", "--threads", "1", *more)[0]
    if doing == "predict":
        from tests.campaign.spoiled_runs import copied_run

        return command(folder, "predict", copied_run(folder), path.name)[0]
    text = EXPERIMENT.format(file=json.dumps(path.name), target=json.dumps(target))
    text = text.replace("{file:", "{nan: drop, file:") if rng.random() < 0.3 else text
    (folder / "e.yaml").write_text(text, encoding="utf-8")
    return command(folder, doing, "e.yaml")[0]
