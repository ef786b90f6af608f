"""Cards as pixels, kept: what looks the same at the same zoom is painted once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

KEPT_BYTES = 96 * 2**20


class Stamps:
    """Pixmaps by what is on them; those not used for longest go first."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._kept: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._bytes, self._limit = 0, limit

    def get(self, key: Hashable) -> QPixmap | None:
        """What was painted for `key`."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def make(
        self, key: Hashable, width: float, height: float, scale: float, ratio: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        """Paint and keep: `width` × `height` units at `scale` device pixels each."""
        made = QPixmap(max(1, ceil(width * scale)), max(1, ceil(height * scale)))
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        paint(painter)
        painter.end()
        made.setDevicePixelRatio(ratio)
        self._kept[key] = made
        self._bytes += _size(made)
        while self._bytes > self._limit and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        return made

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._bytes = 0


def _size(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
