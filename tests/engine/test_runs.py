"""Runs: results that never change, that can be computed again, taken over and cancelled."""

import gc
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import Cancelled, InputError, Network
from cnnbuilder.design.layer import kinds
from cnnbuilder.engine.cancel import Cancellation
from tests.arrays import assert_all_close, distinct
from tests.designs import block, chain, image, joined, sample
from tests.strategies import networks

pytestmark = pytest.mark.usefixtures("kernels")

KNOWN = ["conv", "conv", "activation", *(kind for kind, layer in kinds().items() if layer.inputs != (0, 0))]


def relu_chain():
    """Convolutions with a ReLU behind each, which fusing makes one."""
    blocks = []
    for number in range(3):
        blocks += [block(f"conv{number}", "conv", filters=6, padding="same"), block(f"relu{number}", "activation")]
    return chain(*blocks, block("f", "flatten"), block("d", "dense", units=4), block("p", "softmax"), size=(2, 12, 12))


def inputs_of(network, seed=0, batch=2):
    return {id: distinct(network.report.shapes[id], [seed, n], batch) for n, id in enumerate(network.inputs)}


def test_a_run_is_a_mapping_of_its_blocks():
    run = Network(sample("lenet5")).forward(np.zeros((1, 28, 28)))
    assert list(run) == list(sample("lenet5").blocks) and len(run) == len(list(run))
    assert run["conv1"].shape == (1, 6, 28, 28)
    assert {name: array.shape for name, array in run.items()}["softmax"] == (1, 10)


def test_results_never_change_whatever_runs_afterwards():
    network = Network(relu_chain())
    gradients = network.forward(inputs_of(network, 0), keep="all").backward(target=[1, 2])
    arrays = [*gradients.run.values(), *gradients.outputs.values(), *gradients.weights.values()]
    before = [array.copy() for array in arrays]
    for seed in range(1, 30):
        network.forward(inputs_of(network, seed), keep="all").backward(target=[0, 3])
    for array, copy in zip(arrays, before, strict=True):
        assert np.array_equal(array, copy)


def test_an_array_outlives_its_run():
    network = Network(relu_chain())
    gradients = network.forward(inputs_of(network, 0)).backward(target=[1, 2])
    array, gradient = gradients.run["relu1"], gradients.outputs["conv1"]
    before = array.copy(), gradient.copy()
    del gradients
    gc.collect()
    for seed in range(1, 20):
        network.forward(inputs_of(network, seed)).backward(target=[0, 3])
    assert np.array_equal(array, before[0]) and np.array_equal(gradient, before[1])


def test_part_of_an_array_outlives_it_too():
    network = Network(relu_chain())
    row = network.forward(inputs_of(network, 0))["relu2"][1, 3, 5]
    before = row.copy()
    for seed in range(1, 20):
        network.forward(inputs_of(network, seed))
    assert np.array_equal(row, before)


def test_a_run_keeps_the_weights_that_it_ran_with():
    network = Network(relu_chain())
    x = inputs_of(network)
    wanted = network.forward(x, keep="all").backward(target=[1, 2])
    late = network.forward(x)
    for name, array in network.weights.items():
        network.weights[name] = array + 1
    found = late.backward(target=[1, 2])
    assert found.loss == wanted.loss
    assert_all_close(found.run, wanted.run, 1e-6)
    assert_all_close(found.outputs, wanted.outputs, 1e-6)
    assert_all_close(found.weights, wanted.weights, 1e-6)
    assert network.forward(x).backward(target=[1, 2]).loss != wanted.loss


def test_running_again_gives_the_very_same_numbers():
    network = Network(relu_chain())
    x = inputs_of(network)
    first, second = (network.forward(x).backward(target=[1, 2]) for _ in range(2))
    assert first.loss == second.loss
    for name in first.weights:
        assert np.array_equal(first.weights[name], second.weights[name])


# What was not kept


@given(design=networks(KNOWN), seed=st.integers(0, 99), data=st.data())
def test_what_was_not_kept_is_computed_again_as_if_it_had_been(design, seed, data):
    network = Network(design)
    x = inputs_of(network, seed)
    every = network.forward(x, keep="all")
    some = network.forward(x, keep=data.draw(st.sets(st.sampled_from(list(design.blocks)))))
    for id in data.draw(st.permutations(list(design.blocks))):
        assert_all_close({id: some[id]}, {id: every[id]}, 1e-6)
    block = data.draw(st.sampled_from(list(design.blocks)))
    slope = np.ones(every[block].shape)
    found = network.forward(x).backward(gradient=slope, block=block)
    wanted = every.backward(gradient=slope, block=block)
    assert_all_close(found.outputs, wanted.outputs, 1e-5)
    assert_all_close(found.weights, wanted.weights, 1e-5)


def test_values_inside_a_fused_step_are_the_unfused_ones():
    network = Network(relu_chain())
    x = inputs_of(network)
    fused, every = network.forward(x), network.forward(x, keep="all")
    for id in reversed(list(every)):
        assert_all_close({id: fused[id]}, {id: every[id]}, 1e-6)
    assert (fused["conv1"] < 0).any() and (fused["relu1"] >= 0).all()


@pytest.mark.parametrize("readers", [("relu", "sum"), ("sum", "relu"), ("relu", "relu2"), ("relu", "f")])
def test_a_convolution_that_others_read_too_is_not_hidden_in_its_relu(readers):
    kinds_of = {"relu": "activation", "relu2": "activation", "sum": "add", "f": "flatten"}
    blocks = [image(2, 6, 6), block("c", "conv", filters=3)]
    blocks += [block(id, kinds_of[id]) for id in readers]
    links = [("image", "c", 0), *(("c", id, 0) for id in readers), *(("c", id, 1) for id in readers if id == "sum")]
    x = distinct((2, 6, 6))
    fast, plain = (Network(joined(blocks, links), dtype=dtype).forward(x) for dtype in ("float32", "float64"))
    for id in readers:
        slope = np.ones(fast[id].shape)
        found, wanted = (run.backward(gradient=slope, block=id) for run in (fast, plain))
        assert_all_close(found.outputs, wanted.outputs, 1e-5)
        assert_all_close(found.run, wanted.run, 1e-5)


def test_a_name_in_keep_that_the_design_lacks_is_refused():
    network = Network(relu_chain())
    with pytest.raises(InputError, match="'nowhere'"):
        network.forward(inputs_of(network), keep={"conv1", "nowhere"})


def test_one_name_alone_is_kept_too():
    network = Network(relu_chain())
    assert network.forward(inputs_of(network), keep="conv1")["conv1"].shape == (2, 6, 12, 12)


# Taking over what an earlier run computed


@given(design=networks(KNOWN), seed=st.integers(0, 99), data=st.data())
def test_results_with_reuse_are_those_without(design, seed, data):
    network = Network(design)
    x = inputs_of(network, seed)
    keep = data.draw(st.sampled_from([None, "all"]))
    before = network.forward(x, keep=keep)
    change = data.draw(st.sampled_from(["nothing", "weight", "input", "block", "batch"]))
    if change == "weight" and len(network.weights):
        name = data.draw(st.sampled_from(list(network.weights)))
        network.weights[name] = network.weights[name] + 0.5
    elif change == "input":
        x = inputs_of(network, seed + 1)
    elif change == "batch":
        x = {id: array[:1] for id, array in x.items()}
    elif change == "block":
        activations = [id for id, block in design.blocks.items() if block.kind == "activation"]
        if activations:
            id = data.draw(st.sampled_from(activations))
            network = Network(design.with_params(id, function="tanh"), dict(network.weights))
    found, wanted = network.forward(x, reuse=before, keep=keep), network.forward(x, keep=keep)
    assert_all_close(found, wanted, 1e-6)
    output = network.outputs[-1]
    slope = np.ones(wanted[output].shape)
    again, plain = (run.backward(gradient=slope, block=output) for run in (found, wanted))
    assert_all_close(again.outputs, plain.outputs, 1e-5)
    assert_all_close(again.weights, plain.weights, 1e-5)


def test_only_what_follows_a_change_is_computed_again():
    design = relu_chain()
    network = Network(design)
    x = inputs_of(network)
    before = network.forward(x, keep="all")
    network.weights["conv2.weight"] = network.weights["conv2.weight"] * 2
    after = network.forward(x, keep="all", reuse=before)
    for id in ("conv0", "relu0", "conv1", "relu1"):
        assert np.shares_memory(after[id], before[id])
    for id in ("conv2", "relu2", "d"):
        assert not np.shares_memory(after[id], before[id])


def test_a_run_in_float64_takes_nothing_over_from_float32():
    x = inputs_of(Network(relu_chain()))
    plain = Network(relu_chain(), dtype="float64")
    run = plain.forward(x, reuse=Network(relu_chain()).forward(x))
    assert all(array.dtype == np.float64 for array in run.values())


# Training


def test_a_batch_of_one_value_a_channel_gives_no_nan():
    network = Network(chain(block("b", "batch_norm"), size=(3, 1, 1)))
    run = network.forward(np.ones((3, 1, 1)), training=True)
    assert np.all(run["b"] == 0)
    assert np.isfinite(run.statistics["b.running_mean"]).all()


def test_only_training_has_statistics():
    network = Network(chain(block("b", "batch_norm")))
    assert network.forward(np.ones((1, 28, 28))).statistics == {}
    found = network.forward(np.ones((2, 1, 28, 28)), training=True).statistics
    assert set(found) == {"b.running_mean", "b.running_var"}
    assert found["b.running_mean"] == pytest.approx(0.1) and found["b.running_var"] == pytest.approx(0.9)
    with pytest.raises(ValueError, match="read-only"):
        found["b.running_mean"][0] = 1


# Pictures of their own size


def follows(**params):
    blocks = [
        {"id": "image", "kind": "input", "params": {"channels": 2, "height": 9, "width": 9, "size": "picture"}},
        block("c", "conv", filters=3, **params),
        block("pool", "global_pool"),
        block("f", "flatten"),
        block("d", "dense", units=4),
    ]
    return joined(blocks)


@pytest.mark.parametrize("size", [(9, 9), (3, 3), (30, 4), (5, 41)])
def test_a_picture_of_any_size_runs_as_in_a_network_made_for_it(size):
    network = Network(follows())
    x = distinct((2, *size))
    fitting = follows().with_params("image", size="fixed", height=size[0], width=size[1])
    found, wanted = (net.forward(x).backward(target=1) for net in (network, Network(fitting)))
    assert found.run["c"].shape == (1, 3, size[0] - 2, size[1] - 2)
    assert_all_close(found.run, wanted.run, 1e-6)
    assert_all_close(found.weights, wanted.weights, 1e-6)


def test_a_picture_that_does_not_fit_says_which_block_it_does_not_fit():
    with pytest.raises(InputError, match=r"2 × 5.* c .*3 × 3"):
        Network(follows()).forward(np.zeros((2, 2, 5)))
    with pytest.raises(InputError, match="image"):
        Network(follows()).forward(np.zeros((1, 9, 9)))


def test_weights_that_depend_on_the_size_do_not_fit_another():
    with pytest.raises(InputError, match="weights of c"):
        Network(follows(bias="location")).forward(np.zeros((2, 12, 12)))
    assert Network(follows(bias="location")).forward(np.zeros((2, 9, 9)))["d"].shape == (1, 4)


# Cancelling


def test_a_run_that_is_cancelled_raises_and_leaves_the_network_usable():
    network = Network(relu_chain())
    x = inputs_of(network)
    with pytest.raises(Cancelled):
        network.forward(x, cancelled=lambda: True)
    stop = Cancellation()
    stop.cancel()
    with pytest.raises(Cancelled):
        network.forward(x, cancelled=stop)
    run = network.forward(x, cancelled=Cancellation())
    with pytest.raises(Cancelled):
        run.backward(target=[1, 2], cancelled=stop)
    assert_all_close(run, Network(relu_chain()).forward(x), 1e-6)
    assert run.backward(target=[1, 2]).loss == network.forward(x).backward(target=[1, 2]).loss


def test_cancelling_stops_inside_a_long_step():
    network = Network(chain(block("c", "conv", filters=64, kernel_size=11, padding="same"), size=(64, 128, 128)))
    x = np.zeros((4, 64, 128, 128), np.float32)
    whole = min(network.forward(x[:1]).seconds for _ in range(2)) * len(x)
    assert min(seconds_until_cancelled(network, x, whole / 20) for _ in range(3)) < whole / 2


def seconds_until_cancelled(network, x, after):
    stop = Cancellation()
    timer = threading.Timer(after, stop.cancel)
    timer.start()
    began = time.perf_counter()
    with pytest.raises(Cancelled):
        network.forward(x, cancelled=stop)
    timer.join()
    return time.perf_counter() - began


def test_progress_counts_up_and_names_blocks():
    network = Network(relu_chain())
    told = []
    network.forward(inputs_of(network), progress=lambda done, total, what: told.append((done, total, what)))
    assert told
    for done, total, what in told:
        assert 0 <= done < total and what


# Several readers of one value


def test_gradients_of_several_readers_add_up():
    links = [("image", "f", 0), ("image", "g", 0), ("image", "sum", 0), ("image", "sum", 1), ("image", "c", 0)]
    blocks = [
        image(2, 3, 3),
        block("f", "flatten"),
        block("g", "flatten"),
        block("sum", "add"),
        block("c", "activation"),
    ]
    blocks += [block("all", "concat"), block("sumf", "flatten"), block("cf", "flatten")]
    links += [
        ("sum", "sumf", 0),
        ("c", "cf", 0),
        ("f", "all", 0),
        ("g", "all", 1),
        ("sumf", "all", 2),
        ("cf", "all", 3),
    ]
    network = Network(joined(blocks, links), dtype="float64")
    x = distinct((2, 3, 3))
    slope = np.random.default_rng(0).standard_normal(4 * 18)
    gradients = network.forward(x).backward(gradient=slope)
    f, g, twice, relu = slope.reshape(4, 18)
    wanted = f + g + 2 * twice + relu * (x.ravel() > 0)
    np.testing.assert_allclose(gradients.outputs["image"].ravel(), wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("conv", {"kernel_size": [3, 3]}),
        ("conv", {"groups": 2}),
        ("tiled_conv", {"tiles": [2, 2]}),
        ("locally_connected", {"kernel_size": [1, 1], "bias": "channel"}),
        ("transposed_conv", {}),
        ("batch_norm", None),
    ],
)
def test_the_gradient_of_a_bias_is_exact_also_where_it_is_a_sum_of_many_equal_values(kind, params):
    """As behind a global average: added up one by one in float32, they would all be rounded the same way."""
    given = {} if params is None else {"filters": 2, **params}
    network = Network(chain(block("it", kind, **given), size=(2, 120, 120)))
    run = network.forward(np.zeros((2, 2, 120, 120)))
    found = run.backward(gradient=np.full(run["it"].shape, 0.1)).weights["it.bias"]
    count = run["it"].size / found.size
    np.testing.assert_allclose(found, count * float(np.float32(0.1)), rtol=5e-7)
