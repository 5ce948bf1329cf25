"""What the record takes over from results is text of a cell and nothing else."""

from __future__ import annotations

import pytest

from symreg.benchmark.record.text import name


@pytest.mark.parametrize("plain", ["I.12.1", "test_11", "SOOSE-WC-140", "log10+1"])
def test_a_plain_name_stays(plain: str) -> None:
    assert name(plain) == plain


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "a|b", "[x](y)", "`x`", "a\nb", "x" * 70 + "<b>"])
def test_anything_else_is_no_markup(hostile: str) -> None:
    shown = name(hostile)
    assert "\n" not in shown
    for char in "<>|[]`":
        assert char not in shown.replace(f"\\{char}", "")
