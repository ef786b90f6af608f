"""Going backward (lecture notes 4.10: the transpose of a convolution, and the three operations c, g, h)."""

from math import prod
from typing import Any

from cnnbuilder.app.laboratory.building import block, branches, conv, image, relu, sample_picture
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import plural, show_pair


def _transposed(id: str, filters: int, size: int, **params: Any) -> dict[str, Any]:
    return {**conv(id, filters, size, **{"padding": 0, **params}), "kind": "transposed_conv"}


def _matrix() -> Design:
    return branches("The matrix of a convolution", image(4), [conv("conv1", 1, 3, bias="none")])


def _matrix_now(read: Reading) -> str:
    columns, rows, weights = prod(read.shape("image")), prod(read.shape("conv1")), prod(read.weight("conv1"))
    return (
        f"The matrix has {plural(rows, 'row')} (outputs) and {plural(columns, 'column')} (inputs), {rows * columns} "
        f"places, but only {plural(weights, 'different weight')}."
    )


def _told() -> Design:
    def way(name: str, size: int) -> list[dict[str, Any]]:
        return [
            block(f"size_{name}", "adaptive_pool", height=size, width=size, mode="average"),
            conv(f"conv_{name}", 1, 3, stride=2, bias="none"),
            _transposed(f"back_{name}", 1, 3, stride=2, bias="none", output_size=[size, size]),
        ]

    return branches("The transpose must be told its size", image(12), way("five", 5), way("six", 6))


def _told_now(read: Reading) -> str:
    small, large = read.size("size_five"), read.size("size_six")
    one, other = read.size("conv_five"), read.size("conv_six")
    same = "the same" if one == other else "another"
    return (
        f"A kernel of {read.param('conv_five', 'kernel_size')[0]} with stride {read.param('conv_five', 'stride')[0]} "
        f"makes {show_pair(one)} of {show_pair(small)}, and {show_pair(other)} of {show_pair(large)}: {same} size."
    )


def _back(read: Reading) -> str:
    return (
        f"back_five is told {show_pair(read.size('back_five'))}, back_six {show_pair(read.size('back_six'))}: from the "
        "output's size alone nobody could know."
    )


def _reconstruct() -> Design:
    return branches(
        "Reconstruct a picture",
        image(28),
        [
            conv("hidden", 8, 5, padding="same", bias="none"),
            _transposed("visible", 1, 5, padding=[2, 2, 2, 2], bias="none"),
        ],
    )


def _reconstruct_weights() -> dict[str, Any]:
    """Strokes and their negatives, as filters: one orientation each."""
    import numpy as np

    rows, columns = np.mgrid[-2:3, -2:3].astype(np.float32)
    kernels = []
    for angle in np.linspace(0, np.pi, 8, endpoint=False):
        across = rows * np.cos(angle) + columns * np.sin(angle)
        kernels.append(np.exp(-(across**2)) - np.exp(-(across**2)).mean() * 0.8)
    weight = np.array(kernels, np.float32)[:, None]
    weight /= np.sqrt((weight**2).sum())
    return {"hidden.weight": weight, "visible.weight": weight}


def _alike(read: Reading) -> str:
    import numpy as np

    before, after = read.output("image").reshape(-1), read.output("visible").reshape(-1)
    if before.shape != after.shape:
        return f"Now the reconstruction has another size: {read.show('visible')}."
    alike = float(np.corrcoef(before, after)[0, 1])
    return f"Picture and reconstruction are alike to <b>{alike:.0%}</b> (the correlation of their values)."


def _same_weights(read: Reading) -> str:
    one, other = read.weight("hidden"), read.weight("visible")
    words = "the same array" if one == other else "another one now"
    return f"hidden's kernels are {' × '.join(map(str, one))}, those of visible {' × '.join(map(str, other))}: {words}."


def _three() -> Design:
    return branches(
        "The three operations",
        image(28),
        [
            conv("conv1", 4, 5),
            relu("relu1"),
            conv("conv2", 8, 5),
            relu("relu2"),
            block("flatten", "flatten"),
            block("dense", "dense", units=10),
            block("softmax", "softmax"),
        ],
    )


def _operation(letter: str, words: str, *names: str) -> Any:
    def told(read: Reading) -> str:
        arrays = [read.output(name) if letter == "c" else read.gradient(name) for name in names]
        return f"<b>{letter}</b> {words}: {', '.join(' × '.join(map(str, array.shape)) for array in arrays)}."

    return told


def _enough(read: Reading) -> str:
    learnt = [id for id in read.design.blocks if read.report.parameters.get(id)]
    return (
        f"With c, g and h all {plural(read.report.total_parameters, 'parameter')} of {', '.join(learnt)} get their "
        "gradients, however deep the network is."
    )


CHAPTER = Chapter(
    "Going backward",
    (
        Experiment(
            "matrix",
            "The matrix of a convolution and its transpose",
            "What does a gradient do on its way back through a convolution?",
            _matrix,
            (
                "A convolution is a multiplication by a matrix in which most places are 0 and equal weights stand "
                "along diagonals. The gradient on its way back is multiplied by the transpose of the same matrix.",
                _matrix_now,
            ),
            ("Set the stride to 2, then the padding to same: watch the matrix.",),
            ("connectivity", "pixel"),
            "conv1",
            (0, 0, 0),
            lambda: sample_picture("four.png"),
            mode="matrix",
        ),
        Experiment(
            "told",
            "One output size from several input sizes",
            "Why must the transpose be told its size?",
            _told,
            (
                "With a stride, inputs of several sizes give outputs of one size, so the way back is not decided by "
                "the output's size alone.",
                _told_now,
                _back,
            ),
            ("Ask back_five for 7 × 7: Problems names the sizes that are possible.",),
            ("maps",),
            "back_six",
            None,
            lambda: sample_picture("two.png"),
        ),
        Experiment(
            "reconstruct",
            "Reconstruct a picture",
            "Can one see again what the hidden units saw?",
            _reconstruct,
            (
                "Autoencoders, restricted Boltzmann machines and sparse coding rebuild the visible units from the "
                "hidden ones, by the transpose of the convolution with its own weights.",
                _same_weights,
                _alike,
            ),
            ("Set the filters of hidden to 2 and see how much is lost.", "Draw a digit of your own."),
            ("maps", "kernels"),
            "visible",
            None,
            lambda: sample_picture("five.png"),
            _reconstruct_weights,
        ),
        Experiment(
            "three",
            "Three operations train any depth",
            "What does one need to train a convolutional network?",
            _three,
            (
                "Three operations are enough for every gradient of a convolutional network of any depth.",
                _operation("c", "makes the output Z of the kernels K and the input V", "conv2"),
                _operation("g", "makes dJ/dK of the gradient G = dJ/dZ and the input V", "conv2", "conv2.weight"),
                _operation("h", "makes dJ/dV of the kernels K and the gradient G", "relu1"),
                _enough,
            ),
            (
                "In One pixel press B to see the terms of h; click a weight's gradient to see those of g.",
                "Choose another class to go backward from, in the bar above.",
            ),
            ("pixel", "gradients"),
            "conv2",
            (0, 9, 9),
            lambda: sample_picture("nine.png"),
        ),
    ),
)
