"""The notes' formulas with a block's numbers in them, as values that a screen can set as fractions."""

from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.design.window import Axis


@dataclass(frozen=True)
class Formula:
    """`left = numerator / denominator tail = result`; without a denominator, `left = numerator = result`."""

    left: str
    numerator: str
    result: str
    denominator: str = ""
    tail: str = ""
    rounding: str = ""
    """`down` or `up` where the division leaves a rest."""

    def __str__(self) -> str:
        if not self.denominator:
            middle = f"{self.numerator} = " if self.numerator else ""
            return f"{self.left} = {middle}{self.result}"
        brackets = {"": "({})", "down": "⌊({}", "up": "⌈({}"}[self.rounding].format(self.numerator)
        close = {"": "", "down": "⌋", "up": "⌉"}[self.rounding]
        divided = (
            f"{brackets} / {self.denominator}" if not self.rounding else f"{brackets}) / {self.denominator}{close}"
        )
        return f"{self.left} = {divided} {self.tail} = {self.result}"


def window_formula(left: str, axis: Axis) -> Formula:
    """`W₂ = (W₁ − F + 2P) / S + 1` with each side's padding and the dilation written apart."""
    dilated = f"− {axis.dilation}·({axis.kernel} − 1) − 1"
    covered = dilated if axis.dilation > 1 else f"− {axis.kernel}"
    padding = f" + {axis.before} + {axis.after}" if axis.before or axis.after else ""
    rounding = ""
    if axis.room % axis.stride:
        rounding = "up" if axis.ceil_mode and axis.output == -(-axis.room // axis.stride) + 1 else "down"
    return Formula(left, f"{axis.size} {covered}{padding}", str(axis.output), str(axis.stride), "+ 1", rounding)


def weights_formula(shapes: dict[str, Shape], total: int) -> str:
    """`5·5·1·6 + 6 = 156`: the sizes of every trained array, multiplied and added."""
    terms = ["·".join(str(n) for n in reversed(shape)) for shape in shapes.values()]
    return f"{' + '.join(terms)} = {total:,}" if terms else "0"
