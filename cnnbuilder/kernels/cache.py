"""Where compiled kernels are kept: one file in a folder whose name says everything that the code depends on.

The file is a line of JSON and the object code. It is written beside its place and moved there, so it is whole or
absent whatever is killed when, and two processes that fill the cache at once do not disturb each other. A digest
guards against damage.
"""

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

FILE = "kernels.bin"
UNUSED_DAYS = 30
KEY_LENGTH = 32


@dataclass(frozen=True)
class Library:
    """Object code: every function's symbol, what it needs from outside, the processor it is for, how it is placed."""

    symbols: dict[str, str]
    externals: list[str]
    processor: str
    relocation: str
    code: bytes


def processor() -> str:
    """The processor's name and features, as far as the system tells them without help."""
    found = [platform.machine(), platform.processor(), os.environ.get("PROCESSOR_IDENTIFIER", "")]
    try:
        wanted = ("model name", "flags", "Features", "CPU part", "cpu\t")
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        found += sorted({line for line in lines if line.startswith(wanted)})
    except OSError:
        pass
    if sys.platform == "darwin":
        found.append(_apple("machdep.cpu.brand_string"))
    return "\n".join(found)


def _apple(name: str) -> str:
    import ctypes

    size, text = ctypes.c_size_t(256), ctypes.create_string_buffer(256)
    try:
        ctypes.CDLL(None).sysctlbyname(name.encode(), text, ctypes.byref(size), None, ctypes.c_size_t(0))
    except (OSError, AttributeError):
        return ""
    return text.value.decode(errors="replace")


@cache
def key() -> str:
    """A digest of the kernels' sources, the compiler's versions, Python's, and the processor."""
    from importlib.metadata import PackageNotFoundError, version

    digest = hashlib.sha256()
    here = Path(__file__).parent
    # The kernels' own files, and the one elsewhere whose constants (the functions' order) are compiled into them.
    for source in [*sorted(here.glob("*.py")), here.parent / "operations" / "map.py"]:
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    for package in ("numba", "llvmlite", "numpy"):
        try:
            digest.update(version(package).encode() + b"\0")
        except PackageNotFoundError:
            digest.update(b"?\0")
    digest.update(f"{sys.version}\0{sys.platform}\0{processor()}".encode())
    return digest.hexdigest()[:KEY_LENGTH]


def _wanted_root() -> Path:
    chosen = os.environ.get("CNNBUILDER_CACHE")
    if chosen:
        return Path(chosen)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "cnnbuilder" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "cnnbuilder"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "cnnbuilder"


def _spare_root() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"cnnbuilder-{user}"


def _usable(folder: Path) -> bool:
    """Whether the folder can be written, and by nobody else: what lies in it is run."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o022):
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def folder() -> Path | None:
    """The folder for this key, in the user's cache or else a private temporary one; None if neither is writable."""
    for root in (_wanted_root(), _spare_root()):
        if (root / key() / FILE).is_file() and _trusted(root):
            return root / key()
    for root in (_wanted_root(), _spare_root()):
        if _usable(root):
            return root / key()
    return None


def _trusted(root: Path) -> bool:
    """Whether what lies in the folder was written by this user (or the system's owner) alone."""
    if not hasattr(os, "getuid"):
        return True
    found = root.stat()
    return found.st_uid in (os.getuid(), 0) and not found.st_mode & 0o022


def is_complete() -> bool:
    """Whether the cache holds this key's file, by its head and length alone."""
    place = folder()
    try:
        if place is None:
            return False
        with open(place / FILE, "rb") as file:
            head = file.readline()
            return os.fstat(file.fileno()).st_size == len(head) + int(json.loads(head)["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read() -> Library | None:
    """The library of this key; None where there is none, or a damaged one."""
    place = folder()
    try:
        if place is None:
            return None
        file = place / FILE
        head, _, code = file.read_bytes().partition(b"\n")
        described = json.loads(head)
        found = described["library"]
        if hashlib.sha256(json.dumps(found).encode() + code).hexdigest() != described["sha256"]:
            return None
        if time.time() - file.stat().st_mtime > 86_400:
            os.utime(file)
        return Library(found["symbols"], found["externals"], found["processor"], found["relocation"], code)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(library: Library) -> bool:
    """Put the library into the cache, whole; whether that worked."""
    place = folder()
    described = {name: value for name, value in asdict(library).items() if name != "code"}
    sha256 = hashlib.sha256(json.dumps(described).encode() + library.code).hexdigest()
    head = json.dumps({"size": len(library.code), "sha256": sha256, "library": described})
    try:
        if place is None:
            return False
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(head.encode() + b"\n" + library.code)
            os.replace(name, place / FILE)
        except OSError:
            os.unlink(name)
            raise
    except OSError:
        return False
    return True


def clean() -> None:
    """Delete other keys' folders that nobody has used for 30 days."""
    place = folder()
    if place is None:
        return
    try:
        others = [entry for entry in place.parent.iterdir() if entry != place and _is_key(entry.name)]
    except OSError:
        return
    for other in others:
        try:
            file = other / FILE
            used = (file if file.exists() else other).stat().st_mtime
            if time.time() - used > UNUSED_DAYS * 86_400:
                shutil.rmtree(other, ignore_errors=True)
        except OSError:
            continue


def _is_key(name: str) -> bool:
    return len(name) == KEY_LENGTH and all(c in "0123456789abcdef" for c in name)
