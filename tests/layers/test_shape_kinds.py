"""Kinds that move values about: what does not fit, what mends it, and what a form can hold."""

import itertools
import math

import pytest

from cnnbuilder import check
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
    ],
)
def test_the_largest_numbers_are_checked_at_once(kind, params):
    design = chain(block("it", kind, **params), block("relu", "activation"), block("f", "flatten"))
    report = check(design)
    assert all(problem.fixes for problem in report.problems)
