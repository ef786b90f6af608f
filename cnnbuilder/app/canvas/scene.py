"""What lies on the canvas, kept in step with the design by comparing the old with the new."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QRectF

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import WIDTH, card_content, group_content, link_words, shape_changes, short_shape
from cnnbuilder.app.canvas.extras import FRAME_HEAD, FRAME_MARGIN, Frame, NoteItem
from cnnbuilder.app.canvas.routing import Places, Point, Rect, Router
from cnnbuilder.app.canvas.wire import Wire
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design, Group
from cnnbuilder.design.following import report_on
from cnnbuilder.design.graph import Link
from cnnbuilder.design.shape import Pair

MANY = 60
"""So many changed places concern every link."""
BETWEEN = 36.0
"""A link above or below a row of cards runs no farther from it, unless it belongs to the next row."""
AROUND = 60.0
"""How far from a card a link may run that goes round it."""
FAR = 1e9


class Scene:
    """Cards, links, notes and frames. Painting and gestures read them; only the scene and a drag change them."""

    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        """The cards of single blocks by id, those in folded groups left out."""
        self.stacks: dict[str, Card] = {}
        """The cards of folded groups by name."""
        self._thumbnails: dict[str, Thumbnail] = {}
        """What the last run made of blocks that are still here: folding and unfolding run nothing."""
        self.standing: dict[str, Card] = {}
        """The card that stands for each block."""
        self.wires: dict[Link, Wire] = {}
        self.notes: list[NoteItem] = []
        self.frames: list[Frame] = []
        self.version = 0
        """Counts every change of where something lies or what a link says."""
        self.marked = 0
        """Counts every change of what is selected."""
        self.design = Design()
        self._picture: Pair | None = None
        self._drawn: tuple[object, ...] = ()
        """The parts of the design that the cards were last made of."""
        self._places: Places[Card] = Places()
        self._router: Router[Link] = Router(self._places, False)

    # Kept in step with the design

    def show_design(self, design: Design, picture: Pair | None = None) -> None:
        """Show `design`, with its shapes on a picture of that size: only what differs from what is shown is touched."""
        old, self.design = (self.design, self._picture), design
        self._picture = picture
        if old[0] is design and old[1] == picture:
            return
        parts = (report_on(design, picture), design.groups, design.direction, design.labels)
        if len(self._drawn) != len(parts) or any(a is not b for a, b in zip(parts, self._drawn, strict=True)):
            self._drawn = parts
            self._show_parts(design)
        self.put_back()

    def say_again(self) -> None:
        """Words are written in another way now: find them anew."""
        self._show_parts(self.design)
        self.lay()

    def _show_parts(self, design: Design) -> None:
        report = report_on(design, self._picture)
        self._thumbnails = {id: made for id, made in self._thumbnails.items() if id in design.blocks}
        folded = {id: group for group in design.groups if group.folded for id in group.blocks if id in design.blocks}
        self._show_cards(design, report, folded)
        self._show_stacks(report, {group.name: group for group in folded.values()})
        down = design.direction == "down"
        for card in self.all_cards():
            card.labels, card.down = design.labels, down
        self._show_wires(design, report)
        self.frames = [
            Frame(group.name, tuple(id for id in group.blocks if id in design.blocks))
            for group in design.groups
            if not group.folded and any(id in design.blocks for id in group.blocks)
        ]
        if down != self._router.down:
            self._places.clear()
            self._router = Router(self._places, down)
        for wire in self.wires.values():
            wire.down = down

    def _show_cards(self, design: Design, report: Report, folded: Mapping[str, Group]) -> None:
        for id in [id for id in self.cards if id not in design.blocks or id in folded]:
            del self.cards[id]
        ordered: dict[str, Card] = {}
        for id in design.blocks:
            if id in folded:
                continue
            content = card_content(report, id)
            card = self.cards.get(id)
            if card is None:
                card = Card(content, (id,), id)
                card.show_thumbnail(self._thumbnails.get(id))
            elif content != card.content:
                card.show_content(content)
            ordered[id] = card
        self.cards = ordered
        self.standing = dict(ordered)

    def _show_stacks(self, report: Report, groups: Mapping[str, Group]) -> None:
        self.stacks = {name: card for name, card in self.stacks.items() if name in groups}
        for name, group in groups.items():
            members = {id for id in group.blocks if id in report.graph.blocks}
            blocks = tuple(id for id in group.blocks if id in members)
            arriving = [link for link in report.graph.links if link.target in members and link.source not in members]
            leaving = [link.source for link in report.graph.links if link.source in members - {link.target}]
            leaving = [id for id in leaving if any(f not in members for f in report.graph.wiring.followers[id])]
            ports = {source: number for number, source in enumerate(dict.fromkeys(link.source for link in arriving))}
            whole = Group(name, blocks)
            content = group_content(report, whole, (leaving or list(blocks))[-1], len(ports))
            card = self.stacks.get(name)
            if card is None or card.blocks != blocks:
                card = self.stacks[name] = Card(content, blocks, (leaving or list(blocks))[-1])
                card.show_thumbnail(self._thumbnails.get(card.leaving))
            card.show_content(content)
            card.leaving = (leaving or list(blocks))[-1]
            order = [id for id in report.graph.wiring.order if id in members] or list(blocks)
            card.entering = next((id for id in order if any(link.target == id for link in arriving)), order[0])
            card.arriving = {link: ports[link.source] for link in arriving}
            self.standing.update(dict.fromkeys(blocks, card))

    def _show_wires(self, design: Design, report: Report) -> None:
        old, self.wires = self.wires, {}
        told: set[str] = set()
        for link in dict.fromkeys(design.links):
            if self.standing[link.source] is self.standing[link.target] and link.source != link.target:
                continue  # within a folded group
            wire = self.wires[link] = old.get(link) or Wire(link)
            broken = bool(report.problems_of.get(link.target)) and report.shapes[link.source] is not None
            # The shape is written once a source, and where it does not fit.
            worth = broken or (link.source not in told and shape_changes(report, link))
            told.add(link.source)
            wire.say(short_shape(report.shapes[link.source]) if worth else "", broken, link_words(report, link))

    def put_back(self) -> None:
        """Lay cards and notes where the design says that they lie."""
        for card in self.all_cards():
            card.x, card.y = self.design.layout.get(card.blocks[0], (card.x, card.y))
        chosen = {note.number for note in self.notes if note.selected}
        self.notes = [
            NoteItem(number, note.text, note.x, note.y, note.width) for number, note in enumerate(self.design.notes)
        ]
        for note in self.notes:
            note.selected = note.number in chosen
        self.lay()

    # Where things lie

    def lay(self) -> None:
        """After cards came, went or moved: links that this concerns run anew, and frames follow their cards."""
        self.version += 1
        self._router.keep(self.wires)
        areas: list[Rect] = []
        moves: dict[Card, tuple[Rect, Rect]] = {}
        cards = self.all_cards()
        for gone in self._places.keys() - set(cards):
            areas.append(self._places.take(gone))
        for card in cards:
            before = self._places.rect(card)
            if before != card.rect:
                areas += [card.rect] if before is None else [before, card.rect]
                moves[card] = (before or card.rect, card.rect)
                self._places.put(card, card.rect)
        shifted: set[Link] = set()
        if len(areas) > MANY:
            shifted = self._shift_together(moves)
            rows: dict[float, list[Rect]] = {}
            for area in areas:
                rows.setdefault(area[1], []).append(area)
            areas = [_around(row) for row in rows.values()] if len(rows) <= MANY else [(-FAR, -FAR, FAR, FAR)]
        areas = [(left - AROUND, top - AROUND, right + AROUND, bottom + AROUND) for left, top, right, bottom in areas]
        concerned: dict[Link, tuple[Point, Point]] = {}
        for link, wire in self.wires.items():
            if link in shifted:
                continue
            ends = self._ends(link)
            if ends != (wire.points[0], wire.points[-1]) or any(
                _meet(area, wire.bounds) and wire.meets(area) for area in areas
            ):
                concerned[link] = ends
        for link, points in self._router.route(concerned).items():
            self.wires[link].lay(points)
        for frame in self.frames:
            rect = QRectF()
            for id in frame.blocks:
                rect = rect.united(self.standing[id].outline)
            frame.rect = rect.adjusted(-FRAME_MARGIN, -FRAME_MARGIN - FRAME_HEAD, FRAME_MARGIN, FRAME_MARGIN)

    def _shift_together(self, moves: Mapping[Card, tuple[Rect, Rect]]) -> set[Link]:
        """Where whole rows moved as one, such as those behind a new block, their links come along: to find the ways of
        a thousand anew takes 0.1 s. Which links these are."""
        ways: dict[Point, set[Card]] = {}
        for card, (before, after) in moves.items():
            if before[2] - before[0] == after[2] - after[0] and before[3] - before[1] == after[3] - after[1]:
                ways.setdefault((after[0] - before[0], after[1] - before[1]), set()).add(card)
        by, part = max(ways.items(), key=lambda item: len(item[1]), default=((0.0, 0.0), set()))
        if len(part) < MANY // 2 or by == (0.0, 0.0):
            return set()
        others = [moves.get(card, (card.rect, card.rect)) for card in self.all_cards() if card not in part]
        rows: dict[float, list[Rect]] = {}
        for card in part:
            rows.setdefault(moves[card][0][1], []).append(moves[card][0])
        free: list[Rect] = []
        for rects in rows.values():
            left, top, right, bottom = _around(rects)
            old = (left - AROUND, top - BETWEEN, right + AROUND, bottom + BETWEEN)
            new = (old[0] + by[0], old[1] + by[1], old[2] + by[0], old[3] + by[1])
            if not any(_meet(before, old) or _meet(after, new) for before, after in others):
                free.append(old)
        found = {
            link
            for link, wire in self.wires.items()
            if self.standing[link.source] in part
            and self.standing[link.target] in part
            and link in self._router.known
            and any(_inside(wire.points, row) for row in free)
        }
        self._router.shift(found, by)
        for link in found:
            self.wires[link].lay([(x + by[0], y + by[1]) for x, y in self.wires[link].points])
        return found

    def _ends(self, link: Link) -> tuple[Point, Point]:
        source, target = self.standing[link.source], self.standing[link.target]
        number = target.arriving.get(link, 0) if target.folded else link.input
        return source.output(), target.input(min(number, max(0, target.content.inputs - 1)))

    def all_cards(self) -> list[Card]:
        """Cards of blocks and of folded groups."""
        return [*self.cards.values(), *self.stacks.values()]

    def cards_in(self, area: QRectF) -> list[Card]:
        """The cards of which something is in `area`."""
        left, top, right, bottom = area.left() - WIDTH, area.top(), area.right(), area.bottom()
        return [
            card
            for card in self.all_cards()
            if left < card.x < right and card.y < bottom and card.y + card.content.height > top
        ]

    def cards_rect(self) -> QRectF:
        """What cards, notes and frames cover."""
        cards = self.all_cards()
        bounds = QRectF()
        if cards:
            rects = [card.rect for card in cards]
            left, top = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
            right, bottom = max(rect[2] for rect in rects), max(rect[3] for rect in rects)
            bounds = QRectF(left, top, right - left, bottom - top)
        for item in (*(note.outline for note in self.notes), *(frame.rect for frame in self.frames)):
            bounds = bounds.united(item)
        return bounds

    def bounds(self) -> QRectF:
        """What everything covers, links too."""
        found = self.cards_rect()
        if self.wires:
            xs = [x for wire in self.wires.values() for x, _ in wire.points]
            ys = [y for wire in self.wires.values() for _, y in wire.points]
            found = found.united(QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
        return found

    # What is shown on top

    def forget_thumbnails(self) -> None:
        """Another document comes: new cards are not to show what was made of this one."""
        self._thumbnails = {}

    def show_thumbnails(self, thumbnails: Mapping[str, Thumbnail]) -> None:
        """Show what a run made of every block; cards without an output lose theirs."""
        self._thumbnails = dict(thumbnails)
        for card in self.cards.values():
            card.show_thumbnail(thumbnails.get(card.leaving))
        for card in self.stacks.values():
            card.show_thumbnail(thumbnails.get(card.leaving))

    def select(self, ids: Iterable[str]) -> None:
        """Mark the cards that stand for these blocks, and no others."""
        chosen = set(ids)
        self.marked += 1
        for card in self.cards.values():
            card.selected = card.leaving in chosen
        for card in self.stacks.values():
            card.selected = not chosen.isdisjoint(card.blocks)

    def choose_notes(self, numbers: Iterable[int]) -> None:
        """Mark these notes and no others."""
        chosen = set(numbers)
        self.marked += 1
        for note in self.notes:
            note.selected = note.number in chosen

    def selected_cards(self) -> list[Card]:
        """The cards that are marked."""
        return [card for card in self.all_cards() if card.selected]


def _around(rects: Sequence[Rect]) -> Rect:
    """What covers all of them."""
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _inside(points: Iterable[Point], rect: Rect) -> bool:
    return all(rect[0] <= x <= rect[2] and rect[1] <= y <= rect[3] for x, y in points)


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1]
