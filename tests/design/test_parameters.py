"""Declared parameters: what they take, what they refuse and how they say it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design.layer import kinds, parameters_of
from cnnbuilder.design.parameters import (
    BadValue,
    ChannelLists,
    Choice,
    Flag,
    Integer,
    Number,
    Numbers,
    PaddingParameter,
    Pair,
)
from tests.messy import NASTY, json_values
from tests.strategies import parameter_values

EVERY = [(kind, name) for kind, layer in kinds().items() for name in parameters_of(layer)]

integer = Integer(3, "", low=1, high=9)
number = Number(0.5, "", low=0.0, high=1.0, open_low=True)
share = Number(0.5, "", low=0.0, high=1.0, open_high=True)
pair = Pair((2, 2), "", low=1)
padding = PaddingParameter("valid", "")
sides = PaddingParameter(0, "", words=())
choice = Choice("a", "", options=(("a", "A"), ("b", "B")))
numbers = Numbers(None, "", nullable=True, low=0, open_low=True)
lists = ChannelLists(None, "", nullable=True)


@pytest.mark.parametrize(
    ("parameter", "value", "read"),
    [
        (integer, 1, 1), (integer, 9, 9), (integer, 4.0, 4),
        (number, 1, 1.0), (number, 5e-324, 5e-324), (share, 0, 0.0), (share, 1 - 2**-53, 1 - 2**-53),
        (Flag(True, ""), False, False),
        (choice, "b", "b"),
        (pair, 3, (3, 3)), (pair, [3, 4], (3, 4)), (pair, (1, 2.0), (1, 2)),
        (padding, "same", "same"), (padding, 2, 2), (padding, [1, 2], (1, 2)), (padding, [1, 2, 3, 4], (1, 2, 3, 4)),
        (sides, 0, 0),
        (numbers, None, None), (numbers, 3, (3.0,)), (numbers, [0.5, 1], (0.5, 1.0)),
        (lists, None, None), (lists, [[0, 2], []], ((0, 2), ())),
    ],
    ids=str,
)  # fmt: skip
def test_values_that_are_taken(parameter, value, read):
    found = parameter.read(value)
    assert found == read and repr(found) == repr(read)


@pytest.mark.parametrize(
    ("parameter", "values", "words"),
    [
        (integer, [0, 10, -1, 3.5, True, "3", None, [3], {}, 10**400, math.inf, math.nan], "from 1 to 9"),
        (share, [1, -1e-9, 1.5, math.nan, "0.5"], "of at least 0 and less than 1"),
        (Integer(3, "", low=1), [0, "3"], "of at least 1"),
        (Integer(3, "", low=1), [2**31, 1e300], "from 1 to 2147483647"),
        (number, [0, -0.0, 1.01, True, "1", None, [], 10**400, math.nan, math.inf], "above 0 and at most 1"),
        (Number(0.0, ""), [10**400, "x", math.inf], "must be a number"),
        (Flag(True, ""), [0, 1, "true", None, []], "true or false"),
        (choice, ["c", "A", "", None, 0, ["a"], True], "a or b"),
        (pair, [0, [0, 1], [1], [1, 2, 3], "3", None, [None, 1], [[1], 2], True, {}], "whole number"),
        (padding, ["sam", "", [1], [1, 2, 3], None, True, -1, [-1, 0], [1, "2"], [1, 2, 3, None]], "must be"),
        (sides, ["valid", "same", "full"], "a number, "),
        (numbers, [[], "x", [None], [0.0], [True], [[1.0]], {}], "must"),
        (lists, [[], [1], "x", [[-1]], [["0"]], {}, [[0], None], [[True]]], "must"),
        (lists, [[[0], [1, 1]]], "twice for filter 1"),
    ],
    ids=str,
)
def test_values_that_are_refused_and_why(parameter, values, words):
    for value in values:
        with pytest.raises(BadValue, match=words):
            parameter.read(value)


@pytest.mark.parametrize(("kind", "name"), EVERY)
@given(data=st.data())
def test_what_is_read_is_written_as_it_would_be_read_again(kind, name, data):
    parameter = parameters_of(kinds()[kind])[name]
    value = parameter.read(data.draw(parameter_values(parameter)))
    assert repr(parameter.read(parameter.write(value))) == repr(value)
    hash(value)


@pytest.mark.parametrize(("kind", "name"), EVERY)
@given(value=st.one_of(st.sampled_from(NASTY), json_values()))
def test_anything_is_taken_or_refused_in_a_few_words(kind, name, value):
    parameter = parameters_of(kinds()[kind])[name]
    try:
        found = parameter.read(value)
    except BadValue as error:
        assert 0 < len(str(error)) < 200 and str(error).isprintable()
    else:
        assert parameter.read(parameter.write(found)) == found
