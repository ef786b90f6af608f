"""Size and stride (lecture notes 4.6, 4.10 A)."""

from typing import Any

from cnnbuilder.app.laboratory.building import block, branches, conv, image, sample_picture
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import grouped, show_pair


def _sizes() -> Design:
    return branches("Filter, input and output size", image(10), [conv("conv1", 1, 3)])


def _sizes_now(read: Reading) -> str:
    (height, _), (out, _), (kernel, _) = read.size("image"), read.size("conv1"), read.param("conv1", "kernel_size")
    top, bottom, *_ = _sides(read, "conv1")
    stride = read.param("conv1", "stride")[0]
    padding = f" + {top + bottom}" if top + bottom else ""
    return (
        f"Now: H₂ = ({height} − {kernel}{padding}) / {stride} + 1 = <b>{out}</b>, and as many maps as there are "
        f"filters: <b>{read.show('conv1')}</b>."
    )


def _sides(read: Reading, id: str) -> tuple[int, int, int, int]:
    from cnnbuilder.design.window import resolve

    names = ("padding", "kernel_size", "stride", "dilation")
    padding, kernel, stride, dilation = (read.param(id, name) for name in names)
    return resolve(padding, read.size("image"), kernel, stride, dilation)


def _sizes_parameters(read: Reading) -> str:
    filters, channels, rows, columns = read.weight("conv1")
    biases = read.parameters("conv1") - filters * channels * rows * columns
    count = "there is one of them:" if filters == 1 else f"{filters} of them make"
    return (
        f"One filter has {rows} · {columns} · {channels} = {rows * columns * channels} weights"
        f"{' and a bias' if biases else ''}; {count} <b>{grouped(read.parameters('conv1'))}</b> "
        "parameters, however large the picture is."
    )


def _stride() -> Design:
    whole = conv("every", 1, 3, padding="same")
    return branches(
        "A stride is down-sampling",
        image(28),
        [conv("strided", 1, 3, stride=2, padding=[1, 1, 1, 1])],
        [{**whole, "params": {**whole["params"], "padding": [1, 1, 1, 1]}}, _every_second("sampled")],
    )


def _every_second(id: str) -> dict[str, Any]:
    """Keeps every second value: the largest of windows of one cell."""
    return block(id, "max_pool", pool_size=[1, 1], stride=[2, 2])


def _stride_weights() -> dict[str, Any]:
    import numpy as np

    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32)[None, None] / 4
    bias = np.zeros(1, np.float32)
    return {
        f"{id}.{name}": array for id in ("strided", "every") for name, array in (("weight", kernel), ("bias", bias))
    }


def _stride_equal(read: Reading) -> str:
    import numpy as np

    one, two = read.output("strided"), read.output("sampled")
    if one.shape != two.shape:
        return f"Now the two ways differ in size: {read.show('strided')} and {read.show('sampled')}."
    largest = float(np.abs(one - two).max())
    return f"On this picture the two results {f'differ by at most {largest:.1e}' if largest else 'are <b>equal</b>'}."


def _stride_waste(read: Reading) -> str:
    once, twice = read.macs("strided"), read.macs("every")
    if not twice:
        return "Nothing is computed at every place now."
    return (
        f"The stride costs <b>{grouped(once)}</b> multiply-adds, convolving everywhere first <b>{grouped(twice)}</b>: "
        f"{1 - once / twice:.0%} of that work is thrown away."
    )


def _each_way() -> Design:
    return branches(
        "A stride for each direction",
        image(28),
        [conv("down", 1, 3, stride=[2, 1])],
        [conv("across", 1, 3, stride=[1, 2])],
        [conv("both", 1, 3, stride=[2, 3])],
    )


def _each_now(id: str) -> Any:
    def told(read: Reading) -> str:
        stride = read.param(id, "stride")
        return f"{id}: stride {stride[0]} down and {stride[1]} across, {show_pair(read.size(id))} places."

    return told


CHAPTER = Chapter(
    "Size and stride",
    (
        Experiment(
            "sizes",
            "Filter, input and output size",
            "How large is what a convolution gives, and how much does it learn?",
            _sizes,
            (
                "A filter of F × F slides over a map of W₁ columns, S cells at a time, with P zeros at each side: "
                "W₂ = (W₁ − F + 2P) / S + 1. Each of K filters gives one map: D₂ = K.",
                _sizes_now,
                _sizes_parameters,
            ),
            (
                "Set the kernel size of conv1 to 5, then to 11: the last one is larger than the picture.",
                "Set the stride to 2: a rest is left over, and a note says which pixels are never read.",
                "Give it 6 filters: 6 maps, and 6 times the parameters.",
            ),
            ("pixel", "maps"),
            "conv1",
            (0, 3, 3),
            lambda: sample_picture("three.png"),
        ),
        Experiment(
            "stride",
            "A stride is convolution and down-sampling",
            "What does a stride of 2 skip, and what does it save?",
            _stride,
            (
                "A convolution with a stride s gives the same as one with stride 1 of which every s-th value is kept. "
                "Both ways are drawn here, with the same weights.",
                _stride_equal,
                _stride_waste,
            ),
            ("Set the stride of strided to 3, and the stride of sampled to 3 as well.",),
            ("maps", "costs"),
            "strided",
            None,
            lambda: sample_picture("eight.png"),
            _stride_weights,
        ),
        Experiment(
            "stride-each",
            "A stride for each direction",
            "Must one skip as many rows as columns?",
            _each_way,
            (
                "The stride can be another one down than across: what is fine in one direction is kept.",
                _each_now("down"),
                _each_now("across"),
                _each_now("both"),
            ),
            ("Give down a stride of 4 × 1 and look at its map: flat, and still as wide.",),
            ("maps",),
            "down",
            None,
            lambda: sample_picture("two.png"),
        ),
    ),
)
