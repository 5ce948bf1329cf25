"""The experiments that come with the package: each file can be read, and its expected law fits its data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symreg.experiment.assembly import problem_of
from symreg.experiment.specification import read_specification
from symreg.formula.dimensioning import infer_dimensions
from symreg.formula.expression import evaluate_tree
from symreg.formula.grammar import parse
from symreg.sweeps.language import read_sweep
from symreg.units.reading import physical_constant

FOLDER = Path(__file__).resolve().parent.parent / "experiments"

# The expected law, the SI values of its free constants, and the spread of the residual over that of the target.
LAWS = {
    "kepler": ("k*semi_major_axis**(3/2)", 365.25 * 86400 / 149597870700.0**1.5, 0.005),
    "boyle": ("k/length", None, 0.02),
    "hubble_1929": ("k*distance", 424e3 / 3.0856775814913673e22, 0.7),
    "hydrogen_lines": ("1/(k*(1/n_lower**2 - 1/n_upper**2))", 10967758.34, 1e-3),
    "ideal_gas": ("n*R*T/V", None, 0.1),
    "relativistic_energy": ("m*c**2/sqrt(1 - v**2/c**2)", None, 0.25),
    "firas": ("2*h*c*wavenumber**3/(exp(h*c*wavenumber/(k*k_B)) - 1)", 2.725, 1e-3),
    "time_dilation": ("-velocity**2/(2*c**2)", None, 0.1),
    "leavitt_1912": ("log(k/period)", 7.09e6 * 86400, 0.4),
    "elastic_constants": ("(3*K_VRH - 2*G_VRH)/(2*(3*K_VRH + G_VRH))", None, 0.01),
    "saturation": ("pc*exp(k*(1 - Tc/T))", 7.0, 0.1),
    "forbes_1857": ("k*exp(-k2/boiling_point)", {"k": 2.12e7 * 3386.389, "k2": 5026.0}, 0.1),
    "exoplanets": ("6.283185307*sqrt(semi_major_axis**3/(G*stellar_mass))", None, 1.0),
    "nikuradse": ("2 - 2*log10(1.74 + 2*log10(r_over_k))", None, 0.5),
    "tully_fisher": ("log(k/velocity_width**(5/2))", 0.0090 * 1e3**2.5, 0.3),
    "octet_binaries": ("k/(r_pi + r_s_A)**2", 1.359 * 1.602176634e-19 * 1e-20, 0.3),
    "relativistic_energy_free_c": ("m*k**2/sqrt(1 - v**2/k**2)", 299792458.0, 0.25),
    "puromycin": ("k*concentration/(641/10**10 + concentration)", 212.7 / 3600, 0.25),
    "misra1a": ("k*(1 - exp(-0.00055015643*pressure))", 238.94212918, 0.01),
}

# The same of sweeps, for each piece of the file: the law and the spread of what it leaves without noise.
SWEEPS = {
    "noise_and_seeds": {"pendulum": "2*pi*sqrt(L/g_n)", "kinetic_energy": "m*v**2/2"},
}


def test_every_experiment_has_its_law() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*LAWS, *SWEEPS}


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_asks_for_laws_that_its_data_bear(name: str) -> None:
    plain = [run for run in read_sweep(FOLDER / f"{name}.yaml").runs if run.values["noise"] == "0"]
    assert {run.values["problem"] for run in plain} == set(SWEEPS[name])
    for run in plain:
        problem = problem_of(run.specification)
        known = ("pi", *problem.known_values)
        law = parse(SWEEPS[name][run.values["problem"]], variables=problem.inputs, constants=known)
        columns = {each: problem.table[each].values for each in problem.inputs}
        predicted = evaluate_tree(law, {**columns, **problem.known_values, "pi": np.pi})
        assert np.allclose(predicted, problem.target_column.values, rtol=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_an_experiment_asks_for_a_law_that_its_data_bear(name: str) -> None:
    specification = read_specification(FOLDER / f"{name}.yaml")
    assert specification.name == name
    problem = problem_of(specification)
    formula, value, spread = LAWS[name]
    known = tuple(problem.known_values)
    values = value if isinstance(value, dict) else {"k": value or 0.0}
    law = parse(formula, variables=problem.inputs, constants=(*values, *known))
    dimensions = infer_dimensions(law, problem.dimensions, problem.target_column.unit.dimension)
    columns = {each: problem.table[each].values for each in problem.inputs}
    if name == "boyle":
        values = {"k": float(np.median(problem.target_column.values * columns["length"]))}
    predicted = evaluate_tree(law, {**columns, **problem.known_values, **values})
    actual = problem.target_column.values
    assert np.std(predicted - actual) < spread * np.std(actual)
    if "k" in dimensions and not dimensions["k"].is_dimensionless and problem.template is None:
        assert problem.free_constants.policy in ("inferred", "declared")


def test_the_speed_of_light_is_known_in_one_and_not_in_the_other() -> None:
    known, free = (
        problem_of(read_specification(FOLDER / f"{name}.yaml"))
        for name in ("relativistic_energy", "relativistic_energy_free_c")
    )
    assert known.known_values == {"c": physical_constant("c").value}
    assert free.known_values == {}
    assert [unit.text for unit in free.free_constants.units] == ["m/s"]
    assert np.array_equal(known.target_column.values, free.target_column.values)
    assert known.table.n_rows == 10_000


def test_the_forms_that_are_given() -> None:
    puromycin, misra1a = (problem_of(read_specification(FOLDER / f"{name}.yaml")) for name in ("puromycin", "misra1a"))
    assert puromycin.template is not None and misra1a.template is not None
    assert puromycin.template.parameter_names == ("Vmax", "K")
    assert puromycin.template.functions == ()
    assert [str(one) for one in misra1a.template.functions] == ["f(pressure)"]
    assert dict(misra1a.constraints.monotonic) == {"pressure": "increasing"}
