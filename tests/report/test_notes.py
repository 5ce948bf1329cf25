"""Notes: only what a reader has to look at is to be checked."""

from __future__ import annotations

import pytest

from symreg.report.notes import sorted_notes


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("residuals are 6.8 times what the stated uncertainties say; the standard errors take those at", "check"),
        ("1 of 32 rows left out: empty or not finite in 'x'", "check"),
        ("k is on its lower bound and has no standard error; the other errors take it as given", "check"),
        ("'s' looks like the uncertainty of 'y' and is used as an ordinary column", "check"),
        ("text columns that take no part in a law: planet", "know"),
        ("the form of the law was given: y = a*f(x)", "know"),
        ("something that no rule knows", "know"),
        ("the number 1 was fitted as 1.0002 ± 0.0012", "done"),
        ("searched on 20,000 of 90,000 rows, fitted and scored on all", "done"),
        ("sheet 'a' was read; there are also 'b'", "done"),
    ],
)
def test_kinds(note: str, kind: str) -> None:
    found = sorted_notes([note, note])
    assert getattr(found, kind) == (note,)
    assert len(found.check + found.know + found.done) == 1


def test_what_only_a_developer_understands_is_said_in_other_words() -> None:
    found = sorted_notes(["not simplified: sympy timed out after 0.0641398 s", "not simplified: no time was left"])
    assert found.done == ("not simplified: no time was left to look for a shorter way to write it",)
