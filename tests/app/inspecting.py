"""Hands for tests of the inspector: finding its fields, typing, dragging labels."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from cnnbuilder.app.inspector.line import Line
from cnnbuilder.app.session import Session

KEYS = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def seen(parent: QWidget, kind: type[Any], name: str = "") -> Any:
    """The one visible widget of a kind."""
    found = [item for item in parent.findChildren(kind, name) if item.isVisible()] if name else []
    found = found or [item for item in parent.findChildren(kind) if item.isVisible() and not name]
    assert len(found) == 1, (kind, name, found)
    return found[0]


def field(inspector: QWidget, name: str) -> Line:
    line: Line = seen(inspector, QLineEdit, f"field-{name}")
    return line


def enter(qtbot: Any, line: QWidget) -> None:
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)


def type_over(qtbot: Any, line: Line, text: str) -> None:
    enter(qtbot, line)
    line.selectAll()
    qtbot.keyClicks(line, text)


def faults(inspector: QWidget) -> list[str]:
    return [item.text() for item in inspector.findChildren(QLabel, "fault") if item.isVisible()]


def value(session: Session, id: str, name: str) -> Any:
    return session.design.blocks[id].params[name]


def mouse(widget: QWidget, kind: QEvent.Type, x: float, fine: bool = False) -> None:
    """A mouse event with the left button, `x` pixels from the widget's left edge (also beyond it)."""
    at = QPointF(x, widget.height() / 2)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    buttons = none if kind == QEvent.Type.MouseButtonRelease else left
    modifiers = SHIFT if fine else Qt.KeyboardModifier.NoModifier
    there = QPointF(widget.mapToGlobal(QPoint(0, 0))) + at
    QApplication.sendEvent(widget, QMouseEvent(kind, at, there, button, buttons, modifiers))


def drag(grip: QWidget, pixels: int, fine: bool = False) -> None:
    mouse(grip, QEvent.Type.MouseButtonPress, 10)
    for x in range(0, abs(pixels) + 1, 7):
        mouse(grip, QEvent.Type.MouseMove, 10 + (x if pixels > 0 else -x), fine)
    mouse(grip, QEvent.Type.MouseButtonRelease, 10 + pixels)


def field_named(inspector: QWidget) -> Line:
    line: Line = seen(inspector, QLineEdit, "name")
    return line
