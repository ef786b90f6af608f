"""One value explained, against the engine, which knows nothing of explanations, and against the reads."""

import math
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from cnnbuilder.explain.terms import Named, Part, Terms
from cnnbuilder.operations import Read
from tests.arrays import distinct
from tests.designs import block, chain, image, joined, sample
from tests.explain.explaining import assert_explained, runs, units
from tests.strategies import layers

pytestmark = pytest.mark.usefixtures("kernels")


def weights_of(run):
    return {name: held.array for name, held in run.weights.items()} | {None: lambda block: run[block]}


def explained(run, id, index, number=0):
    """An explanation that holds what every one must."""
    found = cb.explain(run, id, index, number)
    assert_explained(found, run[id][number][index], weights_of(run), lambda block: run[block])
    assert (found.what, found.index, found.sample) == (id, index, number)
    return found


@given(runs(), st.data())
def test_the_terms_add_up_to_what_the_engine_computed(made, data):
    design, run = made
    for id in design.blocks:
        index = data.draw(units(run[id].shape[1:]))
        explained(run, id, index, data.draw(st.integers(0, run.batch - 1)))


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_the_terms_are_what_the_index_map_reads(kind, data):
    case = data.draw(layers(kind))
    design = case.design
    network = cb.Network(design, seed=3)
    run = network.forward({id: distinct(network.report.shapes[id], 2) for id in network.inputs})
    index = data.draw(units(case.inference.shape))
    wanted = [[Read(0, index)]] if case.shapes else [[]]
    for operation in reversed(case.layer.lower(*case.shapes)):
        wanted = [[inner for read in reads for inner in operation.reads(read.index)] for reads in wanted]
    sources = design.graph.wiring.sources["it"]
    found = explained(run, "it", index)
    assert [term.source for term in found.terms] == [(sources[read.input], read.index) for read in wanted[0]]


def test_a_convolution_by_hand():
    design = chain(block("conv", "conv", filters=1, kernel_size=[2, 2], padding=1), size=(1, 2, 2))
    network = cb.Network(design)
    network.weights["conv.weight"] = np.array([[[[1, 2], [3, 4]]]])
    network.weights["conv.bias"] = np.array([10])
    run = network.forward(np.array([[[5, 6], [7, 8]]]))
    found = cb.explain(run, "conv", (0, 1, 0))
    # The left column of the window lies in the padding, which is no term.
    assert [(t.source, t.factor, t.value, t.weight, t.product) for t in found.terms] == [
        (("image", (0, 0, 0)), ("conv.weight", (0, 0, 0, 1)), 5.0, 2.0, 10.0),
        (("image", (0, 1, 0)), ("conv.weight", (0, 0, 1, 1)), 7.0, 4.0, 28.0),
    ]
    assert (found.value, found.bias, found.total, found.scale) == (48.0, 10.0, 48.0, 48.0)
    assert found.formula == "conv[0, 1, 0] = Σ V[l, 1·1+m−1, 0·1+n−1] · K[0, l, m, n] + b[0] = 38 + 10 = 48"


def test_the_largest_is_picked_and_the_rest_counts_nothing():
    run = cb.Network(chain(block("pool", "max_pool"), size=(1, 2, 2))).forward(np.array([[[3, -np.inf], [7, 7]]]))
    found = cb.explain(run, "pool", (0, 0, 0))
    assert [(term.weight, term.product) for term in found.terms] == [(0, 0), (0, 0), (1, 7), (0, 0)]
    assert found.total == found.value == 7


def test_means_count_padding_or_do_not():
    for counted, divisor in ((True, 4), (False, 1)):
        pool = block("pool", "average_pool", padding=1, count_include_pad=counted)
        run = cb.Network(chain(pool, size=(1, 2, 2))).forward(np.array([[[3, 4], [5, 6]]]))
        found = cb.explain(run, "pool", (0, 0, 0))
        assert [(t.source[1], t.factor, t.weight) for t in found.terms] == [((0, 0, 0), None, 1 / divisor)]
        assert found.value == found.total == 3 / divisor


def test_shares_of_an_interpolation_are_weights():
    run = cb.Network(chain(block("up", "upsample", mode="bilinear"), size=(1, 2, 2))).forward(
        np.array([[[0, 4], [8, 12]]])
    )
    found = cb.explain(run, "up", (0, 1, 1))
    assert [(t.source[1], t.weight) for t in found.terms] == [
        ((0, 0, 0), 9 / 16), ((0, 0, 1), 3 / 16), ((0, 1, 0), 3 / 16), ((0, 1, 1), 1 / 16)
    ]  # fmt: skip
    assert found.total == found.value == 3


def test_dropout_in_training_multiplies_by_a_mask_that_is_no_block():
    design = chain(block("drop", "dropout", rate=0.5), size=(1, 4, 4), seed=1)
    run = cb.Network(design).forward(np.ones((1, 4, 4)), training=True)
    found = [explained(run, "drop", (0, row, column)) for row in range(4) for column in range(4)]
    assert {(len(one.terms), one.terms[0].factor, one.terms[0].weight, one.total) for one in found} == {
        (1, None, 0.0, 0.0), (1, None, 2.0, 2.0)
    }  # fmt: skip


@given(runs(["activation", "softmax", "local_response_norm", "multiply", "conv", "flatten"]), st.data())
def test_what_is_no_sum_is_given_by_its_formula(made, data):
    design, run = made
    for id in design.blocks:
        found = cb.explain(run, id, data.draw(units(run[id].shape[1:])))
        if found.is_sum or not np.isfinite(found.total) or "Π" in found.formula:
            continue
        words = found.formula.replace("−", "-").replace("·", "*").replace("^", "**")
        _, *right, total = words.split(" = ")
        names = {name: getattr(math, name) for name in ("exp", "erf", "sqrt", "tanh", "log")}
        value = eval(right[0] if right else total, {"max": max, "min": min, **names})
        for number in (value, float(total)):  # written with six digits
            assert math.isclose(number, found.total, rel_tol=1e-3, abs_tol=1e-4), found.formula


def test_a_picture_is_its_own_value():
    run = cb.Network(chain(size=(1, 2, 2))).forward(np.array([[[1, 2], [3, 4]]]))
    found = cb.explain(run, "image", (0, 1, 0))
    assert (found.value, found.total, len(found.terms), found.is_sum) == (3.0, 3.0, 0, False)
    assert found.formula == "image[0, 1, 0] = 3"


def test_what_was_fused_is_there_when_it_is_asked_for():
    design = chain(block("conv", "conv", filters=2), block("relu", "activation"), size=(1, 5, 5))
    run = cb.Network(design, seed=2).forward(distinct((1, 5, 5)))
    relu = explained(run, "relu", (1, 2, 2))
    assert relu.terms[0].value == explained(run, "conv", (1, 2, 2)).value
    assert relu.total == max(0.0, relu.terms[0].value)


def test_a_block_read_twice_and_a_block_switched_off():
    blocks = [image(1, 2, 2), {**block("off", "conv"), "off": True}, block("sum", "add"), block("both", "multiply")]
    links = [("image", "off", 0), ("off", "sum", 0), ("off", "sum", 1), ("sum", "both", 0), ("sum", "both", 1)]
    run = cb.Network(joined(blocks, links)).forward(np.array([[[1, 2], [3, 4]]]))
    assert [term.source for term in explained(run, "sum", (0, 1, 1)).terms] == [("off", (0, 1, 1))] * 2
    assert [term.source for term in explained(run, "off", (0, 1, 1)).terms] == [("image", (0, 1, 1))]
    found = explained(run, "both", (0, 1, 1))
    assert (found.total, found.is_sum, found.formula) == (64.0, False, "both[0, 1, 1] = 8 · 8 = 64")


@pytest.mark.parametrize("name", ["lenet5", "lenet-1998", "lenet-local", "lenet-tiled", "inception", "autoencoder"])
@given(data=st.data())
def test_samples(name, data):
    design = sample(name)
    network = cb.Network(design)
    run = network.forward(distinct(network.report.shapes[network.inputs[0]]) / 20, keep="all")
    id = data.draw(st.sampled_from(list(design.blocks)))
    explained(run, id, data.draw(units(run[id].shape[1:])))


def test_terms_are_a_sequence():
    parts = [
        Part(Named(name, (2, 2), np.array(places, int)), np.array(values, float), np.full(len(values), 2.0))
        for name, places, values in (("a", [0, 3], [5, 6]), ("b", [], []), ("c", [2], [7]))
    ]
    terms = Terms(tuple(parts))
    assert [term.source for term in terms] == [("a", (0, 0)), ("a", (1, 1)), ("c", (1, 0))]
    assert (len(terms), terms[-1], terms[1:]) == (3, terms[2], (terms[1], terms[2]))
    assert terms.products.tolist() == [10, 12, 14] == [term.product for term in terms]
    assert (terms.values.tolist(), terms.weights.tolist()) == ([5, 6, 7], [2, 2, 2])
    for number in (3, -4):
        with pytest.raises(IndexError):
            terms[number]
    assert Terms().products.tolist() == []


@pytest.mark.parametrize(
    ("what", "index", "number", "words"),
    [
        ("conv", (6, 0, 0), 0, "conv: there is no (6, 0, 0) in it; it is 2 × 3 × 3 (channel, row, column, from 0)"),
        ("conv", (0, -1, 0), 0, "there is no (0, -1, 0) in it"),
        ("conv", (0, 0), 0, "there is no (0, 0) in it"),
        ("conv", "abc", 0, "there is no 'abc' in it"),
        ("conv", (0, 0.5, 0), 0, "there is no (0, 0.5, 0) in it"),
        ("conv", (0, 0, 0), 1, "sample: there is no 1; the run has 1, numbered from 0"),
        ("conv", (0, 0, 0), "x", "sample: there is no 'x'"),
        ("other", (0, 0, 0), 0, "there is no block 'other' in this run"),
        ("conv.weight", (0, 0, 0, 0), 0, "there is no block 'conv.weight' in this run"),
    ],
)
def test_what_there_is_not_is_said_in_one_line(what, index, number, words):
    run = cb.Network(chain(block("conv", "conv", filters=2), size=(1, 5, 5))).forward(distinct((1, 5, 5)))
    with pytest.raises((cb.InputError, cb.DesignError)) as raised:
        cb.explain(run, what, index, number)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_a_unit_of_a_vector_may_be_one_number():
    run = cb.Network(chain(block("flat", "flatten"), size=(1, 2, 2))).forward(np.array([[[1, 2], [3, 4]]]))
    assert cb.explain(run, "flat", 2).total == cb.explain(run, "flat", (np.int64(2),)).total == 3.0


def test_the_name_is_a_function_and_a_package():
    import cnnbuilder.explain.fields as fields

    assert isinstance(cb.explain, ModuleType) and callable(cb.explain)
    assert fields.receptive_field is cb.receptive_field
    assert cb.explain.explain.__doc__ and "explain" in cb.__all__
