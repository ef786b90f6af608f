"""Compiles all kernels into the cache: `python -m cnnbuilder.kernels.build`, a line `done total name` for each step.

It runs as a child of whoever needs the kernels (`library.py`), because compiling holds the interpreter.
"""

import os
import sys
from collections.abc import Callable

from cnnbuilder.kernels import cache, native
from cnnbuilder.kernels.cache import Library

Progress = Callable[[int, int, str], None]


def compile_all(progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> Library:
    """Compile every kernel; imports numba. Raises Cancelled when `cancelled()` says so between two kernels."""
    import cnnbuilder.kernels.all  # noqa: F401  registers every kernel
    from cnnbuilder.design.errors import Cancelled
    from cnnbuilder.kernels.compiler import RELOCATION, Compiler, emit, host

    wanted = [(definition, name) for definition in native.KERNELS for name in definition.types]
    compilers = {name: Compiler(name) for name in native.TYPES}
    symbols: dict[str, str] = {}
    for done, (definition, name) in enumerate(wanted):
        if cancelled is not None and cancelled():
            raise Cancelled("compiling was cancelled")
        if progress is not None:
            progress(done, len(wanted) + 1, definition.name)
        symbols[f"{definition.name}_{name}"] = compilers[name].compile(definition)
    if progress is not None:
        progress(len(wanted), len(wanted) + 1, "machine code")
    modules = [module for compiler in compilers.values() for module in compiler.modules]
    code, externals = emit(modules, set(symbols.values()))
    return Library(symbols, externals, host(), RELOCATION, code)


def main() -> int:
    """Compile into the cache; 0 done, 1 when the cache cannot be written."""
    if hasattr(os, "nice"):
        os.nice(10)

    def report(done: int, total: int, name: str) -> None:
        print(done, total, name, flush=True)

    if not cache.write(compile_all(report)):
        return 1
    cache.clean()
    return 0


if __name__ == "__main__":
    sys.exit(main())
