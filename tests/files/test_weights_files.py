"""Weights as safetensors, against the library of that name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.files.safetensors import Arrays

library = pytest.importorskip("safetensors.numpy")

DESIGN = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": []})
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(lambda name: name != "__metadata__")
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@st.composite
def weights(draw, dtypes=("f4",)):
    made = {}
    for name in draw(st.lists(NAMES, unique=True, max_size=5)):
        shape = draw(SHAPES)
        count = int(np.prod(shape))
        bits = draw(st.binary(min_size=8 * count, max_size=8 * count))
        dtype = np.dtype(draw(st.sampled_from(dtypes)))
        made[name] = np.frombuffer(bits, dtype, count).reshape(shape)
    return made


def equal(found, wanted):
    with np.errstate(all="ignore"):
        return found.keys() == wanted.keys() and all(
            found[name].shape == wanted[name].shape
            and np.array_equal(found[name], wanted[name].astype(np.float32), equal_nan=True) for name in wanted
        )


@given(weights=weights())
def test_the_library_reads_what_we_write(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "a.safetensors"
    arrays = Arrays(weights)
    with open(path, "wb") as file:
        arrays.write(file)
    assert path.stat().st_size == arrays.size
    assert equal(library.load_file(path), weights)
    assert equal(cb.load_weights(path), weights)


@given(weights=weights(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]))
def test_we_read_what_the_library_writes(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "a.safetensors"
    path.write_bytes(library.save(weights, {"format": "pt"}))
    assert equal(cb.load_weights(path), weights)


@given(weights=weights(["f2", "f4", "f8", "i8", "u1", ">f4", ">f8", "?"]))
def test_a_cnn_file_keeps_weights_as_float32(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "a.cnn"
    cb.save(DESIGN, path, weights)
    assert equal(cb.load_weights(path) or {}, weights)


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    values = np.array([1.0, -2.5, 0.0, np.inf, 3.140625], np.float32)  # each has 16 zeros at the end
    header = b'{"a":{"dtype":"BF16","shape":[5],"data_offsets":[0,10]}}'
    data = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    (tmp_path / "a.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data)
    assert np.array_equal(cb.load_weights(tmp_path / "a.safetensors")["a"], values)


def test_arrays_that_do_not_lie_in_steps_of_their_size_are_read(tmp_path):
    header = (b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},'
              b'"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}')
    data = b"\7" + np.array([1.5, -2], "<f4").tobytes()
    (tmp_path / "a.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data)
    found = cb.load_weights(tmp_path / "a.safetensors")
    assert found["a"].tolist() == [7] and found["b"].tolist() == [1.5, -2]


def test_arrays_are_views_of_one_buffer_that_nobody_writes(tmp_path):
    cb.save(DESIGN, tmp_path / "a.cnn", {"a": np.ones((3, 4)), "b": np.ones(5)})
    found = cb.load_weights(tmp_path / "a.cnn")
    assert all(not array.flags.writeable and array.flags.c_contiguous for array in found.values())
    assert found["b"].ctypes.data - found["a"].ctypes.data == found["a"].nbytes


def test_a_list_a_column_and_a_numpy_number_are_weights(tmp_path):
    cb.save(DESIGN, tmp_path / "a.cnn", {"list": [[1, 2], [3, 4]], "column": np.arange(12.0).reshape(3, 4).T,
                                         "number": np.float64(2.5), "wide": np.array([1e300])})
    found = cb.load_weights(tmp_path / "a.cnn")
    assert found["list"].tolist() == [[1, 2], [3, 4]]
    assert np.array_equal(found["column"], np.arange(12.0).reshape(3, 4).T)
    assert found["number"].shape == () and found["number"] == 2.5
    assert np.isinf(found["wide"]).all()
