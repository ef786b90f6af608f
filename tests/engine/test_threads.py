"""Many Python threads at once: each gets the numbers that it would get alone."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnnbuilder import Cancelled, Network
from cnnbuilder.engine.cancel import Cancellation
from tests.arrays import distinct
from tests.designs import block, chain, sample

pytestmark = pytest.mark.usefixtures("kernels")

THREADS = 8
ROUNDS = 6


def network_of(number):
    blocks = [
        block("c", "conv", filters=8 + number, padding="same"),
        block("r", "activation"),
        block("p", "max_pool"),
        block("f", "flatten"),
        block("d", "dense", units=5),
        block("s", "softmax"),
    ]
    return Network(chain(*blocks, size=(3, 24, 24)), seed=number)


def results(network, seed):
    gradients = network.forward(distinct((3, 24, 24), seed, batch=4)).backward(target=[0, 1, 2, 3])
    return [gradients.loss, *gradients.run.values(), *gradients.outputs.values(), *gradients.weights.values()]


def at_once(work):
    """`work(n)` in every thread, all begun together."""
    gate = threading.Barrier(THREADS)

    def begin(number):
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def assert_same(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert np.array_equal(one, other)


def test_different_networks_in_many_threads():
    networks = [network_of(number) for number in range(THREADS)]
    wanted = [[results(network, seed) for seed in range(ROUNDS)] for network in networks]
    found = at_once(lambda n: [results(networks[n], seed) for seed in range(ROUNDS)])
    for one, other in zip(found, wanted, strict=True):
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)


def test_one_network_in_many_threads():
    wanted = [results(network_of(0), seed) for seed in range(THREADS)]
    network = network_of(0)  # fresh: its first weights and plans are made by whoever comes first
    found = at_once(lambda n: results(network, n))
    for one, other in zip(found, wanted, strict=True):
        assert_same(one, other)


def test_one_run_asked_by_many_threads():
    network = network_of(0)
    run = network.forward(distinct((3, 24, 24), 0, batch=4))
    wanted = results(network, 0)

    def ask(number):
        names = list(run)
        arrays = {name: run[name] for name in names[number % len(names) :] + names[: number % len(names)]}
        gradients = run.backward(target=[0, 1, 2, 3])
        own = [arrays[name] for name in names]
        return [gradients.loss, *own, *gradients.outputs.values(), *gradients.weights.values()]

    for found in at_once(ask):
        assert_same(found, wanted)


def test_threads_that_are_cancelled_disturb_nobody():
    network = network_of(0)
    wanted = results(network, 0)

    def work(number):
        if number % 2 == 0:
            return [results(network, 0) for _ in range(ROUNDS)]
        for _ in range(ROUNDS):
            stop = Cancellation()
            killer = threading.Thread(target=stop.cancel)
            killer.start()
            with contextlib.suppress(Cancelled):
                network.forward(distinct((3, 24, 24), 1, batch=64), cancelled=stop)
            killer.join()
        return []

    for rounds in at_once(work):
        for found in rounds:
            assert_same(found, wanted)


def test_weights_set_while_others_run_are_seen_whole():
    network = Network(sample("notes-example"), {"conv1.weight": np.zeros((1, 1, 3, 3)), "conv1.bias": np.zeros(1)})
    x = np.ones((1, 10, 10))

    def work(number):
        for round in range(40):
            if number == 0:
                network.weights["conv1.weight"] = np.full((1, 1, 3, 3), float(round))
            else:
                value = network.forward(x)["conv1"]
                assert np.all(value == value.flat[0]) and value.flat[0] % 9 == 0
        return True

    assert all(at_once(work))
