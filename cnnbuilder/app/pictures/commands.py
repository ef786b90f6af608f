"""The commands about pictures, for menus and for the list of commands."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence

from cnnbuilder.app.bar import PictureBar
from cnnbuilder.app.clipboard import held
from cnnbuilder.app.pictures.source import Pictures
from cnnbuilder.app.session import Session

NAMES = (
    "pictures", "next-picture", "last-picture", "paste-picture", "draw", "paint", "prepare", "target", "backward",
)  # fmt: skip


def picture_commands(
    make: Callable[..., QAction], pictures: Pictures, bar: PictureBar, session: Session
) -> list[QAction]:
    """Made by `Actions.make`: browse, step, paste, draw, prepare, and whether runs go backward."""

    def turn_backward() -> None:
        session.look(backward=not session.shown.backward)

    made = [
        make("pictures", "&Browse a folder of pictures …", None, pictures.choose_folder, "open"),
        make("next-picture", "&Next picture", None, lambda: pictures.step(1)),
        make("last-picture", "Pict&ure before", None, lambda: pictures.step(-1)),
        make("paste-picture", "&Paste a picture", None, lambda: pictures.paste(held())),
        make("draw", "&Draw a digit", None, bar.open_drawing, "pen"),
        make("paint", "Pa&int on the picture", None, bar.open_painting, "pen"),
        make("prepare", "&What the network sees", None, bar.open_preparing, "picture"),
        make("target", "&Class of the backward pass", None, bar.target.click),
        make("backward", "Run bac&kward", None, turn_backward),
    ]
    keys = {
        "next-picture": ("]", "Alt+Right"),
        "last-picture": ("[", "Alt+Left"),
        "draw": ("Ctrl+Shift+P",),
        "paint": ("Ctrl+Shift+B",),
    }
    names = (
        "pictures",
        "next-picture",
        "last-picture",
        "paste-picture",
        "draw",
        "paint",
        "prepare",
        "target",
        "backward",
    )
    for name, action in zip(names, made, strict=True):
        action.setShortcuts([QKeySequence(key) for key in keys.get(name, ())])
    made[-1].setCheckable(True)
    made[-1].setChecked(session.shown.backward)
    session.changed.connect(lambda old, new: made[-1].setChecked(new.backward))
    return made
