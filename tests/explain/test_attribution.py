"""What a score rests on, against float64 differences, plain loops and the published formula of class activation."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.errors import Cancelled, InputError
from cnnbuilder.explain import attribution
from cnnbuilder.files.resources import samples
from tests.explain.explaining import runs


def network_of(blocks, weights=None, dtype="float64"):
    """A chain."""
    parsed = [{"id": id, "kind": kind, "params": params} for id, kind, params in blocks]
    links = [{"from": a["id"], "to": b["id"]} for a, b in pairwise(parsed)]
    design = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": parsed, "links": links})
    return cb.Network(design, weights=weights, seed=3, dtype=dtype)


def classifier(dtype="float64", **conv):
    """Two convolutions, a global average, one dense layer, softmax."""
    return network_of(
        [
            ("image", "input", {"channels": 2, "height": 9, "width": 8}),
            ("conv1", "conv", {"filters": 5, "kernel_size": 3, "padding": "same", **conv}),
            ("relu1", "activation", {"function": "relu"}),
            ("conv2", "conv", {"filters": 6, "kernel_size": 3}),
            ("gap", "global_pool", {}),
            ("flatten", "flatten", {}),
            ("dense", "dense", {"units": 4}),
            ("softmax", "softmax", {}),
        ],
        dtype=dtype,
    )


def picture(network, seed=0, batch=1):
    """Random numbers of the input's shape."""
    return np.random.default_rng(seed).normal(size=(batch, *network.report.shapes["image"]))


def test_the_score_of_a_softmax_is_the_number_before_it():
    network = classifier()
    run = network.forward(picture(network), keep="all")
    found = attribution.score(run, "softmax", 2)
    assert found.before_softmax
    assert found.of(run)[0] == run["dense"][0, 2]
    plain = attribution.score(run, "conv2", (1, 2, 3))
    assert not plain.before_softmax
    assert plain.of(run)[0] == run["conv2"][0, 1, 2, 3]


@pytest.mark.parametrize("index", [(0, 0, 0), (9,), 4, -1])
def test_an_index_that_there_is_not(index):
    network = classifier()
    run = network.forward(picture(network), keep="all")
    with pytest.raises(InputError, match="softmax"):
        attribution.score(run, "softmax", index)
    with pytest.raises(InputError, match="nothing"):
        attribution.score(run, "nothing", 0)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**16), unit=st.sampled_from([("softmax", (1,)), ("conv2", (3, 2, 2)), ("relu1", (0, 4, 4))])
)
def test_gradients_are_the_slopes_of_the_score(seed, unit):
    network = classifier()
    values = picture(network, seed)
    run = network.forward(values, keep="all")
    wanted = attribution.score(run, *unit)
    (gradient,) = attribution.gradients_of(run, wanted, ["image"])
    chance = np.random.default_rng(seed)
    for _ in range(3):
        at = tuple(chance.integers(n) for n in gradient.shape)
        step = np.zeros_like(values)
        step[(0, *at)] = 1e-6
        higher, lower = (wanted.of(network.forward(values + sign * step))[0] for sign in (1, -1))
        assert gradient[at] == pytest.approx((higher - lower) / 2e-6, abs=1e-6)


@settings(max_examples=30)
@given(runs(dtypes=("float32",)), st.integers(0, 2**16))
def test_gradients_of_outputs_alone_are_those_of_the_whole_way_back(made, seed):
    _, run = made
    block = run.tape.outputs[0]
    shape = run[block].shape
    index = tuple(seed % n for n in shape[1:])
    slope = np.zeros(shape, np.float32)
    slope[(0, *index)] = 1
    whole = run.backward(gradient=slope, block=block)
    wanted = attribution.Score(run.tape.output[block], index, False)
    for id, gradient in zip(run, attribution.gradients_of(run, wanted, list(run)), strict=True):
        np.testing.assert_array_equal(gradient, whole.outputs[id][0])


def test_of_several_channels_the_largest_and_the_sum():
    gradient = np.array([[[1.0, -4.0]], [[-2.0, 3.0]]])
    assert attribution.saliency(gradient).tolist() == [[2.0, 4.0]]
    assert attribution.effective_field(gradient).tolist() == [[3.0, 7.0]]
    assert attribution.gradient_times_input(gradient, np.array([[[2.0, 1.0]], [[1.0, 0.5]]])).tolist() == [[0.0, -2.5]]


def test_gradient_times_input_adds_up_to_the_score_without_biases():
    network = classifier(bias="none")
    for name in network.weights:
        if name.endswith(".bias"):
            network.weights[name] = np.zeros_like(network.weights[name])
    run = network.forward(picture(network), keep="all")
    wanted = attribution.score(run, "softmax", 3)
    (gradient,) = attribution.gradients_of(run, wanted, ["image"])
    assert attribution.gradient_times_input(gradient, run["image"][0]).sum() == pytest.approx(wanted.of(run)[0])


def test_behind_a_global_average_class_activation_is_the_map_of_zhou_and_others():
    network = classifier()
    run = network.forward(picture(network), keep="all")
    for label in range(4):
        (gradient,) = attribution.gradients_of(run, attribution.score(run, "softmax", label), ["conv2"])
        maps, weights = run["conv2"][0], network.weights["dense.weight"][label]
        theirs = np.einsum("k,khw->hw", weights, maps)
        places = maps[0].size
        assert attribution.class_activation(gradient, maps) * places == pytest.approx(np.maximum(theirs, 0))


def test_class_activation_needs_maps():
    with pytest.raises(InputError, match="vector"):
        attribution.class_activation(np.zeros(3), np.zeros(3))


def test_how_few_places_hold_half():
    assert attribution.half(np.array([[4.0, -3.0], [2.0, 1.0]])) == 2
    assert attribution.half(np.zeros((2, 2))) == 0
    assert attribution.half(np.array([np.nan, 1.0, 1.0, 1.0])) == 2


@settings(max_examples=40)
@given(length=st.integers(1, 40), size=st.integers(1, 12), stride=st.integers(1, 12))
def test_patches_lie_inside_and_the_last_ends_at_the_border(length, size, stride):
    found = attribution.places(length, size, stride)
    assert found[0] == 0 and list(found) == sorted(set(found))
    assert found[-1] == max(0, length - size)
    assert all(b - a <= stride for a, b in pairwise(found))


@pytest.mark.parametrize("fill", ["mean", "zero"])
@pytest.mark.parametrize(("size", "stride"), [(3, 2), (1, 3), (20, 1)])
def test_occlusion_is_the_fall_of_the_score_when_one_patch_is_covered(fill, size, stride):
    network = classifier()
    values = picture(network, 5)
    run = network.forward(values, keep="all")
    wanted = attribution.score(run, "softmax", 0)
    *_, found = attribution.occlude(network, run, wanted, "image", size, stride, fill)
    for i, top in enumerate(found.tops):
        for j, left in enumerate(found.lefts):
            covered = values.copy()
            for channel in range(2):
                colour = values[0, channel].mean() if fill == "mean" else 0.0
                covered[0, channel, top : top + size, left : left + size] = colour
            fall = (
                network.forward(values, keep="all")["dense"][0, 0] - network.forward(covered, keep="all")["dense"][0, 0]
            )
            assert found.drops[i, j] == pytest.approx(fall, abs=1e-12)
    importance = found.importance(9, 8)
    for row, column in ((0, 0), (4, 5), (8, 7)):
        over = [
            found.drops[i, j]
            for i, top in enumerate(found.tops)
            for j, left in enumerate(found.lefts)
            if top <= row < top + size and left <= column < left + size
        ]
        assert importance[row, column] == pytest.approx(np.mean(over) if over else 0.0)


def test_occlusion_is_told_piece_by_piece_and_can_be_stopped():
    network = classifier("float32")
    run = network.forward(picture(network), keep="all")
    wanted = attribution.score(run, "softmax", 0)
    told = []
    pieces = attribution.occlude(network, run, wanted, "image", 2, 2, progress=lambda *at: told.append(at))
    first = next(pieces)
    assert np.isnan(first.drops).sum() == first.drops.size - attribution.AT_ONCE
    assert told == [(attribution.AT_ONCE, first.drops.size)]
    assert not first.importance(9, 8)[-1, -1]
    *_, last = pieces
    assert np.isfinite(last.drops).all()
    with pytest.raises(Cancelled):
        list(attribution.occlude(network, run, wanted, "image", 2, 2, cancelled=lambda: True))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"block": "conv1"}, "conv1"),
        ({"fill": "blue"}, "blue"),
        ({"size": 0}, "at least 1"),
        ({"stride": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_covered(given, words):
    network = classifier()
    run = network.forward(picture(network), keep="all")
    asked = {"block": "image", "size": 2, "stride": 2, "fill": "mean", **given}
    with pytest.raises(InputError, match=words):
        next(attribution.occlude(network, run, attribution.score(run, "softmax", 0), **asked))


def test_too_many_patches_are_refused_with_a_step_that_would_do():
    network = network_of([("image", "input", {"channels": 1, "height": 100, "width": 100}), ("flatten", "flatten", {})])
    run = network.forward(np.zeros((1, 1, 100, 100)), keep="all")
    with pytest.raises(InputError, match="step of 3 or more would do"):
        next(attribution.occlude(network, run, attribution.score(run, "flatten", 0), "image", 1, 1))
    *_, found = attribution.occlude(network, run, attribution.score(run, "flatten", 0), "image", 1, 3)
    assert found.drops.shape == (34, 34)


def test_the_effective_field_lies_inside_the_exact_one():
    design = cb.load(samples() / "lenet5.json")
    network = cb.Network(design, seed=1)
    run = network.forward(np.random.default_rng(0).random((1, *network.report.shapes[network.inputs[0]])), keep="all")
    for block, index in (("conv2", (3, 5, 6)), ("pool2", (0, 1, 2))):
        (gradient,) = attribution.gradients_of(run, attribution.score(run, block, index), [network.inputs[0]])
        top, bottom, left, right = cb.receptive_field(design, block, index[1:], of=network.inputs[0])
        outside = attribution.effective_field(gradient)
        assert outside[top : bottom + 1, left : right + 1].any()
        outside[top : bottom + 1, left : right + 1] = 0
        assert not outside.any()
