"""The table of ratios: `python -m tests.benchmarks.ratios [words]` measures the rows that contain one of the words.

All in one process on as many threads as there are processors. The peers take turns, a burst of calls each, and the
best call of each counts: a machine that others use disturbs all of them alike. Needs PyTorch, onnx and onnxruntime.
"""

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from cnnbuilder import Network
from cnnbuilder.kernels import set_thread_count
from tests.benchmarks.limit import Limit
from tests.benchmarks.peers import Torch, onnx_forward
from tests.designs import block, chain, sample

BURST = 0.05
"""Seconds that each one runs at a turn, three calls at least: the threads of another keep turning for a while."""
NETWORKS = {
    "LeNet-5": ("lenet5", 1.0, 3.0), "AlexNet": ("alexnet", 1.0, 2.0), "ResNet-18": ("resnet18", 1.0, 1.5),
    "VGG-16": ("vgg16", 1.2, 2.0),
}  # fmt: skip
"""The sample, and the ratios that are wanted forward and forward + backward."""
VGG = [(64, 224, 64), (128, 112, 128), (256, 56, 256), (512, 28, 512), (512, 14, 512)]
"""Channels, side and filters of convolutions 3 × 3."""
UNTIED = [(1, 28, 6, 5), (6, 14, 16, 5), (8, 28, 16, 3), (16, 56, 16, 3), (3, 224, 8, 3)]
"""Channels, side, filters and kernel of layers whose weights are not shared, or by tiles of 2 × 2."""


@dataclass
class Row:
    """One line of the table: what is measured, by whom, what ratio is wanted, and how many operations it has."""

    name: str
    functions: dict[str, Callable[[], object]]
    wanted: float | None = None
    work: float = 0.0
    best: dict[str, float] = field(default_factory=dict)

    def measure(self, seconds: float) -> None:
        """Take turns for about so long, three at least."""
        self.best = dict.fromkeys(self.functions, float("inf"))
        began = time.perf_counter()
        for turn in itertools.count():
            for name, function in self.functions.items():
                until = time.perf_counter() + BURST
                for call in itertools.count(1):
                    start = time.perf_counter()
                    function()
                    end = time.perf_counter()
                    self.best[name] = min(self.best[name], end - start)
                    if end > until and call >= 3:
                        break
            if turn >= 3 and time.perf_counter() - began > seconds:
                return

    @property
    def ratio(self) -> float:
        """The fastest peer's time by ours."""
        return min(time for name, time in self.best.items() if name != "ours") / self.best["ours"]

    def line(self, limit: float) -> str:
        """The line of the table."""
        cells = [f"{self.best[name] * 1e3:.3f}" if name in self.best else "" for name in ("ours", "PyTorch", "onnx")]
        share = f"{self.work / self.best['ours'] / limit:.0%}" if self.work else ""
        return f"| {self.name} | {' | '.join(cells)} | {self.ratio:.2f} | {self.wanted or ''} | {share} |"


def _gradients(network, x):
    """All gradients of the sum of the output."""
    run = network.forward(x)
    block = network.outputs[0]
    return run.backward(gradient=np.ones(run[block].shape, np.float32))


def _network_rows(threads):
    for name, (file, forward, both) in NETWORKS.items():
        def forward_row(name=name, file=file, wanted=forward):
            ours, peer, onnx, x = _all(sample(file), threads)
            functions = {"ours": lambda: ours.forward(x), "PyTorch": lambda: peer.forward(x), "onnx": lambda: onnx(x)}
            return Row(f"{name}, forward", functions, wanted)

        def both_row(name=name, file=file, wanted=both):
            ours, peer, _, x = _all(sample(file), None)
            functions = {"ours": lambda: ours.forward(x).backward(target=3), "PyTorch": lambda: peer.both(x)}
            return Row(f"{name}, forward + backward", functions, wanted)

        yield f"{name}, forward", forward_row
        yield f"{name}, forward + backward", both_row


def _all(design, threads, batch=1):
    """Our network, PyTorch's, onnxruntime's where `threads` are given, and a batch of pictures."""
    ours = Network(design)
    x = np.random.default_rng(0).standard_normal((batch, *ours.report.shapes[ours.inputs[0]])).astype(np.float32)
    peer = Torch(design, ours.weights)
    return ours, peer, onnx_forward(design, ours.weights, x.shape, threads) if threads else None, x


def _layer_rows(kind, title, sizes):
    for channels, side, filters, kernel in sizes:
        params = {"filters": filters, "kernel_size": [kernel, kernel], "padding": "same"}
        design = chain(block("layer", kind, **params), size=(channels, side, side))
        name = f"{title} {channels}×{side}×{side} → {filters}, {kernel}×{kernel}"

        def forward(design=design, name=name):
            ours, peer, _, x = _all(design, None)
            functions = {"ours": lambda: ours.forward(x), "PyTorch": lambda: peer.forward(x)}
            return Row(f"{name}, forward", functions, 4.0)

        def both(design=design, name=name):
            ours, peer, _, x = _all(design, None)
            functions = {"ours": lambda: _gradients(ours, x), "PyTorch": lambda: peer.sum(x)}
            return Row(f"{name}, forward + backward", functions, 4.0)

        yield f"{name}, forward", forward
        yield f"{name}, forward + backward", both


def _convolution_rows(threads):
    for channels, side, filters in VGG:
        design = chain(block("layer", "conv", filters=filters, padding=1), size=(channels, side, side))
        yield f"{channels}×{side}×{side} → {filters}, 3×3, convolution", lambda design=design: design
    batch = chain(block("layer", "conv", filters=64, padding=1), size=(64, 32, 32))
    yield "32 of 64×32×32 → 64, 3×3, convolution", lambda: batch


def _convolution(name, design, threads):
    batch = 32 if name.startswith("32 of") else 1
    ours, peer, onnx, x = _all(design, threads, batch)
    (channels, height, width), (filters, _, _) = ours.report.shapes["image"], ours.report.shapes["layer"]
    functions = {"ours": lambda: ours.forward(x), "PyTorch": lambda: peer.forward(x), "onnx": lambda: onnx(x)}
    return Row(name, functions, 1.0 if batch > 1 else None, 2.0 * batch * channels * filters * height * width * 9)


def _rows(threads):
    """The name of each row and what makes it: networks of half a gigabyte should not live side by side."""
    yield from _network_rows(threads)
    for name, make in _convolution_rows(threads):
        yield name, lambda name=name, make=make: _convolution(name, make(), threads)
    yield from _layer_rows("locally_connected", "locally connected", UNTIED)
    yield from _layer_rows("tiled_conv", "tiled", UNTIED)


def main(words):
    """Measure and print, row by row."""
    threads = torch.get_num_threads()
    set_thread_count(threads)
    limits = Limit()
    limit = max(limits.speed(threads) for _ in range(20))
    print(f"{threads} threads; registers alone: {limit / 1e9:.0f} billion operations a second\n")
    print("| what | ours (ms) | PyTorch | onnxruntime | ratio | wanted | of the limit |")
    print("|---|---|---|---|---|---|---|")
    for name, make in _rows(threads):
        if not words or any(word.lower() in name.lower() for word in words):
            row = make()
            row.measure(4.0 if "VGG-16" in name else 2.0)
            print(row.line(limit), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
