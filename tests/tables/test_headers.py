"""Headers as people write them: a name, and a unit where there is one."""

from __future__ import annotations

import pytest

from symreg.errors import TableError, TableWarning
from symreg.tables.headers import Header, check_name, nearest, parse_header, tidy

READ = [
    ("v", "v", None),
    ("v [m/s]", "v", "m/s"),
    ("v[m/s]", "v", "m/s"),
    ("v (m/s)", "v", "m/s"),
    ("v(m/s)", "v", "m/s"),
    ("v / (m/s)", "v", "m/s"),
    ("v/(m/s)", "v", "m/s"),
    ("v / s", "v", "s"),
    ("v / m s-1", "v", "m s-1"),
    ("  v   [ m s-1 ] ", "v", "m s-1"),
    ("wind speed [km/h]", "wind speed", "km/h"),
    ("wind\nspeed\t[km/h]", "wind speed", "km/h"),
    ("distance (observed) [m]", "distance (observed)", "m"),
    ("H0 [km/s/Mpc]", "H0", "km/s/Mpc"),
    ("S [W/(m2 sr Hz)]", "S", "W/(m2 sr Hz)"),
    ("S (W/(m2 sr Hz))", "S", "W/(m2 sr Hz)"),
    ("S / (W/(m2 sr Hz))", "S", "W/(m2 sr Hz)"),
    ("T [degC]", "T", "degC"),
    ("n []", "n", ""),
    ("n [-]", "n", "-"),
    ("n (1)", "n", "1"),
    ("planet [label]", "planet", "label"),
    ("planet (label)", "planet", "label"),
    ("c / x_axis", "c / x_axis", None),
    ("log10(P)", "log10(P)", None),
    ("sin(s)", "sin(s)", None),
    ("f(x)", "f(x)", None),
    ("mean(observed)", "mean(observed)", None),
    ("$v_{max}$ [m/s]", "$v_{max}$", "m/s"),
    ("Δx [µm]", "Δx", "µm"),
    ("[m/s]", "[m/s]", None),
    ("(m/s)", "(m/s)", None),
    ("a/b/c_ratio", "a/b/c_ratio", None),
    ("Current {A}", "Current", "A"),
    ("v_{max}", "v_{max}", None),
    ("a{b}", "a{b}", None),
    ("speed(m s^{-1})", "speed", "m s^{-1}"),
    ("Ni (at.%)", "Ni", "at.%"),
    ("p (bar(g))", "p", "bar(g)"),
    ("E (V vs. Ag/AgCl)", "E", "V vs. Ag/AgCl"),
    ("K_Ic [MPa m1/2]", "K_Ic", "MPa m1/2"),
    ("x, y", "x, y", None),
]


@pytest.mark.parametrize(("text", "name", "unit"), READ)
def test_a_header_is_read_as_people_mean_it(text: str, name: str, unit: str | None) -> None:
    assert parse_header(text) == Header(name, unit)


def test_round_brackets_after_a_space_are_a_unit_even_when_misspelt() -> None:
    assert parse_header("v (kmm/s)") == Header("v", "kmm/s")


def test_a_tight_slash_is_a_name_and_says_how_to_write_the_unit() -> None:
    with pytest.warns(TableWarning, match=r"'T \[K\]'.*'T/K \[1\]'"):
        assert parse_header("T/K") == Header("T/K")


@pytest.mark.parametrize(("text", "name", "unit"), [("p, bar", "p", "bar"), ("F in N", "F", "N")])
def test_a_unit_that_is_only_said_is_no_unit_and_a_warning(text: str, name: str, unit: str) -> None:
    with pytest.warns(TableWarning, match=rf"'{name} \[{unit}\]'"):
        assert parse_header(text) == Header(text)


@pytest.mark.parametrize(
    "name", ["v", "speed of light", "速度", "<script>", "../x", "=cmd()", "\\input{x}", "x'y"]
)
def test_any_visible_name_is_accepted(name: str) -> None:
    check_name(name, "t.csv")


@pytest.mark.parametrize("name", ["", "x\x00y", "a\x1b[31m", "a\u202eb", "a\u200bb", "a`b", "n" * 201])
def test_names_that_cannot_be_shown_or_quoted_are_refused(name: str) -> None:
    with pytest.raises(TableError):
        check_name(name, "t.csv")


def test_one_spelling_for_one_name() -> None:
    assert tidy("e\u0301nergie  totale ") == "\u00e9nergie totale"


def test_advice_names_the_nearest_column() -> None:
    assert nearest("perod", ["period", "mass"]) == "Did you mean 'period'? There are: period, mass."
