"""Where two runs part, against numpy and against edits whose effect is known."""

import numpy as np
import pytest

import cnnbuilder as cb
from cnnbuilder.explain.departing import departures
from cnnbuilder.files.resources import samples
from tests.designs import block, chain


def run_of(design, weights=None, seed=1):
    network = cb.Network(design, weights=weights, seed=seed)
    shape = network.report.shapes[network.inputs[0]]
    return network, network.forward(np.random.default_rng(0).random((1, *shape), np.float32), keep="all")


def test_what_lies_behind_a_changed_weight_departs():
    design = cb.load(samples() / "lenet5.json")
    network, run = run_of(design)
    weights = dict(network.weights)
    weights["conv2.bias"] = weights["conv2.bias"] + np.eye(16, dtype=np.float32)[3]
    _, other = run_of(design, weights)
    found = departures(run, other, [(id, id) for id in run])
    assert [item.a for item in found] == list(run)
    assert [item.a for item in found if item.departs] == list(run)[list(run).index("conv2") :]
    for item in found:
        apart = np.abs(run[item.a][0] - other[item.b][0])
        assert item.largest == apart.max() and apart[item.index] == apart.max()
    (conv2,) = [item for item in found if item.a == "conv2"]
    assert conv2.largest == pytest.approx(1) and conv2.index[0] == 3


def test_other_shapes_and_blocks_that_did_not_run_are_left_out():
    design = cb.load(samples() / "lenet5.json")
    _, run = run_of(design)
    _, other = run_of(design.with_params("conv1", filters=7))
    found = departures(run, other, [("image", "image"), ("conv1", "conv1"), ("nothing", "conv1"), ("conv2", "conv2")])
    assert [item.a for item in found] == ["image", "conv2"]


@pytest.mark.parametrize(
    ("mine", "theirs", "largest", "departs"),
    [
        ([np.nan, 1.0], [np.nan, 1.0], 0.0, False),
        ([np.inf, 1.0], [np.inf, 1.0], 0.0, False),
        ([np.nan, 1.0], [2.0, 1.0], np.nan, True),
        ([np.inf, 1.0], [-np.inf, 1.0], np.inf, True),
        ([1.0, 1.0], [1.0, 1.0 + 5e-5], 5e-5, False),
        ([1.0, 1.0], [1.0, 1.01], 1e-2, True),
        ([0.0, 0.0], [0.0, 0.0], 0.0, False),
    ],
)
def test_what_is_no_number_and_what_is_rounding(mine, theirs, largest, departs):
    network = cb.Network(chain(block("id", "activation", function="leaky_relu", slope=1.0), size=(1, 1, 2)))
    runs = [network.forward(np.array([[[values]]], np.float32), keep="all") for values in (mine, theirs)]
    (found,) = departures(*runs, [("image", "image")])
    assert found.largest == pytest.approx(largest, rel=1e-2, nan_ok=True)
    assert found.departs == departs
