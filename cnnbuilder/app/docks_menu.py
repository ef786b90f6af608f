"""The part of the View menu that is about panels and views."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from cnnbuilder.app.docks import Docks

Make = Callable[..., QAction]


def add_view_menu(docks: Docks, make: Make, menu: QMenu) -> None:
    """New view, the panels and the views to hide and show, and the layout as it is at first."""
    menu.addSeparator()
    new = menu.addMenu("&New view")
    for kind in docks.kinds.values():
        if not kind.single:
            new.addAction(kind.title).triggered.connect(lambda _=False, name=kind.name: docks.open(name))
    for number, (name, title) in enumerate((("palette", "&Palette"), ("inspector", "&Inspector")), start=1):
        toggle = docks.panel(name).toggleViewAction()
        toggle.setText(title)
        toggle.setShortcut(QKeySequence(f"Ctrl+{number}"))
        menu.addAction(toggle)
        docks.addAction(toggle)
    menu.addAction(make("views", "Vie&ws", "Ctrl+3", docks.turn_views))
    for number, kind in enumerate(docks.kinds.values(), start=1):
        words, go = f"Show {kind.title.lower()}", partial(docks.enter, kind.name)
        keys = f"Alt+{number % 10}" if number <= 10 else None
        menu.addAction(make(f"show-{kind.name}", words, keys, go, "", "Bring it to the front, for the keys."))
    menu.addAction(make("reset-layout", "&Reset the layout", None, docks.reset))
