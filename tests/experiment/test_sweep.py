"""One file that stands for many runs."""

from __future__ import annotations

import pytest

from symreg.document import read_document_text
from symreg.errors import SpecificationError
from symreg.experiment.specification import Specification
from symreg.experiment.sweep import expanded

FILE = "version: 1\nname: x\ndata: {file: x.csv}\n"
DRAWN = """\
version: 1
name: x
data: {generate: {formula: a, target: {name: y}, inputs: {a: {low: 1, high: 2}}}}
"""


def runs(text: str) -> tuple[Specification, ...]:
    return expanded(read_document_text(text, "x.yaml"))


def test_a_file_without_a_sweep_is_one_run() -> None:
    assert [run.name for run in runs(FILE)] == ["x"]


def test_every_combination_in_order_with_its_own_name() -> None:
    found = runs(FILE + "sweep: {noise: [0, 0.1], seed: [0, 1]}\n")
    assert [run.name for run in found] == [
        "x-noise=0-seed=0", "x-noise=0-seed=1", "x-noise=0.1-seed=0", "x-noise=0.1-seed=1",
    ]  # fmt: skip
    assert [run.seed for run in found] == [0, 1, 0, 1]
    assert [run.data.noise.rms for run in found if run.data.noise] == [0, 0, 0.1, 0.1]


def test_noise_of_a_drawn_table_is_drawn_with_it() -> None:
    drawn = runs(DRAWN + "sweep: {noise: [0.2]}\n")[0].data
    assert drawn.noise is None
    assert drawn.generate is not None and drawn.generate.noise is not None and drawn.generate.noise.rms == 0.2


def test_places_with_dots_and_values_that_are_no_words() -> None:
    found = runs(FILE + "sweep: {constraints.max_complexity: [9, 12], operators: [['+'], ['*', /]]}\n")
    assert [run.constraints.max_complexity for run in found] == [9, 9, 12, 12]
    assert found[-1].operators == ("*", "/")
    assert found[-1].name == "x-max_complexity=12-operators=1"


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        ("[1]", "line 4, sweep: should be a block such as"),
        ("{}", "sweep: should be a block such as"),
        ("{seed: 3}", "line 4, sweep.seed: should be a list of values, not 3"),
        ("{seed: []}", "sweep.seed: should be a list of values"),
        ("\n  sede: [1]", "line 5, sede: unknown key 'sede'; did you mean 'seed'?"),
        ("\n  seed: [1,\n    x]", "line 6, seed: should be a whole number, not 'x'"),
        ("\n  budget.tiem: [3 s]", "line 5, budget.tiem: unknown key 'tiem'; did you mean 'time'?"),
        ("{name: [a, b]}", "this is not a place in the file whose value can vary"),
        ("{name.x: [a]}", "this is not a place in the file whose value can vary"),
        ("{seed.x: [a], seed.y: [b]}", "seed"),
        ("{seed: [1, 1]}", "two of these runs would have the same name"),
        ("{seed: [" + "1," * 1001 + "2]}", "stands for 1002 runs; 1000 at most"),
        ("{noise: [-1]}", "should be greater than or equal to 0, not -1"),
    ],
)
def test_mistakes_in_a_sweep(sweep: str, told: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        runs(FILE + f"sweep: {sweep}\n")
    assert told in str(caught.value)
