"""What keys do in a grid of maps."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from cnnbuilder.app.views.grid import Grid

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
SIZES = {Qt.Key.Key_Plus: 1.15, Qt.Key.Key_Equal: 1.15, Qt.Key.Key_Minus: 1 / 1.15}
PAGES = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
WORDS = (
    "Arrows walk from value to value, + and − size the maps, Enter lets one map fill the view, Escape goes back, "
    "E explains the value."
)


def pressed(grid: "Grid", event: QKeyEvent) -> bool:
    """Do what a key asks for; False: it is not for the grid."""
    key, sight, bar = Qt.Key(event.key()), grid.sight, grid.verticalScrollBar()
    if sight.shown is None or not sight.layout.count or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    if key in ARROWS:
        at = sight.beside(grid.marked, *ARROWS[key])
        if at is not None:
            grid.choose(at)
            grid.show_at(at)
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        tile = grid.marked[0] if grid.marked and sight.place(grid.marked[0]) is not None else sight.tile(0)
        grid.stand_alone(tile if sight.alone is None and sight.shown.count > 1 else None)
    elif key == Qt.Key.Key_E and grid.marked is not None:
        grid.explain_wanted.emit()
    elif key == Qt.Key.Key_Escape and (sight.alone is not None or sight.wide is not None):
        grid.stand_alone(None)
        grid.set_tile_width(None)
    elif key in SIZES:
        grid.set_tile_width(sight.layout.wide * SIZES[key])
    elif key in PAGES and sight.alone is not None:
        place = (sight.shown.place(sight.alone) or 0) + PAGES[key]
        if 0 <= place < sight.shown.count:
            grid.stand_alone(sight.shown.tile(place))
    elif key in PAGES:
        bar.setValue(bar.value() + PAGES[key] * bar.pageStep())
    elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        bar.setValue(0 if key == Qt.Key.Key_Home else bar.maximum())
    else:
        return False
    return True
