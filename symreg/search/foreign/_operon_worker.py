"""Operon in a child process: a table in, formulas out, generation by generation.

The only importer of pyoperon, a binding to C++ that may abort its process and does not heed interrupts (Burlacu,
Kronberger and Kommenda 2020, "Operon C++", GECCO companion). NSGA-II over error and length; every coefficient is
refined by Levenberg-Marquardt while the search goes on. What leaves this process is text, which our own parser reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyoperon as operon

from symreg.worker import converse

STARTED = time.monotonic()
DIGITS = 9  # printed of a coefficient, which is fitted again
LONGEST_REST = 0.5  # seconds between reports
SMALLEST_OFFSET = 1e-6  # of the target's spread: a smaller one is rounding

# Our operators and the function of Operon that computes each.
OPERON_NAMES = {
    "+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "pow": "Pow", "square": "Square", "sqrt": "Sqrt", "exp": "Exp",
    "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan",
    "sinh": "Sinh", "cosh": "Cosh", "tanh": "Tanh", "abs": "Abs",
}  # fmt: skip
MUTATIONS: tuple[tuple[float, Callable[..., Any]], ...] = (
    (1.0, lambda pset, creator, initialiser, inputs: operon.NormalOnePointMutation()),
    (1.0, lambda pset, creator, initialiser, inputs: operon.ChangeVariableMutation(inputs)),
    (1.0, lambda pset, creator, initialiser, inputs: operon.ChangeFunctionMutation(pset)),
    (1.0, lambda pset, creator, initialiser, inputs: operon.ReplaceSubtreeMutation(creator, initialiser, 10, 50)),
    (1.0, lambda pset, creator, initialiser, inputs: operon.RemoveSubtreeMutation(pset)),
)


def search(question: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Run Operon on ``inputs`` ``(n_inputs, n_rows)`` and ``target`` ``(n_rows,)``; say the front every half second."""
    table = np.asfortranarray(np.array([*question["inputs"], question["target"]], dtype=np.float64).T)
    data = operon.Dataset(table)
    columns = sorted(data.Variables, key=lambda one: one.Index)
    names = {one.Hash: name for one, name in zip(columns, question["names"], strict=False)}
    problem = operon.Problem(data)
    problem.TrainingRange, problem.TestRange = operon.Range(0, data.Rows), operon.Range(data.Rows - 1, data.Rows)
    problem.Target, problem.InputHashes = columns[-1], list(names)
    problem.ConfigurePrimitiveSet(_primitives(question["operators"]))
    longest, limit = question["max_length"], question["evaluations"]
    seconds = max(1, int(question["seconds"] - (time.monotonic() - STARTED)))  # Operon counts whole ones
    pset, inputs = problem.PrimitiveSet, list(names)

    # Operon holds pointers to these: each needs a name that lives as long as the search.
    creator = operon.BalancedTreeCreator(pset, inputs, 0.0)
    initialiser = operon.NormalCoefficientInitializer()
    initialiser.ParameterizeDistribution(0, 1)
    dispatch = operon.DispatchTable()
    optimiser = operon.LMOptimizer(dispatch, problem, question["local_iterations"], data.Rows)
    error, length = operon.Evaluator(problem, dispatch, operon.R2(), True), operon.LengthEvaluator(problem)
    evaluator = operon.MultiEvaluator(problem)
    for one in (error, length):
        one.Budget = limit
        evaluator.Add(one)
    evaluator.Budget = limit
    compare = operon.CrowdedComparison()
    selector = operon.TournamentSelector(compare)
    selector.TournamentSize = 5
    crossover = operon.SubtreeCrossover(0.9, 10, longest)
    mutation = operon.MultiMutation()
    kept = [(make(pset, creator, initialiser, inputs), share) for share, make in MUTATIONS]
    for one, share in kept:
        mutation.Add(one, share)
    coefficients = operon.CoefficientOptimizer(optimiser)
    generator = operon.BasicOffspringGenerator(evaluator, crossover, mutation, selector, selector, coefficients)
    reinserter = operon.KeepBestReinserter(compare)
    trees = operon.UniformLengthTreeInitializer(creator)
    trees.ParameterizeDistribution(pset.FunctionArityLimits()[0] + 1, longest)
    trees.MinDepth, trees.MaxDepth = 1, 1000
    config = _config(question, limit, seconds)
    sorter = operon.RankSorter()
    algorithm = operon.NSGA2Algorithm(config, problem, trees, initialiser, generator, reinserter, sorter)
    began = said = time.monotonic()

    def report() -> dict[str, Any]:
        found = (_scaled(one.Genotype, names, dispatch, problem, data, table[:, -1]) for one in algorithm.BestFront)
        front = [text for texts in found for text in texts]
        return {"formulas": front, "evaluated": error.CallCount, "generation": algorithm.Generation}

    def after_generation() -> None:
        nonlocal said
        if time.monotonic() - said > LONGEST_REST:
            said = time.monotonic()
            say(report())

    algorithm.Run(operon.RandomGenerator(np.uint64(question["seed"])), after_generation, question["threads"], False)
    late = time.monotonic() - began >= 0.9 * seconds
    return {**report(), "done": "time" if late else "evaluations" if error.CallCount >= limit else "exact"}


def _config(question: dict[str, Any], limit: int, seconds: int) -> Any:
    """How many trees there are, how they change, and when the search ends."""
    return operon.GeneticAlgorithmConfig(
        generations=question["generations"], max_evaluations=limit, local_iterations=question["local_iterations"],
        population_size=question["population"], pool_size=question["population"], p_crossover=1.0, p_mutation=0.25,
        p_local=1.0, p_lamarck=1.0, epsilon=1e-5, seed=question["seed"], max_time=seconds,
    )  # fmt: skip


def _scaled(
    tree: Any, names: dict[int, str], dispatch: Any, problem: Any, data: Any, target: npt.NDArray[np.float64]
) -> list[str]:
    """The formula with the factor and the offset that the error leaves open, and without the offset."""
    values = operon.Evaluate(dispatch, tree, data, problem.TrainingRange)
    factor, offset = operon.FitLeastSquares(values, target)
    text = f"({factor:.9g})*({operon.InfixFormatter.Format(tree, names, DIGITS)})"
    spread = float(np.std(target))
    return [text, f"{text} + ({offset:.9g})"] if abs(offset) > SMALLEST_OFFSET * spread else [text]


def _primitives(operators: list[str]) -> Any:
    """The set of functions that trees are made of, with variables and constants."""
    kinds = operon.NodeType.Constant | operon.NodeType.Variable
    for name in operators:
        kinds |= getattr(operon.NodeType, OPERON_NAMES[name])
    return kinds


if __name__ == "__main__":
    converse(search)
