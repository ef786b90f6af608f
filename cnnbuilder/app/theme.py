"""Colours, sizes and fonts of the program, in a light and a dark theme. Everything that is painted asks here."""

from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from cnnbuilder.app.stylesheet import stylesheet

TEXT_PX = 13
"""The design's text size; the system's own where that is larger."""

GROUP_COLOURS = {
    "Input": "#667085",
    "Convolution": "#2f6feb",
    "Activation": "#e08a00",
    "Pooling": "#0f9f8f",
    "Shape": "#8a63d2",
    "Normalisation": "#5b7a99",
    "Dense": "#c43e7c",
    "Output": "#157f4b",
    "Merge": "#8d6e3f",
}
UNKNOWN_COLOUR = "#667085"
UNIT = "#ff7a1a"
"""The unit looked at, everywhere."""


@dataclass(frozen=True, eq=False)
class Theme:
    """The tokens of one theme, as `#rrggbb`."""

    name: str
    window: str
    panel: str
    canvas: str
    dots: str
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    selection: str
    well: str
    problem: str
    problem_ground: str
    fine: str
    link: str
    note: str
    """The ground of notes on the canvas."""
    faint: str
    """Text of what cannot be used now."""
    handle: str
    """What is dragged to scroll."""
    groups: dict[str, str] = field(default_factory=lambda: GROUP_COLOURS)

    @property
    def dark(self) -> bool:
        """Whether text is light on a dark ground."""
        return self.name == "dark"

    def group(self, group: str | None) -> str:
        """The colour of a group of kinds."""
        return self.groups.get(group or "", UNKNOWN_COLOUR)


LIGHT = Theme(
    "light",
    window="#f4f5f7",
    panel="#ffffff",
    canvas="#f0f2f6",
    dots="#d5dae3",
    line="#dfe2e8",
    text="#1d2330",
    dim="#566074",
    accent="#2f6feb",
    on_accent="#ffffff",
    selection="#e8effd",
    well="#f4f5f7",
    problem="#c4320a",
    problem_ground="#fef0e9",
    fine="#157f4b",
    link="#4b5670",
    note="#fdf6dd",
    faint="#9aa1ad",
    handle="#c5cad4",
)
DARK = Theme(
    "dark",
    window="#15181e",
    panel="#1c2027",
    canvas="#171a20",
    dots="#2a2f39",
    line="#323843",
    text="#e7eaf0",
    dim="#98a2b3",
    accent="#6ea0ff",
    on_accent="#10141c",
    selection="#26334d",
    well="#15181e",
    problem="#ff8a5c",
    problem_ground="#3a2620",
    fine="#5fd49a",
    link="#a3adbd",
    note="#322f22",
    faint="#5c6675",
    handle="#3d4552",
    groups={
        **GROUP_COLOURS,
        "Shape": "#9b7ae0",
        "Output": "#2fa76d",
        "Dense": "#d65a94",
        "Merge": "#a88650",
        "Convolution": "#4a84f5",
        "Input": "#8590a6",
    },
)


class Keeper(QObject):
    """Holds which theme is shown and says when that, or the size of text, changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self._sheet = ""

    def show(self, theme: Theme) -> None:
        """Put a theme on the whole program."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = theme
        app.setPalette(_palette(theme))
        sheet = stylesheet(text_px())
        if sheet != self._sheet or app.styleSheet() != sheet:
            self._sheet = sheet
            app.setFont(ui_font())
            app.setStyleSheet(sheet)
        else:
            # Style rules keep the colours with which a widget was polished. To set the sheet anew would take ten times
            # as long.
            style = app.style()
            for widget in app.allWidgets():
                style.unpolish(widget)
                style.polish(widget)
        self.changed.emit()


@cache
def keeper() -> Keeper:
    """The one keeper of the program's theme."""
    return Keeper()


def now() -> Theme:
    """The theme that is shown."""
    return keeper().theme


def remembered() -> Theme:
    """The theme that the user chose; the desktop's, where nothing was chosen."""
    return {"light": LIGHT, "dark": DARK}.get(str(QSettings().value("theme", "")), system())


def system() -> Theme:
    """The theme that the desktop asks for."""
    return DARK if QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


@cache
def family() -> str:
    """The interface font: Inter where it is installed, else the system's."""
    return "Inter" if "Inter" in QFontDatabase.families() else QApplication.font().family()


@cache
def system_px() -> int:
    """The size of text that the desktop asks for, in pixels."""
    return max(TEXT_PX, min(QFontInfo(QApplication.font()).pixelSize(), 20)) if _own_font() else TEXT_PX


_chosen_px: list[int] = []


def choose_px(px: int | None) -> None:
    """Show ordinary text in this size from the next `show` on; None: as the desktop asks for."""
    _chosen_px[:] = [px] if px else []


def text_px() -> int:
    """The size of ordinary text in pixels."""
    return _chosen_px[0] if _chosen_px else system_px()


def scaled(px: float) -> float:
    """A length of the design (for text of 13 pixels) beside text of the size that is shown."""
    return px * text_px() / TEXT_PX


def ui_font(px: float = TEXT_PX, weight: int = 400) -> QFont:
    """The font of panels and lists: `px` in the design, as large as the user likes it."""
    return font(round(scaled(px)), weight)


def _own_font() -> bool:
    # Without a desktop that says so, Qt's default is no choice of the user.
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family() not in (
        "",
        "Sans Serif",
        "DejaVu Sans",
    )


@cache
def font(px: int = TEXT_PX, weight: int = 400) -> QFont:
    """The interface font."""
    made = QFont(family())
    made.setPixelSize(px)
    made.setWeight(QFont.Weight(weight))
    return made


@cache
def mono(px: int = 12, weight: int = 400) -> QFont:
    """The font of formulas."""
    made = QFont("DejaVu Sans Mono")
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(px)
    made.setWeight(QFont.Weight(weight))
    return made


ROLES = {
    "window": QPalette.ColorRole.Window,
    "panel": QPalette.ColorRole.Base,
    "well": QPalette.ColorRole.AlternateBase,
    "line": QPalette.ColorRole.Mid,
    "text": QPalette.ColorRole.Text,
    "dim": QPalette.ColorRole.PlaceholderText,
    "accent": QPalette.ColorRole.Highlight,
    "on_accent": QPalette.ColorRole.HighlightedText,
    "selection": QPalette.ColorRole.Midlight,
    "problem": QPalette.ColorRole.BrightText,
    "problem_ground": QPalette.ColorRole.Light,
    "fine": QPalette.ColorRole.LinkVisited,
    "faint": QPalette.ColorRole.Dark,
    "handle": QPalette.ColorRole.Shadow,
}
"""The role of the palette by which the style sheet calls each token."""


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for token, which in ROLES.items():
        palette.setColor(which, QColor(getattr(theme, token)))
    for which, colour in (
        (role.Button, theme.panel),
        (role.WindowText, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.panel),
        (role.ToolTipText, theme.text),
        (role.Link, theme.accent),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    return palette
