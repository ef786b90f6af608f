"""The designs that come with the program: they are what their scripts make, have the published sizes, and run."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from cnnbuilder import Network, check
from cnnbuilder.operations import Correlate, Product, Reduce
from tests.designs import SAMPLES, sample

ROOT = SAMPLES.parent
RUNNING = sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem != "broken")

PUBLISHED = {
    "alexnet": 61_100_840,  # these as torchvision's documentation states them
    "vgg16": 138_357_544,
    "resnet18": 11_689_512,
    "mobilenet-v2": 3_504_872,
    "squeezenet": 1_235_496,
    "shufflenet-v2": 2_278_604,
}


def test_the_script_makes_them_byte_for_byte():
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_samples.py", "--check"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("name", PUBLISHED)
def test_they_have_as_many_parameters_as_published(name):
    assert check(sample(name)).total_parameters == PUBLISHED[name]


@pytest.mark.parametrize("name", RUNNING)
def test_what_the_readme_says_of_it_is_so(name):
    lines = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith(f"| `{name}.json` |")]
    assert line.split("|")[3].strip() == f"{check(sample(name)).total_parameters:,}"


@pytest.mark.parametrize("name", RUNNING)
def test_it_checks_and_runs_forward_and_backward(name):
    design = sample(name)
    assert check(design).problems == []
    network = Network(design)
    (source,) = network.inputs
    x = np.random.default_rng(0).standard_normal(network.report.shapes[source]).astype(np.float32)
    run = network.forward(x)
    (output,) = network.outputs
    values = run[output]
    assert np.isfinite(values).all()
    slope = np.random.default_rng(1).standard_normal(values.shape)
    gradients = run.backward(target=3) if values.ndim == 2 else run.backward(gradient=slope)
    assert np.isfinite(gradients.outputs[source]).all() and gradients.outputs[source].any()
    for weight, array in gradients.weights.items():
        assert np.isfinite(array).all(), weight


@pytest.mark.parametrize("name", RUNNING)
def test_cards_that_are_laid_out_lie_apart_and_are_all_there(name):
    design = sample(name)
    if design.layout:
        assert set(design.layout) == set(design.blocks)
        places = sorted((y, x) for x, y in design.layout.values())
        for (y, x), (other_y, other_x) in pairwise(places):
            assert other_y - y >= 200 or other_x - x >= 200


# What sharing weights saves


@pytest.mark.parametrize(
    ("name", "conv1", "conv2"),
    [
        ("lenet5", 6 * 25 + 6, 16 * 6 * 25 + 16),
        ("lenet-tiled", 4 * (6 * 25 + 6), 4 * (16 * 6 * 25 + 16)),
        ("lenet-local", 28 * 28 * 6 * (25 + 1), 10 * 10 * 16 * (6 * 25 + 1)),
    ],
)
def test_lenets_differ_in_their_convolutions_alone(name, conv1, conv2):
    report = check(sample(name))
    dense = 400 * 120 + 120 + 120 * 84 + 84 + 84 * 10 + 10
    assert (report.parameters["conv1"], report.parameters["conv2"]) == (conv1, conv2)
    assert report.total_parameters == conv1 + conv2 + dense
    assert report.shapes == check(sample("lenet5")).shapes and report.total_macs == check(sample("lenet5")).total_macs


# LeNet-5 of 1998: the sizes that the paper states


def test_lenet_of_1998_has_the_authors_parameters():
    parameters = check(sample("lenet-1998")).parameters
    layers = {"c1": 156, "s2_scale": 12, "c3": 1_516, "s4_scale": 32, "c5": 48_120, "f6": 10_164}
    assert {id: parameters[id] for id in layers} == layers
    assert sum(layers.values()) == 60_000
    assert sum(parameters.values()) - parameters["output"] == 60_000  # their output vectors are not trained


def test_lenet_of_1998_sees_the_authors_values_on_32_by_32_pixels():
    layer = sample("lenet-1998").blocks["image"].layer
    ((mean,), (deviation,)) = layer.mean, layer.deviation
    assert [(x - mean) / deviation for x in (0, 1)] == pytest.approx([-0.1, 1.175])
    x = np.full((1, 28, 28), -0.1, np.float32)
    x[:, 4:24, 4:24] = 1.175
    framed = Network(sample("lenet-1998")).forward(x)["frame"]
    assert np.array_equal(framed[0], np.pad(x, ((0, 0), (2, 2), (2, 2)), constant_values=np.float32(-0.1)))


def connections(design, id):
    """How many values the units of a block read, and their biases with them."""
    report, block = check(design), design.blocks[id]
    count = 0
    for operation in block.layer.lower(*report.input_shapes(id)):
        assert isinstance(operation, (Correlate, Product, Reduce))
        channels, *size = operation.output_shape
        reads = sum(len(list(operation.reads((c, *(0 for _ in size))))) for c in range(channels))
        count += reads * int(np.prod(size))  # no padding: every place of a map reads equally many
        if "bias" in operation.weight_names:
            count += channels * int(np.prod(size))
    return count


def test_lenet_of_1998_has_the_authors_connections():
    design = sample("lenet-1998")
    found = {id: connections(design, id) for id in ("c1", "s2_mean", "c3", "s4_mean", "c5", "f6", "output")}
    for scale, mean in (("s2_scale", "s2_mean"), ("s4_scale", "s4_mean")):
        # The coefficient is on the four connections that the mean has; the bias is one more.
        found[mean] += int(np.prod(check(design).shapes[scale]))
    assert found == {
        "c1": 122_304, "s2_mean": 5_880, "c3": 151_600, "s4_mean": 2_000, "c5": 48_120, "f6": 10_164, "output": 840,
    }  # fmt: skip
    assert sum(found.values()) == 340_908


def test_lenet_of_1998_reads_the_maps_of_table_one():
    table = """
        X . . . X X X . . X X X X . X X
        X X . . . X X X . . X X X X . X
        X X X . . . X X X . . X . X X X
        . X X X . . X X X X . . X . X X
        . . X X X . . X X X X . X X . X
        . . . X X X . . X X X X . X X X
    """
    rows = [line.split() for line in table.strip().splitlines()]
    wanted = tuple(tuple(i for i in range(6) if rows[i][j] == "X") for j in range(16))
    assert sample("lenet-1998").blocks["c3"].layer.connections == wanted


def test_a_dense_layer_without_bias_votes_as_the_authors_distances_do():
    # −Σ (x − w)² = 2 w·x − |w|² − |x|², and with w of ±1 the two last are the same for every class.
    generator = np.random.default_rng(0)
    w, x = generator.choice([-1.0, 1.0], (10, 84)), np.tanh(generator.standard_normal(84))
    distances = ((x - w) ** 2).sum(1)
    scores = 2 * w @ x
    softmax = [np.exp(v - v.max()) / np.exp(v - v.max()).sum() for v in (-distances, scores)]
    np.testing.assert_allclose(softmax[0], softmax[1], rtol=1e-10)


# An Inception block: the sizes that the paper's table 1 states


def test_the_inception_block_is_that_of_the_paper():
    report = check(sample("inception"))
    parts = ("ones", "threes_reduce", "threes", "fives_reduce", "fives", "pool_project")
    assert sum(report.parameters[id] for id in parts) // 1024 == 159  # "159K"
    assert (report.parameters["conv2_reduce"] + report.parameters["conv2"]) // 1024 == 112  # "112K"
    assert [report.shapes[id] for id in ("pool1", "pool2", "concat")] == [(64, 56, 56), (192, 28, 28), (256, 28, 28)]


# Pictures of any size


@pytest.mark.parametrize("size", [(300, 451), (33, 64), (512, 342), (9, 9)])
def test_pictures_of_any_size_give_ten_classes(size):
    network = Network(sample("any-size"))
    run = network.forward(np.random.default_rng(0).standard_normal((3, *size)))
    assert run["conv1"].shape == (1, 16, -(-size[0] // 2), -(-size[1] // 2))
    assert run["concat"].shape == (1, 64 * (4 * 4 + 2 * 2 + 1))
    assert run["concat"][0, -64:] == pytest.approx(run["relu3"][0].max((1, 2)))
    assert run["softmax"].shape == (1, 10) and run["softmax"].sum() == pytest.approx(1, abs=1e-5)


# There and back


def test_the_autoencoder_undoes_the_sizes_that_it_went_through():
    report = check(sample("autoencoder"))
    there = [report.shapes[id] for id in ("image", "conv1", "conv2", "code")]
    back = [report.shapes[id] for id in ("picture", "grow2", "grow1", "code")]
    assert there == back == [(1, 28, 28), (8, 14, 14), (16, 7, 7), (32, 1, 1)]
    for conv, grow in (("conv1", "grow3"), ("conv2", "grow2"), ("code", "grow1")):
        weights = [dict(report.inferences[id].weights)["weight"].shape for id in (conv, grow)]
        assert weights[0] == weights[1]  # one turned round is the other
    x = np.random.default_rng(0).random((1, 28, 28), np.float32)
    gradients = Network(sample("autoencoder")).forward(x).backward(target=x[None], loss="mse")
    assert gradients.loss > 0 and all(array.any() for array in gradients.weights.values())
