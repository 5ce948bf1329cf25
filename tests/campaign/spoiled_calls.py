"""Calls in Python with arrays, frames, settings and errors of every wrong kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.campaign.holding import Case, call, pick

Random = np.random.Generator
N = 30


def _array(rng: Random, n_columns: int = 2) -> Any:
    return rng.uniform(1, 5, (N, n_columns))


def _odd_array(rng: Random) -> tuple[str, Any]:
    """What may be given for X."""
    import pandas as pd
    import scipy.sparse

    X, frame = _array(rng), pd.DataFrame(_array(rng), columns=["a", "b"])
    text = X.astype(object)
    text[3, 1] = "x"
    mixed = X.astype(object)
    mixed[2, 0] = [1, 2]
    nan = X.copy()
    nan[4, 0] = np.nan
    odd: dict[str, Any] = {
        "scalar": 3.0, "none": None, "text": "abc", "row": X[0], "3-D": X[None], "empty": X[:0], "no columns": X[:, :0],
        "one row": X[:1], "two rows": X[:2], "complex": X + 1j, "bool": X > 3, "dates": X.astype("M8[s]"),
        "spans": X.astype("m8[s]"), "text cells": text, "lists in cells": mixed, "NaN": nan, "inf": np.where(X > 4,
                                                                                                             np.inf, X),
        "bytes": X.astype("S8"), "str": X.astype("U8"), "huge": X * 1e308, "tiny": X * 1e-320,
        "float16": X.astype("f2"),
        "longdouble": X.astype(np.longdouble), "big ints": (X * 1e18).astype(np.int64), "uint8": X.astype(np.uint8),
        "list": X.tolist(), "ragged": [[1, 2], [3]] * 15, "sparse": scipy.sparse.csr_matrix(X),
        "masked": np.ma.masked_less(X, 2),
        "frame": frame, "same names": frame.set_axis(["a", "a"], axis=1), "number names": frame.set_axis([0, 1],
                                                                                                         axis=1),
        "mixed names": frame.set_axis([0, "a"], axis=1), "none names": frame.set_axis([None, ""], axis=1),
        "odd unit": frame.set_axis(["a [furlong]", "b"], axis=1), "open unit": frame.set_axis(["a [m", "b]"], axis=1),
        "category": frame.assign(a=pd.Categorical(["u", "v"] * 15)),
        "nullable": frame.astype("Float64").mask(frame > 4),
        "object frame": frame.astype(object), "dates frame": frame.assign(a=pd.date_range("2024", periods=N)),
        "periods": frame.assign(a=pd.period_range("2024", periods=N)), "mapping": {"a": X[:, 0], "b": X[:, 1]},
        "odd mapping": {"a": X[:, 0], "b": X[:5, 1]}, "empty mapping": {}, "generator": (row for row in X), "set": {1,
                                                                                                                    2},
        "records": np.rec.fromarrays(X.T, names="a,b"), "series": frame["a"], "long name": frame.set_axis(["a" * 3000,
                                                                                                           "b"],
                                                                                                           axis=1),
        "control name": frame.set_axis(["a\x1b[2J", "b\0"], axis=1), "fortran": np.asfortranarray(X), "strided": X[::2],
        "read-only": np.broadcast_to(X[:1], X.shape), "void": np.zeros(N, dtype="V8"), "object": object(),
        "class": dict,
        "multi": pd.concat({"u": frame}, axis=1), "fractions": frame.map(lambda v: __import__("fractions").Fraction(v)),
        "decimals": frame.map(lambda v: __import__("decimal").Decimal(v)), "attrs": _with_attrs(frame, rng),
    }  # fmt: skip
    name = pick(rng, list(odd))
    return name, odd[name]


def _with_attrs(frame: Any, rng: Random) -> Any:
    frame = frame.copy()
    frame.attrs["units"] = (3, ["m"], {"a": "furlong"}, {"z": "m"}, {"a": 3}, {"a": None},
                            {1: "m"})[int(rng.integers(7))]
    return frame


SIGMAS: dict[str, Any] = {
    "short": np.ones(3), "long": np.ones(N + 1), "2-D": np.ones((N, 2)), "zero": 0.0, "negative": -1.0, "NaN": np.nan,
    "some NaN": np.where(np.arange(N) > 3, 1.0, np.nan), "inf": np.inf, "text": "abc", "part": "5 %",
    "other": {"zz": 1.0},
    "mapping": {"y": "x"}, "list": ["a"] * N, "none": {"y": None}, "bool": True, "complex": 1j, "empty": [],
    "object": object(),
    "dates": np.arange(N).astype("M8[s]"), "column": np.ones((N, 1)), "tiny": 1e-320, "huge": 1e308,
    "zeros": np.zeros(N),
    "nested": {"y": {"relative": -1}}, "strange key": {3: 1.0}, "inputs": {"x0": np.ones(N), "x1": 0.0},
}  # fmt: skip
PARAMETERS = (
    "units", "target", "constants", "free_constants", "operators", "max_complexity", "nested", "parameters",
    "functions",
    "monotonic", "value_range", "guesses", "backend", "budget", "test_fraction", "folds", "examination",
    "random_state", "verbose",
)  # fmt: skip
SETTINGS: tuple[Any, ...] = (
    None, 0, -1, 1, 1.5, np.nan, np.inf, 10**30, "", "x", "y", "auto", "y = y", "y = f(x0)", "y = a*x0", "m/s", [],
    {}, [None], [[]],
    ["x"], ["y"], [3], {"x0": 3}, {"x0": "furlong"}, {"x0": None}, {3: "m"}, {"x0": {}}, {"sin": {"cos": -1}},
    {"sin": 3}, (0,), (3, 1),
    (np.nan, None), ("a", "b"), object(), dict, np.ones(3), b"x", True, ["x0*", "1/0"], [{"formula": "k*x0"}],
    [{"value": 1}],
    [{"name": "c", "value": "x"}], ["c", "c"], "__import__('os')", ["+", "+"], {"a": {"start": "x"}},
    {"f": {"max_complexity": 0}}, 0.5,
    "\0", "x" * 2000, ["native", "native"], [1e308], np.float64(3), {"units": "x"}, {"bounds": {"k": (3, 1)}},
    {"x0": "increasing"},
)  # fmt: skip


def _regressor(**settings: Any) -> Any:
    from symreg import Budget, Native, SymbolicRegressor

    settings = {"budget": Budget(time=1.0, evaluations=500), "backend": Native(threads=1), "random_state": 0,
                **settings}
    return SymbolicRegressor(**settings)


def case_of(rng: Random) -> Case:
    """One call with something wrong in it."""
    kind = pick(rng, ["X", "X", "y", "sigma", "parameter", "parameter", "predict", "predict", "table", "budget",
                      "score", "not yet"])
    what, act = _CALLS[kind](rng)

    def quietly(_: Path) -> str:
        from sklearn.exceptions import NotFittedError

        allowed: tuple[type[BaseException], ...] = (NotFittedError,) if kind == "not yet" else ()
        allowed += (TypeError,) if "sparse" in what else ()
        allowed += (TypeError, ValueError) if kind == "score" else ()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(act, allowed=allowed)

    return Case(f"{kind}: {what}", quietly)


def _fit_X(rng: Random) -> tuple[str, Callable[[], object]]:
    what, X = _odd_array(rng)
    return what, lambda: _regressor().fit(X, rng.uniform(1, 5, len(X) if hasattr(X, "__len__") else N))


def _fit_y(rng: Random) -> tuple[str, Callable[[], object]]:
    what, odd = _odd_array(rng)
    y = odd[:, 0] if isinstance(odd, np.ndarray) and odd.ndim == 2 and odd.shape[1] and rng.random() < 0.7 else odd
    return what, lambda: _regressor().fit(_array(rng), y)


def _fit_sigma(rng: Random) -> tuple[str, Callable[[], object]]:
    what = pick(rng, list(SIGMAS))
    return what, lambda: _regressor().fit(X := _array(rng), X[:, 0] * X[:, 1], sigma=SIGMAS[what])


def _fit_parameter(rng: Random) -> tuple[str, Callable[[], object]]:
    name, value = pick(rng, PARAMETERS), pick(rng, SETTINGS)
    if name == "budget" and isinstance(value, int | float) and value > 1:
        value = "soon"
    return f"{name}={value!r:.40}", lambda: _regressor(**{name: value}).fit(X := _array(rng), X[:, 0] * X[:, 1])


def _predict(rng: Random) -> tuple[str, Callable[[], object]]:
    what, odd = _odd_array(rng)
    X = _array(rng)
    model = _regressor().fit(X, X[:, 0] * X[:, 1] + 0.01 * np.sin(9 * X[:, 0]))
    return what, lambda: model.predict(odd, return_std=bool(rng.random() < 0.5))


def _score(rng: Random) -> tuple[str, Callable[[], object]]:
    what, odd = _odd_array(rng)
    X = _array(rng)
    model = _regressor().fit(X, X[:, 0] * X[:, 1] + 0.01 * np.sin(9 * X[:, 0]))
    return what, lambda: model.score(X, odd)


def _table(rng: Random) -> tuple[str, Callable[[], object]]:
    import symreg as sr

    what, odd = _odd_array(rng)
    value = pick(rng, SETTINGS)
    key = pick(rng, ["target", "inputs", "units", "sigma", "nan", "decimal", "skip_rows", "missing"])
    return f"{what}, {key}={value!r:.30}", lambda: sr.make_problem(sr.read_table(odd, **{"target": "a", key: value}))


def _budget(rng: Random) -> tuple[str, Callable[[], object]]:
    import symreg as sr

    key = pick(rng, ["time", "evaluations", "memory", "end_early"])
    value = pick(rng, SETTINGS)
    return f"{key}={value!r:.30}", lambda: sr.Budget(**{key: value})


def _not_yet(rng: Random) -> tuple[str, Callable[[], object]]:
    name = pick(rng, ["predict", "score", "report", "intervals"])
    arguments = {"predict": ([[1.0]],), "score": ([[1.0]], [1.0]), "report": ("x.html",), "intervals": ()}[name]
    return name, lambda: getattr(_regressor(), name)(*arguments)


_CALLS: dict[str, Callable[[Random], tuple[str, Callable[[], object]]]] = {
    "X": _fit_X, "y": _fit_y, "sigma": _fit_sigma, "parameter": _fit_parameter, "predict": _predict, "table": _table,
    "budget": _budget, "score": _score, "not yet": _not_yet,
}  # fmt: skip
