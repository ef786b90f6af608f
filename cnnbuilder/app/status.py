"""The status bar: whether all blocks fit, totals, what is under way, zoom, threads, whether all is saved."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QToolButton, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import bytes_words
from cnnbuilder.design.shape import plural


class Status(QStatusBar):
    """Follows the session; the window tells it of progress and zoom."""

    show_problems = Signal()
    zoom_in = Signal()
    zoom_out = Signal()
    fit = Signal()
    cancel = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setSizeGripEnabled(False)
        self._threads = ""
        self._task = ""
        self._running = (0, 0, "")
        self._fits = QPushButton()
        self._fits.setObjectName("flat")
        self._fits.setCursor(Qt.CursorShape.PointingHandCursor)
        self._fits.setToolTip("Show the problems")
        self._fits.clicked.connect(self.show_problems.emit)
        self._parameters, self._macs, self._memory = QLabel(), QLabel(), QLabel()
        self._memory.setToolTip("Every output and every weight in float32, for one picture")
        self._macs.setToolTip("Multiplications by a weight for one picture")
        for widget in (self._fits, self._parameters, self._macs, self._memory):
            self.addWidget(widget)
        self._progress = QWidget()
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(12, 0, 0, 0)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._done = QProgressBar()
        self._done.setFixedWidth(150)
        self._done.setTextVisible(False)
        self._done.setAccessibleName("Progress")
        self._stop = self._tool("stop", "Cancel what is under way", self.cancel)
        for part in (self._words, self._done, self._stop):
            row.addWidget(part)
        self.addWidget(self._progress)
        self._progress.hide()
        self._out = self._tool("zoom-out", "Zoom out (Ctrl+−)", self.zoom_out)
        self._zoom = QLabel("100 %")
        self._zoom.setToolTip("Zoom of the canvas")
        self._in = self._tool("zoom-in", "Zoom in (Ctrl++)", self.zoom_in)
        self._fit = self._tool("fit", "Fit the network into view (F)", self.fit)
        self._state = QLabel()
        self._state.setObjectName("dim")
        for tool in (self._out, self._zoom, self._in, self._fit, self._state):
            self.addPermanentWidget(tool)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()
        self._show(session.shown)

    def _tool(self, icon: str, words: str, signal: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setAccessibleName(words.partition(" (")[0])
        button.setToolTip(words)
        button.setProperty("icon-name", icon)
        button.clicked.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        return button

    def _recolour(self) -> None:
        for button in (self._out, self._in, self._fit, self._stop):
            button.setIcon(icons.icon(str(button.property("icon-name")), theme.now().dim))
        self._show_fits(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.report is not new.report or old.changed != new.changed or old.path != new.path:
            self._show(new)

    def _show(self, shown: Shown) -> None:
        report = shown.report
        partial = "≥ " if report.problems else ""
        memory = report.total_memory_bytes
        self._show_fits(shown)
        for total in (self._parameters, self._macs, self._memory):
            total.setVisible(bool(shown.design.blocks))
        self._parameters.setText(f"{partial}{plural(report.total_parameters, 'parameter')}")
        self._macs.setText(f"{partial}{plural(report.total_macs, 'multiply-add')}")
        self._memory.setText(f"{partial}{bytes_words(memory['weights'] + memory['forward'])} to run")
        self._show_state(shown)

    def _show_state(self, shown: Shown) -> None:
        saved = "unsaved changes" if shown.changed else "saved" if shown.path else "not saved yet"
        self._state.setText(" · ".join(part for part in (self._threads, "float32", saved) if part))

    def _show_fits(self, shown: Shown) -> None:
        problems = len(shown.report.problems)
        if not shown.design.blocks:
            name, colour, words = "plus", theme.now().dim, "Nothing is drawn yet"
        elif problems:
            name, colour, words = "warning", theme.now().problem, plural(problems, "problem")
        else:
            name, colour, words = "check", theme.now().fine, "All blocks fit"
        self._fits.setIcon(icons.icon(name, colour))
        self._fits.setText(words)
        self._fits.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self._fits.setAccessibleName(self._fits.text())

    def show_threads(self, shown: Shown, threads: int) -> None:
        """How many threads runs use."""
        words = plural(threads, "thread")
        if words != self._threads:
            self._threads = words
            self._show_state(shown)

    def show_zoom(self, zoom: float) -> None:
        """The canvas's zoom; at 100 % words on cards are as large as all others."""
        self._zoom.setText(f"{100 * zoom / theme.scaled(1):.0f} %")

    def show_progress(self, done: int, total: int, words: str) -> None:
        """What the runner does; nothing, if there are no words. Without a total it is not known how long it takes."""
        self._running = (done, total, words)
        self._show_progress()

    def show_task(self, words: str) -> None:
        """What is done beside the runner, such as opening a file; nothing, if there are no words."""
        self._task = words
        self._show_progress()

    def _show_progress(self) -> None:
        done, total, words = (0, 0, self._task) if self._task else self._running
        self._progress.setVisible(bool(words))
        if words:
            self._words.setText(words)
            self._done.setRange(0, total)
            self._done.setValue(done)
