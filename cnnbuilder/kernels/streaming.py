"""Results that do not fit in the caches, written past them: an ordinary store first reads what it overwrites.

The gradient of AlexNet's first dense layer, 151 MB, takes two threads of a Zen 4 3.2 ms so, and 8.0 ms with ordinary
stores. A vector written so must be aligned: values before the first whole vector and behind the last are stored one by
one. Emitted as LLVM text, like `tile.py`.
"""

from typing import Any

from llvmlite import ir

from cnnbuilder.kernels.short import VECTOR, _function
from cnnbuilder.kernels.tile import I64, LANES, _broadcast, _external, _load


def emit_stream(builder: Any, arguments: list[Any], intel: bool) -> None:
    """`stream(count, source, factor, target)`."""
    function, inner = _function(builder.module, "cnnbuilder_stream", [argument.type for argument in arguments])
    if inner is not None:
        count, source, factor, target = function.args
        bytes_before = inner.and_(inner.neg(inner.ptrtoint(target, I64)), ir.Constant(I64, 4 * LANES - 1))
        before = inner.lshr(bytes_before, ir.Constant(I64, 2))
        before = inner.select(inner.icmp_signed("<", before, count), before, count)
        whole = inner.and_(inner.sub(count, before), ir.Constant(I64, -LANES))
        _loop(inner, ir.Constant(I64, 0), before, 1, lambda b, i: _one(b, source, factor, target, i))
        factors = _broadcast(inner, factor, VECTOR)
        past = inner.add(before, whole)
        _loop(inner, before, past, LANES, lambda b, i: _many(b, source, factors, target, i))
        _loop(inner, past, count, 1, lambda b, i: _one(b, source, factor, target, i))
        if intel:  # such stores may become visible late; other processors order them like all others
            inner.call(_external(inner.module, ir.FunctionType(ir.VoidType(), []), "llvm.x86.sse.sfence"), [])
        inner.ret_void()
    builder.call(function, arguments)


def _loop(builder: Any, start: Any, stop: Any, step: int, body: Any) -> None:
    """`body` at every `step`-th number from `start` to before `stop`."""
    function, entry = builder.function, builder.block
    test, inside, after = (function.append_basic_block(label) for label in ("test", "inside", "after"))
    builder.branch(test)
    builder.position_at_end(test)
    i = builder.phi(I64)
    i.add_incoming(start, entry)
    builder.cbranch(builder.icmp_signed("<", i, stop), inside, after)
    builder.position_at_end(inside)
    body(builder, i)
    i.add_incoming(builder.add(i, ir.Constant(I64, step)), inside)
    builder.branch(test)
    builder.position_at_end(after)


def _one(builder: Any, source: Any, factor: Any, target: Any, i: Any) -> None:
    value = builder.fmul(factor, builder.load(builder.gep(source, [i])))
    builder.store(value, builder.gep(target, [i]))


def _many(builder: Any, source: Any, factors: Any, target: Any, i: Any) -> None:
    value = builder.fmul(factors, _load(builder, builder.gep(source, [i]), 0, VECTOR))
    store = builder.store(value, builder.bitcast(builder.gep(target, [i]), VECTOR.as_pointer()))
    store.align = 4 * LANES
    store.set_metadata("nontemporal", builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)]))
