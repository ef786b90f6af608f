"""One gradient explained, of a value and of a weight, against the engine, and against differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.layers.conv import Conv
from cnnbuilder.operations import Map, Reduce, View
from cnnbuilder.operations.reduce import Each
from tests.arrays import distinct
from tests.designs import block, chain, image, joined, sample
from tests.explain.explaining import BOUND, assert_explained, runs, units
from tests.strategies import layers

pytestmark = pytest.mark.usefixtures("kernels")


def explained(gradients, what, index, number=0):
    """An explanation that holds what every one must."""
    run = gradients.run
    weights = {name: held.array for name, held in run.weights.items()} | {None: lambda block: run[block]}
    found = cb.explain(gradients, what, index, number)
    of_weight = what in gradients.weights
    shown = gradients.weights[what][index] if of_weight else gradients.outputs[what][number][index]
    assert_explained(found, shown, weights, lambda block: gradients.outputs[block])
    assert (found.what, found.index, found.is_sum) == (what, index, True)
    assert of_weight or {term.sample for term in found.terms} <= set(range(run.batch))
    return found


def slope(run, id, seed=0):
    return np.random.default_rng(seed).normal(size=run[id].shape)


@given(runs(), st.data())
def test_the_terms_of_gradients_add_up_to_what_the_engine_computed(made, data):
    design, run = made
    start = data.draw(st.sampled_from(list(design.blocks)))
    if data.draw(st.booleans()):
        gradients = run.backward(gradient=slope(run, start), block=start)
    else:
        gradients = run.backward(target=slope(run, start), loss="mse", block=start)
    check(gradients, data)


@given(runs(classes=True), st.data())
def test_so_do_those_of_a_class(made, data):
    _, run = made
    (last,) = run.tape.outputs
    targets = data.draw(st.lists(st.integers(0, run[last][0].size - 1), min_size=run.batch, max_size=run.batch))
    gradients = run.backward(target=targets)
    check(gradients, data)
    for number in range(run.batch):
        for index in ((0,), (targets[number],)):
            index = (*index, *run[last].shape[2:])[: run[last].ndim - 1]
            explained(gradients, last, tuple(index), number)


def check(gradients, data):
    """One gradient of every block and of every weight."""
    run = gradients.run
    for id in run:
        explained(gradients, id, data.draw(units(run[id].shape[1:])), data.draw(st.integers(0, run.batch - 1)))
    for name, array in gradients.weights.items():
        explained(gradients, name, data.draw(units(array.shape)))


SMOOTH = ["input", "batch_norm", "softmax", "local_response_norm", "multiply", "add", "conv", "tiled_conv", "upsample"]


@pytest.mark.parametrize("kind", SMOOTH)
@given(data=st.data())
def test_a_gradient_is_what_the_output_changes_by(kind, data):
    case = data.draw(layers(kind))
    network = cb.Network(case.design, seed=3, dtype="float64")
    pictures = {id: distinct(network.report.shapes[id], 2, batch=2) / 4 for id in network.inputs}
    run = network.forward(pictures, training=True)
    given_slope = slope(run, "it")
    gradients = run.backward(gradient=given_slope, block="it")
    id = data.draw(st.sampled_from(network.inputs))
    index = data.draw(units(network.report.shapes[id]))
    step = 1e-5
    change = 0.0
    for sign in (1, -1):
        moved = {**pictures, id: pictures[id].copy()}
        moved[id][(1, *index)] += sign * step
        change += sign * float((given_slope * network.forward(moved, training=True)["it"]).sum())
    found = cb.explain(gradients, id, index, 1)
    assert abs(found.total - change / (2 * step)) <= 1e-4 * max(1.0, found.scale)


def test_a_convolution_by_hand():
    design = chain(block("conv", "conv", filters=1, kernel_size=[2, 2]), size=(1, 2, 3))
    network = cb.Network(design)
    network.weights["conv.weight"] = np.array([[[[1, 2], [3, 4]]]])
    gradients = network.forward(np.array([[[5, 6, 7], [8, 9, 10]]])).backward(gradient=np.array([[[10, 100]]]))
    found = cb.explain(gradients, "image", (0, 1, 1))
    assert sorted((t.source, t.factor, t.value, t.weight, t.product) for t in found.terms) == [
        (("conv", (0, 0, 0)), ("conv.weight", (0, 0, 1, 1)), 10.0, 4.0, 40.0),
        (("conv", (0, 0, 1)), ("conv.weight", (0, 0, 1, 0)), 100.0, 3.0, 300.0),
    ]
    assert (found.value, found.total, found.bias) == (340.0, 340.0, 0.0)
    found = cb.explain(gradients, "conv.weight", (0, 0, 1, 0))
    assert [(t.source, t.factor, t.value, t.weight, t.product) for t in found.terms] == [
        (("conv", (0, 0, 0)), ("image", (0, 1, 0)), 10.0, 8.0, 80.0),
        (("conv", (0, 0, 1)), ("image", (0, 1, 1)), 100.0, 9.0, 900.0),
    ]
    assert found.formula == "dJ/dconv.weight[0, 0, 1, 0] = Σ dJ/dconv[0, j, k] · V[0, j·1+1, k·1+0] = 980"
    assert [t.product for t in cb.explain(gradients, "conv.bias", 0).terms] == [10, 100]


def test_a_gradient_is_summed_over_successors_and_over_both_inputs_of_one():
    blocks = [image(1, 1, 2), block("a", "activation"), block("b", "activation", function="tanh"), block("sum", "add")]
    blocks += [block("twice", "add"), block("all", "concat")]
    links = [("image", "a", 0), ("image", "b", 0), ("a", "sum", 0), ("b", "sum", 1)]
    links += [("image", "twice", 0), ("image", "twice", 1), ("sum", "all", 0), ("twice", "all", 1)]
    run = cb.Network(joined(blocks, links)).forward(np.array([[[1, 2]]]))
    gradients = run.backward(gradient=np.array([[[1, 2]], [[10, 20]]]))
    found = explained(gradients, "image", (0, 0, 1))
    assert [term.source[0] for term in found.terms] == ["a", "b", "twice", "twice"]
    assert [term.value for term in found.terms] == [2, 2, 20, 20]


def test_cross_entropy_comes_through_its_softmax_at_once():
    design = chain(block("flat", "flatten"), block("soft", "softmax"), size=(1, 1, 3))
    run = cb.Network(design).forward(np.array([[[[1.0, 2, 4]]], [[[0, 0, 0]]]]))
    gradients = run.backward(target=[2, 0])
    p = run["soft"][0]
    for k in range(3):
        found = explained(gradients, "flat", (k,))
        assert len(found.terms) == 0  # it comes of no other gradient
        assert found.total == pytest.approx((p[k] - (k == 2)) / 2, rel=1e-6)
    assert explained(gradients, "soft", (2,)).formula == f"dJ/dsoft[2] = −1 / (2 · {p[2]:.6g}) = −{0.5 / p[2]:.6g}"
    assert explained(gradients, "soft", (1,), 1).total == 0


def test_without_a_softmax_one_is_applied_that_is_no_block():
    run = cb.Network(chain(block("flat", "flatten"), size=(1, 1, 2))).forward(np.array([[[0.0, 0]]]))
    found = explained(run.backward(target=1), "flat", (1,))
    assert (len(found.terms), found.bias, found.formula) == (0, -0.5, "dJ/dflat[1] = (0.5 − 1) / 1 = −0.5")


def test_squares_are_measured_from_the_target():
    run = cb.Network(chain(block("flat", "flatten"), size=(1, 1, 2))).forward(np.array([[[3.0, 5]]]))
    found = explained(run.backward(target=np.array([1.0, 1]), loss="mse"), "flat", (1,))
    assert (found.bias, found.total, found.formula) == (4, 4, "dJ/dflat[1] = 2 · (5 − 1) / 2 = 4")


def test_what_the_loss_does_not_depend_on():
    blocks = [image(1, 3, 3), block("conv", "conv", filters=1), block("aside", "conv", filters=1)]
    design = joined(blocks, [("image", "conv", 0), ("image", "aside", 0)])
    run = cb.Network(design).forward(distinct((1, 3, 3)))
    gradients = run.backward(gradient=np.ones((1, 1, 1)), block="conv")
    for what, index in (("aside", (0, 0, 0)), ("aside.weight", (0, 0, 1, 1)), ("aside.bias", (0,))):
        found = explained(gradients, what, index)
        assert (len(found.terms), found.total) == (0, 0)
        assert found.formula.endswith("= 0, because J does not depend on it")
    assert {term.source[0] for term in explained(gradients, "image", (0, 1, 1)).terms} == {"conv"}


def test_unequal_pictures_of_a_batch_stay_apart():
    design = chain(block("norm", "batch_norm"), size=(2, 1, 2))
    run = cb.Network(design).forward(distinct((2, 1, 2), 1, batch=3), training=True)
    found = explained(run.backward(gradient=slope(run, "norm")), "image", (1, 0, 1), 2)
    assert {term.sample for term in found.terms} == {0, 1, 2}
    assert len(found.terms) == 1 + 2 * 6  # its own, and two of each value of the channel
    found = explained(run.backward(gradient=slope(run, "norm")), "norm.weight", (1,), 0)
    assert [term.sample for term in found.terms] == [0, 0, 1, 1, 2, 2]


def test_tied_weights_and_gradients_of_padding():
    design = chain(block("it", "tiled_conv", filters=1, tiles=[2, 2], padding=1), size=(1, 5, 5))
    run = cb.Network(design).forward(distinct((1, 5, 5)))
    gradients = run.backward(gradient=slope(run, "it"))
    found = explained(gradients, "it.weight", (0, 0, 0, 0, 1, 0))
    # The outermost places multiply it by padding, which is no term.
    assert {term.source[1] for term in found.terms} == {(0, 1, 2), (0, 1, 4), (0, 3, 2), (0, 3, 4)}


@pytest.mark.parametrize("name", ["lenet5", "lenet-1998", "lenet-local", "lenet-tiled", "inception", "autoencoder"])
@given(data=st.data())
def test_samples(name, data):
    design = sample(name)
    network = cb.Network(design)
    run = network.forward(distinct(network.report.shapes[network.inputs[0]]) / 20, data.draw(st.booleans()))
    last = network.outputs[0]
    gradients = run.backward(gradient=slope(run, last), block=last)
    what = data.draw(st.sampled_from([*design.blocks, *gradients.weights]))
    explained(gradients, what, data.draw(units((gradients.weights.get(what, run.get(what, [None])[0])).shape)))


@pytest.mark.parametrize(
    ("what", "index", "number", "words"),
    [
        ("conv", (6, 0, 0), 0, "conv: there is no (6, 0, 0) in it"),
        ("conv.weight", (0, 0, 0), 0, "there is no (0, 0, 0) in it; it is 1 × 1 × 3 × 3 (4 numbers, from 0)"),
        ("conv.weight", (0, 0, 0, 0), 4, "sample: there is no 4"),
        ("other", (0, 0, 0), 0, "there is no block or weight 'other' in this run"),
        ("norm.running_mean", (0,), 0, "norm.running_mean has no gradient: it is not trained"),
    ],
)
def test_what_there_is_not_is_said_in_one_line(what, index, number, words):
    design = chain(block("conv", "conv", filters=1), block("norm", "batch_norm"), size=(1, 5, 5))
    run = cb.Network(design).forward(distinct((1, 5, 5)))
    with pytest.raises((cb.InputError, cb.DesignError)) as raised:
        cb.explain(run.backward(gradient=np.ones((1, 3, 3))), what, index, number)
    assert words in str(raised.value) and "\n" not in str(raised.value)




def test_a_block_of_several_operations_is_explained_step_by_step(monkeypatch):
    def lower(self, *inputs):
        convolution = self.operation(inputs[0])
        shape = convolution.output_shape
        return convolution, Map("tanh", shape), View(shape, shape), Reduce("mean", shape, *map(Each, shape))

    monkeypatch.setattr(Conv, "lower", lower)
    run = cb.Network(chain(block("it", "conv", filters=2), size=(1, 4, 4)), seed=4).forward(distinct((1, 4, 4)) / 9)
    found = cb.explain(run, "it", (1, 1, 0))
    assert [(term.source, term.weight) for term in found.terms] == [(("it (inside)", (1, 1, 0)), 1)]
    assert found.total == found.value == run["it"][0, 1, 1, 0]
    gradients = run.backward(gradient=slope(run, "it"))
    for what, index in (("image", (0, 2, 2)), ("it.weight", (1, 0, 2, 0)), ("it.bias", (0,))):
        found = cb.explain(gradients, what, index)
        assert {term.source[0] for term in found.terms} == {"it (inside)"}
        assert abs(found.total - found.value) <= BOUND * found.scale
