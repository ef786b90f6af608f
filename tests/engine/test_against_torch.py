"""Random networks with branches, forward and backward, against the same networks in PyTorch."""

import numpy as np
import pytest
from hypothesis import assume, currently_in_test_context, given
from hypothesis import strategies as st

from cnnbuilder import Network
from tests.arrays import assert_all_close, assert_close
from tests.designs import block, chain, sample
from tests.strategies import networks

oracle = pytest.importorskip("tests.engine.torch_oracle", reason="needs PyTorch")
torch = oracle.torch

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("kernels")]

KNOWN = ["conv", "conv", *oracle.KINDS, *oracle.MERGES]
MASKLESS = [kind for kind in KNOWN if kind != "dropout"]
"""Kinds whose values in training are no chance."""
TOLERANCE = {"float32": 1e-4, "float64": 1e-10}
dtypes = pytest.mark.parametrize("dtype", TOLERANCE)
seeds = st.integers(0, 10_000)


def prepared(design, dtype, seed, batch):
    """A network with random weights, random inputs, and the generator."""
    generator = np.random.default_rng(seed)
    network = Network(design, dtype=dtype)
    for name, array in network.weights.items():
        low, high = (0.5, 1.5) if name.endswith(("running_var", ".weight")) and array.ndim == 1 else (-0.5, 0.5)
        network.weights[name] = generator.uniform(low, high, array.shape)
    inputs = {id: generator.standard_normal((batch, *network.report.shapes[id])).astype(dtype) for id in network.inputs}
    return network, inputs, generator


def compare(network, inputs, backward, loss, training=False):
    """The network's results and gradients with those of PyTorch; `backward` and `loss` say what is derived."""
    theirs = oracle.Oracle(network.design, network.weights, inputs, training)
    gradients = backward(network.forward(inputs, training=training))
    values, weights = theirs.gradients(loss(theirs))
    tolerance = TOLERANCE[network.dtype]
    assert_all_close(gradients.run, {id: value.detach().numpy() for id, value in theirs.values.items()}, tolerance)
    try:
        assert_all_close(gradients.outputs, values, tolerance)
        assert_all_close(gradients.weights, weights, tolerance)
    except AssertionError:
        # Only where a value lies so near a kink that rounding decides, gradients may differ.
        if network.dtype == "float32" and currently_in_test_context():
            assume(not near_a_kink(network, inputs, loss, training, values, weights))
        raise
    return gradients, theirs


def near_a_kink(network, inputs, loss, training, values, weights):
    """Whether PyTorch's own gradients jump when the input moves by as little as float32 rounds."""
    generator = np.random.default_rng(0)
    for _ in range(4):
        moved = {id: x.astype(np.float64) * (1 + 2e-6 * generator.standard_normal(x.shape)) for id, x in inputs.items()}
        other = oracle.Oracle(network.design, network.weights, moved, training)
        try:
            for found, wanted in zip(other.gradients(loss(other)), (values, weights), strict=True):
                assert_all_close(found, wanted, TOLERANCE["float32"] / 2)
        except AssertionError:
            return True
    return False


@dtypes
@given(design=networks(KNOWN), seed=seeds, batch=st.integers(1, 3), data=st.data())
def test_a_gradient_given_at_any_block(dtype, design, seed, batch, data):
    network, inputs, generator = prepared(design, dtype, seed, batch)
    block = data.draw(st.sampled_from(list(design.blocks)))
    slope = generator.standard_normal((batch, *network.report.shapes[block]))
    compare(
        network,
        inputs,
        lambda run: run.backward(gradient=slope, block=block),
        lambda theirs: (theirs.values[block] * torch.tensor(slope)).sum(),
    )


@dtypes
@given(design=networks(KNOWN, classes=True), seed=seeds, batch=st.integers(1, 3))
def test_cross_entropy_at_the_output(dtype, design, seed, batch):
    network, inputs, generator = prepared(design, dtype, seed, batch)
    (output,) = network.outputs
    classes = network.report.shapes[output][0]
    labels = generator.integers(0, classes, batch)

    def loss(theirs):
        value = theirs.values[output]
        if design.blocks[output].kind == "softmax":
            return -value[range(batch), labels].log().mean()
        return torch.nn.functional.cross_entropy(value, torch.tensor(labels))

    gradients, theirs = compare(network, inputs, lambda run: run.backward(target=labels.tolist()), loss)
    assert_close(gradients.loss, loss(theirs).item(), TOLERANCE[dtype])


@dtypes
@given(design=networks(KNOWN), seed=seeds, batch=st.integers(1, 3), data=st.data())
def test_mean_squared_error_at_any_block(dtype, design, seed, batch, data):
    network, inputs, generator = prepared(design, dtype, seed, batch)
    block = data.draw(st.sampled_from(list(design.blocks)))
    target = generator.standard_normal((batch, *network.report.shapes[block]))

    def loss(theirs):
        return ((theirs.values[block] - torch.tensor(target)) ** 2).mean()

    gradients, theirs = compare(network, inputs, lambda run: run.backward(target=target, loss="mse", block=block), loss)
    assert_close(gradients.loss, loss(theirs).item(), TOLERANCE[dtype])


@dtypes
@given(design=networks([*MASKLESS, "batch_norm", "batch_norm"]), seed=seeds, batch=st.integers(2, 4), data=st.data())
def test_training_uses_the_batch_and_reports_new_running_values(dtype, design, seed, batch, data):
    network, inputs, generator = prepared(design, dtype, seed, batch)
    block = data.draw(st.sampled_from(list(design.blocks)))
    slope = generator.standard_normal((batch, *network.report.shapes[block]))
    before = {name: array.copy() for name, array in network.weights.items()}
    if dtype == "float32":
        # A channel that is next to constant is blown up by its deviation: rounding is all that there is to compare.
        assume(all(variance > 1e-3 for variance in variances(network, inputs)))
    gradients, theirs = compare(
        network,
        inputs,
        lambda run: run.backward(gradient=slope, block=block),
        lambda theirs: (theirs.values[block] * torch.tensor(slope)).sum(),
        training=True,
    )
    running = {name: tensor.numpy() for name, tensor in theirs.weights.items() if "running" in name}
    assert set(gradients.run.statistics) == set(running)
    assert_all_close(gradients.run.statistics, running, TOLERANCE[dtype])
    for name, array in before.items():
        assert np.array_equal(network.weights[name], array)


def variances(network, inputs):
    """The variance of every channel that a batch normalisation sees."""
    theirs = oracle.Oracle(network.design, network.weights, inputs, training=True)
    for id, item in network.design.blocks.items():
        if item.kind == "batch_norm":
            (source,) = network.design.graph.wiring.sources[id]
            value = theirs.values[source].detach().numpy()
            yield from value.var(axis=(0, 2, 3) if value.ndim == 4 else 0)


@pytest.mark.parametrize("seed", range(24))
def test_larger_convolutions(seed):
    """Sizes that reach the blocked, the row and the direct kernels, with whole and with partial tiles."""
    generator = np.random.default_rng(seed)

    def pick(*values):
        return int(generator.choice(values))

    groups = pick(1, 1, 1, 2, 4)
    channels, filters = (groups * pick(1, 3, 8, 16, 17) for _ in range(2))
    conv = block(
        "conv",
        "conv",
        filters=filters,
        kernel_size=[pick(1, 2, 3, 5), pick(1, 3, 4, 7)],
        stride=[pick(1, 1, 2), pick(1, 1, 3)],
        padding=[pick(0, 1, 2), pick(0, 1, 3), pick(0, 1, 2), pick(0, 2, 3)],
        dilation=[pick(1, 1, 2), pick(1, 1, 2)],
        groups=groups,
        bias=str(generator.choice(["channel", "location", "none"])),
    )
    rest = [block("relu", "activation"), block("pool", "max_pool"), block("gap", "global_pool"), block("f", "flatten")]
    design = chain(conv, *rest, block("d", "dense", units=5), size=(channels, pick(13, 32, 41), pick(17, 32, 50)))
    batch = pick(1, 2, 5)
    network, inputs, _ = prepared(design, "float32", seed, batch)
    labels = generator.integers(0, 5, batch)
    compare(
        network,
        inputs,
        lambda run: run.backward(target=labels.tolist()),
        lambda theirs: torch.nn.functional.cross_entropy(theirs.values["d"], torch.tensor(labels)),
    )


@pytest.mark.parametrize(
    "name", ["notes-example", "kernel-six", "lenet5", pytest.param("resnet18", marks=pytest.mark.slow)]
)
def test_the_samples(name):
    design = sample(name)
    network = Network(design)
    inputs = {"image": np.random.default_rng(0).standard_normal((1, *network.report.shapes["image"])).astype("float32")}
    theirs = oracle.Oracle(design, network.weights, inputs)
    (output,) = network.outputs
    slope = np.random.default_rng(1).standard_normal(network.report.shapes[output])
    gradients = network.forward(inputs).backward(gradient=slope)
    values, weights = theirs.gradients((theirs.values[output] * torch.tensor(slope)).sum())
    assert_all_close(gradients.run, {id: value.detach().numpy() for id, value in theirs.values.items()}, 1e-4)
    # Among millions of values some lie at a kink; what counts is the distance as a whole.
    for found, wanted in ((gradients.outputs, values), (gradients.weights, weights)):
        for id, array in wanted.items():
            assert np.linalg.norm(found[id] - array) <= 1e-3 * max(np.linalg.norm(array), 1e-3), id
