"""A law for torch: a module whose parameters are its fitted constants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from symreg.formula import CODE, Apply, Form, Language, Number, Precedence, words_of
from symreg.laws.exporting.program import indented
from symreg.laws.exporting.trainable.arrays import missing
from symreg.laws.exporting.trainable.source import numbers_alone, source_of
from symreg.laws.law import Law

if TYPE_CHECKING:
    from symreg.laws.exporting.trainable.torch_module import TorchLaw

_NUMBER: Final = "torch.tensor({0}, dtype=torch.float64)"
_FREE: Final = (Precedence.ANYTHING, Precedence.ANYTHING)
_OWN: Final = {
    "cbrt": "_cbrt({0})",
    "step": "_step({0})",
    "abs": "torch.abs({0})",
}
_MODULE: Final = """
    torch self UNITS super T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu
    cuda double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half
    ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train
    training type xpu zero_grad
"""
"""Names that a module has of its own, of which none may be a parameter."""

_HELPERS: Final = {
    "_cbrt": "def _cbrt(x):\n    return torch.sign(x)*torch.abs(x)**(1/3)\n\n\n",
    "_step": (
        "def _step(x):\n    # Of NaN torch has a sign.\n"
        "    return torch.where(torch.isnan(x), x, 0.5 + 0.5*torch.sign(x))\n\n\n"
    ),
}


def torch_law(law: Law) -> TorchLaw:
    """The law as a torch module; raises ``ReportError`` where torch is not installed."""
    try:
        from symreg.laws.exporting.trainable.torch_module import TorchLaw
    except ImportError:
        raise missing("torch") from None

    return TorchLaw(law)


def _in_torch(node: Apply) -> Form | None:
    if (alone := numbers_alone(node, _NUMBER)) is not None:
        return alone
    if node.operator in _OWN:
        return Form(_OWN[node.operator], Precedence.ATOM, _FREE)
    if node.operator in ("max", "min"):
        slots = [_NUMBER.replace("0", str(i), 1) if _is_number(node, i) else f"{{{i}}}" for i in (0, 1)]
        return Form(f"torch.{node.operator}imum({slots[0]}, {slots[1]})", Precedence.ATOM, _FREE)
    form = CODE["numpy"].form(node)
    return replace(form, template=form.template.replace("np.", "torch."))


def _is_number(node: Apply, slot: int) -> bool:
    return isinstance(node.arguments[slot], Number)


TORCH: Final = Language("torch", "numpy", CODE["numpy"].words | words_of(_MODULE), chosen=_in_torch)


def torch_source(law: Law) -> str:
    """The law as a file that defines a torch module, and the units of its arguments, parameters and result."""
    source = source_of(law, TORCH, "self.{0}", _NUMBER)
    program = source.program
    about = indented(['"""' + program.about[0], *program.about[1:], '"""'])
    made = [
        "super().__init__()",
        *(f"self.{name} = torch.nn.Parameter({_NUMBER.format(repr(value))})" for name, value in source.values.items()),
    ]
    body = [*source.steps, "return torch.where(torch.isfinite(value), value, torch.nan)"]
    helpers = "".join(text for name, text in _HELPERS.items() if f"{name}(" in program.formula)
    return (
        f"import torch\n\nUNITS = {source.units}\n\n\n{helpers}class {program.function}(torch.nn.Module):\n{about}\n"
        f"    def __init__(self):\n{indented(made, 8)}\n"
        f"    def forward({', '.join(['self', *program.arguments])}):\n{indented(body, 8)}"
    )
