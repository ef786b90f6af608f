"""Receptive and projective fields against index maps followed value by value, and against values that change."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from cnnbuilder.explain import fields
from cnnbuilder.explain import region as regions
from cnnbuilder.explain.fields import Field, place_of, projective_field, receptive_field, typical_field
from cnnbuilder.explain.reach import reached_by, read_by
from tests.designs import block, chain, image, joined, sample
from tests.strategies import layers, networks

LINEAR = ["conv", "transposed_conv", "average_pool", "global_pool", "flatten", "dense", "add", "concat"]


def as_volume(shape):
    return (*shape, 1, 1)[:3]


def unit(index):
    """A unit as `(channel, row, column)`."""
    return (*map(int, index), 0, 0)[:3]


def bounds_of(units):
    """The box around units `(channel, row, column)`."""
    if not units:
        return None
    rows, columns = [unit[1] for unit in units], [unit[2] for unit in units]
    return min(rows), max(rows), min(columns), max(columns)


def slow_reads(design, block):
    """For each block the units of it that each unit of `block` depends on, read by read."""
    report = cb.check(design)
    wiring = report.graph.wiring
    found = {block: {index: {index} for index in np.ndindex(report.shapes[block])}}
    for id in reversed(wiring.order):
        if id not in found:
            continue
        operations = design.blocks[id].layer.lower(*report.input_shapes(id))
        parts = {0: found[id]}
        for operation in reversed(operations):
            behind = parts[0]
            parts = {number: {} for number in range(len(operation.input_shapes))}
            for mine, inner in behind.items():
                for index in inner:
                    for read in operation.reads(index):
                        parts[read.input].setdefault(mine, set()).add(read.index)
        for number, source in enumerate(wiring.sources[id]):
            there = found.setdefault(source, {})
            for mine, inner in parts.get(number, {}).items():
                there.setdefault(mine, set()).update(inner)
    return found


@st.composite
def questions(draw, known, most=6):
    """A small network, one of its blocks, and a place in it."""
    design = draw(networks(known, most=most))
    last = draw(st.sampled_from(list(design.blocks)))
    shapes = cb.check(design).shapes
    assume(sum(int(np.prod(shape)) for shape in shapes.values()) < 1500)
    _, height, width = as_volume(shapes[last])
    return design, last, (draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1)))


@given(questions(list(kinds())))
def test_all_regions_at_once_are_those_one_by_one(question):
    design, last, place = question
    box = place_of(cb.check(design), last, place)
    found = fields.regions(design, last, box)
    order = list(cb.check(design).graph.wiring.order)
    for of in order:
        ahead = order.index(of) > order.index(last)
        ask = fields.projective_region if ahead else fields.receptive_region
        assert regions.bounds(found.get(of, ())) == regions.bounds(ask(design, last, box, of))
        assert volume_of(found.get(of, ())) == volume_of(ask(design, last, box, of))


def volume_of(region):
    """The units of a region."""
    return {unit for box in region for unit in itertools.product(*map(regions.bits, box))}


@given(questions(list(kinds())))
def test_fields_are_what_the_index_maps_say(question):
    design, last, place = question
    shapes = cb.check(design).shapes
    slow = slow_reads(design, last)
    for of in design.blocks:
        found = [(unit(mine), unit(read)) for mine, reads in slow.get(of, {}).items() for read in reads]
        assert receptive_field(design, last, place, of=of) == bounds_of([r for mine, r in found if mine[1:] == place])
        # The other way round: which units of the last block read a place of this one.
        _, height, width = as_volume(shapes[of])
        there = (height // 2, width - 1)
        assert projective_field(design, of, there, of=last) == bounds_of([m for m, read in found if read[1:] == there])


@given(questions(LINEAR, most=5))
def test_what_changes_is_what_is_reached(kernels, question):
    design, last, _ = question
    shapes = cb.check(design).shapes
    for id in [id for id, drawn in design.blocks.items() if "mode" in drawn.params]:
        design = design.with_params(id, mode="average")  # what is not the largest changes no maximum
    starts = [id for id in design.blocks if not design.graph.wiring.sources[id]]
    network = cb.Network(design, seed=1, dtype="float64")
    chance = np.random.default_rng(0)
    pictures = {id: chance.normal(size=shapes[id]) for id in starts}
    before = network.forward(pictures, keep="all")[last][0]
    for start in starts:
        _, height, width = shapes[start]
        for place in {(0, 0), (height // 2, width // 2), (height - 1, width - 1)}:
            changed = {**pictures, start: pictures[start].copy()}
            changed[start][:, place[0], place[1]] += chance.normal(size=shapes[start][0])
            after = network.forward(changed, keep="all")[last][0]
            units = [unit(index) for index in np.argwhere(before != after)]
            assert projective_field(design, start, place, of=last) == bounds_of(units)


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_every_operation_reads_and_reaches_whole_regions(kind, data):
    case = data.draw(layers(kind))
    for operation in case.layer.lower(*case.shapes):
        box = data.draw(boxes(operation.output_shape))
        slow = type("Unlisted", (), {})  # what an operation that nobody listed is asked for
        assert cells(read_by(operation, (box,))) == cells(read_by.dispatch(slow)(operation, (box,)))
        for number, shape in enumerate(operation.input_shapes):
            box = data.draw(boxes(shape))
            wanted = reached_by.dispatch(slow)(operation, number, (box,))
            assert cells([reached_by(operation, number, (box,))]) == cells([wanted])


def boxes(shape):
    masks = [st.integers(1, regions.full(size)) for size in regions.sizes(shape)]
    return st.tuples(*masks)


def cells(parts):
    """The units of each region."""
    return [
        {(c, r, k) for box in part for c in bits(box[0]) for r in bits(box[1]) for k in bits(box[2])} for part in parts
    ]


bits = regions.bits


@given(st.lists(boxes((4, 5, 3)), max_size=30))
def test_a_union_holds_the_same_units(parts):
    found = regions.union(parts)
    assert cells([found]) == cells([parts])
    assert len(found) <= 2**4 * 5  # however many there were


def test_branches_and_dilation():
    blocks = [
        image(1, 21, 21),
        block("wide", "conv", filters=2, kernel_size=3, dilation=4, padding="same"),
        block("join", "concat"),
        block("next", "conv", filters=1, kernel_size=3, padding="same"),
    ]
    design = joined(blocks, [("image", "wide", 0), ("image", "join", 0), ("wide", "join", 1), ("join", "next", 0)])
    assert receptive_field(design, "next", (10, 10), of="image") == (5, 15, 5, 15)
    assert receptive_field(design, "next", (0, 20), of="image") == (0, 5, 15, 20)
    assert receptive_field(design, "next", (10, 10), of="join") == (9, 11, 9, 11)
    assert projective_field(design, "image", (10, 10), of="next") == (5, 15, 5, 15)
    # The corner's own columns are 4 apart: nothing of the picture's first row lies under the kernel's first row.
    assert receptive_field(design, "wide", (3, 3), of="image") == (3, 7, 3, 7)


def test_channels_that_are_not_read_do_not_matter():
    blocks = [
        image(1, 9, 9),
        block("near", "conv", filters=1, kernel_size=1),
        block("far", "conv", filters=1, kernel_size=5, padding="same"),
        block("join", "concat"),
        block("pick", "conv", filters=1, kernel_size=1, connections=[[0]]),
    ]
    links = [("image", "near", 0), ("image", "far", 0), ("near", "join", 0), ("far", "join", 1), ("join", "pick", 0)]
    design = joined(blocks, links)
    assert receptive_field(design, "join", (4, 4), of="image") == (2, 6, 2, 6)
    assert receptive_field(design, "pick", (4, 4), of="image") == (4, 4, 4, 4)
    assert receptive_field(design, "pick", (4, 4), of="far") is None


def test_nothing_matters_from_elsewhere_or_through_padding():
    design = sample("lenet5")
    assert receptive_field(design, "conv1", (0, 0), of="conv2") is None
    assert projective_field(design, "conv2", (0, 0), of="conv1") is None
    design = chain(block("conv", "conv", filters=1, kernel_size=1, padding=2), size=(1, 4, 4))
    assert receptive_field(design, "conv", (0, 3), of="image") is None
    assert receptive_field(design, "conv", (2, 3), of="image") == (0, 0, 1, 1)


def test_wrong_questions():
    design = sample("lenet5")
    with pytest.raises(cb.InputError, match="28 × 28"):
        cb.receptive_field(design, "conv1", (28, 0), of="image")
    with pytest.raises(cb.InputError):
        cb.projective_field(design, "image", (0, -1), of="conv1")
    with pytest.raises(cb.InputError):
        cb.receptive_field(design, "conv1", (1, 2, 3), of="image")
    with pytest.raises(cb.DesignError, match="nothing"):
        cb.receptive_field(design, "conv1", (0, 0), of="nothing")
    broken = design.with_params("conv1", kernel_size=99, padding="valid")
    with pytest.raises(cb.DesignError, match="shape"):
        cb.receptive_field(broken, "conv2", (0, 0), of="image")
    with pytest.raises(cb.DesignError, match="shape"):
        typical_field(broken, "conv2", "image")


@pytest.mark.parametrize(
    ("name", "id", "size", "jump"),
    [
        ("lenet5", "conv1", (5, 5), (1, 1)),
        ("lenet5", "pool2", (16, 16), (4, 4)),
        ("lenet5", "softmax", (28, 28), (0, 0)),
        # A. Araujo et al., 2019, table 1: ResNet's last stage (here ResNet-18) and VGG-16's conv5_3 and pool5.
        ("resnet18", "layer4_1_relu2", (435, 435), (32, 32)),
        ("vgg16", "conv5_3", (196, 196), (16, 16)),
        ("vgg16", "pool5", (212, 212), (32, 32)),
    ],
)
def test_typical_fields(name, id, size, jump):
    field = typical_field(sample(name), id, "image")
    assert (field.size, field.jump) == (size, jump)


def test_where_a_typical_field_begins():
    design = chain(block("conv", "conv", kernel_size=[3, 5], stride=[2, 1], padding=[1, 0]))
    assert typical_field(design, "conv", "image") == Field((3, 5), (2, 1), (-1, 0))
    assert typical_field(design, "image", "conv") is None
    assert typical_field(design, "image", "image") == Field((1, 1), (1, 1), (0, 0))


@given(questions(["conv", "transposed_conv", "max_pool", "average_pool", "add", "concat", "activation"]))
def test_a_field_lies_in_the_typical_one(question):
    design, last, place = question
    for of in design.blocks:
        exact, field = receptive_field(design, last, place, of=of), typical_field(design, last, of)
        if exact is None:
            continue
        for axis in range(2):
            low = place[axis] * field.jump[axis] + field.start[axis]
            assert low <= exact[2 * axis] and exact[2 * axis + 1] < low + field.size[axis]


def test_a_block_that_is_off_is_passed_by():
    design = chain(block("conv", "conv", kernel_size=5), {**block("off", "conv", kernel_size=3), "off": True})
    assert receptive_field(design, "off", (0, 0), of="image") == (0, 4, 0, 4)


@pytest.mark.slow
def test_a_thousand_blocks():
    blocks, links, last = [image(4, 224, 224)], [], "image"
    for n in range(333):
        blocks += [
            block(f"c{n}", "conv", filters=4, padding="same"),
            block(f"r{n}", "activation"),
            block(f"a{n}", "add"),
        ]
        links += [(last, f"c{n}", 0), (f"c{n}", f"r{n}", 0), (f"r{n}", f"a{n}", 0), (last, f"a{n}", 1)]
        last = f"a{n}"
    design = joined(blocks, links)
    cb.check(design)
    assert typical_field(design, last, "image").size == (667, 667)
    assert receptive_field(design, last, (112, 112), of="image") == (0, 223, 0, 223)


@pytest.mark.parametrize(
    ("kind", "params", "size"),
    [
        ("dropout", {}, (3, 3)),
        ("upsample", {"scale": 3}, (3, 3)),
        ("upsample", {"scale": 2, "mode": "bilinear"}, (4, 4)),
        ("upsample", {"scale": 3, "mode": "bilinear"}, (4, 4)),
        ("pad", {}, (3, 3)),
    ],
)
def test_what_moves_values_leaves_a_field_that_units_inside_have(kind, params, size):
    conv = {"id": "conv", "kind": "conv", "params": {"filters": 1, "padding": "same"}}
    blocks = [{"id": "image", "kind": "input"}, conv, {"id": "it", "kind": kind, "params": params}]
    design = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks})
    assert typical_field(design, "it", "image").size == size
    exact = (receptive_field(design, "it", (row, row), of="image") for row in range(12, 18))
    assert max((bottom - top + 1, right - left + 1) for top, bottom, left, right in exact) == size
