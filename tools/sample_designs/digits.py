"""Networks for handwritten digits: LeNet-5 and its relatives, and an autoencoder."""

from __future__ import annotations

from typing import Any

from sample_designs.blocks import DIGITS, Block, block, conv, dense, design, grey_image, max_pool, plain, relu


def lenet5() -> dict[str, Any]:
    return design(
        "LeNet-5",
        [
            grey_image(28),
            conv("conv1", 6, 5, padding="same"),
            relu("relu1"),
            max_pool("pool1"),
            conv("conv2", 16, 5, padding="valid"),
            relu("relu2"),
            max_pool("pool2"),
            plain("flatten"),
            dense("dense1", 120),
            relu("relu3"),
            dense("dense2", 84),
            relu("relu4"),
            dense("dense3", 10),
            plain("softmax"),
        ],
        labels=DIGITS,
        rows=[
            ["image", "conv1", "relu1", "pool1", "conv2"],
            ["relu2", "pool2", "flatten", "dense1", "relu3"],
            ["dense2", "relu4", "dense3", "softmax"],
        ],
    )


# Table I of the paper: for each map of C3 the maps of S2 that it reads.
TABLE_I = [
    *([number, (number + 1) % 6, (number + 2) % 6] for number in range(6)),
    *([number, (number + 1) % 6, (number + 2) % 6, (number + 3) % 6] for number in range(6)),
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
]


def squash(id: str) -> Block:
    return block(id, "activation", function="tanh")


def subsampling(name: str, channels: int) -> list[Block]:
    """The mean of 2 × 2, times a coefficient, plus a bias: one of each a map."""
    return [
        block(f"{name}_mean", "average_pool", pool_size=[2, 2], stride=[2, 2]),
        conv(f"{name}_scale", channels, 1, groups=channels),
        squash(f"{name}_tanh"),
    ]


def lenet_1998() -> dict[str, Any]:
    """Y. LeCun et al., "Gradient-based learning applied to document recognition" (1998); see docs/lenet-1998.md."""
    # The authors' values: −0.1 for what is empty, 1.175 for ink.
    image = grey_image(28)
    image["params"] |= {"mean": [round(0.1 / 1.275, 9)], "deviation": [round(1 / 1.275, 9)]}
    return design(
        "LeNet-5 of 1998",
        [
            image,
            block("frame", "pad", padding=[2, 2, 2, 2], mode="edge"),
            conv("c1", 6, 5),
            squash("c1_tanh"),
            *subsampling("s2", 6),
            conv("c3", 16, 5, connections=[sorted(row) for row in TABLE_I]),
            squash("c3_tanh"),
            *subsampling("s4", 16),
            conv("c5", 120, 5),
            squash("c5_tanh"),
            plain("flatten"),
            dense("f6", 84),
            squash("f6_tanh"),
            block("output", "dense", units=10, bias=False),
            plain("softmax"),
        ],
        labels=DIGITS,
        rows=[
            ["image", "frame", "c1", "c1_tanh", "s2_mean", "s2_scale", "s2_tanh"],
            ["c3", "c3_tanh", "s4_mean", "s4_scale", "s4_tanh"],
            ["c5", "c5_tanh", "flatten", "f6", "f6_tanh", "output", "softmax"],
        ],
    )


def relative(name: str, kind: str, **params: Any) -> dict[str, Any]:
    """LeNet-5 with its two convolutions replaced by blocks of another kind."""
    found = lenet5()
    found["name"] = name
    for one in found["blocks"]:
        if one["kind"] == "conv":
            one["kind"] = kind
            one["params"] |= params
    return found


def lenet_local() -> dict[str, Any]:
    return relative("LeNet-5, locally connected", "locally_connected")


def lenet_tiled() -> dict[str, Any]:
    return relative("LeNet-5, tiled 2 × 2", "tiled_conv", tiles=[2, 2])


def halving(id: str, filters: int) -> Block:
    return conv(id, filters, 3, stride=[2, 2], padding=1)


def transposed(id: str, filters: int, size: int, **params: Any) -> Block:
    return block(id, "transposed_conv", filters=filters, kernel_size=[size, size], **params)


def autoencoder() -> dict[str, Any]:
    """A digit through 32 numbers and back: each transposed convolution undoes the size of the convolution across."""
    doubled = {"stride": [2, 2], "padding": 1, "output_padding": [1, 1]}
    return design(
        "Autoencoder for digits",
        [
            grey_image(28),
            halving("conv1", 8),
            relu("relu1"),
            halving("conv2", 16),
            relu("relu2"),
            conv("code", 32, 7, padding="valid"),
            transposed("grow1", 16, 7),
            relu("relu3"),
            transposed("grow2", 8, 3, **doubled),
            relu("relu4"),
            transposed("grow3", 1, 3, **doubled),
            block("picture", "activation", function="sigmoid"),
        ],
        rows=[
            ["image", "conv1", "relu1", "conv2", "relu2", "code"],
            ["grow1", "relu3", "grow2", "relu4", "grow3", "picture"],
        ],
    )
