"""A law as plain values, as they stand in ``front.json``."""

from __future__ import annotations

import math
from typing import Any

from symreg.laws.law import Law
from symreg.laws.score import Score


def law_record(law: Law) -> dict[str, Any]:
    """The law as it stands in ``front.json``: plain values, None where a number is not finite."""
    return {
        "formula": law.formula,
        "complexity": law.complexity,
        "unit": law.unit.text,
        "dimension_ok": law.dimension_ok,
        "train": _score_record(law.train),
        "held_out": _score_record(law.held_out),
        "description_length": _finite(law.description_length),
        "constants": {
            c.name: {
                "value": _finite(c.value), "stderr": _finite(c.stderr), "unit": c.unit.text, "kind": c.kind,
                "snapped": c.snapped, "fitted_value": _finite(c.fitted_value),
            }
            for c in law.constants
        },
        "backend": law.backend,
        "simplified": law.simplified,
        "notes": list(law.notes),
    }  # fmt: skip


def _score_record(score: Score) -> dict[str, float | int | None]:
    record: dict[str, float | int | None] = {"rmse": _finite(score.rmse), "r2": _finite(score.r2)}
    return record | {"n_rows": score.n_rows, "undefined": score.undefined}


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
