"""The YAML of an experiment: what it may say, what its defaults are, how mistakes are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symreg.errors import DimensionError, ProblemError, SpecificationError
from symreg.experiment.assembly import configuration, problem_of, resolved
from symreg.experiment.specification import Specification, read_specification, specification_of, with_changes

PENDULUM = """\
version: 1
name: pendulum
data: {file: pendulum.csv, target: T, test_fraction: 0.25}
columns: {T: {unit: s, sigma: 0.01}, L: {unit: m}, m: {unit: kg}}
constants: [g_n, pi]
free_constants: {units: inferred}        # or dimensionless, or a list of units
operators: [+, "-", "*", /, sqrt, pow, sin]
constraints: {max_complexity: 20, nested: {sin: {sin: 0}}}
guesses: ["6.28*sqrt(L/g_n)"]
backend: {name: native, threads: 2}      # pysr, operon; a list runs all and merges the fronts
budget: {time: 2 min, memory: 2 GB}
seed: 0
report: {formats: [html, latex], exports: [python, c]}
"""
SMALLEST = "version: 1\nname: x\ndata: {file: x.csv}\n"


def mistakes(text: str) -> str:
    with pytest.raises(SpecificationError) as caught:
        specification_of(text)
    return str(caught.value)


def test_the_documented_example() -> None:
    pendulum = specification_of(PENDULUM, Path("/somewhere"))
    assert pendulum.data.file == str(Path("/somewhere/pendulum.csv").absolute())
    assert (pendulum.columns["T"].unit, pendulum.columns["T"].sigma) == ("s", 0.01)
    assert [constant.name for constant in pendulum.constants] == ["g_n", "pi"]
    assert pendulum.free_constants.units == "inferred"
    assert pendulum.operators == ("+", "-", "*", "/", "sqrt", "pow", "sin")
    assert pendulum.constraints.nested == {"sin": {"sin": 0}}
    assert (pendulum.budget.time, pendulum.budget.memory) == (120.0, 2 * 10**9)
    assert pendulum.report.exports == ("python", "c")


def test_defaults() -> None:
    smallest = specification_of(SMALLEST)
    assert (smallest.seed, smallest.data.test_fraction, smallest.data.nan) == (0, 0.25, "error")
    assert (smallest.backend.name, smallest.backend.threads, smallest.backend.engine) == ("native", 2, "auto")
    assert (smallest.budget.time, smallest.budget.evaluations, smallest.budget.memory) == (
        60.0,
        None,
        2 * 2**30,
    )
    assert (smallest.report.formats, smallest.constraints.max_complexity) == (("html",), 40)
    assert smallest.free_constants.units == "auto"


def test_a_budget_of_evaluations_has_no_clock() -> None:
    """The same seed gives the same front only where no clock decides."""
    counted = specification_of(SMALLEST + "budget: {evaluations: 1000}\n")
    assert (counted.budget.time, counted.budget.evaluations) == (None, 1000)
    assert specification_of(SMALLEST + "budget: {memory: 1 GB}\n").budget.time == 60.0


def test_specifications_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        specification_of(SMALLEST).seed = 1


def test_ways_to_give_constants_and_units() -> None:
    text = (
        SMALLEST
        + "constants: [c, {name: L0, value: 3, unit: m, stderr: 0.1}]\nfree_constants: {units: [m, 1]}\n"
    )
    given = specification_of(text)
    assert [(part.name, part.value, part.unit) for part in given.constants] == [
        ("c", None, "1"),
        ("L0", 3.0, "m"),
    ]
    assert given.free_constants.units == ("m", "1")
    mapped = specification_of(SMALLEST + "constants: {L0: {value: 3, unit: m, stderr: 0.1}}\n")
    assert mapped.constants == given.constants[1:]


def test_limits_on_constants() -> None:
    text = (
        "free_constants: {units: inferred, positive: true, bounds: {tau: [0, 5, min], n: [1, null]}, integer: [n]}\n"
        "guesses: [2*x, {formula: A*exp(-x/tau)*x**n, constants: [A, tau, n]}]\n"
    )
    given = specification_of(SMALLEST + text)
    free = given.free_constants
    assert (free.positive, free.integer) == (True, ("n",))
    assert free.bounds == {"tau": (0.0, 5.0, "min"), "n": (1.0, None)}
    assert [(guess.formula, guess.constants) for guess in given.guesses] == [
        ("2*x", ()), ("A*exp(-x/tau)*x**n", ("A", "tau", "n")),
    ]  # fmt: skip


def test_constants_offered_and_intervals() -> None:
    given = specification_of(SMALLEST + "constants: auto\nreport: {intervals: profile, level: 0.9}\n")
    assert [part.name for part in given.constants] == ["auto"]
    assert (given.report.intervals, given.report.level) == ("profile", 0.9)
    assert specification_of(SMALLEST).report.intervals == "wald"


def test_a_backend_by_name_alone_or_in_a_list_of_one() -> None:
    for text in ("native", "[native]", "[{name: native}]"):
        assert specification_of(SMALLEST + f"backend: {text}\n").backend.name == "native"


def test_several_backends_share_a_budget(tmp_path: Path) -> None:
    text = "backend: [native, {name: operon, settings: {population: 50}}, {name: hypotheses, file: laws.txt}]\n"
    (tmp_path / "x.yaml").write_text(SMALLEST + text)
    parts = read_specification(tmp_path / "x.yaml").backend.all
    assert [part.name for part in parts] == ["native", "operon", "hypotheses"]
    assert parts[1].own == {"threads": 2, "engine": "auto", "population": 50}
    assert parts[2].own["file"] == str(tmp_path / "laws.txt")  # beside the experiment that names it


def test_the_command_of_a_backend_is_a_list_of_words() -> None:
    given = specification_of(SMALLEST + "backend: {name: hypotheses, command: guess, library: false}\n").backend
    assert given.own == {"threads": 2, "engine": "auto", "command": ("guess",), "library": False}


def test_a_drawn_table() -> None:
    text = """\
version: 1
name: drawn
data:
  generate:
    formula: m*c**2 + g*m
    target: {name: E, unit: J}
    inputs: {m: {unit: kg, low: 1, high: 2}}
    constants: {c: c, g: 9.81}
    noise: {rms: 0.1}
"""
    drawn = specification_of(text).data.generate
    assert drawn is not None and drawn.noise is not None
    assert (drawn.noise.rms, drawn.rows, drawn.inputs["m"].distribution) == (0.1, 1000, "uniform")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "text: should be a block with the keys version, name, data,"),
        ("[1]", "text, line 1: should be a block with the keys"),
        ("version: 2\nname: x\ndata: {file: a}", "line 1, version: 2 is not allowed here; Allowed: 1"),
        ("name: x\ndata: {file: a}", "the key 'version' is missing"),
        (
            SMALLEST + "budgte: 3",
            "line 4, budgte: unknown key 'budgte'; did you mean 'budget'? Allowed: version, name",
        ),
        (SMALLEST + "budget:\n  tiem: 3 s", "line 5, budget.tiem: unknown key 'tiem'; did you mean 'time'?"),
        (
            SMALLEST + "budget: {time: soon}",
            "budget.time: write a duration such as 60 s, 2 min or 1.5 h, not 'soon'",
        ),
        (SMALLEST + "budget: {memory: 3}", "budget.memory: write an amount of memory such as 512 MB or 2 GB"),
        (SMALLEST + "report: {intervals: bayes}", "'bayes' is not allowed here; Allowed: wald, profile, bootstrap"),
        (SMALLEST + "free_constants: {bounds: {k: 5}}", "free_constants.bounds.k"),
        (SMALLEST + "seed: 1.5", "line 4, seed: should be a whole number, not 1.5"),
        (SMALLEST + "seed: -1", "seed: should be greater than or equal to 0, not -1"),
        (SMALLEST + "seed: true", "seed: should be a whole number, not True"),
        (
            SMALLEST + "backend: {name: natve}",
            "'natve' is not known; did you mean 'native'? Allowed: native, operon",
        ),
        (
            SMALLEST + "backend: [native, natve]",
            "backend: 'natve' is not known; did you mean 'native'?",
        ),
        (SMALLEST + "backend: []", "backend: the list of backends is empty; name one"),
        (SMALLEST + "backend: [native, 3]", "backend: a backend is a name or a block of keys"),
        (
            SMALLEST + "backend: {name: operon, file: laws.txt}",
            "backend: file is for backend hypotheses; backend operon takes settings: {...}",
        ),
        (
            SMALLEST + "operators: [sine]",
            "operators: 'sine' is not known; did you mean 'sin'? Allowed: +, -, *",
        ),
        (SMALLEST + "report: {formats: [htm]}", "report.formats: 'htm' is not known; did you mean 'html'?"),
        (SMALLEST + "report: {exports: [pyton]}", "'pyton' is not known; did you mean 'python'?"),
        (SMALLEST + "free_constants: {units: infered}", "'infered' is no policy; did you mean 'inferred'?"),
        (SMALLEST + "columns: [a]", "line 4, columns: should be a block of keys, not ['a']"),
        (
            SMALLEST + "columns: {a: {unit: m, sigm: 1}}",
            "columns.a.sigm: unknown key 'sigm'; did you mean 'sigma'?",
        ),
        (
            SMALLEST + "columns: {a: {sigma: [1]}}",
            "a number in the column's unit or the name of a column, not [1]",
        ),
        (
            SMALLEST + "constraints: {nested: {sin: {sin: -1}}}",
            "constraints.nested.sin.sin: should be greater than or",
        ),
        (SMALLEST + "guesses: x", "guesses: should be a list, not 'x'"),
        (
            SMALLEST + "constants: [{name: L0, value: .inf}]",
            "constants[0].value: should be a number, not '.inf'",
        ),
        ("version: 1\nname: x\ndata: {}", "data: name one of file, dataset, generate; here: none"),
        ("version: 1\nname: x\ndata: {file: a, dataset: b}", "here: file, dataset"),
        ("version: 1\nname: x\ndata: {file: a, noise: {rms: 1, relative: 1}}", "give one of {rms: LEVEL}"),
        (
            "version: 1\nname: x\ndata: {file: a, test_fraction: 1}",
            "test_fraction: should be less than 1, not 1",
        ),
    ],
)
def test_mistakes_are_told_with_place_and_remedy(text: str, told: str) -> None:
    assert told in mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    told = mistakes("version: 1\nname: ../x\ndata: {fiel: a}\nseed: x\n")
    assert told.startswith("text has 3 problems:")
    for part in ("line 2, name:", "line 3, data.fiel:", "line 4, seed:"):
        assert part in told


@pytest.mark.parametrize(
    "name",
    ["../x", "..", ".", "", "a/b", "a\\b", "/etc", "C:x", "x.", "x ", "con", "NUL.txt", "lpt1", ".hidden",
     "-rf", "a\nb", "a" * 200, "~", "$HOME", "`id`", "a..b", "_", "<x>", "a|b"],
)  # fmt: skip
def test_names_that_are_no_folder(name: str) -> None:
    with pytest.raises(SpecificationError, match="name: "):
        specification_of(SMALLEST.replace("name: x", f"name: {json.dumps(name)}"))


@pytest.mark.parametrize("name", ["kepler", "kepler-noise=0.1", "Kepler 3", "Ω_2", "3", "a.b"])
def test_names_that_are_a_folder(name: str) -> None:
    assert specification_of(SMALLEST.replace("name: x", f"name: {name}")).name == name


def test_the_table_is_looked_for_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(SMALLEST, encoding="utf-8")
    assert read_specification(tmp_path / "x.yaml").data.file == str(tmp_path / "x.csv")


def test_every_field_has_a_default_but_the_first_three() -> None:
    required = [name for name, field in Specification.model_fields.items() if field.is_required()]
    assert required == ["version", "name", "data"]


TEMPLATE = """\
version: 1
name: form
data: {dataset: puromycin, target: "rate = Vmax*f(concentration)"}
parameters: {Vmax: {unit: count/min**2, start: 100, lower: 0}}
functions: {f: {max_complexity: 6}}
constraints: {monotonic: {concentration: increasing}, range: [0, null]}
"""


def test_the_form_of_a_law() -> None:
    form = specification_of(TEMPLATE)
    assert form.parameters["Vmax"].model_dump() == {"unit": "count/min**2", "start": 100, "lower": 0, "upper": None}
    assert form.functions["f"].max_complexity == 6
    problem = problem_of(form)
    assert problem.template is not None
    assert problem.template.text == "rate = Vmax*f(concentration)"
    assert dict(problem.constraints.monotonic) == {"concentration": "increasing"}
    assert problem.constraints.range == (0, None)
    named = specification_of(TEMPLATE.replace("{Vmax: {unit: count/min**2, start: 100, lower: 0}}", "[Vmax]"))
    assert named.parameters["Vmax"].unit is None


def test_the_form_survives_being_written_out(tmp_path: Path) -> None:
    form = specification_of(TEMPLATE)
    written = configuration(resolved(form, problem_of(form)), tmp_path)
    again = specification_of(json.dumps(written))
    assert again.data.target == "rate = Vmax*f(concentration)"
    assert problem_of(again).template == problem_of(form).template


def test_mistakes_in_a_form_are_told() -> None:
    assert "unknown key 'strat'; did you mean 'start'?" in mistakes(TEMPLATE.replace("start:", "strat:"))
    assert "'up' is not allowed here" in mistakes(TEMPLATE.replace("increasing", "up"))
    with pytest.raises(ProblemError, match="no unknown function is called 'g'"):
        problem_of(specification_of(TEMPLATE.replace("{f:", "{g:")))
    with pytest.raises(DimensionError, match="target has dimension 1/s"):
        problem_of(specification_of(TEMPLATE.replace("{max_complexity: 6}", "{unit: m}")))


@pytest.mark.parametrize(
    ("text", "by", "folds"),
    [
        ("", "held_out", 5),
        ("ranking: cross_validation\n", "cross_validation", 5),
        ("ranking: {by: cross_validation, folds: 10}\n", "cross_validation", 10),
        ("ranking: held_out\n", "held_out", 5),
    ],
)
def test_by_which_rows_laws_are_ranked(text: str, by: str, folds: int) -> None:
    ranking = specification_of(SMALLEST + text).ranking
    assert (ranking.by, ranking.folds) == (by, folds)


def test_how_the_answer_is_examined() -> None:
    default = specification_of(SMALLEST).robustness
    assert (default.resamples, default.time, default.searches, default.search_time) == (50, 2.0, 0, 5.0)
    given = specification_of(SMALLEST + "robustness: {resamples: 100, time: 1 min, searches: 10, search_time: 3 s}\n")
    assert given.robustness.model_dump() == {"resamples": 100, "time": 60.0, "searches": 10, "search_time": 3.0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ranking: jury\n", "'jury' is not allowed here"),
        ("ranking: {folds: 1}\n", "greater than or equal to 2"),
        ("ranking: {by: cross_validation, fold: 3}\n", "unknown key 'fold'; did you mean 'folds'?"),
        ("robustness: {resamples: -1}\n", "greater than or equal to 0"),
        ("robustness: {time: soon}\n", "write a duration such as 60 s"),
    ],
)
def test_what_nobody_can_judge_or_examine_by(text: str, told: str) -> None:
    assert told in mistakes(SMALLEST + text)


def test_a_list_of_units_lives_through_changes() -> None:
    """Every option of the command line checks the whole file anew, units that may be carried included."""
    said = {"version": 1, "name": "n", "data": {"dataset": "firas"}, "free_constants": {"units": ["K"]}}
    changed = with_changes(Specification.model_validate(said), {"seed": 7}, "the command line")
    assert (changed.free_constants.units, changed.seed) == (("K",), 7)
