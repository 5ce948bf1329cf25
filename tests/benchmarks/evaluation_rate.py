"""How fast formulas are evaluated, beside pyoperon in the same run: ``python tests/benchmarks/evaluation_rate.py``.

Both get the same random trees over operators that both have, and the same rows, and write to arrays that are there
already. A node of a tree on a row is a node-row; the nodes are those of the tree, for either. pyoperon computes in
single precision, through its batch call ``EvaluateTrees``. One thread each, and the time is that of the processor,
so that other programs on the machine count less; the two take turns, a rate is the median of its repetitions, and a
ratio the median of the ratios within a turn. No operation has constants alone as operands, since symreg would compute
it once for all rows. Values are compared as well. ``--two-threads`` shows symreg with two threads beside one instead,
by the clock on the wall; it needs two cores that nobody else uses, or ``chrt --rr 1`` in front of the command.

pyoperon is no dependency of symreg: ``pip install --no-deps --target FOLDER pyoperon``, then ``PYTHONPATH=FOLDER``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symreg.engine.compiled import CompiledEngine
from symreg.engine.operations import CONSTANT, VARIABLE
from symreg.engine.program import Program
from symreg.formula.operators import OPERATORS

try:
    import pyoperon
except ImportError:
    raise SystemExit(str(__doc__).splitlines()[-1]) from None

ARITHMETIC = ("+", "-", "*", "/")
FUNCTIONS = ("sqrt", "square", "exp", "log", "sin", "cos", "tanh")
THEIRS = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "sqrt": "Sqrt", "square": "Square", "exp": "Exp", "log": "Log",
    "sin": "Sin", "cos": "Cos", "tanh": "Tanh",
}  # fmt: skip
N_INPUTS = 5
OPCODES = {name: row.opcode for name, row in OPERATORS.items()}
BINARY = [name for name, row in OPERATORS.items() if row.arity == 2]

Tree = Any  # int (a column) | float (a constant) | tuple[str, Tree] | tuple[str, Tree, Tree]


def random_tree(rng: np.random.Generator, size: int, operators: Sequence[str]) -> Tree:
    """A tree of that many nodes, each operator as likely as any other that fits."""
    if size == 1:
        return float(rng.uniform(0.5, 2)) if rng.random() < 0.25 else int(rng.integers(N_INPUTS))
    name = str(rng.choice([one for one in operators if size > 2 or one not in BINARY]))
    if name not in BINARY:
        return (name, _not_constant(rng, random_tree(rng, size - 1, operators)))
    left = int(rng.integers(1, size - 1))
    if all(one in BINARY for one in operators):
        left |= 1  # then all sizes are odd
    operands = random_tree(rng, left, operators), random_tree(rng, size - 1 - left, operators)
    if isinstance(operands[0], float):
        operands = operands[0], _not_constant(rng, operands[1])
    return (name, *operands)


def _not_constant(rng: np.random.Generator, tree: Tree) -> Tree:
    return int(rng.integers(N_INPUTS)) if isinstance(tree, float) else tree


def nodes(tree: Tree) -> int:
    """How many there are."""
    return 1 + sum(nodes(operand) for operand in tree[1:]) if isinstance(tree, tuple) else 1


def ours(tree: Tree) -> tuple[Program, NDArray[np.float64]]:
    """The tree as a program, a row for each node, with its constants as free ones."""
    rows: list[tuple[int, int, int]] = []
    constants: list[float] = []

    def place(node: Tree) -> int:
        if isinstance(node, tuple):
            operands = [place(operand) for operand in node[1:]]
            rows.append((OPCODES[node[0]], operands[0], operands[-1] if len(operands) == 2 else 0))
        elif isinstance(node, float):
            rows.append((CONSTANT, len(constants), 0))
            constants.append(node)
        else:
            rows.append((VARIABLE, node, 0))
        return len(rows) - 1

    place(tree)
    return Program(np.array(rows), N_INPUTS, len(constants), np.empty(0)), np.array(constants)


def theirs(tree: Tree, hashes: Sequence[int]) -> Any:
    """The tree as pyoperon has it: operands before their operator, the last one first."""
    found: list[Any] = []

    def place(node: Tree) -> None:
        if isinstance(node, tuple):
            for operand in reversed(node[1:]):
                place(operand)
            found.append(pyoperon.Node(getattr(pyoperon.NodeType, THEIRS[node[0]])))
        elif isinstance(node, float):
            found.append(pyoperon.Node(pyoperon.NodeType.Constant))
            found[-1].Value = node
        else:
            found.append(pyoperon.Node(pyoperon.NodeType.Variable, hashes[node]))
            found[-1].Value = 1.0

    place(tree)
    made = pyoperon.Tree(found)
    made.UpdateNodes()
    return made


Run = Callable[[], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Contest:
    """The same trees and rows for all; each run returns the values ``(n_trees, n_rows)``."""

    node_rows: int
    pyoperon: Run
    float64: Callable[[int], Run]  # with so many threads
    float32: Callable[[int], Run]

    def rates(self, runs: dict[str, Run], repeats: int, clock: Callable[[], float]) -> dict[str, NDArray[np.float64]]:
        """10^9 node-rows a second in every repetition; the runs take turns."""
        seconds: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(repeats):
            for name, run in runs.items():
                started = clock()
                run()
                seconds[name].append(clock() - started)
        return {name: self.node_rows / np.array(taken) / 1e9 for name, taken in seconds.items()}


def contest(operators: Sequence[str], n_trees: int, n_rows: int, engine: CompiledEngine) -> Contest:
    """Random trees of 10 to 41 nodes over columns between 0.5 and 3."""
    rng = np.random.default_rng(0)
    columns = rng.uniform(0.5, 3, (N_INPUTS, n_rows)).astype(np.float32)
    trees = [random_tree(rng, int(size) | 1, operators) for size in rng.integers(10, 41, n_trees)]
    matrix = np.asfortranarray(columns.T)
    dataset = pyoperon.Dataset(matrix)
    hashes = [variable.Hash for variable in sorted(dataset.Variables, key=lambda one: int(one.Name[1:]))]
    their_trees = [theirs(tree, hashes) for tree in trees]
    assert [tree.Length for tree in their_trees] == [nodes(tree) for tree in trees]
    programs, constants = zip(*(ours(tree) for tree in trees), strict=True)
    X, many = columns.astype(np.float64), (n_trees, n_rows)
    result, single, double = np.empty(many, np.float32), np.empty(many, np.float32), np.empty(many)

    def operon(kept: NDArray[Any] = matrix) -> NDArray[Any]:  # the dataset only looks at the memory of the matrix
        pyoperon.EvaluateTrees(their_trees, dataset, pyoperon.Range(0, n_rows), result, 1)
        return result

    return Contest(
        sum(map(nodes, trees)) * n_rows,
        operon,
        lambda threads: lambda: engine.evaluate_many(programs, X, constants, threads=threads, out=double),
        lambda threads: lambda: engine.evaluate_many_float32(programs, columns, constants, threads=threads, out=single),
    )


def agreement(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The share of values that are the same to 0.1 %, or undefined in both."""
    with np.errstate(all="ignore"):
        return float(np.isclose(one, other, rtol=1e-3, atol=1e-6, equal_nan=True).mean())


def beside_pyoperon(match: Contest, repeats: int) -> str:
    """Rates on one thread, ratios to pyoperon, and how many values agree with its own."""
    runs = {"pyoperon": match.pyoperon, "float64": match.float64(1), "float32": match.float32(1)}
    wanted = runs["pyoperon"]()
    agree = {name: agreement(run(), wanted) for name, run in runs.items()}
    rates = match.rates(runs, repeats, time.process_time)
    cells = [f"pyoperon {np.median(rates['pyoperon']):5.2f}"]
    for name in ("float64", "float32"):
        ratio = np.median(rates[name] / rates["pyoperon"])
        cells.append(f"{name} {np.median(rates[name]):5.2f} ({ratio:.2f} x, {agree[name]:.1%} agree)")
    return "  ".join(cells)


def on_two_threads(match: Contest, repeats: int) -> str:
    """How many times as fast two threads are as one."""
    cells = []
    for name, made in (("float64", match.float64), ("float32", match.float32)):
        rates = match.rates({"one": made(1), "two": made(2)}, repeats, time.perf_counter)
        one, two = (np.median(rates[threads]) for threads in ("one", "two"))
        cells.append(f"{name} {one:5.2f}, two threads {two:5.2f} ({np.median(rates['two'] / rates['one']):.2f} x)")
    return "  ".join(cells)


def main() -> None:
    """Print rates and ratios, by operators and rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--instructions", default="newest", help="newest, avx2 or baseline")
    parser.add_argument("--two-threads", action="store_true", help="compare two threads with one, not with pyoperon")
    asked = parser.parse_args()
    engine = CompiledEngine(asked.instructions)
    show = on_two_threads if asked.two_threads else beside_pyoperon
    print(f"{asked.trees} trees of 10 to 41 nodes; 10^9 node-rows a second")
    for title, operators in (("arithmetic", ARITHMETIC), ("all operators", (*ARITHMETIC, *FUNCTIONS))):
        for n_rows in (1000, 10_000):
            match = contest(operators, asked.trees, n_rows, engine)
            print(f"{title:14}{n_rows:>6} rows  {show(match, asked.repeats)}", flush=True)


if __name__ == "__main__":
    main()
