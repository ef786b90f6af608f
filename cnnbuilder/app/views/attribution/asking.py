"""What is asked about the picture, and the answer, found off the window's thread. No Qt."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.runner import Result
from cnnbuilder.design.partial import runnable_part
from cnnbuilder.design.shape import is_volume
from cnnbuilder.engine.cancel import Cancellation
from cnnbuilder.engine.network import Network
from cnnbuilder.engine.weights import Weights
from cnnbuilder.explain import attribution
from cnnbuilder.explain.fields import Bounds

Array = NDArray[Any]
SALIENCY, TIMES, ACTIVATION, OCCLUSION = "saliency", "times", "activation", "occlusion"
METHODS = {
    SALIENCY: "Saliency",
    TIMES: "Gradient × picture",
    ACTIVATION: "Class activation map",
    OCCLUSION: "Occlusion",
}
COVERED = 8
"""The square that covers is such a part of the picture's side."""


@dataclass(frozen=True)
class Wanted:
    """What is asked: how, of which number, on which picture block."""

    method: str
    block: str
    """The block of the number."""
    index: tuple[int, ...]
    picture: str
    """The input block."""
    maps: str = ""
    """The block whose maps are added up, for the class activation map."""
    size: int = 0
    """Of the square that covers, in pixels."""
    stride: int = 0
    """From one square to the next."""
    fill: str = "mean"


@dataclass(frozen=True, eq=False)
class Answer:
    """A number for each place of the picture."""

    wanted: Wanted
    importance: Array
    """`[rows, columns]`: of the picture, or of the maps that were added up."""
    picture: Array
    """What the network sees, `[channels, rows, columns]`."""
    score: float
    """The number that is asked about."""
    before_softmax: bool
    half: int
    """How few places hold half of the sum of magnitudes."""
    field: Bounds | None = None
    """First and last row and column of what the number can depend on; None: all of the picture."""
    done: float = 1.0
    """How much of it is found."""

    @property
    def spread(self) -> Array:
        """The same in the size of the picture: maps stretched over it."""
        rows, columns = self.picture.shape[1:]
        return stretched(self.importance, rows, columns)


def proposed(rows: int, columns: int) -> int:
    """The side of the square that covers, where none was chosen."""
    return max(1, round(max(rows, columns) / COVERED))


def map_blocks(result: Result, block: str) -> list[str]:
    """The blocks before `block` that give maps of more than one place, in order, pictures left out."""
    graph, tape = result.request.design.graph, result.run.tape
    before = graph.wiring.before({block}) - {block}

    def has_maps(id: str) -> bool:
        shape = tape.shapes[tape.output[id]]
        return bool(graph.wiring.sources[id]) and is_volume(shape) and shape[1] * shape[2] > 1

    return [id for id in graph.wiring.order if id in before and has_maps(id)]


def answers(result: Result, wanted: Wanted, cancelled: Cancellation, field: Bounds | None) -> Iterator[Answer]:
    """The answer, for a long search what is known of it after each part. Raises Error, Cancelled."""
    run = result.run
    score = attribution.score(run, wanted.block, wanted.index)
    picture = run[wanted.picture][0]
    begun = Answer(
        wanted, np.zeros(picture.shape[1:]), picture, float(score.of(run)[0]), score.before_softmax, 0, field
    )
    if wanted.method == OCCLUSION:
        network = Network(
            runnable_part(result.request.design), Weights({name: run.weights[name] for name in run.weights})
        )
        for found in attribution.occlude(
            network, run, score, wanted.picture, wanted.size, wanted.stride, wanted.fill, cancelled=cancelled
        ):
            importance = found.importance(*picture.shape[1:])
            done = 1 - float(np.isnan(found.drops).mean())
            yield replace(begun, importance=importance, half=attribution.half(importance), done=done)
        return
    of = wanted.maps if wanted.method == ACTIVATION else wanted.picture
    (gradient,) = attribution.gradients_of(run, score, [of], cancelled)
    if wanted.method == ACTIVATION:
        importance = attribution.class_activation(gradient, run[of][0])
    elif wanted.method == TIMES:
        importance = attribution.gradient_times_input(gradient, picture)
    elif score.before_softmax:
        importance = attribution.saliency(gradient)
    else:
        importance = attribution.effective_field(gradient)
    yield replace(begun, importance=importance, half=attribution.half(importance))


def stretched(values: Array, rows: int, columns: int) -> Array:
    """Values of a coarse grid at every pixel of a finer one that covers the same, by the nearest four."""
    if values.shape == (rows, columns):
        return values
    for axis, length in ((0, rows), (1, columns)):
        count = values.shape[axis]
        at = np.clip((np.arange(length) + 0.5) * count / length - 0.5, 0, count - 1)
        low = np.minimum(at.astype(int), max(count - 2, 0))
        part = (at - low).reshape((-1, 1) if axis == 0 else (1, -1))
        upper = np.minimum(low + 1, count - 1)
        values = values.take(low, axis) * (1 - part) + values.take(upper, axis) * part
    return values


def seen(picture: Array) -> NDArray[np.uint8]:
    """A picture as the network sees it in colours for the screen, `[rows, columns, 3]`: its least value is black."""
    with np.errstate(all="ignore"):
        values = np.nan_to_num(picture.astype(np.float32), posinf=0, neginf=0)
    if len(values) not in (1, 3):
        values = values.mean(axis=0, keepdims=True)
    low, high = min(float(values.min()), 0.0), float(values.max())
    scaled = ((values - low) * (255 / ((high - low) or 1.0))).clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(scaled, (3, *scaled.shape[1:])).transpose(1, 2, 0))
