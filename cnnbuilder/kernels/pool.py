"""The one pool of threads. Its workers only ever help: whoever runs a plan does all of it alone if none of them comes.

So nothing waits for a worker, a fork loses nothing, and a worker that is idle when the program ends is simply left.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue


@dataclass(frozen=True)
class Job:
    """A native call that helps with a plan, and what must live as long as it may still be made."""

    function: Callable[..., None]
    arguments: tuple[int, ...]
    held: tuple[object, ...]


class Pool:
    """Daemon threads that take jobs from a queue; one run at a time may use them."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._workers = 0

    def acquire(self) -> bool:
        """Whether the pool is the caller's now; never waits."""
        return self._busy.acquire(blocking=False)

    def release(self) -> None:
        """Let the next run have the pool."""
        self._busy.release()

    def offer(self, job: Job, workers: int) -> None:
        """Offer `job` to that many workers; each that comes calls its function."""
        while self._workers < workers:
            thread = threading.Thread(target=_work, args=(self._jobs,), name="cnnbuilder-kernels", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending, or the system has no more threads: do without
                break
            self._workers += 1
        for _ in range(min(workers, self._workers)):
            self._jobs.put(job)

    def forget(self) -> None:
        """Start anew in a forked process, which has no threads but its own."""
        self.__init__()  # type: ignore[misc]


def _work(jobs: "SimpleQueue[Job]") -> None:
    while True:
        job = jobs.get()
        job.function(*job.arguments)
        del job


POOL = Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)

_threads: int | None = None


def _default_count() -> int:
    wanted = os.environ.get("CNNBUILDER_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def thread_count() -> int:
    """How many threads a run may use: CNNBUILDER_THREADS, or as many as this process may use processors."""
    global _threads
    if _threads is None:
        _threads = _default_count()
    return _threads


def set_thread_count(count: int) -> None:
    """Let runs use `count` threads from now on; raises ValueError below 1."""
    global _threads
    if count < 1:
        raise ValueError("at least one thread is needed")
    _threads = count
