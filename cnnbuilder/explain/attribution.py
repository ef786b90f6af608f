"""What of a picture a number of the network rests on: by its gradient, by covering parts, by the maps of a block.

Everything is about one number of a run: a score of the network, taken before its softmax (whose output says little
once it is near 0 or 1), or any unit of any block.

- saliency, `max_c |∂S/∂V[c,i,j]|`: Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks", 2013;
- effective receptive field, `Σ_c |∂z/∂V[c,i,j]|`: Luo and others, "Understanding the Effective Receptive Field", 2016;
- gradient × input, `Σ_c V · ∂S/∂V`: Shrikumar and others, "Not Just a Black Box", 2016;
- class activation, `max(0, Σ_k ᾱ_k A_k)` with `ᾱ_k` the mean of `∂S/∂A_k`: Selvaraju and others, "Grad-CAM", 2017;
  behind a global average and one dense layer it is Zhou and others' class activation map of 2016 over the number of
  places;
- occlusion: how much S falls when a patch is covered: Zeiler, Fergus, "Visualizing and Understanding", 2013.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.errors import InputError
from cnnbuilder.design.shape import is_volume, show
from cnnbuilder.engine.backward import differentiate
from cnnbuilder.engine.cancel import Cancel, stop_if
from cnnbuilder.engine.loss import Start
from cnnbuilder.engine.network import Network
from cnnbuilder.engine.run import Run
from cnnbuilder.operations import Softmax

Array = NDArray[Any]
AT_ONCE = 8
"""So many covered pictures are run as one batch."""
MOST = 4096
"""Of more places of a patch none are tried."""


@dataclass(frozen=True)
class Score:
    """A number of a run: the value of the tape in which it stands, and its index there."""

    value: int
    index: tuple[int, ...]
    before_softmax: bool
    """Whether it is the number that a softmax makes a probability of."""

    def of(self, run: Run) -> Array:
        """The number, of every picture of a batch."""
        numbers: Any = run.value(self.value)
        return np.asarray(numbers[(slice(None), *self.index)])


def score(run: Run, block: str, index: int | Sequence[int]) -> Score:
    """Number `index` of what `block` gives; of a softmax the number before it. Raises InputError for an index or a
    block that there is not."""
    if block not in run.tape.output:
        raise InputError(f"there is no block {block!r} in this run")
    value = run.tape.output[block]
    at = (index,) if isinstance(index, int) else tuple(index)
    shape = run.tape.shapes[value]
    if len(at) != len(shape) or not all(0 <= i < n for i, n in zip(at, shape, strict=True)):
        raise InputError(f"{block}: there is no {list(at)} in {show(shape)}")
    maker = run.tape.maker.get(value)
    if maker is not None and isinstance(maker.operation, Softmax):
        return Score(maker.inputs[0], at, True)
    return Score(value, at, False)


def gradients_of(run: Run, wanted: Score, blocks: Sequence[str], cancelled: Cancel | None = None) -> list[Array]:
    """`∂S/∂(output)` for each of `blocks`, without batch axis, of the first picture. Raises Cancelled."""
    seed = np.zeros((run.batch, *run.tape.shapes[wanted.value]), np.float64)
    seed[(0, *wanted.index)] = 1
    found = differentiate(run, Start(wanted.value, seed), cancelled, None, to_weights=False)
    return [found.outputs[block][0] for block in blocks]


def saliency(gradient: Array) -> Array:
    """`[h, w]`: the largest magnitude over channels."""
    return np.asarray(np.abs(_volume(gradient)).max(axis=0))


def effective_field(gradient: Array) -> Array:
    """`[h, w]`: the sum of magnitudes over channels."""
    return np.asarray(np.abs(_volume(gradient)).sum(axis=0))


def gradient_times_input(gradient: Array, values: Array) -> Array:
    """`[h, w]`, signed: what each place would add to S if S were linear in the input; its sum is S for a network of
    convolutions, ReLU, maximum and average pooling and dense layers without biases."""
    return np.asarray((_volume(gradient) * _volume(values)).sum(axis=0))


def class_activation(gradient: Array, maps: Array) -> Array:
    """`[h, w]` in the size of `maps` `[k, h, w]`: the maps that speak for S, added up by how strongly they do."""
    if not is_volume(maps.shape):
        raise InputError("class activation needs a block with maps; this one gives a vector")
    weights = gradient.mean(axis=(1, 2), dtype=np.float64)
    return np.asarray(np.maximum(np.tensordot(weights, maps.astype(np.float64), 1), 0))


def half(importance: Array) -> int:
    """How few places hold half of the sum of magnitudes."""
    sizes = np.sort(np.abs(importance[np.isfinite(importance)]).ravel())[::-1].astype(np.float64)
    if not sizes.size or not sizes.any():
        return 0
    return int(np.searchsorted(np.cumsum(sizes), sizes.sum() / 2)) + 1


@dataclass(frozen=True)
class Occlusion:
    """How a score falls when a square patch of the picture is covered."""

    size: int
    stride: int
    tops: tuple[int, ...]
    """The first row of each patch."""
    lefts: tuple[int, ...]
    drops: Array
    """`[tops, lefts]`: the score as it is, less the score with the patch covered; NaN where it was not tried yet."""
    score: float

    def importance(self, rows: int, columns: int) -> Array:
        """`[rows, columns]`: for each pixel the mean fall over the patches that cover it; 0 where none was tried."""
        total, count = np.zeros((rows, columns)), np.zeros((rows, columns))
        for top, line in zip(self.tops, self.drops, strict=True):
            for left, drop in zip(self.lefts, line, strict=True):
                if not np.isnan(drop):
                    total[top : top + self.size, left : left + self.size] += drop
                    count[top : top + self.size, left : left + self.size] += 1
        return np.divide(total, count, out=np.zeros_like(total), where=count > 0)


def places(length: int, size: int, stride: int) -> tuple[int, ...]:
    """Where patches begin along an axis: every `stride`, and one that ends at the border."""
    last = max(0, length - size)
    return (*range(0, last, stride), last)


def occlude(
    network: Network,
    run: Run,
    wanted: Score,
    block: str,
    size: int,
    stride: int,
    fill: str = "mean",
    cancelled: Cancel | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Occlusion]:
    """Cover each patch of what the input `block` gives with its mean (`fill="mean"`) or with 0 (`"zero"`), run the
    network, and see how far the score falls; what is known so far after every batch. Raises InputError for a patch
    that is too small or too many of them, Cancelled."""
    inputs = {id: run[id][:1] for id in network.inputs}
    if block not in inputs:
        raise InputError(f"{block} is not where a picture comes in")
    if fill not in ("mean", "zero"):
        raise InputError(f"fill: {fill!r} is not known; there are 'mean' and 'zero'")
    if size < 1 or stride < 1:
        raise InputError("a patch and its step are at least 1 pixel")
    picture = inputs[block][0]
    _, rows, columns = picture.shape
    tops, lefts = places(rows, size, stride), places(columns, size, stride)
    if len(tops) * len(lefts) > MOST:
        least = ceil((rows * columns / MOST) ** 0.5)
        raise InputError(f"{len(tops) * len(lefts)} patches are too many; a step of {least + 1} or more would do")
    colour = picture.mean(axis=(1, 2), keepdims=True) if fill == "mean" else np.zeros_like(picture[:, :1, :1])
    before = float(wanted.of(run)[0])
    drops = np.full((len(tops), len(lefts)), np.nan)
    where = [(i, j) for i in range(len(tops)) for j in range(len(lefts))]
    for first in range(0, len(where), AT_ONCE):
        stop_if(cancelled)
        part = where[first : first + AT_ONCE]
        batch = np.repeat(picture[None], len(part), axis=0)
        for number, (i, j) in enumerate(part):
            batch[number, :, tops[i] : tops[i] + size, lefts[j] : lefts[j] + size] = colour
        given = {id: np.repeat(array, len(part), axis=0) for id, array in inputs.items()} | {block: batch}
        after = wanted.of(network.forward(given, cancelled=cancelled))
        for (i, j), value in zip(part, after, strict=True):
            drops[i, j] = before - float(value)
        if progress is not None:
            progress(first + len(part), len(where))
        yield Occlusion(size, stride, tops, lefts, drops.copy(), before)


def _volume(array: Array) -> Array:
    """With a vector as one row of places."""
    found = array.astype(np.float64)
    return found if found.ndim == 3 else found.reshape(1, 1, -1)
