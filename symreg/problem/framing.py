"""What a law may hold: all inputs and constants of a problem, or those that its template names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from symreg.errors import ProblemError
from symreg.problem.constants import FreeConstants, KnownConstant, read_free_constants
from symreg.problem.feasibility import check_reachable, out_of_balance
from symreg.problem.template import Template, UnknownFunction, read_template
from symreg.units import Unit, power_product, si_unit

if TYPE_CHECKING:
    from symreg.units import Dimension

Target = tuple[str, Unit]


@dataclass(frozen=True, slots=True)
class Frame:
    """Inputs, known constants and the policy of free ones; ``dimensions`` are of inputs and known constants by name."""

    inputs: tuple[str, ...]
    known: tuple[KnownConstant, ...]
    free: FreeConstants
    dimensions: Mapping[str, Dimension]
    template: Template | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def stated(self) -> dict[str, Dimension]:
        """Dimensions of the parameters whose unit the user gave."""
        return {} if self.template is None else self.template.stated_dimensions


def unframed(
    name: str, target: Target, columns: Mapping[str, Dimension], known: Sequence[KnownConstant], free_constants: Any,
    operators: Sequence[str], parameters: Any = (), functions: Any = None,
) -> Frame:  # fmt: skip
    """The frame of a problem whose laws may have any form."""
    if parameters or functions:
        reason = "parameters and functions belong to the form of a law, and none was given."
        raise ProblemError(name=name, reason=reason, advice="Write it as the target: 'y = a*f(x)'.")
    dimensions = {**columns, **{one.name: one.unit.dimension for one in known}}
    free = read_free_constants(name, free_constants, target[1].dimension, dimensions, tuple(columns))
    check_reachable(name, target, tuple(columns), dimensions, free, operators)
    return Frame(tuple(columns), tuple(known), free, dimensions)


def framed(
    name: str, target: Target, columns: Mapping[str, Dimension], known: Sequence[KnownConstant], free_constants: Any,
    operators: Sequence[str], text: str, parameters: Any, functions: Any,
) -> Frame:  # fmt: skip
    """The frame that a template sets; raises what ``read_template`` and ``check_reachable`` raise."""
    dimensions = {**columns, **{one.name: one.unit.dimension for one in known}}
    template = read_template(
        text, name=name, columns=tuple(columns), known=dimensions, target=target[1].dimension, parameters=parameters,
        functions=functions,
    )  # fmt: skip
    named = set(template.names)
    columns = {one: dimension for one, dimension in columns.items() if one in named}
    known = [one for one in known if one.name in named]
    notes = (template.describe(),)
    if template.is_bare:
        return replace(
            unframed(name, target, columns, known, free_constants, operators), template=template, notes=notes
        )
    if not columns:
        raise ProblemError(name=name, reason=f"no column of the table stands in the form {text!r}.")
    dimensions = {each: dimension for each, dimension in dimensions.items() if each in named}
    free = _policy(name, template, free_constants, target[1].dimension, dimensions, tuple(columns))
    for function in template.functions:
        if function.dimension is not None:
            inputs, own = _of(function, columns, dimensions)
            check_reachable(name, (str(function), si_unit(function.dimension)), inputs, own, free, operators)
    return Frame(tuple(columns), tuple(known), free, dimensions, template, notes)


def _policy(
    name: str, template: Template, given: Any, target: Dimension, dimensions: Mapping[str, Dimension],
    inputs: Sequence[str],
) -> FreeConstants:  # fmt: skip
    """The user's policy; "auto" means pure numbers where each unknown function can be made with them."""
    if (given.get("units", "auto") if isinstance(given, Mapping) else given) == "auto":
        pure = all(_is_made_of_pure_numbers(function, dimensions, inputs) for function in template.functions)
        policy = "dimensionless" if pure else "inferred"
        given = {**given, "units": policy} if isinstance(given, Mapping) else policy
    return read_free_constants(name, given, target, dimensions, inputs)


def _is_made_of_pure_numbers(
    function: UnknownFunction, dimensions: Mapping[str, Dimension], inputs: Sequence[str]
) -> bool:
    if function.dimension is None:
        return True
    columns, own = _of(function, inputs, dimensions)
    reachable = power_product(function.dimension, own) is not None
    return reachable and not set(columns) <= set(out_of_balance(own, function.dimension))


def _of(
    function: UnknownFunction, columns: Mapping[str, Dimension] | Sequence[str], dimensions: Mapping[str, Dimension]
) -> tuple[tuple[str, ...], dict[str, Dimension]]:
    """Columns among the arguments, and the dimensions of all arguments."""
    inputs = tuple(one for one in function.arguments if one in columns)
    return inputs, {one: dimensions[one] for one in function.arguments}
