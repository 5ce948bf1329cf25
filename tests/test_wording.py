"""Phrases that messages share."""

from __future__ import annotations

from symreg.wording import few_of_a_kind


def test_of_sentences_that_differ_in_names_a_few_are_shown_and_the_rest_is_counted() -> None:
    pairs = [f"columns 'a' and 'copy{place}' hold the same values" for place in range(1300)]
    told = few_of_a_kind(["first", *pairs, "last"])
    assert told == ["first", *pairs[:5], "1,295 more such notes, all of them in state.json", "last"]


def test_other_sentences_stay_as_they_are() -> None:
    some = ["one", "two", "row 3 is far off", "row 4 is far off", *(f"'x{place}' is constant" for place in range(5))]
    assert few_of_a_kind(some) == some
