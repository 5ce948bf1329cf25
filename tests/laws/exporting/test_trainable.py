"""Laws for torch and jax: their values, their gradients, what is trained and in which unit.

torch is gigabytes, so that its source text is read here with NumPy's functions in the place of torch's;
``tests/campaign/exports.py`` runs torch itself, the text and the module.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.formula.expression import Variable
from symreg.formula.grammar import parse
from symreg.formula.operators import OPERATORS
from symreg.laws.exporting import JaxLaw, export_law
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT, parse_unit
from tests.exported import call_of, disagreements
from tests.laws.exporting.test_names import EVERY_NAME, sum_of
from tests.miniatures import plain_law
from tests.random_laws import grid, random_laws


def cooling() -> Law:
    """Every kind of constant at once: fitted with a unit, known, and a number that was recognised."""
    units = {"t": parse_unit("min"), "T0": parse_unit("degC")}
    constants = (
        LawConstant("tau", 5.0, 0.2, parse_unit("min")),
        LawConstant("c", 299792458.0, 0.0, parse_unit("m/s"), "known"),
        LawConstant("half", 0.5, 0.01, DIMENSIONLESS_UNIT, snapped="1/2", fitted_value=0.502),
    )
    tree = parse("half*T0*exp(-t/tau)*c/c", variables=["t", "T0"], constants=["tau", "c", "half"])
    return plain_law(tree, units, unit=parse_unit("K"), target="T", constants=constants)


def test_a_law_for_jax_is_a_function_of_what_was_fitted() -> None:
    import jax

    law = cooling()
    found = law.to("jax")
    assert isinstance(found, JaxLaw)
    assert found.inputs == ("t", "T0") and dict(found.parameters) == {"tau": 5.0}
    assert dict(found.units) == {"T": "K", "t": "min", "T0": "degC", "tau": "min"}
    columns = {"t": np.array([0.0, 1.0, 7.0]), "T0": np.array([20.0, 60.0, -300.0])}
    with jax.enable_x64(True):
        value = found.function(found.parameters, *columns.values())
        np.testing.assert_allclose(value, law.predict(columns), rtol=1e-12)
        slope = jax.grad(lambda parameters: found.function(parameters, 1.0, 60.0))(dict(found.parameters))
    np.testing.assert_allclose(slope["tau"], law.predict({"t": [1.0], "T0": [60.0]})[0] / 25.0, rtol=1e-12)


def test_jax_knows_every_operator() -> None:
    import jax

    columns = {name: values[::5] for name, values in grid().items()}
    with jax.enable_x64(True):
        for law in random_laws(seed=5, count=len(OPERATORS) + 4):
            found, source = law.to("jax"), {}
            exec(export_law(law, "jax"), source)
            given = [columns[name] for name in found.inputs]
            for values in (found.function(found.parameters, *given), source[law.target](source["PARAMETERS"], *given)):
                assert not disagreements(law, columns, np.broadcast_to(values, len(columns["a"]))), law.formula
            assert source["UNITS"] == found.units


def test_outside_of_the_domain_is_nan_for_jax_too() -> None:
    found = plain_law(parse("sqrt(x)", variables=["x"]), {"x": DIMENSIONLESS_UNIT}).to("jax")
    assert np.isnan(found.function(found.parameters, -1.0)) and found.function({}, 4.0) == 2.0


def test_without_torch_the_advice_names_what_needs_none(kepler: Discovery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "symreg.laws.exporting.trainable.torch_module", raising=False)
    with pytest.raises(ReportError, match=r"pip install torch.*symreg report RUN --export torch"):
        kepler.front.best.to("torch")


# ------------------------------------------------------------------------------------------------- torch, read back


class Module:
    """What the source text asks of a module."""

    def __call__(self, *inputs: Any) -> Any:
        return self.forward(*inputs)  # type: ignore[attr-defined]


def tensors() -> SimpleNamespace:
    """NumPy under the names of torch, with torch's own ways: no plain numbers in a function, a sign for NaN."""

    def only_arrays(function: Any) -> Any:
        def called(*operands: Any) -> Any:
            assert all(isinstance(one, np.ndarray | np.generic) for one in operands)
            return function(*operands)

        return called

    names = "abs exp log log10 sqrt sin cos tan arcsin arccos arctan sinh cosh tanh maximum minimum isfinite isnan"
    functions = {name: only_arrays(getattr(np, name)) for name in names.split()}
    functions["sign"] = lambda x: np.nan_to_num(np.sign(x), nan=0.0)
    nn = SimpleNamespace(Module=Module, Parameter=lambda tensor: tensor)
    tensor = lambda value, dtype: np.asarray(value, dtype)  # noqa: E731
    return SimpleNamespace(nn=nn, nan=np.nan, where=np.where, float64=np.float64, tensor=tensor, **functions)


def read_as_numpy(law: Law, columns: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, str]]:
    """The value of the module's source, where torch's functions are NumPy's, and its dict of units."""
    call = call_of(law, "torch", list(columns))
    space: dict[str, Any] = {"torch": tensors()}
    exec(call.text.removeprefix("import torch\n"), space)
    given = list(columns.values())
    with np.errstate(all="ignore"):
        value = space[call.function]()(*(given[place] for place in call.places))
    return np.broadcast_to(value, len(given[0])), space["UNITS"]


def test_the_source_for_torch_reads_back() -> None:
    columns = grid()
    for law in random_laws(seed=3, count=120):
        value, _ = read_as_numpy(law, columns)
        assert not disagreements(law, columns, value), export_law(law, "torch")


def test_the_source_for_torch_trains_what_was_fitted() -> None:
    law = cooling()
    text = export_law(law, "torch")
    assert text.count("torch.nn.Parameter(") == 1
    assert "self.tau = torch.nn.Parameter(torch.tensor(5.0, dtype=torch.float64))" in text
    columns = {"t": np.array([0.0, 1.0, 7.0]), "T0": np.array([20.0, 60.0, -300.0])}
    value, units = read_as_numpy(law, columns)
    np.testing.assert_allclose(value, law.predict(columns), rtol=1e-12)
    assert units == {"T": "K", "t": "min", "T0": "degC", "tau": "min"}


@pytest.mark.parametrize("target", ["y", "torch", "forward", "self"])
def test_no_name_hides_what_a_module_has(target: str) -> None:
    law = sum_of(list(EVERY_NAME), target)
    columns = {name: np.linspace(1.0, 2.0, 3) + i for i, name in enumerate(EVERY_NAME)}
    np.testing.assert_allclose(read_as_numpy(law, columns)[0], law.predict(columns), rtol=1e-12)


@pytest.mark.parametrize("name", ["training", "forward", "buffers", "self", "double", "parameters", "jnp", "UNITS"])
def test_a_constant_may_be_called_as_a_part_of_a_module(name: str) -> None:
    tree = parse(f"{name}*x", variables=["x"], constants=[name])
    constant = LawConstant(name, 3.0, 0.1, DIMENSIONLESS_UNIT)
    law = plain_law(tree, {"x": DIMENSIONLESS_UNIT}, constants=(constant,))
    assert read_as_numpy(law, {"x": np.array([2.0])})[0] == 6.0
    assert f"self.{name} =" not in export_law(law, "torch") or name in ("jnp",)
    assert law.to("jax").function({name: 4.0}, 2.0) == 8.0


def test_a_name_that_is_no_identifier_is_one_in_the_source() -> None:
    law = plain_law(Variable("m / kg"), {"m / kg": DIMENSIONLESS_UNIT}, target="y 1")
    assert "def forward(self, m_kg):" in export_law(law, "torch")
    assert "def y_1(parameters, m_kg):" in export_law(law, "jax")
