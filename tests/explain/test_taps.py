"""Index maps as arrays, forward and turned round, against the reads themselves, output by output."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design.layer import kinds
from cnnbuilder.explain.taps import bias_index, biased_by, index_of, place_of, readers_of, reads_of, uses_of
from cnnbuilder.operations import Operation
from tests.strategies import layers

every_kind = pytest.mark.parametrize("kind", kinds())


def every_read(operation):
    """`(input, input place, output place, weight, weight place, factor)` of all there are."""
    found = []
    for output, index in enumerate(np.ndindex(operation.output_shape)):
        for read in operation.reads(index):
            place = place_of(read.index, operation.input_shapes[read.input])
            weight = -1
            if read.weight is not None:
                weight = place_of(read.weight_index, operation.weight_shapes[read.weight])
            found.append((read.input, place, output, read.weight, weight, read.factor))
    return found


def listed(taps):
    """The same of taps."""
    count = len(taps.outputs)
    assert len(taps.inputs) == count
    weights = [-1] * count if taps.weights is None else taps.weights.tolist()
    factors = [1.0] * count if taps.factors is None else taps.factors.tolist()
    places = zip(taps.inputs.tolist(), taps.outputs.tolist(), weights, factors, strict=True)
    return [(taps.input, place, output, taps.weight, weight, factor) for place, output, weight, factor in places]


def unlisted(function, *arguments):
    """What an operation that nobody listed is asked for."""
    return function.dispatch(Operation)(*arguments)


@every_kind
@given(data=st.data())
def test_what_an_output_reads(kind, data):
    case = data.draw(layers(kind))
    for operation in case.layer.lower(*case.shapes):
        reads = every_read(operation)
        for output in range(int(np.prod(operation.output_shape))):
            found = [tap for taps in reads_of(operation, output) for tap in listed(taps)]
            assert found == [read for read in reads if read[2] == output]  # in the order of the plain loop
            slow = unlisted(reads_of, operation, output)
            assert found == [tap for taps in slow for tap in listed(taps)]


@every_kind
@given(data=st.data())
def test_what_reads_a_value(kind, data):
    case = data.draw(layers(kind))
    for operation in case.layer.lower(*case.shapes):
        reads = every_read(operation)
        for number, shape in enumerate(operation.input_shapes):
            for place in range(int(np.prod(shape))):
                wanted = sorted(map(str, (read for read in reads if read[:2] == (number, place))))
                assert sorted(map(str, listed(readers_of(operation, number, place)))) == wanted
                assert sorted(map(str, listed(unlisted(readers_of, operation, number, place)))) == wanted


@every_kind
@given(data=st.data())
def test_what_uses_a_weight(kind, data):
    case = data.draw(layers(kind))
    for operation in case.layer.lower(*case.shapes):
        reads = every_read(operation)
        for name in {read[3] for read in reads} - {None}:
            places = int(np.prod(operation.weight_shapes[name]))
            for place in data.draw(st.lists(st.integers(0, places - 1), max_size=20)):
                wanted = sorted(map(str, (read for read in reads if read[3:5] == (name, place))))
                assert sorted(map(str, listed(uses_of(operation, name, place)))) == wanted
                assert sorted(map(str, listed(unlisted(uses_of, operation, name, place)))) == wanted


@every_kind
@given(data=st.data())
def test_every_output_has_one_bias(kind, data):
    case = data.draw(layers(kind))
    for operation in case.layer.lower(*case.shapes):
        shape = operation.weight_shapes.get("bias")
        if shape is None:
            assert bias_index(operation, index_of(0, operation.output_shape)) is None
            continue
        added = {int(output): index for index in np.ndindex(shape) for output in biased_by(operation, index)}
        assert sum(len(biased_by(operation, index)) for index in np.ndindex(shape)) == len(added)
        assert added == {
            output: bias_index(operation, index) for output, index in enumerate(np.ndindex(operation.output_shape))
        }
