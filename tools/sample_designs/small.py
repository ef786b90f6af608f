"""Small designs that each show one thing."""

from __future__ import annotations

from typing import Any

from sample_designs.blocks import DIGITS, block, chain, conv, dense, design, grey_image, max_pool, plain, relu


def notes_example() -> dict[str, Any]:
    return design(
        "One filter on 10 × 10", [grey_image(10), conv("conv1", 1, 3, padding="valid")], rows=[["image", "conv1"]]
    )


def kernel_six() -> dict[str, Any]:
    convolutions = [conv(f"conv{number}", 1, 6, padding="valid") for number in (1, 2, 3)]
    return design(
        "Kernel of width 6, no padding", [grey_image(16), *convolutions], rows=[["image", "conv1", "conv2", "conv3"]]
    )


def broken() -> dict[str, Any]:
    """Three branches that vote, and a problem in each of them."""
    return design(
        "Three problems to mend",
        [
            grey_image(28),
            conv("conv1", 6, 5, padding="same"),
            max_pool("pool1"),
            conv("conv2", 16, 5, padding="valid"),
            max_pool("pool2"),
            conv("conv3", 32, 7, padding="valid"),
            plain("flatten"),
            dense("dense1", 120),
            dense("dense2", 10),
            dense("dense3", 10),
            conv("conv4", 8, 3, padding="same"),
            block("add1", "add"),
            block("flatten2", "flatten"),
            dense("dense4", 10),
            block("vote", "add"),
            plain("softmax"),
        ],
        links=[
            *chain("image", "conv1", "pool1", "conv2", "pool2"),
            *chain("pool2", "conv3", "flatten", "dense1", "dense2", "vote"),
            ("pool2", "dense3", 0),
            ("dense3", "vote", 1),
            ("pool1", "conv4", 0),
            ("pool1", "add1", 0),
            ("conv4", "add1", 1),
            *chain("add1", "flatten2", "dense4"),
            ("dense4", "vote", 2),
            ("vote", "softmax", 0),
        ],
        labels=DIGITS,
        rows=[
            ["image", "conv1", "pool1", "conv2", "pool2", "conv3", "flatten", "dense1", "dense2"],
            [None, None, None, None, None, "dense3", None, None, None, "vote", "softmax"],
            [None, None, None, "conv4", "add1", "flatten2", "dense4"],
        ],
    )


def any_size() -> dict[str, Any]:
    """A network whose shapes follow the picture, down to a pyramid of 4 × 4, 2 × 2 and 1 places that has one size for
    all: K. He et al., "Spatial pyramid pooling in deep convolutional networks" (2014)."""
    pyramid = [
        block("pool_4x4", "adaptive_pool", height=4, width=4, mode="max"),
        block("flatten_4x4", "flatten"),
        block("pool_2x2", "adaptive_pool", height=2, width=2, mode="max"),
        block("flatten_2x2", "flatten"),
        block("pool_whole", "global_pool", mode="max"),
        block("flatten_whole", "flatten"),
    ]
    links = chain("image", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "conv3", "relu3")
    for number, part in enumerate(("4x4", "2x2", "whole")):
        links += [*chain("relu3", f"pool_{part}", f"flatten_{part}"), (f"flatten_{part}", "concat", number)]
    links += chain("concat", "dense", "softmax")
    return design(
        "Pictures of any size",
        [
            block("image", "input", channels=3, height=300, width=451, size="picture", scale="0-1"),
            conv("conv1", 16, 5, stride=[2, 2], padding="same"),
            relu("relu1"),
            max_pool("pool1"),
            conv("conv2", 32, 3, padding="same"),
            relu("relu2"),
            max_pool("pool2"),
            conv("conv3", 64, 3, padding="same"),
            relu("relu3"),
            *pyramid,
            plain("concat"),
            dense("dense", 10),
            plain("softmax"),
        ],
        links=links,
        rows=[
            ["image", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2"],
            ["conv3", "relu3", "pool_4x4", "flatten_4x4", "concat", "dense", "softmax"],
            [None, None, "pool_2x2", "flatten_2x2"],
            [None, None, "pool_whole", "flatten_whole"],
        ],
    )
