"""Numbers as people write them, with decimal points and with decimal commas."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.app.inspector import reading
from cnnbuilder.design.parameters import BadValue


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("6", False, 6),
        (" 6 ", False, 6),
        ("−3", False, -3),
        ("1,024", False, 1024),
        ("1 024", False, 1024),
        ("1\u202f024\u202f000", False, 1_024_000),
        ("1'024", False, 1024),
        ("1.024", True, 1024),
        ("1e3", False, 1000),
        ("5,5", False, 5.5),
        ("5,5", True, 5.5),
        ("1,024", True, 1.024),
        ("٣", False, 3),
    ],
)
def test_a_whole_number(text: str, comma: bool, value: float) -> None:
    assert reading.whole_number(text, comma) == value


@pytest.mark.parametrize(
    ("text", "comma", "value"),
    [
        ("0.5", False, 0.5),
        ("0,5", False, 0.5),
        ("0,5", True, 0.5),
        ("0.5", True, 0.5),
        ("0,125", False, 0.125),
        ("1,024.5", False, 1024.5),
        ("1.024,5", True, 1024.5),
        ("1e-5", False, 1e-5),
        ("1,024,000", False, 1_024_000),
    ],
)
def test_a_real_number(text: str, comma: bool, value: float) -> None:
    assert reading.real_number(text, comma) == value


@pytest.mark.parametrize(("text", "comma"), [("1,024", False), ("1.024", True)])
def test_what_can_be_read_in_two_ways_is_refused(text: str, comma: bool) -> None:
    with pytest.raises(BadValue, match=r"can be read as 1[.,]024 or as 1024"):
        reading.real_number(text, comma)


@pytest.mark.parametrize("text", ["5", "5x3", "5 × 3", "5*3", "5 3", "[5, 3]", "5;3", "5, 3", "5,3"])
def test_pairs_in_every_writing(text: str) -> None:
    assert reading.whole_numbers(text) == ([5] if text == "5" else [5, 3])


def test_a_decimal_comma_parts_no_numbers() -> None:
    assert reading.whole_numbers("5,3", comma=True) == [5.3]
    assert reading.whole_numbers("5, 3", comma=True) == [5, 3]
    assert reading.real_numbers("0,5; 0,25", comma=True) == [0.5, 0.25]
    assert reading.real_numbers("0.5, 0.25") == [0.5, 0.25]


@pytest.mark.parametrize(
    "text", ["", "5 ×", "× 5", "five", "1_000", "1,024", "5,,5", "nan", "inf", "1e999", "9" * 5000]
)
def test_what_is_no_number_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        reading.whole_numbers(text)


@given(st.text(max_size=20), st.booleans())
def test_any_text_is_read_or_refused(text: str, comma: bool) -> None:
    for read in (reading.whole_number, reading.real_number, reading.whole_numbers, reading.real_numbers):
        with contextlib.suppress(ValueError):
            read(text, comma)


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_what_is_written_is_read_back(number: float, comma: bool) -> None:
    assert reading.real_number(reading.written(number, comma), comma) == number
