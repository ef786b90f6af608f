"""Copying, pasting and duplicating blocks with the links between them."""

import json

from cnnbuilder.app.session.shown import Arrays
from cnnbuilder.app.session.weighing import Weighing
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.design.pieces import piece, place_beside, put_in

BESIDE = 36.0
"""How far right and below lies what is put where a card lies already."""


class Session(Weighing):
    """Holds the documents, and what is looked at."""

    _copied: tuple[str, Arrays | None] = ("", None)
    """The last text that was copied here, and the weights of the blocks that it came from."""

    def copy(self) -> str:
        """The selected blocks as a design's JSON; empty where nothing is selected."""
        if not self._shown.selected:
            return ""
        found = piece(self.design, self._shown.selected)
        text = json.dumps(found.to_dict(), indent=1)
        self._copied = (text, self._history.state.weights)
        return text

    def cut(self) -> str:
        """As `copy`, and the blocks are taken out."""
        text = self.copy()
        self.remove(self._shown.selected, "Cut")
        return text

    def duplicate(self) -> None:
        """Lay a copy of the selected blocks beside them, with their weights."""
        if self._shown.selected:
            found = piece(self.design, self._shown.selected)
            self._put("Duplicate", found, None, self._history.state.weights)

    def paste(self, text: str, at: tuple[float, float] | None = None) -> str:
        """Add a design given as text to this one, its corner `at` a place of the canvas; what is wrong, in one line."""
        try:
            added = Design.from_dict(json.loads(text))
        except (ValueError, RecursionError):
            return "The clipboard holds no design: copy blocks here, or the text of a design file."
        except DesignFileError as error:
            return f"This text is not a design that can be read: {error}"
        if not added.blocks and not added.notes:
            return "The design in the clipboard is empty."
        self._put("Paste", added, at, self._copied[1] if text == self._copied[0] else None)
        return ""

    def _put(self, verb: str, added: Design, at: tuple[float, float] | None, weights: Arrays | None) -> None:
        if at is None:
            at = place_beside(self.design, added)
        held = {(round(x), round(y)) for x, y in self.design.layout.values()}
        while (round(at[0]), round(at[1])) in held:  # pasted there before: not one exactly over the other
            at = at[0] + BESIDE, at[1] + BESIDE
        design, names = put_in(self.design, added, at)
        self.apply(
            f"{verb} {next(iter(names))}" if len(names) == 1 else f"{verb} {len(names)} blocks",
            design,
            select=tuple(names.values()),
            weights=self._with_copies(weights, names),
        )

    def _with_copies(self, copied: Arrays | None, names: dict[str, str]) -> Arrays | None:
        """The weights held, with those of copied blocks under their new names; None where there are none."""
        if not copied:
            return None
        from cnnbuilder.engine.weights import Weights

        return Weights.of(self._history.state.weights).with_copies(Weights.of(copied), names)
