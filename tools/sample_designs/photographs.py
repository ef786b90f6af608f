"""Networks for ImageNet's photographs, as torchvision builds them."""

from __future__ import annotations

from typing import Any

from sample_designs.blocks import Block, Link, block, chain, conv, dense, design, max_pool, photograph, plain, relu


def alexnet() -> dict[str, Any]:
    return design(
        "AlexNet",
        [
            photograph(),
            conv("conv1", 64, 11, stride=[4, 4], padding=2),
            relu("relu1"),
            max_pool("pool1", 3),
            conv("conv2", 192, 5, padding=2),
            relu("relu2"),
            max_pool("pool2", 3),
            conv("conv3", 384, 3, padding=1),
            relu("relu3"),
            conv("conv4", 256, 3, padding=1),
            relu("relu4"),
            conv("conv5", 256, 3, padding=1),
            relu("relu5"),
            max_pool("pool3", 3),
            plain("flatten"),
            block("dropout1", "dropout", rate=0.5),
            dense("dense1", 4096),
            relu("relu6"),
            block("dropout2", "dropout", rate=0.5),
            dense("dense2", 4096),
            relu("relu7"),
            dense("dense3", 1000),
            plain("softmax"),
        ],
    )


def vgg16() -> dict[str, Any]:
    blocks = [photograph()]
    for stage, (filters, depth) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1):
        for number in range(1, depth + 1):
            blocks += [conv(f"conv{stage}_{number}", filters, 3, padding=1), relu(f"relu{stage}_{number}")]
        blocks.append(max_pool(f"pool{stage}"))
    blocks += [
        plain("flatten"),
        dense("dense1", 4096),
        relu("relu6"),
        block("dropout1", "dropout", rate=0.5),
        dense("dense2", 4096),
        relu("relu7"),
        block("dropout2", "dropout", rate=0.5),
        dense("dense3", 1000),
        plain("softmax"),
    ]
    return design("VGG-16", blocks)


def residual_unit(name: str, source: str, filters: int, stride: int, project: bool) -> tuple[list[Block], list[Link]]:
    """Two convolutions and a way past them, which a 1×1 convolution fits to the size where it changes."""
    ids = [f"{name}_{part}" for part in ("conv1", "bn1", "relu1", "conv2", "bn2")]
    conv1, bn1, relu1, conv2, bn2 = ids
    add, relu2 = f"{name}_add", f"{name}_relu2"
    blocks = [
        conv(conv1, filters, 3, stride=[stride, stride], padding=1, bias="none"),
        block(bn1, "batch_norm"),
        relu(relu1),
        conv(conv2, filters, 3, padding=1, bias="none"),
        block(bn2, "batch_norm"),
    ]
    links = chain(source, *ids, add)
    past = source
    if project:
        down, past = f"{name}_down_conv", f"{name}_down_bn"
        blocks += [conv(down, filters, 1, stride=[stride, stride], bias="none"), block(past, "batch_norm")]
        links += chain(source, down, past)
    blocks += [block(add, "add"), relu(relu2)]
    links += [(past, add, 1), (add, relu2, 0)]
    return blocks, links


def resnet18() -> dict[str, Any]:
    blocks = [
        photograph(),
        conv("conv1", 64, 7, stride=[2, 2], padding=3, bias="none"),
        block("bn1", "batch_norm"),
        relu("relu1"),
        max_pool("pool1", 3, padding=1),
    ]
    links = chain("image", "conv1", "bn1", "relu1", "pool1")
    channels = 64
    for stage, filters in enumerate([64, 128, 256, 512], start=1):
        for number in (0, 1):
            unit, unit_links = residual_unit(
                f"layer{stage}_{number}",
                blocks[-1]["id"],
                filters,
                stride=1 if filters == channels else 2,
                project=filters != channels,
            )
            blocks += unit
            links += unit_links
            channels = filters
    links += chain(blocks[-1]["id"], "global_pool", "flatten", "dense", "softmax")
    blocks += [
        block("global_pool", "global_pool", mode="average"),
        plain("flatten"),
        dense("dense", 1000),
        plain("softmax"),
    ]
    return design("ResNet-18", blocks, links=links)
