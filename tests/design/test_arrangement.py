"""The arrangement: few crossings, straight chains, rows, both directions, groups."""

import random
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design import edits
from cnnbuilder.design.document import Design, Group
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layout import COLUMN, ROW, arranged, completed, followed, inserted
from cnnbuilder.design.layout.layers import Layered, layered
from cnnbuilder.design.layout.order import best_order, crossings, put_in_order
from cnnbuilder.files import load
from cnnbuilder.files.resources import resource, samples
from tests.design.graphs import chain, dense, graph_of, graphs, inception, residual, unet

WIDTH, HEIGHT = 150, 220
"""The largest card."""

directions = pytest.mark.parametrize("direction", ["right", "down"])
SAMPLES = sorted(path.stem for path in samples().glob("*.json"))
PLANAR = {
    "chain": chain(30),
    "residual": residual(7),
    "residual, skip first": residual(7, skip_first=True),
    "inception": inception(5),
    "dense": dense(6),
    "dense, skip last": dense(6, skip_first=False),
    "unet": unet(4),
    "unet, skip last": unet(4, skip_first=False),
}


def in_layers(graph: Graph) -> Layered:
    found = layered(graph.wiring.order, graph.wiring.sources)
    put_in_order(found)
    return found


def assert_apart(places):
    for (x, y), (a, b) in combinations(places.values(), 2):
        assert abs(x - a) >= WIDTH or abs(y - b) >= HEIGHT


@directions
@given(graph=graphs())
def test_every_block_has_room_and_links_lead_forward(graph, direction):
    places = arranged(graph, direction)
    assert set(places) == set(graph.blocks)
    assert_apart(places)
    for link in graph.links:
        (x, y), (a, b) = places[link.source], places[link.target]
        # Onward, or in a row further down (a column further right).
        assert (a > x or b > y) if direction == "right" else (b > y or a > x)


@directions
@given(graph=graphs())
def test_the_same_graph_has_the_same_places(graph, direction):
    assert arranged(graph, direction) == arranged(Graph(graph.blocks, graph.links), direction)


@given(graphs(), st.randoms(use_true_random=False))
def test_loops_have_places_too(graph, chance):
    ids = list(graph.blocks)
    back = tuple(Link(*chance.choices(ids, k=2), 9) for _ in range(3))
    looped = Graph(graph.blocks, (*graph.links, *back))
    places = arranged(looped)
    assert set(places) == set(ids)
    assert_apart(places)


@pytest.mark.parametrize("name", PLANAR)
def test_what_needs_no_crossing_has_none(name):
    assert crossings(in_layers(PLANAR[name])) == 0


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_drawn_without_a_crossing(name):
    assert crossings(in_layers(load(samples() / f"{name}.json").graph)) == 0


@directions
@pytest.mark.parametrize("name", SAMPLES)
def test_samples_have_room(name, direction):
    graph = load(samples() / f"{name}.json").graph
    places = arranged(graph, direction)
    assert set(places) == set(graph.blocks)
    assert_apart(places)


def test_the_welcome_design_is_two_rows_of_five():
    places = arranged(load(resource("welcome.cnn")).graph)
    assert max(x for x, _ in places.values()) == 4 * COLUMN
    assert list(places.values())[:6] == [*((n * COLUMN, 0) for n in range(5)), (0, ROW)]


def slow_crossings(order, gaps):
    """Every pair of links of every gap, looked at."""
    count = 0
    for at, gap in enumerate(gaps):
        for (s, t, port), (u, v, other) in combinations(gap, 2):
            before = order[at].index(s) - order[at].index(u)
            a, b = (order[at + 1].index(t), port), (order[at + 1].index(v), other)
            count += (before < 0 and a > b) or (before > 0 and a < b)
    return count


@st.composite
def parts(draw):
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    gaps = []
    for size, following in pairwise(sizes):
        ends = draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, following - 1)), unique=True))
        gaps.append(tuple(sorted((source, target, 0.0) for source, target in ends)))
    return tuple(sizes), tuple(gaps)


@given(parts())
def test_no_order_has_fewer_crossings(part):
    sizes, gaps = part
    found = best_order(sizes, gaps)
    assert [sorted(layer) for layer in found] == [list(range(size)) for size in sizes]
    orders = (list(permutations(range(size))) for size in sizes)
    if sum(len(list(permutations(range(size)))) for size in sizes) > 40:
        return  # too many to look at
    assert slow_crossings(found, gaps) == min(slow_crossings(order, gaps) for order in product(*orders))


@given(graphs())
def test_crossings_are_counted_as_pairs(graph):
    found = in_layers(graph)
    place = {node: number for layer in found.layers for number, node in enumerate(layer)}
    count = 0
    for (s, t, port), (u, v, other) in combinations(found.links, 2):
        if found.layer_of[s] == found.layer_of[u] and s != u:
            high = (place[s], (place[t], port)), (place[u], (place[v], other))
            count += (high[0][0] < high[1][0]) != (high[0][1] < high[1][1]) and high[0][1] != high[1][1]
    assert crossings(found) == count


def test_inputs_keep_their_order():
    # The ports of a card lie below one another, so branches in another order would cross before it.
    graph = graph_of({"in": [], "a": ["in"], "b": ["in"], "c": ["in"], "join": ["c", "a", "b"]})
    places = arranged(graph)
    assert places["c"][1] < places["a"][1] < places["b"][1]


@directions
@pytest.mark.parametrize("name", ["residual", "residual, skip first", "unet", "inception"])
def test_the_longest_path_is_straight_in_every_row(name, direction):
    graph = PLANAR[name]
    places = arranged(graph, direction)
    main = in_layers(graph)
    across = 1 if direction == "right" else 0
    rows = {places[main.cards[node]][across] for node in main.main}
    steps = [places[main.cards[node]] for node in sorted(main.main, key=lambda node: main.layer_of[node])]
    changes = sum(a[across] != b[across] for a, b in pairwise(steps))
    assert changes == len(rows) - 1


def test_a_branch_that_waits_for_its_reader_stands_before_it():
    sources = {"image": [], **{f"c{n}": [f"c{n - 1}"] if n else ["image"] for n in range(3)}}
    graph = graph_of({**sources, "mask": [], "scale": ["mask"], "join": ["c2", "scale"]})
    places = arranged(graph)
    assert places["scale"][0] == places["c2"][0]
    assert places["mask"][0] == places["c1"][0]


def test_a_long_chain_breaks_where_one_link_passes():
    graph = residual(8)
    places = arranged(graph)
    for link in graph.links:
        if places[link.target][0] < places[link.source][0]:
            assert link.source.startswith(("add", "out"))
            across = [other for other in graph.links if other.source == link.source]
            assert len(across) == 1 or link.source.startswith("add")


@pytest.mark.parametrize(("count", "rows"), [(5, [5]), (6, [6]), (10, [5, 5]), (11, [5, 6]), (12, [5, 5, 2])])
def test_rows_are_full_and_no_card_is_left_alone(count, rows):
    places = arranged(chain(count))
    heights = [y for _, y in places.values()]
    assert [heights.count(y) for y in sorted(set(heights))] == rows


def test_down_is_down():
    places = arranged(chain(12), "down")
    assert places["b1"] == (0, ROW)
    assert max(y for _, y in places.values()) == 2 * ROW
    assert places["b3"] == (COLUMN, 0)


@directions
def test_parts_that_are_not_joined_lie_apart(direction):
    graph = graph_of({"a": [], "b": ["a"], "alone": [], "c": [], "d": ["c"], "lonely": []})
    places = arranged(graph, direction)
    assert_apart(places)
    across = 1 if direction == "right" else 0
    assert places["a"][across] < places["c"][across] < places["alone"][across] == places["lonely"][across]


def test_a_folded_group_is_one_card():
    graph = chain(12)
    members = tuple(f"b{n}" for n in range(3, 8))
    places = arranged(graph, groups=[Group("stage", members)])
    shown = {id: place for id, place in places.items() if id not in members[1:]}
    assert set(places) == set(graph.blocks)
    assert_apart(shown)
    assert places["b3"] == (3 * COLUMN, 0) and places["b8"] == (4 * COLUMN, 0)
    # The members lie among themselves as they would alone.
    alone = arranged(chain(5))
    for number, id in enumerate(members):
        x, y = alone[f"b{number}"]
        assert places[id] == (places["b3"][0] + x, places["b3"][1] + y)


@given(graphs(), st.data())
def test_any_group_may_be_folded(graph, data):
    ids = list(graph.blocks)
    members = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1)))
    places = arranged(graph, groups=[Group("stage", members), Group("empty", ())])
    assert set(places) == set(ids)
    assert_apart({id: place for id, place in places.items() if id not in members[1:]})
    assert arranged(graph, groups=[Group("stage", members, folded=False)]) == arranged(graph)


@directions
@given(graph=graphs(), data=st.data())
def test_what_is_completed_finds_room(graph, direction, data):
    ids = list(graph.blocks)
    kept = data.draw(st.lists(st.sampled_from(ids), unique=True))
    layout = {id: place for id, place in arranged(graph, direction).items() if id in kept}
    places = completed(graph, layout, direction)
    assert set(places) == set(ids)
    assert_apart(places)
    assert all(places[id] == layout[id] for id in layout)


@directions
def test_an_edit_follows_the_direction(direction):
    graph = load(samples() / "resnet18.json").graph
    before = Design(graph, arranged(graph, direction), direction=direction)
    after, _ = edits.append(graph, "activation", after="conv1")
    assert dict(followed(before, after).layout) == arranged(after, direction)
    moved = replace(before, layout={**before.layout, "conv1": (-999.0, -999.0)})
    kept = followed(moved, after).layout
    assert all(kept[id] == place for id, place in moved.layout.items())
    assert_apart(kept)


@directions
def test_what_is_put_into_a_link_too_short_for_it_makes_room(direction):
    graph = graph_of({"a": [], "b": ["a"], "c": ["b"], "d": ["c"]})
    layout = {"a": (0, 0), "b": (190, 40), "c": (400, 20), "d": (1200, 10)}
    if direction == "down":
        layout = {id: (y, x * 1.3) for id, (x, y) in layout.items()}
    before = Design(graph, layout, direction=direction)
    place = tuple((one + other) / 2 for one, other in zip(layout["a"], layout["b"], strict=True))
    after, id = edits.insert_in_link(graph, Link("a", "b"), "activation", {})
    places = inserted(before, after, id, place).layout
    assert_apart(places)
    assert (places["a"], places["d"]) == (layout["a"], layout["d"]), "only what is in the way moves"
    # Where there is room it stays where it was dropped.
    after, id = edits.insert_in_link(graph, Link("c", "d"), "activation", {})
    places = inserted(before, after, id, (700, 800)).layout
    assert places[id] == (700, 800) and all(places[other] == at for other, at in layout.items())


def test_a_tangle_is_arranged_in_bounded_work():
    chance = random.Random(0)
    names = [f"b{n}" for n in range(300)]
    tangle = graph_of({name: chance.sample(names[:n], min(n, 3)) for n, name in enumerate(names)})
    places = arranged(tangle)
    assert_apart(places)
