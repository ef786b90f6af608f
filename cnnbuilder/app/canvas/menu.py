"""The menu of what is under the pointer."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from cnnbuilder.app.canvas.hits import Hit, Part
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.session import Session

BLOCKS = ("cut", "copy", "duplicate", "delete")
ALL = ("paste", "select-all", "arrange", "fit")


def context_menu(canvas: Canvas, session: Session, actions: Mapping[str, QAction], at: QPoint, hit: Hit) -> QMenu:
    """The menu for a Hit. Where the window has an action for something, that very action stands in it."""
    menu = QMenu(canvas)
    menu.setToolTipsVisible(True)
    place = canvas.mapToScene(canvas.mapFromGlobal(at))

    def entry(words: str, then: Callable[[], object]) -> None:
        menu.addAction(words).triggered.connect(lambda _=False: then())

    def known(names: tuple[str, ...]) -> None:
        menu.addActions([actions[name] for name in names if name in actions])

    card = hit.card
    if hit.part in (Part.LINK, Part.END) and hit.link is not None:
        link = hit.link
        entry("&Remove this link", lambda: session.part(link))
        entry(f"Show {link.source}", lambda: _go(canvas, link.source))
        entry(f"Show {link.target}", lambda: _go(canvas, link.target))
    elif card is not None:
        chosen = session.shown.selected or card.blocks
        name = card.content.id
        if card.folded:
            entry("&Unfold the group", lambda: session.fold(name, False))
            entry("&Dissolve the group", lambda: session.ungroup(name))
        else:
            entry("&What may come next …\tTab", lambda: canvas.wanted_next.emit(card.leaving, at, place))
            entry("&Edit\tEnter", lambda: canvas.edit_wanted.emit(card.leaving))
        off = all(session.design.blocks[id].off for id in chosen)
        entry("Switch &on" if off else "Switch o&ff", lambda: session.switch_off(chosen, not off))
        if len(chosen) > 1 and not card.folded:
            entry("&Group these blocks", lambda: session.group(chosen))
        menu.addSeparator()
        known(BLOCKS)
    elif hit.note is not None:
        number = hit.note.number
        entry("&Edit the note\tEnter", lambda: canvas.write(number))
        entry("&Delete the note", lambda: session.remove_note(number))
    elif hit.frame is not None:
        name = hit.frame.name
        entry("&Fold the group", lambda: session.fold(name, True))
        entry("&Dissolve the group", lambda: session.ungroup(name))
    else:
        entry("&Add a block …", lambda: canvas.wanted_next.emit(None, at, place))
        entry("Add a &note", lambda: canvas.write(session.add_note(place.x(), place.y())))
        menu.addSeparator()
        known(ALL)
    return menu


def _go(canvas: Canvas, id: str) -> None:
    canvas.tell_selection((id,))
    canvas.show_block(id)
