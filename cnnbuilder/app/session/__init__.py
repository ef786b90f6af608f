"""The one owner of the documents. Views read what it shows and ask it for edits; one signal says what changed."""

from cnnbuilder.app.session.copying import Session
from cnnbuilder.app.session.shown import Arrays, Shown, State, Tab, with_places

__all__ = ["Arrays", "Session", "Shown", "State", "Tab", "with_places"]
