"""Writing a file so that, whatever is killed when, the old file or the new one is there, never a part."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from typing import BinaryIO

from cnnbuilder.design.errors import DesignFileError


def reason(error: OSError) -> str:
    """Why the operating system refused, in a few words: `no permission`."""
    words = {
        FileNotFoundError: "there is no such file", IsADirectoryError: "is a folder, not a file",
        PermissionError: "no permission", NotADirectoryError: "a part of its path is not a folder",
    }
    return words.get(type(error)) or error.strerror or str(error)


def write_atomically(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a new file beside `path`, put it safely on the disk, then let it take `path`'s place.

    A link is followed; an existing file's mode is kept. Raises DesignFileError; what was there before is then
    untouched and nothing is left beside it.
    """
    try:
        target = os.path.realpath(path)
        mode = _existing_mode(target)
        folder = os.path.dirname(target)
        beside = os.path.join(folder, f".cnnbuilder-{secrets.token_hex(8)}.tmp")
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
