"""Walking along the links with the arrow keys."""

from PySide6.QtCore import Qt

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.scene import Scene

Key = Qt.Key
ARROWS = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, -1), Key.Key_Down: (0, 1)}


def step(scene: Scene, selected: tuple[str, ...], key: Key) -> Card | None:
    """The card that an arrow leads to from the block selected last; the first card, if none is selected."""
    here = scene.standing.get(selected[-1]) if selected else None
    if here is None:
        return end(scene, last=False)
    dx, dy = ARROWS[key]
    along, across = (dy, dx) if scene.design.direction == "down" else (dx, dy)
    if along:
        return _along(scene, here, along > 0)
    return _beside(scene, here, across > 0)


def end(scene: Scene, last: bool) -> Card | None:
    """The first or the last card, in the order in which blocks run."""
    order = scene.design.graph.wiring.order or tuple(scene.design.blocks)
    return scene.standing.get(order[-1 if last else 0]) if order else None


def _along(scene: Scene, here: Card, forward: bool) -> Card | None:
    """Along a link: the first one that leaves the card, or that arrives at it."""
    wiring = scene.design.graph.wiring
    near = wiring.followers if forward else wiring.sources
    for id in (here.leaving, *here.blocks):
        for other in near[id]:
            if scene.standing[other] is not here:
                return scene.standing[other]
    return None


def _beside(scene: Scene, here: Card, onward: bool) -> Card | None:
    """To another branch: the nearest card to that side, first among those that share a neighbour with this one."""
    down = scene.design.direction == "down"

    def away(card: Card) -> tuple[float, float]:
        across, along = (card.x - here.x, card.y - here.y) if down else (card.y - here.y, card.x - here.x)
        return (across if onward else -across), abs(along)

    wiring = scene.design.graph.wiring
    related = {
        scene.standing[other]
        for id in here.blocks
        for source in wiring.sources[id]
        for other in wiring.followers[source]
    } | {
        scene.standing[other]
        for id in here.blocks
        for reader in wiring.followers[id]
        for other in wiring.sources[reader]
    }
    found = [card for card in scene.all_cards() if card is not here and away(card)[0] > 1]
    return min(found, key=lambda card: (card not in related, away(card)[0] + 2 * away(card)[1]), default=None)
