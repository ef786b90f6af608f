"""What a command says, on whatever it is shown: any encoding, a closed pipe, a terminal or a file."""

import codecs
import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, TextIO, TypeVar

from cnnbuilder.design.errors import Cancelled

if TYPE_CHECKING:
    from cnnbuilder.engine.cancel import Cancellation

Result = TypeVar("Result")

_PLAIN = {"×": "x", "·": "-", "→": "->", "−": "-", "…": "...", "≥": ">=", "≤": "<=", "²": "^2", "√": "sqrt", "’": "'"}
_PLAIN_ERRORS = "cnnbuilder.plain"

_PATIENCE = 0.4
"""Seconds before progress is shown: most commands are done by then."""
_PAUSE = 0.05


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that an encoding does not have."""
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start:error.end]
    return "".join(_PLAIN.get(c) or c.encode("ascii", "backslashreplace").decode() for c in missing), error.end


codecs.register_error(_PLAIN_ERRORS, _plain)


def one_line(text: str) -> str:
    """The first line of a text, and how many more there are."""
    lines = text.splitlines() or [""]
    return lines[0] if len(lines) == 1 else f"{lines[0]} (and {len(lines) - 1} more)"


class Console:
    """The two streams of a command."""

    def __init__(self) -> None:
        self._muted = False
        self._failure = ""
        self._shown = 0
        self._begun = time.monotonic()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors=_PLAIN_ERRORS)

    def say(self, text: str = "") -> None:
        """One line on the standard output. Names in it cannot steer the terminal; a reader that is gone is no error."""
        self.clear()
        if not self._muted:
            with self._guarded():
                print("".join(c if c.isprintable() else " " for c in text))

    def complain(self, text: str) -> None:
        """One line on the standard error."""
        self.clear()
        with contextlib.suppress(OSError, ValueError):
            if sys.stdout is not None:
                sys.stdout.flush()  # in order, where both go to one place
        with contextlib.suppress(OSError, ValueError):
            print("cnnbuilder: " + "".join(c if c.isprintable() else " " for c in text), file=sys.stderr)

    def progress(self, done: int, total: int, name: str, before: str = "") -> None:
        """A line that the next one replaces, on a terminal, once a command takes long."""
        if sys.stderr is None or not sys.stderr.isatty() or time.monotonic() - self._begun < _PATIENCE:
            return
        text = f"{done}/{total} {before}{name}"[:100]
        with contextlib.suppress(OSError, ValueError):
            print("\r" + text.ljust(self._shown), end="", file=sys.stderr, flush=True)
            self._shown = len(text)

    def clear(self) -> None:
        """Take the progress line away."""
        if self._shown:
            with contextlib.suppress(OSError, ValueError):
                print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
            self._shown = 0

    def close(self, code: int) -> int:
        """Let everything out; the exit code."""
        self.clear()
        with self._guarded():
            if sys.stdout is not None:
                sys.stdout.flush()
        if self._failure:
            self.complain(f"the output cannot be written: {self._failure}")
            return code or 1
        return code

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            self._mute(sys.stdout)
        except OSError as error:
            self._failure = error.strerror or str(error)
            self._mute(sys.stdout)

    def _mute(self, stream: TextIO) -> None:
        """Say nothing more. What is left in the stream goes nowhere, or the interpreter would complain at its end."""
        self._muted = True
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def interruptible(work: "Callable[[Cancellation], Result]") -> Result:
    """`work(cancellation)`, run beside the waiting main thread, so that Ctrl+C stops it at once also in native code."""
    from cnnbuilder.engine.cancel import Cancellation

    cancellation = Cancellation()
    with ThreadPoolExecutor(1, "cnnbuilder-run") as pool:
        future = pool.submit(work, cancellation)
        try:
            while True:
                with contextlib.suppress(NotYet):
                    return future.result(_PAUSE)
                if future.done():
                    return future.result()
        except KeyboardInterrupt:
            cancellation.cancel()
            raise Cancelled("interrupted") from None
