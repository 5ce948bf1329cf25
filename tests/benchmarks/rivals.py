"""Forms found by symreg beside pyoperon, gplearn and RILS-ROLS: the same rows, the same seconds, one thread:

    python tests/benchmarks/rivals.py everyday --rows larger --noise none --every 3 --seconds 20 \
        --engines native,operon,gplearn,rils-rols

``native`` and ``operon`` are symreg with that backend; they are given the table with its units and the names of known
constants. The others know no units and are given numbers: SI values of the columns, or with ``--columns own`` the
numbers of the table. gplearn and RILS-ROLS are run as they come from PyPI (``pip install gplearn``; RILS-ROLS is built
from source: ``pip install pybind11 setuptools wheel``, then ``pip install --no-build-isolation rils-rols``), in a
child process, with the functions below where they must be told any and as many generations or fits as there is time
for. The seconds do not count imports of these.

What is not even: in SI units columns may be very small or large, where gplearn protects its functions (a divisor below
0.001 gives 1) and RILS-ROLS prints six decimals; ``--columns own`` is kinder where numbers of the table are moderate.
``operon`` searches Pi groups where columns have units, so that it misses laws with constants of other dimensions;
that is symreg's way to use it and not pyoperon's own.

Their formulas become trees in which every number is a free constant that begins at its value, but for small whole
exponents. ``FormJudge`` asks of them what it asks of symreg: constants refitted to clean rows, exact to a millionth of
the spread, no more constants than the truth has. They are judged in four writings and the best one counts: as they are,
with constants merged that no fit could tell apart, and both again with whole numbers kept as what they are.

"By value" counts what is exact to a millionth of the spread (R² of 1 - 1e-12) on clean rows, however many constants
it has (up to ``MOST_CONSTANTS``): as it stands, or with its constants refitted. "As it stands" is without refitting.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core is one core
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from symreg.benchmark.forms.judge import TOLERANCE, FormJudge
from symreg.benchmark.forms.problems import FormTrial, form_trials, load_forms
from symreg.benchmark.forms.sampling import clean_table, noisy_table
from symreg.benchmark.forms.trial import form_problem
from symreg.benchmark.trial import Settings, native_search
from symreg.errors import SymregError
from symreg.finishing.canonical.canonical_form import canonical_form
from symreg.finishing.canonical.reparametrising import Form, Surroundings
from symreg.formula.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Variable,
    canonical,
    complexity,
    evaluate_tree,
    substitute,
)
from symreg.formula.grammar import parse
from symreg.formula.printing import to_text
from symreg.laws.law import Law, LawConstant, Score
from symreg.tables.table import Table
from symreg.units.dimension import DIMENSIONLESS
from symreg.units.unit import DIMENSIONLESS_UNIT

Floats = np.ndarray[Any, np.dtype[np.float64]]
FUNCTIONS = ("mul", "add", "sub", "div", "sqrt", "log", "sin", "cos", "inv")  # and exp, which gplearn has not
LARGEST_ARGUMENT = 100.0  # of gplearn's exp
LARGEST_WHOLE, LARGEST_EXPONENT = 10, 12
MOST_CONSTANTS = 25  # that are refitted by value
MOST_MERGED = 150  # complexity
GRACE = 1.0  # seconds after which a rival that has not ended is killed
NO_SCORE = Score(float("nan"), float("nan"), 0)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Rows to learn from and clean rows to judge by, as numbers; ``scales`` turn each column's SI value into them.

    A column's number is its SI value over the first of its scales, less the second.
    """

    names: tuple[str, ...]
    X: Floats
    y: Floats
    clean: Floats
    scales: Mapping[str, tuple[float, float]]
    target: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a search: its form was found, its values are right (perhaps refitted; as they stand), seconds."""

    recovered: bool = False
    by_value: bool = False
    as_it_stands: bool = False
    seconds: float = float("nan")
    formula: str = ""


# -- the rivals, each in a process of its own: ``say`` sends the best formula so far and its values on clean rows

Say = Callable[[str, Floats], None]


def exponential(x: Floats) -> Floats:
    """The exponential function with its argument bounded, as gplearn needs it."""
    return np.asarray(np.exp(np.minimum(x, LARGEST_ARGUMENT)))


def run_gplearn(data: Data, seconds: float, seed: int, say: Say, begin: Callable[[], None]) -> None:
    """One generation after the other; what is said is the best of all of them."""
    genetic, functions = (importlib.import_module(f"gplearn.{name}") for name in ("genetic", "functions"))
    own = functions.make_function(function=exponential, name="exp", arity=1)
    model = genetic.SymbolicRegressor(
        function_set=(*FUNCTIONS, own), generations=1, warm_start=True, low_memory=True, random_state=seed
    )
    best, started = float("inf"), time.monotonic()
    begin()
    while best > 0 and time.monotonic() - started < seconds:
        model.fit(data.X, data.y)
        model.set_params(generations=model.generations + 1)
        program = model._program
        if program.raw_fitness_ < best:
            best = float(program.raw_fitness_)
            parts = [part if isinstance(part, int | float) else part.name for part in program.program]
            say(json.dumps(parts), program.execute(data.clean))


def run_rils_rols(data: Data, seconds: float, seed: int, say: Say, begin: Callable[[], None]) -> None:
    """The regressor with its time as its only limit; it stops in the second after ``max_time``."""
    library = importlib.import_module("rils_rols.rils_rols")
    most = max(round(seconds) - 1, 0)
    model = library.RILSROLSRegressor(max_fit_calls=10**9, max_time=most, random_state=seed)
    model.call_model_symplify = lambda: None  # sympy after the search, up to 2 s: the model's own text is read
    begin()
    model.fit(data.X, data.y)
    say(model.model, np.asarray(model.predict(data.clean)))


def read_gplearn(text: str, names: Sequence[str]) -> Expression:
    """The tree of a program, which is a list in prefix order: names of functions, places of columns, numbers."""
    operators = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
    stack: list[Expression] = []
    for part in reversed(json.loads(text)):
        if isinstance(part, int):
            stack.append(Variable(names[part]))
        elif isinstance(part, float):
            stack.append(Number(part))
        elif part in operators:
            stack.append(Apply(operators[part], (stack.pop(), stack.pop())))
        elif part in ("sqrt", "log"):  # of the absolute value: so they are protected
            stack.append(Apply(part, (Apply("abs", (stack.pop(),)),)))
        else:
            stack.append(Apply(part, (stack.pop(),)))
    return stack.pop()


def read_rils_rols(text: str, names: Sequence[str]) -> Expression:
    """The tree of a model's text, in which columns are x0, x1, ..."""
    tree = parse(text, variables=[f"x{place}" for place in range(len(names))])
    return substitute(tree, {Variable(f"x{place}"): Variable(name) for place, name in enumerate(names)})


# By engine: the module it needs, how it runs and how its formula is read.
RIVALS: dict[str, tuple[str, Callable[..., None], Callable[[str, Sequence[str]], Expression]]] = {
    "gplearn": ("gplearn", run_gplearn, read_gplearn),
    "rils-rols": ("rils_rols", run_rils_rols, read_rils_rols),
}
ENGINES = ("native", "operon", *RIVALS)


def child(engine: str, data: Data, seconds: float, seed: int, wire: Connection) -> None:
    """Run a rival; it says "begin" when its imports are done, and "end"."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    np.seterr(all="ignore")
    try:
        RIVALS[engine][1](
            data, seconds, seed, lambda text, values: wire.send(("best", text, values)), lambda: wire.send(("begin",))
        )
        wire.send(("end",))
    except Exception as error:  # one search that fails is told, and the others go on
        wire.send(("failed", f"{type(error).__name__}: {error}"))


def run_rival(engine: str, data: Data, seconds: float, seed: int) -> tuple[str, Floats, float]:
    """The last formula that a rival gave in its time, its values on clean rows, and the seconds it took."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(engine, data, seconds, seed, theirs), daemon=True)
    process.start()
    theirs.close()
    best: tuple[str, Floats] | None = None
    started, deadline = time.monotonic(), time.monotonic() + 120  # to import
    try:
        while ours.poll(max(deadline - time.monotonic(), 0)):
            message = ours.recv()
            if message[0] == "begin":
                started = time.monotonic()
                deadline = started + seconds + GRACE
            elif message[0] == "best":
                best = message[1], np.asarray(message[2], dtype=np.float64)
            elif message[0] == "failed":
                raise RuntimeError(message[1])
            else:
                break
    finally:
        spent = time.monotonic() - started
        process.kill()
        process.join()
    if best is None:
        raise RuntimeError("no formula")
    return *best, spent


# -- what is asked of their formulas


def with_free_constants(tree: Expression, whole: bool) -> tuple[Expression, dict[str, float]]:
    """The tree with names for its numbers, and their values; with ``whole``, small whole numbers stay numbers."""
    values: dict[str, float] = {}

    def rebuilt(node: Expression, is_exponent: bool) -> Expression:
        if isinstance(node, Apply):
            power = node.operator == "pow"
            return Apply(node.operator, tuple(
                rebuilt(part, power and place == 1) for place, part in enumerate(node.arguments)
            ))  # fmt: skip
        if not isinstance(node, Number):
            return node
        value = float(node.value)
        largest = LARGEST_EXPONENT if is_exponent else LARGEST_WHOLE if whole else -1
        if value == round(value) and abs(value) <= largest:
            return Number(Fraction(round(value)))
        name = f"number_{len(values) + 1}"
        values[name] = value
        return Constant(name)

    return rebuilt(tree, False), values


def writings(tree: Expression, data: Data) -> Iterator[tuple[Expression, dict[str, float]]]:
    """The formula with its constants, in the ways in which it is judged."""
    around = Surroundings(
        dict.fromkeys(data.names, DIMENSIONLESS), dict(zip(data.names, data.X.T, strict=True)), {}, lambda _: True
    )
    for whole in (False, True):
        free, values = with_free_constants(tree, whole)
        yield free, values
        if complexity(free) <= MOST_MERGED:
            form = Form.of(free, dict.fromkeys(values, DIMENSIONLESS), values, around)
            try:
                with np.errstate(all="ignore"):
                    merged = canonical_form(form)
            except (SymregError, ArithmeticError, TypeError, ValueError):  # a formula as no search of ours writes them
                continue
            yield merged.expression, dict(merged.values)


def law_of(tree: Expression, values: Mapping[str, float], data: Data) -> Law:
    """A law whose inputs are SI values; how these become the numbers that the rival saw are known constants of it."""
    known: dict[str, float] = {}

    def constant(name: str, value: float) -> Constant:
        known[name] = value
        return Constant(name)

    mapping: dict[Expression, Expression] = {}
    for place, name in enumerate(data.names):
        scale, offset = data.scales[name]
        number: Expression = Variable(name)
        if scale != 1:
            number = Apply("/", (number, constant(f"scale_{place}", scale)))
        if offset != 0:
            number = Apply("-", (number, constant(f"zero_{place}", offset)))
        mapping[Variable(name)] = number
    tree = substitute(tree, mapping)
    scale, offset = data.scales[data.target]
    if offset != 0:
        tree = Apply("+", (tree, constant("zero_of_target", offset)))
    if scale != 1:
        tree = Apply("*", (constant("scale_of_target", scale), tree))
    tree = canonical(tree)
    constants = [LawConstant(name, value, 0.0, DIMENSIONLESS_UNIT, "free") for name, value in values.items()]
    constants += [LawConstant(name, value, 0.0, DIMENSIONLESS_UNIT, "known") for name, value in known.items()]
    return Law(
        tree, to_text(tree), complexity(tree), DIMENSIONLESS_UNIT, True, NO_SCORE, NO_SCORE, float("nan"),
        tuple(constants), input_units=dict.fromkeys(data.names, DIMENSIONLESS_UNIT), target=data.target,
    )  # fmt: skip


class Referees:
    """One that counts constants, and one that does not mind them."""

    def __init__(self, trial: FormTrial) -> None:
        self.by_form, self.by_value = FormJudge(trial.problem), FormJudge(trial.problem)
        self.by_value.allowed = MOST_CONSTANTS

    def recovered(self, law: Law) -> bool:
        return self.by_form.verdict(law).holds

    def refitted(self, law: Law) -> bool:
        return self.by_value.verdict(law).holds

    def as_it_stands(self, values: Floats) -> bool:
        """Whether these SI values are those of the clean rows."""
        residuals = (np.broadcast_to(values, self.by_form.target.shape) - self.by_form.target) / self.by_form.spread
        return FormJudge._deviation(np.asarray(residuals)) <= TOLERANCE


def symreg_answer(backend: str, trial: FormTrial, seconds: float) -> Answer:
    """What symreg selects."""
    discovery = native_search(form_problem(trial), Settings(backend=backend, time=seconds, threads=1), trial.seed)
    if not discovery.front.laws:
        return Answer(seconds=discovery.wall_seconds, formula="no law")
    law, referees = discovery.front.best, Referees(trial)
    leaves: dict[str, Any] = {one.name: float(one.unit.to_si(one.value)) for one in law.constants}
    with np.errstate(all="ignore"):
        values = evaluate_tree(law.expression, leaves | referees.by_form.columns)
    recovered, stands = referees.recovered(law), referees.as_it_stands(values)
    by_value = recovered or stands or referees.refitted(law)
    return Answer(recovered, by_value, stands, discovery.wall_seconds, law.summary())


def rival_answer(engine: str, trial: FormTrial, seconds: float, columns: str) -> Answer:
    """What a rival's best formula is worth."""
    data = data_of(trial, columns)
    text, values, spent = run_rival(engine, data, seconds, trial.seed)
    referees, recovered, refitted = Referees(trial), False, False
    scale, offset = data.scales[data.target]
    stands = referees.as_it_stands((values + offset) * scale)
    try:
        tree = RIVALS[engine][2](text, data.names)
        for writing, constants in writings(tree, data):
            law = law_of(writing, constants, data)
            recovered = recovered or referees.recovered(law)
            refitted = refitted or recovered or referees.refitted(law)
            if recovered:
                break
        text = to_text(tree)
    except SymregError as error:  # longer than our grammar reads
        text = f"{error} {text}"
    return Answer(recovered, stands or refitted, stands, spent, text)


def data_of(trial: FormTrial, columns: str) -> Data:
    """The table of a trial as numbers."""
    table, clean = noisy_table(trial), clean_table(trial.problem)
    target = trial.problem.definition.target_name
    names = tuple(column.name for column in table.columns if column.name != target)
    scales = {}
    for column in table.columns:
        zero, one = (float(column.unit.to_si(number)) for number in (0.0, 1.0))
        scales[column.name] = (one - zero, zero / (one - zero)) if columns == "own" else (1.0, 0.0)

    def numbers(of: Table, name: str) -> Floats:
        scale, offset = scales[name]
        return np.asarray(of[name].values / scale - offset, dtype=np.float64)

    X, unseen = (np.stack([numbers(of, name) for name in names], axis=1) for of in (table, clean))
    return Data(names, X, numbers(table, target), unseen, scales, target)


def answered(engine: str, trial: FormTrial, seconds: float, columns: str) -> Answer:
    """The answer of any engine; a search that fails is an answer too."""
    try:
        if engine in RIVALS:
            return rival_answer(engine, trial, seconds, columns)
        return symreg_answer(engine, trial, seconds)
    except Exception as error:  # whatever breaks one search, the others go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        return Answer(formula=f"failed: {type(error).__name__} at {where}: {error}")


# -- the table


def main() -> None:
    """Print what each engine made of each form, and how many it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", help="everyday, mathematical, or another set or file of forms")
    parser.add_argument("--rows", default="larger")
    parser.add_argument("--noise", default="none")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth form")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each search; whole ones for rils-rols")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--columns", choices=("si", "own"), default="si", help="what rivals are given")
    parser.add_argument("--formulas", action="store_true", help="print what was found")
    asked = parser.parse_args()
    engines = available(asked.engines.split(","), parser)
    trials = form_trials(load_forms(asked.set), rows=asked.rows.split(","), noise=asked.noise.split(","))
    counts = {engine: np.zeros(3, dtype=int) for engine in engines}
    print(f"{asked.set}, {asked.seconds:g} s each, one thread: form found / exact by value / seconds")
    print(f"{'form':32}", *(f"{engine:>16}" for engine in engines), flush=True)
    chosen = trials[:: asked.every]
    for trial in chosen:
        print(f"{trial.problem.definition.id:32}", end="", flush=True)
        answers = []
        for engine in engines:
            answer = answered(engine, trial, asked.seconds, asked.columns)
            counts[engine] += (answer.recovered, answer.by_value, answer.as_it_stands)
            answers.append(answer)
            found = f"{word(answer.recovered)} / {word(answer.by_value)} / {answer.seconds:4.1f}"
            print(f" {found:>16}", end="", flush=True)
        print(flush=True)
        if asked.formulas:
            print(f"    {'truth':10} {trial.problem.definition.formula}")
        for engine, answer in zip(engines, answers, strict=True):
            if asked.formulas or answer.formula.startswith("failed"):
                print(f"    {engine:10} {answer.formula[:300]}", flush=True)
    for place, title in enumerate(("form found", "exact by value", "exact as it stands")):
        print(f"{title:32}", *(f"{f'{counts[engine][place]} of {len(chosen)}':>16}" for engine in engines))


def available(engines: Sequence[str], parser: argparse.ArgumentParser) -> list[str]:
    """The engines that are there; one that is not is named and left out."""
    found = []
    for engine in engines:
        if engine not in ENGINES:
            parser.error(f"there is no engine {engine}: {', '.join(ENGINES)}")
        module = {"native": "symreg", "operon": "pyoperon"}.get(engine) or RIVALS[engine][0]
        if importlib.util.find_spec(module) is None:
            print(f"{engine} is not installed and left out; how to install it stands above the code of this script")
        else:
            found.append(engine)
    return found


def word(holds: bool) -> str:
    return "yes" if holds else "no"


if __name__ == "__main__":
    main()
