"""Blocks that are switched off: what goes by, its gradient, and weights that wait."""

from dataclasses import replace

import numpy as np
import pytest

from cnnbuilder import Design, DesignError, Network
from tests.designs import block, chain, image, joined, sample


def off(design: Design, *ids: str) -> Design:
    """`design` with these blocks switched off."""
    for id in ids:
        design = design.with_graph(design.graph.with_block(replace(design.blocks[id], off=True)))
    return design


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_as_if_the_block_were_not_there(dtype: str) -> None:
    layers = [block("conv1", "conv", filters=3), block("relu", "activation"), block("conv2", "conv", filters=2)]
    ends = [block("flat", "flatten"), block("out", "dense", units=4)]
    whole = off(chain(*layers, *ends, size=(1, 9, 9)), "relu")
    without = chain(layers[0], layers[2], *ends, size=(1, 9, 9))
    x = np.random.default_rng(0).standard_normal((1, 9, 9))
    run, plain = (Network(design, dtype=dtype).forward(x) for design in (whole, without))
    for id in ("conv1", "conv2", "out"):
        np.testing.assert_array_equal(run[id], plain[id])
    np.testing.assert_array_equal(run["relu"], run["conv1"])
    ours, theirs = run.backward(target=1), plain.backward(target=1)
    for id in ("image", "conv1", "conv2"):
        np.testing.assert_allclose(ours.outputs[id], theirs.outputs[id], rtol=1e-6)
    np.testing.assert_array_equal(ours.outputs["relu"], ours.outputs["conv1"])
    assert ours.weights.keys() == theirs.weights.keys()


def test_only_what_goes_by_gets_the_gradient_of_the_block() -> None:
    blocks = [image(1, 4, 4), block("by", "activation", function="tanh"), block("sum", "add"), block("flat", "flatten")]
    design = joined(blocks, [("image", "by", 0), ("by", "sum", 0), ("image", "sum", 1), ("sum", "flat", 0)])
    run = Network(off(design, "by")).forward(np.ones((1, 4, 4)))
    gradients = run.backward(gradient=np.ones(16))
    np.testing.assert_array_equal(run["sum"], 2 * np.ones((1, 1, 4, 4)))
    np.testing.assert_array_equal(gradients.outputs["by"], np.ones((1, 1, 4, 4)))
    np.testing.assert_array_equal(gradients.outputs["image"], 2 * np.ones((1, 1, 4, 4)))


def test_a_merge_lets_its_first_input_by() -> None:
    blocks = [image(1, 4, 4), block("tanh", "activation", function="tanh"), block("sum", "add")]
    design = joined(blocks, [("tanh", "sum", 0), ("image", "sum", 1), ("image", "tanh", 0)])
    run = Network(off(design, "sum")).forward(np.ones((1, 4, 4)))
    np.testing.assert_array_equal(run["sum"], run["tanh"])
    gradients = run.backward(gradient=np.ones((1, 4, 4)))
    np.testing.assert_allclose(gradients.outputs["image"], 1 - np.tanh(1.0) ** 2 * np.ones((1, 1, 4, 4)), rtol=1e-5)


def test_weights_wait_for_their_block() -> None:
    design = sample("lenet5")
    weights = dict(Network(design).weights)
    network = Network(off(design, "conv2"), {**{k: v for k, v in weights.items() if not k.startswith("dense1")}})
    assert "conv2.weight" not in network.weights
    with pytest.raises(DesignError, match="nothing_here"):
        Network(off(design, "conv2"), {"nothing_here.weight": np.ones(3)})
