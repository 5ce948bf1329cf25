"""Experiments' files with something wrong at any key, as values and as text, given to ``check`` and ``run``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from tests.campaign.holding import Case, command, pick
from tests.campaign.spoiled_runs import _places, finished_run, replaced

Random = np.random.Generator
FULL: dict[str, Any] = {
    "version": 1,
    "name": "e",
    "data": {"file": "old.csv", "target": "E", "inputs": ["m", "v", "t"], "test_fraction": 0.25, "nan": "error",
             "separator": ",", "decimal": ".", "header_rows": 1, "skip_rows": 0, "encoding": "utf-8",
             "missing": [-99, "x"], "noise": {"rms": 0.01}},
    "columns": {"m": {"unit": "kg", "sigma": 0.1}, "E": {"unit": "J", "sigma": "5 %"}},
    "constants": ["c", {"name": "L0", "value": 3.0, "unit": "m", "stderr": 0.1}],
    "free_constants": {"units": ["m", "1"], "positive": False, "bounds": {"q": [0, 3, "1"]}, "integer": ["q"]},
    "operators": ["+", "*", "/", "sqrt"],
    "constraints": {"max_complexity": 20, "nested": {"sqrt": {"sqrt": 0}}, "monotonic": {"m": "increasing"},
                    "range": [0, None]},
    "guesses": ["m*v**2/2", {"formula": "q*m*v**2", "constants": ["q"]}],
    "backend": {"name": "native", "threads": 1, "engine": "auto", "settings": {}},
    "budget": {"time": "1 s", "evaluations": 2000, "memory": "500 MB", "end_early": "noise"},
    "ranking": {"by": "cross_validation", "folds": 3},
    "robustness": {"resamples": 2, "time": "1 s", "searches": 0, "search_time": "1 s"},
    "seed": 0,
    "report": {"formats": ["html"], "exports": ["python"], "intervals": "wald", "level": 0.9},
}  # fmt: skip
FORM: dict[str, Any] = {
    "version": 1, "name": "e", "data": {"file": "old.csv", "target": "E = a*m*v**b + f(t)"},
    "parameters": {"a": {"unit": "1", "start": 1, "lower": 0, "upper": 3}, "b": {}},
    "functions": {"f": {"unit": "J", "max_complexity": 4}},
    "budget": {"evaluations": 500, "time": "1 s"}, "robustness": {"resamples": 0}, "report": {"formats": []},
    "backend": {"name": "native", "threads": 1},
}  # fmt: skip
DRAWN: dict[str, Any] = {
    "version": 1, "name": "e",
    "data": {"generate": {"formula": "k*m*v**2", "target": {"name": "E", "unit": "J"},
                          "constants": {"k": {"value": 0.5}},
             "inputs": {"m": {"low": 1, "high": 5, "unit": "kg", "distribution": "uniform"},
                        "v": {"low": 1, "high": 5, "unit": "m/s", "above": "m"}},
             "rows": 40, "noise": {"relative": 0.01}, "seed": 3}},
    "budget": {"evaluations": 500, "time": "1 s"}, "robustness": {"resamples": 0}, "report": {"formats": []},
    "backend": {"name": "native", "threads": 1}, "sweep": {"noise": [0, 0.1], "seed": [0, 1]},
}  # fmt: skip
DESCRIBED: dict[str, Any] = {
    **{key: FORM[key] for key in ("version", "name", "budget", "robustness", "report")},
    "data": {"file": "old.csv", "target": "E"},
    "descriptors": {"most": 1, "max_complexity": 3, "max_pairs": 1e5, "dimensionless": False},
}  # fmt: skip
GUESSED: dict[str, Any] = {
    **{key: FORM[key] for key in ("version", "name", "budget", "robustness", "report")},
    "data": {"file": "old.csv", "target": "E"},
    "backend": [{"name": "hypotheses", "formulas": ["m*v**2/2", {"formula": "k*m*v**2", "constants": {"k": "1"}}],
                 "file": "h.yaml", "library": True, "settings": {"patience": 1}}, "native"],
}  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2.5, -3.5, 1e308, 10**39, 2**63, 2**31, "", " ", "x", "E", "m", "auto", "-1 s",
    "0 s", "1e400",
    "1 fortnight", "-5 MB", "\0", "a\nb", "x" * 1000, "../..", "/", ".", "~", "con", [], {}, [1], [None], [[]], [{}],
    {"a": 1},
    {"a": {"b": []}}, [True], ["x", "x"], {"": ""}, "m/s", "furlong", "sin", "+", "E = E", "m*", "(((((", "1/0",
    "__import__('os')",
    "m[0]", "nan", "inf", ["m", "m"], ["E"], [0, 0], [3, 1], ["a", "b", "c", "d"], "50 %", "-5 %", "poisson",
    {"relative": -1},
    "held_out", "operon", "hypotheses", "utf-7", "rot13", "utf-16", "\ud7ff", "π", "k", "c", [-1e308, 1e308],
    {"m": "m"},
)  # fmt: skip
"""Values that stand where others are expected. None asks for much work: ten million rows are no mistake."""

DEEP = "{a: " * 30 + "1" + "}" * 30
TEXTS = (
    "a: &x 1\nb: *x\n", "!!python/object/apply:os.system [ls]\n", "? [a, b]\n: 1\n", f"zz: {DEEP}\n", "- 1\n- 2\n",
    "just text\n",
    "\t\n", "---\n---\n", "--- 1\n--- 2\n", "a: 1\na: 2\n", "{", "[", "'", '"', "%YAML 9.9\n---\n",
    "a: |\n x\n  y\n z\n", "\0", "\ufeff",
    "&a [*a]\n", "a: !x 1\n", "x: " + "9" * 5000 + "\n", "x: 1e99999999999\n", "x: 0x" + "f" * 500 + "\n",
    "<<: {a: 1}\n", "*a: 1\n",
    "a: " * 2000, "[" * 5000, "- " * 3000, "a: >\n", "\x85\u2028a: 1\n", "name: e2\n", "a:\tb\n",
    "%TAG ! tag:x,2000:\n", "@a: 1\n", "`a`: 1\n",
)  # fmt: skip


def case_of(rng: Random) -> Case:
    """A file of an experiment with one thing wrong, looked at and run."""
    base = (FULL, FULL, FULL, FORM, DRAWN, DESCRIBED, GUESSED)[int(rng.integers(7))]
    if rng.random() < 0.2:
        return _of_text(rng, base)
    places = [place for place in _places(base) if place]
    place = pick(rng, places)
    new = pick(rng, ODD)
    changed = replaced(base, place, new)
    where = ".".join(map(str, place))
    if rng.random() < 0.15:
        key = pick(rng, ["x", "", "version", "data", "sweep", "budgets", "\0", "e" * 1000, "time", "1", "a.b"])
        changed, where = replaced(base, place[:1], {key: new}), f"{place[0]}.{key[:20]!r}"
    what = f"{where} is {new!r:.30}"

    def act(folder: Path) -> str:
        from symreg.document import dump_document

        (folder / "e.yaml").write_text(dump_document(changed), encoding="utf-8")
        return _told(folder, may_run="robustness" not in where and "sweep" not in where)

    return Case(what, act)


def _of_text(rng: Random, base: dict[str, Any]) -> Case:
    kind = pick(rng, ["put in", "put in", "before", "cut", "flipped", "encoded"])
    piece = pick(rng, TEXTS)

    def act(folder: Path) -> str:
        from symreg.document import dump_document

        text = dump_document(base)
        lines = text.splitlines(keepends=True)
        place = int(rng.integers(len(lines)))
        data = {
            "put in": "".join([*lines[:place], piece, *lines[place:]]).encode(),
            "before": (piece + text).encode(),
            "cut": text.encode()[: int(rng.integers(len(text)))],
            "encoded": text.encode(pick(rng, ["utf-16", "utf-32", "utf-8-sig", "utf-16-le"])),
        }
        spoiled = bytearray(text.encode())
        for _ in range(3):
            spoiled[int(rng.integers(len(spoiled)))] ^= int(rng.integers(1, 256))
        (folder / "e.yaml").write_bytes({**data, "flipped": bytes(spoiled)}[kind])
        return _told(folder, may_run=False)

    return Case(f"{kind}: {piece!r:.40}" if kind in ("put in", "before") else kind, act)


def _told(folder: Path, *, may_run: bool) -> str:
    shutil.copy(finished_run() / "old.csv", folder / "old.csv")
    (folder / "h.yaml").write_text("version: 1\nhypotheses: ['m*v**2']\n", encoding="utf-8")
    wrong, status, *_ = command(folder, "check", "e.yaml")
    if wrong or status or not may_run:
        return wrong
    return command(folder, "run", "e.yaml", "--time", "1 s", "--threads", "1", "--quiet")[0].replace(
        "status 0 and no answer", ""
    )
