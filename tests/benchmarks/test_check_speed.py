"""How long the check of a large design takes, whole and after an edit.

Run with `python -m pytest tests/benchmarks -o addopts= --benchmark-only`.
"""

import itertools

from cnnbuilder import Design, check
from tests.designs import block, image, joined

COUNT = 300


def large():
    """A residual design of 300 blocks."""
    blocks, links = [image(3, 64, 64)], []
    while len(blocks) < COUNT:
        before, n = blocks[-1]["id"], len(blocks)
        blocks += [
            block(f"conv{n}", "conv", filters=16, padding="same"),
            block(f"norm{n}", "batch_norm"),
            block(f"relu{n}", "activation"),
        ]
        links += [(before, f"conv{n}", 0), (f"conv{n}", f"norm{n}", 0), (f"norm{n}", f"relu{n}", 0)]
        if n > 1:
            blocks.append(block(f"add{n}", "add"))
            links += [(f"relu{n}", f"add{n}", 0), (before, f"add{n}", 1)]
    return joined(blocks, links)


def test_reading_a_design_of_300_blocks(benchmark):
    data = large().to_dict()
    assert len(benchmark(lambda: Design.from_dict(data)).blocks) >= COUNT


def test_checking_a_design_of_300_blocks_again(benchmark):
    data = large().to_dict()

    def fresh():
        return (Design.from_dict(data),), {}

    assert benchmark.pedantic(check, setup=fresh, rounds=50).problems == []


def test_checking_after_an_edit_in_the_middle(benchmark):
    design = large()
    assert check(design).problems == []
    (id,) = [id for id in design.blocks if id.startswith("conv")][40:41]
    sizes = itertools.cycle([3, 5])

    def edited():
        return (design.with_params(id, kernel_size=next(sizes)),), {}

    assert benchmark.pedantic(check, setup=edited, rounds=100).problems == []


def test_totals_and_costs_of_300_blocks(benchmark):
    data = large().to_dict()

    def fresh():
        return (check(Design.from_dict(data)),), {}

    def totals(report):
        return report.total_parameters, report.total_macs, report.total_memory_bytes, report.notes

    assert benchmark.pedantic(totals, setup=fresh, rounds=50)[0] > 0


def test_finding_the_fixes_of_a_problem(benchmark):
    design = large()
    (id,) = [id for id in design.blocks if id.startswith("conv")][40:41]
    broken = design.with_params(id, filters=7)

    def fresh():
        return (check(broken.with_params(id, filters=7)).problems[0],), {}

    assert benchmark.pedantic(lambda problem: problem.find_fixes(), setup=fresh, rounds=20)
