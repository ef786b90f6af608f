"""Sharing of weights (lecture notes 4.8, 4.9, 4.10 B and C, biases)."""

from collections.abc import Callable
from math import prod
from typing import Any

from cnnbuilder.app.laboratory.building import block, branches, conv, image, sample_picture
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import grouped, plural, show_pair


def _local(id: str, filters: int, size: Any, **params: Any) -> dict[str, Any]:
    return {**conv(id, filters, size, **params), "kind": "locally_connected"}


def _tiled(id: str, filters: int, size: Any, tiles: int, **params: Any) -> dict[str, Any]:
    return {**conv(id, filters, size, tiles=[tiles, tiles], **params), "kind": "tiled_conv"}


def _four() -> Design:
    return branches(
        "16 weights or 4",
        image(4),
        [_local("unshared", 1, 2, stride=2, bias="none")],
        [conv("shared", 1, 2, stride=2, bias="none")],
    )


def _weights(id: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        count = prod(read.weight(id))
        return f"<b>{id}</b>: applied at {prod(read.size(id))} places, {plural(count, 'weight')} in all."

    return told


def _ways() -> Design:
    return branches(
        "Untied, tiled, convolution",
        image(8),
        [_local("untied", 1, 3)],
        [_tiled("tiled_2", 1, 3, 2)],
        [_tiled("tiled_6", 1, 3, 6)],
        [_tiled("tiled_1", 1, 3, 1)],
        [conv("convolution", 1, 3)],
    )


def _counted(id: str, words: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        return (
            f"<b>{id}</b> ({words}): {plural(read.parameters(id), 'parameter')} at {show_pair(read.size(id))} places."
        )

    return told


def _letters() -> Design:
    one = image(1, 5)
    return branches(
        "Local, convolutional, full",
        one,
        [_local("local", 1, (1, 2), padding=[0, 0, 0, 1], bias="none")],
        [conv("shared", 1, (1, 2), padding=[0, 0, 0, 1], bias="none")],
        [block("flatten", "flatten"), block("full", "dense", units=5, bias=False)],
    )


def _edges(id: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        import numpy as np

        from cnnbuilder.explain.connectivity import connectivity

        read.shape(id)
        found = connectivity(read.design.with_graph(read.report.graph), id)
        return (
            f"<b>{id}</b>: {plural(len(found.outputs), 'connection')}, "
            f"{plural(len(np.unique(found.weights)), 'different weight')}."
        )

    return told


GROUPS = (1, 2, 4, 8)


def _restricted() -> Design:
    rows = [[conv(f"groups_{groups}", 8, 3, padding="same", groups=groups)] for groups in GROUPS]
    return branches("Restricted channels", [image(28), conv("maps", 8, 3, padding="same")], *rows)


def _cost(groups: int) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        id = f"groups_{groups}"
        weights, forward = prod(read.weight(id)), read.macs(id)
        return (
            f"<b>{id}</b>: {plural(weights, 'weight')} ({4 * weights / 1024:.1f} KB), {grouped(forward)} multiply-adds "
            f"forward, {grouped(2 * forward)} backward."
        )

    return told


def _bias() -> Design:
    return branches(
        "Where biases are shared",
        image(8),
        [_local("each_unit", 2, 3)],
        [_tiled("each_tile", 2, 3, 2)],
        [conv("each_map", 2, 3)],
        [conv("each_place", 2, 3, bias="location")],
    )


def _biases(id: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        shape = read.weight(id, "bias")
        sizes = f"{' × '.join(map(str, shape))} = " if len(shape) > 1 else ""
        return f"<b>{id}</b>: {sizes}{grouped(prod(shape))} {'bias' if prod(shape) == 1 else 'biases'}."

    return told


def _digit() -> Any:
    return sample_picture("three.png")


CHAPTER = Chapter(
    "Sharing weights",
    (
        Experiment(
            "sixteen",
            "16 weights or 4",
            "What does it mean that weights are shared?",
            _four,
            (
                "A picture of 4 × 4 and a filter of 2 × 2 with stride 2: the filter is applied four times.",
                _weights("unshared"),
                _weights("shared"),
                "Sharing makes fewer weights to learn, and a feature is found wherever it lies.",
            ),
            ("Select unshared and click <i>convolution</i> below “The same connections as”: it becomes shared.",),
            ("connectivity", "kernels"),
            "unshared",
            (0, 0, 0),
            _digit,
        ),
        Experiment(
            "tiles",
            "From untied to convolution",
            "What lies between a weight for every connection and one kernel for all?",
            _ways,
            (
                "The connections are the same in all five; what differs is which of them share a weight. After t "
                "places the first kernel comes again: t = 1 is a convolution, t = the output's width is untied.",
                _counted("untied", "nothing is shared"),
                _counted("tiled_6", "t = 6, the output's width"),
                _counted("tiled_2", "t = 2"),
                _counted("tiled_1", "t = 1"),
                _counted("convolution", "one kernel"),
            ),
            ("Draw the slider of the Connectivity view from one end to the other, and undo it all with Ctrl+Z.",),
            ("connectivity", "kernels"),
            "tiled_2",
            (0, 0, 0),
            _digit,
        ),
        Experiment(
            "letters",
            "Local, convolutional, fully connected",
            "How does a convolution differ from a dense layer?",
            _letters,
            (
                "Five inputs and five outputs, as in the figure with the letters: each letter is a weight.",
                _edges("local"),
                _edges("shared"),
                _edges("full"),
                "The first two have the same connections; the dense layer assumes nothing about its input.",
            ),
            ("Select full and look at its connections: every output reads every input.",),
            ("connectivity",),
            "shared",
            (0, 0, 2),
            _digit,
        ),
        Experiment(
            "restricted",
            "Restricted channels",
            "What if an output channel reads only some of the input channels?",
            _restricted,
            (
                "In groups each output channel is made of only a part of the input channels: less memory, fewer "
                "multiply-adds forward and backward, and fewer numbers to learn from the same pictures.",
                *(_cost(groups) for groups in GROUPS),
            ),
            ("List connections of your own in the form of groups_1: the sparse layer of LeNet-5 was made so.",),
            ("costs", "connectivity"),
            "groups_2",
            None,
            _digit,
        ),
        Experiment(
            "biases",
            "Biases: per unit, tile, map, place",
            "Who shares a bias?",
            _bias,
            (
                "A locally connected layer gives each unit its own bias; a tiled one shares biases in the pattern of "
                "its kernels; a convolution has one for each map, or, for pictures of one size, one for each place.",
                _biases("each_unit"),
                _biases("each_tile"),
                _biases("each_map"),
                _biases("each_place"),
            ),
            ("Change the picture's size: which of them grow with it?",),
            ("kernels", "costs"),
            "each_tile",
            None,
            _digit,
        ),
    ),
)
