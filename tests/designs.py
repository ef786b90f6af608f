"""Short ways to write designs in tests."""

import json
from pathlib import Path

from cnnbuilder import Design

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name):
    """One of the sample designs."""
    return Design.from_dict(json.loads((SAMPLES / f"{name}.json").read_text()))


def block(id, kind, **params):
    """A block as in the file."""
    return {"id": id, "kind": kind, "params": params}


def image(channels=1, height=28, width=28, id="image"):
    """An input block as in the file."""
    return block(id, "input", channels=channels, height=height, width=width)


def joined(blocks, links=None, **keys):
    """A design of blocks, in a chain or by `links`, each (from, to, input number)."""
    data = {"format": "cnnbuilder", "version": 1, "blocks": blocks, **keys}
    if links is not None:
        data["links"] = [{"from": source, "to": target, "input": number} for source, target, number in links]
    return Design.from_dict(data)


def chain(*blocks, size=(1, 28, 28), **keys):
    """A chain of blocks behind an input of `size`."""
    return joined([image(*size), *blocks], **keys)
