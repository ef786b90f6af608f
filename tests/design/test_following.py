"""Shapes that follow the picture: the check of a design on a picture of another size."""

import pytest

from cnnbuilder import check
from cnnbuilder.design.following import report_on
from tests.designs import block, joined


def design(*between, size="picture", **image):
    """An input of 9 × 9 that follows the picture, blocks, and a classifier on a global mean."""
    params = {"channels": 2, "height": 9, "width": 9, "size": size, **image}
    ends = [block("pool", "global_pool"), block("f", "flatten"), block("d", "dense", units=4)]
    return joined([block("image", "input", **params), *between, *ends])


CONV = block("c", "conv", filters=3, kernel_size=3)


def test_shapes_and_costs_are_those_of_the_picture():
    report = report_on(design(CONV), (30, 4))
    assert report.shapes == {"image": (2, 30, 4), "c": (3, 28, 2), "pool": (3, 1, 1), "f": (3,), "d": (4,)}
    assert report.macs["c"] == 28 * 2 * 3 * 2 * 9
    assert report.total_parameters == check(design(CONV)).total_parameters


def test_the_answer_is_remembered():
    found = design(CONV)
    report = report_on(found, (30, 4))
    assert report_on(found, (30, 4)) is report
    assert report_on(found, (31, 4)).shapes["c"] == (3, 29, 2)
    assert report_on(found, (9, 9)) is check(found)


@pytest.mark.parametrize(
    "found",
    [
        design(CONV, size="fixed"),
        design(block("c", "conv", kernel_size=31)),
        design(block("c", "conv", bias="location")),
        design(CONV, mean=[1.0]),
    ],
    ids=["its own size", "broken anyway", "weights of one size", "a broken input"],
)
@pytest.mark.parametrize("size", [(30, 4), (2, 2), None])
def test_else_it_is_the_check_of_the_design(found, size):
    assert report_on(found, size) is check(found)


def test_a_picture_that_does_not_fit_leaves_the_shapes_as_they_are():
    found = design(CONV)
    assert report_on(found, (2, 40)) is check(found)
