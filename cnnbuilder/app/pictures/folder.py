"""The pictures of a folder, in the order in which a person reads their names."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".ppm", ".pgm")


@dataclass(frozen=True)
class Folder:
    """Names of pictures in a folder as it was when it was listed."""

    path: Path
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> "Folder":
        """List a folder; raises OSError. Takes milliseconds for thousands of files, so not on the window's thread."""
        with os.scandir(path) as entries:
            names = [item.name for item in entries if is_picture(item.name) and not item.name.startswith(".")]
        return cls(path, tuple(sorted(names, key=_reading_order)))

    def place(self, path: Path | None) -> int | None:
        """The number of a file in the folder."""
        if path is None or path.parent != self.path:
            return None
        return self.names.index(path.name) if path.name in self.names else None

    def __len__(self) -> int:
        return len(self.names)


def is_picture(name: str) -> bool:
    """Whether a file is one by its name."""
    return name.lower().endswith(SUFFIXES)


def _reading_order(name: str) -> list[tuple[int, int, str]]:
    """Numbers within names count as numbers: digit2 comes before digit10."""
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
