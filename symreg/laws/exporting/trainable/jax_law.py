"""A law for jax: a pure function of its constants and its inputs, to be differentiated, compiled and fitted again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from symreg.formula import CODE, Apply, Form, Language, words_of
from symreg.laws.exporting.program import indented
from symreg.laws.exporting.trainable.arrays import Arrays, missing, trained, units_of, used_inputs, value_of
from symreg.laws.exporting.trainable.source import numbers_alone, source_of
from symreg.laws.law import Law


@dataclass(frozen=True, slots=True)
class JaxLaw:
    """A law for jax.

    ``function(parameters, *inputs)`` gives the target in its unit, shaped as the inputs are broadcast, NaN outside of
    the formula's domain. ``inputs`` are the names of its arguments in order, ``parameters`` the fitted constants by
    name, ``units`` the units of all of these as text, "1" for a pure number. Numbers are of double precision where
    ``jax_enable_x64`` is set.
    """

    function: Callable[..., Any]
    parameters: Mapping[str, float]
    inputs: tuple[str, ...]
    units: Mapping[str, str]


def jax_law(law: Law) -> JaxLaw:
    """The law as a function for jax; raises ``ReportError`` where jax is not installed."""
    try:
        import jax.numpy as jnp
    except ImportError:
        raise missing("jax") from None

    arrays = Arrays(
        named=lambda name: getattr(jnp, name),
        number=jnp.asarray,
        own={"cube": lambda x: x * x * x, "step": lambda x: jnp.heaviside(x, 0.5), "cbrt": jnp.cbrt},
    )
    names = used_inputs(law)

    def function(parameters: Mapping[str, Any], *inputs: Any) -> Any:
        given = {name: jnp.asarray(values) for name, values in zip(names, inputs, strict=True)}
        value = value_of(law, arrays, given, parameters)
        return jnp.where(jnp.isfinite(value), value, jnp.nan)

    parameters = {one.name: one.value for one in trained(law)}
    return JaxLaw(function, parameters, names, units_of(law))


def _in_jax(node: Apply) -> Form | None:
    if (alone := numbers_alone(node, "jnp.asarray({0})")) is not None:
        return alone
    form = CODE["numpy"].form(node)
    return replace(form, template=form.template.replace("np.", "jnp."))


JAX: Final = Language(
    "jax",
    "numpy",
    CODE["numpy"].words | words_of("jax jnp UNITS PARAMETERS parameters"),
    chosen=_in_jax,
    )


def jax_source(law: Law) -> str:
    """The law as a module for jax: a function of its constants and arrays, the fitted values, and the units."""
    source = source_of(law, JAX, 'parameters["{0}"]', "jnp.asarray({0})")
    program = source.program
    about = indented(['"""' + program.about[0], *program.about[1:], '"""'])
    given = [f"{name} = jnp.asarray({name})" for name in program.arguments]
    body = indented([*given, *source.steps, "return jnp.where(jnp.isfinite(value), value, jnp.nan)"])
    values = ", ".join(f'"{name}": {value!r}' for name, value in source.values.items())
    return (
        "import jax.numpy as jnp  # in double precision where jax_enable_x64 is set\n\n"
        f"UNITS = {source.units}\nPARAMETERS = {{{values}}}\n\n\n"
        f"def {program.function}({', '.join(['parameters', *program.arguments])}):\n{about}{body}"
    )
