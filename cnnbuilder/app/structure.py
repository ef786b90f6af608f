"""Commands about groups and notes that need to know what is selected or seen."""

from collections.abc import Callable

from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.session import Session


def each_group(session: Session, do: Callable[[str], object]) -> None:
    """Do something with every group of which a block is selected."""
    chosen = set(session.shown.selected)
    for group in session.design.groups:
        if chosen.intersection(group.blocks):
            do(group.name)


def turn_groups(session: Session) -> None:
    """Fold the groups of the selected blocks, or unfold them."""
    folded = {group.name: group.folded for group in session.design.groups}
    each_group(session, lambda name: session.fold(name, not folded[name]))


def fold_repeats(session: Session, tell: Callable[[str], None]) -> None:
    """Fold stages that come again; say so where there are none."""
    if not session.fold_repeats():
        tell("No stage of this network comes twice.")


def add_note(session: Session, canvas: Canvas) -> None:
    """A note in the middle of the canvas, ready to be written."""
    at = canvas.mapToScene(canvas.rect().center())
    canvas.write(session.add_note(at.x(), at.y()))
