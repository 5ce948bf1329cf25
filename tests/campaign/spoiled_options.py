"""Words of the command line that are wrong: values, files that are absent, folders for files, pipes, closed folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np

from tests.campaign.holding import Case, command, pick
from tests.campaign.spoiled_runs import copied_run, finished_run

Random = np.random.Generator
VALUES = (
    "", " ", "x", "-1", "0", "1.5", "1e400", "9" * 30, "nan", "inf", "-inf", "\0", "a\nb", "x" * 3000, "../x", "/",
    ".", "..", "*",
    "'", '"', "--", "=", "=m", "m=", "m=furlong", "m=kg", ",", ",,", "m,m", "E", "E,m", '"m', "π", "\udcff", "60 s",
    "-5 s", "1 s 2",
    "native,native", "opron", "html,html", "pdf,doc", "c,python", "auto", "sin", "+,+", "missing=", "separator=",
    "decimal=;",
    "header_rows=-1", "header_rows=99", "units_row=x", "skip_rows=1e9", "sheet=3", "encoding=nonsense",
    "encoding=utf-16",
    "encoding=base64", "encoding=rot13", "nan=x", "nope=1", "test_fraction=2", "test_fraction=nan", "E = f(m)", "E=",
    "E = E",
)  # fmt: skip
OPTIONS = {
    "run": ["--target", "--inputs", "--constants", "--operators", "--unit", "--data", "--name", "--runs", "--time",
            "--seed",
            "--threads", "--backend", "--nonsense"],
    "init": ["--target", "--output", "--data"],
    "report": ["--format", "--export", "--out"],
    "predict": ["--output", "--law", "--data"],
    "benchmark": ["--ids", "--noise", "--seeds", "--rows", "--time", "--jobs", "--threads", "--backend", "--without",
                  "--scale-target", "--scale-input", "--output"],
    "check": ["--debug2"],
    "list": ["--nonsense"],
}  # fmt: skip
PLACES = ("nothing", "folder", "pipe", "closed", "closed file", "link", "loop", "long", "zero", "device", "binary",
          "empty.csv",
          "empty.yaml", "\0", "", "old.csv", "e.yaml", "runs/e", "runs", "old.csv/x")  # fmt: skip


def prepared(folder: Path) -> None:
    """A run, its table and its file, and things that are no such files."""
    copied_run(folder)
    for name in ("folder", "closed"):
        (folder / name).mkdir()
    os.mkfifo(folder / "pipe")
    shutil.copy(finished_run() / "old.csv", folder / "closed" / "t.csv")
    (folder / "closed file").write_text("x\n", encoding="utf-8")
    (folder / "closed file").chmod(0)
    (folder / "link").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    (folder / "binary").write_bytes(bytes(range(256)) * 20)
    for name in ("empty.csv", "empty.yaml"):
        (folder / name).touch()
    (folder / "closed").chmod(0o555)


def _place(rng: Random) -> str:
    place = pick(rng, PLACES)
    return {"long": "x" * 400, "zero": "/dev/zero", "device": "/dev/null"}.get(place, place)


def _words(rng: Random) -> list[str]:
    doing = pick(rng, ["run table", "run", "init", "report", "predict", "check", "list", "benchmark", "record",
                       "place"])
    value = pick(rng, VALUES)
    quick = ["--time", "0.3 s", "--threads", "1"]
    if doing == "place":
        place, new = _place(rng), _place(rng)
        return [
            ["check", place], ["run", place, *quick], ["init", place, "--output", new], ["report", place],
            ["predict", place, new], ["predict", "runs/e", place], ["predict", "runs/e", "old.csv", "--output", new],
            ["list", place], ["run", "e.yaml", "--runs", new, *quick], ["report", "runs/e", "--out", new],
            ["init", "old.csv", "--target", "E", "--output", new, "--force"], ["benchmark", place, "--time", "0.3 s"],
            ["benchmark-record", place, "--output", new],
        ][int(rng.integers(13))]  # fmt: skip
    if doing == "run table":
        option = pick(rng, OPTIONS["run"])
        return ["run", "old.csv", "--target", "E", *quick, option, value]
    if doing == "record":
        return ["benchmark-record", "old.csv", "--output", value or "x.md"]
    base = {
        "run": ["run", "e.yaml"], "init": ["init", "old.csv", "--target", "E"], "report": ["report", "runs/e"],
        "check": ["check"],
        "predict": ["predict", "runs/e", "old.csv"], "list": ["list"],
        "benchmark": ["benchmark", "feynman", "--ids", "I.6.2a", "--time", "0.3 s", "--rows", "20"],
    }[doing]  # fmt: skip
    return [*base, pick(rng, OPTIONS[doing]), value]


def case_of(rng: Random) -> Case:
    """A command line with one word wrong."""
    words = _words(rng)

    def act(folder: Path) -> str:
        prepared(folder)
        return command(folder, *words)[0]

    return Case(f"{words!r:.120}", act)
