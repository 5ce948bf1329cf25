"""Problems with other magnitudes: the same law, its numbers multiplied."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.benchmark.problems import ProblemFileError, load_problem_set, select_problems
from symreg.benchmark.run import load_set
from symreg.benchmark.sampling import sample_problem
from symreg.benchmark.scaling import scaled
from symreg.formula.expression import evaluate_tree

FEYNMAN = load_set("feynman")


@pytest.mark.parametrize(("target", "inputs"), [(1e20, 1.0), (1e-20, 1.0), (1.0, 1e20), (1.0, 1e-20), (1e20, 1e-20)])
def test_the_columns_are_multiplied_and_the_law_holds(target: float, inputs: float) -> None:
    (before,) = select_problems(FEYNMAN, ["I.48.2"])
    (after,) = scaled([before], target=target, inputs=inputs)
    old, new = (sample_problem(problem, rows=100).train for problem in (before, after))
    assert new["m"].values == pytest.approx(inputs * old["m"].values, rel=1e-12)
    assert new["E_n"].values == pytest.approx(target * old["E_n"].values, rel=1e-12)
    assert np.array_equal(new["v"].values, old["v"].values)
    assert new.units == old.units
    values = evaluate_tree(after.expression, {"pi": np.pi, **{column.name: column.values for column in new.columns}})
    assert values == pytest.approx(new["E_n"].values, rel=1e-12)
    assert after.dimension == before.dimension
    assert after.set_name.startswith("feynman, ") and after.id == before.id


def test_without_factors_nothing_changes() -> None:
    assert scaled(FEYNMAN) == FEYNMAN


def test_every_feynman_equation_can_be_multiplied() -> None:
    assert len(scaled(FEYNMAN, target=1e20, inputs=1e20)) == len(FEYNMAN)


def test_rows_of_a_table_are_not_multiplied() -> None:
    with pytest.raises(ProblemFileError, match="brings a table"):
        scaled(load_problem_set("strogatz"), target=10.0)
