"""Index maps: what an operation says that it reads lies inside its inputs and weights, and is counted rightly."""

import dataclasses
import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design.layer import kinds
from cnnbuilder.design.window import Axis
from cnnbuilder.operations import Correlate, Merge, Product, Reduce, View
from tests.strategies import layers

every_kind = pytest.mark.parametrize("kind", kinds())


def indices(shape):
    return list(np.ndindex(shape))


@every_kind
@given(data=st.data())
def test_reads_lie_inside_inputs_and_weights(kind, data):
    case = data.draw(layers(kind))
    weights = {name: weight.shape for name, weight in case.inference.weights}
    for operation in case.layer.lower(*case.shapes):
        for index in indices(operation.output_shape):
            reads = list(operation.reads(index))
            assert len(set(reads)) == len(reads)
            for read in reads:
                assert_inside(read.index, operation.input_shapes[read.input])
                if read.weight is not None:
                    assert read.weight in operation.weight_names
                    assert_inside(read.weight_index, weights[read.weight])


def assert_inside(index, shape):
    assert len(index) == len(shape)
    assert all(0 <= i < n for i, n in zip(index, shape, strict=True))


@every_kind
@given(data=st.data())
def test_operations_are_values_that_name_the_weights_of_their_layer(kind, data):
    case = data.draw(layers(kind))
    declared = dict(case.inference.weights)
    operations = case.layer.lower(*case.shapes)
    assert tuple(operations) == tuple(case.layer.lower(*case.shapes))
    read = [name for operation in operations for name in operation.weight_names]
    assert sorted(read) == sorted(declared)
    for operation in operations:
        assert hash(operation) == hash(dataclasses.replace(operation))
        assert set(operation.trained) == {name for name in operation.weight_names if declared[name].trained}
        assert operation.work > 0
        assert operation.in_training().output_shape == operation.output_shape


axes = st.builds(Axis, *[st.integers(1, 6)] * 2, *[st.integers(1, 3)] * 2, st.integers(0, 3), st.integers(0, 3)).filter(
    lambda axis: axis.output > 0
)


@st.composite
def correlations(draw):
    groups = draw(st.integers(1, 3))
    channels, filters = (groups * draw(st.integers(1, 2)) for _ in range(2))
    connections = None
    if groups == 1 and draw(st.booleans()):
        row = st.lists(st.integers(0, channels - 1), unique=True).map(sorted).map(tuple)
        connections = tuple(draw(row) for _ in range(filters))
    return Correlate(channels, filters, draw(axes), draw(axes), groups, connections)


@given(correlations())
def test_a_convolution_counts_a_multiplication_for_every_read_and_every_tap_in_the_padding(operation):
    bare = dataclasses.replace(
        operation,
        rows=dataclasses.replace(operation.rows, size=operation.rows.size + 50, before=0, after=0),
        columns=dataclasses.replace(operation.columns, size=operation.columns.size + 50, before=0, after=0),
    )
    # Without padding every tap is a read, so one place tells how many each output value has.
    taps = sum(len(list(bare.reads((filter, 0, 0)))) for filter in range(operation.filters))
    assert operation.macs == taps * operation.rows.output * operation.columns.output
    reads = sum(len(list(operation.reads(index))) for index in indices(operation.output_shape))
    assert reads <= operation.macs


@given(correlations())
def test_a_convolution_reads_what_the_equation_of_the_notes_says(operation):
    rows, columns = operation.rows, operation.columns
    in_group, out_group = operation.channels // operation.groups, operation.filters // operation.groups
    for i, j, k in indices(operation.output_shape):
        wanted = set()
        for c, m, n in itertools.product(range(in_group), range(rows.kernel), range(columns.kernel)):
            channel = i // out_group * in_group + c
            row = j * rows.stride + m * rows.dilation - rows.before
            column = k * columns.stride + n * columns.dilation - columns.before
            inside = 0 <= row < rows.size and 0 <= column < columns.size
            if inside and (operation.connections is None or c in operation.connections[i]):
                wanted.add(((channel, row, column), (i, c, m, n)))
        assert {(read.index, read.weight_index) for read in operation.reads((i, j, k))} == wanted


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_product_reads_everything_once(features, units):
    operation = Product(features, units)
    reads = Counter(read.weight_index for index in indices((units,)) for read in operation.reads(index))
    assert reads == Counter(indices((units, features)))
    assert operation.macs == units * features


@given(st.permutations([1, 2, 3, 4]), st.permutations([1, 2, 3, 4]))
def test_a_view_reads_the_values_in_their_order(before, after):
    found = [next(iter(View(tuple(before), tuple(after)).reads(index))).index for index in indices(tuple(after))]
    assert found == indices(tuple(before))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(1, 3))
def test_concatenation_reads_every_input_in_order(channels, side):
    shapes = tuple((count, side, side) for count in channels)
    operation = Merge("concat", shapes)
    reads = [(read.input, read.index) for index in indices(operation.output_shape) for read in operation.reads(index)]
    assert reads == [(number, index) for number, shape in enumerate(shapes) for index in indices(shape)]


@pytest.mark.parametrize("shapes", [[(2, 3, 3), (2, 3, 3)], [(2, 3, 3), (1, 1, 3), (2, 1, 1)], [(4,), (1,)]])
def test_addition_repeats_axes_of_size_1_as_numpy_does(shapes):
    operation = Merge("add", tuple(shapes))
    numbers = [np.arange(np.prod(shape)).reshape(shape) for shape in shapes]
    wanted = np.broadcast_arrays(*numbers)
    assert operation.output_shape == wanted[0].shape
    for index in indices(operation.output_shape):
        for read in operation.reads(index):
            assert numbers[read.input][read.index] == wanted[read.input][index]


@given(st.data())
def test_a_mean_divides_by_what_it_reads_where_nothing_else_is_counted(data):
    case = data.draw(layers("average_pool"))
    (operation,) = case.layer.lower(*case.shapes)
    assert isinstance(operation, Reduce)
    for index in indices(operation.output_shape):
        count = len(list(operation.reads(index)))
        assert operation.divisor(index) == count or (case.layer.count_include_pad and operation.divisor(index) > count)
