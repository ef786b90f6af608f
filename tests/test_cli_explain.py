"""`cnnbuilder explain`: the same as cb.explain, in words, as JSON and as a picture; every fault one line."""

import json

import numpy as np
import pytest
from PIL import Image

import cnnbuilder as cb
from cnnbuilder.files.pictures import prepare, read_picture
from tests.test_cli import SEVEN, WELCOME, block, command, complaint, saved

__all__ = ["command"]  # the fixture

pytestmark = pytest.mark.usefixtures("kernels")
EXPLAIN = ("explain", WELCOME, "--image", SEVEN)


@pytest.fixture(scope="module")
def run():
    design = cb.load(WELCOME)
    network = cb.Network(design, cb.load_weights(WELCOME))
    return network.forward(prepare(read_picture(SEVEN), design.blocks[network.inputs[0]].layer))


BACK = ("--backward", "3")
ASKED = [
    ("conv1", (2, 26, 6), ()), ("dense1", (3,), ()), ("softmax", (7,), ()), ("pool1", (1, 3, 4), BACK),
    ("conv1.weight", (2, 0, 1, 1), BACK),
]  # fmt: skip


def test_json_is_what_the_library_says(command, run):
    for what, at, way in ASKED:
        source = run.backward(target=3) if way else run
        code, out, error = command(*EXPLAIN, "--block", what, "--at", ",".join(map(str, at)), *way, "--json")
        assert (code, error) == (0, "")
        found, wanted = json.loads(out), cb.explain(source, what, at)
        assert [found[name] for name in ("what", "value", "bias", "total", "formula", "is_sum")] == [
            wanted.what, wanted.value, wanted.bias, wanted.total, wanted.formula, wanted.is_sum
        ]
        assert (tuple(found["index"]), found["sample"], len(found["terms"])) == (at, 0, len(wanted.terms))
        for term, same in zip(found["terms"], wanted.terms, strict=True):
            assert (term["source"][0], tuple(term["source"][1])) == same.source
            assert same.factor == (term["factor"] and (term["factor"][0], tuple(term["factor"][1])))
            assert [term[name] for name in ("value", "weight", "product", "sample")] == [
                same.value, same.weight, same.product, same.sample
            ]


def test_the_words_are_the_equation_and_the_largest_terms(command, run):
    code, out, error = command(*EXPLAIN, "--block", "conv1", "--at", "2,26,6")
    assert (code, error) == (0, "")
    found = cb.explain(run, "conv1", (2, 26, 6))
    lines = out.splitlines()
    assert lines[:3] == [found.formula, f"the network computed {found.value:.6g}", ""]
    assert lines[3] == "20 terms, the largest first:"
    largest = max(found.terms, key=lambda term: abs(term.product))
    assert lines[4].split()[:5] == [f"{largest.product:.6g}", "=", f"{largest.value:.6g}", "·", f"{largest.weight:.6g}"]
    assert lines[4].endswith("image[0, 25, 8] · conv1.weight[2, 0, 1, 4]")
    assert len(lines) == 15 and lines[14].startswith("  and 10 more, ")
    code, out, _ = command(*EXPLAIN, "--block", "softmax", "--at", "7")
    assert code == 0 and "10 values read:" in out and " = " not in out.splitlines()[4]
    code, out, _ = command(*EXPLAIN, "--block", "softmax", "--at", "7", "--backward", "7")
    assert code == 0 and out.startswith("dJ/dsoftmax[7] = −1 / (1 · 0.99")


def test_the_picture_shows_what_is_read_the_weights_and_the_products(command, tmp_path):
    picture = tmp_path / "pixel.png"
    code, out, _ = command(*EXPLAIN, "--block", "conv1", "--at", "2,26,6", "--output", picture)
    assert code == 0 and str(picture) in out.splitlines()[-1]
    pixels = np.asarray(Image.open(picture).convert("RGB"))
    # Three sheets of 5 × 5 cells of 19 pixels, a line around each, 12 white pixels between them.
    assert pixels.shape == (3 * (5 * 19 + 2) + 2 * 12, 5 * 19 + 2, 3)
    middles = pixels[10:97:19, 10:97:19]
    grey = (middles == (0x98, 0xA2, 0xB3)).all(axis=2)
    assert grey[4].all() and not grey[:4].any()  # the lowest row lies in the padding
    assert (pixels[97:109] == 255).all()


@pytest.mark.parametrize(("what", "way"), [("image", ()), ("softmax", ()), ("softmax", ("--backward", "3")),
                                           ("conv1.bias", ("--backward", "3")), ("dense3", ("--backward", "3"))])
def test_every_explanation_has_a_picture(command, tmp_path, what, way):
    at = "0,9,9" if what == "image" else "1"
    assert command(*EXPLAIN, "--block", what, "--at", at, *way, "--output", tmp_path / "it.png")[0] == 0
    assert Image.open(tmp_path / "it.png").size > (1, 1)


def test_what_is_infinite_is_null_in_json(command, tmp_path):
    layer = [block("in", "input", channels=1, height=1, width=1), block("conv", "conv", filters=1, kernel_size=[1, 1])]
    weights = {"conv.weight": np.full((1, 1, 1, 1), np.inf, np.float32)}
    path = saved(tmp_path, layer, weights, links=[{"from": "in", "to": "conv", "input": 0}])
    code, out, _ = command("explain", path, "--image", SEVEN, "--block", "conv", "--at", "0,0,0", "--json")
    assert code == 0 and json.loads(out)["terms"][0]["weight"] is None
    code, out, _ = command("explain", path, "--image", SEVEN, "--block", "conv", "--at", "0,0,0")
    assert code == 0 and "inf" in out


def test_weights_that_the_file_has_not_are_said(command, tmp_path):
    path = saved(tmp_path, [block("in", "input", channels=1, height=1, width=1), block("flat", "flatten"),
                            block("dense", "dense", units=2)], seed=5,
                 links=[{"from": "in", "to": "flat", "input": 0}, {"from": "flat", "to": "dense", "input": 0}])
    _, out, _ = command("explain", path, "--image", SEVEN, "--block", "dense", "--at", "1")
    assert out.splitlines()[0] == f"{path} holds no weights; they begin as seed 5 makes them"


def test_what_cannot_be_explained_is_one_line(command, tmp_path):
    assert complaint(command, *EXPLAIN, "--block", "conv1", "--at", "9,0,0") == (
        "conv1: there is no (9, 0, 0) in it; it is 6 × 28 × 28 (channel, row, column, from 0)"
    )
    assert complaint(command, *EXPLAIN, "--block", "other", "--at", "1") == "there is no block 'other' in this run"
    assert complaint(command, *EXPLAIN, "--block", "conv1.weight", "--at", "1").startswith("there is no block ")
    assert complaint(command, *EXPLAIN, "--block", "x", "--at", "1", "--backward", "1") == (
        "there is no block or weight 'x' in this run"
    )
    for at in ("x,1", "1.5", "", "1,,2"):
        assert complaint(command, *EXPLAIN, "--block", "conv1", "--at", at) == (
            f"--at: {at!r} is no place; give channel,row,column, or one number"
        )
    assert complaint(command, *EXPLAIN, "--block", "conv1", "--at", "0,0,0", "--backward", "77") == (
        "target: there is no class 77; softmax has 10, numbered 0 to 9"
    )
    assert complaint(command, "explain", tmp_path / "no.cnn", "--image", SEVEN, "--block", "b", "--at", "1")
    assert complaint(command, "explain", WELCOME, "--image", tmp_path / "no.png", "--block", "b", "--at", "1")
    conv = ("--block", "conv1", "--at", "0,0,0", "--output")
    assert complaint(command, *EXPLAIN, *conv, tmp_path / "it.txt") == f"{tmp_path / 'it.txt'}: explain writes a .png"
    assert str(tmp_path / "no" / "it.png") in complaint(command, *EXPLAIN, *conv, tmp_path / "no" / "it.png")


def test_wrong_arguments_are_told_apart_from_what_cannot_be_used(command):
    conv = ("--block", "conv1", "--at", "0,0,0")
    for wrong in (EXPLAIN, (*EXPLAIN, *conv, "--json", "--output", "it.png"), (*EXPLAIN, *conv, "--backward", "x")):
        code, out, error = command(*wrong)
        assert (code, out) == (2, "") and error.startswith("usage: ")
