"""A note's words edited in place."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cnnbuilder.app import theme


class NoteEditor(QPlainTextEdit):
    """Lies over a note. Leaving it, or Ctrl+Enter, keeps what was written; Escape does not."""

    def __init__(
        self, parent: QWidget, text: str, rect: QRect, zoom: float, done: Callable[[str | None], None]
    ) -> None:
        super().__init__(parent)
        self._done: Callable[[str | None], None] | None = done
        font = theme.font(max(9, round(13 * zoom)))
        self.setFont(font)
        now = theme.now()
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {now.note}; color: {now.text}; font-size: {font.pixelSize()}px;"
            f" border: 2px solid {now.accent}; border-radius: 6px; padding: 4px; }}"
        )
        self.setAccessibleName("Text of the note")
        self.setToolTip("Ctrl+Enter keeps what you write, Escape leaves the note as it was")
        self.setPlainText(text)
        self.setGeometry(rect.adjusted(-1, -1, 1, 24))
        self.selectAll()
        self.show()
        self.setFocus()

    def _end(self, text: str | None) -> None:
        done, self._done = self._done, None
        if done is not None:
            self.hide()
            self.deleteLater()
            done(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._end(None)
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._end(self.toPlainText())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Keys of the window's menus, such as F or L, are letters here.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self._end(self.toPlainText())
        return super().event(event)
