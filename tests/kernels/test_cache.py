"""The cache of compiled kernels: where it is, damage, two processes, the child that compiles."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cnnbuilder.design.errors import Cancelled
from cnnbuilder.kernels import cache, library

ROOT = Path(__file__).parents[2]
LIBRARY = cache.Library({"f": "cnnbuilder_f"}, ["malloc"], "a processor", "static", bytes(range(256)) * 9)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("CNNBUILDER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / cache.key() / cache.FILE


def test_what_is_written_is_read(place: Path) -> None:
    assert not cache.is_complete() and cache.read() is None
    assert cache.write(LIBRARY)
    assert cache.is_complete() and cache.read() == LIBRARY
    assert [entry.name for entry in place.parent.iterdir()] == [cache.FILE]


def test_damage_is_absence(place: Path) -> None:
    cache.write(LIBRARY)
    whole = place.read_bytes()
    for length in [0, 1, 10, *range(20, len(whole), 97)]:
        place.write_bytes(whole[:length])
        assert not cache.is_complete() and cache.read() is None
    for position in range(0, len(whole), 31):
        damaged = bytearray(whole)
        damaged[position] ^= 0x55
        place.write_bytes(damaged)
        assert cache.read() is None
    for nonsense in (b"\n", b"null\n", b"[]\n", b'{"size": 0}\n', b'{"size": "x"}\n', b"\xff\xfe\n"):
        place.write_bytes(nonsense)
        assert cache.read() is None
    place.unlink()
    place.mkdir()
    assert not cache.is_complete() and cache.read() is None


def test_code_that_is_damaged_or_for_another_processor_is_not_loaded() -> None:
    assert not library._load(LIBRARY)


def test_another_key_for_another_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key()
    monkeypatch.setattr(cache, "processor", lambda: "another")
    cache.key.cache_clear()
    assert cache.key() != before
    monkeypatch.undo()
    cache.key.cache_clear()
    assert cache.key() == before


def test_where_the_cache_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CNNBUILDER_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert cache.write(LIBRARY)
    assert cache.read() == LIBRARY
    found = cache.folder()
    assert found is not None and found.is_relative_to(tmp_path / "temporary")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "file" / "too"))
    assert cache.folder() is None and not cache.write(LIBRARY) and cache.read() is None and not cache.is_complete()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="where folders have owners")
def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    monkeypatch.setenv("CNNBUILDER_CACHE", str(shared))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    cache.write(LIBRARY)
    shared.chmod(0o777)
    found = cache.folder()
    assert found is not None and not found.is_relative_to(shared)


def test_old_keys_are_deleted_and_nothing_else(place: Path) -> None:
    cache.write(LIBRARY)
    root = place.parent.parent
    month_ago = time.time() - 31 * 86_400
    for name in ("0" * 32, "1" * 32, "not-a-key", "2" * 31):
        (root / name).mkdir()
        (root / name / cache.FILE).write_text("")
        if name != "1" * 32:
            os.utime(root / name / cache.FILE, (month_ago, month_ago))
    os.utime(place, (month_ago, month_ago))
    cache.clean()
    assert {entry.name for entry in root.iterdir()} == {cache.key(), "1" * 32, "not-a-key", "2" * 31}


def test_reading_marks_as_used(place: Path) -> None:
    cache.write(LIBRARY)
    os.utime(place, (0, 0))
    assert cache.read() == LIBRARY
    assert time.time() - place.stat().st_mtime < 60


def test_cancelled_compiling_kills_the_child(place: Path) -> None:
    seen: list[str] = []

    def cancelled() -> bool:
        return bool(seen)

    with pytest.raises(Cancelled):
        library._compile_in_child(lambda done, total, name: seen.append(name), cancelled)
    assert seen and not cache.is_complete()


def test_a_child_that_cannot_start(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(place / "no-such-python"))
    assert not library._compile_in_child(None, None)
    monkeypatch.setattr(sys, "executable", "")
    assert not library._compile_in_child(None, None)


def run(text: str, place: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CNNBUILDER_CACHE": str(place.parent.parent)}
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment, timeout=500)
    assert done.returncode == 0, done.stderr
    return done.stdout


PREPARE = """
import sys
from cnnbuilder import kernels
assert "numba" not in sys.modules and "llvmlite" not in sys.modules and "numpy" not in sys.modules
print(kernels.is_prepared(), kernels.is_cached())
seen = []
kernels.prepare(lambda *said: seen.append(said))
kernels.prepare()
print(kernels.is_prepared(), kernels.is_cached(), "numba" in sys.modules)
print(len(seen), all(0 <= done < total for done, total, _ in seen), [s[0] for s in seen] == sorted(s[0] for s in seen))
"""


@pytest.mark.slow
def test_a_damaged_cache_is_compiled_again_by_a_child_and_then_loaded_without_numba(place: Path) -> None:
    cache.write(LIBRARY)
    place.write_bytes(place.read_bytes()[:-1])
    first = run(PREPARE, place).split("\n")
    assert first[:2] == ["False False", "True True False"]
    count, inside, rising = first[2].split()
    assert int(count) > 10 and (inside, rising) == ("True", "True")
    assert run(PREPARE, place).split("\n")[:3] == ["False True", "True True False", "0 True True"]


def test_importing_costs_next_to_nothing(place: Path) -> None:
    text = """
import time, numpy
start = time.perf_counter()
import cnnbuilder.kernels
print(time.perf_counter() - start)
"""
    assert min(float(run(text, place)) for _ in range(3)) < 0.01
