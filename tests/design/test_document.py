"""The design as JSON: what is kept, what is a problem, and what is no design at all."""

import json
import math
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnbuilder import Design, DesignError, DesignFileError, check
from tests.messy import json_values, messy_designs

ONE = {"id": "image", "kind": "input"}


def minimal(**changes):
    """A design of one input block, with some keys of the file changed."""
    return {"format": "cnnbuilder", "version": 1, "blocks": [ONE], **changes}


def with_block(**changes):
    return minimal(blocks=[{**ONE, **changes}])


def with_link(**changes):
    return minimal(links=[{"from": "image", "to": "image", "input": 0, **changes}])


@given(messy_designs())
def test_writing_and_reading_again_changes_nothing(data):
    design = Design.from_dict(data)
    written = json.dumps(design.to_dict())
    again = Design.from_dict(json.loads(written))
    assert json.dumps(again.to_dict()) == written
    assert check(again).to_dict() == check(design).to_dict()


@given(messy_designs())
def test_nothing_that_was_given_is_lost(data):
    written = Design.from_dict(data).to_dict()
    assert {**written, **{key: data[key] for key in data if key not in ("blocks", "links", "layout")}} == written
    assert "links" not in data or written["links"] == data["links"]
    for given_block, block in zip(data["blocks"], written["blocks"], strict=True):
        assert {**block, **{key: value for key, value in given_block.items() if key != "params"}} == block
        assert set(given_block.get("params", {})) <= set(block["params"])
    assert written.get("layout", {}) == data.get("layout", {})


@given(messy_designs())
def test_unknown_kinds_and_wrong_values_are_written_back_as_they_came(data):
    design = Design.from_dict(data)
    for given_block, block in zip(data["blocks"], design.to_dict()["blocks"], strict=True):
        faults = design.blocks[block["id"]].faults
        if design.blocks[block["id"]].layer_class is None:
            assert block["params"] == given_block.get("params", {})
        for name in faults:  # as text, for True is not 1
            assert json.dumps(block["params"][name]) == json.dumps(given_block["params"][name])


def test_every_parameter_is_written_with_its_default():
    design = Design.from_dict(with_block(kind="conv", params={"filters": 3}))
    (block,) = design.to_dict()["blocks"]
    assert block["params"] == {
        "filters": 3,
        "kernel_size": [3, 3],
        "stride": [1, 1],
        "padding": "valid",
        "dilation": [1, 1],
        "groups": 1,
        "bias": "channel",
        "connections": None,
    }


def test_keys_are_written_in_one_order_whatever_order_they_came_in():
    block = {"id": "c", "kind": "conv", "params": {"filters": 3, "stride": 2}}
    turned = {"params": {"stride": 2, "filters": 3}, "kind": "conv", "id": "c"}
    data = minimal(blocks=[block], layout={"c": [0, 0]})
    other = {"layout": {"c": [0, 0]}, "blocks": [turned], "version": 1, "format": "cnnbuilder"}
    assert json.dumps(Design.from_dict(data).to_dict()) == json.dumps(Design.from_dict(other).to_dict())


def test_a_single_number_means_both_of_a_pair():
    params = Design.from_dict(with_block(kind="conv", params={"kernel_size": 5, "stride": 2})).blocks["image"].params
    assert (params["kernel_size"], params["stride"]) == ([5, 5], [2, 2])


def test_without_links_blocks_are_a_chain_and_with_an_empty_list_they_are_not():
    blocks = [{"id": id, "kind": "input"} for id in "abc"]
    ends = [(link.source, link.target, link.input) for link in Design.from_dict(minimal(blocks=blocks)).links]
    assert ends == [("a", "b", 0), ("b", "c", 0)]
    assert Design.from_dict(minimal(blocks=blocks, links=[])).links == ()


def test_what_is_left_out_takes_its_default():
    design = Design.from_dict(minimal())
    assert (design.seed, design.labels, design.name) == (0, (), "")
    assert design.label(7) == "7"
    assert Design.from_dict(minimal(labels=["zero"])).label(0) == "zero"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "design",
        3,
        {},
        {"format": "other"},
        {"format": "cnnbuilder"},
        {"format": "cnnbuilder", "version": 1},
        *(minimal(format=value) for value in ("onnx", None, 1)),
        *(minimal(version=value) for value in (0, "1", True, None, 1.5)),
        *(minimal(blocks=value) for value in (None, {}, ["image"], [{"kind": "input"}], [{"id": "image"}], [ONE, ONE])),
        *(with_block(id=value) for value in (3, None, "", "1a", "a b", "a.b", "ä", "a\n", "-a")),
        *(with_block(kind=value) for value in (3, None, ["input"])),
        *(with_block(params=value) for value in ([], "none", {"height": math.inf}, {"height": [[math.nan]]})),
        *(minimal(links=value) for value in ({}, [3], [{"from": "image"}], [{"to": "image"}])),
        *(with_link(**{end: value}) for end in ("from", "to") for value in ("nowhere", 3, None)),
        *(with_link(input=value) for value in (-1, 0.5, "0", None)),
        *(minimal(seed=value) for value in (-1, "0", 0.5)),
        *(minimal(labels=value) for value in ("01", [0], {})),
        *(minimal(layout=value) for value in ([], {"image": [0]}, {"image": ["0", 0]}, {"image": [math.nan, 0]})),
        *(minimal(layout={"image": [0, value]}) for value in (10**400, None)),
        minimal(name=3),
        *(minimal(note=value) for value in (-math.inf, {1: 2}, object(), b"bytes", 10**5000, "\ud800", {"\ud800": 1})),
    ],
    ids=lambda data: "note" if isinstance(data, dict) and "note" in data else str(data)[-60:],
)
def test_a_wrong_structure_is_a_design_file_error_of_one_line(data):
    with pytest.raises(DesignFileError, match=r"^[^\n]{10,300}$"):
        Design.from_dict(data)


def test_a_newer_version_says_so():
    with pytest.raises(DesignFileError, match="version: 2 was written by a newer"):
        Design.from_dict(minimal(version=2))


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (minimal(blocks=[ONE, {"id": "1a", "kind": "input"}]), r"blocks\[1\].id"),
        (minimal(blocks=[ONE, ONE]), r"blocks\[1\].id.*twice"),
        (minimal(links=[{"from": "image", "to": "nowhere"}]), r"links\[0\].*'nowhere'"),
        (minimal(blocks=[{**ONE, "params": {"mean": [0, math.nan]}}]), r"blocks\[0\].params.mean\[1\]"),
        (minimal(blocks=[{"id": "image", "kind": 3}]), r"blocks\[0\].kind"),
    ],
)
def test_the_message_names_the_place(data, place):
    with pytest.raises(DesignFileError, match=place):
        Design.from_dict(data)


def test_deep_nesting_is_an_error_and_no_recursion():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(DesignFileError, match="deep"):
        Design.from_dict(minimal(note=value))


@given(json_values())
def test_any_json_is_a_design_or_a_design_file_error(value):
    read_or_refused(value)


@example("seed", "\ud800")
@given(st.sampled_from(["name", "seed", "labels", "blocks", "links", "layout", "version", "format"]), json_values())
def test_any_json_under_a_key_is_a_design_or_a_design_file_error(key, value):
    read_or_refused(minimal(**{key: value}))


@example("kind", "\ud800")
@given(st.sampled_from(["id", "kind", "params", "from", "to", "input"]), json_values())
def test_any_json_inside_a_block_or_a_link_is_a_design_or_a_design_file_error(key, value):
    read_or_refused(minimal(blocks=[{**ONE, key: value}]))
    read_or_refused(minimal(links=[{"from": "image", "to": "image", "input": 0, key: value}]))
    read_or_refused(minimal(layout={"image": [0, value]}))


def read_or_refused(value):
    try:
        design = Design.from_dict(value)
    except DesignFileError as error:
        assert str(error) and "\n" not in str(error)
    else:
        check(design)
        Design.from_dict(design.to_dict())


def test_a_design_is_not_changed_by_what_it_was_made_of_or_gave_out():
    data = minimal(blocks=[{"id": "c", "kind": "conv", "params": {"kernel_size": [5, 5]}}], extra={"a": [1]})
    design = Design.from_dict(data)
    before = json.dumps(design.to_dict())
    data["blocks"][0]["params"]["kernel_size"][0] = 99
    data["extra"]["a"].append(2)
    written = design.to_dict()
    written["blocks"][0]["params"]["kernel_size"][0] = 77
    written["extra"]["a"].append(3)
    assert json.dumps(design.to_dict()) == before


def test_with_params_takes_a_parameter_of_any_value_and_keeps_the_rest():
    design = Design.from_dict(minimal(blocks=[ONE, {"id": "c", "kind": "conv", "params": {"filters": 3}}]))
    other = design.with_params("c", filters=8, stride=2)
    assert (other.blocks["c"].params["filters"], other.blocks["c"].params["stride"]) == (8, [2, 2])
    assert design.blocks["c"].params["filters"] == 3
    assert other.blocks["image"] is design.blocks["image"]
    assert other.links is design.links
    with pytest.raises(DesignError, match="nowhere"):
        design.with_params("nowhere", filters=8)


def test_equal_designs_are_equal():
    data = minimal(blocks=[ONE, {"id": "c", "kind": "conv"}])
    assert Design.from_dict(data) == Design.from_dict(data)
    assert Design.from_dict(data) != Design.from_dict(data).with_params("c", filters=9)


def test_loading_and_checking_import_neither_qt_nor_numba():
    code = """
import sys, cnnbuilder
design = cnnbuilder.load("samples/lenet5.json")
assert not cnnbuilder.check(design).problems
print(*{name.partition(".")[0] for name in sys.modules} & {"numba", "llvmlite", "PySide6", "torch"})
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
