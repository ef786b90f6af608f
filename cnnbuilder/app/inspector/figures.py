"""A table of figures: words on the left, the number on the right."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter

from cnnbuilder.app import theme
from cnnbuilder.app.inspector.wells import Well, write


@dataclass(frozen=True)
class Figure:
    """One line: what is counted, how many, and what that means."""

    words: str
    value: str
    help: str = ""
    strong: bool = False
    """Whether it is the one that holds; the others are for comparison."""
    act: str = ""
    """What a click on it does, if anything."""


class Figures(Well):
    """A line for each figure."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._figures: tuple[Figure, ...] = ()
        self._pressed = -1
        self.setMouseTracking(True)

    def show_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show these."""
        if figures != self._figures:
            self._figures = figures
            self.refresh()

    def count(self) -> int:
        return len(self._figures)

    def line_height(self, number: int) -> float:
        return theme.text_px() + 8.0

    def text(self, number: int) -> str:
        figure = self._figures[number]
        return f"{figure.words} {figure.value}"

    def value(self, number: int) -> str:
        return self._figures[number].value

    def help(self, number: int) -> str:
        return self._figures[number].help

    def act(self, number: int) -> str:
        return self._figures[number].act

    # Doing what a line is there for

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = self.line_at(event.position().y()) if event.button() == Qt.MouseButton.LeftButton else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, -1
        inside = self.rect().contains(event.position().toPoint())
        same = pressed in range(self.count()) and self.line_at(event.position().y()) == pressed
        if inside and same and self.act(pressed):
            self.wanted.emit(pressed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        acts = self.count() and self.act(self.line_at(event.position().y()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if acts else Qt.CursorShape.ArrowCursor)

    def paint_line(self, painter: QPainter, number: int, rect: QRectF) -> None:
        now, figure = theme.now(), self._figures[number]
        font = theme.font(theme.text_px() - 1, 600 if figure.strong else 400)
        used = write(painter, figure.value, rect, font, now.text, right=True)
        room = rect.adjusted(0, 0, -used - 8, 0)
        colour = now.text if figure.strong else now.accent if figure.act else now.dim
        write(painter, figure.words, room, theme.font(theme.text_px() - 1), colour)
