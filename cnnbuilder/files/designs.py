"""Loading and saving designs."""

import json
import os
from typing import Any

from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.files.atomic import reason, write_atomically
from cnnbuilder.files.layout import to_json

Path = str | os.PathLike[str]


def load(path: Path) -> Design:
    """The design in a file; raises DesignFileError."""
    try:
        with open(path, "rb") as file:
            data = json.loads(file.read().decode("utf-8-sig"))
    except OSError as error:
        raise DesignFileError(f"{path}: {reason(error)}") from None
    except ValueError as error:
        raise DesignFileError(f"{path}: {error}") from None
    return Design.from_dict(data)


def save(design: Design, path: Path, weights: Any = None) -> None:
    """Save a design; raises DesignFileError."""
    content = to_json(design.to_dict())
    write_atomically(path, lambda file: file.write(content) and None)
