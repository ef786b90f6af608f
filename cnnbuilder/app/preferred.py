"""Preferences put to work: what each of them changes in the running program."""

import os
import sys

from cnnbuilder.app import settings, theme
from cnnbuilder.design import infer, shape


def begin() -> None:
    """Show the program as the user prefers it, and follow every later change."""
    _order()
    _threads()
    _sums()
    _look()
    settings.keeper().changed.connect(_changed)


def turn_theme() -> None:
    """From light to dark or back."""
    settings.keeper().put("theme", "light" if theme.now().dark else "dark")


def _changed(key: str) -> None:
    if key in ("theme", "text"):
        _look()
    elif key == "shapes":
        _order()
        theme.keeper().changed.emit()  # words are painted anew, as in other colours
    elif key == "threads":
        _threads()
    elif key == "winograd":
        _sums()


def _look() -> None:
    theme.choose_px(settings.get("text") or None)
    theme.keeper().show(theme.remembered())


def _order() -> None:
    first = settings.get("shapes") == "first"
    if shape.order.channels_first != first:
        shape.order.channels_first = first
        infer.infer.cache_clear()  # its remarks and misfits hold shapes in words


def _threads() -> None:
    count = settings.get("threads")
    if not count:
        return
    os.environ["CNNBUILDER_THREADS"] = str(count)
    if "cnnbuilder.kernels.pool" in sys.modules:
        from cnnbuilder.kernels import set_thread_count

        set_thread_count(count)


def _sums() -> None:
    if settings.get("winograd") == "never":
        os.environ["CNNBUILDER_WINOGRAD"] = "never"
