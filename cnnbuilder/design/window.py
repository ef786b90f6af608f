"""The arithmetic of sliding windows: paddings, output sizes, and what a window leaves out.

Sizes follow V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), and the
lecture notes' `W₂ = (W₁ − F + 2P) / S + 1`, with each side's padding and the dilation written apart.
"""

from dataclasses import dataclass
from math import gcd

from cnnbuilder.design.shape import Pair

Padding = str | int | tuple[int, ...]
"""`"valid"`, `"same"`, `"full"`, one number, `(vertical, horizontal)` or `(top, bottom, left, right)`."""


def spread(kernel: int, dilation: int) -> int:
    """How many cells a kernel of `kernel` taps covers from its first to its last."""
    return dilation * (kernel - 1) + 1


@dataclass(frozen=True)
class Axis:
    """One axis of a sliding window: its input size and everything that decides its output size."""

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    ceil_mode: bool = False

    @property
    def spread(self) -> int:
        """The cells from the kernel's first tap to its last."""
        return spread(self.kernel, self.dilation)

    @property
    def room(self) -> int:
        """How far the window can move in all; negative if the kernel is larger than its padded input."""
        return self.size + self.before + self.after - self.spread

    @property
    def output(self) -> int:
        """The number of window positions; not positive if there is none."""
        if not self.ceil_mode:
            return self.room // self.stride + 1
        positions = -(-self.room // self.stride) + 1
        # The last window counts only if it starts inside the input or the padding before it.
        if positions > 1 and (positions - 1) * self.stride >= self.size + self.before:
            positions -= 1
        return positions

    @property
    def unreached(self) -> int:
        """How many of the last input cells no window reaches because the division leaves a rest."""
        end = (self.output - 1) * self.stride - self.before + self.spread
        return max(0, self.size - max(end, 0))

    def start(self, position: int) -> int:
        """The input cell under the first tap of window `position`; negative inside the padding before."""
        return position * self.stride - self.before

    def cells(self, position: int) -> tuple[int, int, int]:
        """`(start, stop, counted)` of an undilated window: its cells clipped to the input, and how many lie in
        input and padding together (never beyond, where only `ceil_mode` reaches)."""
        start = self.start(position)
        stop = start + self.kernel
        counted = min(stop, self.size + self.after) - start
        return max(start, 0), min(stop, self.size), counted

    def readers(self, cell: int) -> int:
        """How many window positions read input cell `cell`."""
        # Position j reads it with tap m where j · stride + m · dilation = offset: every `step`-th j from some first on.
        offset = cell + self.before
        common = gcd(self.stride, self.dilation)
        if offset % common:
            return 0
        step = self.dilation // common
        low = max(-((self.spread - 1 - offset) // self.stride), 0)
        high = min(offset // self.stride, self.output - 1)
        first = low + (offset // common * pow(self.stride // common, -1, step) - low) % step
        return max((high - first) // step + 1, 0)


def resolve(padding: Padding, sizes: Pair, kernel: Pair, stride: Pair, dilation: Pair) -> tuple[int, int, int, int]:
    """The cells added at top, bottom, left and right by `padding` in any of its forms."""
    if padding == "valid":
        return (0, 0, 0, 0)
    if padding in ("same", "full"):
        sides: list[int] = []
        for n, k, s, d in zip(sizes, kernel, stride, dilation, strict=True):
            if padding == "full":
                sides += [d * (k - 1)] * 2
            else:
                total = max((-(-n // s) - 1) * s + spread(k, d) - n, 0)
                sides += [total // 2, total - total // 2]
        return (sides[0], sides[1], sides[2], sides[3])
    if isinstance(padding, int):
        return (padding,) * 4
    if isinstance(padding, tuple) and len(padding) == 2:
        return (padding[0], padding[0], padding[1], padding[1])
    if isinstance(padding, tuple) and len(padding) == 4:
        return (padding[0], padding[1], padding[2], padding[3])
    raise ValueError(f"not a padding: {padding!r}")


def axes(
    sizes: Pair,
    kernel: Pair,
    stride: Pair = (1, 1),
    dilation: Pair = (1, 1),
    padding: Padding = "valid",
    ceil_mode: bool = False,
) -> tuple[Axis, Axis]:
    """The vertical and the horizontal axis of a window over a map of `sizes`."""
    top, bottom, left, right = resolve(padding, sizes, kernel, stride, dilation)
    rows = Axis(sizes[0], kernel[0], stride[0], dilation[0], top, bottom, ceil_mode)
    columns = Axis(sizes[1], kernel[1], stride[1], dilation[1], left, right, ceil_mode)
    return rows, columns
