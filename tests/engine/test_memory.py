"""Memory: what is kept, what is given back, and what nobody can write."""

import copy
import gc
import pickle
import sys
import threading

import numpy as np
import pytest

from cnnbuilder import Design, DesignError, MemoryLimitError, Network
from cnnbuilder.design.layer import Weight
from cnnbuilder.engine.buffers import POOL, Pool, size_class
from cnnbuilder.engine.tape import Tape
from cnnbuilder.operations import Correlate

pytestmark = pytest.mark.usefixtures("kernels")


def chain(length):
    blocks = [{"id": "image", "kind": "input", "params": {"channels": 4, "height": 32, "width": 32}}]
    for number in range(length):
        blocks.append({"id": f"c{number}", "kind": "conv", "params": {"filters": 4, "padding": "same"}})
        blocks.append({"id": f"r{number}", "kind": "activation"})
    return Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks})


def test_memory_comes_back_when_the_last_view_dies():
    pool = Pool()
    lease, _ = pool.take(1000)
    first = lease.ctypes.data
    part = np.ndarray((10,), np.float32, lease, 64).reshape(2, 5)[0]
    del lease
    gc.collect()
    other, _ = pool.take(1000)
    assert other.ctypes.data != first
    del part
    gc.collect()
    again, _ = pool.take(1000)
    assert again.ctypes.data == first


def test_idle_memory_is_bounded_and_the_oldest_goes_first():
    pool = Pool(kept=100_000)
    for size in range(1_000, 60_000, 1_000):
        pool.take(size)
        gc.collect()
        assert pool.idle <= 100_000
    last, _ = pool.take(59_000)
    assert pool.idle < 100_000 - last.size


@pytest.mark.parametrize("size", [1, 63, 64, 65, 1000, 123_457, 2**30 + 1])
def test_sizes_are_rounded_up_by_an_eighth_at_most(size):
    assert size <= size_class(size) <= max(size * 9 / 8, size + 64)


def test_a_chain_of_edits_does_not_keep_what_it_no_longer_shows():
    network = Network(chain(24))
    x = np.random.default_rng(0).standard_normal((4, 32, 32), dtype=np.float32)
    run = network.forward(x, keep="all")
    for number in range(24):
        network.weights[f"c{number}.bias"] = np.full(4, number, np.float32)
        run = network.forward(x, keep="all", reuse=run)
    held = {}
    for block in run:
        owner = run[block]
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        held[owner.ctypes.data] = owner.nbytes
    assert sum(held.values()) < 2.5 * sum(run[block].nbytes for block in run)


def test_nobody_can_unlock_a_result():
    network = Network(chain(2))
    run = network.forward(np.ones((4, 32, 32)))
    gradients = run.backward(gradient=np.ones(run["r1"].shape))
    for array in (run["image"], run["c0"], run["r1"], gradients.outputs["image"], gradients.weights["c0.weight"]):
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True


def test_reading_and_going_backward_from_several_threads_at_once():
    network = Network(chain(40))
    x = np.random.default_rng(0).standard_normal((4, 32, 32), dtype=np.float32)
    errors = []

    def work(run, read):
        try:
            if read:
                for block in run:
                    run[block].sum()
            else:
                run.backward(gradient=np.ones(run["r39"].shape))
        except Exception as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(6):
            run = network.forward(x)
            threads = [threading.Thread(target=work, args=(run, read)) for read in (True, False, True, False)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == []


def test_runs_and_weights_are_told_apart_by_identity():
    network = Network(chain(1))
    run, other = network.forward(np.ones((4, 32, 32))), network.forward(np.ones((4, 32, 32)))
    assert run == run and run != other and run in [other, run] and len({run, other}) == 2
    assert network.weights == network.weights


def test_clearing_the_weights_takes_the_first_ones_back():
    network = Network(chain(1))
    first = network.weights["c0.weight"].copy()
    network.weights["c0.weight"] = np.zeros_like(first)
    network.weights.clear()
    assert np.array_equal(network.weights["c0.weight"], first)
    assert len(network.weights) == 2


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": "a"}, {"seed": 1.5}, {"dtype": "float16"}, {"weights": [1]}])
def test_wrong_arguments_are_refused_at_once(wrong):
    with pytest.raises(DesignError, match=next(iter(wrong))):
        Network(chain(1), **wrong)


def test_a_dtype_of_numpy_is_taken():
    assert Network(chain(1), dtype=np.dtype("float64")).forward(np.ones((4, 32, 32)))["c0"].dtype == np.float64


def test_plans_for_pictures_of_many_sizes_do_not_pile_up():
    network = Network(chain(1).with_params("image", size="picture"))
    for size in range(8, 48):
        network.forward(np.ones((4, size, size)))
    assert len(network._passes) <= 16 and len(network._tapes) <= 16
    assert POOL.idle <= 512 * 2**20


def test_designs_are_copied_pickled_and_hashed():
    design = chain(3)
    for copied in (copy.deepcopy(design), pickle.loads(pickle.dumps(design))):
        assert copied == design and hash(copied) == hash(design) and copied.to_dict() == design.to_dict()


def test_a_layer_whose_weights_do_not_fit_its_operation_is_refused_before_a_kernel_reads_them(monkeypatch):
    design = chain(1)
    report = Network(design).report
    found = report.inferences["c0"]
    assert found is not None and isinstance(design.blocks["c0"].layer.lower((4, 32, 32))[0], Correlate)
    wrong = (("weight", Weight((1,))), ("bias", Weight((4,))))
    monkeypatch.setitem(report.inferences, "c0", type(found)(found.shape, None, (), wrong, 5))
    with pytest.raises(TypeError, match="weight"):
        Tape(report)


@pytest.mark.parametrize("kind", ["max_pool", "global_pool", "adaptive_pool", "locally_connected", "transposed_conv"])
def test_maps_larger_than_any_memory_are_refused_in_one_line(kind):
    blocks = [{"id": "image", "kind": "input"}]
    blocks += [{"id": f"up{n}", "kind": "upsample", "params": {"scale": 2**31 - 1}} for n in range(3)]
    blocks.append({"id": "it", "kind": kind})
    network = Network(Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks}))
    with pytest.raises(MemoryLimitError):
        network.forward(np.zeros((1, 28, 28)))
