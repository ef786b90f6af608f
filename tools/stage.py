"""A screen of its own (Xvfb), the real program on it, and hands (xdotool) to use it with."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("Xvfb", "xdotool")


def missing() -> list[str]:
    """Of the programs needed, those that are not installed."""
    return [name for name in NEEDED if shutil.which(name) is None]


@contextlib.contextmanager
def screen(width: int, height: int) -> Iterator[str]:
    """A display of that size; its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class Stage:
    """The program on a display, in a home of its own."""

    def __init__(
        self, display: str, home: Path, file: Path | None = None, cache: Path | None = None, scale: int = 1
    ) -> None:
        self.home = home
        (home / "config").mkdir(parents=True, exist_ok=True)
        self._env = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(home / "config"),
            "PYTHONPATH": str(ROOT),
            **({"QT_SCALE_FACTOR": str(scale)} if scale != 1 else {}),
            **({"CNNBUILDER_CACHE": str(cache)} if cache else {}),
        }
        command = [sys.executable, str(ROOT / "tools" / "probe.py"), *([str(file)] if file else [])]
        self._program = subprocess.Popen(
            command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.wait("window._painted")

    def ask(self, question: str) -> Any:
        """The value of an expression over `window`."""
        assert self._program.stdin is not None and self._program.stdout is not None
        self._program.stdin.write(question + "\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended with {self._program.wait()}")
        found = json.loads(line)
        if isinstance(found, dict) and "error" in found:
            raise AssertionError(f"{question}: {found['error']}")
        return found

    def wait(self, question: str, seconds: float = 60) -> Any:
        """Ask until the answer is true."""
        end = time.monotonic() + seconds
        while not (found := self.ask(question)):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {question}")
        return found

    def hand(self, *words: object) -> None:
        """xdotool."""
        subprocess.run(["xdotool", *map(str, words)], env=self._env, check=True)

    def click(self, question: str, button: int = 1, repeat: int = 1) -> None:
        """Click where an expression says `[x, y]`."""
        x, y = self.ask(question)
        self.hand("mousemove", x, y, "click", "--repeat", repeat, "--delay", 60, button)

    def type_over(self, question: str, text: str) -> None:
        """Replace what stands in the field at that place."""
        self.click(question, repeat=3)
        self.hand("key", "ctrl+a")
        self.hand("type", "--delay", "15", text)
        self.hand("key", "Return")

    def shoot(self, path: Path) -> None:
        """Write what the screen shows, as a PNG."""
        import io

        from PIL import Image

        pixels = subprocess.run(
            ["import", "-window", "root", "png:-"], env=self._env, check=True, capture_output=True
        ).stdout
        image = Image.open(io.BytesIO(pixels)).convert("RGB")
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, optimize=True)

    def close(self) -> None:
        """End the program."""
        self._program.terminate()
        self._program.wait()
        for pipe in (self._program.stdin, self._program.stdout):
            if pipe is not None:
                pipe.close()
