"""The main window: puts the rooms together and joins their signals. It decides nothing about the document."""

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app import menus, settings, theme
from cnnbuilder.app.actions import Actions
from cnnbuilder.app.bar import PictureBar
from cnnbuilder.app.brushing import Brushing
from cnnbuilder.app.canvas.hits import Hit
from cnnbuilder.app.canvas.menu import context_menu
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.docks import Docks, Kind
from cnnbuilder.app.docks_menu import add_view_menu
from cnnbuilder.app.documents import Documents
from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.live import Live
from cnnbuilder.app.palette import Palette
from cnnbuilder.app.pictures.commands import picture_commands
from cnnbuilder.app.runner import Result, Runner
from cnnbuilder.app.samples import read_samples
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.shell import Shell
from cnnbuilder.app.status import Status
from cnnbuilder.app.tabs import DocumentTabs
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.costs import Costs
from cnnbuilder.app.views.problems import Problems
from cnnbuilder.app.words import literal

PALETTE_WIDTH, INSPECTOR_WIDTH = 214, 286
SIZE = (1400, 900)
MAPS = ("maps", "gradients", "kernels")
"""The views that show arrays."""


class Window(QMainWindow):
    """Owns the widgets, the runner and the tasks; the documents are the session's."""

    painted = Signal()
    """The window was painted for the first time."""
    ran = Signal(object)
    """A Result that answers the latest request."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._latest: Result | None = None
        self.tasks = Tasks()
        self.runner = Runner()
        self.live = Live(session, self.runner)
        self.documents = Documents(session, self.tasks, self)
        self.actions_ = Actions(self, session, self.documents)
        self.setAcceptDrops(True)
        self.canvas = Canvas()
        self.shell = Shell(self)
        self._build_menus()
        pictures = self.documents.pictures
        self.bar = PictureBar(session, self.live, pictures, self.tasks, self.actions_.made)
        self._run_menu.addSeparator()
        self._run_menu.addActions(picture_commands(self.actions_.make, pictures, self.bar, session))
        self.inspector = Inspector(session, self.tasks)
        self.palette_ = Palette()
        self.problems = Problems(session, self.tasks)
        self.status = Status(session)
        self.setStatusBar(self.status)
        self._build_body()
        self._join()
        self._painted = False
        self._leaving = False
        self._restore()
        self.canvas.show_design(session.design, session.shown.selected, session.shown.key, session.shown.picture_size)
        self._follow(session.shown)
        self.canvas.setFocus()

    # Building

    def _build_body(self) -> None:
        """The picture bar above all; the canvas in the middle of the docks."""
        self.middle = QWidget()
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.strip = DocumentTabs(self.session)
        self.sheet = QStackedWidget()
        self.sheet.addWidget(self.canvas)
        column.addWidget(self.strip)
        column.addWidget(self.sheet, 1)
        self.docks = Docks(
            self.middle,
            (
                Kind("maps", "Feature maps", partial(self._make_maps, "FeatureMaps"), late=True),
                Kind("kernels", "Kernels", self._make_kernels, late=True),
                Kind("gradients", "Gradients", partial(self._make_maps, "Gradients"), late=True),
                Kind("pixel", "One pixel", self._make_pixel, late=True),
                Kind("connectivity", "Connectivity", self._make_connectivity, late=True),
                Kind("costs", "Shapes and costs", lambda: Costs(self.session)),
                Kind("problems", "Problems", lambda: self.problems, single=True),
                Kind("laboratory", "Laboratory", self._make_laboratory, single=True, first=False),
                Kind("attribution", "What matters", self._make_attribution, late=True),
                Kind("activations", "Activations", self._make_activations, late=True, first=False),
                Kind("compare", "Compare", self._make_compare, late=True, first=False),
            ),
        )
        self.docks.add_panel("palette", "Palette", self.palette_, "left", PALETTE_WIDTH)
        self.docks.add_panel("inspector", "Inspector", self.inspector, "right", INSPECTOR_WIDTH)
        self.docks.made.connect(self._join_view)
        self._brushing = Brushing(self.session, self.docks, self.canvas)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.bar)
        rows.addWidget(self.docks, 1)
        self.setCentralWidget(body)
        add_view_menu(self.docks, self.actions_.make, self._view_menu)

    def _make_maps(self, name: str) -> QWidget:
        view: QWidget = getattr(import_module("cnnbuilder.app.views.maps"), name)(self.session)
        return view

    def _make_kernels(self) -> QWidget:
        from cnnbuilder.app.views.kernel_editing import EditableKernels

        return EditableKernels(self.session)

    def _make_pixel(self) -> QWidget:
        view: QWidget = import_module("cnnbuilder.app.views.pixel.view").PixelView(self.session)
        return view

    def _make_connectivity(self) -> QWidget:
        from cnnbuilder.app.views.connectivity.view import ConnectivityView

        return ConnectivityView(self.session)

    def _make_attribution(self) -> QWidget:
        from cnnbuilder.app.views.attribution.view import AttributionView

        return AttributionView(self.session, self.tasks)

    def _make_activations(self) -> QWidget:
        from cnnbuilder.app.views.activations.view import ActivationsView

        return ActivationsView(self.session, self.tasks)

    def _make_compare(self) -> QWidget:
        from cnnbuilder.app.views.compare.view import CompareView

        return CompareView(self.session, self.tasks)

    def _make_laboratory(self) -> QWidget:
        from cnnbuilder.app.laboratory.panel import LaboratoryPanel

        panel = LaboratoryPanel(self.session)
        panel.wanted.connect(self.shell.laboratory.open)
        return panel

    def _join_view(self, view: QWidget) -> None:
        """Give a new view what the others have."""
        if hasattr(view, "show_result"):
            self.ran.connect(view.show_result)
            if self._latest is not None:
                view.show_result(self._latest)
        if hasattr(view, "explain_wanted"):
            view.explain_wanted.connect(lambda: self.docks.enter("pixel"))
        if hasattr(view, "centred"):
            view.centred.connect(self.canvas.show_block)

    @property
    def maps(self) -> tuple[Any, ...]:
        """The views of arrays that are made."""
        return tuple(self.docks.views(*MAPS))

    def _build_menus(self) -> None:
        self._file = QLabel()
        self._file.setObjectName("file")
        self._file.setTextFormat(Qt.TextFormat.PlainText)
        self.menuBar().setCornerWidget(self._file, Qt.Corner.TopRightCorner)
        self._view_menu, self._run_menu = menus.build(self)

    def _join(self) -> None:
        session, canvas = self.session, self.canvas
        session.changed.connect(self._changed)
        canvas.selected.connect(session.select)
        canvas.moved.connect(session.move)
        canvas.remove.connect(session.remove_selected)
        canvas.dropped.connect(session.place)
        canvas.channel_turned.connect(self.live.turn)
        canvas.zoomed.connect(self.status.show_zoom)
        canvas.connect_blocks.connect(session.join)
        canvas.rejoined.connect(session.rejoin)
        canvas.unlink.connect(session.part)
        canvas.inserted.connect(session.insert_block)
        canvas.fold.connect(session.fold)
        canvas.note_edited.connect(session.edit_note)
        canvas.note_resized.connect(session.resize_note)
        canvas.note_removed.connect(session.remove_note)
        canvas.context.connect(self._show_context)
        canvas.wanted_next.connect(self.shell.ask_next)
        self._prefer("minimap")
        settings.keeper().changed.connect(self._prefer)
        self.palette_.chosen.connect(session.append)
        self.palette_.left.connect(canvas.setFocus)
        self.documents.opened.connect(canvas.begin)
        self.documents.opened.connect(canvas.setFocus)
        self.strip.closed.connect(self.documents.close)
        self.strip.wanted.connect(self.documents.new)
        self.inspector.done.connect(canvas.setFocus)
        self.inspector.problem_wanted.connect(self._show_problem)
        canvas.problem_wanted.connect(self._show_problem)
        canvas.edit_wanted.connect(self.inspector.edit)
        self.inspector.help_wanted.connect(self.shell.show_help)
        self.status.show_problems.connect(lambda: self.docks.show_view("problems"))
        self.status.zoom_in.connect(self.actions_.made["zoom-in"].trigger)
        self.status.zoom_out.connect(self.actions_.made["zoom-out"].trigger)
        self.status.fit.connect(canvas.fit)
        self.status.cancel.connect(self.runner.cancel)
        self.runner.finished.connect(self._show_result)
        self.runner.progressed.connect(self.status.show_progress)
        self.tasks.busy.connect(self.status.show_task)
        self.status.cancel.connect(self.tasks.cancel)
        theme.keeper().changed.connect(self._recolour)
        QShortcut(QKeySequence("/"), self, self.palette_.search_for)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        """What is not needed for the first sight of the window: running, and maps with numpy."""
        self.painted.emit()
        self.live.begin()
        if self.session.shown.report.problems:
            self.docks.show_view("problems")
        # Imported in a thread so that the window stays alive.
        self.tasks.run("", lambda: import_module("cnnbuilder.app.views.maps"), self._begin_maps, self._fail)

    def _begin_maps(self, module: Any) -> None:
        if not self._leaving:
            self.docks.begin()
            self.tasks.run("", read_samples, lambda _: None, self._fail)

    def _fail(self, words: str) -> None:
        self.documents.fail("The maps cannot be shown", words)

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        self.canvas.show_design(new.design, new.selected, new.key, new.picture_size)
        self._follow(new)

    def _follow(self, shown: Shown) -> None:
        self.actions_.follow(shown)
        self.setWindowTitle(f"{shown.title}[*] — cnnbuilder")
        self.setWindowModified(shown.changed)
        name = f"{shown.title} ●" if shown.changed else shown.title
        if name != self._file.text():
            self._file.setText(name)
            self._file.setToolTip(literal(str(shown.path or "not saved yet")))
            self.menuBar().adjustSize()
        self.problems.tell_title()

    def _prefer(self, key: str) -> None:
        if key == "minimap":
            self.canvas.set_minimap(bool(settings.get("minimap")))

    def _show_context(self, at: QPoint, hit: Hit) -> None:
        menu = context_menu(self.canvas, self.session, self.actions_.made, at, hit)
        menu.aboutToHide.connect(menu.deleteLater)
        clipboard, place = self.shell.clipboard, self.canvas.mapToScene(self.canvas.mapFromGlobal(at))
        clipboard.aim = (place.x(), place.y())
        menu.destroyed.connect(lambda: setattr(clipboard, "aim", None))  # hidden, and its entry done
        menu.popup(at)

    def _show_problem(self, id: str) -> None:
        self.docks.show_view("problems")
        self.problems.show_problem(id)

    def _show_result(self, result: Result) -> None:
        if not self.live.take(result):
            return
        self._latest = result
        self.canvas.show_thumbnails(result.thumbnails)
        self.bar.show_result(result)
        self.status.show_threads(self.session.shown, result.threads)
        self.ran.emit(result)

    def _recolour(self) -> None:
        self.actions_.recolour()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no control wanted: Enter presses the button that has the focus, Escape leads back to the canvas."""
        held = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(held, QAbstractButton):
            held.click()
        elif event.key() == Qt.Key.Key_Escape and self.canvas.isVisible():
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    # Files dropped, leaving, what is remembered

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if any(url.isLocalFile() for url in mime.urls()) or self.documents.pictures.accepts(mime):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        for path in paths:
            self.documents.drop(path)
        if not paths:
            self.documents.pictures.paste(event.mimeData(), "dropped")

    def _restore(self) -> None:
        settings = QSettings()
        self.resize(*SIZE)
        geometry = settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.docks.restore(settings)
        self.actions_.recolour()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._leaving and any(tab.changed for tab in self.session.shown.tabs):
            event.ignore()
            self.documents.leave(self._leave)
            return
        self._leaving = True
        self.documents.remember_open()
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        self.docks.save(settings)
        self.runner.stop()
        self.tasks.wait()
        super().closeEvent(event)

    def _leave(self) -> None:
        self._leaving = True
        self.close()
