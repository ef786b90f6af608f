"""Loading and saving designs. What a file is, its content decides; how one is written, its extension."""

import os
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignFileError, MemoryLimitError
from cnnbuilder.files.archive import DESIGN, MAGIC, PICTURE, PREVIEW, WEIGHTS, open_archive, write_archive
from cnnbuilder.files.atomic import opened, write_atomically
from cnnbuilder.files.layout import to_json
from cnnbuilder.files.reading import Fault, FilePath, parse_json, problem, read_start, read_text_file

if TYPE_CHECKING:
    from cnnbuilder.files.safetensors import Array

_OTHERS = {
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"II*\0": "a picture",
    b"MM\0*": "a picture", b"BM": "a picture", b"%PDF": "a PDF", b"\x89HDF": "a Keras or HDF5 file",
    b"\x80\x02": "a pickle, which is never opened",
}


def load(path: FilePath) -> Design:
    """The design in a `.json` or `.cnn` file, whatever its name; raises DesignFileError.

    Its weights are read by `load_weights`. A kind, a parameter or a value that this version does not know is kept.
    """
    if read_start(path).startswith(MAGIC):
        with open_archive(path) as archive:
            content, where = archive.read(DESIGN), f"{DESIGN} "
    else:
        _refuse_foreign(path)
        content, where = read_text_file(path), ""
    try:
        data = parse_json(content)
    except Fault as error:
        raise problem(path, f"{where}{error}") from None
    try:
        return Design.from_dict(data)
    except DesignFileError as error:
        raise problem(path, str(error)) from None


def load_weights(path: FilePath) -> "dict[str, Array] | None":
    """The weights in a `.cnn` or `.safetensors` file, read-only float32 arrays by name; None for a design without any.

    Half precision, bfloat16, float64 and integers become float32. Raises DesignFileError where they are damaged, and
    MemoryLimitError where they need more memory than is free.
    """
    from cnnbuilder.files.safetensors import looks_like_safetensors, read_arrays

    start = read_start(path)
    try:
        if start.startswith(MAGIC):
            with open_archive(path) as archive:
                if not archive.holds(WEIGHTS):
                    return None
                with archive.open(WEIGHTS) as (stream, size):
                    return read_arrays(stream, size)
        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if _suffix(path) == ".safetensors" or looks_like_safetensors(start, size):
                return read_arrays(file, size)
    except Fault as error:
        raise problem(path, f"weights: {error}") from None
    except MemoryLimitError as error:
        raise MemoryLimitError(f"{os.fspath(path)}: {error}") from None
    _refuse_foreign(path)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return None
    raise problem(path, "holds no weights that can be read (.cnn and .safetensors do)")


def load_picture_bytes(path: FilePath) -> bytes | None:
    """The picture that a `.cnn` file keeps, as PNG bytes; None if it keeps none. Raises DesignFileError."""
    if not read_start(path).startswith(MAGIC):
        return None
    with open_archive(path) as archive:
        return archive.read(PICTURE) if archive.holds(PICTURE) else None


def save(
    design: Design, path: FilePath, weights: Mapping[str, Any] | None = None, picture: bytes | None = None,
    preview: bytes | None = None,
) -> None:
    """Save a design by the extension of `path`: `.json`, or `.cnn` with `weights` (arrays by name) and PNG pictures.

    The same design and weights give the same bytes. The file is replaced at once and for good: whatever is killed when,
    the old one or the new one is there. Raises DesignFileError, and then the old one is there.
    """
    suffix = _suffix(path)
    if suffix not in (".json", ".cnn"):
        raise problem(path, "a design is saved as .json, or as .cnn with its weights")
    try:
        text = to_json(design.to_dict())
    except (ValueError, OverflowError) as error:
        raise problem(path, f"cannot be saved: {error}") from None
    if suffix == ".json":
        if weights or picture or preview:
            raise problem(path, "a .json file cannot keep weights or pictures; save it as .cnn")
        write_atomically(path, lambda file: file.write(text))
        return
    entries = {DESIGN: (len(text), _write_all(text))}
    if weights:
        from cnnbuilder.files.safetensors import Arrays

        try:
            arrays = Arrays(weights)
        except Fault as error:
            raise problem(path, f"cannot be saved: {error}") from None
        entries[WEIGHTS] = (arrays.size, arrays.write)
    for name, content in ((PICTURE, picture), (PREVIEW, preview)):
        if content:
            entries[name] = (len(content), _write_all(content))
    write_atomically(path, lambda file: write_archive(file, entries))


def _write_all(content: bytes) -> Callable[[IO[bytes]], None]:
    def write(file: IO[bytes]) -> None:
        file.write(content)

    return write


def _suffix(path: FilePath) -> str:
    return os.path.splitext(os.fspath(path))[1].lower()


def _refuse_foreign(path: FilePath) -> None:
    """Say it plainly where a file is something else than its place asks for."""
    if _suffix(path) == ".onnx":
        raise problem(path, "this version does not read ONNX yet")
    start = read_start(path)
    for magic, name in _OTHERS.items():
        if start.startswith(magic):
            raise problem(path, f"is {name}, not a design")
