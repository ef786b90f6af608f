"""What lies beside what is shown: other open documents, and the one on top as it was."""

from cnnbuilder.app.session.desk import Desk
from cnnbuilder.app.session.shown import State, with_places
from cnnbuilder.design.document import Design


class Beside(Desk):
    """Looks at states that are not on top, and changes documents that are not."""

    def state_of(self, key: int) -> State | None:
        """What a document shows, also one that is not on top."""
        document = self._documents.get(key)
        return document.history.state if document is not None else None

    @property
    def state_before(self) -> State | None:
        """What undo would show."""
        return self._history.before

    @property
    def state_saved(self) -> State | None:
        """What the file of the document on top holds, or what it began with."""
        return self._history.saved_state

    def apply_to(self, key: int, label: str, design: Design) -> None:
        """One step of undo in any of the open documents; the one on top stays there."""
        document = self._documents.get(key)
        if document is None or key == self._key:
            self.apply(label, design)
        else:
            document.history.add(State(with_places(design), document.history.state.weights), label)
            self._show()
