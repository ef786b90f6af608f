"""Loops over rows of values that several kernels share. The optimiser makes vector code of them for step 1."""

from cnnbuilder.kernels.native import Values, real, routine

STORE, ADD, MULTIPLY = 0, 1, 2


@routine
def fill(target: Values, count: int, value: float) -> None:
    """target[:] = value."""
    for i in range(count):
        target[i] = value


@routine
def combine(target: Values, source: Values, count: int, mode: int) -> None:
    """target = source, target += source or target *= source."""
    if mode == STORE:
        for i in range(count):
            target[i] = source[i]
    elif mode == ADD:
        for i in range(count):
            target[i] += source[i]
    else:
        for i in range(count):
            target[i] *= source[i]


@routine
def combine_one(target: Values, value: float, count: int, mode: int) -> None:
    """The same with one value for all."""
    if mode == STORE:
        for i in range(count):
            target[i] = value
    elif mode == ADD:
        for i in range(count):
            target[i] += value
    else:
        for i in range(count):
            target[i] *= value


@routine
def add_product(target: Values, source: Values, factor: float, count: int, target_step: int, source_step: int) -> None:
    """target += factor · source, each at a step of its own."""
    if target_step == 1 and source_step == 1:
        for i in range(count):
            target[i] += factor * source[i]
    else:
        for i in range(count):
            target[i * target_step] += factor * source[i * source_step]


@routine
def dot(left: Values, right: Values, count: int, right_step: int) -> float:
    """Σ left · right, the right one at a step."""
    total = real(0)
    if right_step == 1:
        for i in range(count):
            total += left[i] * right[i]
    else:
        for i in range(count):
            total += left[i] * right[i * right_step]
    return total
