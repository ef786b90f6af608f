"""The style sheet of the program. It calls colours by their role in the palette, so that one sheet is every theme's."""

import re
from string import Template

_TEMPLATE = Template("""
QMainWindow, QDialog, QMessageBox { background: $window; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 1px 6px; }
QMenuBar::item { background: transparent; padding: 5px 9px; border-radius: 5px; }
QMenuBar::item:selected { background: $selection; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 12px; border-radius: 5px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QMenu::indicator { width: 14px; height: 14px; padding-left: 6px; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QStatusBar { background: $panel; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $text; padding: 0 6px; }
#dim, QStatusBar #dim { color: $dim; }
#small { color: $dim; font-size: ${small}px; }
#heading { color: $dim; font-size: ${small}px; font-weight: 600; }
#title { font-size: ${title}px; font-weight: 600; }
#strong { font-weight: 600; }
#fine { color: $fine; font-weight: 500; }
#problem { color: $problem; font-weight: 600; }
#fault { color: $problem; font-size: ${small}px; }
#overlay { background: $panel; border: 1px solid $line; border-radius: 8px; }
#overlay QListWidget::item { border-radius: 6px; }
#overlay QListWidget::item:hover { background: $well; }
#overlay QListWidget::item:selected { background: $selection; color: $text; }
#bar #tight { padding: 5px 7px; }
#panel #tight { padding: 3px 7px; }
QToolButton#chip { padding: 1px 8px; }
QToolButton#chip:checked:focus { padding: 0 7px; }
#bar { background: $panel; border-bottom: 1px solid $line; }
#panel, #panel > QWidget > #body { background: $panel; }
#well { background: $well; border-radius: 6px; }
#trouble { background: $problem_ground; border-radius: 6px; }
#separator { background: $line; }
QPushButton, QToolButton {
  background: $panel; color: $text; border: 1px solid $line; border-radius: 6px; padding: 5px 11px; min-height: 18px;
}
QPushButton:hover, QToolButton:hover { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed { background: $selection; }
QPushButton:disabled, QToolButton:disabled { color: $faint; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:checked, QToolButton:checked, QPushButton#primary {
  background: $accent; border-color: $accent; color: $on_accent; font-weight: 600;
}
QToolButton#flat, QPushButton#flat { border: 1px solid transparent; background: transparent; padding: 1px 4px; }
QToolButton#flat:hover, QPushButton#flat:hover { background: $selection; }
QToolButton#flat:focus, QPushButton#flat:focus { background: $selection; border-color: $accent; }
QPushButton#link { border: 1px solid transparent; background: transparent; padding: 0 2px; min-height: 16px;
  color: $accent; text-align: left; }
QPushButton#link:hover { text-decoration: underline; }
QPushButton#link:focus { border-color: $accent; background: $selection; }
QPushButton#primary:focus { border: 2px solid $text; padding: 4px 10px; }
QPushButton:checked:focus, QToolButton:checked:focus { border: 2px solid $text; padding: 4px 10px; }
QLabel:focus { background: $selection; }
QToolButton::menu-indicator { image: none; width: 0; }
QLineEdit, QPlainTextEdit, QComboBox {
  background: $well; color: $text; border: 1px solid $line; border-radius: 6px; padding: 3px 8px; min-height: 18px;
  selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $dim;
}
QLineEdit QToolButton { border: none; background: transparent; padding: 0; min-height: 0; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {
  border-color: $accent; background: $panel; }
QLineEdit[fault="true"], QComboBox[fault="true"] { border-color: $problem; background: $problem_ground; }
QLineEdit#name { background: transparent; border-color: transparent; padding: 1px 3px; font-size: ${title}px;
  font-weight: 600; }
QLineEdit#name:hover { border-color: $line; }
QLineEdit#name:focus { border-color: $accent; background: $panel; }
QComboBox#flat { background: transparent; border-color: transparent; padding: 2px 4px; }
QComboBox#flat:hover { background: $selection; }
QComboBox#flat:focus { border-color: $accent; }
QComboBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
#file { color: $dim; padding: 6px 12px 0 12px; }
QComboBox::drop-down { border: none; width: 20px; }
Combo::drop-down { width: 29px; }
QComboBox::down-arrow { image: url("$chevron"); width: ${arrow}px; height: ${arrow}px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; selection-background-color: $selection;
  selection-color: $text; outline: none; padding: 3px; }
QSlider::groove:horizontal { background: $line; height: 4px; border-radius: 2px; margin: 0 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; margin: 0 2px; }
QSlider::handle:horizontal { background: $panel; border: 2px solid $accent; width: 10px; margin: -5px 0;
  border-radius: 7px; }
QSlider::handle:horizontal:focus { background: $accent; }
QCheckBox { spacing: 6px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $dim; border-radius: 4px; background: $well; }
QCheckBox::indicator:checked { border-color: $accent; image: url("$check"); }
QCheckBox:focus { color: $accent; }
QCheckBox::indicator:focus { border: 2px solid $accent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollArea#panel { border: 1px solid transparent; }
QScrollArea#panel:focus { border-color: $accent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $handle; border-radius: 4px; margin: 1px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none; border: none;
  width: 0; height: 0; }
QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }
QTabWidget { background: $panel; }
QTabBar { background: $panel; border: none; }
QTabBar::tab { background: transparent; padding: 9px 13px 8px 13px; border: none;
  border-bottom: 2px solid transparent; margin-right: 2px; }
QTabBar::tab:selected { border-bottom-color: $accent; font-weight: 600; }
QTabBar#documents::tab { color: $dim; }
QTabBar#documents::tab:selected, QTabBar#documents::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; background: $selection; border-radius: 4px; }
QTabBar QToolButton { border: none; padding: 0; min-height: 0; background: $panel; }
QTabBar QToolButton::left-arrow { image: url("$earlier"); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url("$later"); width: 12px; height: 12px; }
QTabBar::close-button { image: url("$cross"); width: 14px; height: 14px; border-radius: 4px; padding: 2px; }
QTabBar::close-button:hover { background: $selection; }
QTableView { background: $panel; alternate-background-color: $well; border: none; gridline-color: $line;
  selection-background-color: $selection; selection-color: $text; outline: none; }
QTableView::item { padding: 0 7px; }
QTableView:focus { border: 1px solid $accent; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line; padding: 6px 10px;
  font-size: ${small}px; font-weight: 600; }
QTreeWidget, QListWidget { background: $panel; border: 1px solid transparent; border-radius: 6px; outline: none; }
QTreeWidget:focus, QListWidget:focus { border-color: $accent; }
QListWidget::item { padding: 4px 6px; border-radius: 6px; }
QListWidget::item:hover { background: $well; }
QListWidget::item:selected { background: $selection; color: $text; }
QListWidget::item:disabled { background: transparent; padding-top: 9px; }
QTextBrowser { background: $panel; border: 1px solid $line; border-radius: 8px; selection-background-color: $accent;
  selection-color: $on_accent; }
QTextBrowser:focus { border-color: $accent; }
QListView#finder-list { background: transparent; border: none; outline: none; }
#start, #start-body { background: $panel; }
#welcome { font-size: ${huge}px; font-weight: 600; }
#finder { background: $panel; border: 1px solid $handle; border-radius: 10px; }
QTreeWidget::item { padding: 4px 2px; border-radius: 6px; }
QTreeWidget::item:hover { background: $well; }
QTreeWidget::item:selected { background: $selection; color: $text; }
QProgressBar { background: $well; border: 1px solid $line; border-radius: 4px; height: 8px; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
""")


MARK, ARROW, ARROW_SIZE = "#3f7cf0", "#7b8699", 12
"""The check mark and the arrow of a choice: files, which cannot follow the theme. Seen on light and dark ground."""


def stylesheet(px: int) -> str:
    """The style sheet with ordinary text of `px` pixels."""
    from cnnbuilder.app.icons import icon_file
    from cnnbuilder.app.theme import ROLES

    words = {token: f"palette({_css(role.name)})" for token, role in ROLES.items()}
    return _TEMPLATE.substitute(
        words,
        px=px,
        small=px - 1,
        title=px + 2,
        huge=px + 10,
        arrow=ARROW_SIZE,
        chevron=icon_file("chevron-down", ARROW),
        cross=icon_file("close", ARROW),
        earlier=icon_file("collapse", ARROW),
        later=icon_file("expand", ARROW),
        check=icon_file("check", MARK),
    )


def _css(role: str) -> str:
    """`PlaceholderText` as a style sheet says it: `placeholder-text`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", role).lower()
