"""The compiled kernels of this process: loaded from the cache by llvmlite alone, compiled first if need be."""

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache as remember
from pathlib import Path
from typing import Any

from cnnbuilder.design.errors import Cancelled
from cnnbuilder.kernels import cache

Progress = Callable[[int, int, str], None]
Runner = Callable[[int, int, int, int, int], None]

_lock = threading.Lock()
_addresses: dict[str, int] = {}
_kept: list[Any] = []
"""The engines whose memory holds the code; never freed."""


def is_prepared() -> bool:
    """Whether the kernels are loaded in this process."""
    return bool(_addresses)


def is_cached() -> bool:
    """Whether the cache holds the kernels, so that `prepare` takes milliseconds; imports nothing heavy."""
    return cache.is_complete()


def prepare(progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> None:
    """Load all kernels, compiling them first in a child process where the cache lacks them.

    `progress(done, total, name)` is called while compiling; `cancelled()` is asked several times a second, and
    Cancelled is raised when it says so. Any thread may call this at any time; the second call costs nothing.
    """
    if _addresses:
        return
    with _lock:
        if _addresses:
            return
        library = cache.read()
        if library is not None and _load(library):
            return
        if _compile_in_child(progress, cancelled):
            library = cache.read()
            if library is not None and _load(library):
                return
        from cnnbuilder.kernels.build import compile_all

        library = compile_all(progress, cancelled)
        cache.write(library)
        if not _load(library):
            raise RuntimeError("the compiled kernels cannot be loaded")


def address(name: str) -> int:
    """Where the function of that name (with its type) is; loads the kernels if need be."""
    prepare()
    return _addresses[name]


@remember
def runner(name: str) -> Runner:
    """A runner of plans that releases the interpreter while it runs."""
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 5)
    return kind(address(name))


def _load(library: cache.Library) -> bool:
    """Put the object code where it can run; False if it is for another processor or lacks something from outside."""
    import llvmlite.binding as llvm

    with contextlib.suppress(RuntimeError):
        llvm.initialize()  # needed by older releases, refused by newer ones
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    if library.processor != f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}":
        return False
    machine = llvm.Target.from_default_triple().create_target_machine(
        reloc=library.relocation, codemodel="jitdefault", jit=True
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    # Asked after the engine is made, which opens the process's own libraries; a missing one would end the process.
    if any(llvm.address_of_symbol(name) is None for name in library.externals):
        return False
    try:
        engine.add_object_file(llvm.ObjectFileRef.from_data(library.code))
    except RuntimeError:
        return False
    engine.finalize_object()
    found = {name: engine.get_function_address(symbol) for name, symbol in library.symbols.items()}
    if not all(found.values()):
        return False
    _kept.append(engine)
    _addresses.update(found)
    return True


def _compile_in_child(progress: Progress | None, cancelled: Callable[[], bool] | None) -> bool:
    """Fill the cache from a child process; whether that worked. Raises Cancelled."""
    root = str(Path(__file__).parents[2])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    flags = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        with tempfile.TemporaryFile() as words:
            child = subprocess.Popen(
                [sys.executable, "-m", "cnnbuilder.kernels.build"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=words, env=environment, creationflags=flags,
            )  # fmt: skip
            try:
                _follow(child, progress, cancelled)
            finally:
                if child.poll() is None:
                    child.kill()
                child.wait()
                if child.stdout is not None:
                    child.stdout.close()
            return child.returncode == 0
    except OSError:
        return False


def _follow(
    child: "subprocess.Popen[bytes]", progress: Progress | None, cancelled: Callable[[], bool] | None
) -> None:
    """Report the child's lines until it ends; a thread reads them, so that `cancelled` is asked meanwhile."""
    ended = threading.Event()
    lines: list[bytes] = []

    def read() -> None:
        assert child.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in child.stdout:
                lines.append(line)
        ended.set()

    reader = threading.Thread(target=read, name="cnnbuilder-compiling", daemon=True)
    reader.start()
    reported = 0
    while not ended.wait(0.05):
        if cancelled is not None and cancelled():
            raise Cancelled("compiling was cancelled")
        reported = _report(lines, reported, progress)
    _report(lines, reported, progress)
    child.wait()


def _report(lines: list[bytes], reported: int, progress: Progress | None) -> int:
    """Call `progress` for the lines after the first `reported` ones; gives how many there are."""
    count = len(lines)
    for line in lines[reported:count]:
        words = line.decode(errors="replace").split(maxsplit=2)
        if progress is not None and len(words) == 3 and words[0].isdecimal() and words[1].isdecimal():
            progress(int(words[0]), int(words[1]), words[2].strip())
    return count
