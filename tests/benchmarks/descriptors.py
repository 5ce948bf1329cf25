"""Descriptors of octet binaries and perovskites: what is found, among how many, in how many seconds.

    python tests/benchmarks/descriptors.py [--threads 2] [--folds 5]

Octet binaries (Ghiringhelli et al. 2015): the energy of rocksalt less that of zincblende; SISSO++ documents a training
RMSE of 0.125912, 0.0931541 and 0.0725522 eV with one, two and three descriptors on its own feature space. Perovskites
(Bartel et al. 2019): tau < 4.18 tells 91.5 % of 576 compounds rightly. ``--folds`` repeats each search in folds.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np

import symreg as sr

IONS = ["nA", "nB", "nX", "rA", "rB", "rX"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folds", type=int, default=0)
    given = parser.parse_args()
    warnings.simplefilter("ignore", sr.TableWarning)
    octets(given.threads, given.folds)
    perovskites(given.threads, given.folds)


def octets(threads: int, folds: int) -> None:
    data = sr.load_dataset("octet_binaries")
    settings = {"units": data.units, "max_complexity": 6, "threads": threads, "keep": 2}
    for title, n, pairs, repeated in (
        ("all pairs", 2, 2e10, 0),
        ("pairs of the simplest and the most promising", 3, 1e9, folds),
    ):
        model = sr.DescriptorRegressor(n_descriptors=n, max_pairs=pairs, folds=repeated, **settings)
        timed(f"octet binaries, {title}", lambda model=model: model.fit(data.X, data.y))
        print(f"{model.front_.n_features:,} features of complexity up to {model.front_.complete_to}")
        print(model.front_)


def perovskites(threads: int, folds: int) -> None:
    data = sr.load_dataset("perovskites")
    X, y, train = data.X[IONS], data.y.astype(int), data["is_train"].user_numbers == 1
    units = {name: data.units[name] for name in (*IONS, "exp_label")}
    tau = np.where(data["tau"].user_numbers < 4.18, 1, -1) == y
    print(f"\ntau < 4.18: {tau.mean():.4f} of all, {tau[train].mean():.4f} of train, {tau[~train].mean():.4f} of test")
    model = sr.DescriptorClassifier(
        units=units, operators=["+", "-", "*", "/", "square", "sqrt", "log"], max_complexity=6, grown=16,
        dimensionless=True, threads=threads, folds=folds,
    )  # fmt: skip
    timed("perovskites, all rows", lambda: model.fit(X, y))
    print(f"{model.front_.n_features:,} features of complexity up to {model.front_.complete_to}")
    print(model.front_)
    model.set_params(folds=0)
    timed("perovskites, chosen on is_train alone", lambda: model.fit(X[train], y[train]))
    for one in model.front_.models:
        test = np.mean(np.where(one.decide(X[~train]), 1, -1) == y[~train])
        print(f"complexity {one.complexity:2d}: train {one.accuracy:.4f}, test {test:.4f}  {one.rule()}")


def timed(title: str, run: Callable[[], object]) -> None:
    wall, spent = time.perf_counter(), time.process_time()
    run()
    print(f"\n{title}: {time.perf_counter() - wall:.1f} s, {time.process_time() - spent:.1f} s of processor")


if __name__ == "__main__":
    main()
