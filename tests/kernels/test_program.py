"""Plans: many steps, many threads, cancelling, forks, and the end of the program."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cnnbuilder import kernels
from cnnbuilder.design.window import Axis
from cnnbuilder.kernels import pool
from cnnbuilder.operations import Correlate, Map, Product, Softmax
from tests.kernels.running import Array, draw_data, run_step, split

pytestmark = pytest.mark.usefixtures("kernels")
ROOT = Path(__file__).parents[2]


class Chain:
    """A convolution, a function, a dense layer and a softmax one after another, in buffers of its own."""

    def __init__(self, seed: int, dtype: str = "float32", parts: int = 3, size: int = 12) -> None:
        axis = Axis(size, 3, before=1, after=1)
        operations = [
            Correlate(3, 10, axis, axis), Map("tanh", (10, size, size)), Product(10 * size * size, 7), Softmax((7,)),
        ]  # fmt: skip
        self.flag = np.zeros(1, np.int64)
        value = draw_data(operations[0], 1, seed).inputs[0].astype(dtype)
        self.arrays = [value]
        steps, frames = [], []
        for number, operation in enumerate(operations):
            weights = [w.astype(dtype) for w in draw_data(operation, 1, seed + number).weights]
            output = np.full((1, *operation.output_shape), np.nan, dtype)
            frame = [value.ctypes.data, *(w.ctypes.data for w in weights), output.ctypes.data]
            step = kernels.step(operation, "forward", 1, dtype)
            steps.append(split(step, parts))
            frames += frame + [0] * (step.frame - len(frame))
            self.arrays += [*weights, output]
            value = output
        self.output: Array = value
        self.addresses = np.array(frames, np.int64)
        self.program = kernels.Program(steps)

    def run(self, threads: int | None = 2) -> Array:
        self.output[...] = np.nan
        self.program.run(self.addresses, self.flag, threads)
        return self.output.copy()


def test_steps_run_in_order_on_any_number_of_threads() -> None:
    chain = Chain(0)
    alone = chain.run(1)
    assert alone.sum() == pytest.approx(1, rel=1e-5)
    for threads in (2, 3, 5, None):
        np.testing.assert_array_equal(chain.run(threads), alone)


def test_many_python_threads_at_once() -> None:
    chains = [Chain(seed) for seed in range(8)]
    expected = [chain.run(1) for chain in chains]
    wrong: list[int] = []
    start = threading.Barrier(len(chains))

    def work(number: int) -> None:
        start.wait()
        for _ in range(200):
            if not np.array_equal(chains[number].run(), expected[number]):
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(len(chains))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_one_program_by_many_threads_with_addresses_of_their_own() -> None:
    chain = Chain(0)
    expected = chain.run(1)
    found: list[Array] = []

    def work() -> None:
        own, addresses = np.full_like(chain.output, np.nan), chain.addresses.copy()
        addresses[addresses == chain.output.ctypes.data] = own.ctypes.data
        # The values between are written by all alike.
        chain.program.run(addresses, chain.flag, 2)
        found.append(own)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for output in found:
        np.testing.assert_array_equal(output, expected)


@pytest.mark.parametrize("parts", [1, 5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_cancelled_plan_writes_nothing(dtype: str, parts: int) -> None:
    operation = Map("relu", (100,))
    step = kernels.step(operation, "forward", 1, dtype)
    x, y = np.ones((1, 100), dtype), np.full((1, 100), np.nan, dtype)
    run_step(step, [x, y, None, None, None], parts, cancel=1)
    assert np.isnan(y).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_cancelling_from_another_thread_ends_a_long_plan(threads: int) -> None:
    axis = Axis(224, 3, before=1, after=1)
    operation = Correlate(64, 64, axis, axis)  # the plain loop takes many seconds
    step = kernels.step(operation, "forward", 1, "float64")
    x, weight, bias = np.ones((1, 64, 224, 224)), np.ones((64, 64, 3, 3)), np.ones(64)
    y = np.full((1, 64, 224, 224), np.nan)
    frame = [x.ctypes.data, weight.ctypes.data, bias.ctypes.data, y.ctypes.data, 0, 0, 0, 0, 0]
    addresses = np.array(3 * frame, np.int64)
    flag = np.zeros(1, np.int64)
    program = kernels.Program([step, step, step])
    running = threading.Thread(target=program.run, args=(addresses, flag, threads))
    running.start()
    while np.isnan(y[0, 0, 0, 0]):
        assert running.is_alive()
    flag[0] = 1
    running.join()
    assert np.isnan(y[0, -1]).any()
    flag[0] = 0  # a flag that is used again disturbs nobody


def test_wrong_arguments() -> None:
    program = kernels.Program([kernels.step(Map("relu", (4,)), "forward", 1, "float32")])
    flag = np.zeros(1, np.int64)
    with pytest.raises(ValueError, match="5 addresses"):
        program.run(np.zeros(4, np.int64), flag)
    with pytest.raises(TypeError, match="int64"):
        program.run(np.zeros(5), flag)  # type: ignore[arg-type]
    kernels.Program([]).run(np.zeros(0, np.int64), flag)


def test_thread_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_threads", None)
    monkeypatch.setenv("CNNBUILDER_THREADS", "3")
    assert kernels.thread_count() == 3
    kernels.set_thread_count(1)
    assert kernels.thread_count() == 1
    with pytest.raises(ValueError, match="at least one"):
        kernels.set_thread_count(0)
    monkeypatch.setattr(pool, "_threads", None)
    monkeypatch.setenv("CNNBUILDER_THREADS", "many")
    assert kernels.thread_count() >= 1


def test_small_work_is_not_split() -> None:
    assert kernels.step(Map("relu", (84,)), "forward", 1, "float32").parts == 1
    assert kernels.step(Map("relu", (64, 224, 224)), "forward", 1, "float32").parts > 1


def script(text: str) -> "subprocess.CompletedProcess[str]":
    """Run Python text in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CNNBUILDER_THREADS": "3"}
    begin = "import numpy as np, os, sys, threading\nfrom tests.kernels.test_program import Chain\n"
    command = [sys.executable, "-c", begin + text]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_after_a_fork_the_child_runs_alone() -> None:
    done = script("""
chain = Chain(0, parts=9)
expected = chain.run(3)
for _ in range(5):
    child = os.fork()
    if child == 0:
        same = all(np.array_equal(chain.run(3), expected) for _ in range(50))
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
    assert np.array_equal(chain.run(3), expected)
print("fine")
""")
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes fork")
def test_a_fork_while_the_pool_is_in_use() -> None:
    done = script("""
chain, other = Chain(0, parts=9), Chain(1, parts=9)
expected, stop = chain.run(1), threading.Event()
def busy():
    while not stop.is_set():
        other.run(3)
thread = threading.Thread(target=busy)
thread.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(chain.run(3), expected) else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
thread.join()
print("fine")
""")
    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr


def test_the_program_ends_with_idle_and_with_busy_workers() -> None:
    done = script("Chain(0, parts=9).run(3)\nprint('fine')")
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)
    done = script("""
chain = Chain(0, parts=9)
def forever():
    while True:
        chain.run(3)
threading.Thread(target=forever, daemon=True).start()
for _ in range(100):
    Chain(1, parts=9).run(3)
print('fine')
""")
    assert (done.stdout, done.stderr, done.returncode) == ("fine\n", "", 0)


def test_an_exception_in_the_caller_leaves_the_pool_free() -> None:
    chain = Chain(0)
    expected = chain.run(1)
    with pytest.raises(ValueError, match="addresses"):
        chain.program.run(chain.addresses[:-1], chain.flag, 2)
    assert pool.POOL.acquire()
    # Held by someone else: the run is done alone.
    np.testing.assert_array_equal(chain.run(3), expected)
    pool.POOL.release()
    np.testing.assert_array_equal(chain.run(3), expected)
