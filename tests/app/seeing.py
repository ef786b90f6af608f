"""What of a window is seen."""

from PySide6.QtWidgets import QWidget

from cnnbuilder.app.window import Window


def is_seen(window: Window, view: QWidget | str) -> bool:
    """Whether a view is in front, not behind another tab."""
    dock = window.docks.dock_of(view)
    return dock is not None and dock.in_front
