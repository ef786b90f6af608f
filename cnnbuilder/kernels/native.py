"""The words that kernels are written in, and the register of kernels. Imports neither numba nor llvmlite.

A kernel is a Python function over addresses, registered with `kernel`; `compiler.py` translates it in a process that
fills the cache. There each word below (`values`, `at`, `tile`, …) stands for a few native instructions, and `real` for
the type that the kernel is compiled for. Here they only say what is meant; they cannot be called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

TYPES = ("float32", "float64")

Function = TypeVar("Function", bound=Callable[..., Any])


class Values(Protocol):
    """A native pointer to values of the compiled type: `v[i]` reads and writes without any check."""

    def __getitem__(self, index: int) -> float: ...
    def __setitem__(self, index: int, value: float) -> None: ...


class Integers(Protocol):
    """A native pointer to 64-bit integers."""

    def __getitem__(self, index: int) -> int: ...
    def __setitem__(self, index: int, value: int) -> None: ...


Pointer = TypeVar("Pointer", Values, Integers)


@dataclass(frozen=True)
class Definition:
    """A registered kernel: its exported name (without the type), its Python source and its types."""

    name: str
    function: Callable[..., Any]
    types: tuple[str, ...]
    signature: str


KERNELS: list[Definition] = []
"""Every kernel, in the order of registration."""
HELPERS: set[Callable[..., Any]] = set()
"""Every function that becomes a part of the kernels that call it."""
ROUTINES: set[Callable[..., Any]] = set()
"""Every function that kernels call; compiled once, so that long code is not optimised again in every kernel."""


def kernel(name: str, *types: str, signature: str = "part") -> Callable[[Function], Function]:
    """Register a kernel for `types` (both where none is named).

    Signature `"part"`: `(step, frame, part, parts, cancel)`, pointers to the step's row, to its addresses and to the
    flag, and which part of how many to do. Signature `"run"`: a runner of plans, see `program.py`.
    """

    def register(function: Function) -> Function:
        KERNELS.append(Definition(name, function, types or TYPES, signature))
        return function

    return register


def helper(function: Function) -> Function:
    """Register a short function, put in place wherever a kernel calls it."""
    HELPERS.add(function)
    return function


def routine(function: Function) -> Function:
    """Register a function that is compiled once and called; its annotations are its types."""
    ROUTINES.add(function)
    return function


class _Native(Exception):
    """A word of the kernels was called from Python."""

    def __init__(self) -> None:
        super().__init__("only compiled kernels can call this")


def real(number: float) -> float:
    """`number` in the compiled type."""
    raise _Native


def values(address: int) -> Values:
    """The values at an address."""
    raise _Native


def integers(address: int) -> Integers:
    """The integers at an address."""
    raise _Native


def at(pointer: Pointer, offset: int) -> Pointer:
    """The pointer moved on by `offset` elements."""
    raise _Native


def as_float(number: int) -> float:
    """The float64 whose bits an integer of a row holds."""
    raise _Native


def cancelled(cancel: Integers) -> bool:
    """Whether the flag is set, read afresh."""
    raise _Native


def reserve(count: int) -> int:
    """The address of memory for `count` values, aligned to 64 bytes, to be given back with `release`."""
    raise _Native


def release(address: int) -> None:
    """Give back what `reserve` gave."""
    raise _Native


def tile(vectors: int, depth: int, a: Values, a_row: int, a_step: int, b: Values, c: Values, c_row: int) -> None:
    """`C[r, v] += Σ_k A[r, k] · B[k, v]` for `ROWS` rows and `vectors · LANES` columns, in registers (`compiler.py`).

    `a[r · a_row + k · a_step]`, `b[k · vectors · LANES + v]`, `c[r · c_row + v]`.
    """
    raise _Native


def sliding_tile(
    vectors: int, depth: int, a: Values, a_row: int, a_step: int, b: Values, offsets: Integers, c: Values, c_row: int
) -> None:
    """`C[r, v] = Σ_k A[r, k] · B[offsets[k] + v]`: the same tile, its rows of B wherever they lie."""
    raise _Native


def dot_tile(vectors: int, a: Values, a_row: int, b: Values, offsets: Integers, c: Values) -> None:
    """`C[r, t] = Σ_v A[r, v] · B[offsets[t] + v]` over `vectors · LANES` values, for `DOT_ROWS` rows of A and
    `DOT_TAPS` offsets: the products of every row with every shift of B."""
    raise _Native


def dot_rows() -> int:
    """The rows of A in a dot tile."""
    raise _Native


def dot_taps() -> int:
    """The shifts of B in a dot tile."""
    raise _Native


def dots(count: int, rows: Values, row_step: int, other: Values, target: Values, target_step: int) -> None:
    """`target[r · target_step] = Σ_i rows[r · row_step + i] · other[i]` over `count` values, for four rows: fast where
    they are few (`short.py`)."""
    raise _Native


def blend(
    count: int, number: int, rows: Values, row_step: int, factors: Values, factor_step: int, target: Values
) -> None:
    """`target[i] = Σ_r factors[r · factor_step] · rows[r · row_step + i]` over `number` rows, one at least, of `count`
    values."""
    raise _Native


def turn(source: Values, apart: int, target: Values, target_apart: int) -> None:
    """`target[j · target_apart + i] = source[i · apart + j]` for `LANES` rows and columns (`turn.py`)."""
    raise _Native


def turn_masked(source: Values, mask: Values, apart: int, target: Values, target_apart: int) -> None:
    """The same, 0 where the mask's value is not above 0 (NaN counts as above)."""
    raise _Native


def finish(count: int, source: Values, bias: float, rectified: int, target: Values) -> int:
    """`target[i] = source[i] + bias`, through a ReLU or not, over `count` values; whether any of it is NaN."""
    raise _Native


def copy_short(count: int, source: Values, target: Values) -> None:
    """`target[i] = source[i]` over `count` values: fast where they are few."""
    raise _Native


def largest_pairs(count: int, above: Values, below: Values, target: Values) -> None:
    """`target[k]` = the largest of the values 2 k and 2 k + 1 of two rows, for `count` places; NaN wins."""
    raise _Native


def stream(count: int, source: Values, factor: float, target: Values) -> None:
    """`target[i] = factor · source[i]`, written past the caches: for results that do not fit in them."""
    raise _Native


def exp(x: float) -> float:
    """e^x (`smooth.py`)."""
    raise _Native


def expm1(x: float) -> float:
    """e^x − 1, for x of at most 20."""
    raise _Native


def tanh(x: float) -> float:
    """The hyperbolic tangent."""
    raise _Native


def erf(x: float) -> float:
    """The error function."""
    raise _Native


def log_one_more(z: float) -> float:
    """log(1 + z) for z from 0 to 1."""
    raise _Native


def tile_rows() -> int:
    """The rows of a tile on this processor."""
    raise _Native


def tile_lanes() -> int:
    """The values of one vector register on this processor."""
    raise _Native


def add_and_get_old(counter: Integers, amount: int) -> int:
    """Atomically add to a counter; gives what it held before."""
    raise _Native


def load(counter: Integers) -> int:
    """A counter, read afresh, with everything that was written before it was counted."""
    raise _Native


def pause() -> None:
    """Let the processor rest a few cycles in a waiting loop."""
    raise _Native


def give_way() -> None:
    """Let the system run another thread."""
    raise _Native


def call(address: int, step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Call the kernel at an address."""
    raise _Native
