"""The picture bar: what goes in, undo and redo, how the network runs, and what comes out."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QFontMetricsF,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.live import Live
from cnnbuilder.app.pictures.chooser import Chooser
from cnnbuilder.app.pictures.drawing import Drawing
from cnnbuilder.app.pictures.painting import Painting
from cnnbuilder.app.pictures.preparing import Preparing
from cnnbuilder.app.pictures.sight import Sight
from cnnbuilder.app.pictures.source import Pictures
from cnnbuilder.app.runner import Result
from cnnbuilder.app.scores import Scores
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.targets import TargetButton
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.words import seconds_words

HEIGHT = 52
CANCEL_AFTER = 100
"""Milliseconds that something runs before it can be cancelled here."""
LEVELS = 6
"""In how many steps the bar takes less room."""


class Elastic(QWidget):
    """Shows the longest of some wordings that fits into the room that is left."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._wordings: tuple[str, ...] = ()
        self._problem = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(name)

    def show_wordings(self, *wordings: str, problem: bool = False) -> None:
        """Show one of these, the longest first."""
        self._wordings, self._problem = wordings, problem
        self.setAccessibleDescription(wordings[0] if wordings else "")
        self.setToolTip(wordings[0] if wordings else "")
        self.update()

    @property
    def shown(self) -> str:
        """What can be read."""
        metrics = QFontMetricsF(theme.font(13))
        for words in self._wordings:
            if metrics.horizontalAdvance(words) <= self.width():
                return words
        if self._problem:
            return metrics.elidedText(self._wordings[-1], Qt.TextElideMode.ElideRight, self.width())
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(13))
        painter.setPen(theme.now().problem if self._problem else theme.now().dim)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter.value), self.shown)
        painter.end()


class PictureBar(QFrame):
    """Follows the session and the runner's results."""

    def __init__(
        self, session: Session, live: Live, pictures: Pictures, tasks: Tasks, actions: Mapping[str, QAction]
    ) -> None:
        super().__init__()
        self._session, self._live, self._pictures = session, live, pictures
        self._result: Result | None = None
        self._level = 0
        self.setObjectName("bar")
        self.setFixedHeight(HEIGHT)
        self.setAcceptDrops(True)
        self.drawing, self.preparing = Drawing(pictures), Preparing(session)
        self.painting = Painting(session, pictures)
        self.preparing.paint_wanted.connect(self.open_painting)
        for panel in (self.drawing, self.preparing, self.painting):
            panel.setParent(self)
            panel.hide()
        self.chooser = Chooser(pictures, tasks, self)
        self.sight = Sight(session, pictures)
        self.sight.thumb.clicked.connect(self.open_preparing)
        self._undo, self._redo = _tool(actions["undo"]), _tool(actions["redo"])
        self._picture = _button("Picture ▾", "Open a picture or a folder, paste one, or take a sample")
        self._picture.setAccessibleName("Picture")
        self._picture.clicked.connect(lambda: self.chooser.open_below(self._picture))
        self._draw = _button("Draw a digit", "Draw with the mouse while the network runs")
        self._draw.setCheckable(True)
        self._draw.clicked.connect(self.open_drawing)
        self.drawing.toggled.connect(self._draw.setChecked)
        self._build_run(actions)
        self._build_row()
        session.changed.connect(self._changed)
        live.stale_changed.connect(self._show_stale)
        live.running.connect(self._run)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _build_run(self, actions: Mapping[str, QAction]) -> None:
        session, live = self._session, self._live
        self.live = QPushButton("Live")
        self.live.setCheckable(True)
        self.live.setChecked(True)
        self.live.setToolTip("Run the network after every edit; otherwise only when asked (F6)")
        self.live.clicked.connect(lambda checked: session.look(live=checked))
        self.run = _button("Run now", "Run the network as it is now (F5)")
        self.run.clicked.connect(live.run)
        self.stale = QLabel("Out of date")
        self.stale.setObjectName("problem")
        self.stale.setToolTip("The design or the picture changed since the network ran: Run now (F5)")
        self.target = TargetButton(session)
        self.cancel = _button("Cancel", "Cancel what is under way (Escape)")
        self.cancel.clicked.connect(actions["cancel"].trigger)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, actions["cancel"].trigger)
        self._escape.setEnabled(False)
        for widget in (self.run, self.stale, self.cancel):
            widget.hide()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CANCEL_AFTER)
        self._soon.timeout.connect(lambda: self._show_cancel(True))
        self.told = Elastic("Times and loss")
        self.scores = Scores()

    def _build_row(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)  # narrower: parts are shortened
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.sight)
        row.addSpacing(4)
        for widget in (self._undo, self._redo, self._picture, self._draw, _separator(), self.live, self.run):
            row.addWidget(widget)
        for widget in (self.stale, self.target, self.cancel):
            row.addWidget(widget)
        row.addWidget(self.told, 1)
        row.addWidget(self.scores)

    def _recolour(self) -> None:
        now = theme.now()
        self.live.setIcon(icons.icon("run", now.text, now.on_accent))
        self.run.setIcon(icons.icon("run"))
        self.cancel.setIcon(icons.icon("stop", now.problem))
        self._picture.setIcon(icons.icon("picture"))
        self._draw.setIcon(icons.icon("pen", now.text, now.on_accent))

    def open_drawing(self) -> None:
        """Show the pad, or close it."""
        self.drawing.open_below(self._draw)

    def open_painting(self) -> None:
        """Show the picture to be painted on, or close that."""
        self.preparing.hide()
        self.painting.open_below(self.sight.thumb)

    def open_preparing(self) -> None:
        """Show what the network sees and how it is made, or close that."""
        self.painting.hide()
        self.preparing.open_below(self.sight.thumb)

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.live != new.live:
            self.live.setChecked(new.live)
            self.run.setVisible(not new.live)
            self.fit()

    def _show_stale(self, stale: bool) -> None:
        self.stale.setVisible(stale)
        self.scores.fade(stale)
        self.fit()

    def _run(self, running: bool) -> None:
        """Something is under way; it can be cancelled once it takes a while."""
        if running:
            self._soon.start()
        else:
            self._soon.stop()
            self._show_cancel(False)

    def _show_cancel(self, shown: bool) -> None:
        if shown == self.cancel.isHidden():
            self.cancel.setVisible(shown)
            self._escape.setEnabled(shown)
            self.fit()

    def show_result(self, result: Result) -> None:
        """Show what a run gave."""
        self._result = result
        design = result.request.design
        self.sight.show_result(result)
        self.preparing.show_result(result)
        before = self.scores.sizeHint(), self.target.text()
        self.scores.show_scores(result.scores, design.label)
        if result.scores is None or result.target is not None or not result.request.backward:
            self.target.show_scores(result.scores, design.label, result.target)
        self._tell(result)
        if before != (self.scores.sizeHint(), self.target.text()):
            self.fit()

    def _tell(self, result: Result) -> None:
        if result.message:
            self.told.show_wordings(result.message, problem=True)
            return
        # Where nothing was computed anew, no time would say anything.
        took = seconds_words(result.forward_seconds) if result.forward_seconds else "reused"
        forward, loss = f"forward {took}", ""
        if result.backward_seconds is None:
            self.told.show_wordings(forward)
            return
        backward = f"backward {seconds_words(result.backward_seconds)}"
        if result.loss is not None:
            loss = f"loss {result.loss:.3g}"
        full = " · ".join(part for part in (forward, backward, loss) if part)
        short = f"{took} + {seconds_words(result.backward_seconds)}"
        self.told.show_wordings(full, " · ".join(part for part in (short, loss) if part), loss)

    # Room

    def fit(self) -> None:
        """Shorten as many parts as needed for the width there is."""
        for level in range(LEVELS + 1):
            self._shorten(level)
            self._row.invalidate()
            if self._row.minimumSize().width() <= self.width():
                break

    def _shorten(self, level: int) -> None:
        self.told.setMinimumWidth((150, 90, 90, 60, 40, 0, 0)[level])
        self.target.shorten(level >= 1)
        _icon_only(self._draw, level >= 2)
        _icon_only(self._picture, level >= 3)
        self.scores.shorten(level >= 4)
        self.sight.shorten(level >= 5)
        _icon_only(self.cancel, level >= 6)
        _icon_only(self.run, level >= 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    # Dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._pictures.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._pictures.paste(event.mimeData(), "dropped"):
            event.acceptProposedAction()


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setObjectName("tight")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(16, 16))
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def _button(words: str, help: str) -> Any:
    """A button that can show its icon alone."""
    button = QToolButton()
    button.setText(f" {words}")
    button.setAccessibleName(words)
    button.setToolTip(help)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button


def _icon_only(button: QToolButton, alone: bool) -> None:
    style = Qt.ToolButtonStyle
    button.setToolButtonStyle(style.ToolButtonIconOnly if alone else style.ToolButtonTextBesideIcon)


def _separator() -> QFrame:
    line = QFrame()
    line.setObjectName("separator")
    line.setFixedSize(1, 24)
    return line
