"""A block turned over in registers: what lay along rows lies along columns.

As many rows as a vector has lanes are loaded, and exchanged in halves, quarters, … of blocks until rows are columns:
64 shuffles for 16×16 values. Value by value a turn takes a load and a store each, three times as long. Emitted as LLVM
text: the loop optimiser finds no shuffles in two nested loops.
"""

from typing import Any

from llvmlite import ir

from cnnbuilder.kernels.tile import F32, I32, I64, LANES


def emit_turn(builder: Any, arguments: Any) -> None:
    """Emit a call of the turn; with five arguments of the one behind a mask."""
    builder.call(_turn_function(builder.module, [argument.type for argument in arguments]), arguments)


def _turn_function(module: Any, operands: list[Any]) -> Any:
    """`turn(source[, mask], apart, target, target_apart)`."""
    masked = len(operands) == 5
    name = f"cnnbuilder_turn{'_masked' if masked else ''}"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), operands), name)
    function.linkage = "linkonce_odr"
    function.attributes.add("noinline")
    source = function.args[0]
    apart, target, target_apart = function.args[-3:]
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    rows = [_place(builder, source, apart, row) for row in range(LANES)]
    loaded = [_loaded(builder, row) for row in rows]
    if masked:
        zero = ir.Constant(ir.VectorType(F32, LANES), [0.0] * LANES)
        for row in range(LANES):
            other = _loaded(builder, _place(builder, function.args[1], apart, row))
            loaded[row] = builder.select(builder.fcmp_ordered("<=", other, zero), zero, loaded[row])
    for row, vector in enumerate(_turned(builder, loaded)):
        builder.store(vector, _place(builder, target, target_apart, row)).align = 4
    builder.ret_void()
    return function


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """Rows as columns: in step `half` each pair of rows that lie `half` apart exchanges the lanes that do."""
    half = 1
    while half < LANES:
        low = [lane if not lane & half else LANES + lane - half for lane in range(LANES)]
        high = [lane + half if not lane & half else LANES + lane for lane in range(LANES)]
        following = list(rows)
        for row in range(LANES):
            if not row & half:
                for place, lanes in ((row, low), (row + half, high)):
                    chosen = ir.Constant(ir.VectorType(I32, LANES), lanes)
                    following[place] = builder.shuffle_vector(rows[row], rows[row + half], chosen)
        rows, half = following, 2 * half
    return rows


def _place(builder: Any, pointer: Any, apart: Any, row: int) -> Any:
    moved = builder.gep(pointer, [builder.mul(apart, ir.Constant(I64, row))])
    return builder.bitcast(moved, ir.VectorType(F32, LANES).as_pointer())


def _loaded(builder: Any, place: Any) -> Any:
    vector = builder.load(place)
    vector.align = 4
    return vector
