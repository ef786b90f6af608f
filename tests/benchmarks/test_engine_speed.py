"""How long a network takes from Python, small ones above all: the cost of a call is what a window feels."""

import numpy as np
import pytest

from cnnbuilder import Network
from tests.designs import sample

pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture(scope="module", params=["lenet5", "resnet18"])
def network(request):
    return Network(sample(request.param))


def picture(network):
    return np.random.default_rng(0).standard_normal(network.report.shapes["image"]).astype(np.float32)


def test_making_a_network(benchmark):
    design = sample("resnet18")
    benchmark(lambda: Network(design))


def test_forward(benchmark, network):
    x = picture(network)
    benchmark(lambda: network.forward(x))


def test_forward_and_backward(benchmark, network):
    x = picture(network)
    benchmark(lambda: network.forward(x).backward(target=3))


def test_forward_again_after_the_last_weights_changed(benchmark, network):
    x = picture(network)
    before = network.forward(x, keep="all")
    name = list(network.weights)[-1]

    def run():
        network.weights[name] = network.weights[name] + 1
        return network.forward(x, keep="all", reuse=before)

    benchmark(run)
