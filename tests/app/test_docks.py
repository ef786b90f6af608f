"""Views as docks: any number, closed, opened again, taken out, remembered, and nothing of them left behind."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMenu, QTabBar, QToolButton, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.docks import Docks, Kind
from cnnbuilder.app.window import Window
from tests.app.seeing import is_seen

FIRST = ["maps", "kernels", "gradients", "pixel", "connectivity", "costs", "problems", "attribution"]


def tabs(window: Window) -> QTabBar:
    """The tabs below the canvas."""
    (bar,) = [bar for bar in window.docks.findChildren(QTabBar) if bar.isVisible() and bar.count() > 1]
    return bar


def titles(window: Window) -> list[str]:
    return [tabs(window).tabText(number) for number in range(tabs(window).count())]


def settle(qtbot: Any, window: Window) -> None:
    qtbot.waitUntil(lambda: not window.docks._settling.isActive())
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_at_first_there_is_one_of_each_in_tabs_below_the_canvas(lenet: Window, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: titles(lenet)[0] == "Feature maps — conv1")
    others = ["Kernels", "Gradients", "One pixel", "Connectivity", "Shapes and costs", "Problems", "What matters"]
    assert titles(lenet) == ["Feature maps — conv1", *others]
    assert tabs(lenet).accessibleName() == "Views"
    bar, canvas = tabs(lenet), lenet.canvas
    assert bar.mapToGlobal(QPoint()).y() >= canvas.mapToGlobal(QPoint(0, canvas.height())).y()


def test_a_click_on_a_tab_shows_its_view_and_the_others_rest(lenet: Window, qtbot: Any) -> None:
    bar = tabs(lenet)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(2).center())
    qtbot.waitUntil(lambda: is_seen(lenet, "gradients"))
    assert [view.isVisible() for view in lenet.maps] == [False, False, True]


def test_another_view_of_a_kind_is_opened_and_closed(lenet: Window, qtbot: Any) -> None:
    dock = lenet.docks.open("maps")
    qtbot.waitUntil(lambda: is_seen(lenet, dock.view))
    assert len(lenet.maps) == 4 and len(titles(lenet)) == len(FIRST) + 1
    dock.close()
    qtbot.waitUntil(lambda: len(lenet.maps) == 3)
    assert len(titles(lenet)) == len(FIRST)


def test_a_closed_kind_comes_back(lenet: Window, qtbot: Any) -> None:
    dock = lenet.docks.dock_of("costs")
    assert dock is not None
    dock.close()
    qtbot.waitUntil(lambda: lenet.docks.dock_of("costs") is None)
    lenet.docks.show_view("costs")
    qtbot.waitUntil(lambda: is_seen(lenet, "costs"))


def test_problems_are_hidden_when_closed_and_shown_from_the_status_bar(lenet: Window, qtbot: Any) -> None:
    dock = lenet.docks.dock_of("problems")
    assert dock is not None
    dock.close()
    settle(qtbot, lenet)
    assert not lenet.problems.isVisible()
    qtbot.mouseClick(lenet.status._fits, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_seen(lenet, "problems"))


def test_a_view_taken_out_has_a_title_and_goes_back(lenet: Window, qtbot: Any) -> None:
    dock = lenet.docks.dock_of("gradients")
    assert dock is not None
    assert dock.bar.sizeHint().height() == 0
    dock.turn_out()
    settle(qtbot, lenet)
    assert dock.isFloating() and dock.isWindow() and dock.bar.sizeHint().height() > 20
    assert is_seen(lenet, "gradients") and dock.windowTitle() == "Gradients — conv1"
    button = next(item for item in dock.findChildren(QToolButton) if item.accessibleName().startswith("Take this"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dock.isFloating())


def test_views_beside_each_other_have_titles(lenet: Window, qtbot: Any) -> None:
    dock = lenet.docks.dock_of("kernels")
    assert dock is not None
    lenet.docks.put_beside(dock)
    settle(qtbot, lenet)
    qtbot.waitUntil(lambda: is_seen(lenet, "kernels") and is_seen(lenet, "maps") and dock.bar.height() > 20)
    assert "Kernels" in dock.bar._label.text()


def test_a_tab_has_a_menu_for_its_own_view(lenet: Window, qtbot: Any) -> None:
    """Also where two tabs have one title."""
    second = lenet.docks.open("kernels")
    lenet.docks.show_view("maps")
    bar = tabs(lenet)
    qtbot.waitUntil(lambda: titles(lenet).count("Kernels") == 2)
    number = len(titles(lenet)) - 1
    assert lenet.docks.dock_of_tab(bar, number) is second
    bar.customContextMenuRequested.emit(bar.tabRect(number).center())
    (menu,) = [menu for menu in lenet.docks.findChildren(QMenu) if menu.isVisible()]
    menu.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(lambda: second.in_front and is_seen(lenet, "maps"))
    second.close()
    qtbot.waitUntil(lambda: "kernels-2" not in lenet.docks.held)


def test_the_panels_and_all_views_are_hidden_and_shown_by_keys(lenet: Window, qtbot: Any) -> None:
    lenet.activateWindow()
    qtbot.waitUntil(lenet.isActiveWindow)
    for key, widget in ((Qt.Key.Key_1, lenet.palette_), (Qt.Key.Key_2, lenet.inspector), (Qt.Key.Key_3, lenet.maps[0])):
        qtbot.waitUntil(widget.isVisible)
        qtbot.keyClick(lenet.canvas, key, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda widget=widget: not widget.isVisible())
        qtbot.keyClick(lenet.canvas, key, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(widget.isVisible)


def test_the_layout_is_remembered(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window()
    window.docks.open("maps")
    window.docks.dock_of("gradients").close()  # type: ignore[union-attr]
    window.docks.panel("palette").hide()
    qtbot.waitUntil(lambda: window.docks.dock_of("gradients") is None)
    kept = [dock.objectName() for dock in window.docks.held.values()]
    window._leaving = True
    window.close()
    again = open_window()
    left = [kind for kind in FIRST if kind != "gradients"]
    assert [dock.objectName() for dock in again.docks.held.values()] == kept == [*left, "maps-2"]
    assert not again.palette_.isVisible() and again.inspector.isVisible()
    again.actions_.made["reset-layout"].trigger()
    settle(qtbot, again)
    assert [dock.objectName() for dock in again.docks.held.values()] == FIRST and again.palette_.isVisible()


@pytest.mark.parametrize(
    ("views", "layout"),
    [
        (["maps maps"], b"nonsense"),
        (["maps maps"], "no bytes"),
        (["other other"], b""),
        (["maps maps", "maps maps"], b""),
        (["problems problems", "problems problems-2"], b""),
        (["maps maps"] * 1000, b""),
        (7, b"\0" * 1000),
        (None, b"\xff" * 40),
    ],
)
def test_settings_that_cannot_be_understood_give_the_first_layout(
    qapp: QApplication, qtbot: Any, views: object, layout: object
) -> None:
    settings = QSettings()
    settings.setValue("docks/views", views)
    settings.setValue("docks/layout", QByteArray(layout) if isinstance(layout, bytes) else layout)
    docks = made_docks(qtbot)
    docks.restore(settings)
    assert [dock.objectName() for dock in docks.held.values()] == ["maps", "problems"]
    docks.close()


def made_docks(qtbot: Any) -> Docks:
    problems = QWidget()
    docks = Docks(
        QWidget(), (Kind("maps", "Maps", QWidget), Kind("problems", "Problems", lambda: problems, single=True))
    )
    docks.add_panel("palette", "Palette", QWidget(), "left", 200)
    docks.add_panel("inspector", "Inspector", QWidget(), "right", 200)
    qtbot.addWidget(docks)
    docks.resize(900, 700)
    docks.show()
    return docks


def test_many_views_opened_and_closed_leave_nothing_behind(lenet: Window, qtbot: Any) -> None:
    def count() -> int:
        gc.collect()
        return len(lenet.docks.findChildren(QDockWidget))

    qtbot.waitUntil(lambda: len(lenet.docks.views()) == len(FIRST))
    before, gone = count(), []
    heard = lenet.session.receivers("2changed(PyObject,PyObject)")
    for kind in ("maps", "kernels", "gradients", "pixel", "connectivity", "costs", "attribution") * 4:
        dock = lenet.docks.open(kind)
        QApplication.processEvents()
        gone += [weakref.ref(dock), weakref.ref(dock.view)]
        dock.close()
        del dock
    qtbot.waitUntil(lambda: len(lenet.docks.held) == len(FIRST))
    settle(qtbot, lenet)
    assert count() == before
    assert lenet.session.receivers("2changed(PyObject,PyObject)") == heard
    assert not [ref() for ref in gone if ref() is not None]


def test_a_small_window_keeps_room_for_the_canvas(open_window: Callable[..., Window], tmp_path: Path) -> None:
    window = open_window()
    window.resize(1366, 768)
    QApplication.processEvents()
    assert window.width() <= 1366 and window.height() <= 768
    assert window.canvas.width() > 600 and window.canvas.height() > 300


def test_on_a_low_screen_the_whole_first_network_is_in_sight(open_window: Callable[..., Window]) -> None:
    window = open_window()
    high = window.maps[0].height()
    window.resize(1366, 768)
    QApplication.processEvents()
    canvas = window.canvas
    assert all(canvas.seen.contains(card.outline) for card in canvas.cards.cards.values())
    assert 120 <= window.maps[0].height() < high


def test_views_stay_as_high_as_their_edge_was_dragged(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window()
    docks = window.docks
    edge = QPoint(window.middle.geometry().center().x(), window.middle.geometry().bottom() + 2)
    assert docks.isSeparator(edge)
    qtbot.mousePress(docks, Qt.MouseButton.LeftButton, pos=edge)
    qtbot.mouseMove(docks, edge - QPoint(0, 40))
    qtbot.mouseRelease(docks, Qt.MouseButton.LeftButton, pos=edge - QPoint(0, 40))
    dragged = window.maps[0].height()
    window.resize(1366, 800)
    QApplication.processEvents()
    assert window.maps[0].height() == dragged


def test_the_tab_of_problems_counts_them_in_their_colour(lenet: Window, qtbot: Any) -> None:
    def colour() -> str:
        (number,) = [number for number, words in enumerate(titles(lenet)) if words.startswith("Problems")]
        return str(tabs(lenet).tabTextColor(number).name())

    settle(qtbot, lenet)
    assert "Problems" in titles(lenet) and colour() == theme.now().dim
    lenet.session.set_param("conv2", "kernel_size", [15, 15])
    qtbot.waitUntil(lambda: "Problems 1" in titles(lenet) and colour() == theme.now().problem)
    lenet.docks.show_view("problems")
    theme.keeper().show(theme.DARK)
    qtbot.waitUntil(lambda: colour() == theme.DARK.problem)
    lenet.session.undo()
    qtbot.waitUntil(lambda: "Problems" in titles(lenet) and colour() == theme.now().text)
