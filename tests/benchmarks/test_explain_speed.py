"""How long it takes to explain one number of a large network, forward and backward.

Run with `python -m pytest tests/benchmarks -o addopts= --benchmark-only`.
"""

import numpy as np
import pytest

import cnnbuilder as cb
from tests.designs import block, chain, sample

ALEXNET = {
    "a value of a convolution": ("run", "conv4", (128, 6, 6)),
    "a value of a dense layer": ("run", "dense1", (7,)),
    "a probability": ("run", "softmax", (500,)),
    "a gradient before a convolution": ("gradients", "relu3", (192, 6, 6)),
    "a gradient before a dense layer": ("gradients", "dropout1", (7,)),
    "a weight's gradient": ("gradients", "conv1.weight", (32, 1, 5, 5)),
}


@pytest.fixture(scope="module")
def alexnet(kernels):
    network = cb.Network(sample("alexnet"))
    run = network.forward(np.random.default_rng(0).normal(size=(3, 224, 224)), keep="all")
    return {"run": run, "gradients": run.backward(target=3)}


@pytest.mark.parametrize("asked", ALEXNET.values(), ids=ALEXNET)
def test_one_number_of_alexnet(benchmark, alexnet, asked):
    source, what, index = asked
    assert len(benchmark(cb.explain, alexnet[source], what, index).terms) > 100


def wide():
    design = chain(block("flat", "flatten"), block("dense", "dense", units=64), size=(512, 7, 7))
    return cb.Network(design).forward(np.random.default_rng(0).normal(size=(512, 7, 7)))


def test_a_dense_unit_of_25088_inputs(benchmark, kernels):
    assert len(benchmark(cb.explain, wide(), "dense", (7,)).terms) == 512 * 7 * 7


def test_all_its_terms(benchmark, kernels):
    found = cb.explain(wide(), "dense", (7,))
    assert len(benchmark(list, found.terms)) == 512 * 7 * 7
