"""Files that are not what they should be: one line that names file, place and reason, and never anything else."""

import io
import json
import os
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.files import load_picture_bytes
from cnnbuilder.files.archive import LIMITS
from cnnbuilder.files.resources import resource, samples

DESIGN = {"format": "cnnbuilder", "version": 1, "blocks": [{"id": "image", "kind": "input"}]}
TEXT = json.dumps(DESIGN)


def changed(**changes):
    return json.dumps({**DESIGN, **changes})


def zipped(entries, compression=zipfile.ZIP_STORED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def complaint(call, path):
    with pytest.raises(cb.DesignFileError) as caught:
        call(path)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(("content", "message"), [
    ("", "is empty"),
    (" \n", "is empty"),
    ("{", "is not JSON: line 1, column 2: expecting property name enclosed in double quotes"),
    (TEXT[:-1], f"is not JSON: line 1, column {len(TEXT)}: expecting ',' delimiter"),
    ('{\n "format": cnnbuilder\n}', "is not JSON: line 2, column 12: expecting value"),
    (TEXT + "x", f"is not JSON: line 1, column {len(TEXT) + 1}: extra data"),
    ("not a design", "is not JSON: line 1, column 1: expecting value"),
    (b'{"format": \n"\xff"}', "is not UTF-8 text (line 2, byte 14 of the file)"),
    (TEXT.encode("utf-16"), "is not UTF-8 text (line 1, byte 1 of the file)"),
    ("[" * 100_000, "is nested too deeply"),
    ('{"a":' * 100_000, "is nested too deeply"),
    ("[1, 2]", "design: must be a JSON object"),
    ("{}", 'format: must be "cnnbuilder"; this is not a cnnbuilder design'),
    (changed(version=2), "version: 2 was written by a newer cnnbuilder; this one reads up to 1"),
    ('{"format": "cnnbuilder", "version": 1}', "blocks: missing"),
    (changed(blocks=[*DESIGN["blocks"]] * 2), "blocks[1].id: 'image' is used twice"),
    (changed(links=[{"from": "image", "to": "conv"}]), "links[0]: there is no block 'conv'"),
    (changed(blocks=[{"id": "a", "kind": "conv", "params": {"filters": "@"}}]).replace('"@"', "NaN"),
     "design.blocks[0].params.filters: nan is not a finite number"),
    (changed(x="@").replace('"@"', "1e999"), "design.x: inf is not a finite number"),
    (changed(x="@").replace('"@"', "-Infinity"), "design.x: -inf is not a finite number"),
    (changed(x="@").replace('"@"', "9" * 5000), "is not a design: Exceeds the limit"),
    (TEXT.replace('"version"', '"format": "other", "version"'), "the key 'format' stands twice in one object"),
    (b"\x89PNG\r\n\x1a\n\0\0\0", "is a picture, not a design"),
    (b"\x80\x02}q\0.", "is a pickle, which is never opened, not a design"),
    (zipped([]), "holds no design.json"),
    (zipped([("other.json", TEXT)]), "holds no design.json"),
    (zipped([("design.json", "")]), "design.json is empty"),
    (zipped([("design.json", "{")]), "design.json is not JSON: line 1, column 2"),
    (zipped([("design.json", TEXT)], zipfile.ZIP_BZIP2), "design.json is compressed in a way that is not known"),
    (zipped([("design.json", TEXT)])[:-30], "is a damaged .cnn file"),
    (zipped([("design.json", TEXT)])[:40], "is a damaged .cnn file"),
    (zipped([("design.json", TEXT)]).replace(b'"image"', b'"imago"'), "design.json is damaged: Bad CRC-32"),
    (b"PK\x03\x04", "is a damaged .cnn file"),
])
def test_what_is_wrong_is_said(tmp_path, content, message):
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert complaint(cb.load, path).startswith(message)


def test_a_byte_order_mark_and_a_zip_deflated_by_another_program_are_read(tmp_path):
    (tmp_path / "a.json").write_text(TEXT, encoding="utf-8-sig")
    (tmp_path / "b.cnn").write_bytes(zipped([("design.json", TEXT)], zipfile.ZIP_DEFLATED))
    assert cb.load(tmp_path / "a.json") == cb.load(tmp_path / "b.cnn") == cb.Design.from_dict(DESIGN)


def test_doubled_entries_are_refused(tmp_path):
    path = tmp_path / "a.cnn"
    with pytest.warns(UserWarning, match="Duplicate"):
        path.write_bytes(zipped([("design.json", TEXT), ("design.json", TEXT)]))
    assert complaint(cb.load, path) == "holds design.json twice"


@pytest.mark.parametrize("call", [cb.load, cb.load_weights, load_picture_bytes])
def test_places_where_nothing_can_be_read(tmp_path, call):
    assert complaint(call, tmp_path / "none.cnn") == "there is no such file"
    assert complaint(call, tmp_path) == "is a folder, not a file"
    assert complaint(call, f"{tmp_path}/a\0b") == "embedded null byte"
    (tmp_path / "file").write_text("")
    assert complaint(call, tmp_path / "file" / "a.json") == "a part of its path is not a folder"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_without_permission(tmp_path):
    (tmp_path / "a.json").write_text(TEXT)
    os.chmod(tmp_path / "a.json", 0)
    assert complaint(cb.load, tmp_path / "a.json") == "no permission"


def test_onnx_is_not_read_yet(tmp_path):
    (tmp_path / "a.onnx").write_bytes(b"\x08\x07\x12\x07pytorch")
    assert complaint(cb.load, tmp_path / "a.onnx") == "this version does not read ONNX yet"
    assert complaint(cb.load_weights, tmp_path / "a.onnx") == "this version does not read ONNX yet"


# Bombs


def test_a_zip_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path):
    path = tmp_path / "bomb.cnn"
    zeros = b" " * (LIMITS["design.json"] + 1)
    path.write_bytes(zipped([("design.json", zeros)], zipfile.ZIP_DEFLATED))
    assert path.stat().st_size < 200_000
    assert complaint(cb.load, path) == "design.json is larger than 64 MiB"


CLAIMS_TOO_MUCH = "weights.safetensors is compressed and larger than 1 GiB; store it uncompressed"


@pytest.mark.parametrize("size", [2**31, 2**32 - 2])
def test_a_zip_that_claims_any_size_is_refused(tmp_path, size):
    path = tmp_path / "bomb.cnn"
    content = zipped([("weights.safetensors", b"\0" * 100)], zipfile.ZIP_DEFLATED)
    at = content.index(b"PK\x01\x02") + 24
    path.write_bytes(content[:at] + struct.pack("<I", size) + content[at + 4:])
    assert complaint(cb.load_weights, path) == CLAIMS_TOO_MUCH
    content = zipped([("weights.safetensors", b"\0" * 100)])
    at = content.index(b"PK\x01\x02") + 20
    path.write_bytes(content[:at] + struct.pack("<II", size, size) + content[at + 8:])
    assert complaint(cb.load_weights, path) == "weights.safetensors is damaged: its size is not that of the file"


def test_json_larger_than_any_design_is_refused(tmp_path):
    with open(tmp_path / "a.json", "wb") as file:
        file.truncate(2**40)  # a hole: it takes no place
    assert complaint(cb.load, tmp_path / "a.json") == "is larger than 64 MiB, more than a design can be"


# Weights


def tensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


EIGHT = b"\0" * 8


@pytest.mark.parametrize(("content", "message"), [
    (b"", "the header is cut off"),
    (b"\1\0\0", "the header is cut off"),
    (b"\xff" * 100, "the header is cut off"),
    (tensors({"a": entry()})[:30], "the header is cut off"),
    (tensors(b"{nothing"), "is not JSON: line 1, column 2"),
    (tensors(b"[]"), "the header is not a JSON object"),
    (tensors({"a": 1}), "the header's entry of 'a' is damaged"),
    (tensors({"a": {"dtype": "F32"}}), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(offsets=(0, 8, 16))}), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(shape=(-2,))}, EIGHT), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(shape=(True, 2))}, EIGHT), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(shape=(2.0,))}, EIGHT), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(dtype=4)}, EIGHT), "the header's entry of 'a' is damaged"),
    (tensors({"a": entry(dtype="F8_E4M3", shape=(8,))}, EIGHT), "'a' is of the type F8_E4M3, which cannot be read"),
    (tensors({"a": entry()}, EIGHT[:7]), "'a' is cut off or of another size than its shape says"),
    (tensors({"a": entry(shape=(3,))}, EIGHT), "'a' is cut off or of another size than its shape says"),
    (tensors({"a": entry(shape=(2**62, 2**62))}, EIGHT), "'a' is cut off or of another size than its shape says"),
    (tensors({"a": entry(), "b": entry()}, EIGHT), "arrays overlap or leave gaps"),
    (tensors({"a": entry(offsets=(4, 12))}, EIGHT + EIGHT), "arrays overlap or leave gaps"),
    (tensors({"a": entry()}, EIGHT + b"hidden"), "6 bytes belong to no array"),
    (tensors(b'{"a": 1, "a": 2}'), "the key 'a' stands twice in one object"),
])
def test_what_is_wrong_with_weights_is_said(tmp_path, content, message):
    for path, wrapped in ((tmp_path / "a.safetensors", content),
                          (tmp_path / "a.cnn", zipped([("design.json", TEXT), ("weights.safetensors", content)]))):
        path.write_bytes(wrapped)
        assert complaint(cb.load_weights, path).startswith(f"weights: {message}")


def test_weights_that_do_not_fit_into_memory_are_refused_before_they_are_read(tmp_path):
    count = 2**40
    path = tmp_path / "a.safetensors"
    start = tensors({"a": entry(shape=(count,), offsets=(0, 4 * count))})
    path.write_bytes(start)
    os.truncate(path, len(start) + 4 * count)  # a hole: it takes no place
    with pytest.raises(cb.MemoryLimitError, match=r"a\.safetensors: the weights need 4\.4 TB of memory, and"):
        cb.load_weights(path)


def test_damage_within_the_arrays_of_a_cnn_file_is_noticed(tmp_path):
    path = tmp_path / "a.cnn"
    cb.save(cb.Design.from_dict(DESIGN), path, {"a": np.arange(1000.0)})
    content = bytearray(path.read_bytes())
    content[content.index(struct.pack("<f", 500.0))] ^= 1
    path.write_bytes(content)
    assert complaint(cb.load_weights, path).startswith("weights.safetensors is damaged: Bad CRC-32")


def test_what_holds_no_weights_says_so(tmp_path):
    assert complaint(cb.load_weights, samples() / "README.md").startswith("holds no weights that can be read")
    assert cb.load_weights(samples() / "lenet5.json") is None


# Anything at all


WELCOME = resource("welcome.cnn").read_bytes()
LENET = (samples() / "lenet5.json").read_bytes()


@st.composite
def damaged(draw, content):
    """A file with some bytes of it changed, cut out, or doubled."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        if not made:
            break
        near_an_end = st.integers(0, 400).map(lambda n: n if n < 200 else len(made) - n + 199)
        at = max(0, draw(st.one_of(near_an_end, st.integers(0, len(made) - 1))))
        length = draw(st.integers(0, 8))
        match draw(st.sampled_from(["change", "cut", "double", "end"])):
            case "change":
                made[at:at + length] = draw(st.binary(min_size=length, max_size=length))
            case "cut":
                del made[at:at + length]
            case "double":
                made[at:at] = made[at:at + length]
            case "end" if at:
                del made[at:]
    return bytes(made)


@given(st.one_of(st.binary(max_size=200), damaged(WELCOME), damaged(LENET)), st.sampled_from(["json", "cnn"]))
def test_no_file_makes_anything_but_a_design_or_one_line(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("any") / f"a.{suffix}"
    path.write_bytes(content)
    for call in (cb.load, cb.load_weights, load_picture_bytes):
        try:
            found = call(path)
        except cb.DesignFileError as error:
            assert "\n" not in str(error) and str(error).startswith(str(path))
        else:
            if isinstance(found, cb.Design):
                cb.check(found)


@given(content=damaged(tensors({"a": entry(), "b": entry("F16", (4,), (8, 16))}, EIGHT + EIGHT)))
def test_no_weights_make_anything_but_arrays_or_one_line(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "a.safetensors"
    path.write_bytes(content)
    try:
        weights = cb.load_weights(path)
    except cb.DesignFileError as error:
        assert "\n" not in str(error)
    else:
        assert all(array.dtype == np.float32 for array in weights.values())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("call", [cb.load, cb.load_weights, load_picture_bytes])
def test_a_pipe_is_not_waited_for(tmp_path, call):
    path = tmp_path / "a.cnn"
    os.mkfifo(path)
    assert complaint(call, path) == "is not an ordinary file"
