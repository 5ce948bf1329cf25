"""A front as a data frame, a law a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symreg.laws.law import ParetoFront

if TYPE_CHECKING:
    import pandas as pd


def front_table(front: ParetoFront) -> pd.DataFrame:
    """The laws of a front in ascending complexity, ``(n_laws, 11)``; errors are in ``unit``, lengths in bits."""
    import pandas as pd

    laws = front.laws
    return pd.DataFrame(
        {
            "formula": [law.formula for law in laws],
            "complexity": [law.complexity for law in laws],
            "rmse_train": [law.train.rmse for law in laws],
            "rmse_held_out": [law.held_out.rmse for law in laws],
            "r2_train": [law.train.r2 for law in laws],
            "r2_held_out": [law.held_out.r2 for law in laws],
            "unit": [law.unit.text or "1" for law in laws],
            "judge": [law.judge for law in laws],
            "bits": [law.description_length for law in laws],
            "selected": [i == front.selected for i, _ in enumerate(laws)],
            "law": list(laws),
        }
    )
