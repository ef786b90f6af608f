"""Loops over rows of values that several kernels share. The optimiser makes vector code of them for step 1."""

from cnnbuilder.kernels.native import Values, at, real, routine

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


@routine
def add_rows(
    target: Values, rows: Values, row_step: int, factors: Values, factor_step: int, number: int, count: int
) -> None:
    """target += Σ_r factors[r] · rows[r], for up to four rows."""
    if number == 4:
        a, b, c, d = factors[0], factors[factor_step], factors[2 * factor_step], factors[3 * factor_step]
        second, third, fourth = at(rows, row_step), at(rows, 2 * row_step), at(rows, 3 * row_step)
        for i in range(count):
            target[i] += (a * rows[i] + b * second[i]) + (c * third[i] + d * fourth[i])
    else:
        for r in range(number):
            factor, row = factors[r * factor_step], at(rows, r * row_step)
            for i in range(count):
                target[i] += factor * row[i]
