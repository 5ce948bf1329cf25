"""How fast formulas are evaluated, beside pyoperon in the same run: ``python tests/benchmarks/evaluation_rate.py``.

Both get the same random trees over operators that both have, and the same rows; a node of a tree on a row is a
node-row, and each node is counted once for either. pyoperon computes in single precision through its batch call
``EvaluateTrees``, into an array that it is given; ``evaluate_many`` makes its own. The two take turns; a figure is the
median of its repetitions, and a ratio that of the ratios within one turn. No operation has constants alone as operands, since
symreg would compute it once. Values are compared before anything is timed. pyoperon is no dependency of symreg:
``pip install --no-deps --target FOLDER pyoperon`` and ``PYTHONPATH=FOLDER``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symreg.engine import get_engine
from symreg.engine.program import BINARY, CONSTANT, OPCODES, VARIABLE, Program

try:
    import pyoperon
except ImportError:
    raise SystemExit(str(__doc__).splitlines()[-2] + "\n" + str(__doc__).splitlines()[-1]) from None

ARITHMETIC = ("+", "-", "*", "/")
FUNCTIONS = ("sqrt", "square", "exp", "log", "sin", "cos", "tanh")
THEIRS = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "sqrt": "Sqrt", "square": "Square", "exp": "Exp", "log": "Log",
    "sin": "Sin", "cos": "Cos", "tanh": "Tanh",
}  # fmt: skip
N_INPUTS = 5
clock = time.process_time

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


@dataclass(frozen=True, slots=True)
class Contest:
    """The same trees and rows for all; each run returns the values ``(n_trees, n_rows)``."""

    node_rows: int
    runs: dict[str, Callable[[], NDArray[Any]]]

    def rates(self, repeats: int) -> dict[str, NDArray[np.float64]]:
        """Node-rows a second of every run and repetition; the runs take turns."""
        seconds: dict[str, list[float]] = {name: [] for name in self.runs}
        for _ in range(repeats):
            for name, run in self.runs.items():
                started = clock()
                run()
                seconds[name].append(clock() - started)
        return {name: self.node_rows / np.array(taken) for name, taken in seconds.items()}


def contest(operators: Sequence[str], n_trees: int, n_rows: int, threads: int) -> Contest:
    """Random trees of 10 to 40 nodes over columns between 0.5 and 3."""
    rng = np.random.default_rng(0)
    columns = rng.uniform(0.5, 3, (N_INPUTS, n_rows)).astype(np.float32)
    trees = [random_tree(rng, int(size) | 1, operators) for size in rng.integers(10, 41, n_trees)]
    matrix = np.asfortranarray(columns.T)  # pyoperon's Dataset looks at this memory; it must live as long
    dataset = pyoperon.Dataset(matrix)
    hashes = [variable.Hash for variable in sorted(dataset.Variables, key=lambda one: int(one.Name[1:]))]
    their_trees = [theirs(tree, hashes) for tree in trees]
    assert [tree.Length for tree in their_trees] == [nodes(tree) for tree in trees]
    programs, constants = zip(*(ours(tree) for tree in trees), strict=True)
    result, X, engine = np.empty((n_trees, n_rows), dtype=np.float32), columns.astype(np.float64), get_engine("compiled")

    def operon() -> NDArray[Any]:
        assert matrix.size
        pyoperon.EvaluateTrees(their_trees, dataset, pyoperon.Range(0, n_rows), result, threads)
        return result

    def double() -> NDArray[Any]:
        return engine.evaluate_many(programs, X, constants, threads=threads)

    def single() -> NDArray[Any]:
        return engine.evaluate_many(programs, columns, constants, threads=threads, dtype=np.float32)

    runs = {"pyoperon": operon, "float64": double, "float32": single}
    return Contest(sum(map(nodes, trees)) * n_rows, runs)


def agreement(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The share of values that are the same to 0.1 %, or undefined in both."""
    with np.errstate(all="ignore"):
        return float(np.isclose(one, other, rtol=1e-3, atol=1e-6, equal_nan=True).mean())


def main() -> None:
    """Print the rates in 10^9 node-rows a second and their ratios to pyoperon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    print(f"{asked.trees} trees of 10 to 40 nodes, {asked.threads} threads; 10^9 node-rows a second, ratio to pyoperon")
    for title, operators in (("arithmetic", ARITHMETIC), ("all operators", (*ARITHMETIC, *FUNCTIONS))):
        for n_rows in (1000, 10_000):
            match = contest(operators, asked.trees, n_rows, asked.threads)
            values = {name: run() for name, run in match.runs.items()}
            rates = match.rates(asked.repeats)
            cells = [
                f"{name} {np.median(rate) / 1e9:5.2f} ({np.median(rate / rates['pyoperon']):.2f} x, "
                f"agrees {agreement(values[name], values['pyoperon']):.1%})"
                for name, rate in rates.items()
            ]
            print(f"{title:15}{n_rows:>7} rows  " + "  ".join(cells), flush=True)


if __name__ == "__main__":
    main()
