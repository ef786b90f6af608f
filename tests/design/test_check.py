"""The check: what it says of the samples, of broken designs, and of anything that a design can hold."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import Design, check
from cnnbuilder.design.layer import kinds, parameters_of
from tests.designs import block, chain, image, joined, sample
from tests.messy import NASTY, json_values, messy_designs
from tests.strategies import takes


def codes(design):
    return [(problem.block, problem.code) for problem in check(design).problems]


def note_codes(design):
    return [(note.block, note.code) for note in check(design).notes]


# The samples


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("notes-example", 10),
        ("kernel-six", 111),
        ("lenet5", 61_706),
        ("alexnet", 61_100_840),
        ("vgg16", 138_357_544),
        ("resnet18", 11_689_512),
    ],
)
def test_totals_of_the_samples(name, parameters):
    report = check(sample(name))
    assert report.problems == []
    assert report.total_parameters == parameters


def test_the_notes_example_gives_8_by_8_by_1():
    report = check(sample("notes-example"))
    assert report.shapes == {"image": (1, 10, 10), "conv1": (1, 8, 8)}
    assert report.parameters == {"image": 0, "conv1": 10}


def test_lenet_block_by_block():
    report = check(sample("lenet5"))
    assert report.shapes["conv1"] == (6, 28, 28)
    assert report.parameters["conv1"] == 156
    assert report.macs["conv1"] == 28 * 28 * 6 * 25
    assert report.memory_bytes["conv1"] == 4 * 6 * 28 * 28
    assert list(report.shapes) == list(sample("lenet5").blocks)


@pytest.mark.parametrize(
    ("name", "macs"), [("alexnet", 714_188_480), ("vgg16", 15_470_264_320), ("resnet18", 1_814_073_344)]
)
def test_multiply_adds_are_those_that_are_published(name, macs):
    assert check(sample(name)).total_macs == macs


def test_kernel_six_never_moves_its_last_kernel():
    report = check(sample("kernel-six"))
    assert [shape[1:] for shape in report.shapes.values()] == [(16, 16), (11, 11), (6, 6), (1, 1)]
    assert ("conv3", "kernel-never-moves") in note_codes(sample("kernel-six"))
    assert "conv2" not in [block for block, code in note_codes(sample("kernel-six")) if code == "kernel-never-moves"]
    same = sample("kernel-six")
    for id in ("conv1", "conv2", "conv3"):
        same = same.with_params(id, padding="same")
    assert check(same).shapes["conv3"] == (1, 16, 16)
    assert "kernel-never-moves" not in [code for _, code in note_codes(same)]


def test_the_broken_sample_has_three_problems_that_name_both_blocks_and_sizes():
    problems = {problem.block: problem for problem in check(sample("broken")).problems}
    assert {block: problem.code for block, problem in problems.items()} == {
        "conv3": "window-too-large",
        "dense3": "not-a-vector",
        "add1": "unequal-shapes",
    }
    for id, words in (
        ("conv3", ["pool2", "7 × 7", "5 × 5"]),
        ("dense3", ["pool2", "5 × 5 × 16"]),
        ("add1", ["pool1", "conv4", "14 × 14 × 6", "14 × 14 × 8"]),
    ):
        assert all(word in problems[id].message for word in [id, *words])
    assert problems["conv3"].origin == "pool2"
    assert problems["conv3"].trace[0] == ("image", (1, 28, 28))


def test_totals_are_partial_where_a_shape_is_unknown():
    report = check(sample("broken"))
    assert report.shapes["conv3"] is None and report.shapes["softmax"] is None
    assert report.parameters["conv3"] == 0
    known = 6 * 26 + 16 * (6 * 25 + 1) + 8 * (6 * 9 + 1)
    assert report.total_parameters == known
    assert report.total_macs > 0 and report.total_memory_bytes["forward"] > 0


# Problems


@pytest.mark.parametrize(
    ("design", "code", "words"),
    [
        (chain(block("c", "conv", kernel_size=29)), "window-too-large", ["c", "image", "29 × 29", "28 × 28"]),
        (chain(block("c", "conv", kernel_size=15, dilation=2, padding=0)), "window-too-large", ["29 × 29"]),
        (chain(block("p", "max_pool", pool_size=30)), "window-too-large", ["p", "image", "30 × 30", "28 × 28"]),
        (chain(block("p", "max_pool", padding=2)), "window-in-padding", ["p", "image", "2 × 2"]),
        (chain(block("p", "average_pool", padding=[0, 0, 0, 3])), "window-in-padding", ["p", "image"]),
        (chain(block("d", "dense")), "not-a-vector", ["d", "image", "28 × 28 × 1"]),
        (chain(block("f", "flatten"), block("c", "conv")), "not-a-volume", ["c", "f", "784"]),
        (chain(block("f", "flatten"), block("p", "max_pool")), "not-a-volume", ["p", "f", "784"]),
        (chain(block("f", "flatten"), block("p", "global_pool")), "not-a-volume", ["p", "f", "784"]),
        (
            chain(block("c", "conv", groups=3), size=(4, 8, 8)),
            "groups",
            ["c", "image", "3 groups", "4 channels", "8 filters"],
        ),
        (chain(block("c", "conv", connections=[[0]])), "connections", ["c", "1 filter", "8"]),
        (chain(block("c", "conv", filters=1, connections=[[1]])), "connections", ["c", "image", "channel 1"]),
        (
            chain(block("c", "conv", filters=2, groups=2, connections=[[0], [1]]), size=(2, 8, 8)),
            "connections",
            ["1 group"],
        ),
        (chain(block("a", "activation", function="clip", low=3, high=1)), "range", ["a", "3", "1"]),
        (chain(block("a", "add")), "missing-input", ["a", "2", "1"]),
        (joined([image(), image(id="b")], [("image", "b", 0)]), "too-many-inputs", ["b"]),
        (joined([image(), block("c", "conv")], []), "missing-input", ["c"]),
        (
            joined([image(), image(id="b"), block("c", "conv")], [("image", "c", 0), ("b", "c", 1)]),
            "too-many-inputs",
            ["c", "1", "2"],
        ),
        (
            joined([image(), image(id="b"), block("c", "conv")], [("image", "c", 0), ("b", "c", 0)]),
            "doubled-input",
            ["c", "image", "b", "0"],
        ),
        (
            joined([image(), image(id="b"), block("c", "add")], [("image", "c", 0), ("b", "c", 2)]),
            "input-gap",
            ["c", "1", "2"],
        ),
        (
            joined([image(2, id="a"), image(3, id="b"), block("c", "add")], [("a", "c", 0), ("b", "c", 1)]),
            "unequal-shapes",
            ["c", "a", "b", "28 × 28 × 2", "28 × 28 × 3"],
        ),
        (
            joined([image(2, id="a"), image(3, 14, id="b"), block("c", "concat")], [("a", "c", 0), ("b", "c", 1)]),
            "unequal-sizes",
            ["c", "a", "b", "28 × 28 × 2", "14 × 28 × 3"],
        ),
        (
            joined(
                [image(), block("f", "flatten"), block("c", "concat")],
                [("image", "f", 0), ("image", "c", 0), ("f", "c", 1)],
            ),
            "mixed-inputs",
            ["c", "image", "f", "28 × 28 × 1", "784"],
        ),
        (joined([block("i", "input", channels=3, mean=[0.5])]), "channel-count", ["i", "1", "3"]),
        (chain(block("x", "maxpool")), "unknown-kind", ["x", "'maxpool'", "'max_pool'"]),
        (chain(block("c", "conv", filter=3)), "unknown-parameter", ["c", "'filter'", "'filters'"]),
        (chain(block("c", "conv", filters=0)), "bad-value", ["c", "filters", "at least 1", "0"]),
        (chain(block("c", "conv", padding="some")), "bad-value", ["c", "padding", "valid, same, full", "some"]),
        (joined([]), "empty", ["empty"]),
    ],
)
def test_a_problem_names_the_blocks_and_their_sizes(design, code, words):
    (problem,) = check(design).problems
    assert problem.code == code
    for word in words:
        assert word in problem.message


def test_addition_repeats_axes_of_size_1():
    design = joined([image(), image(3, id="b"), block("c", "add")], [("image", "c", 0), ("b", "c", 1)])
    assert check(design).problems == []
    assert check(design).shapes["c"] == (3, 28, 28)


def test_a_loop_is_one_problem_that_names_its_blocks_in_order():
    blocks = [image(), block("a", "add"), block("b", "activation"), block("c", "conv")]
    design = joined(blocks, [("image", "a", 0), ("b", "a", 1), ("c", "b", 0), ("a", "c", 0)])
    (problem,) = check(design).problems
    assert problem.code == "cycle"
    assert re.match(r"(a → c → b → a|c → b → a → c|b → a → c → b) ", problem.message)
    assert check(design).shapes == {"image": (1, 28, 28), "a": None, "b": None, "c": None}


def test_two_loops_are_two_problems():
    blocks = [block(id, "activation") for id in "abcd"]
    design = joined(blocks, [("a", "b", 0), ("b", "a", 0), ("c", "d", 0), ("d", "c", 0)])
    assert [code for _, code in codes(design)] == ["cycle", "cycle"]
    assert codes(joined(blocks[:1], [("a", "a", 0)])) == [("a", "cycle")]


def test_blocks_behind_a_problem_have_no_problem_of_their_own():
    design = chain(block("c", "conv", kernel_size=99), block("p", "max_pool"), block("d", "dense"))
    assert codes(design) == [("c", "window-too-large")]


def test_problems_are_in_the_designs_block_order():
    blocks = [block("z", "nothing"), block("a", "conv", filters=0), block("m", "conv")]
    assert [block for block, _ in codes(joined(blocks, []))] == ["z", "a", "m"]


def test_several_wrong_parameters_are_several_problems():
    design = chain(block("c", "conv", filters=0, stride="x", size=3))
    assert sorted(codes(design)) == [("c", "bad-value"), ("c", "bad-value"), ("c", "unknown-parameter")]


# Notes


@pytest.mark.parametrize(
    ("size", "params", "words"),
    [
        ((1, 10, 10), {"pool_size": 3, "stride": 3}, [r"the last row\b", r"the last column\b"]),
        ((1, 9, 11), {"pool_size": 3, "stride": 3}, [r"the last 2 columns"]),
        ((1, 9, 9), {"pool_size": 3, "stride": 3}, []),
        ((1, 10, 10), {"pool_size": 3, "stride": 3, "ceil_mode": True}, []),
        ((1, 10, 10), {"pool_size": 3, "stride": 3, "padding": [0, 2, 0, 2]}, []),
    ],
)
def test_a_note_says_which_rows_and_columns_no_window_reaches(size, params, words):
    notes = [
        note.message
        for note in check(chain(block("p", "max_pool", **params), size=size)).notes
        if note.code == "unreached"
    ]
    assert len(notes) == len(words)
    for word, note in zip(words, notes, strict=True):
        assert re.search(word, note) and "p" in note


def test_a_note_tells_of_a_smaller_last_window():
    assert note_codes(chain(block("p", "max_pool", pool_size=3, ceil_mode=True), size=(1, 6, 6))) == [
        ("p", "smaller-window")
    ]
    assert note_codes(chain(block("p", "max_pool", pool_size=3, ceil_mode=True), size=(1, 7, 7))) == []


def test_a_note_counts_the_places_that_a_corner_reaches_and_one_in_the_middle():
    (note,) = check(chain(block("c", "conv", kernel_size=3))).notes
    assert (note.code, note.block) == ("border", "c")
    assert "1 place" in note.message and "image" in note.message and "9" in note.message
    assert check(chain(block("c", "conv", kernel_size=3, padding="full"))).notes == []


# Whatever a design can hold


@given(messy_designs())
def test_the_check_never_raises_and_says_a_line_for_everything_that_is_wrong(data):
    design = Design.from_dict(data)
    report = check(design)
    assert list(report.shapes) == list(report.parameters) == list(design.blocks)
    for id, shape in report.shapes.items():
        assert shape is None or all(isinstance(n, int) and n > 0 for n in shape)
        assert shape is not None or report.parameters[id] == 0
    said = json.loads(json.dumps(report.to_dict()))
    for item in said["problems"] + said["notes"]:
        assert item["message"] and item["message"].isprintable()
        assert item["block"] in design.blocks or item["code"] == "empty"
    runs = all(block.layer for block in design.blocks.values()) and None not in report.shapes.values()
    assert (said["problems"] == []) == (runs and len(design.blocks) > 0)
    assert check(design) is report


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_any_value_of_any_parameter_is_taken_or_a_problem_of_the_block(kind, data):
    names = list(parameters_of(kinds()[kind]))
    name = data.draw(st.sampled_from([*names, "other"]))
    value = data.draw(json_values())
    design = Design.from_dict(
        {
            "format": "cnnbuilder",
            "version": 1,
            "blocks": [block("image", "input"), {"id": "it", "kind": kind, "params": {name: value}}],
        }
    )
    report = check(design)
    if design.blocks["it"].layer is None:
        assert report.problems_of["it"][0].code in ("bad-value", "unknown-parameter")
        assert report.shapes["it"] is None
    else:
        assert design.blocks["it"].layer.read(design.blocks["it"].params) == (design.blocks["it"].layer, {})
    json.dumps(report.to_dict())


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", kinds())
def test_huge_numbers_are_answered_at_once(kind):
    most = 2**31 - 1
    declared = parameters_of(kinds()[kind])
    given = [
        {name: value} for name in declared for value in (most, [most, most], *NASTY) if takes(declared[name], value)
    ]
    for size in (1, 28, most):
        for params in ({}, *given):
            blocks = [image(size, size, size), block("it", kind, **params)]
            json.dumps(check(joined(blocks)).to_dict())
            json.dumps(check(joined(blocks[1:])).to_dict())


def test_long_designs_need_no_recursion():
    count = 3000
    blocks = [image(), *(block(f"a{n}", "activation") for n in range(count))]
    assert check(joined(blocks)).problems == []
    around = [(f"a{n}", f"a{(n + 1) % count}", 0) for n in range(count)]
    assert [code for _, code in codes(joined(blocks[1:], around))] == ["cycle"]


def test_a_merge_of_a_thousand_inputs():
    blocks = [image(), *(block(f"a{n}", "activation") for n in range(1000)), block("sum", "concat")]
    links = [("image", f"a{n}", 0) for n in range(1000)] + [(f"a{n}", "sum", n) for n in range(1000)]
    assert check(joined(blocks, links)).shapes["sum"] == (1000, 28, 28)


@pytest.mark.parametrize("order", [("narrow", "stem"), ("stem", "narrow")])
def test_of_two_ways_that_clash_the_one_is_traced_that_changed_by_itself(order):
    conv = {"kernel_size": [3, 3], "padding": "same", "filters": 4}
    blocks = [
        {"id": "image", "kind": "input", "params": {"channels": 4}},
        {"id": "stem", "kind": "max_pool"},
        {"id": "narrow", "kind": "conv", "params": {**conv, "stride": [2, 2]}},
        {"id": "sum", "kind": "add"},
    ]
    links = [("image", "stem", 0), ("stem", "narrow", 0), *((id, "sum", n) for n, id in enumerate(order))]
    data = [{"from": source, "to": target, "input": number} for source, target, number in links]
    design = Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, "links": data})
    (problem,) = check(design).problems
    assert problem.trace == (("image", (4, 28, 28)), ("stem", (4, 14, 14)), ("narrow", (4, 7, 7)))
    assert problem.origin == "narrow"
