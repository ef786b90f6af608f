"""Preferences: each counts at once, is remembered, and goes back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialogButtonBox

from cnnbuilder.app import program, settings, theme
from cnnbuilder.app.settings import PREFERENCES
from cnnbuilder.app.window import Window
from cnnbuilder.design import shape
from cnnbuilder.files.resources import samples

Open = Callable[..., Window]


@pytest.fixture(autouse=True)
def as_at_first(own_settings: None) -> Iterator[None]:
    yield
    settings.keeper().reset()
    theme.choose_px(None)


@pytest.fixture
def window(open_window: Open) -> Window:
    return open_window(wait=False)


def choose(window: Window, key: str, value: object) -> None:
    """Choose in the dialog, as a click does."""
    window.shell.show_preferences()
    field = window.shell.preferences.fields[key]
    if isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())
    else:
        assert isinstance(field, QCheckBox)
        field.setChecked(bool(value))


def test_every_preference_has_a_field_that_writes_and_follows(window: Window) -> None:
    for preference in PREFERENCES:
        values = [value for value, _ in preference.options] or [True, False]
        other = next(value for value in values if value != settings.get(preference.key))
        choose(window, preference.key, other)
        assert settings.get(preference.key) == other
        assert QSettings().value(preference.key) is not None
    settings.keeper().reset()
    for preference in PREFERENCES:
        field = window.shell.preferences.fields[preference.key]
        shown = field.currentData() if isinstance(field, QComboBox) else field.isChecked()
        assert shown == preference.default == settings.get(preference.key)
    window.shell.preferences.close()


def test_nonsense_in_the_settings_is_the_default() -> None:
    for preference in PREFERENCES:
        QSettings().setValue(preference.key, "nonsense")
        if preference.options:
            assert settings.get(preference.key) == preference.default


def test_the_theme_is_turned_by_the_palette_alone_and_remembered(window: Window) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet = app.styleSheet()
    for value in ("dark", "light", "dark"):
        choose(window, "theme", value)
        assert theme.now().name == value and theme.remembered().name == value
        assert app.styleSheet() == sheet  # to set another one takes ten times as long
    corner = window.grab().toImage().pixelColor(3, window.height() - 3)
    assert corner.lightness() < 60
    window.shell.preferences.close()


def test_the_colours_of_every_part_follow(window: Window) -> None:
    before = {name: window.grab().toImage().pixelColor(*at) for name, at in places(window).items()}
    theme.keeper().show(theme.DARK)
    after = {name: window.grab().toImage().pixelColor(*at) for name, at in places(window).items()}
    for name in before:
        assert before[name].lightness() > 200 > 80 > after[name].lightness(), name


def places(window: Window) -> dict[str, tuple[int, int]]:
    found = {}
    for name in ("palette_", "inspector", "bar"):
        part = getattr(window, name)
        at = part.mapTo(window, part.rect().bottomLeft())
        found[name] = (at.x() + 3, at.y() - 3)
    return found


def test_cards_are_as_large_as_words_are(window: Window) -> None:
    canvas = window.canvas
    canvas.reset_zoom()
    assert canvas.zoom == pytest.approx(1) and window.status._zoom.text() == "100 %"
    choose(window, "text", 18)
    assert canvas.zoom == pytest.approx(18 / theme.TEXT_PX) and window.status._zoom.text() == "100 %"
    canvas.zoom_by(0.5)
    canvas.reset_zoom()
    assert canvas.zoom == pytest.approx(18 / theme.TEXT_PX)
    window.shell.preferences.close()


def test_the_size_of_text_changes_panels_and_lists(window: Window) -> None:
    before = window.palette_.search.fontMetrics().height()
    choose(window, "text", 18)
    assert window.palette_.search.fontMetrics().height() > before
    assert theme.text_px() == 18 and window.palette_.tree.fontMetrics().height() > before
    helps = window.shell.preferences._helps
    assert all(help.height() >= help.heightForWidth(help.width()) for help in helps)
    window.shell.preferences.close()


def test_shapes_are_written_channels_first_everywhere(lenet: Window, qtbot: Any) -> None:
    assert shape.show((6, 28, 28)) == "28 × 28 × 6"
    lenet.session.select(("conv1",))
    lenet.docks.show_view("costs")
    parts = {"canvas": lenet.canvas, "inspector": lenet.inspector, "costs": lenet.docks.views("costs")[0]}
    QApplication.processEvents()
    before = {name: part.grab().toImage() for name, part in parts.items()}
    settings.keeper().put("shapes", "first")
    assert shape.show((6, 28, 28)) == "6 × 28 × 28"
    for name, part in parts.items():
        assert part.grab().toImage() != before[name], name
    settings.keeper().put("shapes", "last")
    for name, part in parts.items():
        qtbot.waitUntil(lambda part=part, name=name: part.grab().toImage() == before[name])


def test_problems_are_worded_in_the_order_preferred(lenet: Window) -> None:
    lenet.session.append("dense", "pool1")
    said = {}
    for order in ("last", "first", "last"):
        settings.keeper().put("shapes", order)
        (text,) = {
            problem.message for problem in lenet.session.shown.report.problems if "needs a vector" in problem.message
        }
        said[order] = text
    assert "14 × 14 × 6" in said["last"] and "6 × 14 × 14" in said["first"]


def test_running_at_every_edit_is_begun_as_preferred(open_window: Open) -> None:
    settings.keeper().put("live", False)
    window = open_window(wait=False)
    assert not window.session.shown.live
    settings.keeper().put("live", True)
    assert window.session.shown.live


def test_new_designs_run_the_way_preferred(window: Window) -> None:
    settings.keeper().put("direction", "down")
    window.documents.new()
    assert window.session.design.direction == "down"


def test_what_was_open_is_opened_again(open_window: Open, tmp_path: Path, qtbot: Any) -> None:
    paths = [tmp_path / name for name in ("a.json", "b.json")]
    for path in paths:
        path.write_bytes((samples() / "lenet5.json").read_bytes())
    window = open_window(paths[0], wait=False)
    window.documents.open(paths[1])
    qtbot.waitUntil(lambda: len(window.session.shown.tabs) == 2)
    window._leaving = True
    window.close()
    assert program.Documents.last_open() == paths
    settings.keeper().put("reopen", True)
    again = open_window(wait=False)
    qtbot.waitUntil(lambda: [tab.path for tab in again.session.shown.tabs] == paths)
    paths[0].unlink()
    assert program.Documents.last_open() == paths[1:]


def test_ctrl_comma_opens_the_dialog_and_reset_resets(window: Window, qtbot: Any) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.shell.preferences
    qtbot.waitUntil(dialog.isVisible)
    settings.keeper().put("minimap", False)
    box = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.RestoreDefaults), Qt.MouseButton.LeftButton)
    assert settings.get("minimap") is True
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()


def test_the_program_is_called_by_its_name(qapp: QApplication) -> None:
    assert qapp.applicationName() == qapp.applicationDisplayName() == "cnnbuilder"
    assert qapp.desktopFileName() == "cnnbuilder"
