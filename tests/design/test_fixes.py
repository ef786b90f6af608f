"""Fixes: whatever is offered, applied, mends the problem it is offered for, and does what it says."""

import json

from hypothesis import given

from cnnbuilder import Design, check
from cnnbuilder.design.shape import grouped, plural, show
from tests.designs import block, chain, image, joined, sample
from tests.messy import messy_designs


def mends(design):
    """Apply every fix of every problem, and check what it promises; how many there were."""
    before = check(design)
    count = 0
    for problem in before.problems:
        assert len(problem.fixes) <= 4
        labels = [fix.label for fix in problem.fixes]
        assert len(set(labels)) == len(labels)
        for fix in problem.fixes:
            count += 1
            after = check(fix.apply(design))
            assert (problem.block, problem.code, problem.message) not in [
                (other.block, other.code, other.message) for other in after.problems
            ]
            left = after.problems_of.get(problem.block, ())
            if problem.code == "cycle":  # a loop that is cut may leave a block that wants another input
                assert problem.code not in [other.code for other in left]
            else:
                assert len(left) < len(before.problems_of[problem.block])
            assert_true(fix.effect, problem.block, before, after)
            assert fix.label and fix.label.isprintable() and fix.effect.isprintable()
            for id in after.problems_of:  # nothing that ran is broken by it
                assert id == problem.block or before.shapes.get(id) is None
    json.dumps(before.to_dict())
    return count


def assert_true(effect, id, before, after):
    """Every part of an effect's words, looked up in the two reports."""
    for part in effect.split(" · ") if effect else []:
        others = [f"{other} {grouped(n)}" for other, n in after.parameters.items() if n != before.parameters.get(other)]
        follow = [f"then {other} does not fit" for other in after.problems_of if other not in before.problems_of]
        follow += ["then the design is empty"] * (not after.shapes)
        shape = after.shapes.get(id)
        own = [show(shape), plural(after.parameters[id], "parameter")] if shape else []
        assert part in own + others + follow


def labels(design, id):
    return [fix.label for fix in check(design).problems_of[id][0].fixes]


def test_every_fix_of_the_broken_sample_mends():
    assert mends(sample("broken")) >= 6


@given(messy_designs())
def test_every_fix_of_any_design_mends(data):
    mends(Design.from_dict(data))


def test_fixes_one_after_the_other_mend_the_broken_sample_altogether():
    design = sample("broken")
    while problems := check(design).problems:
        design = problems[0].fixes[0].apply(design)
    assert check(design).shapes["softmax"] == (10,)


def test_dense_on_a_volume_is_mended_by_flatten_first():
    design = chain(block("d", "dense"))
    (problem,) = check(design).problems
    mended = problem.fixes[0].apply(design)
    assert [item.kind for item in mended.blocks.values()] == ["input", "flatten", "dense"]
    assert problem.fixes[0].effect == "10 · 7,850 parameters"


def test_a_kernel_too_large_is_mended_by_padding_or_by_a_smaller_kernel():
    design = chain(block("c", "conv", kernel_size=29))
    assert labels(design, "c")[:2] == ["Padding same in c", "Kernel 28 × 28 in c"]


def test_of_two_wrong_parameters_each_has_fixes_of_its_own():
    design = chain(block("c", "conv", filters=0, size=3, weight=4))
    for problem in check(design).problems:
        name = next(name for name in ("filters", "size", "weight") if name in problem.message)
        assert problem.fixes
        assert all(name in fix.label.lower() or fix.label == "Take c out" for fix in problem.fixes)
    assert mends(design) >= 3


def test_a_doubled_link_is_mended_by_numbering_anew():
    design = joined([image(), block("c", "conv")], [("image", "c", 0), ("image", "c", 0)])
    assert mends(design) >= 1
    two = joined([image(), image(id="b"), block("c", "add")], [("image", "c", 0), ("b", "c", 0)])
    assert "Number the inputs of c anew" in labels(two, "c")


def test_a_merge_without_inputs_is_joined_to_what_is_loose():
    design = joined([image(), image(id="b"), block("c", "add")], [("image", "c", 0)])
    assert labels(design, "c")[0] == "Join b to c"


def test_a_loop_is_opened():
    blocks = [image(), block("a", "add"), block("b", "activation")]
    design = joined(blocks, [("image", "a", 0), ("b", "a", 1), ("a", "b", 0)])
    assert mends(design) >= 1


def test_a_loop_of_two_blocks_is_offered_to_be_cut():
    design = joined([image(), block("b", "conv"), block("c", "conv")], [("c", "b", 0), ("b", "c", 0)])
    assert labels(design, "c")[0] == "Remove the link from b to c"


def test_a_fix_does_not_hide_a_problem_behind_a_broken_block():
    blocks = [image(), block("bad", "conv", filters=0), block("lone", "activation")]
    design = joined(blocks, [("image", "bad", 0)])
    assert not any("bad" in label for label in labels(design, "lone"))


def test_an_only_block_of_an_unknown_kind_can_be_taken_out():
    design = joined([block("x", "nothing")])
    assert mends(design) >= 1


def test_unequal_branches_are_brought_together():
    design = joined(
        [image(6, 14, 14, id="a"), image(8, 14, 14, id="b"), block("sum", "add")], [("a", "sum", 0), ("b", "sum", 1)]
    )
    fix = check(design).problems[0].fixes[0]
    mended = fix.apply(design)
    assert check(mended).problems == []
    assert check(mended).shapes["sum"] == (6, 14, 14)
