"""Where the program's own files lie: in the installed package, or beside it in a checkout."""

from pathlib import Path

from cnnbuilder.design.errors import DesignFileError

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """A file of `resources/`, such as `welcome.cnn` or `icons/conv.svg`; raises DesignFileError if it is missing."""
    path = _folder("resources") / name
    if not path.exists():
        raise DesignFileError(f"{path}: is missing; install cnnbuilder again")
    return path


def samples() -> Path:
    """The folder of sample designs; its `pictures` holds sample pictures. Raises DesignFileError if it is missing."""
    return _folder("samples")


def _folder(name: str) -> Path:
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise DesignFileError(f"{_PACKAGE / '_data' / name}: is missing; install cnnbuilder again")
