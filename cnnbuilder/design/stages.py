"""Stages that repeat in a network, to be folded into groups.

A stage is read off the *lines* of a graph: runs of blocks that every path through the one before and the one behind
passes. What lies between two neighbours on a line (the branches of a residual or inception block) is its *body*.

A body, the block that joins it and what always follows that is a stage if its like is met again: so a residual network
falls into its residual blocks, however they alternate. Elsewhere blocks in a row are a stage where the same kinds
follow each other twice or more; of all ways to divide a row the one that leaves the fewest blocks over is taken, and of
these the one with the fewest stages: VGG-16 falls into its five stages ended by a pooling, not into pairs of
convolution and activation, because these would leave the poolings over. A stage is never itself a repetition.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from cnnbuilder.design.graph import Block, Graph
from cnnbuilder.design.lines import Lines, Step

LONGEST = 64
"""The most blocks of a stage without branches."""

Stage = tuple[str, ...]


def repeats(graph: Graph) -> list[Stage]:
    """The stages that repeat, each a tuple of two blocks or more in the order in which they run.

    No block is in two. One block at most enters a stage from outside, and only the last block is read outside.
    """
    wiring = graph.wiring
    steps = Lines(graph).steps()
    units = _units(steps)
    common = Counter(unit.form for unit in units)
    place = {id: number for number, id in enumerate(wiring.order)}
    found: list[Stage] = []
    claimed: set[str] = set()
    trails = _trails(units)
    for unit in units:
        if common[unit.form] > 1 and unit.step.joint not in claimed:
            trail = unit.trail[: trails[unit.form]]
            blocks = {*unit.step.body, unit.step.joint, *(step.joint for step in trail)}
            claimed |= blocks
            found.append(tuple(sorted(blocks, key=place.__getitem__)))
    rest: list[list[Step]] = []
    for line in steps:
        row: list[Step] = []
        for step in (*line, None):
            if step is not None and step.plain and not step.body and step.joint not in claimed:
                row.append(step)
            else:
                rest.append(row)
                row = []
    for row in rest:
        found += _tandem([step.joint for step in row], [(step.kind, len(wiring.sources[step.joint])) for step in row])
    return sorted(found, key=lambda stage: place[stage[0]])


def name_for(blocks: Sequence[Block]) -> str:
    """What a group of these blocks may be called: what their names have in common, else the first and the last."""
    names = [block.id for block in blocks]
    shared = names[0][: _alike(names)] if names else ""
    end = max(shared.rfind("_"), shared.rfind("-"))
    if end > 0:
        return shared[:end]
    return f"{names[0]} … {names[-1]}" if len(names) > 1 else "".join(names)


@dataclass(frozen=True)
class _Unit:
    """A step with a body, and the steps without one that follow it."""

    step: Step
    trail: tuple[Step, ...]
    kinds: tuple[str, ...]

    @property
    def form(self) -> object:
        return self.step.form


def _units(lines: Sequence[Sequence[Step]]) -> list[_Unit]:
    """The steps with bodies, the outer ones first."""
    found: list[_Unit] = []
    for line in lines:
        for at, step in enumerate(line):
            if step.body:
                end = next((n for n in range(at + 1, len(line)) if line[n].body or not line[n].plain), len(line))
                trail = tuple(line[at + 1 : end])
                found.append(_Unit(step, trail, tuple(item.kind for item in trail)))
    return sorted(found, key=lambda unit: -len(unit.step.body))


def _trails(units: Sequence[_Unit]) -> dict[object, int]:
    """How many of the steps behind each form of body are the same wherever it is met."""
    trails: dict[object, list[tuple[str, ...]]] = {}
    for unit in units:
        trails.setdefault(unit.form, []).append(unit.kinds)
    return {form: _alike(kinds) for form, kinds in trails.items()}


def _alike(rows: Sequence[Sequence[str]]) -> int:
    """How many of their first items all `rows` have in common."""
    return sum(1 for _ in takewhile(lambda items: len(set(items)) == 1, zip(*rows, strict=False)))


def _tandem(ids: Sequence[str], kinds: Sequence[object]) -> list[Stage]:
    """Stages that follow each other in a row of blocks."""
    count = len(kinds)
    longest = min(LONGEST, count // 2)
    same = [[0] * (count + 1) for _ in range(longest + 1)]
    """For each period, on how many blocks from each on the row goes on as it does a period later."""
    for period in range(1, longest + 1):
        for at in range(count - period - 1, -1, -1):
            if kinds[at] == kinds[at + period]:
                same[period][at] = same[period][at + 1] + 1
    best: list[tuple[int, int]] = [(0, 0)] * (count + 1)
    """The most blocks in stages from each on, and the number of stages, negative."""
    choice: list[tuple[int, int]] = [(1, 0)] * count
    """Period and number of the stages that begin at each."""
    for at in range(count - 1, -1, -1):
        best[at] = best[at + 1]
        for period in range(2, longest + 1):
            most = 1 + same[period][at] // period
            if most < 2 or _is_power(same, at, period):
                continue
            for times in range(2, most + 1):
                covered, stages = best[at + period * times]
                value = (covered + period * times, stages - times)
                if value > best[at] or (value == best[at] and not choice[at][1]):
                    best[at], choice[at] = value, (period, times)
    found: list[Stage] = []
    at = 0
    while at < count:
        period, times = choice[at]
        for number in range(times):
            found.append(tuple(ids[at + number * period : at + (number + 1) * period]))
        at += period * max(times, 1)
    return found


def _is_power(same: Sequence[Sequence[int]], at: int, period: int) -> bool:
    """Whether the blocks of one period are themselves something shorter repeated."""
    return any(period % part == 0 and same[part][at] >= period - part for part in range(1, period // 2 + 1))
