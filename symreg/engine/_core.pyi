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
    instructions: str,
) -> None: ...
def evaluate_float32(
    code: NDArray[np.int32],
    code_offsets: NDArray[np.int64],
    constants: NDArray[np.float64],
    constant_offsets: NDArray[np.int64],
    n_free: NDArray[np.int64],
    X: NDArray[np.float32],
    out: NDArray[np.float32],
    threads: int,
    instructions: str,
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
    instructions: str,
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
    instructions: str,
) -> None: ...
def join(
    rows: NDArray[np.float32],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    targets: NDArray[np.float64],
    roots: NDArray[np.float64],
    basis: NDArray[np.float64],
    same: bool,
    scores: NDArray[np.float64],
    found_targets: NDArray[np.int32],
    found_first: NDArray[np.int32],
    found_second: NDArray[np.int32],
    threads: int,
    instructions: str,
) -> int: ...

class KeySet:
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    def meet(
        self,
        keys: NDArray[np.uint64],
        others: NDArray[np.uint64],
        good: NDArray[np.bool_],
        doubtful: NDArray[np.bool_],
        met: NDArray[np.uint8],
    ) -> None: ...
    def doubt(self, keys: NDArray[np.uint64]) -> None: ...

class Operation: ...
class Block: ...

def operation(
    opcode: int,
    *,
    unary: bool,
    positive: bool,
    negate_first: bool,
    negate_second: bool,
    makes_twins: bool,
    own: int,
    forbidden: int,
    name: int,
    has_kinds: bool,
    taken: NDArray[np.bool_],
    kinds: NDArray[np.uint8],
) -> Operation: ...
def block(
    codes: NDArray[np.int64],
    ends: NDArray[np.int64],
    triangle: NDArray[np.bool_],
    left: NDArray[np.int64],
    left_start: NDArray[np.int64],
    left_count: NDArray[np.int64],
    right: NDArray[np.int64],
    right_start: NDArray[np.int64],
    right_count: NDArray[np.int64],
) -> Block: ...

class Combiner:
    def __init__(
        self,
        values: NDArray[np.float64],
        first: NDArray[np.float64],
        unit: NDArray[np.float32],
        largest: NDArray[np.float64],
        op: NDArray[np.int16],
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        size: NDArray[np.int16],
        mask: NDArray[np.uint8],
        code: NDArray[np.int64],
        probes: NDArray[np.int64],
        first_directions: NDArray[np.float64],
        directions: NDArray[np.float64],
        first_keys: KeySet,
        whole_keys: KeySet,
        instructions: str,
    ) -> None: ...
    def admit(
        self, operation: Operation, block: Block, low: int, high: int, size: int, n: int, threads: int
    ) -> tuple[int, int, bool]: ...
