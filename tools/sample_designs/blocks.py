"""Short ways to write the blocks, links and places of a design."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

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
