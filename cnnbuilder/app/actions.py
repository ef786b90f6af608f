"""Every command of the program, made once: menus, buttons, the list of shortcuts and Ctrl+K show the same ones."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from cnnbuilder.app import icons, theme
from cnnbuilder.app.documents import Documents
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import literal, unmarked

Keys = QKeySequence.StandardKey | str | None


def plain_words(action: QAction) -> str:
    """What an action says, without the marks of its menu."""
    return action.text().partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&")


def keys_of(action: QAction) -> str:
    """The keys of an action as the desktop writes them; also those that the canvas itself listens to."""
    own = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return own or action.text().partition("\t")[2]


@dataclass
class Actions:
    """Makes every action, puts it into a menu and keeps what it says true."""

    window: QMainWindow
    session: Session
    documents: Documents
    made: dict[str, QAction] = field(default_factory=dict)

    def make(
        self, name: str, words: str, keys: Keys, then: Callable[[], object], icon: str = "", says: str = ""
    ) -> QAction:
        """An action known as `name`; `says` is a sentence on what it does."""
        action = QAction(words, self.window)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.setProperty("icon-name", icon)
        action.setStatusTip(says)
        action.setProperty("plain", plain_words(action))
        action.triggered.connect(lambda _=False: then())
        self.window.addAction(action)
        self.made[name] = action
        self._tip(action)
        return action

    def put(
        self, menu: QMenu, name: str, words: str, keys: Keys, then: Callable[[], object], icon: str = "", says: str = ""
    ) -> QAction:
        """As `make`, at the end of a menu."""
        action = self.make(name, words, keys, then, icon, says)
        menu.addAction(action)
        return action

    def _tip(self, action: QAction) -> None:
        plain, keys = plain_words(action).removesuffix(" …"), keys_of(action)
        tip = f"{plain} ({keys})" if keys else plain
        action.setToolTip(literal(f"{tip}\n{action.statusTip()}" if action.statusTip() else tip))

    def recolour(self) -> None:
        """Give every action its icon in the colours of the theme, and its keys where it says what it does."""
        dark = theme.now().dark
        if "theme" in self.made:
            self.made["theme"].setText("Light &theme" if dark else "Dark &theme")
            self.made["theme"].setProperty("icon-name", "sun" if dark else "moon")
        for action in self.made.values():
            self._tip(action)
            if action.property("icon-name"):
                action.setIcon(icons.icon(str(action.property("icon-name"))))

    def follow(self, shown: Shown) -> None:
        """Let undo and redo say what they would do, and switch off what would do nothing."""
        for name, words, label in (("undo", "&Undo", shown.undo), ("redo", "&Redo", shown.redo)):
            action = self.made[name]
            action.setEnabled(label is not None)
            action.setText(f"{words} {unmarked(label)}" if label else words)
            self._tip(action)
        chosen, groups = shown.selected, shown.design.groups
        for name, can in (
            ("steps", bool(shown.undo or shown.redo)),
            ("cut", bool(chosen)),
            ("copy", bool(chosen)),
            ("duplicate", bool(chosen)),
            ("delete", bool(chosen)),
            ("join", bool(chosen)),
            ("switch", bool(chosen)),
            ("group", len(chosen) > 1),
            ("ungroup", any(set(chosen) & set(group.blocks) for group in groups)),
            ("fold", any(set(chosen) & set(group.blocks) for group in groups)),
            ("unfold-all", any(group.folded for group in groups)),
        ):
            if name in self.made:
                self.made[name].setEnabled(can)
        if "live" in self.made:
            self.made["live"].setCheckable(True)
            self.made["live"].setChecked(shown.live)
