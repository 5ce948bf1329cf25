"""Exact exponents, Pi groups, and what the inputs can or cannot reach; every answer is written by hand."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from symreg.units.dimension import (
    BASE_QUANTITIES,
    BASE_UNITS,
    DIMENSIONLESS,
    Dimension,
    missing_base_units,
    pi_groups,
    power_product,
)

M = Dimension.of(m=1)
KG = Dimension.of(kg=1)
S = Dimension.of(s=1)
K = Dimension.of(K=1)
SPEED = M / S
FORCE = KG * M / S**2
ENERGY = FORCE * M


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        (DIMENSIONLESS, "1"),
        (M, "m"),
        (FORCE, "kg*m/s**2"),
        (DIMENSIONLESS / S, "1/s"),
        (ENERGY / K / Dimension.of(mol=1), "kg*m**2/s**2/K/mol"),
        (M ** Fraction(3, 2) / S, "m**(3/2)/s"),
        (Dimension.of(A=1, cd=2) / M ** Fraction(1, 2), "A*cd**2/m**(1/2)"),
    ],
)
def test_prints_as_physicists_write(dimension: Dimension, text: str) -> None:
    assert str(dimension) == text


def test_exponents_are_exact() -> None:
    assert M ** Fraction(1, 10) * M ** Fraction(2, 10) == M ** Fraction(3, 10)
    assert (M**2) ** Fraction(1, 2) == M
    assert M / M == DIMENSIONLESS
    assert (M / M).is_dimensionless
    assert not M.is_dimensionless


def test_whole_numbers_become_fractions() -> None:
    dimension = Dimension((1, 0, -2, 0, 0, 0, 0))  # type: ignore[arg-type]
    assert dimension == Dimension.of(m=1, s=-2)
    assert hash(dimension) == hash(Dimension.of(m=1, s=-2))
    assert dimension.exponent("s") == -2


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"write Fraction\(3, 2\) or an integer, not 0.5"):
        M**0.5  # type: ignore[operator]
    with pytest.raises(TypeError, match="exact"):
        Dimension.of(m=0.1)  # type: ignore[arg-type]


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="'g' is not a base unit; the base units are m, kg, s"):
        Dimension.of(g=1)
    with pytest.raises(ValueError, match="7 exponents, not 2"):
        Dimension((Fraction(1), Fraction(0)))
    with pytest.raises(TypeError):
        M * 2  # type: ignore[operator]
    with pytest.raises(TypeError):
        M / 2  # type: ignore[operator]


def test_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(FORCE)) == FORCE


def test_each_base_unit_measures_something() -> None:
    assert tuple(BASE_QUANTITIES) == BASE_UNITS


@pytest.mark.parametrize(
    ("dimensions", "groups"),
    [
        pytest.param(
            {"rho": KG / M**3, "v": SPEED, "d": M, "mu": KG / M / S},
            [{"rho": 1, "v": 1, "d": 1, "mu": -1}],
            id="Reynolds",
        ),
        pytest.param(
            {"T": S, "L": M, "m": KG, "g": M / S**2},
            [{"T": 2, "L": -1, "g": 1}],
            id="pendulum: the mass cannot matter",
        ),
        pytest.param(
            {"P": S, "a": M, "M": KG, "G": M**3 / KG / S**2},
            [{"P": 2, "a": -3, "M": 1, "G": 1}],
            id="Kepler",
        ),
        pytest.param(
            {"theta": DIMENSIONLESS, "a": M, "b": M},
            [{"theta": 1}, {"a": 1, "b": -1}],
            id="plain ratios come first",
        ),
        pytest.param({"R": SPEED ** Fraction(1, 2), "v": SPEED}, [{"R": 2, "v": -1}], id="whole exponents"),
        pytest.param({"m": KG, "t": S}, [], id="nothing to combine"),
        pytest.param({}, [], id="no columns"),
        pytest.param(
            {
                "q": Dimension.of(A=1, s=1),
                "E": FORCE / Dimension.of(A=1, s=1),
                "F": FORCE,
                "v": SPEED,
                "c": SPEED,
            },
            [{"v": 1, "c": -1}, {"q": 1, "E": 1, "F": -1}],
            id="two groups",
        ),
    ],
)
def test_pi_groups(dimensions: dict[str, Dimension], groups: list[dict[str, int]]) -> None:
    assert list(pi_groups(dimensions)) == groups


@pytest.mark.parametrize(
    ("target", "dimensions", "product"),
    [
        pytest.param(ENERGY, {"m": KG, "v": SPEED, "c": SPEED}, {"m": 1, "v": 2}, id="the first of equals"),
        pytest.param(
            S, {"L": M, "m": KG, "g": M / S**2}, {"L": Fraction(1, 2), "g": Fraction(-1, 2)}, id="pendulum"
        ),
        pytest.param(
            FORCE,
            {"G": M**3 / KG / S**2, "m1": KG, "m2": KG, "r": M},
            {"G": 1, "m1": 2, "r": -2},
            id="gravitation",
        ),
        pytest.param(M, {"a": M**2, "b": M**3, "x": M}, {"x": 1}, id="one input is simpler than two"),
        pytest.param(M, {"a": M**2, "b": M**3}, {"a": Fraction(1, 2)}, id="fewest inputs first"),
        pytest.param(DIMENSIONLESS, {"m": KG}, {}, id="nothing is needed"),
        pytest.param(K, {"m": KG, "v": SPEED}, None, id="no temperature"),
        pytest.param(M, {"v": SPEED}, None, id="length and time only together"),
        pytest.param(M, {}, None, id="no inputs"),
    ],
)
def test_power_product(
    target: Dimension, dimensions: dict[str, Dimension], product: dict[str, Fraction] | None
) -> None:
    assert power_product(target, dimensions) == product


@pytest.mark.parametrize(
    ("target", "dimensions", "missing"),
    [
        pytest.param(FORCE, {"v": SPEED, "t": S}, ("kg",), id="mass"),
        pytest.param(K, {"v": SPEED}, ("K",), id="temperature"),
        pytest.param(ENERGY / K, {"v": SPEED}, ("kg", "K"), id="mass and temperature"),
        pytest.param(M, {"v": SPEED}, ("m",), id="the target's own unit rather than s"),
        pytest.param(SPEED, {"x": M}, ("s",), id="time"),
        pytest.param(ENERGY, {"m": KG, "v": SPEED}, (), id="nothing"),
        pytest.param(DIMENSIONLESS, {}, (), id="dimensionless"),
        pytest.param(SPEED, {}, ("m", "s"), id="no inputs at all"),
    ],
)
def test_missing_base_units(
    target: Dimension, dimensions: dict[str, Dimension], missing: tuple[str, ...]
) -> None:
    assert missing_base_units(target, dimensions) == missing


def test_hundreds_of_columns_are_answered_at_once() -> None:
    columns = {
        f"x{i}": Dimension.of(m=i % 5 - 2, kg=i * 7 % 4 - 1, s=i * 3 % 6 - 3, A=i % 3 - 1, K=i % 2)
        for i in range(200)
    }
    groups = pi_groups(columns)
    assert len(groups) == 200 - 5
    for group in groups:
        product = DIMENSIONLESS
        for name, exponent in group.items():
            product *= columns[name] ** exponent
        assert product == DIMENSIONLESS
