"""What the runner's thread does with a request. Imports the engine; never touches Qt."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.imaging import thumbnail
from cnnbuilder.app.runner import FIRST_LOOK, Request, Result
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import Cancelled
from cnnbuilder.design.partial import runnable_part
from cnnbuilder.engine.cancel import Cancellation
from cnnbuilder.engine.network import Network
from cnnbuilder.engine.run import Run
from cnnbuilder.engine.weights import Weights
from cnnbuilder.files.pictures import prepare

Array = NDArray[Any]
Report = Callable[[int, int, str], None]
REPORT_EVERY = 0.1


class _Unbatched(Mapping[str, Array]):
    """Outputs of one picture without their batch axis."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = arrays

    def __getitem__(self, name: str) -> Array:
        array: Array = self._arrays[name][0]
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


class Worker:
    """Keeps the network, the run and the thumbnails of the last request for the next one to begin with."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._network: Network | None = None
        self._asked: tuple[object, object] = (None, None)
        self._thumbnails: dict[str, tuple[Array, int | None, Thumbnail]] = {}
        self._inputs: dict[str, tuple[object, object, Array]] = {}

    @staticmethod
    def cancellation() -> Cancellation:
        """What stops the work that it is given to."""
        return Cancellation()

    def results(
        self, request: Request, cancelled: Cancellation, report: Report, replaced: Callable[[], bool] = lambda: False
    ) -> Iterator[Result]:
        """The answers to a request: one, or one before and one after a long backward pass. Raises Cancelled, Error.

        Once `replaced` says that a later request waits, there is no backward pass.
        """
        design = runnable_part(request.design)
        inputs = [id for id, block in design.blocks.items() if block.layer and block.layer.inputs == (0, 0)]
        if not inputs:
            empty = not request.design.blocks
            yield Result(request, message="" if empty else "There is no picture block that can run.")
            return
        if request.picture is None:
            yield Result(request, message="Open a picture to see what the network makes of it.")
            return
        network = self._network_for(design, request.weights)
        taken = {id: self._input(id, design, request.picture) for id in inputs}
        run = self._forward(network, taken, cancelled, _throttled(report))
        self._run = run
        result = self._forward_result(request, design, network, run, cancelled)
        begins = _has_origin(request, run) or (result.scores is not None and len(result.scores))
        if not request.backward or not begins or replaced():
            yield result
            return
        if run.seconds > FIRST_LOOK:
            yield result
        yield self._with_backward(result, run, cancelled, _throttled(report))

    def _network_for(self, design: Design, weights: Weights | None) -> Network:
        if self._network is None or self._asked[0] is not design.graph or self._asked[1] is not weights:
            self._network = Network(design, weights=_fitting(design, weights))
            self._asked = (design.graph, weights)
        return self._network

    def _input(self, id: str, design: Design, picture: Any) -> Array:
        layer = design.blocks[id].layer
        held = self._inputs.get(id)
        if held is None or held[0] is not picture or held[1] != layer:
            # The same array again for the same picture, so that the run before can be used.
            held = self._inputs[id] = (picture, layer, prepare(picture, layer))  # type: ignore[arg-type]
        return held[2]

    def _forward(self, network: Network, taken: dict[str, Array], cancelled: Cancellation, report: Report) -> Run:
        return network.forward(taken, keep="all", reuse=self._run, cancelled=cancelled, progress=report)

    def _forward_result(
        self, request: Request, design: Design, network: Network, run: Run, cancelled: Cancellation
    ) -> Result:
        from cnnbuilder.kernels import thread_count

        outputs = _Unbatched(run)
        thumbnails: dict[str, Thumbnail] = {}
        held: dict[str, tuple[Array, int | None, Thumbnail]] = {}
        for id, block in design.blocks.items():
            if cancelled():
                raise Cancelled("cancelled")
            array, channel = run[id], request.channels.get(id)
            before = self._thumbnails.get(id)
            if before is not None and before[1] == channel and _same(before[0], array):
                held[id] = (array, channel, before[2])
            else:
                is_picture = block.layer is not None and block.layer.inputs == (0, 0)
                held[id] = (array, channel, thumbnail(array[0], is_picture, channel))
            thumbnails[id] = held[id][2]
        self._thumbnails = held
        scores = None
        if len(network.outputs) == 1 and outputs[network.outputs[0]].ndim == 1:
            scores = outputs[network.outputs[0]]
        broken = len(design.blocks) < len(request.design.blocks)
        message = _why_partial(request.design, design) if broken else ""
        return Result(
            request,
            outputs,
            network.weights,
            run=run,
            thumbnails=thumbnails,
            scores=None if broken else scores,
            forward_seconds=run.seconds,
            message=message,
            threads=thread_count(),
        )

    def _with_backward(self, result: Result, run: Run, cancelled: Cancellation, report: Report) -> Result:
        asked, target = result.request.target, None
        if _has_origin(result.request, run):
            block, index = result.request.origin or ("", ())
            seed = np.zeros(run[block].shape[1:], np.float32)
            seed[index] = 1
            gradients = run.backward(gradient=seed, block=block, cancelled=cancelled, progress=report)
        else:
            target = asked if asked is not None and asked < len(result.scores) else int(np.argmax(result.scores))
            gradients = run.backward(target=target, cancelled=cancelled, progress=report)
        return replace(
            result,
            output_gradients=_Unbatched(gradients.outputs),
            weight_gradients=gradients.weights,
            gradients=gradients,
            target=target,
            loss=gradients.loss,
            backward_seconds=gradients.seconds,
        )


def _has_origin(request: Request, run: Run) -> bool:
    """Whether the value that is to be differentiated is there."""
    if request.origin is None or request.origin[0] not in run:
        return False
    shape, index = run[request.origin[0]].shape[1:], request.origin[1]
    return len(shape) == len(index) and all(0 <= i < n for i, n in zip(index, shape, strict=True))


def _why_partial(whole: Design, part: Design) -> str:
    """What keeps the rest of a design from running, in one line."""
    first = next((problem.block for problem in check(whole).problems if problem.block not in part.blocks), None)
    return f"{first or 'A block'} has a problem: only the blocks before it run."


def _same(a: Array, b: Array) -> bool:
    return a is b or (a.shape == b.shape and a.ctypes.data == b.ctypes.data)


def _fitting(design: Design, weights: Weights | None) -> Weights | None:
    """Of the weights held, those that have a place in the design, with their versions."""
    if weights is None:
        return None
    wanted = {
        f"{id}.{name}": weight.shape
        for id, inference in check(design).inferences.items()
        if inference
        for name, weight in inference.weights
    }
    return Weights(
        {name: weights.versioned(name) for name in weights if name in wanted and weights[name].shape == wanted[name]}
    )


def _throttled(report: Report) -> Report:
    """`report`, but not more often than a person can read."""
    last = [time.perf_counter()]

    def forward(done: int, total: int, words: str) -> None:
        now = time.perf_counter()
        if now - last[0] >= REPORT_EVERY:
            last[0] = now
            report(done, total, f"Running {words}")

    return forward
