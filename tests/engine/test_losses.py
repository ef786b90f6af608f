"""Losses and their gradients, against the formulas written out by hand."""

import math

import numpy as np
import pytest

from cnnbuilder import Network
from tests.designs import block, chain

pytestmark = pytest.mark.usefixtures("kernels")

dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def scores(*blocks, classes=4, dtype="float64"):
    """A network whose input are the scores themselves."""
    return Network(chain(block("logits", "flatten"), *blocks, size=(classes, 1, 1)), dtype=dtype)


def logits(*rows):
    return np.array(rows, float)[:, :, None, None]


def softmax_of(row):
    powers = [math.exp(value - max(row)) for value in row]
    return [power / sum(powers) for power in powers]


ROWS = [[1.0, -2.0, 0.5, 3.0], [0.0, 0.0, 0.0, 0.0], [-1.0, 4.0, 2.0, 1.5]]
LABELS = [2, 0, 1]


@dtypes
@pytest.mark.parametrize("blocks", [(), (block("p", "softmax"),)], ids=["scores", "softmax"])
def test_cross_entropy_is_the_mean_of_minus_log_p(dtype, blocks):
    gradients = scores(*blocks, dtype=dtype).forward(logits(*ROWS)).backward(target=LABELS)
    p = np.array([softmax_of(row) for row in ROWS])
    tolerance = {"rtol": 1e-12} if dtype == "float64" else {"rtol": 1e-5}
    wanted = -sum(math.log(row[label]) for row, label in zip(p, LABELS, strict=True)) / 3
    assert isinstance(gradients.loss, float)
    np.testing.assert_allclose(gradients.loss, wanted, **tolerance)
    onehot = np.eye(4)[LABELS]
    np.testing.assert_allclose(gradients.outputs["logits"], (p - onehot) / 3, atol=1e-7)
    np.testing.assert_allclose(gradients.outputs["image"][:, :, 0, 0], (p - onehot) / 3, atol=1e-7)


@dtypes
def test_the_gradient_of_a_final_softmax_is_minus_one_over_n_p_at_the_target(dtype):
    gradients = scores(block("p", "softmax"), dtype=dtype).forward(logits(*ROWS)).backward(target=LABELS)
    wanted = np.zeros((3, 4))
    for n, (row, label) in enumerate(zip(ROWS, LABELS, strict=True)):
        wanted[n, label] = -1 / (3 * softmax_of(row)[label])
    np.testing.assert_allclose(gradients.outputs["p"], wanted, rtol=1e-5)


def test_a_softmax_over_the_channels_of_one_place_is_one_over_classes():
    network = Network(chain(block("p", "softmax"), size=(4, 1, 1)), dtype="float64")
    gradients = network.forward(logits(ROWS[0])).backward(target=2)
    p = softmax_of(ROWS[0])
    np.testing.assert_allclose(gradients.loss, -math.log(p[2]))
    np.testing.assert_allclose(gradients.outputs["image"].ravel(), np.array(p) - np.eye(4)[2], atol=1e-12)


def test_a_softmax_in_the_middle_is_an_ordinary_block():
    network = scores(block("p", "softmax"), block("half", "activation", function="leaky_relu", slope=0.5))
    gradients = network.forward(logits(ROWS[0])).backward(target=2)
    p = softmax_of(ROWS[0])
    again = softmax_of(p)  # one is applied to the output, which is no softmax
    np.testing.assert_allclose(gradients.loss, -math.log(again[2]))
    np.testing.assert_allclose(gradients.outputs["p"][0], np.array(again) - np.eye(4)[2], atol=1e-12)


@dtypes
@pytest.mark.parametrize("blocks", [(), (block("p", "softmax"),)], ids=["scores", "softmax"])
@pytest.mark.parametrize("label", range(4))
def test_scores_of_ten_thousand_give_finite_losses_and_gradients(dtype, blocks, label):
    row = [1e4, -1e4, 0.0, 1e4]
    gradients = scores(*blocks, dtype=dtype).forward(logits(row)).backward(target=label)
    assert gradients.loss == pytest.approx(1e4 + math.log(2) - row[label], rel=1e-6)
    np.testing.assert_allclose(gradients.outputs["logits"][0], np.array([0.5, 0, 0, 0.5]) - np.eye(4)[label], atol=1e-6)
    assert np.isfinite(gradients.outputs["image"]).all()


@dtypes
def test_mean_squared_error_is_the_mean_over_all_elements(dtype):
    network = scores(dtype=dtype)
    target = np.arange(12).reshape(3, 4)
    gradients = network.forward(logits(*ROWS)).backward(target=target, loss="mse")
    difference = np.array(ROWS) - target
    assert gradients.loss == pytest.approx((difference**2).sum() / 12, rel=1e-6)
    np.testing.assert_allclose(gradients.outputs["logits"], 2 * difference / 12, rtol=1e-6)


def test_one_target_or_gradient_without_batch_axis_is_for_every_picture():
    run = scores().forward(logits(*ROWS))
    one = np.array([1.0, 2.0, 3.0, 4.0])
    every = np.stack([one] * 3)
    assert run.backward(target=one, loss="mse").loss == run.backward(target=every, loss="mse").loss
    for gradient in (one, every):
        assert np.array_equal(run.backward(gradient=gradient).outputs["logits"], every)


def test_one_class_is_for_every_picture():
    run = scores().forward(logits(*ROWS))
    assert run.backward(target=2).loss == run.backward(target=[2, 2, 2]).loss


def test_a_given_gradient_has_no_loss():
    assert scores().forward(logits(*ROWS)).backward(gradient=np.ones(4)).loss is None


def test_blocks_behind_the_one_where_the_gradient_is_given_have_gradient_0():
    network = scores(block("p", "softmax"), block("d", "dense", units=3))
    gradients = network.forward(logits(*ROWS)).backward(gradient=np.ones(4), block="logits")
    assert np.all(gradients.outputs["image"] == 1)
    for id in ("p", "d"):
        assert np.all(gradients.outputs[id] == 0)
    assert np.all(gradients.weights["d.weight"] == 0) and np.all(gradients.weights["d.bias"] == 0)


def test_gradients_are_mappings_with_errors_that_name_what_is_missing():
    gradients = scores().forward(logits(*ROWS)).backward(target=LABELS)
    assert list(gradients.outputs) == ["image", "logits"] and len(gradients.weights) == 0
    for mapping in (gradients.outputs, gradients.weights, gradients.run):
        assert "nowhere" not in mapping
        with pytest.raises(KeyError, match="nowhere"):
            mapping["nowhere"]
