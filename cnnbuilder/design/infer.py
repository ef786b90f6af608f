"""What one layer makes of its input shapes, remembered by value: the same question is answered once."""

from dataclasses import dataclass
from functools import lru_cache

from cnnbuilder.design.layer import Layer, Weight
from cnnbuilder.design.problem import Misfit, Remark
from cnnbuilder.design.shape import Shape, plural, size

REMEMBERED = 20_000
"""How many answers are kept; some thousand blocks at every keystroke."""


@dataclass(frozen=True)
class Inference:
    """What a layer is on inputs of given shapes; `shape` is None if they do not fit."""

    shape: Shape | None
    misfit: Misfit | None = None
    remarks: tuple[Remark, ...] = ()
    weights: tuple[tuple[str, Weight], ...] = ()
    parameters: int = 0


@lru_cache(REMEMBERED)
def infer(layer: Layer, inputs: tuple[Shape, ...]) -> Inference:
    """Shape, weights and remarks of `layer` on inputs of these shapes."""
    low, high = layer.inputs
    if len(inputs) < low or (high is not None and len(inputs) > high):
        return Inference(None, _wrong_number(layer, len(inputs)))
    shape = layer.output_shape(*inputs)
    if isinstance(shape, Misfit):
        return Inference(None, shape)
    weights = layer.weights(*inputs)
    parameters = sum(weight.count for weight in weights.values() if weight.trained)
    return Inference(shape, None, tuple(layer.remarks(*inputs)), tuple(weights.items()), parameters)


def _wrong_number(layer: Layer, count: int) -> Misfit:
    low, high = layer.inputs
    if count < low:
        if low == 1:
            return Misfit("missing-input", "{block} has no input: join a block before it.", "has no input")
        wanted = f"{low}" if low == high else f"{low} or more"
        return Misfit("missing-input", f"{{block}} joins {wanted} inputs and has {count}.", f"needs {wanted} inputs")
    if high == 0:
        return Misfit(
            "too-many-inputs", "{block} is where the picture comes in and reads no other block.", "takes no input"
        )
    return Misfit(
        "too-many-inputs", f"{{block}} reads {plural(high or 0, 'input')} and is joined to {count}.", "too many inputs"
    )


@lru_cache(REMEMBERED)
def macs(layer: Layer, inputs: tuple[Shape, ...]) -> int:
    """Multiplications by a weight for one picture."""
    if not layer.weights(*inputs):
        return 0
    return sum(operation.macs for operation in layer.lower(*inputs))


def value_bytes(shape: Shape | None) -> int:
    """One picture's output in float32; 0 if its shape is unknown."""
    return 0 if shape is None else 4 * size(shape)
