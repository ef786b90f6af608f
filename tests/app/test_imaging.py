"""Maps in small, where values are anything that float32 can hold."""

import warnings

import numpy as np
import pytest

from cnnbuilder.app.imaging import scale_of, thumbnail, to_bytes

INF, NAN, LARGEST = np.inf, np.nan, np.finfo(np.float32).max


@pytest.mark.parametrize("odd", [INF, -INF, NAN, LARGEST, -LARGEST, 1e-44])
def test_odd_values_are_drawn_in_silence(odd: float) -> None:
    maps = np.full((3, 40, 40), odd, np.float32)
    maps[1] = np.linspace(-1, 1, 1600).reshape(40, 40)
    maps[2, 3] = odd
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for channel in (None, 0, 1, 2):
            assert thumbnail(maps, False, channel).pixels.shape == (40, 40)
        assert thumbnail(maps[:, 0, 0], False).bars is not None
        assert thumbnail(maps.reshape(-1), False).pixels.size


def test_one_infinite_value_leaves_the_others_their_shades() -> None:
    values = np.array([0, 1, 2, INF], np.float32)
    assert scale_of(values) == ("positive", 2.0)
    assert list(to_bytes(values, *scale_of(values))) == [0, 127, 255, 255]
    values = np.array([-4, 0, NAN, -INF], np.float32)
    assert scale_of(values) == ("signed", 4.0)
    assert list(to_bytes(values, *scale_of(values))) == [0, 127, 127, 0]
