"""The canvas by keyboard, and what a screen reader is told."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QCursor, QKeyEvent

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.walking import ARROWS, end, step
from cnnbuilder.design.shape import plural, show

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NUDGE, FAR_NUDGE = 8, 48
HELP = "Arrow keys walk along links, Tab offers what may come next, Enter edits, Delete removes, F fits."


class Keys:
    """What each key does."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self.space = False
        """Whether the space bar is held, so that a drag pans."""
        self.leaving = False
        """Whether the focus is to go on to the next widget."""

    def press(self, event: QKeyEvent) -> bool:
        """Whether the key meant something."""
        canvas, key, modifiers = self._canvas, Key(event.key()), event.modifiers()
        if key == Key.Key_Escape:
            if not canvas.cancel():
                canvas.choose_link(None)
                canvas.cards.choose_notes(())
                canvas.tell_selection(())
        elif key == Key.Key_Tab:
            if modifiers & CTRL:
                self._leave()
            else:
                self._want_next()
        elif key == Key.Key_Space:
            if not event.isAutoRepeat():
                self.space = True
                canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        elif key in (Key.Key_Delete, Key.Key_Backspace):
            self._remove()
        elif key in ARROWS:
            self._arrow(key, modifiers)
        elif key in (Key.Key_Home, Key.Key_End):
            self._go(end(canvas.cards, key == Key.Key_End), bool(modifiers & SHIFT))
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_F2):
            self._edit()
        else:
            return False
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Whether the key meant something."""
        if event.key() != Key.Key_Space:
            return False
        if not event.isAutoRepeat():
            self.space = False
            self._canvas.unsetCursor()
        return True

    def _leave(self) -> None:
        self.leaving = True
        self._canvas.focusNextPrevChild(True)
        self.leaving = False

    def _want_next(self) -> None:
        canvas = self._canvas
        card = canvas.cards.standing.get(canvas.selection[-1]) if canvas.selection else None
        at = QPointF(*card.output()) if card else canvas.mapToScene(canvas.rect().center())
        inside = canvas.mapFromScene(at)
        room = canvas.rect().adjusted(8, 8, -8, -8)
        inside.setX(max(room.left(), min(inside.x(), room.right())))
        inside.setY(max(room.top(), min(inside.y(), room.bottom())))
        canvas.wanted_next.emit(card.leaving if card else None, canvas.mapToGlobal(inside), at)

    def _remove(self) -> None:
        canvas = self._canvas
        notes = sorted((note.number for note in canvas.cards.notes if note.selected), reverse=True)
        if canvas.look.chosen is not None:
            canvas.unlink.emit(canvas.look.chosen)
            return
        if canvas.selection:
            canvas.remove.emit()
        for number in notes:
            canvas.note_removed.emit(number)

    def _arrow(self, key: Key, modifiers: Qt.KeyboardModifier) -> None:
        canvas = self._canvas
        if modifiers & CTRL:
            self._nudge(key, FAR_NUDGE if modifiers & SHIFT else NUDGE)
            return
        pointed = self._picture_under_pointer() if key in (Key.Key_Left, Key.Key_Right) else None
        if pointed is not None and not modifiers & SHIFT:
            canvas.channel_turned.emit(pointed.leaving, 1 if key == Key.Key_Right else -1)
        else:
            self._go(step(canvas.cards, canvas.selection, key), bool(modifiers & SHIFT))

    def _picture_under_pointer(self) -> Card | None:
        """The card over whose picture, of several channels, the pointer rests."""
        canvas, card = self._canvas, self._canvas.look.card
        if card is None or card.thumbnail is None or card.thumbnail.channels < 2:
            return None
        at = canvas.mapToScene(canvas.mapFromGlobal(QCursor.pos()))
        return card if card.picture_rect.contains(at) else None

    def _nudge(self, key: Key, by: int) -> None:
        canvas = self._canvas
        dx, dy = ARROWS[key]
        layout = canvas.cards.design.layout
        chosen = {id for card in canvas.cards.selected_cards() for id in card.blocks}
        places = {id: (layout[id][0] + dx * by, layout[id][1] + dy * by) for id in layout if id in chosen}
        notes = {note.number: (note.x + dx * by, note.y + dy * by) for note in canvas.cards.notes if note.selected}
        if places or notes:
            canvas.moved.emit(places, notes)

    def _go(self, card: Card | None, extend: bool) -> None:
        canvas = self._canvas
        if card is None:
            return
        canvas.choose_link(None)
        if extend:
            kept = tuple(id for id in canvas.selection if id not in card.blocks)
            canvas.tell_selection((*kept, *card.blocks))
        else:
            canvas.tell_selection(card.blocks)
        canvas.reveal(card.leaving)

    def _edit(self) -> None:
        canvas = self._canvas
        note = next((note for note in canvas.cards.notes if note.selected), None)
        card = canvas.cards.standing.get(canvas.selection[-1]) if canvas.selection else None
        if card is not None and card.folded:
            canvas.fold.emit(card.content.id, False)
        elif card is not None:
            canvas.edit_wanted.emit(card.leaving)
        elif note is not None:
            canvas.write(note.number)

    def describe(self) -> None:
        """Tell screen readers what is selected."""
        canvas = self._canvas
        words = f"{self._selected_words()} {HELP}"
        if words != canvas.accessibleDescription():
            canvas.setAccessibleDescription(words)
            QAccessible.updateAccessibility(QAccessibleEvent(canvas, QAccessible.Event.DescriptionChanged))

    def _selected_words(self) -> str:
        canvas = self._canvas
        scene, chosen = canvas.cards, canvas.selection
        if canvas.look.chosen is not None and canvas.look.chosen in scene.wires:
            return f"Link {scene.wires[canvas.look.chosen].tooltip}."
        card = scene.standing.get(chosen[-1]) if chosen else None
        note = next((note for note in scene.notes if note.selected), None)
        if card is None and note is not None:
            return f"Note: {note.text}."
        if card is None:
            return f"{plural(len(scene.design.blocks), 'block')}, none selected."
        content, wiring = card.content, scene.design.graph.wiring
        said = [content.id, content.summary, f"output {show(content.shape)}"]
        if content.parameters:
            said.append(plural(content.parameters, "parameter"))
        if content.fault:
            said.append(f"problem: {content.fault}")
        if wiring.sources[card.blocks[0]]:
            said.append(f"reads {', '.join(wiring.sources[card.blocks[0]])}")
        if wiring.followers[card.leaving]:
            said.append(f"read by {', '.join(wiring.followers[card.leaving])}")
        more = f" {len(chosen)} blocks are selected." if len(chosen) > 1 else ""
        return f"{', '.join(part for part in said if part)}.{more}"
