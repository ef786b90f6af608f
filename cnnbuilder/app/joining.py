"""Links by keyboard: a block is joined to another one that is found by its name, or parted from one."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.linking import takers
from cnnbuilder.app.finder import Entry, Finder
from cnnbuilder.design.graph import Graph

if TYPE_CHECKING:
    from cnnbuilder.app.window import Window

WIDTH, HEIGHT = 420, 400


class Joining(Finder):
    """Opened over the window for the selected block; of two selected ones the first is joined to the second."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window, "Join or part", "Join it to which block?")
        self._main = window
        self.taken.connect(lambda entry, _: entry.value())
        self.show_foot("Enter joins or parts · Ctrl+Z takes it back · Esc closes")

    def ask(self) -> None:
        """Offer every block that can read the selected one, and every link that there is."""
        session = self._main.session
        selected = session.shown.selected
        if not selected:
            self._main.shell.tell("Select the block whose output is to be joined.")
            return
        source, wanted = (selected[0], selected[1]) if len(selected) == 2 else (selected[-1], None)
        entries = [*self._joins(source, wanted), *self._parts(source)]
        if not entries:
            self._main.shell.tell(f"No block can read {source}, and no link leads to it.")
            return
        self.open(entries, WIDTH, HEIGHT)

    def _joins(self, source: str, wanted: str | None) -> Iterator[Entry]:
        """What can read `source`: first what is `wanted`, then what still lacks an input, then what has room."""
        session = self._main.session
        graph, order = session.design.graph, session.design.graph.wiring.order
        now = set(graph.wiring.followers[source])
        found = [id for id in order if id in takers(graph, source) and id not in now]
        for id in sorted(found, key=lambda id: (id != wanted, _lacks(graph, id))):
            layer, read = graph.blocks[id].layer_class, graph.wiring.sources[id]
            single = layer is not None and layer.inputs[1] == 1
            says = (
                f"instead of {read[0]}"
                if single and read
                else f"besides {', '.join(read)}"
                if read
                else "reads nothing"
            )
            join = partial(session.join, source, id)
            colour = theme.now().group(layer.group if layer else None)
            label = layer.label if layer else graph.blocks[id].kind
            yield Entry(id, label, says, f"Join {source} to", graph.blocks[id].kind, colour, "join", value=join)

    def _parts(self, source: str) -> Iterator[Entry]:
        """The links of `source`, those that leave it first."""
        session = self._main.session
        found = [link for link in session.design.links if source in (link.source, link.target)]
        for link in sorted(found, key=lambda link: link.source != source):
            title = f"Part {link.source} from {link.target}"
            yield Entry(title, group="Part", icon="unlink", value=partial(session.part, link))


def _lacks(graph: Graph, id: str) -> int:
    """0 for a block that lacks an input, 1 for one that could take another, 2 where a link would be replaced."""
    layer, count = graph.blocks[id].layer_class, len(graph.wiring.sources[id])
    low, high = layer.inputs if layer else (1, None)
    return 0 if count < low else 1 if high is None or count < high else 2
