"""What the canvas looks like: levels of detail, directions, groups, notes, and that a card is not painted twice."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from cnnbuilder.app import theme
from cnnbuilder.app.canvas import render
from cnnbuilder.app.canvas.content import card_content
from cnnbuilder.app.canvas.look import Look
from cnnbuilder.app.canvas.painting import Level
from cnnbuilder.app.canvas.render import Renderer
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.canvas.viewpoint import Viewpoint
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design, Group
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layout import arranged
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

from .conftest import GROUPED, NOTES, branching

Show = Callable[..., Canvas]


def picture(canvas: Canvas) -> QImage:
    return canvas.grab().toImage()


def switched_off(*ids: str) -> Design:
    design = branching()
    blocks = {id: replace(block, off=id in ids) for id, block in design.blocks.items()}
    return design.with_graph(Graph(blocks, design.links))


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("zoom", [1.6, 1.0, 0.5, 0.2])
@pytest.mark.parametrize("direction", ["right", "down"])
def test_every_level_is_painted_in_both_themes_and_directions(
    show: Show, name: str, zoom: float, direction: str
) -> None:
    theme.keeper().show(theme.DARK if name == "dark" else theme.LIGHT)
    groups = (Group("one", ("conv1", "conv2"), False), Group("two", ("add1", "relu1"), True))
    canvas = show(branching(notes=NOTES, groups=groups, direction=direction), ("conv1",), zoom)
    assert Level.at(zoom) is (Level.FULL if zoom > 0.6 else Level.NAMES if zoom > 0.25 else Level.ICONS)
    image = picture(canvas)
    at = canvas.mapFromScene(canvas.cards.cards["loose"].pos() + QPointF(30, 2))
    if canvas.rect().contains(at):
        # Its group's colour; from far away that of its problem, for it reads nothing.
        wanted = QColor(theme.now().group("Activation") if zoom > 0.25 else theme.now().problem)
        assert abs(image.pixelColor(at).hue() - wanted.hue()) < 12
    assert image.pixelColor(image.width() - 3, 5).name() in (theme.now().canvas, theme.now().dots)


def test_a_block_switched_off_looks_other_and_says_so(show: Show) -> None:
    on = picture(show(branching()))
    canvas = show(switched_off("conv1"))
    assert canvas.cards.cards["conv1"].content.summary.startswith("off · ")
    assert picture(canvas) != on


def test_a_note_is_painted_where_it_lies(show: Show) -> None:
    canvas = show(branching(notes=NOTES))
    at = canvas.mapFromScene(NOTES[0].x + 4, NOTES[0].y + 12)
    assert picture(canvas).pixelColor(at).name() == theme.now().note


def test_a_picture_is_painted_over_the_whole_room(show: Show) -> None:
    canvas = show()
    card = canvas.cards.cards["conv1"]
    canvas.show_thumbnails({"conv1": Thumbnail(np.full((8, 8), 255, np.uint8), "grey")})
    image = picture(canvas)
    room = card.picture_rect
    for at in (room.center(), room.topLeft() + QPointF(6, 6), room.bottomRight() - QPointF(6, 6)):
        assert image.pixelColor(canvas.mapFromScene(at)).name() == "#ffffff"
    canvas.show_thumbnails({})
    assert picture(canvas).pixelColor(canvas.mapFromScene(room.center())).name() == theme.now().well


def test_a_card_is_painted_again_only_when_it_says_something_else(show: Show, monkeypatch: Any) -> None:
    painted: list[str] = []
    paint = render.paint_card
    monkeypatch.setattr(
        render, "paint_card", lambda p, content, *rest: (painted.append(content.id), paint(p, content, *rest))
    )
    canvas = show()
    picture(canvas)
    assert set(painted) == set(branching().blocks)
    painted.clear()
    canvas.show_thumbnails({"conv1": Thumbnail(np.zeros((8, 8), np.uint8), "positive")})
    canvas.pan(7, 3)
    picture(canvas)
    assert painted == []
    canvas.show_design(branching().with_params("relu1", function="tanh"), ())
    picture(canvas)
    assert painted == ["relu1"]


def test_while_the_wheel_turns_cards_are_stretched_and_then_sharp(show: Show, monkeypatch: Any, qtbot: Any) -> None:
    canvas = show()
    picture(canvas)
    painted: list[str] = []
    paint = render.paint_card
    monkeypatch.setattr(
        render, "paint_card", lambda p, content, *rest: (painted.append(content.id), paint(p, content, *rest))
    )
    canvas.zoom_by(1.1, QPointF(300, 200), settling=True)
    picture(canvas)
    assert painted == []
    qtbot.waitUntil(lambda: "conv1" in painted)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_edges_are_sharp_at_every_scale_of_the_screen(qapp: object, ratio: float) -> None:
    """The strip of colour at a card's top ends in a single row of pixels."""
    from cnnbuilder.app.canvas.scene import Scene
    from cnnbuilder.app.canvas.viewpoint import Viewpoint

    theme.keeper().show(theme.LIGHT)
    scene = Scene()
    scene.show_design(branching())
    image = QImage(QSize(round(800 * ratio), round(500 * ratio)), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    Renderer(scene, Look()).paint(painter, Viewpoint(1.0, -40.3, -40.7), QSize(800, 500), ratio)
    painter.end()
    x = round((40 + 75) * ratio)
    colours = [image.pixelColor(x, y).name() for y in range(round(36 * ratio), round(52 * ratio))]
    changes = [(a, b) for a, b in pairwise(colours) if a != b]
    assert ("#667085", theme.now().panel) in changes


def painted(renderer: Renderer, view: Viewpoint, ratio: float) -> np.ndarray:
    size = QSize(500, 360)
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    renderer.paint(painter, view, size, ratio)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("zoom", [0.13, 0.24, 0.4, 1.0])
def test_what_moves_along_with_the_view_is_what_would_be_painted(qapp: object, zoom: float, ratio: float) -> None:
    scene, noise = Scene(), np.random.default_rng(0)
    scene.show_design(load(samples() / "resnet18.json"))
    moving, x, y = Renderer(scene, Look()), 0.0, 0.0
    for _ in range(12):
        x, y = x + noise.uniform(-150, 250), y + noise.uniform(-150, 150)
        view = Viewpoint(zoom, x, y)
        fresh = Renderer(scene, Look())
        for _moved_then_at_rest in range(2):
            assert np.array_equal(painted(moving, view, ratio), painted(fresh, view, ratio))


def test_an_empty_canvas_says_what_to_do_first(show: Show) -> None:
    image = picture(show(Design(name="new")))
    middle = {image.pixelColor(x, y).name() for x in range(300, 700) for y in range(250, 450)}
    assert theme.now().text in middle


def test_each_document_is_seen_as_it_was_last_seen(show: Show) -> None:
    canvas = show()
    one, two = branching(), branching(name="two")
    canvas.show_design(one, (), key=1)
    canvas.zoom_by(1.7)
    canvas.pan(40, 30)
    seen = canvas.viewpoint
    canvas.show_design(two, (), key=2)
    assert canvas.viewpoint != seen
    canvas.show_design(one, (), key=1)
    assert canvas.viewpoint == seen


def test_other_words_for_shapes_reach_the_cards(show: Show) -> None:
    from cnnbuilder.design.shape import order

    canvas = show()
    assert canvas.cards.wires[Link("image", "conv1")].words == "8×8×1"
    order.channels_first = True
    try:
        theme.keeper().changed.emit()
        assert canvas.cards.wires[Link("image", "conv1")].words == "1×8×8"
    finally:
        order.channels_first = False


def test_a_card_takes_the_place_of_a_folded_group(show: Show) -> None:
    canvas = show(branching(groups=GROUPED))
    canvas.show_design(branching(), ())
    assert not canvas.cards.stacks and set(canvas.cards.cards) == set(branching().blocks)
    assert all(wire.points[-1] == canvas.cards.cards[link.target].input(link.input)
               for link, wire in canvas.cards.wires.items())  # fmt: skip


def test_equal_contents_are_equal() -> None:
    design = branching()
    assert card_content(check(design), "conv1") == card_content(check(branching()), "conv1")


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", ["broken", "lenet5", "resnet18"])
def test_no_card_lies_on_the_words_of_a_link(show: Show, name: str, direction: str) -> None:
    design = load(samples() / f"{name}.json")
    places = design.layout if name == "broken" and direction == "right" else arranged(design.graph, direction)
    canvas = show(replace(design, layout=places, direction=direction))
    cards = [card.outline for card in canvas.cards.all_cards()]
    for link, wire in canvas.cards.wires.items():
        if wire.words:
            inner = wire.label.adjusted(4, 2, -4, -2)
            assert not any(outline.intersects(inner) for outline in cards), link
