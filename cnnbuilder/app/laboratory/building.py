"""Short ways to write the designs and pictures of experiments."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnnbuilder.design.document import Design

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture

STEP = (213, 250)
"""From one card to the next, and from one row to the next (px)."""
Block = dict[str, Any]


def block(id: str, kind: str, **params: Any) -> Block:
    """A block as in the file."""
    return {"id": id, "kind": kind, "params": params}


def image(height: int, width: int | None = None, channels: int = 1) -> Block:
    """Where the picture comes in."""
    return block("image", "input", channels=channels, height=height, width=width or height, scale="0-1", fit="stretch")


def conv(id: str, filters: int, size: int | Sequence[int], **params: Any) -> Block:
    """A convolution without padding, where nothing else is said."""
    kernel = [size, size] if isinstance(size, int) else list(size)
    return block(id, "conv", filters=filters, kernel_size=kernel, **{"padding": "valid", **params})


def relu(id: str) -> Block:
    """A detector."""
    return block(id, "activation", function="relu")


def branches(name: str, stem: Block | Sequence[Block], *chains: Sequence[Block], **more: Any) -> Design:
    """A design that begins with a block, or a few in a row, which each of the chains follows; a row each."""
    first = [stem] if isinstance(stem, dict) else list(stem)
    # Many short chains stand side by side, below what they follow.
    upright = len(chains) > 2 and max(map(len, chains)) <= 2
    across, down = map(float, reversed(STEP) if upright else STEP)
    links: list[dict[str, Any]] = []
    layout: dict[str, list[float]] = {}
    blocks: list[Block] = []
    for row, chain in enumerate([first, *chains], -1):
        before = first[-1]["id"] if row >= 0 else None
        for place, item in enumerate(chain, 0 if row < 0 else len(first)):
            if before is not None:
                links.append({"from": before, "to": item["id"], "input": 0})
            at = [place * across, row * down if row >= 0 else (len(chains) - 1) * down / 2]
            layout[item["id"]] = at[::-1] if upright else at
            blocks.append(item)
            before = item["id"]
    made: dict[str, Any] = {"format": "cnnbuilder", "version": 1, "name": name, "seed": 0}
    if upright:
        made["direction"] = "down"
    return Design.from_dict({**made, "blocks": blocks, "links": links, "layout": layout, **more})


def sample_picture(name: str) -> "Picture":
    """One of the pictures that come with the program."""
    from cnnbuilder.files.pictures import read_picture
    from cnnbuilder.files.resources import samples

    return read_picture(samples() / "pictures" / name)


def drawn(values: Any, name: str) -> "Picture":
    """A grey picture of values from 0 to 1, `[row, column]`."""
    import numpy as np

    from cnnbuilder.files.pictures import Picture

    return Picture(np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)[:, :, None], name)


def turned(values: Any, degrees: float) -> Any:
    """A grey picture of values from 0 to 1 turned about its middle."""
    import numpy as np
    from PIL import Image

    made = Image.fromarray(np.round(values * 255).astype(np.uint8))
    return np.asarray(made.rotate(degrees, Image.Resampling.BILINEAR), np.float32) / 255


def shift_weights(columns: int) -> Any:
    """The kernel of a convolution `1 × (columns + 1)` that moves a picture to the right; its padding is at the left."""
    import numpy as np

    kernel = np.zeros((1, 1, 1, columns + 1), np.float32)
    kernel[..., 0] = 1
    return kernel


def moved(id: str, columns: int) -> Block:
    """A convolution that moves a picture to the right by so many columns."""
    return conv(id, 1, (1, columns + 1), padding=[0, 0, columns, 0], bias="none")
