"""Translates the registered kernels to machine code; with `words.py` and `tile.py` the only files that import numba.

Each kernel and routine becomes a numba `cfunc` whose words (`native.py`) are replaced by a few instructions. The
optimised LLVM texts are joined into one module and emitted as one object file, so that a later process loads it with
llvmlite alone, in milliseconds, and never imports numba (`library.py`).
"""

import re
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import llvmlite.binding as llvm
import numba

from cnnbuilder.kernels import native
from cnnbuilder.kernels.words import INTEL, POINTER, REAL, caller, types, words

njit: Callable[..., Any] = numba.njit
cfunc: Callable[..., Any] = numba.cfunc
SIGNATURES = {
    "part": types.void(POINTER, POINTER, types.int64, types.int64, POINTER),
    "run": types.void(POINTER, types.int64, POINTER, POINTER, POINTER),
}
RELOCATION = "static" if INTEL else "default"
IMPLIED = {
    "llvm.exp.f32": "expf", "llvm.exp.f64": "exp", "llvm.memset": "memset", "llvm.memcpy": "memcpy",
    "llvm.memmove": "memmove", "llvm.log.f32": "logf", "llvm.log.f64": "log", "llvm.pow.f32": "powf",
    "llvm.pow.f64": "pow",
}
"""Functions of the C library that LLVM's own words become."""


class Compiler:
    """Translates kernels, and the routines that they call, for one type of values."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.annotated = {
            native.Values: types.CPointer(REAL[name]), native.Integers: POINTER, int: types.int64, float: REAL[name],
            None: types.void,
        }
        # Sums may be taken in another order and products fused in float32 alone; NaN and infinity stay exact.
        fast: Any = {"contract", "reassoc", "nsz"} if name == "float32" else False
        self.options: dict[str, Any] = {"error_model": "numpy", "fastmath": fast, "_nrt": False}
        self.translated = words(name)
        self.modules: list[Any] = []
        """The LLVM modules compiled so far."""

    def compile(self, definition: native.Definition) -> str:
        """Compile a kernel and what it calls; gives its symbol."""
        symbol = f"cnnbuilder_{definition.name}_{self.name}"
        self._emit(definition.function, SIGNATURES[definition.signature], symbol)
        return symbol

    def _emit(self, function: Callable[..., Any], signature: Any, symbol: str) -> None:
        compiled = cfunc(signature, **self.options)(self._specialise(function))
        # numba links each library by itself and asks for the symbols of the routines that it calls.
        llvm.add_symbol(symbol, compiled.address)
        module = llvm.parse_assembly(compiled.inspect_llvm())
        for found in module.functions:
            if found.name == compiled.native_name:
                found.name = symbol
            elif not found.is_declaration and found.linkage == llvm.Linkage.external:
                found.linkage = "internal"
        self.modules.append(module)

    def _specialise(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same code with its global names bound to what they mean for this type."""
        assert isinstance(function, FunctionType)
        names = {name: self._translate(function.__globals__[name]) for name in _global_names(function)}
        return FunctionType(function.__code__, {"__name__": function.__module__, **names}, function.__name__)

    def _translate(self, value: Any) -> Any:
        if not callable(value):
            return value
        if value not in self.translated:
            if value in native.HELPERS:
                self.translated[value] = njit(**self.options)(self._specialise(value))
            elif value in native.ROUTINES:
                self.translated[value] = self._routine(value)
        return self.translated.get(value, value)

    def _routine(self, function: Callable[..., Any]) -> Any:
        hints = dict(function.__annotations__)
        result = self.annotated[hints.pop("return")]
        signature = result(*(self.annotated[hint] for hint in hints.values()))
        symbol = f"cnnbuilder_{function.__module__.rpartition('.')[2]}_{function.__name__}_{self.name}"
        self._emit(function, signature, symbol)
        return caller(symbol, signature)


def _global_names(function: FunctionType) -> set[str]:
    found: set[str] = set()

    def collect(code: CodeType) -> None:
        found.update(name for name in code.co_names if name in function.__globals__)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                collect(constant)

    collect(function.__code__)
    return found


def emit(modules: list[Any], exports: set[str]) -> tuple[bytes, list[str]]:
    """Join modules into one object file; gives its bytes and the names that it needs from outside."""
    joined = modules[0]
    for module in modules[1:]:
        joined.link_in(module)
    # What numba would do about a Python exception: no kernel raises one, so nothing is done, and Python is not needed.
    stubs = [_stub(str(found)) for found in joined.functions if found.is_declaration and _is_python(found.name)]
    if stubs:
        joined.link_in(llvm.parse_assembly("\n".join(stubs)))
    for found in joined.functions:
        if not found.is_declaration and found.name not in exports:
            found.linkage = "internal"
    declared = [found.name for found in joined.functions if found.is_declaration]
    needed = {name for name in declared if not name.startswith("llvm.")}
    needed.update(name for word, name in IMPLIED.items() if any(found.startswith(word) for found in declared))
    return _machine().emit_object(joined), sorted(needed)


def _is_python(name: str) -> bool:
    return name.startswith(("Py", "_Py", "numba_", "NRT_"))


def _stub(declaration: str) -> str:
    """`declare ptr @name(ptr, i64) #1` as a definition that does nothing and gives 0."""
    found = re.search(r"^declare (?:[a-z_]+ )*?(void|ptr|i\d+) @(\w+)\(([^)]*)\)", declaration.strip(), re.MULTILINE)
    assert found is not None, declaration
    result, name, parameters = found.groups()
    kinds = [re.split(r"\s", parameter.strip())[0] for parameter in parameters.split(",") if parameter.strip()]
    value = {"void": "void", "ptr": "ptr null"}.get(result, f"{result} 0")
    return f"define {result} @{name}({', '.join(kinds)}) {{ ret {value} }}"


def _machine() -> Any:
    """The llvmlite target machine of this processor."""
    features = llvm.get_host_cpu_features().flatten()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, reloc=RELOCATION, codemodel="jitdefault", jit=True
    )


def host() -> str:
    """This processor as the compiler names it; code made for one is not run on another."""
    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
