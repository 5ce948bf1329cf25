"""How often exported programs agree with ``predict``, language by language: ``python tests/campaign/exports.py``.

Needs the compilers and interpreters themselves; on Debian: ``apt-get install gcc g++ gfortran octave r-base-core nodejs
rustc``. One line for each language: random laws of every operator on rows where numbers overflow, vanish or are none,
and one law of every name that means something somewhere, as inputs, as constants and as targets. Julia has no line: its
programs are read back by ``tests/laws/exporting/test_read_back.py``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from symreg.laws.law import Law
from tests.exported import PRESENT, RUNTIMES, disagreements, run, tolerance
from tests.laws.exporting.test_names import (
    EVERY_NAME,
    test_any_name_may_be_a_constant,
    test_any_name_may_be_an_input,
    test_any_name_may_be_the_target,
)
from tests.random_laws import grid, random_laws


def line_of(language: str, sets: list[tuple[list[Law], list[np.ndarray]]]) -> str:
    """What came out for a language, of sets of laws with their tolerances."""
    if language not in PRESENT:
        return f"{language:<11} no runtime"
    columns = grid()
    n_laws = rows = numbers = differ = left_out = 0
    examples: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (laws, tolerances) in enumerate(sets):
            found = run(language, laws, columns, Path(folder) / str(i))
            n_laws += len(laws)
            for law, values, allowed in zip(laws, found, tolerances, strict=True):
                bad = disagreements(law, columns, values, allowed)
                examples += bad[:1]
                differ += len(bad)
                rows += len(values)
                numbers += int(np.isfinite(values).sum())
                left_out += int(np.isinf(allowed).sum())
        for i, named in enumerate((test_any_name_may_be_the_target, test_any_name_may_be_a_constant)):
            (Path(folder) / f"names{i}").mkdir()
            named(Path(folder) / f"names{i}", language)
        test_any_name_may_be_an_input(Path(folder) / "inputs", language, "y")
    said = f"{n_laws} laws x {len(columns['a'])} rows: {rows - differ - left_out} of {rows - left_out} agree"
    said += f" ({numbers} are numbers, {left_out} left out: the last digit decides); {len(EVERY_NAME)} names compile"
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


if __name__ == "__main__":
    main()
