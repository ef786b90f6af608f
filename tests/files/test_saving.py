"""Saving and loading: what is kept, the same bytes, and the file there or as it was, whatever happens."""

import json
import os
import stat
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given

import cnnbuilder as cb
from cnnbuilder.files import load_picture_bytes
from cnnbuilder.files.atomic import write_atomically
from cnnbuilder.files.resources import resource, samples
from tests.messy import messy_designs

SAMPLES = sorted(samples().glob("*.json"))
PNG = b"\x89PNG\r\n\x1a\n and whatever else"


@pytest.fixture
def design():
    return cb.Design.from_dict(cb.load(samples() / "lenet5.json").to_dict())


def weights_of(design, seed=0):
    generator = np.random.default_rng(seed)
    return {
        f"{id}.{name}": generator.standard_normal(weight.shape, dtype=np.float32)
        for id, found in cb.check(design).inferences.items() for name, weight in found.weights
    }


def same(weights, others):
    return list(weights) == sorted(others) and all(np.array_equal(weights[name], others[name]) for name in others)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("suffix", [".json", ".cnn", ".CNN"])
def test_a_sample_saved_and_loaded_is_the_same_design(path, suffix, tmp_path):
    design = cb.load(path)
    cb.save(design, tmp_path / f"again{suffix}")
    assert cb.load(tmp_path / f"again{suffix}").to_dict() == design.to_dict()


@given(data=messy_designs())
def test_every_design_survives_both_formats(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("messy")
    design = cb.Design.from_dict(data)
    for name in ("a.json", "a.cnn"):
        cb.save(design, folder / name)
        again = cb.load(folder / name)
        assert json.dumps(again.to_dict()) == json.dumps(design.to_dict())
        before = (folder / name).read_bytes()
        cb.save(again, folder / name)
        assert (folder / name).read_bytes() == before


def test_json_has_one_block_a_line(design, tmp_path):
    cb.save(design, tmp_path / "a.json")
    lines = (tmp_path / "a.json").read_text(encoding="utf-8").splitlines()
    assert json.loads("\n".join(lines)) == design.to_dict()
    for id in design.blocks:
        assert sum(line.startswith(f'  {{"id": "{id}"') for line in lines) == 1
    assert '  {"from": "image", "to": "conv1", "input": 0},' in lines
    assert '  "image": [0, 0],' in lines


def test_what_unicode_can_say_is_kept(tmp_path):
    design = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "name": "Ünï ✓ 🐈 \u2028 \"\\\n", "blocks": []})
    cb.save(design, tmp_path / "a.json")
    assert cb.load(tmp_path / "a.json").name == design.name
    assert "🐈" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_content_decides_what_a_file_is(design, tmp_path):
    weights = weights_of(design)
    cb.save(design, tmp_path / "a.cnn", weights)
    cb.save(design, tmp_path / "b.json")
    (tmp_path / "a.cnn").rename(tmp_path / "a.json")
    (tmp_path / "b.json").rename(tmp_path / "b.cnn")
    assert cb.load(tmp_path / "a.json") == cb.load(tmp_path / "b.cnn") == design
    assert same(cb.load_weights(tmp_path / "a.json"), weights)
    assert cb.load_weights(tmp_path / "b.cnn") is None


@pytest.mark.parametrize("name", ["a", "a.txt", "a.onnx", "a.json.bak", ".json"])
def test_another_extension_is_refused(design, tmp_path, name):
    with pytest.raises(cb.DesignFileError, match=r"\.json"):
        cb.save(design, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_json_keeps_no_weights_and_says_so(design, tmp_path):
    with pytest.raises(cb.DesignFileError, match=r"cannot keep weights.*\.cnn"):
        cb.save(design, tmp_path / "a.json", weights_of(design))
    assert not list(tmp_path.iterdir())


def test_the_same_design_and_weights_are_the_same_bytes(design, tmp_path):
    weights = weights_of(design)
    backwards = dict(reversed(weights.items()))
    cb.save(design, tmp_path / "a.cnn", weights, PNG, PNG + b"2")
    cb.save(cb.load(tmp_path / "a.cnn"), tmp_path / "b.cnn", {k: v.astype(">f8") for k, v in backwards.items()}, PNG,
            PNG + b"2")
    assert (tmp_path / "a.cnn").read_bytes() == (tmp_path / "b.cnn").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.cnn") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["design.json", "weights.safetensors", "picture.png", "preview.png"]
        assert {(info.date_time, info.compress_type) for info in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert archive.read("preview.png") == PNG + b"2"


def test_the_welcome_design_has_weights_and_a_picture():
    path = resource("welcome.cnn")
    weights = cb.load_weights(path)
    expected = {f"{id}.{name}": weight.shape for id, found in cb.check(cb.load(path)).inferences.items()
                for name, weight in found.weights}
    assert {name: array.shape for name, array in weights.items()} == expected
    assert all(array.dtype == np.float32 and not array.flags.writeable for array in weights.values())
    assert load_picture_bytes(path).startswith(b"\x89PNG")


def test_a_picture_is_kept_byte_by_byte(design, tmp_path):
    cb.save(design, tmp_path / "a.cnn", picture=PNG)
    assert load_picture_bytes(tmp_path / "a.cnn") == PNG
    assert cb.load_weights(tmp_path / "a.cnn") is None
    cb.save(design, tmp_path / "a.cnn")
    assert load_picture_bytes(tmp_path / "a.cnn") is None
    assert load_picture_bytes(samples() / "lenet5.json") is None


@pytest.mark.parametrize("value", ["text", None, [[1.0], [1.0, 2.0]], object(), np.array([1j]), np.array(["a"])])
def test_what_is_no_array_is_no_weight(design, tmp_path, value):
    with pytest.raises(cb.DesignFileError, match=r"'conv1.weight' is not an array of numbers"):
        cb.save(design, tmp_path / "a.cnn", {"conv1.weight": value})
    assert not list(tmp_path.iterdir())


# In place of the old file, and nothing beside it


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_the_mode_of_a_file_is_kept_and_a_new_one_follows_the_umask(design, tmp_path):
    old = os.umask(0o027)
    try:
        cb.save(design, tmp_path / "new.json")
        cb.save(design, tmp_path / "kept.json")
        os.chmod(tmp_path / "kept.json", 0o604)
        cb.save(design, tmp_path / "kept.json")
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(tmp_path / "new.json").st_mode) == 0o640
    assert stat.S_IMODE(os.stat(tmp_path / "kept.json").st_mode) == 0o604


def test_a_link_is_followed(design, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "real.json"
    target.write_text("old")
    (tmp_path / "link.json").symlink_to(target)
    cb.save(design, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert cb.load(target) == design
    assert sorted(os.listdir(tmp_path / "elsewhere")) == ["real.json"]


def test_it_is_on_the_disk_before_it_takes_the_place_and_the_name_after(design, tmp_path, monkeypatch):
    told = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def spy(*arguments, name=name, real=real):
            is_folder = name == "fsync" and stat.S_ISDIR(os.fstat(arguments[0]).st_mode)
            told.append("folder" if is_folder else name)
            return real(*arguments)

        monkeypatch.setattr(os, name, spy)
    cb.save(design, tmp_path / "a.cnn")
    assert told == ["fsync", "replace", "folder"]


@pytest.mark.parametrize("call", ["fsync", "replace", "fdopen"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(design, tmp_path, monkeypatch, call, error):
    cb.save(design, tmp_path / "a.json")
    before = (tmp_path / "a.json").read_bytes()
    real = getattr(os, call)

    def fail(descriptor, *arguments):
        if call == "fdopen":
            real(descriptor, *arguments).close()
        raise error

    monkeypatch.setattr(os, call, fail)
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else cb.DesignFileError
    with pytest.raises(expected) as caught:
        cb.save(design.with_params("conv1", filters=7), tmp_path / "a.json")
    if expected is cb.DesignFileError:
        assert str(caught.value) == f"{tmp_path / 'a.json'}: cannot be saved: No space left on device"
    assert (tmp_path / "a.json").read_bytes() == before
    assert os.listdir(tmp_path) == ["a.json"]


def test_what_a_killed_process_left_is_taken_away_later(design, tmp_path):
    for name, age in ((".cnnbuilder-old.tmp", 4000), (".cnnbuilder-at-work.tmp", 10), ("old.tmp", 4000)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    cb.save(design, tmp_path / "a.json")
    assert sorted(os.listdir(tmp_path)) == [".cnnbuilder-at-work.tmp", "a.json", "old.tmp"]


def test_a_failure_within_the_writing_leaves_the_old_file(tmp_path):
    (tmp_path / "a").write_text("old")

    def write(file):
        file.write(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(tmp_path / "a", write)
    assert (tmp_path / "a").read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_full_disk_leaves_the_old_file(design, tmp_path):
    """A real limit, on the size of files: a child cannot write past 100 kB, half of what the weights need."""
    resource_ = pytest.importorskip("resource")
    cb.save(design, tmp_path / "a.cnn")
    before = (tmp_path / "a.cnn").read_bytes()
    script = f"""
import signal, numpy as np, cnnbuilder as cb
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
design = cb.load({str(tmp_path / "a.cnn")!r})
try:
    cb.save(design, {str(tmp_path / "a.cnn")!r}, {{"x": np.zeros(50_000)}})
except cb.DesignFileError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                          preexec_fn=lambda: resource_.setrlimit(resource_.RLIMIT_FSIZE, (100_000, 100_000)))
    assert done.stdout.endswith("a.cnn: cannot be saved: File too large\n")
    assert (tmp_path / "a.cnn").read_bytes() == before
    assert os.listdir(tmp_path) == ["a.cnn"]


@pytest.mark.parametrize(("name", "message"), [
    ("none/a.json", "there is no such folder"),
    ("file/a.json", "not a folder"),
    ("folder.json", "is a folder"),
    ("pipe.json", "is not an ordinary file"),
    ("x" * 300 + ".json", "cannot be saved"),
    ("zero\0byte.json", "cannot be saved"),
])
def test_places_where_nothing_can_be_saved(design, tmp_path, name, message):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe.json")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(cb.DesignFileError, match=message) as caught:
        cb.save(design, f"{tmp_path}/{name}")
    assert "\n" not in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_file_is_not_replaced(design, tmp_path):
    cb.save(design, tmp_path / "a.json")
    os.chmod(tmp_path / "a.json", 0o444)
    with pytest.raises(cb.DesignFileError, match="no permission"):
        cb.save(design, tmp_path / "a.json")
