"""What every layer kind must do, whichever it is: a new kind is tested by having its file.

The oracles are the plain float64 loops, the operations' index maps, and difference quotients.
"""

import itertools
import json
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import Design, Network, check
from cnnbuilder.design.layer import GROUPS, kinds, parameters_of
from cnnbuilder.operations import Correlate, Gather, Merge, Product, Reduce, Transposed, Untied, View
from tests.arrays import assert_all_close, assert_close, distinct, some_weights
from tests.strategies import layers

pytestmark = pytest.mark.usefixtures("kernels")

ICONS = Path(__file__).parents[2] / "resources" / "icons"
STEP = 1e-5

every_kind = pytest.mark.parametrize("kind", kinds())
kinds_with_inputs = pytest.mark.parametrize("kind", [kind for kind, found in kinds().items() if found.inputs != (0, 0)])
seeds = st.integers(0, 1000)


def network_of(case, dtype, seed=0):
    return Network(case.design, some_weights(case.inference, seed=seed), dtype=dtype)


def inputs_of(network, seed, batch=None):
    return {id: distinct(network.report.shapes[id], [seed, n], batch) for n, id in enumerate(network.inputs)}


def slope_of(network, seed, batch):
    """A gradient at the output of the block."""
    return np.random.default_rng([seed, 2]).standard_normal((batch, *network.report.shapes[output_of(network)]))


def output_of(network):
    (output,) = network.outputs
    return output


# What it says of itself


@every_kind
def test_it_is_documented(kind):
    layer = kinds()[kind]
    assert layer.group in GROUPS
    assert layer.label and layer.label[0].isupper()
    assert layer.__doc__ and layer.__doc__.strip().endswith(".") and "(" not in layer.__doc__.splitlines()[0][:1]
    assert "\n" not in layer.__doc__.strip().split("\n\n")[0]
    assert not layer.__doc__.startswith(f"{layer.__name__}(")  # what a dataclass says if nobody else does
    for name, parameter in parameters_of(layer).items():
        assert parameter.help.strip().endswith("."), name
        assert not parameter.nullable or parameter.null_words, name


@every_kind
def test_it_has_an_icon(kind):
    assert (ICONS / f"{kind}.svg").read_text().lstrip().startswith("<svg")


@every_kind
def test_its_defaults_are_values_that_it_takes(kind):
    layer = kinds()[kind]()
    assert kinds()[kind].read(layer.to_params()) == (layer, {})


@every_kind
@given(data=st.data())
def test_its_parameters_survive_json(kind, data):
    case = data.draw(layers(kind))
    written = json.dumps(case.design.to_dict())
    again = Design.from_dict(json.loads(written))
    assert again.blocks["it"].layer == case.layer
    assert json.dumps(again.to_dict()) == written
    assert isinstance(case.layer.summary(), str) and case.layer.summary().isprintable()
    assert all(str(formula) for formula in case.layer.formulas(*case.shapes))


# Shapes


@every_kind
@given(data=st.data())
def test_declared_shapes_are_the_real_ones(kind, data):
    case = data.draw(layers(kind))
    report = check(case.design)
    assert report.problems == []
    network = network_of(case, "float32")
    gradients = network.forward(inputs_of(network, 0, 2)).backward(gradient=slope_of(network, 0, 2))
    for id, shape in report.shapes.items():
        assert gradients.run[id].shape == gradients.outputs[id].shape == (2, *shape)
    declared = {f"it.{name}": weight for name, weight in case.inference.weights}
    assert {name: array.shape for name, array in network.weights.items()} == {
        name: weight.shape for name, weight in declared.items()
    }
    assert set(gradients.weights) == {name for name, weight in declared.items() if weight.trained}
    assert {name: array.shape for name, array in gradients.weights.items()} == {
        name: weight.shape for name, weight in declared.items() if weight.trained
    }
    operations = case.layer.lower(*case.shapes)
    if operations:
        assert operations[0].input_shapes == case.shapes
        assert operations[-1].output_shape == case.inference.shape
        for before, after in itertools.pairwise(operations):
            assert after.input_shapes == (before.output_shape,)


@every_kind
@given(data=st.data())
def test_its_parameter_count_is_the_number_of_values_that_can_change(kind, data):
    case = data.draw(layers(kind))
    network = Network(case.design)
    for name, array in network.weights.items():  # what is fixed stays at 0
        network.weights[name] = np.ones_like(array)
    trained = {f"it.{name}" for name, weight in case.inference.weights if weight.trained}
    count = sum(int(np.count_nonzero(network.weights[name])) for name in trained)
    assert check(case.design).parameters["it"] == count


# Numbers


@every_kind
@given(data=st.data(), seed=seeds, batch=st.integers(1, 3))
def test_float32_results_are_those_of_the_plain_float64_loops(kind, data, seed, batch):
    case = data.draw(layers(kind))
    fast, plain = network_of(case, "float32", seed), network_of(case, "float64", seed)
    x = {id: array.astype(np.float32) for id, array in inputs_of(plain, seed, batch).items()}
    slope = slope_of(plain, seed, batch).astype(np.float32)
    for name, array in fast.weights.items():
        plain.weights[name] = array
    found, wanted = (network.forward(x).backward(gradient=slope) for network in (fast, plain))
    assert_all_close(found.run, wanted.run, 1e-5)
    assert_all_close(found.outputs, wanted.outputs, 1e-5)
    assert_all_close(found.weights, wanted.weights, 1e-5)


def by_index_map(operation, inputs, weights):
    """What a linear operation or a pooling gives, by nothing but its index map."""
    output = np.zeros(operation.output_shape)
    for index in np.ndindex(output.shape):
        terms = []
        for read in operation.reads(index):
            factor = read.factor if read.weight is None else weights[read.weight][read.weight_index]
            terms.append(inputs[read.input][read.index] * factor)
        if isinstance(operation, Reduce):
            output[index] = max(terms) if operation.function == "max" else sum(terms) / operation.divisor(index)
        elif isinstance(operation, Merge) and operation.function == "multiply":
            output[index] = np.prod(terms)
        else:
            output[index] = sum(terms)
        if "bias" in operation.weight_names:
            bias = weights["bias"]
            turn = (at % period for at, period in zip(index, bias.shape, strict=False))  # tiles come again
            output[index] += bias[tuple(turn)]
    return output


@kinds_with_inputs
@given(data=st.data(), seed=seeds)
def test_the_plain_loops_follow_the_index_maps(kind, data, seed):
    case = data.draw(layers(kind))
    operations = case.layer.lower(*case.shapes)
    known = (Correlate, Gather, Merge, Product, Reduce, Transposed, Untied, View)
    if not all(isinstance(operation, known) for operation in operations):
        return
    network = network_of(case, "float64", seed)
    run = network.forward(inputs_of(network, seed))
    weights = {name.partition(".")[2]: array for name, array in network.weights.items()}
    inputs = [run[source][0] for source in case.design.graph.wiring.sources["it"]]
    for operation in operations:
        inputs = [by_index_map(operation, inputs, weights)]
    assert_close(run["it"][0], inputs[0], 1e-12)


def quotient(function, array, direction):
    """The slope of `function` along `direction` by a central difference."""
    return (function(array + STEP * direction) - function(array - STEP * direction)) / (2 * STEP)


def assert_slopes(found, wanted, what):
    assert np.all(np.abs(found - wanted) <= 1e-6 * np.maximum(1, np.abs(wanted))), what


@every_kind
@given(data=st.data(), seed=seeds)
def test_the_gradient_of_every_input_is_the_difference_quotient(kind, data, seed):
    case = data.draw(layers(kind))
    network = network_of(case, "float64", seed)
    output, x, slope = output_of(network), inputs_of(network, seed), slope_of(network, seed, 1)[0]
    gradients = network.forward(x).backward(gradient=slope)
    for id, array in x.items():
        # Every entry at once: one picture of the batch for each entry moved up, and one for each moved down.
        steps = STEP * np.eye(array.size).reshape(-1, *array.shape)
        moved = np.concatenate([array + steps, array - steps])
        batch = {other: np.broadcast_to(value, (len(moved), *value.shape)) for other, value in x.items()}
        losses = np.tensordot(network.forward({**batch, id: moved})[output], slope, slope.ndim)
        up, down = np.split(losses, 2)
        assert_slopes(gradients.outputs[id].ravel(), (up - down) / (2 * STEP), id)


@every_kind
@given(data=st.data(), seed=seeds)
def test_the_gradient_of_every_weight_is_the_difference_quotient(kind, data, seed):
    case = data.draw(layers(kind))
    network = network_of(case, "float64", seed)
    output, x, slope = output_of(network), inputs_of(network, seed, 2), slope_of(network, seed, 2)
    gradients = network.forward(x).backward(gradient=slope)
    generator = np.random.default_rng([seed, 3])
    for name, gradient in gradients.weights.items():
        before = network.weights[name].copy()

        def loss(array, name=name):
            network.weights[name] = array
            return float((network.forward(x)[output] * slope).sum())

        for entry in generator.permutation(before.size)[:8]:
            one = np.zeros(before.size)
            one[entry] = 1
            assert_slopes(gradient.ravel()[entry], quotient(loss, before, one.reshape(before.shape)), (name, entry))
        direction = generator.standard_normal(before.shape)  # all entries together
        assert_slopes((gradient * direction).sum(), quotient(loss, before, direction), name)
        network.weights[name] = before


@every_kind
@given(data=st.data(), seed=seeds)
def test_a_batch_is_its_pictures_one_by_one(kind, data, seed):
    case = data.draw(layers(kind))
    for dtype, tolerance in (("float32", 1e-5), ("float64", 1e-13)):
        network = network_of(case, dtype, seed)
        x, slope = inputs_of(network, seed, 3), slope_of(network, seed, 3)
        together = network.forward(x).backward(gradient=slope)
        single = [
            network.forward({id: array[n] for id, array in x.items()}).backward(gradient=slope[n]) for n in range(3)
        ]
        for id in case.design.blocks:
            assert_close(together.run[id], np.concatenate([one.run[id] for one in single]), tolerance, id)
            assert_close(together.outputs[id], np.concatenate([one.outputs[id] for one in single]), tolerance, id)
        for name, array in together.weights.items():
            assert_close(array, sum(one.weights[name] for one in single), tolerance, name)


@every_kind
@given(data=st.data(), training=st.booleans())
def test_inputs_and_weights_stay_as_they_are_and_results_cannot_be_written(kind, data, training):
    case = data.draw(layers(kind))
    network = network_of(case, "float32")
    x = {id: array.astype(np.float32) for id, array in inputs_of(network, 0, 2).items()}
    slope = slope_of(network, 0, 2).astype(np.float32)
    given = {**x, **network.weights, "slope": slope}
    before = {name: array.copy() for name, array in given.items()}
    gradients = network.forward(x, training=training).backward(gradient=slope)
    for array in itertools.chain(gradients.run.values(), gradients.outputs.values(), gradients.weights.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    for name, array in given.items():
        assert np.array_equal(array, before[name]), name


# NaN


def read_by(case):
    """For every index of the output, the set of (input, index) that it is made of, by the index maps."""
    made = {(number, index): {(number, index)} for number, s in enumerate(case.shapes) for index in np.ndindex(s)}
    for operation in case.layer.lower(*case.shapes):
        made = {
            (0, index): reduce(set.union, (made[read.input, read.index] for read in operation.reads(index)), set())
            for index in np.ndindex(operation.output_shape)
        }
    return {index: found for (_, index), found in made.items()}


@kinds_with_inputs
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(data=st.data(), seed=seeds)
def test_nan_comes_out_where_it_is_read_and_nowhere_else(kind, dtype, data, seed):
    case = data.draw(layers(kind))
    network = network_of(case, dtype, seed)
    x = inputs_of(network, seed)
    assert all(np.isfinite(array).all() for array in network.forward(x).values())
    number = data.draw(st.integers(0, len(case.shapes) - 1))
    place = data.draw(st.tuples(*(st.integers(0, n - 1) for n in case.shapes[number])))
    source = f"x{number}"
    x[source].reshape(case.shapes[number])[place] = np.nan
    output = network.forward(x)["it"][0]
    for index, found in read_by(case).items():
        assert np.isnan(output[index]) == ((number, place) in found), index
