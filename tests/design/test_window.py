"""Window arithmetic against positions counted one by one, and against PyTorch."""

import itertools
import random
from functools import partial

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cnnbuilder.design.formula import window_formula
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.window import Axis, axes, resolve
from cnnbuilder.layers.average_pool import AveragePool
from cnnbuilder.layers.max_pool import MaxPool

sizes = st.integers(1, 14)
small = st.integers(1, 5)
sides = st.integers(0, 5)
all_axes = st.builds(Axis, sizes, small, small, small, sides, sides)
pooling_axes = st.builds(Axis, sizes, small, small, st.just(1), sides, sides, st.booleans()).filter(
    lambda axis: axis.before < axis.kernel and axis.after < axis.kernel
)


def positions(axis: Axis) -> list[list[int]]:
    """The cells under every tap of every window, padding included, found by moving the window along."""
    found = []
    for start in range(-axis.before, axis.size + axis.after + 1, axis.stride):
        window = [start + tap * axis.dilation for tap in range(axis.kernel)]
        last = axis.size + axis.after - 1
        fits = window[-1] <= last
        rest = window[-1] - axis.stride < last  # the window before left something over
        inside = start < axis.size or not found
        if fits or (axis.ceil_mode and rest and inside):
            found.append(window)
    return found


@given(st.one_of(all_axes, pooling_axes))
@example(Axis(2, 3, 2, ceil_mode=True))
@example(Axis(5, 7))
def test_output_is_the_number_of_places_where_the_window_may_stand(axis):
    assert max(axis.output, 0) == len(positions(axis))


@given(all_axes)
def test_a_window_starts_where_it_is_counted_to_start(axis):
    for number, window in enumerate(positions(axis)):
        assert axis.start(number) == window[0]


@given(pooling_axes)
def test_cells_are_those_inside_the_input_and_the_divisor_adds_those_in_the_padding(axis):
    for number, window in enumerate(positions(axis)):
        inside = [cell for cell in window if 0 <= cell < axis.size]
        padded = [cell for cell in window if -axis.before <= cell < axis.size + axis.after]
        start, stop, counted = axis.cells(number)
        assert list(range(start, stop)) == inside
        assert counted == len(padded)


@given(all_axes)
def test_readers_are_the_windows_that_hold_a_cell(axis):
    windows = positions(axis)
    for cell in range(axis.size):
        assert axis.readers(cell) == sum(cell in window for window in windows)


@given(all_axes)
def test_unreached_are_the_last_cells_behind_the_last_window(axis):
    windows = positions(axis)
    assume(windows)
    end = windows[-1][-1]
    assert axis.unreached == sum(cell > end for cell in range(axis.size))


def test_readers_of_a_huge_kernel_are_counted_at_once():
    huge = 2**31 - 1
    assert Axis(28, huge, before=huge - 1, after=huge - 1).readers(0) == huge
    assert Axis(huge, huge, stride=3, dilation=2, before=2 * huge, after=2 * huge).readers(5) > 10**8


@given(st.tuples(sizes, sizes), *[st.tuples(small, small)] * 3)
def test_same_keeps_the_size_divided_by_the_stride(size, kernel, stride, dilation):
    for n, s, axis in zip(size, stride, axes(size, kernel, stride, dilation, "same"), strict=True):
        assert axis.output == -(-n // s)
        assert 0 <= axis.after - axis.before <= 1
        if axis.before + axis.after:  # one cell less and the last window would not fit
            assert Axis(n, axis.kernel, s, axis.dilation, axis.before, axis.after - 1).output < axis.output


@given(st.tuples(sizes, sizes), *[st.tuples(small, small)] * 2)
def test_full_lets_every_tap_visit_every_cell(size, kernel, dilation):
    for axis in axes(size, kernel, (1, 1), dilation, "full"):
        windows = positions(axis)
        for cell, tap in itertools.product(range(axis.size), range(axis.kernel)):
            assert sum(window[tap] == cell for window in windows) == 1
        assert all(any(0 <= cell < axis.size for cell in window) for window in (windows[0], windows[-1]))


@pytest.mark.parametrize(
    ("padding", "sides"),
    [
        ("valid", (0, 0, 0, 0)),
        ("same", (2, 2, 1, 1)),
        ("full", (4, 4, 2, 2)),
        (2, (2, 2, 2, 2)),
        ((1, 3), (1, 1, 3, 3)),
        ((1, 2, 3, 4), (1, 2, 3, 4)),
    ],
)
def test_padding_in_all_its_forms(padding, sides):
    assert resolve(padding, (9, 9), (3, 2), (1, 1), (2, 2)) == sides


@given(st.one_of(all_axes, pooling_axes))
def test_the_formula_shown_is_true(axis):
    assume(axis.output > 0)
    formula = window_formula("W₂", axis)
    numerator = eval(formula.numerator.replace("−", "-").replace("·", "*"))
    assert numerator == axis.room
    quotient = {"": numerator / axis.stride, "down": numerator // axis.stride, "up": -(-numerator // axis.stride)}
    assert quotient[formula.rounding] + 1 == axis.output == int(formula.result)


@pytest.mark.oracle
def test_sizes_are_pytorchs_in_thousands_of_cases():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    source = random.Random(0)
    compared = {"conv": 0, "max": 0, "mean": 0}
    while min(compared.values()) < 1000:
        size, kernel, stride, dilation = (tuple(source.randint(1, most) for _ in range(2)) for most in (12, 5, 5, 3))
        padding = tuple(source.randint(0, k // 2) for k in kernel)
        ceil_mode, counted = source.random() < 0.5, source.random() < 0.5
        x = torch.arange(float(size[0] * size[1])).reshape(1, 1, *size)

        ours = [axis.output for axis in axes(size, kernel, stride, dilation, padding)]
        if min(ours) > 0:
            theirs = functional.conv2d(x, torch.zeros(1, 1, *kernel), None, stride, padding, dilation)
            assert list(theirs.shape[2:]) == ours
            compared["conv"] += 1

        mean = partial(functional.avg_pool2d, count_include_pad=counted)
        for name, function, layer in (
            ("max", functional.max_pool2d, MaxPool(kernel, stride, padding, ceil_mode)),
            ("mean", mean, AveragePool(kernel, stride, padding, ceil_mode, counted)),
        ):
            ours = layer.output_shape((1, *size))
            try:
                theirs = function(x, kernel, stride, padding, ceil_mode=ceil_mode)
            except RuntimeError:
                assert isinstance(ours, Misfit)
                continue
            assert ours == tuple(theirs.shape[1:])
            (operation,) = layer.lower((1, *size))
            for row, column in itertools.product(*map(range, ours[1:])):
                read = [x[0, 0, r.index[1], r.index[2]].item() for r in operation.reads((0, row, column))]
                value = max(read) if name == "max" else sum(read) / operation.divisor((0, row, column))
                assert value == pytest.approx(theirs[0, 0, row, column].item(), rel=1e-6)
            compared[name] += 1
