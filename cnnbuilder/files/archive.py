"""The `.cnn` file: a zip with `design.json`, and where there are any `weights.safetensors` and pictures.

Everything is stored as it is, with fixed times and in one order: the same content is the same bytes on every machine,
and weights, which hardly compress, are read without unpacking.
"""

import contextlib
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO

from cnnbuilder.files.atomic import opened, reason
from cnnbuilder.files.reading import LARGEST_TEXT, FilePath, problem

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
"""How a zip begins; the second is one without entries."""

DESIGN, WEIGHTS, PICTURE, PREVIEW = "design.json", "weights.safetensors", "picture.png", "preview.png"

LIMITS = {DESIGN: LARGEST_TEXT, PICTURE: 64 * 2**20, PREVIEW: 64 * 2**20}
"""The most bytes of an entry that is read at once."""

_LARGEST_PACKED_WEIGHTS = 2**30
"""Weights that another program has compressed: a file of a megabyte could claim to hold a gigabyte of zeros."""

_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError,
           struct.error)


class Archive:
    """An open `.cnn` file. What is wrong with it raises DesignFileError naming the file and the entry."""

    def __init__(self, path: FilePath, archive: zipfile.ZipFile, size: int) -> None:
        self._path, self._archive, self._size = path, archive, size

    def holds(self, name: str) -> bool:
        """Whether there is an entry of that name."""
        return any(info.filename == name for info in self._archive.infolist())

    def read(self, name: str) -> bytes:
        """All of a small entry."""
        with self.open(name) as (entry, size):
            if size > LIMITS[name]:
                raise problem(self._path, f"{name} is larger than {LIMITS[name] // 2**20} MiB")
            return entry.read()

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[tuple[IO[bytes], int]]:
        """A stream over an entry, and its size in bytes, which the file itself bears out."""
        try:
            with self._archive.open(self._find(name)) as entry:
                yield entry, self._find(name).file_size
        except _FAULTS as error:
            raise problem(self._path, f"{name} is damaged: {error or type(error).__name__}") from None
        except OSError as error:
            raise problem(self._path, f"{name} cannot be read: {reason(error)}") from None

    def _find(self, name: str) -> zipfile.ZipInfo:
        found = [info for info in self._archive.infolist() if info.filename == name]
        if len(found) != 1:
            raise problem(self._path, f"holds {name} twice" if found else f"holds no {name}")
        info = found[0]
        if info.flag_bits & 1:
            raise problem(self._path, f"{name} is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise problem(self._path, f"{name} is compressed in a way that is not known; store or deflate it")
        if info.compress_type == zipfile.ZIP_DEFLATED and info.file_size > _LARGEST_PACKED_WEIGHTS:
            raise problem(self._path, f"{name} is compressed and larger than 1 GiB; store it uncompressed")
        if info.header_offset + info.compress_size > self._size or (
            info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size
        ):
            raise problem(self._path, f"{name} is damaged: its size is not that of the file")
        return info


@contextlib.contextmanager
def open_archive(path: FilePath) -> Iterator[Archive]:
    """The `.cnn` file at `path`, for the time of a `with`; raises DesignFileError."""
    try:
        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            try:
                archive = zipfile.ZipFile(file)
            except _FAULTS as error:
                raise problem(path, f"is a damaged .cnn file: {error or type(error).__name__}") from None
            with archive:
                yield Archive(path, archive, size)
    except OSError as error:
        raise problem(path, reason(error)) from None


def write_archive(file: BinaryIO, entries: dict[str, tuple[int, Callable[[IO[bytes]], None]]]) -> None:
    """Write a `.cnn` file; `entries` holds, by name and in order, each size in bytes and what writes the content."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, (size, write) in entries.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # Unix on every system, for equal bytes
            info.external_attr = 0o644 << 16
            info.file_size = size
            with archive.open(info, "w") as entry:
                write(entry)


