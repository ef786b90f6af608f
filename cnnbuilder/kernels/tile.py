"""The register tile: a block of C held in vector registers while one row of A after another meets one row of B.

Each step of the depth loads `vectors` vectors of B, broadcasts one value of A for each of `ROWS` rows, and does
`ROWS · vectors` fused multiply-adds; nothing else touches memory. Its shape fills the register file: 24 of 32 registers
hold C with AVX-512 and NEON, 12 of 16 with AVX2 (K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
multiplication", 2008). The rows of B lie one after another, or where a table says (*sliding*); then C is stored, not
added to. Emitted as LLVM text because no loop optimiser keeps such a block in registers by itself; one core of a Zen 4
does 110 billion operations a second with it, of 115 that registers alone do.
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils

_FEATURES = llvm.get_host_cpu_features()
_external: Any = cgutils.get_or_insert_function
VECTORS = 3
"""The most vectors of a tile; narrower tiles do the columns that are left over."""


def _shape() -> tuple[int, int]:
    if _FEATURES.get("avx512f"):
        return 16, 8
    if _FEATURES.get("avx"):
        return 8, 4
    return 4, 8 if _FEATURES.get("neon") else 4


LANES, ROWS = _shape()
DOT_ROWS, DOT_TAPS = 4, 3 * ROWS // 4
"""A dot tile fills the registers with as many sums."""
F32, I32, I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)


def emit_tile(builder: Any, arguments: Any) -> None:
    """Emit a call of the tile of `arguments[0]` vectors; with a table of offsets behind B the sliding one. The tiles
    are functions of their own in the module."""
    vectors = arguments[0]
    after = builder.append_basic_block("tiled")
    choice = builder.switch(vectors, after)
    for count in range(1, VECTORS + 1):
        block = builder.append_basic_block(f"tile_{count}")
        choice.add_case(ir.Constant(I64, count), block)
        builder.position_at_end(block)
        kinds = [argument.type for argument in arguments[1:]]
        builder.call(_tile_function(builder.module, count, kinds), arguments[1:])
        builder.branch(after)
    builder.position_at_end(after)


def _tile_function(module: Any, vectors: int, operands: list[Any]) -> Any:
    """`tile(depth, a, a_row, a_step, b[, offsets], c, c_row)` for a fixed number of vectors."""
    sliding = len(operands) == 8
    name = f"cnnbuilder_{'sliding' if sliding else 'tile'}_{vectors}"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), operands), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    depth, a, a_row, a_step, b = function.args[:5]
    c, c_row = function.args[-2:]
    entry, loop, store = (function.append_basic_block(label) for label in ("entry", "depth", "store"))
    builder = ir.IRBuilder(entry)
    vector = ir.VectorType(F32, LANES)
    fma = _external(module, ir.FunctionType(vector, [vector] * 3), f"llvm.fmuladd.v{LANES}f32")
    rows = [builder.gep(a, [builder.mul(a_row, ir.Constant(I64, row))]) for row in range(ROWS)]
    builder.branch(loop)

    builder.position_at_end(loop)
    k, a_at, b_at = builder.phi(I64), builder.phi(I64), builder.phi(I64)
    sums = [builder.phi(vector) for _ in range(ROWS * vectors)]
    for phi in (k, a_at, b_at):
        phi.add_incoming(ir.Constant(I64, 0), entry)
    for phi in sums:
        phi.add_incoming(ir.Constant(vector, [0.0] * LANES), entry)
    row_of_b = builder.gep(b, [builder.load(builder.gep(function.args[5], [k])) if sliding else b_at])
    loaded = [_load(builder, row_of_b, v, vector) for v in range(vectors)]
    following = []
    for row in range(ROWS):
        factor = _broadcast(builder, builder.load(builder.gep(rows[row], [a_at])), vector)
        following += [builder.call(fma, [factor, loaded[v], sums[row * vectors + v]]) for v in range(vectors)]
    advanced = builder.add(k, ir.Constant(I64, 1))
    k.add_incoming(advanced, loop)
    a_at.add_incoming(builder.add(a_at, a_step), loop)
    b_at.add_incoming(builder.add(b_at, ir.Constant(I64, vectors * LANES)), loop)
    for phi, value in zip(sums, following, strict=True):
        phi.add_incoming(value, loop)
    builder.cbranch(builder.icmp_signed("<", advanced, depth), loop, store)

    builder.position_at_end(store)
    for row in range(ROWS):
        row_of_c = builder.gep(c, [builder.mul(c_row, ir.Constant(I64, row))])
        for v in range(vectors):
            total = following[row * vectors + v]
            if not sliding:
                total = builder.fadd(_load(builder, row_of_c, v, vector), total)
            place = builder.bitcast(builder.gep(row_of_c, [ir.Constant(I64, v * LANES)]), vector.as_pointer())
            builder.store(total, place).align = 4
    builder.ret_void()
    return function


def emit_dot_tile(builder: Any, arguments: Any) -> None:
    """Emit a call of the dot tile, a function of its own in the module: sums run along the lanes, to the end."""
    builder.call(_dot_function(builder.module, [argument.type for argument in arguments]), arguments)


def _dot_function(module: Any, operands: list[Any]) -> Any:
    """`dot(vectors, a, a_row, b, offsets, c)`."""
    name = "cnnbuilder_dot"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), operands), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    vectors, a, a_row, b, offsets, c = function.args
    entry, loop, store = (function.append_basic_block(label) for label in ("entry", "along", "store"))
    builder = ir.IRBuilder(entry)
    vector = ir.VectorType(F32, LANES)
    fma = _external(module, ir.FunctionType(vector, [vector] * 3), f"llvm.fmuladd.v{LANES}f32")
    rows = [builder.gep(a, [builder.mul(a_row, ir.Constant(I64, row))]) for row in range(DOT_ROWS)]
    shifted = [
        builder.gep(b, [builder.load(builder.gep(offsets, [ir.Constant(I64, tap)]))]) for tap in range(DOT_TAPS)
    ]
    builder.branch(loop)

    builder.position_at_end(loop)
    v, place = builder.phi(I64), builder.phi(I64)
    sums = [builder.phi(vector) for _ in range(DOT_ROWS * DOT_TAPS)]
    for phi in (v, place):
        phi.add_incoming(ir.Constant(I64, 0), entry)
    for phi in sums:
        phi.add_incoming(ir.Constant(vector, [0.0] * LANES), entry)
    left = [_load(builder, builder.gep(row, [place]), 0, vector) for row in rows]
    following = []
    for tap in range(DOT_TAPS):
        right = _load(builder, builder.gep(shifted[tap], [place]), 0, vector)
        following += [builder.call(fma, [left[row], right, sums[tap * DOT_ROWS + row]]) for row in range(DOT_ROWS)]
    advanced = builder.add(v, ir.Constant(I64, 1))
    v.add_incoming(advanced, loop)
    place.add_incoming(builder.add(place, ir.Constant(I64, LANES)), loop)
    for phi, value in zip(sums, following, strict=True):
        phi.add_incoming(value, loop)
    builder.cbranch(builder.icmp_signed("<", advanced, vectors), loop, store)

    builder.position_at_end(store)
    for row in range(DOT_ROWS):
        for tap in range(DOT_TAPS):
            total = _sum_of_lanes(builder, following[tap * DOT_ROWS + row])
            builder.store(total, builder.gep(c, [ir.Constant(I64, row * DOT_TAPS + tap)]))
    builder.ret_void()
    return function


def _sum_of_lanes(builder: Any, value: Any) -> Any:
    """The sum of a vector's lanes, halves added to halves."""
    count = LANES
    while count > 1:
        count //= 2
        kind = ir.VectorType(I32, count)
        low, high = ir.Constant(kind, list(range(count))), ir.Constant(kind, list(range(count, 2 * count)))
        undefined = ir.Constant(value.type, ir.Undefined)
        value = builder.fadd(
            builder.shuffle_vector(value, undefined, low), builder.shuffle_vector(value, undefined, high)
        )
    return builder.extract_element(value, ir.Constant(I32, 0))


def _load(builder: Any, pointer: Any, number: int, vector: Any) -> Any:
    place = builder.bitcast(builder.gep(pointer, [ir.Constant(I64, number * LANES)]), vector.as_pointer())
    loaded = builder.load(place)
    loaded.align = 4
    return loaded


def _broadcast(builder: Any, scalar: Any, vector: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    lanes = ir.Constant(ir.VectorType(I32, LANES), [0] * LANES)
    return builder.shuffle_vector(builder.insert_element(undefined, scalar, ir.Constant(I32, 0)), undefined, lanes)
