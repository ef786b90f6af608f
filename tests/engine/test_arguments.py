"""What forward and backward take, and what they say to anything else."""

import numpy as np
import pytest

from cnnbuilder import InputError, Network
from tests.designs import block, chain, image, joined

pytestmark = pytest.mark.usefixtures("kernels")

PICTURE = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)


@pytest.fixture
def network():
    blocks = [block("f", "flatten"), block("d", "dense", units=5), block("softmax", "softmax")]
    return Network(chain(*blocks, size=(2, 3, 4)))


@pytest.fixture
def two():
    links = [("a", "sum", 0), ("b", "sum", 1)]
    return Network(joined([image(2, 3, 4, id="a"), image(1, 3, 4, id="b"), block("sum", "add")], links))


@pytest.mark.parametrize(
    "x",
    [
        PICTURE,
        PICTURE.tolist(),
        PICTURE.astype(np.uint8),
        PICTURE.astype(np.int64),
        PICTURE.astype(np.float64),
        PICTURE.astype(">f4"),
        np.asfortranarray(PICTURE),
        PICTURE[::-1, ::-1][::-1, ::-1],
        PICTURE[None],
        {"image": PICTURE},
    ],
    ids=lambda x: type(x).__name__ + str(getattr(x, "dtype", "")),
)
def test_one_picture_in_any_form_is_the_array_that_it_is(network, x):
    run = network.forward(x)
    assert run["image"].shape == (1, 2, 3, 4) and run["image"].dtype == np.float32
    assert np.array_equal(run["image"][0], PICTURE)
    assert np.array_equal(run["softmax"], network.forward(PICTURE)["softmax"])


def test_the_picture_may_be_changed_afterwards(network):
    x = PICTURE.copy()
    run = network.forward(x)
    x[:] = 0
    assert np.array_equal(run["image"][0], PICTURE)


@pytest.mark.parametrize(
    "x",
    [
        None,
        3,
        "picture",
        [],
        [[1, 2], [3]],
        np.zeros((2, 4, 3)),
        np.zeros((1, 3, 4)),
        np.zeros((3, 4)),
        np.zeros((3, 4, 2)),
        np.zeros((0, 2, 3, 4)),
        np.zeros((2, 2, 2, 3, 4)),
        np.zeros((2, 3, 4), complex),
        np.full((2, 3, 4), None),
        np.full((2, 3, 4), "1"),
        np.zeros((2, 3, 4), "datetime64[s]"),
        {},
        {"picture": PICTURE},
        {"image": PICTURE, "other": PICTURE},
        {"image": None},
    ],
    ids=lambda x: type(x).__name__ + str(getattr(x, "shape", x)),
)
def test_what_is_no_picture_for_the_input_is_refused(network, x):
    with pytest.raises(InputError) as error:
        network.forward(x)
    assert "image" in str(error.value) and "\n" not in str(error.value)


def test_the_message_tells_both_shapes(network):
    with pytest.raises(InputError, match=r"image.*\(2, 3, 4\).*\(1, 3, 4\)"):
        network.forward(np.zeros((1, 3, 4)))


def test_several_inputs_are_given_by_name(two):
    a, b = np.ones((2, 3, 4)), np.full((1, 3, 4), 2)
    assert np.all(two.forward({"b": b, "a": a})["sum"] == 3)
    assert two.forward({"a": np.stack([a] * 3), "b": np.stack([b] * 3)})["sum"].shape == (3, 2, 3, 4)


@pytest.mark.parametrize(
    "x",
    [
        PICTURE,
        {"a": PICTURE},
        {"b": PICTURE[:1]},
        {"a": PICTURE, "b": PICTURE[:1], "sum": PICTURE},
        {"a": np.stack([PICTURE] * 2), "b": PICTURE[:1]},
        {"a": PICTURE[:1], "b": PICTURE},
    ],
    ids=["array", "a", "b", "more", "batches", "swapped"],
)
def test_several_inputs_that_do_not_fit_are_refused(two, x):
    with pytest.raises(InputError, match="a"):
        two.forward(x)


# Targets


@pytest.mark.parametrize(
    "target", [3, np.int64(3), np.array(3), [3], (3,), np.array([3]), np.array([3], np.uint8)], ids=repr
)
def test_a_class_in_any_form(network, target):
    run = network.forward(PICTURE)
    assert run.backward(target=target).loss == run.backward(target=3).loss


NO_CLASSES = [5, -1, 3.0, 2.5, True, "3", None, [], [1, 2], [[3]], [3.0], [True], {3}, np.zeros(5), object(), 10**30]


@pytest.mark.parametrize("target", NO_CLASSES, ids=repr)
def test_what_is_no_class_is_refused(network, target):
    with pytest.raises(InputError, match=r"^[^\n]+$"):
        network.forward(PICTURE).backward(target=target)


@pytest.mark.parametrize("targets", [[1], [1, 2], [1, 2, 3, 4], [1, 2, 5], [1, -1, 2], [1, 2.0, 3]], ids=repr)
def test_a_batch_needs_one_class_a_picture(network, targets):
    run = network.forward(np.stack([PICTURE] * 3))
    with pytest.raises(InputError):
        run.backward(target=targets)


def test_the_message_names_the_block_and_its_classes(network):
    with pytest.raises(InputError, match=r"5.*softmax.*0 to 4"):
        network.forward(PICTURE).backward(target=5)


def test_a_class_for_maps_is_refused():
    run = Network(chain(block("c", "conv"))).forward(np.zeros((1, 28, 28)))
    with pytest.raises(InputError, match=r"c .*26 × 26 × 8"):
        run.backward(target=3)


@pytest.mark.parametrize(
    "arguments",
    [
        {"target": 3, "gradient": np.zeros(5)},
        {"target": 3, "loss": "hinge"},
        {"target": np.zeros(4), "loss": "mse"},
        {"target": np.zeros((2, 5)), "loss": "mse"},
        {"target": 3, "loss": "mse"},
        {"target": "x", "loss": "mse"},
        {"gradient": np.zeros(4)},
        {"gradient": np.zeros((2, 5))},
        {"gradient": 1.0},
        {"gradient": "x"},
        {"gradient": [[1], [1, 2]]},
        {"gradient": np.zeros(5, complex)},
        {"target": 3, "block": "nowhere"},
        {"target": 3, "block": "image"},
        {"gradient": np.zeros(5), "block": "f"},
    ],
    ids=str,
)
def test_what_backward_cannot_use_is_refused(network, arguments):
    with pytest.raises(InputError, match=r"^[^\n]+$"):
        network.forward(PICTURE).backward(**arguments)


def test_several_outputs_need_a_block():
    blocks = [image(2, 3, 4), block("f", "flatten"), block("p", "global_pool")]
    run = Network(joined(blocks, [("image", "f", 0), ("image", "p", 0)])).forward(PICTURE)
    with pytest.raises(InputError, match=r"2 outputs \(f, p\).*block="):
        run.backward(target=0)
    gradients = run.backward(target=0, block="p")
    assert np.all(gradients.outputs["f"] == 0) and np.any(gradients.outputs["image"] != 0)
