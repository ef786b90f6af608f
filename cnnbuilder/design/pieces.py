"""Parts of a design that are copied, and put into a design again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cnnbuilder.design.document import Design, Note
from cnnbuilder.design.edits import free_id
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layout import beside, completed

Place = tuple[float, float]
NOTES_BESIDE = 36.0
"""How far right and below notes are put in that bring no card along."""


def piece(design: Design, ids: Iterable[str], notes: Iterable[int] = ()) -> Design:
    """The blocks `ids` with the links between them, their places, and the groups that lie wholly among them."""
    wanted = set(ids)
    blocks = {id: block for id, block in design.blocks.items() if id in wanted}
    links = tuple(link for link in design.links if link.source in wanted and link.target in wanted)
    layout = {id: place for id, place in design.layout.items() if id in wanted}
    groups = tuple(group for group in design.groups if wanted.issuperset(group.blocks))
    kept = tuple(design.notes[number] for number in notes)
    return Design(Graph(blocks, links), layout, notes=kept, groups=groups, direction=design.direction)


def put_in(design: Design, added: Design, at: Place) -> tuple[Design, dict[str, str]]:
    """`design` and all of `added`, whose upper left corner lies at `at`; and the new name of each block."""
    names: dict[str, str] = {}
    blocks = dict(design.blocks)
    for id, block in added.blocks.items():
        names[id] = free_id(blocks, id) if id in blocks else id
        blocks[names[id]] = replace(block, id=names[id])
    links = tuple(Link(names[link.source], names[link.target], link.input) for link in added.links)
    places = completed(added.graph, added.layout, added.direction, added.groups)
    dx, dy = _corner(places, added.notes)
    layout = {names[id]: (x - dx + at[0], y - dy + at[1]) for id, (x, y) in places.items()}
    taken = {group.name for group in design.groups}
    groups = tuple(
        replace(group, name=_free(group.name, taken), blocks=tuple(names[id] for id in group.blocks))
        for group in added.groups
    )
    made = replace(
        design,
        graph=Graph(blocks, design.links + links),
        layout={**design.layout, **layout},
        notes=design.notes + tuple(_moved(note, at[0] - dx, at[1] - dy) for note in added.notes),
        groups=design.groups + groups,
    )
    return made, names


def place_beside(design: Design, added: Design) -> Place:
    """Where the upper left corner of `added` is to lie: where it has it, or as near as there is room for its cards."""
    places = completed(added.graph, added.layout, added.direction, added.groups)
    x, y = _corner(places, added.notes)
    dx, dy = beside(design.layout, places.values()) if places else (NOTES_BESIDE, NOTES_BESIDE)
    return x + dx, y + dy


def _corner(places: Mapping[str, Place], notes: tuple[Note, ...]) -> Place:
    """The upper left corner of everything."""
    across = [x for x, _ in places.values()] + [note.x for note in notes]
    down = [y for _, y in places.values()] + [note.y for note in notes]
    return min(across, default=0.0), min(down, default=0.0)


def _moved(note: Note, dx: float, dy: float) -> Note:
    return replace(note, x=note.x + dx, y=note.y + dy)


def _free(name: str, taken: set[str]) -> str:
    """`name`, or with the lowest number that is free; it is taken from now on."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} {number}"
    taken.add(found)
    return found
