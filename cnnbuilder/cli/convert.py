"""`cnnbuilder convert`: a design in another format."""

import os

from cnnbuilder.cli.console import Console
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.files import load, load_picture_bytes, load_weights, save

_LATER = (".onnx", ".py", ".svg", ".png")


def convert_file(source: str, target: str, console: Console) -> int:
    """Load `source` and save it as the extension of `target` says. Raises DesignFileError."""
    suffix = os.path.splitext(target)[1].lower()
    if suffix in _LATER:
        raise DesignFileError(f"{target}: this version cannot write {suffix} yet; it writes .json and .cnn")
    design = load(source)
    if suffix == ".cnn":
        save(design, target, load_weights(source), load_picture_bytes(source))
        return 0
    save(design, target)
    if load_weights(source) is not None:
        console.complain(f"{target} holds the design alone: only a .cnn file keeps weights")
    return 0
