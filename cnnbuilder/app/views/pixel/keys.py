"""What keys do where one number is explained."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from cnnbuilder.app.views.grid_keys import ARROWS, PAGES

if TYPE_CHECKING:
    from cnnbuilder.app.views.pixel.view import PixelView

BLOCKS = {Qt.Key.Key_U: -1, Qt.Key.Key_O: 1}
WORDS = "←↑↓→ move · PgUp PgDn map · U O block · B direction · D from here · P pin"
LONG = (
    "Arrows move the unit, Page Up and Page Down change the map, U and O go to the block before and after, "
    "B turns between the value and its gradient, D goes backward from this value and keeps that while others are "
    "looked at, P pins the view, Space plays."
)


def pressed(view: "PixelView", event: QKeyEvent) -> bool:
    """Do what a key asks for; False: it is not for this view."""
    key = Qt.Key(event.key())
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    if key in ARROWS:
        view.walk(*ARROWS[key])
    elif key in PAGES:
        view.turn_map(PAGES[key])
    elif key in BLOCKS:
        view.change_block(BLOCKS[key])
    elif key == Qt.Key.Key_B and view.unit is not None:
        view.turn(not view.unit.looks_back)
    elif key == Qt.Key.Key_P:
        view.pin(not view.pinned)
    elif key == Qt.Key.Key_D:
        view.freeze()
    elif key == Qt.Key.Key_Space:
        view.play(not view.controls.playing)
    else:
        return False
    return True
