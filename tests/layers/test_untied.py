"""Tiled convolution lies between convolution and the locally connected layer, and is each of them at one end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import Network, check
from cnnbuilder.design.layer import kinds
from tests.arrays import assert_all_close, assert_close, distinct, some_weights
from tests.designs import block, chain
from tests.strategies import layers


def shared_params(layer):
    """The parameters that the kinds have in common."""
    return {name: value for name, value in layer.to_params().items() if name not in ("bias", "connections", "tiles")}


def designed(kind, shape, **params):
    """A design of one layer, and its network in float64 with weights to be set."""
    return Network(chain(block("it", kind, **params), size=shape), dtype="float64")


def both_ways(network, x, slope):
    gradients = network.forward(x).backward(gradient=slope)
    return gradients, {name.partition(".")[2]: array for name, array in gradients.weights.items()}


@pytest.mark.usefixtures("kernels")
@given(data=st.data(), seed=st.integers(0, 1000), batch=st.integers(1, 3))
def test_with_tiles_of_one_it_is_a_convolution(data, seed, batch):
    case = data.draw(layers("conv").filter(lambda case: case.layer.connections is None))
    bias = data.draw(st.sampled_from(["channel", "none"]))
    shape, params = case.shapes[0], shared_params(case.layer)
    conv = designed("conv", shape, **params, bias=bias)
    tiled = designed("tiled_conv", shape, **params, bias=bias.replace("channel", "tile"), tiles=1)
    given_ = some_weights(conv.report.inferences["it"], seed=seed)
    for name, array in given_.items():
        conv.weights[name] = array
        tiled.weights[name] = array[..., None, None]
    x = distinct(shape, seed, batch)
    slope = np.random.default_rng(seed).standard_normal((batch, *conv.report.shapes["it"]))
    (wanted, of_conv), (found, of_tiled) = both_ways(conv, x, slope), both_ways(tiled, x, slope)
    assert_all_close(found.run, wanted.run, 1e-13)
    assert_all_close(found.outputs, wanted.outputs, 1e-13)
    for name, array in of_conv.items():
        assert_close(of_tiled[name][..., 0, 0], array, 1e-13, name)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-5), ("float64", 1e-13)])
@given(data=st.data(), seed=st.integers(0, 1000), batch=st.integers(1, 3))
def test_with_tiles_as_large_as_the_output_it_is_locally_connected(dtype, tolerance, data, seed, batch):
    case = data.draw(layers("locally_connected"))
    shape, params = case.shapes[0], shared_params(case.layer)
    bias = case.layer.bias.replace("unit", "tile")
    tiles = list(case.inference.shape[1:])
    local = Network(case.design, some_weights(case.inference, seed=seed), dtype=dtype)
    tiled = Network(chain(block("it", "tiled_conv", **params, bias=bias, tiles=tiles), size=shape), dtype=dtype)
    for name, array in local.weights.items():
        tiled.weights[name] = np.moveaxis(array, (1, 2), (-2, -1)) if array.ndim > 1 else array
    x = distinct(shape, seed, batch).astype(dtype)
    slope = np.random.default_rng(seed).standard_normal((batch, *case.inference.shape)).astype(dtype)
    (wanted, of_local), (found, of_tiled) = both_ways(local, x, slope), both_ways(tiled, x, slope)
    assert_close(found.run["it"], wanted.run["it"], tolerance)
    for mine, theirs in zip(found.outputs.values(), wanted.outputs.values(), strict=True):
        assert_close(mine, theirs, tolerance)
    for name, array in of_local.items():
        moved = np.moveaxis(array, (1, 2), (-2, -1)) if array.ndim > 1 else array
        assert_close(of_tiled[name], moved, tolerance, name)


@pytest.mark.usefixtures("kernels")
def test_kernels_without_a_place_are_a_note_and_have_gradient_zero():
    network = designed("tiled_conv", (1, 4, 4), filters=2, kernel_size=2, tiles=[5, 2])
    assert network.report.problems == []
    (note,) = (note for note in network.report.notes if note.code == "kernels-without-a-place")
    assert (
        "5 × 2" in note.message
        and "3 × 3" in note.message
        and "4 kernels of every filter have no place" in note.message
    )
    network.weights["it.weight"] = np.where(np.arange(5)[:, None] < 3, np.ones((2, 1, 2, 2, 5, 2)), np.nan)
    gradients = network.forward(distinct((1, 4, 4))).backward(gradient=np.ones((2, 3, 3)))
    assert np.isfinite(gradients.run["it"]).all()
    weight, bias = gradients.weights["it.weight"], gradients.weights["it.bias"]
    assert not weight[..., 3:, :].any() and not bias[:, 3:].any()
    assert weight[..., :3, :].all() and (bias[:, :3] == [2, 1]).all()


def test_what_a_layer_of_kernels_costs():
    """4 × 4 picture, 2 × 2 filter, stride 2: 16 weights or 4, as in the lecture."""
    params = {"filters": 1, "kernel_size": 2, "stride": 2, "bias": "none"}
    wanted = {"conv": 4, "locally_connected": 16}
    for kind, count in wanted.items():
        assert check(chain(block("it", kind, **params), size=(1, 4, 4))).parameters["it"] == count
    for tiles, count in ((1, 4), (2, 16), ([1, 2], 8)):
        design = chain(block("it", "tiled_conv", **params, tiles=tiles), size=(1, 4, 4))
        assert check(design).parameters["it"] == count and check(design).macs["it"] == 16


@pytest.mark.parametrize("kind", ["locally_connected", "tiled_conv"])
def test_the_largest_parameters_are_only_numbers(kind):
    most = 2**31 - 1
    for extra in ({}, {"tiles": most} if kind == "tiled_conv" else {"padding": "full"}):
        design = chain(block("it", kind, filters=most, kernel_size=most // 2, **extra), size=(1, most, most))
        report = check(design)
        assert report.problems == [] and report.parameters["it"] > 2**60
        assert kinds()[kind].read(design.blocks["it"].layer.to_params())[0].sharing((1, most, most))
    small = check(chain(block("it", kind, kernel_size=most), size=(1, 8, 8)))
    assert [problem.code for problem in small.problems] == ["window-too-large"]


def test_a_bias_belongs_to_a_tile_a_unit_or_a_map():
    shapes = {}
    for kind, bias in (("locally_connected", "unit"), ("locally_connected", "channel"), ("tiled_conv", "tile")):
        layer = chain(block("it", kind, filters=3, bias=bias), size=(2, 8, 9)).blocks["it"].layer
        shapes[kind, bias] = {name: weight.shape for name, weight in layer.weights((2, 8, 9)).items()}
    assert shapes == {
        ("locally_connected", "unit"): {"weight": (3, 6, 7, 2, 3, 3), "bias": (3, 6, 7)},
        ("locally_connected", "channel"): {"weight": (3, 6, 7, 2, 3, 3), "bias": (3,)},
        ("tiled_conv", "tile"): {"weight": (3, 2, 3, 3, 2, 2), "bias": (3, 2, 2)},
    }
