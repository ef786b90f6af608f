"""Translates the registered kernels to machine code. The only file that imports numba.

Each kernel becomes a numba `cfunc` whose words (`native.py`) are replaced by a few instructions; its optimised LLVM
text is then joined with all others into one module and emitted as one object file. So a later process loads that object with
llvmlite alone, in milliseconds, and never imports numba (`library.py`).
"""

import platform
import re
import sys
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from cnnbuilder.kernels import native
from cnnbuilder.kernels.tile import LANES, ROWS, emit_tile

POINTER = types.CPointer(types.int64)
SIGNATURES = {
    "part": types.void(POINTER, POINTER, types.int64, types.int64, POINTER),
    "run": types.void(POINTER, types.int64, POINTER, POINTER, POINTER),
}
WORDS = {"float32": types.float32, "float64": types.float64}
I8, I32, I64, F64 = ir.IntType(8), ir.IntType(32), ir.IntType(64), ir.DoubleType()
ALIGNMENT = 64
INTEL = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
ARM = platform.machine().lower() in ("arm64", "aarch64")
RELOCATION = "static" if INTEL else "default"
IMPLIED = {"llvm.exp.f32": "expf", "llvm.exp.f64": "exp", "llvm.memset": "memset", "llvm.memcpy": "memcpy",
           "llvm.memmove": "memmove"}
"""Functions of the C library that LLVM's own words become."""

Translated = dict[Any, Any]


@intrinsic  # type: ignore[untyped-decorator]
def _at(typing: Any, pointer: Any, offset: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _integers(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], I64.as_pointer())

    return POINTER(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _as_float(typing: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], F64)

    return types.float64(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _cancelled(typing: Any, cancel: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        flag = builder.load_atomic(arguments[0], "monotonic", 8)
        return builder.icmp_signed("!=", flag, ir.Constant(I64, 0))

    return types.boolean(POINTER), generate


@intrinsic  # type: ignore[untyped-decorator]
def _load(typing: Any, counter: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(arguments[0], "seq_cst", 8)

    return types.int64(POINTER), generate


@intrinsic  # type: ignore[untyped-decorator]
def _add_and_get_old(typing: Any, counter: Any, amount: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.atomic_rmw("add", arguments[0], arguments[1], "seq_cst")

    return types.int64(POINTER, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _pause(typing: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if INTEL:
            name, operands = "llvm.x86.sse2.pause", []
        elif ARM:
            name, operands = "llvm.aarch64.hint", [ir.Constant(I32, 1)]
        else:
            return context.get_dummy_value()
        kind = ir.FunctionType(ir.VoidType(), [operand.type for operand in operands])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, name), operands)
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic  # type: ignore[untyped-decorator]
def _give_way(typing: Any) -> Any:
    name = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.call(cgutils.get_or_insert_function(builder.module, ir.FunctionType(I32, []), name), [])
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic  # type: ignore[untyped-decorator]
def _call(typing: Any, address: Any, step: Any, frame: Any, part: Any, parts: Any, cancel: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments[1:]])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, POINTER, POINTER, types.int64, types.int64, POINTER), generate


def _reserve(width: int) -> Any:
    """`malloc` with the address that it gave kept in the word before the aligned memory."""

    @intrinsic  # type: ignore[untyped-decorator]
    def reserve(typing: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            malloc = cgutils.get_or_insert_function(builder.module, ir.FunctionType(I64, [I64]), "malloc")
            size = builder.add(builder.mul(arguments[0], ir.Constant(I64, width)), ir.Constant(I64, 2 * ALIGNMENT))
            given = builder.call(malloc, [size])
            aligned = builder.and_(builder.add(given, ir.Constant(I64, 2 * ALIGNMENT - 1)), ir.Constant(I64, -ALIGNMENT))
            before = builder.sub(aligned, ir.Constant(I64, 8))
            builder.store(given, builder.inttoptr(before, I64.as_pointer()))
            return aligned

        return types.int64(types.int64), generate

    return reserve


@intrinsic  # type: ignore[untyped-decorator]
def _release(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        free = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), [I64]), "free")
        before = builder.sub(arguments[0], ir.Constant(I64, 8))
        builder.call(free, [builder.load(builder.inttoptr(before, I64.as_pointer()))])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _values(word: Any) -> Any:
    pointer = types.CPointer(word)

    @intrinsic  # type: ignore[untyped-decorator]
    def values(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(pointer))

        return pointer(types.int64), generate

    return values


def _constant(number: int) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def constant(typing: Any) -> Any:
        return types.int64(), lambda context, builder, signature, arguments: ir.Constant(I64, number)

    return constant


@intrinsic  # type: ignore[untyped-decorator]
def _tile(
    typing: Any, vectors: Any, depth: Any, a: Any, a_row: Any, a_step: Any, b: Any, c: Any, c_row: Any
) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_tile(builder, arguments)
        return context.get_dummy_value()

    return types.void(integer, integer, pointer, integer, integer, pointer, pointer, integer), generate


def _caller(symbol: str, signature: Any) -> Any:
    """A word that calls the function of that symbol, which is linked in at the end."""

    def generate(context: Any, builder: Any, found: Any, arguments: Any) -> Any:
        result = ir.VoidType() if signature.return_type == types.void else context.get_value_type(signature.return_type)
        kind = ir.FunctionType(result, [argument.type for argument in arguments])
        value = builder.call(cgutils.get_or_insert_function(builder.module, kind, symbol), arguments)
        return context.get_dummy_value() if signature.return_type == types.void else value

    # An intrinsic must have as many named arguments as the function that it stands for.
    names = ", ".join(f"a{number}" for number in range(len(signature.args)))
    source = f"lambda typing, {names}: (signature, generate)"
    return intrinsic(eval(source, {"signature": signature, "generate": generate}))


class Compiler:
    """Translates kernels, and the routines that they call, for one type of values."""

    def __init__(self, name: str) -> None:
        word = WORDS[name]
        self.name = name
        self.annotated = {native.Values: types.CPointer(word), native.Integers: POINTER, int: types.int64, float: word,
                          None: types.void}
        # Sums may be taken in another order and products fused in float32 alone; NaN and infinity stay exact.
        fast: Any = {"contract", "reassoc", "nsz"} if name == "float32" else False
        self.options: dict[str, Any] = {"error_model": "numpy", "fastmath": fast, "_nrt": False}
        self.translated: Translated = {
            native.real: word, native.values: _values(word), native.integers: _integers, native.at: _at,
            native.as_float: _as_float, native.cancelled: _cancelled, native.load: _load,
            native.add_and_get_old: _add_and_get_old, native.pause: _pause, native.give_way: _give_way,
            native.call: _call, native.reserve: _reserve(word.bitwidth // 8), native.release: _release,
            native.tile: _tile, native.tile_rows: _constant(ROWS), native.tile_lanes: _constant(LANES),
        }
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
        return _caller(symbol, signature)


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
