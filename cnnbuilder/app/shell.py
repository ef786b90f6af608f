"""What surrounds the canvas, made when it is asked for: finders, help, preferences, steps, the start page."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMessageBox

from cnnbuilder import __version__
from cnnbuilder.app import settings
from cnnbuilder.app.clipboard import Clipboard
from cnnbuilder.app.session import Shown, State
from cnnbuilder.design.document import Design

if TYPE_CHECKING:
    from cnnbuilder.app.commands import Commands
    from cnnbuilder.app.help import Help
    from cnnbuilder.app.joining import Joining
    from cnnbuilder.app.laboratory.opening import Laboratory
    from cnnbuilder.app.next_block import NextBlock
    from cnnbuilder.app.preferences import Preferences
    from cnnbuilder.app.start import StartPage
    from cnnbuilder.app.steps import Steps
    from cnnbuilder.app.window import Window


class Shell(QObject):
    """Belongs to one window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.clipboard = Clipboard(window.session, self.tell, self._pointed_at, self._paste_picture)
        settings.keeper().changed.connect(self._prefer)
        window.session.changed.connect(self._follow)

    def _follow(self, old: Shown, new: Shown) -> None:
        """The start page stands for a document on which nothing was ever drawn."""
        if old.design is new.design and old.key == new.key:
            return
        blank = not new.design.blocks and not new.design.notes and new.undo is None and new.redo is None
        if blank and new.path is None:
            self.show_start()
        elif new.design.blocks:
            self.hide_start()

    def _prefer(self, key: str) -> None:
        """Follow a preference that concerns the document on top."""
        session = self._window.session
        if key == "minimap":
            self._window.actions_.made["minimap"].setChecked(bool(settings.get("minimap")))
        elif key == "live":
            session.look(live=bool(settings.get("live")))
        elif key == "shapes":
            # Every view compares what it shows with what it showed: against an empty design, all of it differs.
            session.changed.emit(replace(session.shown, state=State(Design())), session.shown)

    def tell(self, words: str) -> None:
        """Say a line in the status bar for a while."""
        self._window.statusBar().showMessage(words, 8000)

    def _pointed_at(self) -> tuple[float, float] | None:
        canvas = self._window.canvas
        inside = canvas.mapFromGlobal(canvas.cursor().pos())
        if not canvas.isVisible() or not canvas.rect().contains(inside):
            return None
        at = canvas.mapToScene(inside)
        return at.x(), at.y()

    def _paste_picture(self, data: QMimeData) -> bool:
        return self._window.documents.pictures.paste(data)

    # Finding

    @cached_property
    def commands(self) -> "Commands":
        """The field that finds everything."""
        from cnnbuilder.app.commands import Commands

        return Commands(self._window)

    @cached_property
    def next_block(self) -> "NextBlock":
        """What may come next."""
        from cnnbuilder.app.next_block import NextBlock

        return NextBlock(self._window)

    def show_commands(self) -> None:
        """Ctrl+K."""
        self.commands.ask()

    def ask_next(self, source: str | None, at: QPoint, place: QPointF) -> None:
        """The canvas asks what may come next at a place of the screen, and of its own."""
        self.next_block.ask(source, at, place)

    def want_next(self) -> None:
        """Ask for the selected block, or for the middle of the canvas."""
        canvas, shown = self._window.canvas, self._window.session.shown
        source = shown.selected[-1] if shown.selected else None
        card = canvas.cards.standing.get(source) if source else None
        at = QPointF(*card.output()) if card else canvas.mapToScene(canvas.rect().center())
        self.ask_next(source, canvas.mapToGlobal(canvas.mapFromScene(at)), at)

    # Windows beside

    @cached_property
    def help(self) -> "Help":
        """The help."""
        from cnnbuilder.app.help import Help

        return Help(self._window)

    def show_help(self, page: str) -> None:
        """Open the help at a page: a kind, `keys`, `first-steps`."""
        self.help.show_page(page)

    def help_on_selected(self) -> None:
        """The page of the selected block's kind."""
        block = self._window.session.shown.block
        self.show_help(block.kind if block and block.layer_class else "first-steps")

    @cached_property
    def preferences(self) -> "Preferences":
        """The dialog of preferences."""
        from cnnbuilder.app.preferences import Preferences

        return Preferences(self._window)

    def show_preferences(self) -> None:
        """Ctrl+,."""
        self.preferences.show()
        self.preferences.raise_()
        self.preferences.activateWindow()

    @cached_property
    def joining(self) -> "Joining":
        """Links by keyboard."""
        from cnnbuilder.app.joining import Joining

        return Joining(self._window)

    def show_joining(self) -> None:
        """What the selected block can be joined to, or parted from."""
        self.joining.ask()

    @cached_property
    def steps(self) -> "Steps":
        """The list of steps."""
        from cnnbuilder.app.steps import Steps

        return Steps(self._window)

    def show_steps(self) -> None:
        """The steps of this document, to go to any of them."""
        self.steps.ask()

    @cached_property
    def start(self) -> "StartPage":
        """The start page, laid over the canvas."""
        from cnnbuilder.app.start import StartPage

        page, documents = StartPage(), self._window.documents
        page.new.connect(documents.new)
        page.open.connect(documents.choose)
        page.open_path.connect(documents.open)
        page.experiment.connect(self.laboratory.open)
        page.left.connect(self.hide_start)
        documents.opened.connect(self.hide_start)
        self._window.sheet.addWidget(page)
        return page

    def show_start(self) -> None:
        """Show the start page where the canvas is."""
        shown = self._window.session.shown
        self.start.fill(self._window.documents.recent(), shown.title if shown.design.blocks else "")
        self._window.sheet.setCurrentWidget(self.start)
        self.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def hide_start(self) -> None:
        """Show the canvas again."""
        if "start" in self.__dict__ and self._window.sheet.currentWidget() is self.start:
            self._window.sheet.setCurrentWidget(self._window.canvas)
            self._window.canvas.setFocus()

    @cached_property
    def laboratory(self) -> "Laboratory":
        """What opens experiments."""
        from cnnbuilder.app.laboratory.opening import Laboratory

        return Laboratory(self._window)

    def show_about(self) -> None:
        """Name, version and what it is for."""
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            "About cnnbuilder",
            f"<h3>cnnbuilder {__version__}</h3><p>Draw a convolutional network, run it on a "
            "picture forward and backward, and see every number explained.</p>",
            QMessageBox.StandardButton.Close,
            self._window,
        )
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
