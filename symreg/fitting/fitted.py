"""A formula with its constants fitted to the training rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from symreg.engine import Outcome
from symreg.formula import Expression
from symreg.problem import FreeConstant

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A formula with its constants fitted: ``values`` and ``covariance`` in natural units.

    They have the shapes ``(n_free,)`` and ``(n_free, n_free)``. ``residual_sum`` is the weighted sum of squares on the
    training rows, in natural units of the target; where inputs have errors of their own it is the deviance (see
    ``input_errors``). Constants that are ``held``, on a bound or at a whole number, have no error: their rows of the
    covariance are NaN, and the others' errors take them as given.
    """

    expression: Expression
    constants: tuple[FreeConstant, ...]
    values: Floats
    covariance: Floats
    residual_sum: float
    outcome: Outcome
    held: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free constants, in the order of their values."""
        return tuple(constant.name for constant in self.constants)

    def restarted(self) -> tuple[FreeConstant, ...]:
        """The constants, to be fitted again from the values they have."""
        pairs = zip(self.constants, self.values, strict=True)
        return tuple(replace(constant, start=float(value)) for constant, value in pairs)

    @property
    def is_loose(self) -> npt.NDArray[np.bool_]:
        """Which constants the fit moved: all but those that are held, ``(n_free,)``."""
        return np.array([name not in self.held for name in self.names], dtype=bool)

    @property
    def stderr(self) -> Floats:
        """Standard errors of the values, ``(n_free,)``; NaN where the data do not determine them."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)), dtype=np.float64)

    @property
    def information(self) -> Floats:
        """Information of the data, ``(n_free,)``, such that ``sum(log2(information*values**2))`` says how many
        digits the constants have together; NaN where unknown.

        Constants that hang together have fewer digits than each has with the others given: these are the eigenvalues of
        the inverse covariance in parts of the values, each over one of the values squared. An exact fit leaves no error
        at all, and its constants are known to the last digit of a float, not better.
        """
        if self.held:
            found, loose = np.zeros(len(self.values)), self.is_loose
            found[loose] = self.loose().information
            return found
        if not np.isfinite(self.covariance).all():
            return np.full(len(self.values), np.nan)
        sizes = np.where(self.values != 0, np.abs(self.values), 1.0)
        with np.errstate(over="ignore", under="ignore"):
            relative = self.covariance / sizes[:, None] / sizes
        if not np.isfinite(relative).all():
            return np.zeros(len(self.values))  # errors beyond all numbers: nothing is known
        variances = np.maximum(np.linalg.eigvalsh(relative), np.finfo(float).eps ** 2)
        with np.errstate(over="ignore", under="ignore", divide="ignore"):
            return np.asarray(1.0 / variances / sizes**2, dtype=np.float64)

    def loose(self) -> Fitted:
        """The same fit without the constants that are held."""
        kept = np.flatnonzero(self.is_loose)
        constants = tuple(self.constants[index] for index in kept)
        covariance = self.covariance[np.ix_(kept, kept)]
        return replace(self, constants=constants, values=self.values[kept], covariance=covariance, held=())
