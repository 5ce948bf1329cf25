"""The module that a law is for torch. Only who asks for one loads this file, and torch with it."""

from __future__ import annotations

from typing import Any

import torch

from symreg.formula import CODE, safe_identifiers
from symreg.laws.exporting.trainable.arrays import Arrays, trained, units_of, used_inputs, value_of
from symreg.laws.law import Law


def _cbrt(x: Any) -> Any:
    return torch.sign(x) * torch.abs(x) ** (1.0 / 3.0)


def _step(x: Any) -> Any:
    """1/2 at 0; of NaN torch has a sign."""
    return torch.where(torch.isnan(x), x, 0.5 + 0.5 * torch.sign(x))


_ARRAYS = Arrays(
    named=lambda name: getattr(torch, name),
    number=lambda value: torch.tensor(value, dtype=torch.float64),
    own={"cube": lambda x: x * x * x, "step": _step, "cbrt": _cbrt, "pow": torch.pow},
)


class TorchLaw(torch.nn.Module):  # type: ignore[misc, unused-ignore]
    """A law whose fitted constants are parameters, each in its own unit.

    ``module(*inputs)`` takes tensors in the units of the table and gives the target in its own, shaped as they are
    broadcast, NaN outside of the formula's domain. ``inputs`` are the names of the arguments in order, ``units`` the
    units of arguments, parameters and target as text, "1" for a pure number. A parameter whose name is no attribute of
    Python's, or one that modules have, is called a little otherwise: ``parameter_names`` tells.
    """

    def __init__(self, law: Law) -> None:
        super().__init__()
        self.law = law
        self.inputs = used_inputs(law)
        self.units = dict(units_of(law))
        fitted = trained(law)
        spelled = safe_identifiers([one.name for one in fitted], CODE["python"])
        self.parameter_names = {
            name: f"{safe}_constant" if hasattr(self, safe) else safe for name, safe in spelled.items()
        }
        for one in fitted:
            value = torch.tensor(one.value, dtype=torch.float64)
            self.register_parameter(self.parameter_names[one.name], torch.nn.Parameter(value))

    def forward(self, *inputs: Any) -> Any:
        """The target in its unit."""
        given = dict(zip(self.inputs, inputs, strict=True))
        parameters = {name: getattr(self, safe) for name, safe in self.parameter_names.items()}
        value = value_of(self.law, _ARRAYS, given, parameters)
        return torch.where(torch.isfinite(value), value, torch.nan)

    def extra_repr(self) -> str:
        """The formula, where torch shows the module."""
        return str(self.law)
