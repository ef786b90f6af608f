"""Winograd's way through a convolution, forced wherever it is possible, against the plain float64 loops."""

import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbuilder import kernels
from cnnbuilder.design.window import Axis
from cnnbuilder.kernels import winograd_choice
from cnnbuilder.operations import Correlate, Map
from tests.kernels.running import Array, backward, draw_data, forward

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module", autouse=True)
def forced(kernels: None) -> Iterator[None]:
    """Winograd for every 3×3 convolution of stride 1."""
    winograd_choice.choose("always")
    yield
    winograd_choice.choose("auto")


@st.composite
def convolutions(draw: st.DrawFn) -> Correlate:
    """3×3, stride 1, any padding, groups, bias and epilogue."""
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels, filters = draw(st.integers(1, 70)), draw(st.integers(3, 60))
    sides = [Axis(draw(st.integers(3, 45)), 3, 1, 1, draw(st.integers(0, 4)), draw(st.integers(0, 4))) for _ in "yx"]
    bias = draw(st.sampled_from(["channel", "location", "none"]))
    found = Correlate(channels * groups, filters * groups, sides[0], sides[1], groups, None, bias)
    return found.with_(epilogue=Map("relu", found.output_shape)) if draw(st.booleans()) else found


def assert_near(fast: Array, plain: Array) -> None:
    """Within 2e-5 of the map's scale: a tenth of what a user is promised."""
    assert fast.shape == plain.shape
    scale = max(1e-6, float(np.abs(plain).max(initial=0)))
    np.testing.assert_allclose(fast / scale, plain / scale, rtol=0, atol=2e-5)


@settings(max_examples=3 * settings().max_examples)
@given(convolutions(), st.integers(1, 3), st.integers(1, 5), seeds)
def test_every_role(operation: Correlate, batch: int, parts: int, seed: int) -> None:
    assert {winograd_choice.method(operation, role, batch) for role in ("forward", "to_input")} == {"winograd"}
    data = draw_data(operation, batch, seed)
    output, saved = forward(operation, data, "float64")
    assert_near(forward(operation, data, "float32", parts)[0], output)
    for role in ("to_input", "to_weights"):
        plain = backward(operation, role, data, output, saved, "float64")
        for f, p in zip(backward(operation, role, data, output, saved, "float32", parts), plain, strict=True):
            assert_near(f, p)


@given(convolutions(), seeds)
def test_gradients_are_added_to_what_is_there(operation: Correlate, seed: int) -> None:
    data = draw_data(operation, 1, seed)
    output, saved = forward(operation, data, "float64")
    (plain,) = backward(operation, "to_input", data, output, saved, "float64")
    start = np.random.default_rng(seed).standard_normal(plain.shape).astype("float32")
    (added,) = backward(operation, "to_input", data, output, saved, "float32", 3, [start.copy()], 1)
    assert_near(added - start, plain)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_reaches_only_what_reads_it(value: float) -> None:
    """The transforms mix the values of a patch: its other outputs must not hear of this one."""
    axis = Axis(13, 3, 1, 1, 1, 1)
    operation = Correlate(4, 5, axis, axis)
    data = draw_data(operation, 1, 7)
    data.weights[0] *= 0.1
    data.inputs[0][0, 2, 5, 6] = data.gradient[0, 1, 3, 8] = np.float32(value)
    output, saved = forward(operation, data, "float64")
    found = [forward(operation, data, "float32", 2)[0]]
    wanted = [output]
    for role in ("to_input", "to_weights"):
        found += backward(operation, role, data, output, saved, "float32", 2)
        wanted += backward(operation, role, data, output, saved, "float64")
    for f, w in zip(found, wanted, strict=True):
        np.testing.assert_allclose(f, w, rtol=1e-4, atol=1e-4)


def test_sums_that_only_the_transforms_carry_too_far_stay_finite() -> None:
    axis = Axis(13, 3, 1, 1, 1, 1)
    operation = Correlate(4, 5, axis, axis)
    data = draw_data(operation, 1, 7)
    data.weights[0] *= 0.1
    data.inputs[0][0, 2, 5, 6] = np.float32(3e38)
    assert_near(forward(operation, data, "float32", 2)[0], forward(operation, data, "float64")[0])


def test_the_method_can_be_chosen() -> None:
    axis, odd = Axis(56, 3, 1, 1, 1, 1), Axis(56, 3, 2, 1, 1, 1)
    large, strided = Correlate(64, 64, axis, axis), Correlate(64, 64, odd, odd)
    pointwise = Correlate(64, 64, Axis(56, 1), Axis(56, 1))
    try:
        for choice, method in [("auto", "winograd"), ("never", "direct"), ("always", "winograd")]:
            winograd_choice.choose(choice)
            assert winograd_choice.method(large, "forward", 1) == method
            assert winograd_choice.method(strided, "forward", 1) == "direct"
            assert winograd_choice.method(pointwise, "forward", 1) == "direct"
        with pytest.raises(ValueError, match="auto, never or always"):
            winograd_choice.choose("sometimes")
    finally:
        winograd_choice.choose("always")


def test_steps_follow_the_choice() -> None:
    axis = Axis(56, 3, 1, 1, 1, 1)
    operation = Correlate(64, 64, axis, axis)
    taken = kernels.step(operation, "forward", 1, "float32").row
    try:
        winograd_choice.choose("never")
        assert kernels.step(operation, "forward", 1, "float32").row != taken
    finally:
        winograd_choice.choose("always")


@pytest.mark.parametrize("word, found", [("never", "direct"), ("auto", "winograd")])
def test_the_environment_chooses_for_a_whole_program(word: str, found: str) -> None:
    code = (
        "from cnnbuilder import kernels; from cnnbuilder.design.window import Axis\n"
        "from cnnbuilder.operations import Correlate\n"
        "axis = Axis(56, 3, 1, 1, 1, 1); print(kernels.method(Correlate(64, 64, axis, axis), 'forward', 1))"
    )
    environment = {**os.environ, "CNNBUILDER_WINOGRAD": word}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == found
