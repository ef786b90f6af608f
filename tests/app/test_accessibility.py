"""Everything can be reached, is named, shows the focus and can be read: over a real window and its dialogs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.theme import DARK, LIGHT, Theme
from cnnbuilder.app.window import Window

Open = Callable[..., Window]
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QAbstractItemView, QTabBar)
READABLE = 4.5
"""Contrast of text and its ground: WCAG 2.1, 1.4.3."""
SEEN = 3.0
"""Contrast of the mark of the focus: WCAG 2.1, 1.4.11."""


@pytest.fixture
def rooms(lenet: Window) -> Iterator[list[QWidget]]:
    """The window with a problem in it, and every dialog."""
    lenet.session.set_param("conv2", "kernel_size", [99, 99])
    lenet.session.select(("conv2",))
    shell = lenet.shell
    shell.show_help("conv")
    shell.show_preferences()
    shell.show_start()
    yield [lenet, shell.help, shell.preferences, shell.start, lenet.canvas]
    shell.help.close()
    shell.preferences.close()


def scenes(rooms: list[QWidget]) -> Iterator[QWidget]:
    """What is seen, one after the other: the start page, each view, each panel, each finder, each dialog."""
    window = rooms[0]
    assert isinstance(window, Window)
    shell = window.shell
    yield rooms[3]
    shell.hide_start()
    for kind in window.docks.kinds:
        window.docks.show_view(kind)
        QApplication.processEvents()
        yield window
    for ask in (shell.show_commands, shell.show_steps, shell.want_next):
        ask()
        yield window
    yield from rooms[1:3]


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""
    return widget.accessibleName() or text


def is_inner(widget: QWidget) -> bool:
    """Whether it is a part of a control, which speaks for it."""
    parent = widget.parentWidget()
    if isinstance(widget, (QScrollBar, QHeaderView)) or widget.objectName().startswith("qt_"):
        return True
    return isinstance(parent, (QComboBox, QTabBar, QLineEdit))


def controls(room: QWidget) -> list[QWidget]:
    """The controls that are seen in a room."""
    found = []
    for widget in room.findChildren(QWidget):
        focusable = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if (isinstance(widget, CONTROLS) or focusable) and not is_inner(widget) and _is_in(widget, room):
            found.append(widget)
    return found


def _is_in(widget: QWidget, room: QWidget) -> bool:
    return widget.isVisible() and widget.window() is room.window()


def called(widget: QWidget) -> str:
    where = []
    at: QWidget | None = widget
    while at is not None and len(where) < 4:
        where.append(f"{type(at).__name__}#{at.objectName()}")
        at = at.parentWidget()
    return " < ".join(where)


def test_every_control_has_a_name(rooms: list[QWidget]) -> None:
    nameless = {called(widget) for room in scenes(rooms) for widget in controls(room) if not name_of(widget)}
    assert not nameless, "\n".join(sorted(nameless))


def test_every_control_has_a_tooltip(rooms: list[QWidget]) -> None:
    silent = {
        called(widget)
        for room in scenes(rooms)
        for widget in controls(room)
        if isinstance(widget, CONTROLS) and not isinstance(widget, QTabBar) and not widget.toolTip()
    }
    assert not silent, "\n".join(sorted(silent))


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
def test_the_focus_is_seen_on_every_control(rooms: list[QWidget], shown: Theme, qtbot: Any) -> None:
    theme.keeper().show(shown)
    judged: dict[int, str] = {}
    unseen = []
    for room in scenes(rooms):
        room.window().activateWindow()
        qtbot.waitUntil(room.window().isActiveWindow)
        for widget in controls(room):
            can = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.width() > 3
            if can and id(widget) not in judged:
                judged[id(widget)] = called(widget)
                if not _looks_otherwise_with_focus(widget):
                    unseen.append(called(widget))
    assert not unseen, "\n".join(unseen)


def _looks_otherwise_with_focus(widget: QWidget) -> bool:
    widget.clearFocus()
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    assert widget.hasFocus(), called(widget)
    return bool(widget.grab().toImage() != without)


def test_tab_goes_through_the_window_and_comes_back(lenet: Window, qtbot: Any) -> None:
    lenet.activateWindow()
    qtbot.waitUntil(lenet.isActiveWindow)
    lenet.palette_.search.setFocus()
    reached: list[QWidget] = []
    for _ in range(300):
        at = lenet.focusWidget()
        if at is None or at in reached:
            break
        reached.append(at)
        lenet.focusNextPrevChild(True)
    rooms = {"palette": lenet.palette_, "inspector": lenet.inspector, "bar": lenet.bar, "status": lenet.statusBar()}
    for name, room in rooms.items():
        assert any(room.isAncestorOf(widget) for widget in reached), name
    assert lenet.canvas in reached


# Contrast


def luminance(colour: QColor) -> float:
    """WCAG 2.1: relative luminance of an sRGB colour."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1: from 1 (equal) to 21 (black and white)."""
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("window", "panel", "canvas", "well", "selection", "note")
TEXTS = {
    "text": (*GROUNDS, "problem_ground"),
    "dim": (*GROUNDS, "problem_ground"),
    "problem": ("window", "panel", "canvas", "well", "problem_ground"),
    "fine": ("window", "panel"),
    "on_accent": ("accent",),
    "accent": ("panel",),
    "link": ("canvas", "panel"),
}
"""Every token in which text is written, and the grounds on which it stands."""


def test_the_formula_of_contrast() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [(text, ground) for text, grounds in TEXTS.items() for ground in grounds])
def test_text_can_be_read(shown: Theme, text: str, ground: str) -> None:
    found = contrast(getattr(shown, text), getattr(shown, ground))
    assert found >= READABLE, f"{text} on {ground}: {found:.2f}"


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_can_be_seen(shown: Theme) -> None:
    from cnnbuilder.app.stylesheet import ARROW, MARK

    for ground in (shown.panel, shown.window, shown.well):
        assert contrast(shown.accent, ground) >= SEEN
        assert contrast(MARK, ground) >= SEEN and contrast(ARROW, ground) >= SEEN
    for group, colour in shown.groups.items():
        assert contrast(colour, shown.panel) >= 2.5, group  # never alone: an icon and a name go with it


def test_every_token_is_somewhere_checked() -> None:
    ornaments = {"name", "dots", "line", "faint", "handle", "groups"}
    tokens = {name for name in LIGHT.__dataclass_fields__ if name not in ornaments}
    checked = set(TEXTS) | {ground for grounds in TEXTS.values() for ground in grounds}
    assert tokens == checked
