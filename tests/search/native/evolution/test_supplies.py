"""Supplies: they are what their dimension codes and values say."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.engine import get_engine
from symreg.formula.dimensioning import dimension_of
from symreg.formula.expression import evaluate_tree
from symreg.search.native.evolution.supplies import supplies_of
from tests.search.setting import setting


@pytest.mark.parametrize("policy", ["dimensionless", "inferred"])
def test_supplies_are_what_their_codes_and_values_say(policy: str) -> None:
    rng = np.random.default_rng(2)
    data = {"x [m]": rng.uniform(1, 2, 60), "t [s]": rng.uniform(-1, 2, 60), "z [m]": rng.uniform(1, 2, 60)}
    data["y [m]"] = rng.normal(size=60)
    one = setting(data, "y", free_constants=policy)
    for size in (1, 2, 3):
        one.bank.request_all(size)
    space, rows = one.space, np.arange(len(one.space.target))
    supplies = supplies_of(one.bank, space, get_engine("auto"), rows)
    assert supplies.drafts[-1].expression == space.leaves[-1] and np.all(supplies.values[-1] == 1)
    assert np.isfinite(supplies.values).all() and len(set(supplies.drafts)) == len(supplies.drafts)
    known = {name: space.coding.decode(code) for name, code in zip(space.names, space.codes, strict=False)}
    columns = dict(zip(space.names, space.inputs, strict=True))
    for draft, code, values in zip(supplies.drafts, supplies.codes.tolist(), supplies.values, strict=True):
        free = {name: space.coding.decode(own) for name, own in zip(draft.names, draft.codes, strict=True)}
        assert dimension_of(draft.expression, known | free) == space.coding.decode(code)
        assert space.coefficient_codes is None or set(draft.codes) <= set(space.coefficient_codes)
        named = columns | dict(zip(draft.names, draft.values, strict=True))
        assert np.allclose(evaluate_tree(draft.expression, named), values, rtol=1e-10, atol=1e-12)
    curved = [draft for draft in supplies.drafts if draft.names]
    assert curved and not any(draft.names for draft in supplies.drafts[: supplies.n_plain])
    assert any(any(draft.codes) for draft in curved) == (policy == "inferred")
