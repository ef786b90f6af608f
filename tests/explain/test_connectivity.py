"""The connections of every kind against the plain loop over its index maps, output by output."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from cnnbuilder.explain.connectivity import connections
from cnnbuilder.explain.edges import TooMany, count, edges
from cnnbuilder.operations import Operation, Read
from tests.designs import block, chain, image, joined, sample
from tests.strategies import layers

every_kind = pytest.mark.parametrize("kind", kinds())


def by_reads(operations, shapes, unit):
    """`(source, input, weight)` of every connection of one output, read by read through all operations."""
    found = [(0, unit, -1)]
    for operation in reversed(operations):
        behind = []
        for _, mine, weight in found:
            place = tuple(int(i) for i in np.unravel_index(mine, operation.output_shape))
            for read in operation.reads(place):
                own = -1
                if read.weight is not None:
                    own = int(np.ravel_multi_index(read.weight_index, operation.weight_shapes[read.weight]))
                number = int(np.ravel_multi_index(read.index, operation.input_shapes[read.input]))
                behind.append((read.input, number, own if weight < 0 else weight))
        found = behind
    return found if shapes else []


def listed(connectivity):
    """`(output, source, input, weight)` of each."""
    columns = (connectivity.outputs, connectivity.sources, connectivity.inputs, connectivity.weights)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@every_kind
@given(data=st.data())
def test_connections_are_those_of_the_plain_loop(kind, data):
    case = data.draw(layers(kind))
    operations, units = case.layer.lower(*case.shapes), int(np.prod(case.inference.shape))
    wanted = [(unit, *edge) for unit in range(units) for edge in by_reads(operations, case.shapes, unit)]
    found = cb.connectivity(case.design, "it")
    assert listed(found) == wanted
    assert connections(case.design, "it") == len(found) == len(wanted)
    assert (found.output_shape, found.input_shapes) == (case.inference.shape, case.shapes)


@every_kind
@given(data=st.data())
def test_units_asked_for_have_the_connections_that_they_have_among_all(kind, data):
    case = data.draw(layers(kind))
    units = int(np.prod(case.inference.shape))
    asked = data.draw(st.lists(st.integers(0, units - 1), max_size=5, unique=True))
    everything = listed(cb.connectivity(case.design, "it"))
    wanted = [edge for unit in asked for edge in everything if edge[0] == unit]
    assert listed(cb.connectivity(case.design, "it", outputs=asked)) == wanted
    for unit in asked:
        one = listed(cb.connectivity(case.design, "it", outputs=unit))
        assert one == [edge for edge in wanted if edge[0] == unit]


@every_kind
@given(data=st.data())
def test_a_weight_number_is_that_of_the_array_that_the_network_has(kind, data):
    case = data.draw(layers(kind))
    found = cb.connectivity(case.design, "it")
    declared = {f"it.{name}": weight.shape for name, weight in case.inference.weights}
    assert found.weight is None or declared[found.weight] == found.weight_shape
    assert (found.weight is None) == (not declared)
    if len(found) and declared:
        assert found.weights.min() >= 0 and found.weights.max() < np.prod(found.weight_shape)
    elif len(found):
        assert set(found.weights.tolist()) == {-1}


def test_an_operation_that_is_not_listed_is_asked_read_by_read():
    class Mirror(Operation):
        input_shapes = ((2, 3),)
        output_shape = (2, 3)
        weight_shapes = {"weight": (3,)}  # noqa: RUF012

        def reads(self, index):
            yield Read(0, (index[0], 2 - index[1]), "weight", (index[1],))
            yield Read(0, index)

    found = edges(Mirror(), np.array([1, 3]), 4)
    assert [column.tolist() for column in found] == [[0, 0, 1, 1], [0] * 4, [1, 1, 5, 3], [1, -1, 0, -1]]
    assert count(Mirror()) == 12
    with pytest.raises(TooMany):
        edges(Mirror(), np.array([1, 3]), 3)


def test_the_figure_of_the_notes():
    # Nine inputs in a row, windows of two: never shared, in turn, always.
    window = {"filters": 1, "kernel_size": [1, 2], "bias": "none"}
    ways = {
        "locally_connected": list(range(16)),
        "tiled_conv": [0, 2, 1, 3] * 4,  # the tiles lie last in the array
        "conv": [0, 1] * 8,
    }
    for kind, weights in ways.items():
        tiles = {"tiles": [1, 2]} if kind == "tiled_conv" else {}
        found = cb.connectivity(chain(block("z", kind, **window, **tiles), size=(1, 1, 9)), "z")
        assert found.outputs.tolist() == [z for z in range(8) for _ in range(2)]
        assert found.inputs.tolist() == [z + n for z in range(8) for n in range(2)]
        assert found.weights.tolist() == weights
        assert found.shared == len(set(weights))


def test_several_inputs_are_told_apart():
    design = joined(
        [image(1, 1, 2), block("twin", "conv", filters=2, kernel_size=1), block("both", "concat")],
        [("image", "twin", 0), ("twin", "both", 0), ("image", "both", 1)],
    )
    found = cb.connectivity(design, "both")
    assert found.blocks == ("twin", "image")
    assert found.sources.tolist() == [0, 0, 0, 0, 1, 1]
    assert found.inputs.tolist() == [0, 1, 2, 3, 0, 1]


def test_what_has_no_operations_lets_its_input_by():
    off = {**block("c", "conv", filters=3), "off": True}
    design = chain(off, size=(1, 4, 4))
    found = cb.connectivity(design, "c")
    assert found.inputs.tolist() == found.outputs.tolist() == list(range(16))
    assert connections(design, "c") == 16
    assert len(cb.connectivity(design, "image")) == connections(design, "image") == 0


def test_lenet_of_1998_has_the_connections_that_its_authors_count():
    design = sample("lenet-1998")
    report = cb.check(design)

    def counted(read, *biased):
        """The connections of one block, and one more for each unit of those that have a bias."""
        found = cb.connectivity(design, read)
        assert connections(design, read) == len(found)
        return len(found) + sum(int(np.prod(report.shapes[id])) for id in biased)

    # S2 and S4 have their coefficient on the four connections of the mean (docs/lenet-1998.md).
    found = {
        "C1": counted("c1", "c1"),
        "S2": counted("s2_mean", "s2_scale"),
        "C3": counted("c3", "c3"),
        "S4": counted("s4_mean", "s4_scale"),
        "C5": counted("c5", "c5"),
        "F6": counted("f6", "f6"),
        "output": counted("output"),
    }
    assert found == {
        "C1": 122_304, "S2": 5_880, "C3": 151_600, "S4": 2_000, "C5": 48_120, "F6": 10_164, "output": 840,
    }  # fmt: skip
    assert sum(found.values()) == 340_908


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "alexnet", "mobilenet-v2"])
def test_in_large_networks_connections_with_a_weight_are_multiplications(name):
    design = sample(name)
    report = cb.check(design)
    for id in design.blocks:
        if report.macs[id] and design.blocks[id].kind in ("conv", "dense"):
            padded = "padding" in design.blocks[id].layer.to_params() and report.shapes[id][1:] != (1, 1)
            found = connections(design, id)
            assert found <= report.macs[id]
            assert padded or found == report.macs[id]  # padding is no connection


def test_above_ten_million_connections_units_must_be_named():
    design = sample("vgg16")
    with pytest.raises(cb.InputError, match=r"conv1_2: .*10,000,000.*outputs=.*3,211,264"):
        cb.connectivity(design, "conv1_2")
    assert len(cb.connectivity(design, "conv1_2", outputs=[0, 100_000])) == 4 * 64 + 9 * 64
    with pytest.raises(cb.InputError, match="outputs="):
        cb.connectivity(design, "conv1_2", outputs=range(20_000))
    assert connections(design, "conv1_2") == 64 * 64 * (224 * 3 - 2) ** 2


def test_connections_are_counted_also_where_there_are_millions_of_places():
    design = chain(block("c", "conv", filters=3, kernel_size=[2, 3], padding="same"), size=(2, 2, 2_500_000))
    assert connections(design, "c") == 3 * 2 * 3 * (3 * 2_500_000 - 2)


def test_what_cannot_be_asked_is_said_in_one_line():
    design = chain(block("c", "conv", filters=1, kernel_size=3), size=(1, 4, 4))
    for wrong, words in (([4], "no unit 4"), ([-1], "no unit -1"), ([0.5], "whole numbers"), (["a"], "whole numbers")):
        with pytest.raises(cb.InputError, match=words):
            cb.connectivity(design, "c", outputs=wrong)
    with pytest.raises(cb.InputError, match="whole numbers"):
        cb.connectivity(design, "c", outputs=[2**80])
    assert len(cb.connectivity(design, "c", outputs=[])) == 0
    assert len(cb.connectivity(design, "c", outputs=np.array([3, 1]))) == 18
    with pytest.raises(cb.DesignError, match="nobody"):
        cb.connectivity(design, "nobody")
    with pytest.raises(cb.DesignError, match="shape is not known"):
        cb.connectivity(chain(block("c", "conv", kernel_size=9), size=(1, 2, 2)), "c")


def test_connections_cannot_be_written():
    found = cb.connectivity(chain(block("c", "conv"), size=(1, 4, 4)), "c")
    for array in (found.outputs, found.inputs, found.weights, found.sources):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
