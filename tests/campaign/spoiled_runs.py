"""Folders of finished runs in which one file is broken, given to every command that reads them."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.campaign.holding import Case, command, pick

Random = np.random.Generator
FILES = ("experiment.yaml", "front.json", "front.csv", "log.jsonl", "environment.json", "state.json", "report.html",
         "lock.json")
ODD = (None, True, 0, -1, 1.5, 10**30, "", "x", [], [1], [[]], {}, {"a": 1}, "\0", "1/0", "nan", 1e308, -0.0, "k*",
       2**63)
"""Values that stand where others are expected."""


@cache
def finished_run() -> Path:
    """The folder of an experiment that has ended, made once: its table, its file, and ``runs/e``."""
    from tests.campaign.spoiled_tables import EXPERIMENT, good

    folder = Path(tempfile.mkdtemp(prefix="campaign-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rows = good(np.random.default_rng(0))
    for row in rows[1:]:
        row[3] = f"{float(row[3]) * (1 + 0.01 * np.sin(float(row[0]) * 99)):.4g}"
    (folder / "old.csv").write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    text = EXPERIMENT.format(file="old.csv", target="E").replace("resamples: 0", "resamples: 3").replace("[]", "[html]")
    (folder / "e.yaml").write_text(text, encoding="utf-8")
    wrong = command(folder, "run", "e.yaml", seconds=120)[0]  # pictures look for fonts the first time
    if wrong:
        raise RuntimeError(f"the good run: {wrong}")
    return folder


def copied_run(folder: Path) -> str:
    """A copy of the finished run in ``folder``; its path there."""
    for name in ("old.csv", "e.yaml"):
        shutil.copy(finished_run() / name, folder / name)
    shutil.copytree(finished_run() / "runs", folder / "runs")
    stored = folder / "runs/e/experiment.yaml"
    stored.write_text(stored.read_text(encoding="utf-8").replace(str(finished_run()), str(folder)), encoding="utf-8")
    return "runs/e"


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, one in inner for place in _places(one, (*here, key)))]


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """``value`` with ``new`` at ``place``; what has no such place stays."""
    if not place:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[place[0]] = replaced(value[place[0]], place[1:], new)
    return changed


def _other_json(rng: Random, path: Path) -> str:
    """One value of a JSON or YAML file, anywhere in it, replaced, or taken away."""
    is_yaml = path.suffix == ".yaml"
    text = path.read_text(encoding="utf-8")
    if is_yaml:
        from symreg.document import dump_document, read_document_text

        value: Any = read_document_text(text).value
    else:
        value = json.loads(text.splitlines()[-1] if path.suffix == ".jsonl" else text)
    places = _places(value)
    place = pick(rng, places)
    new = pick(rng, ODD)
    changed = replaced(value, place, new)
    path.write_text(dump_document(changed) if is_yaml else json.dumps(changed), encoding="utf-8")
    return f"{'.'.join(map(str, place))} is {new!r:.20}"


def _spoil(rng: Random, path: Path) -> str:
    kind = pick(rng, [
        "json", "json", "json", "json", "json", "cut", "emptied", "link", "dangling", "folder", "pipe", "away", "NULs",
        "bytes", "deep", "no text", "list", "locked away",
    ])  # fmt: skip
    if not path.exists():
        path.write_text("{}", encoding="utf-8")
    data = path.read_bytes()
    if kind == "json" and path.suffix in (".json", ".jsonl", ".yaml"):
        return _other_json(rng, path)
    texts = {
        "emptied": b"", "NULs": b"\0" * 100, "deep": b"[" * 100_000, "no text": b"\xff\xfe\xfa" * 30, "list": b"[]\n",
        "cut": data[: int(rng.integers(len(data) + 1))], "json": data[::-1], "bytes": data.swapcase(),
    }  # fmt: skip
    if kind in texts:
        path.write_bytes(texts[kind])
        return kind
    if kind == "locked away":
        path.chmod(0)
        return kind
    path.unlink()
    if kind == "link":
        (path.parent.parent / "elsewhere").write_bytes(data)
        path.symlink_to(path.parent.parent / "elsewhere")
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    return kind


def case_of(rng: Random) -> Case:
    """One file of a run spoiled, and a command that reads the run."""
    name = pick(rng, [*FILES, "state.json", "state.json", "state.json", "experiment.yaml", "../../old.csv"])
    doing = pick(rng, ["report", "predict", "list", "run", "run longer", "run fresh", "report all"])

    def act(folder: Path) -> str:
        run = copied_run(folder)
        kind = _spoil(rng, folder / run / name)
        (folder / "spoiled.txt").write_text(f"{name}: {kind}", encoding="utf-8")
        shutil.copy(finished_run() / "old.csv", folder / "new.csv")
        commands: dict[str, list[str]] = {
            "report": ["report", run],
            "report all": ["report", run, "--format", "html,latex,markdown", "--export", "python,c,julia"],
            "predict": ["predict", run, "new.csv"],
            "list": ["list"],
            "run": ["run", "e.yaml"],
            "run longer": ["run", "e.yaml", "--time", "1.1 s"],
            "run fresh": ["run", "e.yaml", "--fresh"],
        }
        return command(folder, *commands[doing])[0]

    return Case(f"{doing}: {name}", act)
