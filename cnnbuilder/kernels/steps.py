"""From an operation and a role to a step that a program runs."""

from functools import lru_cache
from typing import Any, Protocol

from cnnbuilder.kernels import (
    correlate,
    gather,
    library,
    local_normalise,
    map,
    merge,
    normalise,
    product,
    rectify,
    reduce,
    softmax,
    transposed,
    untied,
)
from cnnbuilder.kernels.native import TYPES
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.program import Step
from cnnbuilder.operations import (
    Correlate,
    Gather,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Product,
    Rectify,
    Reduce,
    Softmax,
    Transposed,
    Untied,
)

ROLES = ("forward", "to_input", "to_weights")


class KernelFile(Protocol):
    """What each kernel file says of its operation."""

    def pack(self, operation: Any, role: str, batch: int) -> Packed:
        """The numbers of the row after `batch` and `accumulate`."""

    def needs(self, operation: Any, role: str, dtype: str) -> tuple[str, ...]:
        """The slots that a role reads or writes."""


FILES: dict[type[Operation], tuple[str, KernelFile]] = {
    Correlate: ("correlate", correlate),
    Gather: ("gather", gather),
    LocalNormalise: ("local_normalise", local_normalise),
    Map: ("map", map),
    Merge: ("merge", merge),
    Normalise: ("normalise", normalise),
    Rectify: ("rectify", rectify),
    Product: ("product", product),
    Reduce: ("reduce", reduce),
    Softmax: ("softmax", softmax),
    Transposed: ("transposed", transposed),
    Untied: ("untied", untied),
}


def has(operation: Operation, role: str) -> bool:
    """Whether there is anything to compute: nothing for a View, no `to_weights` without trained weights."""
    if role not in ROLES:
        raise ValueError(f"not a role: {role!r}")
    return type(operation) in FILES and (role != "to_weights" or bool(operation.trained))


def needs(operation: Operation, role: str, dtype: str = "float32") -> tuple[str, ...]:
    """The slots that this role reads or writes, of x, weights, y, saved, gx, gweights, gy; () without a kernel."""
    return FILES[type(operation)][1].needs(operation, role, dtype) if has(operation, role) else ()


@lru_cache(maxsize=4096)
def step(operation: Operation, role: str, batch: int, dtype: str, accumulate: int = 0) -> Step:
    """The native function of a role with its numbers; bit i of `accumulate` adds to what the gradient of input i holds.

    Raises ValueError where `has` is false, or for a type, batch or epilogue that the kernels lack.
    """
    if not has(operation, role):
        raise ValueError(f"{type(operation).__name__} computes nothing {role.replace('_', ' ')}")
    if dtype not in TYPES or batch < 1:
        raise ValueError(f"kernels run float32 or float64 on one sample or more, not {dtype} on {batch}")
    name, file = FILES[type(operation)]
    packed = file.pack(operation, role, batch)
    inputs, weights = len(operation.input_shapes), len(operation.weight_names)
    function = f"{name}_{role}_{dtype}"
    row = (batch, accumulate, *packed.numbers)
    cost = packed.cost * (20 if dtype == "float64" else 1)
    parts = packed.parts if dtype == "float32" else max(1, min(packed.units, int(cost / 15_000)))
    return Step(function, library.address(function), row, parts, 2 * inputs + 2 * weights + 3, cost)
