"""The steps of undo as a list: the one that is shown is marked, a click goes to any other."""

from typing import TYPE_CHECKING

from cnnbuilder.app import theme
from cnnbuilder.app.finder import Entry, Finder

if TYPE_CHECKING:
    from cnnbuilder.app.window import Window

WIDTH, HEIGHT = 360, 460


class Steps(Finder):
    """Opened over the window; the latest step stands first."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window, "Steps of undo", "Find a step …")
        self._main = window
        self.taken.connect(lambda entry, _: self._main.session.go_to(entry.value))
        self.show_foot("Enter goes there; nothing is lost until the next edit.")

    def ask(self) -> None:
        """Show the steps of the document on top."""
        session = self._main.session
        now, steps = session.step, ["As it was opened", *session.steps]
        entries = []
        for number in reversed(range(len(steps))):
            undone = number > now
            right = "shown now" if number == now else "undone" if undone else ""
            icon = "check" if number == now else "redo" if undone else "undo"
            colour = theme.now().fine if number == now else ""
            entries.append(Entry(steps[number], right=right, icon=icon, colour=colour, value=number))
        self.open(entries, WIDTH, HEIGHT, row=len(steps) - 1 - now)
