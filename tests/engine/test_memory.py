"""Networks that are too large are refused before anything is allocated, and results give their memory back."""

import gc
import tracemalloc

import numpy as np
import pytest

from cnnbuilder import MemoryLimitError, Network
from cnnbuilder.engine import memory
from tests.designs import block, chain, joined, sample

pytestmark = pytest.mark.usefixtures("kernels")

MOST = 2**31 - 1


@pytest.fixture
def limit(monkeypatch):
    """Sets how much memory is free, in bytes."""
    return lambda count: monkeypatch.setenv("CNNBUILDER_MEMORY_LIMIT", str(count))


def refused(run):
    """The message of the refusal, and that next to nothing was allocated for it."""
    tracemalloc.start()
    with pytest.raises(MemoryLimitError) as error:
        run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**24
    return str(error.value)


def test_a_huge_dense_block_is_refused_by_name_and_size():
    network = Network(chain(block("f", "flatten"), block("huge", "dense", units=MOST)))
    message = refused(lambda: network.forward(np.zeros((1, 28, 28))))
    assert "huge" in message and "6.73 TB" in message and "weights" in message
    assert "6.73 TB" in refused(lambda: network.weights["huge.weight"])


def test_a_huge_output_is_refused_by_name_and_size():
    network = Network(chain(block("tower", "conv", filters=MOST, kernel_size=1)))
    message = refused(lambda: network.forward(np.zeros((1, 28, 28))))
    assert "tower" in message and "6.73 TB" in message


def test_a_huge_batch_is_refused(limit):
    network = Network(chain(block("c", "conv", filters=64, padding="same")))
    x = np.broadcast_to(np.zeros((1, 1, 1, 1), np.float32), (1000, 1, 28, 28))
    network.forward(x[:1])
    limit(100_000_000)
    with pytest.raises(MemoryLimitError, match=r"^c needs 201 MB"):
        network.forward(x)


def test_a_backward_pass_that_is_too_large_is_refused(limit):
    network = Network(chain(block("c", "conv", filters=64, padding="same"), size=(1, 512, 512)))
    run = network.forward(np.zeros((1, 512, 512)))
    limit(20_000_000)
    with pytest.raises(MemoryLimitError, match="backward"):
        run.backward(gradient=np.zeros((64, 512, 512), np.float32))


def test_the_largest_need_is_named(limit):
    limit(1_000_000)
    blocks = [block("c", "conv"), block("f", "flatten"), block("big", "dense", units=2000), block("d", "dense")]
    network = Network(chain(*blocks))
    assert refused(lambda: network.forward(np.zeros((1, 28, 28)))).startswith("big needs 43.3 MB")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("size", [(1, 40_000, 40_000), (1, MOST, 3)])
@pytest.mark.parametrize(
    "kind", ["max_pool", "average_pool", "conv", "activation", "batch_norm", "global_pool", "softmax"]
)
def test_huge_pictures_are_refused_at_once(limit, kind, size):
    limit(10**9)
    design = chain(block("it", kind), size=size)
    x = np.broadcast_to(np.float32(0), size)
    assert "GB" in refused(lambda: Network(design).forward(x))


def test_sizes_are_shown_in_decimal_units():
    assert [memory.show_bytes(n) for n in (0, 999, 18_410, 1_234_567, 999_600_000, 10**12, 10**40)] == [
        "0 B", "999 B", "18.4 KB", "1.23 MB", "1 GB", "1 TB", "1e+22 EB",
    ]  # fmt: skip


def test_free_memory_is_no_more_than_the_limit_that_is_set(limit):
    limit(12_345)
    assert memory.free_memory() == 12_345
    limit("much")
    assert memory.free_memory() > 2**20


def test_small_networks_run_on_any_machine(limit):
    limit(0)
    assert Network(sample("lenet5")).forward(np.zeros((1, 28, 28)))["softmax"].shape == (1, 10)


def test_results_give_their_memory_back():
    network = Network(sample("lenet5"))
    x = np.zeros((8, 1, 28, 28), np.float32)
    for _ in range(3):
        network.forward(x).backward(target=[0] * 8)
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(200):
        network.forward(x).backward(target=[0] * 8)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2**20


def test_networks_give_their_memory_back():
    def use():
        design = chain(block("f", "flatten"), block("d", "dense", units=1000), size=(1, 32, 32))
        Network(design).forward(np.zeros((1, 32, 32))).backward(gradient=np.ones(1000))

    use()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(10):
        use()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 2**22


def test_a_design_without_blocks_that_run_needs_nothing():
    network = Network(joined([{"id": "image", "kind": "input"}]))
    assert np.all(network.forward(np.ones((1, 28, 28)))["image"] == 1)
