"""Waves that neighbours cannot tell from noise, and noise that is none."""

from __future__ import annotations

import numpy as np
import pytest

from symreg.search.native.questions.pattern import leaves_pattern
from symreg.search.native.questions.periodogram import MOST_PERIODS, leaves_wave


def test_noise_is_hardly_ever_a_wave() -> None:
    rng = np.random.default_rng(0)
    said = [leaves_wave(rng.uniform(0, 1, (1 + k % 5, 40 + 9 * k)), rng.normal(size=40 + 9 * k)) for k in range(50)]
    assert sum(said) <= 2


def test_noise_on_a_lattice_is_no_wave() -> None:
    """Even distances have their images of every frequency; they are no more than the others."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 1, 12))
    lattice = np.array([x.ravel(), y.ravel()])
    assert sum(leaves_wave(lattice, rng.normal(size=144)) for _ in range(30)) <= 2


@pytest.mark.parametrize("periods", [(13.0, 3.2), (24.5, 20.4), (7.3, -9.1)])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_a_wave_between_the_rows(periods: tuple[float, float], noise: float) -> None:
    """Two hundred rows in three dimensions are six along each: no neighbour is within half a wave."""
    rng = np.random.default_rng(2)
    inputs = rng.uniform(-10, 10, (3, 200))
    phase = 2 * np.pi * (periods[0] * inputs[2] + periods[1] * inputs[1]) / 20
    left = np.cos(phase + 0.7) + noise * rng.normal(size=200)
    assert not leaves_pattern(inputs, left)
    assert leaves_wave(inputs, left)


def test_a_wave_in_the_only_input() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 5, (1, 60))
    assert leaves_wave(x, np.sin(2 * np.pi * 0.9 * MOST_PERIODS * x[0] / 5))
    assert not leaves_wave(x, rng.normal(size=60))


def test_what_does_not_vary_has_no_wave() -> None:
    assert not leaves_wave(np.ones((2, 50)), np.arange(50.0))
    assert not leaves_wave(np.arange(50.0)[None], np.zeros(50))
