"""What the user prefers: each choice declared once, kept by the desktop's settings, told when it changes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

SMALLEST_TEXT, LARGEST_TEXT = 11, 20
AUTOMATIC = 0


@dataclass(frozen=True)
class Preference:
    """One choice: its key, what it says, what it is at first, and what it may be."""

    key: str
    label: str
    help: str
    default: Any
    options: tuple[tuple[Any, str], ...] = ()
    """Value and words of each choice; none for a yes or no."""
    group: str = "General"


def _sizes() -> tuple[tuple[int, str], ...]:
    sizes = tuple((px, f"{px} pixels") for px in range(SMALLEST_TEXT, LARGEST_TEXT + 1))
    return ((AUTOMATIC, "as the system"), *sizes)


def _threads() -> tuple[tuple[int, str], ...]:
    from os import cpu_count

    numbers = tuple((count, str(count)) for count in range(1, (cpu_count() or 1) + 1))
    return ((AUTOMATIC, "all there are"), *numbers)


PREFERENCES = (
    Preference(
        "theme",
        "Theme",
        "Dark text on a light ground, light text on a dark one, or as the desktop has it.",
        "system",
        (("light", "light"), ("dark", "dark"), ("system", "as the system")),
        "Look",
    ),
    Preference(
        "text", "Size of text", "How large the words of panels, lists and menus are.", AUTOMATIC, _sizes(), "Look"
    ),
    Preference(
        "shapes",
        "Shapes are written",
        "The notes, TensorFlow and Keras put the channels last; PyTorch and ONNX put them first.",
        "last",
        (("last", "28 × 28 × 6, channels last"), ("first", "6 × 28 × 28, channels first")),
        "Look",
    ),
    Preference(
        "direction",
        "New designs run",
        "Which way the cards of a new design are laid out. A design keeps its own; the View menu changes it.",
        "right",
        (("right", "from left to right"), ("down", "from top to bottom")),
        "Canvas",
    ),
    Preference("minimap", "Show the minimap", "A small plan of the whole network in a corner.", True, group="Canvas"),
    Preference(
        "live",
        "Run at every edit",
        "Whether a network runs by itself after each change; if not, F5 runs it.",
        True,
        group="Running",
    ),
    Preference(
        "threads",
        "Processors used",
        "How many processors a run may use; fewer leave room for other programs. Counts from the next start on.",
        AUTOMATIC,
        _threads(),
        "Running",
    ),
    Preference(
        "winograd",
        "Sums of 3×3 convolutions",
        "Winograd's method needs a quarter of the multiplications and differs in the sixth digit; direct sums are made "
        "term by term, as One pixel shows them. Counts from the next start on.",
        "auto",
        (("auto", "the faster way"), ("never", "directly")),
        "Running",
    ),
    Preference(
        "reopen",
        "Open the last designs at the start",
        "Begin with the documents that were open when the program was left.",
        False,
        group="Starting",
    ),
)
"""Every choice there is, in the order of the dialog."""

_BY_KEY = {preference.key: preference for preference in PREFERENCES}


class Settings(QObject):
    """Reads and writes the preferences."""

    changed = Signal(str)
    """The key of a preference that has another value now."""

    def get(self, key: str) -> Any:
        """The value of a preference; its default where nothing, or nonsense, is kept."""
        preference = _BY_KEY[key]
        kept = QSettings().value(key)
        if kept is None:
            return preference.default
        if not preference.options:
            return kept in (True, "true")
        return next((value for value, _ in preference.options if str(value) == str(kept)), preference.default)

    def put(self, key: str, value: Any) -> None:
        """Keep another value."""
        if value == self.get(key):
            return
        QSettings().setValue(_BY_KEY[key].key, value)
        self.changed.emit(key)

    def reset(self) -> None:
        """Every preference as it was at first."""
        for preference in PREFERENCES:
            self.put(preference.key, preference.default)


@cache
def keeper() -> Settings:
    """The one keeper of the preferences."""
    return Settings()


def get(key: str) -> Any:
    """The value of a preference."""
    return keeper().get(key)
