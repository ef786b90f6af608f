"""Write the sample designs, byte for byte the same on every run.

    python tools/make_samples.py            write samples/*.json
    python tools/make_samples.py --check    only compare; exit 1 where a file differs

Parameters that are left out of a design take their defaults, and a design without links is a chain.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CARD_STEP = (213, 270)  # pixels from one card to the next, and from one row to the next
DIGITS = [str(digit) for digit in range(10)]

Block = dict[str, Any]
Link = tuple[str, str, int]


def block(id: str, kind: str, **params: Any) -> Block:
    return {"id": id, "kind": kind, "params": params}


def conv(id: str, filters: int, size: int, **params: Any) -> Block:
    return block(id, "conv", filters=filters, kernel_size=[size, size], **params)


def relu(id: str) -> Block:
    return block(id, "activation", function="relu")


def max_pool(id: str, size: int = 2, **params: Any) -> Block:
    return block(id, "max_pool", pool_size=[size, size], stride=[2, 2], **params)


def dense(id: str, units: int) -> Block:
    return block(id, "dense", units=units)


def plain(kind: str) -> Block:
    """A block without parameters, named after its kind."""
    return block(kind, kind)


def grey_image(size: int) -> Block:
    return block("image", "input", channels=1, height=size, width=size, scale="0-1", fit="stretch")


def photograph() -> Block:
    """An input with the mean and deviation of ImageNet's channels, as its networks are trained on."""
    return block(
        "image",
        "input",
        channels=3,
        height=224,
        width=224,
        scale="0-1",
        fit="crop",
        mean=[0.485, 0.456, 0.406],
        deviation=[0.229, 0.224, 0.225],
    )


def design(
    name: str,
    blocks: list[Block],
    *,
    links: list[Link] | None = None,
    labels: list[str] | None = None,
    rows: list[list[str | None]] | None = None,
) -> dict[str, Any]:
    """A design as in the file; `rows` lays the cards out, None leaves a place free."""
    result: dict[str, Any] = {"format": "cnnbuilder", "version": 1, "name": name, "seed": 0}
    if labels is not None:
        result["labels"] = labels
    result["blocks"] = blocks
    if links is not None:
        result["links"] = [{"from": source, "to": target, "input": number} for source, target, number in links]
    if rows is not None:
        x_step, y_step = CARD_STEP
        result["layout"] = {
            id: [column * x_step, row * y_step]
            for row, ids in enumerate(rows)
            for column, id in enumerate(ids)
            if id is not None
        }
    return result


def chain(*ids: str) -> list[Link]:
    return [(source, target, 0) for source, target in pairwise(ids)]


def notes_example() -> dict[str, Any]:
    return design(
        "One filter on 10 × 10", [grey_image(10), conv("conv1", 1, 3, padding="valid")], rows=[["image", "conv1"]]
    )


def kernel_six() -> dict[str, Any]:
    convolutions = [conv(f"conv{number}", 1, 6, padding="valid") for number in (1, 2, 3)]
    return design(
        "Kernel of width 6, no padding", [grey_image(16), *convolutions], rows=[["image", "conv1", "conv2", "conv3"]]
    )


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
            dense("dense1", 4096),
            relu("relu6"),
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
        dense("dense2", 4096),
        relu("relu7"),
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


DESIGNS = {
    "notes-example": notes_example,
    "kernel-six": kernel_six,
    "lenet5": lenet5,
    "alexnet": alexnet,
    "vgg16": vgg16,
    "resnet18": resnet18,
    "broken": broken,
}


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def to_text(design: dict[str, Any]) -> str:
    """JSON with one block, one link and one card's place a line."""
    lines = []
    for key, value in design.items():
        if key in ("blocks", "links"):
            rows = ",\n  ".join(map(compact, value))
            text = f"[\n  {rows}\n ]"
        elif key == "layout":
            rows = ",\n  ".join(f"{compact(id)}: {compact(place)}" for id, place in value.items())
            text = f"{{\n  {rows}\n }}"
        else:
            text = compact(value)
        lines.append(f" {compact(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    check = parser.parse_args().check
    different = []
    for name, make in DESIGNS.items():
        path, text = SAMPLES / f"{name}.json", to_text(make()).encode()
        if check and (not path.exists() or path.read_bytes() != text):
            different.append(path.name)
        elif not check:
            path.write_bytes(text)
    if different:
        print("differs from what tools/make_samples.py makes:", ", ".join(different))
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
