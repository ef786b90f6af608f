"""`cnnbuilder run`: a picture through a network, forward and backward."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.cli.console import Console, interruptible
from cnnbuilder.cli.opening import first_weights, input_of, open_network
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.design.shape import plural, show
from cnnbuilder.engine.network import Network
from cnnbuilder.files.atomic import reason, write_atomically
from cnnbuilder.files.pictures import Picture, prepare, read_picture, sheet
from cnnbuilder.operations import Softmax

if TYPE_CHECKING:
    from cnnbuilder.engine.backward import Gradients
    from cnnbuilder.engine.cancel import Cancellation
    from cnnbuilder.engine.run import Run

Array = NDArray[Any]

TOP = 5
_MOST_MAPS = 4096
"""Kernels of one weight that are drawn."""


def run_file(path: str, image: str, target: int | None, output: str | None, console: Console) -> int:
    """Run the picture `image` through the design in `path`; backward from class `target`; everything into `output`.

    Raises Error for what cannot be used: a file, a picture, a target, a folder.
    """
    network, given = open_network(path)
    picture = read_picture(image)
    x = prepare(picture, input_of(path, network))
    folder = _folder(output) if output is not None else None

    def work(cancellation: "Cancellation") -> "tuple[Run, Gradients | None]":
        kernels.prepare(partial(console.progress, before="compiling, once: "), cancellation)
        keep: Literal["all"] | None = "all" if folder is not None else None
        run = network.forward(x, keep=keep, cancelled=cancellation, progress=console.progress)
        if target is None:
            return run, None
        return run, run.backward(target=target, cancelled=cancellation, progress=console.progress)

    run, gradients = interruptible(work)
    if first := first_weights(path, network, given):
        console.say(first)
    _report(network, picture, x, run, gradients, target, console)
    if folder is not None:
        count = _write(folder, network, run, gradients, console)
        console.say(f"{plural(count, 'sheet')} and arrays.npz are in {folder}")
    return 0


def _folder(output: str) -> Path:
    """The folder to write into, made and tried before anything is computed."""
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DesignFileError(f"{output}: is a file, not a folder") from None
    except OSError as error:
        raise DesignFileError(f"{output}: cannot be made: {reason(error)}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DesignFileError(f"{output}: cannot be written to: no permission")
    return folder


def _report(
    network: Network, picture: Picture, x: Array, run: "Run", gradients: "Gradients | None", target: int | None,
    console: Console,
) -> None:
    own = show((picture.values.shape[2], *picture.size))
    seen = show(x.shape)
    console.say(f"{picture.name}: {seen}" + ("" if own == seen else f", made of {own}"))
    for id in network.outputs:
        if run[id][0].size == run[id].shape[1]:
            _classes(network, id, run[id][0].reshape(-1), console)
        else:
            console.say(f"{id}: {show(run[id].shape[1:])}")
    if gradients is not None:
        console.say(f"loss {gradients.loss:.6g} for target {target} ({network.design.label(target or 0)})")
    times = f"forward {1000 * run.seconds:.1f} ms"
    console.say(times if gradients is None else f"{times}, backward {1000 * gradients.seconds:.1f} ms")


def _classes(network: Network, id: str, values: Array, console: Console) -> None:
    """The largest of a vector as probabilities, with their labels."""
    block = network.design.blocks[id]
    assert block.layer is not None
    operations = block.layer.lower(*network.report.input_shapes(id))
    scores = values.astype(np.float64)
    if operations and isinstance(operations[-1], Softmax):
        console.say(f"{id}:")
    else:
        console.say(f"softmax of {id}:")
        with np.errstate(all="ignore"):
            scores = np.exp(scores - scores.max())
            scores /= scores.sum()
    for number in np.argsort(-scores, kind="stable")[:TOP]:
        label = network.design.label(int(number))
        named = "" if label == str(number) else f"  {label}"
        console.say(f"  {number:>5}  {100 * scores[number]:6.2f} %{named}")


def _write(folder: Path, network: Network, run: "Run", gradients: "Gradients | None", console: Console) -> int:
    """Every output and gradient as a sheet, and all of them in one `.npz`; the number of sheets."""
    sheets = list(_sheets(network, run, gradients))
    for number, (name, values, colours) in enumerate(sheets):
        console.progress(number, len(sheets), f"writing {name}.png")
        content = sheet(values, colours)
        write_atomically(folder / f"{name}.png", lambda file, content=content: file.write(content))  # type: ignore[misc]
    arrays = {f"output/{id}": values for id, values in run.items()}
    if gradients is not None:
        arrays |= {f"gradient/{name}": values for name, values in gradients.outputs.items()}
        arrays |= {f"gradient/{name}": values for name, values in gradients.weights.items()}
    console.progress(len(sheets), len(sheets), "writing arrays.npz")
    write_atomically(folder / "arrays.npz", lambda file: np.savez(file, allow_pickle=False, **arrays))
    return len(sheets)


def _sheets(network: Network, run: "Run", gradients: "Gradients | None") -> Iterator[tuple[str, Array, Any]]:
    """Name, maps and colours of every sheet."""
    for id, values in run.items():
        yield id, values[0], "grey" if id in network.inputs else "auto"
    if gradients is None:
        return
    for id, values in gradients.outputs.items():
        yield f"{id}.gradient", values[0], "signed"
    for name, values in gradients.weights.items():
        if values.ndim > 1:
            maps = values.reshape(-1, *values.shape[-2:])
            if len(maps) <= _MOST_MAPS:
                yield f"{name}.gradient", maps, "signed"
