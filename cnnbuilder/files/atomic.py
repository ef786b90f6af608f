"""Writing a file so that, whatever is killed when, the old file or the new one is there, never a part."""

import contextlib
import errno
import os
import secrets
import stat
import time
from collections.abc import Callable
from typing import BinaryIO

from cnnbuilder.design.errors import DesignFileError

_BESIDE = ".cnnbuilder-"
_ABANDONED = 3600
"""Seconds after which a file that is still beside its place is nobody's."""


def reason(error: OSError) -> str:
    """Why the operating system refused, in a few words: `no permission`."""
    words = {
        FileNotFoundError: "there is no such file", IsADirectoryError: "is a folder, not a file",
        PermissionError: "no permission", NotADirectoryError: "a part of its path is not a folder",
    }
    return words.get(type(error)) or error.strerror or str(error)


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading; raises OSError also for what is no file, such as a pipe, which might never answer."""
    if not stat.S_ISREG(mode := os.stat(path).st_mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "is not an ordinary file")
    return open(path, "rb")


def write_atomically(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file beside `path`, put it safely on the disk, then let it take `path`'s place.

    A link is followed; an existing file's mode is kept. Raises DesignFileError; what was there before is then
    untouched and nothing is left beside it.
    """
    try:
        if "\0" in os.fspath(path):
            raise OSError("a zero byte cannot stand in a name")
        target = os.path.realpath(path)
        mode = _existing_mode(target)
        folder = os.path.dirname(target)
        beside = os.path.join(folder, f"{_BESIDE}{secrets.token_hex(8)}.tmp")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(beside, flags, 0o666 if mode is None else 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                write(file)
                file.flush()
                if mode is not None and hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            os.replace(beside, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        _sync_folder(folder)
        _clear_leftovers(folder)
    except FileNotFoundError:
        raise DesignFileError(f"{os.fspath(path)}: cannot be saved: there is no such folder") from None
    except OSError as error:
        raise DesignFileError(f"{os.fspath(path)}: cannot be saved: {reason(error)}") from None


def _existing_mode(target: str) -> int | None:
    """The permissions of the file that is there; None if there is none. Raises OSError if it must not be replaced."""
    try:
        found = os.stat(target)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError
    if not stat.S_ISREG(found.st_mode):
        raise OSError("is not an ordinary file")
    if not os.access(target, os.W_OK):
        raise PermissionError
    return stat.S_IMODE(found.st_mode)


def _clear_leftovers(folder: str) -> None:
    """Take away what a process that was killed while saving has left here."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_BESIDE) and time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED:
                os.unlink(entry.path)


def _sync_folder(folder: str) -> None:
    """Put the new name itself on the disk, where the system can."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
