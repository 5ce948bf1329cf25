"""Programs as texts: standards, comments that nothing breaks out of, and all the digits of numbers."""

from __future__ import annotations

import json
import re

import pytest

from symreg.discovery import Discovery
from symreg.errors import ReportError
from symreg.formula.grammar import parse
from symreg.laws.exporting import EXPORT_LANGUAGES, EXPORT_SUFFIXES, export_law
from symreg.laws.law import LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT
from tests.miniatures import plain_law
from tests.random_laws import random_laws

ALL = ("kepler", "relativity", "hostile")
MARKS = {"c": "/*", "fortran": "!", "octave": "%", "cpp": "//", "javascript": "//", "rust": "//"}
MARKS |= {"matlab": "%", "excel": "'"}


def test_fortran_keeps_to_the_standard(request: pytest.FixtureRequest) -> None:
    laws = [law for name in ALL for law in request.getfixturevalue(name).front.laws]
    for text in (export_law(law, "fortran") for law in (*laws, *random_laws(seed=11, count=120))):
        assert max(map(len, text.split("\n"))) <= 132
        for line in re.sub(r" &\n\s*& ?", "", text).split("\n"):
            if not line.lstrip().startswith("!"):
                assert not re.search(r"[-+*/]\s*[-+](?![0-9])", line.replace("**", "^")), line
                assert not re.search(r"(?<![\w.])[0-9]+\.[0-9]*(?![\dd])", line), line  # single precision
        assert text.count("end function") == 1


@pytest.mark.parametrize("language", EXPORT_LANGUAGES)
def test_hostile_names_stay_in_their_place(hostile: Discovery, language: str) -> None:
    text = export_law(hostile.front.best, language)
    assert language in EXPORT_SUFFIXES
    if language in ("text", "json"):
        return
    if language == "siunitx":
        assert "\\input{" not in text
        return
    if language == "latex":
        assert "\\input" not in text and "$" not in text.replace(r"\$", "")
        return
    for line in text.split("\n"):
        code = line.split(MARKS.get(language, "#"))[0]
        assert "system" not in code
    assert text.count('"""') in (0, 2)
    assert text.count("*/") == text.count("/*")


def test_text_and_json_say_everything(kepler: Discovery) -> None:
    law = kepler.front.best
    text = export_law(law, "text")
    assert "P = k1*a**(3/2)" in text and "day/au**(3/2)" in text and "a in au" in text
    record = json.loads(export_law(law, "json"))
    assert record["target"] == {"name": "P", "unit": "day"}
    assert record["constants"]["k1"]["value"] == law.constants[0].value
    assert record["train"]["rmse"] == law.train.rmse
    assert export_law(law, "latex").startswith("P = ")


def test_numbers_keep_all_their_digits() -> None:
    value = 6.674300000000001e-11
    law = plain_law(
        parse("G*m", variables=["m"], constants=["G"]),
        {"m": DIMENSIONLESS_UNIT},
        constants=(LawConstant("G", value, 1e-15, DIMENSIONLESS_UNIT, "known"),),
    )
    for language in ("python", "numpy", "c", "cpp", "julia", "octave", "r", "javascript", "rust", "torch", "jax"):
        assert repr(value) in export_law(law, language)
    assert repr(value).replace("e", "d") in export_law(law, "fortran")


@pytest.mark.parametrize(
    ("language", "head"),
    [
        ("python", "def y():"), ("numpy", "def y():"), ("c", "double y(void)"), ("cpp", "double y()"),
        ("fortran", "elemental function y() result(value)"), ("julia", "function y()"),
        ("octave", "function value = y()"), ("r", "y <- function() {"), ("javascript", "export function y() {"),
        ("rust", "pub fn y() -> f64 {"), ("torch", "class y(torch.nn.Module):"), ("jax", "def y(parameters):"),
    ],
)  # fmt: skip
def test_a_law_without_inputs_has_no_arguments(language: str, head: str) -> None:
    constant = LawConstant("k", 2.5, 0.1, DIMENSIONLESS_UNIT)
    law = plain_law(parse("k", variables=[], constants=["k"]), {"x": DIMENSIONLESS_UNIT}, constants=(constant,))
    assert f"{head}\n" in export_law(law, language)


PROGRAMS = [name for name in EXPORT_LANGUAGES if name not in ("latex", "siunitx", "text", "json", "modelica")]


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_says_what_it_computes(kepler: Discovery, language: str) -> None:
    text = export_law(kepler.front.best, language)
    for said in (
        "P = k1*a**(3/2)", "Arguments, in these units:", "a in au", "Returns P in day; NaN outside the domain",
        "Error on rows it was not fitted on:", "au to SI", "day/au**(3/2) (free)", "365.680 ± 0.050",
    ):  # fmt: skip
        assert said in text


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_constant_that_the_formula_does_not_hold_is_left_out(language: str) -> None:
    constants = tuple(LawConstant(name, 2.5, 0.1, DIMENSIONLESS_UNIT) for name in ("held", "unheld"))
    tree = parse("held*x", variables=["x"], constants=["held"])
    text = export_law(plain_law(tree, {"x": DIMENSIONLESS_UNIT}, constants=constants), language)
    assert "held" in text and "unheld" not in text


def test_an_unknown_language_is_refused(kepler: Discovery) -> None:
    with pytest.raises(ReportError, match="Choose one of: python, numpy, c"):
        export_law(kepler.front.best, "cobol")
    assert kepler.front.best.to("python") == export_law(kepler.front.best, "python")
