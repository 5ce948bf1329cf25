"""Mutation testing of the modules that decide: change one thing of a module, and see whether its tests notice.

    python tests/mutants.py [MODULE ...] [--each 40] [--seed 0] [--jobs 2]

``make mutants`` takes a sample of the changes of each module. They are made by Cosmic Ray, in copies of the tree. A
change that no test notices is printed with its place: either a test is missing, or the rule is not needed.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from queue import Queue

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]

DECIDING = {
    "symreg/laws/selection.py": ("tests/laws/test_selection.py", "tests/laws/test_law.py"),
    "symreg/formula/bits.py": ("tests/formula/test_bits.py",),
    "symreg/formula/curve_models.py": ("tests/formula/test_curve_models.py",),
    "symreg/finishing/bits.py": ("tests/finishing/test_bits.py", "tests/finishing/test_finisher.py"),
    "symreg/finishing/finisher.py": ("tests/finishing/test_keeping.py",),
    "symreg/finishing/passes.py": ("tests/finishing/test_passes_one_by_one.py",),
    "symreg/finishing/snapping.py": ("tests/finishing/test_snapping.py",),
    "symreg/search/native/progress.py": ("tests/search/native/test_progress.py", "tests/search/native/test_endings.py"),
    "symreg/search/native/noise.py": (
        "tests/search/native/test_noise_is_asked.py",
        *(f"tests/search/native/test_noise.py::test_{name}" for name in (
            "errors_that_are_a_part_of_each_value_are_told", "errors_that_are_alike_are_told", "where_errors_may_grow",
            "exact_data_have_no_errors_to_grow", "a_scale_of_the_target_means_nothing",
            "relative_errors_have_a_geometric_mean_of_one",
        )),
    ),
    "symreg/search/native/proposal.py": ("tests/search/native/test_proposal.py",),
    "symreg/search/native/bank/admission.py": ("tests/search/native/bank/test_what_is_admitted.py",),
}
"""What decides which formulas are kept, selected, shown and believed; and the tests that must notice."""

OPPOSITES = re.compile(
    r"NumberReplacer|AddNot|TrueWithFalse|FalseWithTrue|AndWithOr|OrWithAnd|BreakWith|ContinueWith|ZeroIteration|Delete_"
    r"|Comparison\w*_(Lt_GtE|LtE_Gt|Gt_LtE|GtE_Lt|Lt_LtE|Gt_GtE|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)$"
    r"|Binary\w*_(Add_Sub|Sub_Add|Mul_Div|Div_Mul)$"
)
"""Of Cosmic Ray's changes those that make an opposite or a neighbour; it has a dozen others for each ``+``."""

OF_THE_COPY = (
    "import sys; sys.meta_path = [one for one in sys.meta_path if 'ScikitBuild' not in type(one).__name__]; "
    "sys.path.insert(0, '.'); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
)
"""Runs the tests with the package of the working folder, not with the one that is installed in editable form."""

LONGEST = 300.0
"""Seconds for the tests of a change; they take less, and one that makes them endless is noticed by that."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a module: the text that it leaves, and which tests must notice."""

    module: str
    tests: Sequence[str]
    text: str

    @property
    def difference(self) -> str:
        before = (ROOT / self.module).read_text(encoding="utf-8").splitlines()
        return "\n".join(unified_diff(before, self.text.splitlines(), self.module, "changed", lineterm="", n=0))


def main() -> int:
    """Try a sample of the changes of each module; 1 where tests are red without any."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(DECIDING)}; all without one")
    words.add_argument("--each", type=int, default=40, help="changes of a module at most (%(default)s)")
    words.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    words.add_argument("--jobs", type=int, default=2, help="at once (%(default)s)")
    asked = words.parse_args()
    modules = {module: DECIDING[module] for module in asked.modules or DECIDING}
    with tempfile.TemporaryDirectory() as folder:
        copies: Queue[Path] = Queue()
        for job in range(asked.jobs):
            copies.put(copied_to(Path(folder) / str(job)))
        with ThreadPoolExecutor(asked.jobs) as pool:
            unchanged = [Change(one, tests, (ROOT / one).read_text(encoding="utf-8")) for one, tests in modules.items()]
            if not all(pool.map(lambda one: survives(one, copies), unchanged)):
                print("Tests fail without a change: mend them first.", file=sys.stderr)
                return 1
            for module, tests in modules.items():
                changes = sample(module, tests, asked.each, asked.seed)
                survived = list(pool.map(lambda one: survives(one, copies), changes))
                for change in (one for one, alive in zip(changes, survived, strict=True) if alive):
                    print(change.difference, end="\n\n")
                killed = len(changes) - sum(survived)
                print(f"{module}: {killed} of {len(changes)} noticed, {killed / len(changes):.0%}\n", flush=True)
    return 0


def copied_to(folder: Path) -> Path:
    """The tree as git knows it, with the compiled engine beside its Python."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for engine in Path(sys.prefix).glob("lib/python*/site-packages/symreg/engine/*_core*"):
        shutil.copy2(engine, folder / "symreg/engine" / engine.name)
    return folder


def sample(module: str, tests: Sequence[str], each: int, seed: int) -> list[Change]:
    """Changes of a module, drawn without regard to where they stand."""
    text = (ROOT / module).read_text(encoding="utf-8")
    every = list(places(text))
    drawn = random.Random(seed).sample(every, min(each, len(every)))
    made = (mutate_code(text, get_operator(name)(), occurrence) for name, occurrence in drawn)
    return [Change(module, tests, one) for one in made if one is not None and decides(text, one)]


def decides(before: str, after: str) -> bool:
    """Whether the change is in what is done: decorators and signatures say how it is called."""
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    changed = next((one.strip() for one, other in lines if one != other), "")
    return not changed.startswith(("@", "def ", "*,"))


def places(text: str) -> Iterator[tuple[str, int]]:
    """Operators of Cosmic Ray, and at which of their occurrences they can change the text."""
    nodes = list(ast_nodes(get_ast(text)))
    for name in filter(OPPOSITES.search, operator_names()):
        operator = get_operator(name)()
        count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
        yield from ((name, occurrence) for occurrence in range(count))


def survives(change: Change, copies: Queue[Path]) -> bool:
    """Whether the tests stay green in a copy that holds the change."""
    copy = copies.get()
    place = copy / change.module
    before = place.read_bytes()
    try:
        place.write_text(change.text, encoding="utf-8")
        command = [sys.executable, "-B", "-c", OF_THE_COPY, "-x", "-q", "-p", "no:cacheprovider", *change.tests]
        return subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=LONGEST).returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        place.write_bytes(before)
        copies.put(copy)


if __name__ == "__main__":
    sys.exit(main())
