"""Kinds that move values about: what does not fit, what mends it, and what a form can hold."""

import itertools
import json
import math

import numpy as np
import pytest

from cnnbuilder import Network, check
from cnnbuilder.explain.fields import receptive_field, typical_field
from tests.designs import block, chain

HUGE = 2**31 - 1


def problem_of(design):
    (problem,) = check(design).problems
    return problem


@pytest.mark.parametrize(
    "size, params",
    [((1, 28, 28), {"channels": 2}), ((3, 5, 7), {}), ((1, 1, 13), {"channels": 4}), ((8, 7, 7), {"height": 7})],
)
def test_every_fix_of_a_reshape_holds_as_many_values(size, params):
    design = chain(block("flat", "flatten"), block("r", "reshape", **params), size=size)
    problem = problem_of(design)
    assert problem.code == "unequal-count" and problem.fixes
    for fix in problem.fixes:
        report = check(fix.apply(design))
        assert report.problems == []
        assert math.prod(report.shapes.get("r") or size) == math.prod(size)


def test_a_reshape_is_offered_where_maps_are_needed():
    problem = problem_of(chain(block("flat", "flatten"), block("c", "conv"), size=(2, 8, 8)))
    assert any("Reshape to 8 × 8 × 2" in fix.label for fix in problem.fixes)


def test_windows_of_an_adaptive_pooling_cover_every_cell():
    from cnnbuilder.operations.reduce import Shares

    for cells, parts in itertools.product(range(1, 12), repeat=2):
        shares = Shares(cells, parts)
        spans = [range(start, stop) for start, stop, _ in shares]
        assert {cell for span in spans for cell in span} == set(range(cells))
        for cell in range(cells):
            holders = [number for number, span in enumerate(spans) if cell in span]
            assert shares.holding(cell) == (holders[0], holders[-1])


@pytest.mark.parametrize(
    "kind, params",
    [
        ("reshape", {"channels": HUGE, "height": HUGE, "width": HUGE}),
        ("channel_pool", {"pool_size": HUGE, "stride": HUGE}),
        ("adaptive_pool", {"height": HUGE, "width": HUGE}),
        ("upsample", {"scale": HUGE, "mode": "bilinear"}),
        ("upsample", {"scale": [1, HUGE]}),
        ("pad", {"padding": HUGE}),
        ("pad", {"padding": [HUGE, 0, 0, HUGE], "mode": "edge"}),
        ("pad", {"padding": HUGE, "mode": "reflect"}),
        ("channel_select", {"channels": [HUGE]}),
        ("channel_select", {"channels": [0] * 100_000}),
        ("channel_select", {"channels": list(range(100_000))}),
    ],
)
def test_the_largest_numbers_are_checked_at_once(kind, params):
    design = chain(block("it", kind, **params), block("relu", "activation"), block("f", "flatten"))
    report = check(design)
    assert all(problem.fixes for problem in report.problems)
    for id, shape in report.shapes.items():
        if shape is not None:
            assert typical_field(design, id, "image") is not None
            json.dumps([str(formula) for formula in design.blocks[id].layer.formulas(*report.input_shapes(id))])


@pytest.mark.parametrize("params, taken", [({"channels": [2, 0, 9, 2]}, [2, 0, 2]), ({"channels": 7}, None)])
def test_channels_that_are_not_there_are_left_out(params, taken):
    design = chain(block("it", "channel_select", **params), size=(3, 4, 4))
    problem = problem_of(design)
    assert problem.code == "no-such-channel"
    found = [fix.apply(design) for fix in problem.fixes]
    assert found[0].to_dict()["blocks"][1]["params"]["channels"] == taken
    assert all(check(mended).problems == [] for mended in found)


@pytest.mark.parametrize("size", [(1, 1, 1), (2, 3, 5)])
def test_no_more_is_mirrored_than_there_is(size):
    design = chain(block("it", "pad", padding=[3, 1, 5, 4], mode="reflect"), size=size)
    problem = problem_of(design)
    assert problem.code == "reflection-too-large" and len(problem.fixes) == 4
    assert all(check(fix.apply(design)).problems == [] for fix in problem.fixes)


@pytest.mark.usefixtures("kernels")
def test_the_values_of_each_rule():
    x = np.arange(1.0, 7.0).reshape(1, 2, 3)

    def given(kind, **params):
        return Network(chain(block("it", kind, **params), size=x.shape)).forward(x)["it"][0, 0].tolist()

    assert given("pad", padding=[0, 0, 2, 1], mode="reflect") == [[3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5]]
    assert given("pad", padding=[1, 0, 0, 2], mode="edge") == [[1, 2, 3, 3, 3], [1, 2, 3, 3, 3], [4, 5, 6, 6, 6]]
    assert given("pad", padding=[0, 1, 1, 0]) == [[0, 1, 2, 3], [0, 4, 5, 6], [0, 0, 0, 0]]
    assert given("upsample", scale=[1, 2]) == [[1, 1, 2, 2, 3, 3], [4, 4, 5, 5, 6, 6]]
    assert given("upsample", scale=[1, 2], mode="bilinear")[0] == [1, 1.25, 1.75, 2.25, 2.75, 3]


@pytest.mark.parametrize(
    "kind, params, wanted",
    [
        ("upsample", {"scale": 2}, (1, 1)),
        ("upsample", {"scale": 4, "mode": "bilinear"}, (2, 2)),
        ("pad", {"padding": 2}, (1, 1)),
        ("adaptive_pool", {"height": 4, "width": 2}, (2, 4)),
    ],
)
def test_the_field_of_a_unit_inside_is_the_typical_one(kind, params, wanted):
    stride = params.get("scale", 1)
    pool = block("pool", "max_pool", pool_size=1, stride=stride)
    design = chain(block("it", kind, **params), pool, size=(1, 8, 8))
    field = typical_field(design, "pool", "image")
    assert field.size == wanted
    _, height, width = check(design).shapes["pool"]
    row, column = height // 2, width // 2
    top, left = (start + jump * at for start, jump, at in zip(field.start, field.jump, (row, column), strict=True))
    found = receptive_field(design, "pool", (row, column), of="image")
    assert found == (top, top + wanted[0] - 1, left, left + wanted[1] - 1)
