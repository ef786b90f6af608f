"""Sums over short rows, such as the 25 weights of a kernel 5 × 5: whole vectors, and what is left over under a mask.

The optimiser's own loops do the last `count mod 16` elements one by one, which is most of a short row. A masked load
reads no memory beyond the row and gives 0 there, so nothing else is touched. Emitted as LLVM text, like `tile.py`.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from cnnbuilder.kernels.tile import F32, I32, I64, LANES, _broadcast, _external, _load, _sum_of_lanes

DOTS = 4
"""Rows that are multiplied with one other at a time."""
VECTOR, MASK = ir.VectorType(F32, LANES), ir.VectorType(ir.IntType(1), LANES)
ZERO = ir.Constant(VECTOR, [0.0] * LANES)
Body = Callable[[Any, Any, Any, list[Any]], list[Any]]
"""From a builder, a place, a mask (None: whole vectors) and the sums so far to the new ones."""


def _function(module: Any, name: str, operands: list[Any], result: Any = None) -> tuple[Any, Any]:
    """A function of the module and a builder at its start, None where the function was there before."""
    if name in module.globals:
        return module.globals[name], None
    function = ir.Function(module, ir.FunctionType(result or ir.VoidType(), operands), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def _read(builder: Any, pointer: Any, mask: Any) -> Any:
    """A vector from a pointer to values, 0 in the lanes that the mask leaves out."""
    if mask is None:
        return _load(builder, pointer, 0, VECTOR)
    place = builder.bitcast(pointer, VECTOR.as_pointer())
    kind = ir.FunctionType(VECTOR, [place.type, I32, MASK, VECTOR])
    read = _external(builder.module, kind, f"llvm.masked.load.v{LANES}f32.p0")
    return builder.call(read, [place, ir.Constant(I32, 4), mask, ZERO])


def _write(builder: Any, value: Any, pointer: Any, mask: Any) -> None:
    """Store the lanes of a vector that the mask names."""
    place = builder.bitcast(pointer, VECTOR.as_pointer())
    if mask is None:
        builder.store(value, place).align = 4
        return
    kind = ir.FunctionType(ir.VoidType(), [VECTOR, place.type, I32, MASK])
    write = _external(builder.module, kind, f"llvm.masked.store.v{LANES}f32.p0")
    builder.call(write, [value, place, ir.Constant(I32, 4), mask])


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    name = f"llvm.fmuladd.v{LANES}f32"
    return builder.call(_external(builder.module, ir.FunctionType(VECTOR, [VECTOR] * 3), name), [a, b, c])


def _along(builder: Any, count: Any, sums: int, body: Body) -> list[Any]:
    """Run `body` over whole vectors and then under a mask; gives the sums."""
    function, before = builder.function, builder.block
    whole, loop, rest, masked, end = (
        function.append_basic_block(label) for label in ("whole", "loop", "rest", "masked", "end")
    )
    full = builder.and_(count, ir.Constant(I64, -LANES))
    builder.branch(whole)
    builder.position_at_end(whole)
    place = builder.phi(I64)
    held = [builder.phi(VECTOR) for _ in range(sums)]
    place.add_incoming(ir.Constant(I64, 0), before)
    for phi in held:
        phi.add_incoming(ZERO, before)
    builder.cbranch(builder.icmp_signed("<", place, full), loop, rest)
    builder.position_at_end(loop)
    following = body(builder, place, None, list(held))
    place.add_incoming(builder.add(place, ir.Constant(I64, LANES)), builder.block)
    for phi, value in zip(held, following, strict=True):
        phi.add_incoming(value, builder.block)
    builder.branch(whole)
    builder.position_at_end(rest)
    left = builder.trunc(builder.sub(count, full), I32)
    builder.cbranch(builder.icmp_signed(">", left, ir.Constant(I32, 0)), masked, end)
    builder.position_at_end(masked)
    lanes = ir.Constant(ir.VectorType(I32, LANES), list(range(LANES)))
    undefined = ir.Constant(lanes.type, ir.Undefined)
    everywhere = builder.shuffle_vector(
        builder.insert_element(undefined, left, ir.Constant(I32, 0)), undefined, ir.Constant(lanes.type, [0] * LANES)
    )
    last = body(builder, place, builder.icmp_signed("<", lanes, everywhere), list(held))
    last_block = builder.block
    builder.branch(end)
    builder.position_at_end(end)
    found = []
    for phi, value in zip(held, last, strict=True):
        total = builder.phi(VECTOR)
        total.add_incoming(phi, rest)
        total.add_incoming(value, last_block)
        found.append(total)
    return found


def emit_dots(builder: Any, arguments: list[Any]) -> None:
    """`dots(count, rows, row_step, other, target, target_step)`: four sums of products with one row."""
    function, inner = _function(builder.module, "cnnbuilder_dots", [argument.type for argument in arguments])
    if inner is not None:
        count, rows, row_step, other, target, target_step = function.args
        starts = [inner.gep(rows, [inner.mul(row_step, ir.Constant(I64, row))]) for row in range(DOTS)]

        def body(builder: Any, place: Any, mask: Any, sums: list[Any]) -> list[Any]:
            shared = _read(builder, builder.gep(other, [place]), mask)
            read = [_read(builder, builder.gep(start, [place]), mask) for start in starts]
            return [_fma(builder, row, shared, total) for row, total in zip(read, sums, strict=True)]

        for row, total in enumerate(_along(inner, count, DOTS, body)):
            place = inner.gep(target, [inner.mul(target_step, ir.Constant(I64, row))])
            inner.store(_sum_of_lanes(inner, total), place)
        inner.ret_void()
    builder.call(function, arguments)


def emit_blend(builder: Any, arguments: list[Any]) -> None:
    """`blend(count, number, rows, row_step, factors, factor_step, target)`: the sum of rows times factors."""
    function, inner = _function(builder.module, "cnnbuilder_blend", [argument.type for argument in arguments])
    if inner is not None:
        count, number, rows, row_step, factors, factor_step, target = function.args

        def body(builder: Any, place: Any, mask: Any, sums: list[Any]) -> list[Any]:
            before = builder.block
            loop, after = (function.append_basic_block(label) for label in ("rows", "stored"))
            builder.branch(loop)
            builder.position_at_end(loop)
            row, total = builder.phi(I64), builder.phi(VECTOR)
            row.add_incoming(ir.Constant(I64, 0), before)
            total.add_incoming(ZERO, before)
            factor = builder.load(builder.gep(factors, [builder.mul(row, factor_step)]))
            start = builder.gep(rows, [builder.add(builder.mul(row, row_step), place)])
            new = _fma(builder, _broadcast(builder, factor, VECTOR), _read(builder, start, mask), total)
            following = builder.add(row, ir.Constant(I64, 1))
            row.add_incoming(following, loop)
            total.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", following, number), loop, after)
            builder.position_at_end(after)
            _write(builder, new, builder.gep(target, [place]), mask)
            return sums

        _along(inner, count, 0, body)
        inner.ret_void()
    builder.call(function, arguments)


def emit_copy(builder: Any, arguments: list[Any]) -> None:
    """`copy_short(count, source, target)`."""
    function, inner = _function(builder.module, "cnnbuilder_copy_short", [argument.type for argument in arguments])
    if inner is not None:
        count, source, target = function.args

        def body(builder: Any, place: Any, mask: Any, sums: list[Any]) -> list[Any]:
            value = _read(builder, builder.gep(source, [place]), mask)
            _write(builder, value, builder.gep(target, [place]), mask)
            return sums

        _along(inner, count, 0, body)
        inner.ret_void()
    builder.call(function, arguments)


def emit_finish(builder: Any, arguments: list[Any]) -> Any:
    """`finish(count, source, bias, rectified, target)`: the lanes that were NaN are held as sums are."""
    function, inner = _function(
        builder.module, "cnnbuilder_finish", [argument.type for argument in arguments], I64
    )
    if inner is not None:
        count, source, bias, rectified, target = function.args
        everywhere = _broadcast(inner, bias, VECTOR)
        cut = inner.icmp_signed("!=", rectified, ir.Constant(I64, 0))

        def body(builder: Any, place: Any, mask: Any, sums: list[Any]) -> list[Any]:
            value = builder.fadd(_read(builder, builder.gep(source, [place]), mask), everywhere)
            positive = builder.select(builder.fcmp_ordered("<=", value, ZERO), ZERO, value)
            value = builder.select(cut, positive, value)
            _write(builder, value, builder.gep(target, [place]), mask)
            return [builder.select(builder.fcmp_unordered("uno", value, value), value, sums[0])]

        (held,) = _along(inner, count, 1, body)
        found = inner.fcmp_unordered("uno", held, held)
        inner.ret(inner.zext(_any(inner, found), I64))
    return builder.call(function, arguments)


def _any(builder: Any, mask: Any) -> Any:
    """Whether a lane of a mask is set."""
    kind = ir.IntType(LANES)
    return builder.icmp_unsigned("!=", builder.bitcast(mask, kind), ir.Constant(kind, 0))


def emit_largest_pairs(builder: Any, arguments: list[Any]) -> None:
    """`largest_pairs(count, above, below, target)`: two vectors of each row, the even lanes against the odd."""
    function, inner = _function(
        builder.module, "cnnbuilder_largest_pairs", [argument.type for argument in arguments]
    )
    if inner is not None:
        count, above, below, target = function.args

        def pair(builder: Any, row: Any, place: Any, mask: Any) -> list[Any]:
            start = builder.gep(row, [builder.shl(place, ir.Constant(I64, 1))])
            if mask is None:
                low, high = _load(builder, start, 0, VECTOR), _load(builder, start, 1, VECTOR)
            else:
                first, second = _doubled(builder, mask)
                low = _read(builder, start, first)
                high = _read(builder, builder.gep(start, [ir.Constant(I64, LANES)]), second)
            every_other = [ir.Constant(ir.VectorType(I32, LANES), list(range(odd, 2 * LANES, 2))) for odd in (0, 1)]
            return [builder.shuffle_vector(low, high, lanes) for lanes in every_other]

        def body(builder: Any, place: Any, mask: Any, sums: list[Any]) -> list[Any]:
            found, *others = pair(builder, above, place, mask) + pair(builder, below, place, mask)
            for other in others:
                wins = builder.or_(
                    builder.fcmp_ordered(">", other, found), builder.fcmp_unordered("uno", other, other)
                )
                found = builder.select(wins, other, found)
            _write(builder, found, builder.gep(target, [place]), mask)
            return sums

        _along(inner, count, 0, body)
        inner.ret_void()
    builder.call(function, arguments)


def _doubled(builder: Any, mask: Any) -> list[Any]:
    """A mask with every lane twice, as two masks."""
    undefined = ir.Constant(MASK, ir.Undefined)
    return [
        builder.shuffle_vector(
            mask, undefined, ir.Constant(ir.VectorType(I32, LANES), [(start + lane) // 2 for lane in range(LANES)])
        )
        for start in (0, LANES)
    ]
