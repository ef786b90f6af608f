"""The menus and shortcuts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMessageBox

from cnnbuilder import __version__
from cnnbuilder.app import icons, theme
from cnnbuilder.app.documents import Documents
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.layer import kinds

Keys = QKeySequence.StandardKey | str | None


@dataclass
class Actions:
    """Makes every action once; the window puts them into menus."""

    window: QMainWindow
    session: Session
    documents: Documents
    made: dict[str, QAction] = field(default_factory=dict)

    def make(self, name: str, words: str, keys: Keys, then: Callable[[], object], icon: str = "") -> QAction:
        """An action known as `name`."""
        action = QAction(words, self.window)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        plain = words.replace("&", "").removesuffix(" …")
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{plain} ({shown})" if shown else plain)
        action.setProperty("icon-name", icon)
        action.triggered.connect(lambda _=False: then())
        self.window.addAction(action)
        self.made[name] = action
        return action

    def recolour(self) -> None:
        """Give every action its icon in the colours of the theme."""
        for action in self.made.values():
            if action.property("icon-name"):
                action.setIcon(icons.icon(str(action.property("icon-name"))))
        if "theme" in self.made:
            dark = theme.now().dark
            self.made["theme"].setText("&Light theme" if dark else "&Dark theme")
            self.made["theme"].setIcon(icons.icon("sun" if dark else "moon"))

    def follow(self, shown: Shown) -> None:
        """Let undo and redo say what they would do."""
        for name, words, label in (("undo", "&Undo", shown.undo), ("redo", "&Redo", shown.redo)):
            action = self.made[name]
            action.setEnabled(label is not None)
            action.setText(f"{words} {label}" if label else words)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{action.text().replace('&', '')} ({keys})")
        self.made["delete"].setEnabled(bool(shown.selected))


def file_menu(actions: Actions, menu: QMenu, leave: Callable[[], object]) -> None:
    """New, open, save, quit."""
    documents, key = actions.documents, QKeySequence.StandardKey
    menu.addAction(actions.make("new", "&New", key.New, documents.new))
    menu.addAction(actions.make("open", "&Open …", key.Open, documents.choose, "open"))
    recent = menu.addMenu("Open &recent")
    recent.aboutToShow.connect(lambda: _fill_recent(documents, recent))
    samples = menu.addMenu("Sa&mples")
    samples.aboutToShow.connect(lambda: _fill_samples(documents, samples))
    menu.addSeparator()
    menu.addAction(actions.make("save", "&Save", key.Save, documents.save, "save"))
    menu.addAction(actions.make("save-as", "Save &as …", "Ctrl+Shift+S", documents.save_as))
    menu.addSeparator()
    menu.addAction(actions.make("picture", "Open a &picture …", "Ctrl+P", documents.choose_picture, "picture"))
    menu.addSeparator()
    menu.addAction(actions.make("quit", "&Quit", "Ctrl+Q", leave))


def _fill_recent(documents: Documents, menu: QMenu) -> None:
    menu.clear()
    for name in documents.recent():
        path = Path(name)
        action = menu.addAction(path.name)
        action.setToolTip(name)
        action.triggered.connect(lambda _=False, path=path: documents.open(path))
    if not menu.actions():
        menu.addAction("Nothing yet").setEnabled(False)


def _fill_samples(documents: Documents, menu: QMenu) -> None:
    from cnnbuilder.files.resources import resource, samples

    if menu.actions():
        return
    welcome = menu.addAction("welcome: a trained LeNet-5")
    welcome.triggered.connect(lambda _=False: documents.open(resource("welcome.cnn"), True))
    menu.addSeparator()
    for path in sorted(samples().glob("*.json")):
        menu.addAction(path.stem).triggered.connect(lambda _=False, path=path: documents.open(path, True))


def edit_menu(actions: Actions, menu: QMenu) -> None:
    """Undo, redo, delete."""
    session, key = actions.session, QKeySequence.StandardKey
    menu.addAction(actions.make("undo", "&Undo", key.Undo, session.undo, "undo"))
    redo = actions.make("redo", "&Redo", None, session.redo, "redo")
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    menu.addAction(redo)
    menu.addSeparator()
    menu.addAction(actions.make("delete", "&Delete the selected blocks", None, session.remove_selected))
    everything = actions.make("select-all", "Select &all", None, lambda: session.select(tuple(session.design.blocks)))
    menu.addAction(everything)
    menu.addAction(actions.make("arrange", "Arrange the &cards", "L", session.arrange))
    actions.made["arrange"].setShortcutContext(Qt.ShortcutContext.WindowShortcut)


def help_menu(actions: Actions, menu: QMenu) -> None:
    """The words of every kind, and about."""
    menu.addAction(actions.make("kinds", "The &kinds of block", "F1", lambda: _show_kinds(actions.window)))
    menu.addAction(actions.make("about", "&About cnnbuilder", None, lambda: _show_about(actions.window)))


def _dialog(window: QMainWindow, title: str, text: str) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, window)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _show_about(window: QMainWindow) -> None:
    _dialog(
        window,
        "About cnnbuilder",
        f"<h3>cnnbuilder {__version__}</h3><p>Draw a convolutional network, run it on a "
        "picture forward and backward, and see every number explained.</p>",
    )


def _show_kinds(window: QMainWindow) -> None:
    rows = "".join(
        f"<tr><td><b>{layer.label}</b>&nbsp;&nbsp;</td><td>{(layer.__doc__ or '').strip().splitlines()[0]}</td></tr>"
        for layer in kinds().values()
    )
    _dialog(window, "The kinds of block", f"<table cellpadding='3'>{rows}</table>")
