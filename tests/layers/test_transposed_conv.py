"""Transposed convolution: the convolution turned round, its sizes, and what is said of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.explain.fields import Field, typical_field
from tests.designs import block, chain

pairs = st.tuples(st.integers(1, 4), st.integers(1, 4)).map(list)


@st.composite
def both_ways(draw):
    """A convolution of a picture, and the transposed one that goes back to the picture's size."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels, filters = (groups * draw(st.integers(1, 6)) for _ in range(2))
    size = (draw(st.integers(1, 14)), draw(st.integers(1, 14)))
    shared = {
        "kernel_size": draw(pairs), "stride": draw(pairs), "dilation": draw(pairs), "groups": groups, "bias": "none",
        "padding": [draw(st.integers(0, 4)) for _ in range(4)],
    }  # fmt: skip
    conv = chain(block("it", "conv", filters=filters, **shared), size=(channels, *size))
    shape = cb.check(conv).shapes["it"]
    assume(shape is not None)
    back = chain(block("it", "transposed_conv", filters=channels, output_size=size, **shared), size=shape)
    return conv, back


@given(both_ways(), st.integers(0, 10_000))
def test_it_is_the_transpose_of_the_convolution(kernels, designs, seed):
    """⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ for every x and y."""
    conv, back = (cb.Network(design) for design in designs)
    chance = np.random.default_rng(seed)
    weight = chance.standard_normal(conv.weights["it.weight"].shape)
    conv.weights["it.weight"] = back.weights["it.weight"] = weight
    x = chance.standard_normal((2, *conv.report.shapes["image"])).astype(np.float32)
    y = chance.standard_normal((2, *conv.report.shapes["it"])).astype(np.float32)
    there, home = conv.forward(x)["it"].astype(float), back.forward(y)["it"].astype(float)
    scale = max(1.0, np.linalg.norm(there) * np.linalg.norm(y), np.linalg.norm(home) * np.linalg.norm(x))
    assert abs((there * y).sum() - (x * home).sum()) <= 1e-5 * scale
    # So the gradient of one is the other.
    gradients = conv.forward(x).backward(gradient=y)
    np.testing.assert_allclose(gradients.outputs["image"], home, rtol=0, atol=1e-5 * max(1, np.abs(home).max()))
    other = back.forward(y).backward(gradient=x)
    np.testing.assert_allclose(other.outputs["image"], there, rtol=0, atol=1e-5 * max(1, np.abs(there).max()))
    wanted = gradients.weights["it.weight"]
    np.testing.assert_allclose(
        other.weights["it.weight"], wanted, rtol=0, atol=1e-5 * max(1, np.abs(wanted).max())
    )


def it(size=(1, 4, 4), **params):
    return chain(block("it", "transposed_conv", **params), size=size)


@pytest.mark.parametrize(
    ("params", "shape"),
    [
        ({}, (8, 6, 6)),
        ({"stride": 2}, (8, 9, 9)),
        ({"stride": 2, "padding": 1}, (8, 7, 7)),
        ({"stride": 2, "padding": 1, "output_padding": 1}, (8, 8, 8)),
        ({"stride": 2, "padding": 1, "output_size": [7, 8]}, (8, 7, 8)),
        ({"kernel_size": 2, "stride": 2, "filters": 3}, (3, 8, 8)),
        ({"padding": [0, 1, 2, 0]}, (8, 5, 4)),
        ({"padding": 2, "dilation": 2, "output_padding": 1}, (8, 5, 5)),
    ],
)
def test_sizes(params, shape):
    report = cb.check(it(**params))
    assert report.problems == [] and report.shapes["it"] == shape


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({"output_padding": 1}, "output-padding", "0 × 0 only"),
        ({"stride": [2, 3], "output_padding": 4}, "output-padding", "0 × 0 to 1 × 2"),
        ({"dilation": 3, "output_padding": 3}, "output-padding", "0 × 0 to 2 × 2"),
        ({"stride": 2, "output_size": [8, 9]}, "output-size", "9 × 9 to 10 × 10"),
        ({"stride": 2, "output_size": [9, 11]}, "output-size", "9 × 9 to 10 × 10"),
        ({"output_size": 7}, "output-size", "6 × 6 only"),
        ({"padding": 3}, "nothing-left", "cuts all"),
        ({"groups": 3}, "groups", "3 groups"),
    ],
)
def test_what_does_not_fit_names_what_would(params, code, words):
    design = it(**params)
    (problem,) = cb.check(design).problems
    assert problem.code == code and words in problem.message
    assert problem.fixes
    for fix in problem.fixes:
        assert cb.check(fix.apply(design)).problems == []


def test_the_costs():
    report = cb.check(it((6, 5, 7), filters=4, stride=3, groups=2))
    assert report.parameters["it"] == 6 * 2 * 3 * 3 + 4
    (operation,) = it(filters=4, stride=3, groups=2).blocks["it"].layer.lower((6, 5, 7))
    assert operation.macs == (6 * 5 * 7) * (2 * 3 * 3)  # input values × weights that each feeds


def test_it_says_that_several_sizes_would_do_and_which_outputs_nothing_reaches():
    def codes(**params):
        return {note.code for note in cb.check(it(**params)).notes if note.block == "it"}

    assert codes() == set()
    assert codes(kernel_size=2, stride=2) == {"several-sizes"}
    assert codes(stride=2) == {"several-sizes", "uneven"}
    assert codes(kernel_size=1, stride=2) == {"several-sizes", "gaps"}
    assert codes(kernel_size=2, stride=2, dilation=2) == {"several-sizes", "gaps"}
    assert codes(output_padding=5, output_size=6) == {"output-padding-unused"}
    (note,) = cb.check(it(kernel_size=2, stride=2)).notes
    assert "4 rows and columns for 8 to 9" in note.message
    assert len(cb.check(it(kernel_size=2, stride=[2, 3])).notes) == 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_outputs_that_nothing_reaches_are_the_bias(kernels, dtype):
    network = cb.Network(it((3, 2, 2), filters=4, kernel_size=1, stride=3, output_padding=2), dtype=dtype)
    network.weights["it.bias"] = np.array([1.0, 2.0, 3.0, 4.0])
    x = np.full((3, 2, 2), np.nan)
    found = network.forward(x)["it"][0]
    assert found.shape == (4, 6, 6)
    reached = np.zeros((6, 6), bool)
    reached[::3, ::3] = True
    assert np.isnan(found[:, reached]).all()
    assert (found[:, ~reached] == np.array([[1.0], [2.0], [3.0], [4.0]])).all()


def test_infinite_weights_over_the_edge_are_not_read(kernels):
    network = cb.Network(it((8, 5, 5), filters=8, padding=1))
    weight = np.ones((8, 8, 3, 3))
    weight[3, 2, 0, 0] = np.inf
    network.weights["it.weight"] = weight
    run = network.forward(np.ones((8, 5, 5)))
    found = run["it"][0]
    assert np.isinf(found[2, :4, :4]).all() and np.isfinite(found[2, 4]).all() and np.isfinite(found[2, :, 4]).all()
    assert np.isfinite(np.delete(found, 2, 0)).all()
    gradient = run.backward(gradient=np.ones((8, 5, 5))).outputs["image"][0]
    assert np.isinf(gradient[3, 1:, 1:]).all()
    assert np.isfinite(gradient[3, 0]).all() and np.isfinite(gradient[3, :, 0]).all()


def test_the_field_of_what_was_made_smaller_and_larger_again():
    design = chain(
        block("down", "conv", kernel_size=2, stride=2),
        block("up", "transposed_conv", kernel_size=2, stride=2),
        block("next", "conv", kernel_size=3, stride=2),
        size=(1, 16, 16),
    )
    # Three neighbouring outputs lie under two neighbouring windows.
    assert typical_field(design, "next", "up") == Field((3, 3), (2, 2), (0, 0))
    assert typical_field(design, "next", "down") == Field((2, 2), (1, 1), (0, 0))
    assert typical_field(design, "next", "image") == Field((4, 4), (2, 2), (0, 0))
    # Two neighbouring outputs come from the same value: the field of each is one, and moves by half a place.
    half = Fraction(1, 2)
    assert typical_field(design, "up", "down") == Field((1, 1), (half, half), (-half, -half))
    # Of the picture one has its own pixel and the next, the other its own and the one before.
    assert typical_field(design, "up", "image") == Field((3, 3), (1, 1), (-1, -1))


def test_a_new_one_doubles_the_size_and_halves_the_maps():
    from cnnbuilder.design.layer import Surroundings, kinds

    kind = kinds()["transposed_conv"]
    assert kind.suited(Surroundings()) == {"kernel_size": [2, 2], "stride": [2, 2]}
    first = kind.suited(Surroundings(((64, 7, 7),)))
    assert first == {"kernel_size": [2, 2], "stride": [2, 2], "filters": 32}
    layer, _ = kind.read({"kernel_size": 4, "stride": 2, "padding": 1})
    after = kind.suited(Surroundings(((32, 14, 14),), like=layer))
    assert (after["kernel_size"], after["padding"], after["filters"]) == ([4, 4], 1, 16)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(16))
def test_larger_ones_against_pytorch(kernels, seed):
    torch = pytest.importorskip("torch")
    chance = np.random.default_rng(seed)

    def pick(*values):
        return int(chance.choice(values))

    groups = pick(1, 1, 2, 4)
    channels, filters = (groups * pick(1, 3, 8, 16, 17) for _ in range(2))
    kernel, stride, dilation = [pick(1, 2, 3, 5), pick(2, 3, 4)], [pick(1, 2, 3), pick(1, 2)], [pick(1, 2), 1]
    pad = [pick(0, 1), pick(0, 1)]
    more = [pick(*range(max(s, d))) for s, d in zip(stride, dilation, strict=True)]
    design = it(
        (channels, pick(7, 19, 30), pick(9, 24, 33)), filters=filters, kernel_size=kernel, stride=stride, padding=pad,
        dilation=dilation, groups=groups, output_padding=more,
    )  # fmt: skip
    network = cb.Network(design)
    network.weights["it.bias"] = chance.standard_normal(filters)
    batch = pick(1, 2, 5)
    x = chance.standard_normal((batch, *network.report.shapes["image"])).astype(np.float32)
    slope = chance.standard_normal((batch, *network.report.shapes["it"])).astype(np.float32)
    gradients = network.forward(x).backward(gradient=slope)
    arrays = (x, network.weights["it.weight"], network.weights["it.bias"])
    tensors = [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]
    theirs = torch.nn.functional.conv_transpose2d(*tensors, stride, pad, more, groups, dilation)
    theirs.backward(torch.tensor(slope, dtype=torch.float64))
    pairs = [(gradients.run["it"], theirs.detach()), (gradients.outputs["image"], tensors[0].grad)]
    pairs += [(gradients.weights["it.weight"], tensors[1].grad), (gradients.weights["it.bias"], tensors[2].grad)]
    for found, wanted in pairs:
        scale = max(1.0, float(wanted.abs().max()))
        np.testing.assert_allclose(found, wanted.numpy(), rtol=0, atol=1e-5 * scale)
