"""Padding (lecture notes 4.10: implicit zeros, and three special cases)."""

from collections.abc import Callable

from cnnbuilder.app.laboratory.building import branches, conv, image, sample_picture
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import show_pair

DEEP = ("1", "2", "3")


def _deep() -> Design:
    return branches(
        "A kernel of width 6 at every layer",
        image(16),
        [conv(f"bare{n}", 1, 6) for n in DEEP],
        [conv(f"padded{n}", 1, 6, padding="same") for n in DEEP],
    )


def _deep_now(name: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        ids = [id for id in read.design.blocks if id.startswith(name)]
        widths = [str(read.size(id)[1]) for id in ("image", *ids)]
        return f"{name}: {' → '.join(widths)} pixels wide."

    return told


def _places(read: Reading) -> str:
    rows, columns = read.size("bare3")
    if (rows, columns) == (1, 1):
        return "The kernel of bare3 has <b>one</b> place: it never moves, so only two of the three layers convolve."
    return f"The kernel of bare3 has {rows * columns} places to move to."


def _cases() -> Design:
    return branches(
        "Valid, same, full",
        image(12),
        [conv("valid", 1, 5)],
        [conv("same", 1, 5, padding="same")],
        [conv("full", 1, 5, padding="full")],
        [conv("between", 1, 5, padding=1)],
    )


def _case_now(id: str, formula: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        kernel = read.param(id, "kernel_size")[0]
        return f"<b>{id}</b> ({formula}): m = {read.size('image')[0]}, k = {kernel}, {show_pair(read.size(id))}."

    return told


def _reached(id: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        import numpy as np

        from cnnbuilder.explain.connectivity import connectivity

        read.shape(id)
        channels, rows, columns = read.shape("image")
        found = connectivity(read.design.with_graph(read.report.graph), id)
        counts = np.bincount(found.inputs, minlength=channels * rows * columns).reshape(channels, rows, columns)[0]
        return (
            f"<b>{id}</b>: the corner pixel reaches {counts[0, 0]}, one in the middle of a side "
            f"{counts[0, columns // 2]}, the one in the middle {counts[rows // 2, columns // 2]}."
        )

    return told


CHAPTER = Chapter(
    "Padding",
    (
        Experiment(
            "depth",
            "Shrinking with depth",
            "How many layers with a kernel of width 6 fit on 16 pixels?",
            _deep,
            (
                "Without padding each layer takes kernel − 1 pixels off the width. With implicit zeros the size stays, "
                "and a network can be as deep as one likes.",
                _deep_now("bare"),
                _deep_now("padded"),
                _places,
            ),
            (
                "Press Tab behind bare3 and add a fourth convolution of width 6: Problems says why it cannot be.",
                "Do the same behind padded3.",
            ),
            ("costs", "maps"),
            "bare3",
            None,
            lambda: sample_picture("seven.png"),
        ),
        Experiment(
            "cases",
            "Valid, same, full, and what lies between",
            "How many zeros should there be?",
            _cases,
            (
                "Three special cases have names; the best number often lies between <i>valid</i> and <i>same</i>.",
                _case_now("valid", "no zeros: m − k + 1"),
                _case_now("same", "as large as the input: m"),
                _case_now("full", "each pixel is visited k times each way: m + k − 1"),
                _case_now("between", "one zero at each side"),
            ),
            ("Set all four kernels to 3: how much does each shrink or grow?",),
            ("maps",),
            "valid",
            None,
            lambda: sample_picture("zero.png"),
        ),
        Experiment(
            "reach",
            "How many outputs each pixel reaches",
            "Are the pixels at the border worth as much as the others?",
            _cases,
            (
                "Near the border a pixel lies under fewer windows, so it influences fewer outputs: the border is "
                "underrepresented. Counted over all connections that are computed, in outputs:",
                _reached("valid"),
                _reached("same"),
                _reached("full"),
                _reached("between"),
            ),
            ("Click a pixel in the picture's map: the frames in the maps behind it show which values it reaches.",),
            ("maps",),
            "image",
            (0, 0, 0),
            lambda: sample_picture("zero.png"),
        ),
    ),
)
