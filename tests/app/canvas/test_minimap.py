"""The minimap: a click goes there, and it is hidden where there is no use for it."""

from collections.abc import Callable

from PySide6.QtCore import QPointF

from cnnbuilder.app.canvas.view import Canvas

from .conftest import Hand

Show = Callable[..., Canvas]


def test_a_click_in_the_minimap_goes_there(show: Show) -> None:
    canvas = show(zoom=2.0)
    canvas.grab()
    rect = canvas.minimap.rect
    assert not rect.isEmpty()
    place = canvas.mapToScene(rect.bottomRight() - QPointF(12, 12))
    Hand(canvas).click(place.x(), place.y())
    assert canvas.seen.contains(canvas.cards.cards["loose"].outline.center())


def test_the_minimap_is_hidden_where_there_is_no_use_for_it(show: Show) -> None:
    canvas = show()
    canvas.fit()
    canvas.grab()
    assert canvas.minimap.rect.isEmpty()
    canvas.zoom_by(2)
    canvas.set_minimap(False)
    canvas.grab()
    assert canvas.minimap.rect.isEmpty()
