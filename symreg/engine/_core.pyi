import numpy as np
from numpy.typing import NDArray

N_OPCODES: int

def instruction_set() -> str: ...
def evaluate(
    code: NDArray[np.int32],
    code_offsets: NDArray[np.int64],
    constants: NDArray[np.float64],
    constant_offsets: NDArray[np.int64],
    n_free: NDArray[np.int64],
    X: NDArray[np.float64],
    out: NDArray[np.float64],
    threads: int,
    portable: bool,
) -> None: ...
def jacobian(
    code: NDArray[np.int32],
    code_offsets: NDArray[np.int64],
    constants: NDArray[np.float64],
    constant_offsets: NDArray[np.int64],
    n_free: NDArray[np.int64],
    X: NDArray[np.float64],
    values: NDArray[np.float64],
    J: NDArray[np.float64],
    threads: int,
    portable: bool,
) -> None: ...
def fit_many(
    code: NDArray[np.int32],
    code_offsets: NDArray[np.int64],
    constants: NDArray[np.float64],
    constant_offsets: NDArray[np.int64],
    n_free: NDArray[np.int64],
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    max_iterations: int,
    values: NDArray[np.float64],
    covariances: NDArray[np.float64],
    residual_sums: NDArray[np.float64],
    outcomes: NDArray[np.int32],
    iterations: NDArray[np.int32],
    threads: int,
    portable: bool,
) -> None: ...
def join(
    rows: NDArray[np.float32],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    targets: NDArray[np.float64],
    roots: NDArray[np.float64],
    basis: NDArray[np.float64],
    same: bool,
    scores: NDArray[np.float32],
    found_targets: NDArray[np.int32],
    found_first: NDArray[np.int32],
    found_second: NDArray[np.int32],
    threads: int,
    portable: bool,
) -> int: ...
