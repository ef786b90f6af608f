"""Weights changed by hand."""

from collections.abc import Hashable
from typing import Any

from cnnbuilder.app.session.annotating import Annotating


class Weighing(Annotating):
    """Edits of weights are steps of undo like any other."""

    def set_weights(self, label: str, name: str, values: Any, merge: Hashable = None) -> None:
        """Hold other values as the weight `name`; the others stay as they are, or the first ones of the seed."""
        from cnnbuilder.engine.weights import Weights

        weights = Weights.of(self._history.state.weights).with_arrays({name: values})
        self.apply(label, self.design, merge, weights=weights)
