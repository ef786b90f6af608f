"""Reading with limits, and JSON with errors that say where."""

import json
import os
from typing import Any

from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.files.atomic import opened, reason

FilePath = str | os.PathLike[str]

LARGEST_TEXT = 64 * 2**20
"""Bytes of a design's JSON; the largest design seen has a thousandth of it."""

_LONGEST_REASON = 400


class Fault(DesignFileError):
    """What is wrong with a content, raised where its file's name is not known and caught where it is."""


def problem(path: FilePath, text: str) -> DesignFileError:
    """The error of one file, naming it."""
    if len(text) > _LONGEST_REASON:
        text = text[:_LONGEST_REASON] + " …"
    return DesignFileError(f"{os.fspath(path)}: {text}")


def read_start(path: FilePath, size: int = 16) -> bytes:
    """The first bytes of a file; raises DesignFileError."""
    return _read(path, size)


def read_text_file(path: FilePath) -> bytes:
    """All bytes of a file that holds text; raises DesignFileError, also if it is larger than any design."""
    content = _read(path, LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise problem(path, f"is larger than {LARGEST_TEXT // 2**20} MiB, more than a design can be")
    return content


def _read(path: FilePath, size: int) -> bytes:
    try:
        with opened(path) as file:
            return file.read(size)
    except OSError as error:
        raise problem(path, reason(error)) from None
    except ValueError as error:  # a zero byte in the name
        raise problem(path, str(error)) from None


def parse_json(content: bytes) -> Any:
    """The value of JSON bytes, with or without a byte order mark; raises Fault naming line and column.

    Numbers that are not finite are read as such, so that what follows can say where they stand.
    """
    if not content.strip():
        raise Fault("is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Fault(f"is not UTF-8 text (line {line}, byte {error.start + 1} of the file)") from None
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise Fault(f"is not JSON: line {error.lineno}, column {error.colno}: {what}") from None
    except RecursionError:
        raise Fault("is nested too deeply") from None
    except ValueError as error:  # an integer of thousands of digits
        raise Fault(f"is not a design: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise Fault(f"the key {doubled[:80]!r} stands twice in one object")
    return made
