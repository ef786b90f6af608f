"""What the words of `native.py` become: a few LLVM instructions each, emitted through numba's `intrinsic`."""

import math
import platform
import sys
from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic as _intrinsic

from cnnbuilder.kernels import native, smooth
from cnnbuilder.kernels.short import emit_blend, emit_copy, emit_dots, emit_finish, emit_largest_pairs
from cnnbuilder.kernels.streaming import emit_stream
from cnnbuilder.kernels.tile import DOT_ROWS, DOT_TAPS, LANES, ROWS, emit_dot_tile, emit_tile
from cnnbuilder.kernels.turn import emit_turn

# numba has no type stubs.
types: Any = numba.types
intrinsic: Callable[[Any], Any] = _intrinsic
external: Callable[..., Any] = _cgutils.get_or_insert_function

POINTER = types.CPointer(types.int64)
REAL: dict[str, Any] = {"float32": types.float32, "float64": types.float64}
I32, I64, F64 = ir.IntType(32), ir.IntType(64), ir.DoubleType()
ALIGNMENT = 64
INTEL = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
ARM = platform.machine().lower() in ("arm64", "aarch64")


@intrinsic
def _at(typing: Any, pointer: Any, offset: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), generate


@intrinsic
def _integers(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], I64.as_pointer())

    return POINTER(types.int64), generate


@intrinsic
def _as_float(typing: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], F64)

    return types.float64(types.int64), generate


@intrinsic
def _cancelled(typing: Any, cancel: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        flag = builder.load_atomic(arguments[0], "monotonic", 8)
        return builder.icmp_signed("!=", flag, ir.Constant(I64, 0))

    return types.boolean(POINTER), generate


@intrinsic
def _load(typing: Any, counter: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(arguments[0], "seq_cst", 8)

    return types.int64(POINTER), generate


@intrinsic
def _add_and_get_old(typing: Any, counter: Any, amount: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.atomic_rmw("add", arguments[0], arguments[1], "seq_cst")

    return types.int64(POINTER, types.int64), generate


@intrinsic
def _pause(typing: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if INTEL:
            name, operands = "llvm.x86.sse2.pause", []
        elif ARM:
            name, operands = "llvm.aarch64.hint", [ir.Constant(I32, 1)]
        else:
            return context.get_dummy_value()
        kind = ir.FunctionType(ir.VoidType(), [operand.type for operand in operands])
        builder.call(external(builder.module, kind, name), operands)
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def _give_way(typing: Any) -> Any:
    name = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.call(external(builder.module, ir.FunctionType(I32, []), name), [])
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def _call(typing: Any, address: Any, step: Any, frame: Any, part: Any, parts: Any, cancel: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments[1:]])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(types.int64, POINTER, POINTER, types.int64, types.int64, POINTER), generate


def _reserve(width: int) -> Any:
    """`malloc` with the address that it gave kept in the word before the aligned memory."""

    @intrinsic
    def reserve(typing: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            malloc = external(builder.module, ir.FunctionType(I64, [I64]), "malloc")
            size = builder.add(builder.mul(arguments[0], ir.Constant(I64, width)), ir.Constant(I64, 2 * ALIGNMENT))
            given = builder.call(malloc, [size])
            beyond = builder.add(given, ir.Constant(I64, 2 * ALIGNMENT - 1))
            aligned = builder.and_(beyond, ir.Constant(I64, -ALIGNMENT))
            before = builder.sub(aligned, ir.Constant(I64, 8))
            builder.store(given, builder.inttoptr(before, I64.as_pointer()))
            return aligned

        return types.int64(types.int64), generate

    return reserve


@intrinsic
def _release(typing: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        free = external(builder.module, ir.FunctionType(ir.VoidType(), [I64]), "free")
        before = builder.sub(arguments[0], ir.Constant(I64, 8))
        builder.call(free, [builder.load(builder.inttoptr(before, I64.as_pointer()))])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _values(word: Any) -> Any:
    pointer = types.CPointer(word)

    @intrinsic
    def values(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(pointer))

        return pointer(types.int64), generate

    return values


def _constant(number: int) -> Any:
    @intrinsic
    def constant(typing: Any) -> Any:
        return types.int64(), lambda context, builder, signature, arguments: ir.Constant(I64, number)

    return constant


@intrinsic
def _tile(
    typing: Any, vectors: Any, depth: Any, a: Any, a_row: Any, a_step: Any, b: Any, c: Any, c_row: Any
) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_tile(builder, arguments)
        return context.get_dummy_value()

    return types.void(integer, integer, pointer, integer, integer, pointer, pointer, integer), generate


@intrinsic
def _sliding_tile(
    typing: Any, vectors: Any, depth: Any, a: Any, a_row: Any, a_step: Any, b: Any, offsets: Any, c: Any, c_row: Any
) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_tile(builder, arguments)
        return context.get_dummy_value()

    return types.void(
        integer, integer, pointer, integer, integer, pointer, POINTER, pointer, integer
    ), generate


@intrinsic
def _dot_tile(typing: Any, vectors: Any, a: Any, a_row: Any, b: Any, offsets: Any, c: Any) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_dot_tile(builder, arguments)
        return context.get_dummy_value()

    return types.void(integer, pointer, integer, pointer, POINTER, pointer), generate


@intrinsic
def _dots(typing: Any, count: Any, rows: Any, row_step: Any, other: Any, target: Any, target_step: Any) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_dots(builder, arguments)
        return context.get_dummy_value()

    return types.void(integer, pointer, integer, pointer, pointer, integer), generate


@intrinsic
def _blend(
    typing: Any, count: Any, number: Any, rows: Any, row_step: Any, factors: Any, factor_step: Any, target: Any
) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_blend(builder, arguments)
        return context.get_dummy_value()

    return types.void(integer, integer, pointer, integer, pointer, integer, pointer), generate


@intrinsic
def _turn(typing: Any, source: Any, apart: Any, target: Any, target_apart: Any) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_turn(builder, arguments)
        return context.get_dummy_value()

    return types.void(pointer, integer, pointer, integer), generate


@intrinsic
def _turn_masked(typing: Any, source: Any, mask: Any, apart: Any, target: Any, target_apart: Any) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_turn(builder, arguments)
        return context.get_dummy_value()

    return types.void(pointer, pointer, integer, pointer, integer), generate


@intrinsic
def _finish(typing: Any, count: Any, source: Any, bias: Any, rectified: Any, target: Any) -> Any:
    pointer, integer = types.CPointer(types.float32), types.int64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return emit_finish(builder, arguments)

    return integer(integer, pointer, types.float32, integer, pointer), generate


@intrinsic
def _copy_short(typing: Any, count: Any, source: Any, target: Any) -> Any:
    pointer = types.CPointer(types.float32)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_copy(builder, arguments)
        return context.get_dummy_value()

    return types.void(types.int64, pointer, pointer), generate


@intrinsic
def _largest_pairs(typing: Any, count: Any, above: Any, below: Any, target: Any) -> Any:
    pointer = types.CPointer(types.float32)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_largest_pairs(builder, arguments)
        return context.get_dummy_value()

    return types.void(types.int64, pointer, pointer, pointer), generate


@intrinsic
def _stream(typing: Any, count: Any, source: Any, factor: Any, target: Any) -> Any:
    pointer = types.CPointer(types.float32)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        emit_stream(builder, arguments, INTEL)
        return context.get_dummy_value()

    return types.void(types.int64, pointer, types.float32, pointer), generate


def _smooth(emit: Callable[[Any, Any], Any]) -> Any:
    """A function of one value in float32."""

    @intrinsic
    def function(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return emit(builder, arguments[0])

        return types.float32(types.float32), generate

    return function


_SMOOTH = {
    native.exp: smooth.emit_exp, native.expm1: smooth.emit_expm1, native.tanh: smooth.emit_tanh,
    native.erf: smooth.emit_erf, native.log_one_more: smooth.emit_log_one_more,
}
_EXACT: dict[Any, Any] = {
    native.exp: math.exp, native.expm1: math.expm1, native.tanh: math.tanh, native.erf: math.erf,
    native.log_one_more: math.log1p,
}


def caller(symbol: str, signature: Any) -> Any:
    """A word that calls the function of that symbol, which is linked in at the end."""

    def generate(context: Any, builder: Any, found: Any, arguments: Any) -> Any:
        result = ir.VoidType() if signature.return_type == types.void else context.get_value_type(signature.return_type)
        kind = ir.FunctionType(result, [argument.type for argument in arguments])
        value = builder.call(external(builder.module, kind, symbol), arguments)
        return context.get_dummy_value() if signature.return_type == types.void else value

    # An intrinsic must have as many named arguments as the function that it stands for.
    names = ", ".join(f"a{number}" for number in range(len(signature.args)))
    source = f"lambda typing, {names}: (signature, generate)"
    return intrinsic(eval(source, {"signature": signature, "generate": generate}))


def words(name: str) -> dict[Any, Any]:
    """Every word of `native.py`, as it is for one type of values."""
    real = REAL[name]
    smooth_words = {word: _smooth(emit) for word, emit in _SMOOTH.items()} if name == "float32" else _EXACT
    return {
        **smooth_words,
        native.real: real, native.values: _values(real), native.integers: _integers, native.at: _at,
        native.as_float: _as_float, native.cancelled: _cancelled, native.load: _load,
        native.add_and_get_old: _add_and_get_old, native.pause: _pause, native.give_way: _give_way,
        native.call: _call, native.reserve: _reserve(real.bitwidth // 8), native.release: _release,
        native.tile: _tile, native.sliding_tile: _sliding_tile,
        native.turn: _turn, native.turn_masked: _turn_masked,
        native.dots: _dots, native.blend: _blend, native.finish: _finish, native.copy_short: _copy_short,
        native.largest_pairs: _largest_pairs, native.stream: _stream,
        native.dot_tile: _dot_tile, native.dot_rows: _constant(DOT_ROWS), native.dot_taps: _constant(DOT_TAPS),
        native.tile_rows: _constant(ROWS), native.tile_lanes: _constant(LANES),
    }
