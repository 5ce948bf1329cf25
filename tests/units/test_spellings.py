"""Units as instruments and fields write them are read right, or asked about; ``spellings.csv`` says what is right."""



from __future__ import annotations

import csv
import re
import warnings
from fractions import Fraction
from pathlib import Path

import pytest

from symreg.errors import UnitError, UnitWarning
from symreg.units.dimension import BASE_UNITS
from symreg.units.reading import combine_units, parse_unit

ROWS = list(csv.DictReader(Path(__file__).with_name("spellings.csv").read_text(encoding="utf-8").splitlines()))


def exponents(text: str) -> tuple[Fraction, ...]:
    """The exponents of ``kg m-1/2 s-2``, in the order of the base units."""
    parts = [re.match(r"[A-Za-z]+", part) for part in text.split()]
    found = {part.group(): part.string[part.end() :] for part in parts if part is not None}
    return tuple(Fraction(found.get(name, "0") or 1) for name in BASE_UNITS)


def test_there_are_many_spellings_of_many_fields() -> None:
    assert len({row["written"] for row in ROWS}) == len(ROWS) > 1400
    assert len({row["field"] for row in ROWS}) >= 10


def fault_of(row: dict[str, str]) -> str | None:
    """What is wrong with the reading of a row; None where it is right."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            unit = parse_unit(row["written"])
        except UnitError as error:
            return None if row["si_factor"] == "refused" and _is_asked(error, row["says"]) else f"refused: {error}"
    said = " ".join(str(one.message) for one in caught)
    if row["si_factor"] == "refused":
        return f"read as {unit}"
    if unit.dimension.exponents != exponents(row["dimension"]):
        return f"of dimension {unit.dimension}"
    if unit.scale != pytest.approx(float(row["si_factor"]), rel=1e-6) or unit.offset != pytest.approx(
        float(row["zero"] or 0), rel=1e-9
    ):
        return f"of size {unit.scale!r}, {unit.offset!r}"
    if bool(said) != bool(row["says"]) or row["says"] not in said:
        return f"says {said!r}"
    again = combine_units([(unit, 1)])
    return None if unit.offset or again.scale == pytest.approx(unit.scale, rel=1e-12) else f"printed as {again}"


def _is_asked(error: UnitError, says: str) -> bool:
    return says in error.reason and error.suggestion is None


@pytest.mark.parametrize("field", dict.fromkeys(row["field"] for row in ROWS))
def test_a_spelling_is_read_right_or_asked_about(field: str) -> None:
    rows = [row for row in ROWS if row["field"] == field]
    faults = {row["written"]: fault for row in rows if (fault := fault_of(row)) is not None}
    assert not faults


# written, column, what it is read as (None: asked), a word of the warning
BESIDE = [
    ("C", "T", "degC", "beside this name"),
    ("C", "Temperature", "degC", "beside this name"),
    ("C", "Ts", "degC", "beside this name"),
    ("C", "dew point", "degC", "beside this name"),
    ("F", "air_temp", "degF", "beside this name"),
    ("C", "Q", "coulomb", ""),
    ("C", "charge", "coulomb", ""),
    ("C", "x", "coulomb", "a temperature is written degC"),
    ("F", "capacitance", "farad", ""),
    ("g", "acceleration", "g_n", "free fall"),
    ("G", "accel_x", "g_n", "free fall"),
    ("g", "mass", "gram", ""),
    ("g", "A", "gram", ""),
    ("g", "a", "gram", ""),
    ("g", "g", "gram", ""),
    ("G", "B", "gauss", ""),
    ("deg", "temperature", None, "which scale"),
    ("deg", "angle", "degree", ""),
    ("A-1", "q", None, "angstrom"),
    ("A^3", "volume", None, "angstrom"),
    ("1/A", "q", None, "angstrom"),
    ("A", "I", "ampere", ""),
]


@pytest.mark.parametrize(("written", "column", "read_as", "says"), BESIDE)
def test_the_name_of_a_column_tells_what_a_letter_is(written: str, column: str, read_as: str | None, says: str) -> None:
    if read_as is None:
        with pytest.raises(UnitError, match=says):
            parse_unit(written, column=column)
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        unit = parse_unit(written, column=column)
    expected = parse_unit(read_as)
    assert (unit.dimension, unit.scale, unit.offset) == (expected.dimension, expected.scale, expected.offset)
    assert bool(caught) == bool(says)
    assert all(says in str(one.message) for one in caught)
    assert parse_unit(unit.text) == unit


# what two units multiply to must not be read as a turn of phrase
PRODUCTS = [("eV", "A"), ("W", "mK"), ("%", "coulomb"), ("kg", "cm"), ("lb", "inch"), ("N", "m"), ("ft", "lb")]


@pytest.mark.parametrize(("one", "other"), PRODUCTS)
@pytest.mark.parametrize("power", [1, -1, -2, 3])
def test_what_is_printed_is_read_as_what_it_was(one: str, other: str, power: int) -> None:
    first, second = parse_unit(one), parse_unit(other)
    unit = combine_units([(first, 1), (second, power)])
    assert unit.dimension == first.dimension * second.dimension**power
    assert unit.scale == pytest.approx(first.scale * second.scale**power, rel=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        assert parse_unit(unit.text) == unit


@pytest.mark.parametrize("word", ["RH", "cfmm", "PSm", "units", "TRx", "kc", "Gft", "mweek", "hV", "ulb", "Yft"])
def test_a_prefix_that_nobody_writes_is_no_reading(word: str) -> None:
    with pytest.raises(UnitError):
        parse_unit(word)


# harmful once: the suggestion was of another dimension
@pytest.mark.parametrize(
    "written",
    ["barrer", "mIUU", "W/mKK", "vool", "HRX1", "lbmx", "abss", "mPaas", "xyz", "Vss", "kUn", "$/h", "W/Mk", "ATU"],
)
def test_a_suggestion_is_sure_or_there_is_none(written: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(written)
    assert caught.value.suggestion is None


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("KPa", "kPa"),
        ("MPA", "MPa"),
        ("HZ", "Hz"),
        ("secnd", "second"),
        ("meterz", "meter"),
        ("kilometrs/s", "kilometer/s"),
        ("eV/atoom", "eV/atom"),
        ("emuu", "emu"),
    ],
)
def test_a_slip_of_the_keys_is_mended(written: str, suggestion: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(written)
    assert caught.value.suggestion == suggestion
