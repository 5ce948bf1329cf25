"""How often exported programs agree with ``predict``, language by language: ``python tests/campaign/exports.py``.

Needs the compilers and interpreters themselves; on Debian: ``apt-get install gcc g++ gfortran octave r-base-core nodejs
rustc``. One line for each language: random laws of every operator on rows where numbers overflow, vanish or are none,
and one law of every name that means something somewhere, as inputs, as constants and as targets. Julia has no line: its
programs are read back by ``tests/laws/exporting/test_read_back.py``, and so are Modelica's (``test_modelica.py``); what
a spreadsheet makes of a formula is in ``test_excel.py``. torch takes gigabytes: ``pip install torch`` before, for its
line, which tells of the source text, and for one more of the modules that ``law.to`` gives.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symreg.formula.grammar import parse
from symreg.laws.law import Law, LawConstant
from symreg.units.reading import DIMENSIONLESS_UNIT
from tests.exported import LEAST, PRESENT, RUNTIMES, disagreements, run, tolerance
from tests.laws.exporting.test_names import (
    EVERY_NAME,
    test_any_name_may_be_a_constant,
    test_any_name_may_be_an_input,
    test_any_name_may_be_the_target,
)
from tests.miniatures import plain_law
from tests.random_laws import grid, random_laws


def worst(wanted: np.ndarray, found: np.ndarray, allowed: np.ndarray) -> float:
    """The largest relative difference on rows that agree, most of all where the last digit decides about a little."""
    with np.errstate(all="ignore"):
        apart, near = np.abs(found - wanted) / np.abs(wanted), np.abs(found - wanted) <= allowed
    apart = apart[np.isfinite(apart) & near & np.isfinite(allowed) & (np.abs(wanted) > LEAST)]
    return float(apart.max(initial=0.0))


def modules(sets: list[tuple[list[Law], list[np.ndarray]]]) -> str:
    """How the modules of torch agree, and whether one is trained back to the constant that its rows were made with."""
    import torch

    columns, agree, rows = grid(), 0, 0
    for laws, tolerances in sets:
        for law, allowed in zip(laws, tolerances, strict=True):
            module = law.to("torch")
            given = [torch.tensor(columns[name]) for name in module.inputs]
            values = np.broadcast_to(module(*given).detach().numpy(), len(columns["a"]))
            rows += len(values)
            agree += len(values) - len(disagreements(law, columns, values, allowed))
    return f"torch as an object: {rows} rows, {agree} agree; trained: k = {trained_again():.6f} of 0.7"


def trained_again() -> float:
    """The constant of a law, from rows that the law made, when a module has begun with another."""
    import torch

    tree = parse("exp(-k*b)", variables=["b"], constants=["k"])
    law = plain_law(tree, {"b": DIMENSIONLESS_UNIT}, constants=(LawConstant("k", 0.7, 0.1, DIMENSIONLESS_UNIT),))
    module, b = law.to("torch"), torch.linspace(0.0, 3.0, 40, dtype=torch.float64)
    wanted = module(b).detach()
    with torch.no_grad():
        module.k.fill_(2.0)
    steps = torch.optim.LBFGS(module.parameters(), max_iter=100)

    def loss() -> torch.Tensor:
        steps.zero_grad()
        value = ((module(b) - wanted) ** 2).sum()
        value.backward()
        return value

    steps.step(loss)
    return float(module.k.detach())


def line_of(language: str, sets: list[tuple[list[Law], list[np.ndarray]]]) -> str:
    """What came out for a language, of sets of laws with their tolerances."""
    if language not in PRESENT:
        return f"{language:<11} no runtime"
    columns = grid()
    n_laws = rows = numbers = differ = left_out = 0
    largest = 0.0
    examples: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (laws, tolerances) in enumerate(sets):
            found = run(language, laws, columns, Path(folder) / str(i))
            n_laws += len(laws)
            for law, values, allowed in zip(laws, found, tolerances, strict=True):
                bad = disagreements(law, columns, values, allowed)
                examples += bad[:1]
                differ += len(bad)
                largest = max(largest, worst(law.predict(columns), values, allowed))
                rows += len(values)
                numbers += int(np.isfinite(values).sum())
                left_out += int(np.isinf(allowed).sum())
        for i, named in enumerate((test_any_name_may_be_the_target, test_any_name_may_be_a_constant)):
            (Path(folder) / f"names{i}").mkdir()
            named(Path(folder) / f"names{i}", language)
        test_any_name_may_be_an_input(Path(folder) / "inputs", language, "y")
    said = f"{n_laws} laws x {len(columns['a'])} rows: {rows - differ - left_out} of {rows - left_out} agree"
    said += f" ({numbers} are numbers, {left_out} left out: the last digit decides); at most {largest:.1e} apart; "
    said += f"{len(EVERY_NAME)} names compile"
    return "\n".join([f"{language:<11} {said}", *(f"    {one}" for one in examples[:5])])


def main() -> None:
    """Print a line for each language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*", default=list(RUNTIMES))
    parser.add_argument("--seeds", type=int, default=4, help="sets of laws")
    parser.add_argument("--count", type=int, default=250, help="laws of a set")
    given = parser.parse_args()
    drawn = [random_laws(seed=1000 + seed, count=given.count) for seed in range(given.seeds)]
    sets = [(laws, [tolerance(law, grid()) for law in laws]) for laws in drawn]
    for language in given.languages:
        print(line_of(language, sets), flush=True)
        if language == "torch" and language in PRESENT:
            print(modules(sets), flush=True)


if __name__ == "__main__":
    main()
