"""What the processor can do at most: fused multiply-adds that touch nothing but registers."""

import ctypes
import threading
import time

import llvmlite.binding as llvm
from llvmlite import ir

SUMS = 24
"""Independent sums: more than the adders' latency times their number."""
TURNS = 2_000_000


def _lanes():
    features = llvm.get_host_cpu_features()
    return 16 if features.get("avx512f") else 8 if features.get("avx") else 4


def _module(lanes):
    """`loop(turns, factor)`: every turn multiplies and adds SUMS vectors of `lanes` values; gives their sum."""
    f32, i64 = ir.FloatType(), ir.IntType(64)
    vector = ir.VectorType(f32, lanes)
    module = ir.Module("limit")
    fma = ir.Function(module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{lanes}f32")
    function = ir.Function(module, ir.FunctionType(f32, [i64, f32]), "loop")
    entry, body, end = (function.append_basic_block(name) for name in ("entry", "body", "end"))
    builder = ir.IRBuilder(entry)
    factor = ir.Constant(vector, ir.Undefined)
    for lane in range(lanes):
        factor = builder.insert_element(factor, function.args[1], ir.Constant(ir.IntType(32), lane))
    builder.branch(body)
    builder.position_at_end(body)
    turn = builder.phi(i64)
    turn.add_incoming(ir.Constant(i64, 0), entry)
    sums = [builder.phi(vector) for _ in range(SUMS)]
    following = [builder.call(fma, [value, factor, factor]) for value in sums]
    for number, (value, new) in enumerate(zip(sums, following, strict=True)):
        value.add_incoming(ir.Constant(vector, [float(number)] * lanes), entry)
        value.add_incoming(new, body)
    done = builder.add(turn, ir.Constant(i64, 1))
    turn.add_incoming(done, body)
    builder.cbranch(builder.icmp_signed("<", done, function.args[0]), body, end)
    builder.position_at_end(end)
    total = following[0]
    for value in following[1:]:
        total = builder.fadd(total, value)
    builder.ret(builder.extract_element(total, ir.Constant(ir.IntType(32), 0)))
    return module


class Limit:
    """The loop, ready to be timed on any number of threads at once."""

    def __init__(self):
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        lanes = _lanes()
        machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
        )
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(str(_module(lanes))), machine)
        self._engine.finalize_object()
        kind = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_int64, ctypes.c_float)
        self._loop = kind(self._engine.get_function_address("loop"))
        self._work = 2 * SUMS * lanes * TURNS

    def speed(self, threads):
        """Operations a second of `threads` loops side by side; a multiplication and an addition are two."""
        helpers = [threading.Thread(target=self._loop, args=(TURNS, 0.5)) for _ in range(threads - 1)]
        began = time.perf_counter()
        for helper in helpers:
            helper.start()
        self._loop(TURNS, 0.5)
        for helper in helpers:
            helper.join()
        return threads * self._work / (time.perf_counter() - began)
