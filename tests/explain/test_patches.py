"""Terms laid out as patches: every term stands once, where its source lies, and nothing else does."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from cnnbuilder.explain.patches import sheets, window_of
from tests.designs import sample
from tests.strategies import networks


def lines(count):
    return (-(-count // 4), 4)


@st.composite
def values(draw):
    """A run of a small network, one of its blocks, and a unit of it."""
    design = draw(networks(list(kinds()), most=5))
    shapes = cb.check(design).shapes
    assume(all(shape is not None for shape in shapes.values()))
    block = draw(st.sampled_from(list(design.blocks)))
    index = tuple(draw(st.integers(0, n - 1)) for n in shapes[block])
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    inputs = {id: rng.random(shapes[id]) for id, item in design.blocks.items() if item.layer.inputs == (0, 0)}
    return cb.Network(design).forward(inputs, keep="all"), block, index


@given(values())
def test_every_term_stands_once_where_its_source_lies(case):
    run, block, index = case
    found = cb.explain(run, block, index)
    node = run.tape.maker.get(run.tape.output[block])
    window = window_of(node.operation, index) if node else None
    shapes = {id: run[id].shape[1:] for id in run}
    laid = sheets(found, shapes.__getitem__, lines, window)
    seen = []
    for sheet in laid:
        for at in zip(*np.nonzero(sheet.numbers >= 0), strict=True):
            channel, row, column = map(int, at)
            name, source = sheet.source(channel, row, column)
            term = sheet.part.term(int(sheet.numbers[channel, row, column]))
            assert (name, source) == term.source
            assert (sheet.values[at], sheet.weights[at], sheet.products[at]) == (term.value, term.weight, term.product)
            assert sheet.factor(channel, row, column) == term.factor
            place = (int(sheet.channels[channel]), int(sheet.rows[row]), int(sheet.columns[column]))
            assert source == (place if len(source) == 3 else (place[1] * sheet.volume[2] + place[2],))
            assert not sheet.padded[row, column]
            seen.append((term.source, term.factor))
        # What is beyond the border has no term.
        assert (sheet.numbers[:, sheet.padded] < 0).all()
        assert np.isnan(sheet.values[sheet.numbers < 0]).all()
    assert sorted(map(repr, seen)) == sorted(repr((term.source, term.factor)) for term in found.terms)
    if found.is_sum:
        total = found.bias + sum(float(subtotal) for sheet in laid for subtotal in sheet.subtotals)
        assert abs(total - found.total) <= 1e-9 * found.scale


def test_a_window_over_the_border_keeps_its_size():
    run = cb.Network(sample("lenet5")).forward(np.ones((1, 28, 28)))
    found = cb.explain(run, "conv1", (2, 26, 6))
    operation = run.tape.maker[run.tape.output["conv1"]].operation
    (sheet,) = sheets(found, {"image": (1, 28, 28)}.__getitem__, lines, window_of(operation, (2, 26, 6)))
    assert sheet.rows.tolist() == [24, 25, 26, 27, 28]
    assert sheet.columns.tolist() == [4, 5, 6, 7, 8]
    assert sheet.padded.tolist() == [[row == 4] * 5 for row in range(5)]
    assert (sheet.numbers >= 0).sum() == len(found.terms) == 20


def test_what_a_dense_unit_reads_of_a_flattened_volume_lies_in_its_maps():
    run = cb.Network(sample("lenet5")).forward(np.ones((1, 28, 28)))
    found = cb.explain(run, "dense1", (6,))
    (sheet,) = sheets(found, {"flatten": (16, 5, 5)}.__getitem__, lines, None)
    assert sheet.values.shape == (16, 5, 5)
    assert not sheet.flat
    np.testing.assert_array_equal(sheet.values, run["pool2"][0])
    np.testing.assert_allclose(sheet.weights.reshape(-1), run.weights["dense1.weight"].array[6])
