"""How links run round cards."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.routing import Places, Rect, Router, distance
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.session import Session
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Link
from cnnbuilder.design.layout import arranged
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

HIGH = 216.0


def laid(*corners: tuple[float, float], down: bool = False) -> tuple[Router[tuple[int, int]], list[Rect]]:
    places: Places[int] = Places()
    rects = [(x, y, x + WIDTH, y + HIGH) for x, y in corners]
    for number, rect in enumerate(rects):
        places.put(number, rect)
    return Router(places, down), rects


def crossed(points: list[tuple[float, float]], rects: list[Rect]) -> list[Rect]:
    """The cards that a way runs through."""
    found = []
    for left, top, right, bottom in rects:
        for a, b in pairwise(points):
            if (
                max(min(a[0], b[0]), left + 1) < min(max(a[0], b[0]), right - 1) + 1e-9
                and max(min(a[1], b[1]), top + 1) < min(max(a[1], b[1]), bottom - 1) + 1e-9
                and not (a[0] == b[0] and not left + 1 < a[0] < right - 1)
                and not (a[1] == b[1] and not top + 1 < a[1] < bottom - 1)
            ):
                found.append((left, top, right, bottom))
                break
    return found


def way(router: Router[tuple[int, int]], rects: list[Rect], a: int, b: int) -> list[tuple[float, float]]:
    start, end = (rects[a][2], rects[a][1] + 38), (rects[b][0], rects[b][1] + 38)
    return router.route({(a, b): (start, end)})[a, b]


def test_beside_one_another_the_way_is_straight() -> None:
    router, rects = laid((0, 0), (213, 0))
    assert way(router, rects, 0, 1) == [(150, 38), (213, 38)]


def test_a_card_in_between_is_gone_round() -> None:
    router, rects = laid((0, 0), (213, 0), (426, 0))
    points = way(router, rects, 0, 2)
    assert len(points) == 6 and not crossed(points, rects)


def test_a_branch_turns_where_it_crosses_nothing() -> None:
    router, rects = laid((0, 0), (213, 0), (426, 270))
    points = way(router, rects, 0, 2)
    assert len(points) == 4 and not crossed(points, rects)


def test_to_the_next_row_the_way_runs_between_the_rows() -> None:
    router, rects = laid((0, 0), (213, 0), (426, 0), (0, 270), (213, 270))
    points = way(router, rects, 2, 3)
    assert not crossed(points, rects)
    assert HIGH < points[2][1] < 270


def test_links_of_different_cards_do_not_run_on_one_another() -> None:
    router, rects = laid((0, 0), (213, 0), (426, 0), (639, 0))
    first, second = way(router, rects, 0, 2), way(router, rects, 1, 3)
    assert first[2][1] != second[2][1]


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=14, unique=True
    )
)  # fmt: skip
def test_cards_in_a_grid_are_never_crossed_on_the_way_forward(cells: list[tuple[int, int]]) -> None:
    corners = [(column * 213.0, row * 270.0) for column, row in sorted(cells)]
    router, rects = laid(*corners)
    for a in range(len(rects)):
        for b in range(a + 1, len(rects)):
            points = way(router, rects, a, b)
            assert points[0] == (rects[a][2], rects[a][1] + 38) and points[-1] == (rects[b][0], rects[b][1] + 38)
            assert all(p[0] == q[0] or p[1] == q[1] for p, q in pairwise(points))
            assert not crossed(points, rects)


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", ["lenet5", "alexnet", "vgg16", "resnet18"])
def test_no_link_of_a_sample_runs_through_a_card(name: str, direction: str) -> None:
    design = load(samples() / f"{name}.json")
    design = replace(design, layout=arranged(design.graph, direction), direction=direction)
    scene = Scene()
    scene.show_design(design)
    rects = [card.rect for card in scene.all_cards()]
    for link, wire in scene.wires.items():
        assert not crossed(wire.points, rects), link


def test_moved_cards_leave_no_way_behind() -> None:
    """Ways are kept in step piece by piece: as if all had been laid anew."""
    design = load(samples() / "resnet18.json")
    design = replace(design, layout=arranged(design.graph))
    scene = Scene()
    scene.show_design(design)
    id = list(design.blocks)[9]
    for x, y in ((30, 40), (300, 500), (-200, 90)):
        design = replace(design, layout={**design.layout, id: (x, y)})
        scene.show_design(design)
        fresh = Scene()
        fresh.show_design(design)
        for link in design.links:
            if id in (link.source, link.target):
                assert scene.wires[link].points[0] == fresh.wires[link].points[0]
                assert scene.wires[link].points[-1] == fresh.wires[link].points[-1]
        assert {card.content.id: card.rect for card in scene.all_cards()} == {
            card.content.id: card.rect for card in fresh.all_cards()
        }


def test_the_distance_from_a_way() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]
    assert distance(points, (5.0, 3.0)) == 3
    assert distance(points, (14.0, 13.0)) == 5


def test_a_place_is_found_until_it_is_taken() -> None:
    places: Places[int] = Places()
    places.put(1, (0, 0, 600, 10))
    assert places.meeting((590, 5, 700, 6)) == [(0, 0, 600, 10)]
    places.put(1, (0, 500, 600, 510))
    assert places.meeting((590, 5, 700, 6)) == []
    places.take(1)
    assert places.meeting((0, 0, 1000, 1000)) == [] and places.keys() == set()


def test_from_one_row_to_a_lower_one_no_way_leads_up_first() -> None:
    router, rects = laid((0, 0), (213, 0), (213, 500), (426, 500))
    points = way(router, rects, 0, 3)
    assert not crossed(points, rects)
    assert min(y for _, y in points) == 38


def test_rows_that_move_as_one_take_their_links_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block in the middle of a long chain: behind it everything moves up one place, or a row."""
    blocks = [{"id": "b0", "kind": "input"}]
    blocks += [{"id": f"b{n}", "kind": "add" if n % 4 == 0 else "batch_norm"} for n in range(1, 400)]
    links = [{"from": f"b{n - 1}", "to": f"b{n}"} for n in range(1, 400)]
    links += [{"from": f"b{n - 4}", "to": f"b{n}", "input": 1} for n in range(4, 400, 4)]
    design = Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, "links": links})
    session = Session(design)
    session.open(design)
    scene = Scene()
    scene.show_design(session.design)
    found: list[int] = []
    route = Router.route

    def counted(router: Router[Link], ends: Any) -> Any:
        found.append(len(ends))
        return route(router, ends)

    monkeypatch.setattr(Router, "route", counted)
    session.select(("b200",))
    for _ in range(9):
        session.append("activation")
        scene.show_design(session.design)
    for _ in range(4):
        session.undo()
        scene.show_design(session.design)
    rects = [card.rect for card in scene.all_cards()]
    for link, wire in scene.wires.items():
        assert not crossed(wire.points, rects), link
        assert (wire.points[0], wire.points[-1]) == scene._ends(link)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(wire.points)), link
    # Of five hundred links never more than those of a few rows were found anew, once rows are as long as they get.
    assert max(found[1:]) < len(scene.wires) / 4
