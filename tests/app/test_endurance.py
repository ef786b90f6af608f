"""Twenty thousand repaints and as many steps of undo and redo in one process (docs/decisions: PySide6 6.12 aborts)."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from cnnbuilder.app.canvas.ground import paint_wires
from cnnbuilder.app.canvas.painting import Level, Marks, paint_card
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.session import Session

TIMES = 20_000


def test_repaints(session: Session, qapp: object) -> None:
    canvas = Canvas()
    canvas.show_design(session.design, ("conv1",))
    content = canvas.cards.cards["conv1"].content
    target = QPixmap(QSize(120, 90))
    for number in range(TIMES):
        painter = QPainter(target)
        # From the smallest level of detail on, a few in full.
        zoom = 0.8 if number % 10 == 0 else 0.2
        painter.scale(zoom, zoom)
        paint_card(painter, content, (), Marks(), Level.at(zoom), zoom)
        paint_wires(painter, canvas.cards, QRectF(0, 0, 300, 200), zoom)
        painter.end()
    canvas.resize(600, 400)
    for _ in range(200):
        canvas.grab()
    canvas.deleteLater()


def test_undo_and_redo(session: Session, qapp: object) -> None:
    canvas = Canvas()
    session.changed.connect(lambda old, new: canvas.show_design(new.design, new.selected))
    canvas.show_design(session.design, ())
    session.set_param("conv1", "filters", 7)
    session.move({"conv2": (900, 40)})
    session.select(("conv1",))
    session.append("activation")
    for number in range(TIMES):
        session.undo() if number % 6 < 3 else session.redo()
    assert not [link for link in session.design.links if link.target not in session.design.blocks]
    assert len(canvas.cards.cards) == len(session.design.blocks)
    canvas.deleteLater()
