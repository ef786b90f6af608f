"""Colours, sizes and fonts of the program, in a light and a dark theme. Everything that is painted asks here."""

from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QObject, QSettings, Signal
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
    """Holds which theme is shown and says when that changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT

    def show(self, theme: Theme) -> None:
        """Put a theme on the whole program and remember it."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.theme = theme
        app.setPalette(_palette(theme))
        app.setStyleSheet(stylesheet(theme, text_px()))
        QSettings().setValue("theme", theme.name)
        self.changed.emit()


@cache
def keeper() -> Keeper:
    """The one keeper of the program's theme."""
    return Keeper()


def now() -> Theme:
    """The theme that is shown."""
    return keeper().theme


def remembered() -> Theme:
    """The theme that was shown when the program was last used."""
    return DARK if QSettings().value("theme", "light") == "dark" else LIGHT


@cache
def family() -> str:
    """The interface font: Inter where it is installed, else the system's."""
    return "Inter" if "Inter" in QFontDatabase.families() else QApplication.font().family()


@cache
def text_px() -> int:
    """The size of ordinary text in pixels."""
    return max(TEXT_PX, min(QFontInfo(QApplication.font()).pixelSize(), 20)) if _own_font() else TEXT_PX


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


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.window),
        (role.Base, theme.panel),
        (role.AlternateBase, theme.window),
        (role.Button, theme.panel),
        (role.Text, theme.text),
        (role.WindowText, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.panel),
        (role.ToolTipText, theme.text),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.PlaceholderText, theme.dim),
        (role.Mid, theme.line),
        (role.Dark, theme.line),
        (role.Light, theme.panel),
        (role.Midlight, theme.line),
        (role.Shadow, theme.line),
        (role.BrightText, theme.problem),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        faint = QColor(theme.dim)
        faint.setAlpha(140)
        palette.setColor(QPalette.ColorGroup.Disabled, which, faint)
    return palette
