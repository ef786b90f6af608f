"""The locally connected layer: a convolution's connections, none of its weights shared."""

from dataclasses import dataclass

from cnnbuilder.design.parameters import choice
from cnnbuilder.design.shape import Shape
from cnnbuilder.design.sharing import LOCAL
from cnnbuilder.layers.windows import Windows
from cnnbuilder.operations import Untied


@dataclass(frozen=True)
class LocallyConnected(Windows, kind="locally_connected", group="Convolution", label="Locally connected"):
    """Slide filters over the input, with other weights at every place."""

    way = LOCAL

    bias: str = choice(
        "unit",
        {"unit": "per unit", "channel": "per channel", "none": "none"},
        help="One number added for each value of each map, for each map, or none.",
    )

    def operation(self, x: Shape) -> Untied:
        rows, columns = self.axes(x)
        bias = "kernel" if self.bias == "unit" else self.bias
        return Untied(x[0], self.filters, rows, columns, self.groups, None, bias)
