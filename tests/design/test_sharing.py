"""The same connections with their weights shared more or less."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design.check import check
from cnnbuilder.design.layer import kinds
from cnnbuilder.design.sharing import LOCAL, TILED, Connections, in_turn, periods
from tests.designs import block, chain, sample
from tests.strategies import layers


def figures(design, id):
    report = check(design)
    return {way.name: way.parameters for way in design.blocks[id].layer.sharing(*report.input_shapes(id))}


def test_the_first_convolution_of_lenet():
    assert figures(sample("lenet5"), "conv1") == {
        "convolution": 156,
        "tiled, t = 2": 624,
        "locally connected": 122_304,
        "fully connected": 3_692_640,
    }


def test_where_there_is_one_place_there_is_nothing_to_tile():
    design = chain(block("conv", "conv", filters=3, kernel_size=[4, 4]), size=(2, 4, 4))
    assert figures(design, "conv") == {"convolution": 99, "locally connected": 99, "fully connected": 99}
    design = chain(block("conv", "conv", filters=3, kernel_size=[4, 1]), size=(1, 4, 4))
    assert figures(design, "conv")["tiled, t = 1 × 2"] == 2 * 15


def test_groups_lists_and_no_bias_are_counted():
    design = chain(block("conv", "conv", filters=4, kernel_size=3, groups=2, bias="none"), size=(4, 6, 6))
    assert figures(design, "conv") == {
        "convolution": 72,
        "tiled, t = 2": 288,
        "locally connected": 16 * 72,
        "fully connected": 144 * 64,
    }
    lists = [[0], [0, 1], [2]]
    design = chain(block("conv", "conv", filters=3, kernel_size=3, connections=lists), size=(3, 6, 6))
    assert figures(design, "conv")["convolution"] == 4 * 9 + 3


def test_a_layer_with_its_own_tiles_shows_them():
    connections = Connections((1, 8, 8), (2, 6, 6), 2, 9, tiles=(3, 3))
    ways = connections.ways(TILED, 180)
    assert [(way.name, way.parameters, way.own) for way in ways] == [
        ("convolution", 20, False),
        ("tiled, t = 3", 180, True),
        ("locally connected", 36 * 20, False),
        ("fully connected", 64 * 72 + 72, False),
    ]
    assert [way.own for way in connections.ways(LOCAL, 720)] == [False, False, True, False]


@pytest.mark.parametrize("kind", ["conv", "tiled_conv", "locally_connected"])
@given(data=st.data())
def test_a_layer_of_windows_finds_itself_among_the_ways(kind, data):
    case = data.draw(layers(kind))
    ways = case.layer.sharing(*case.shapes)
    (own,) = [way for way in ways if way.own]
    assert own.parameters == case.inference.parameters and own.weight_bytes == 4 * own.parameters
    assert own.macs == sum(operation.macs for operation in case.layer.lower(*case.shapes))
    counts = [way.macs for way in ways]
    assert counts[-1] == prod(case.shapes[0]) * prod(case.inference.shape)
    if kind == "conv" and case.layer.bias != "location":
        assert [way.parameters for way in ways[:-1]] == sorted(way.parameters for way in ways[:-1])


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_every_kind_says_whether_there_is_a_choice(kind, data):
    case = data.draw(layers(kind))
    assert sum(way.own for way in case.layer.sharing(*case.shapes)) in (0, 1)


@pytest.mark.parametrize("kind", ["conv", "tiled_conv", "locally_connected"])
def test_every_period_from_the_whole_output_down_to_one_is_a_way(kind):
    given = {"filters": 3, "kernel_size": 3, "bias": "none", **({"tiles": 3} if kind == "tiled_conv" else {})}
    design = chain(block("it", kind, **given), size=(2, 9, 7))
    layer, report = design.blocks["it"].layer, check(design)
    ways, z = layer.sharing(*report.input_shapes("it")), report.shapes["it"]
    assert periods(ways, z) == ({"conv": 1, "tiled_conv": 3, "locally_connected": 7}[kind], 7)
    for period in range(1, 9):
        way = in_turn(ways, z, period)
        made = layer.shared_as(way) or layer
        counted = sum(weight.count for weight in made.weights((2, 9, 7)).values())
        kernels = 35 if period >= 7 else min(period, 7) * min(period, 5)
        assert way.parameters == counted == kernels * 54
        assert periods(made.sharing((2, 9, 7)), z) == (min(period, 7), 7)
