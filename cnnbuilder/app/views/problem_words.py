"""A problem as rich text: block names lead to their blocks, and the trace marks where the odd size came about."""

import re
from html import escape
from itertools import pairwise

from cnnbuilder.app import theme
from cnnbuilder.design.check import Report
from cnnbuilder.design.problem import Problem
from cnnbuilder.design.shape import Shape, show, show_pair

TRACE_MOST = 9
"""Blocks that a trace shows; of a longer way those where the size changed, and the ends."""


def message_words(problem: Problem, report: Report, grave: bool) -> str:
    """The message, the first sentence of a grave one strong; names of blocks are links."""
    first, dot, rest = problem.message.partition(". ")
    names = _names(problem, report)
    if not grave:
        return _linked(problem.message, names, theme.now().accent)
    colour = theme.now().problem
    head = _linked(first + dot.strip(), names, colour)
    return f"<b style='color:{colour}'>{head}</b> {_linked(rest, names, theme.now().text)}"


def _names(problem: Problem, report: Report) -> list[str]:
    if problem.block is None:
        return []
    sources = report.graph.wiring.sources.get(problem.block, ())
    return sorted({problem.block, *sources}, key=len, reverse=True)


def _linked(text: str, names: list[str], colour: str) -> str:
    text = escape(text, quote=False)
    if not names:
        return text
    either = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![\w-])({either})(?![\w-])", rf"<a href='\1' style='color:{colour}'>\1</a>", text)


def trace_words(problem: Problem, report: Report) -> str:
    """`28 × 28 image → 14 × 14 pool1 → …`, the origin marked, with how its size came about."""
    now, parts = theme.now(), []
    for id, shape in _telling(problem):
        if shape is None:
            parts.append("…")
            continue
        colour = now.problem if id == problem.origin else now.dim
        name = f"<a href='{id}' style='color:{colour};text-decoration:none'><b>{id}</b></a>"
        parts.append(f"<span style='color:{colour}'>{_size(shape, problem)}</span>&nbsp;{name}")
    why = f"; {escape(_why(problem, report))}" if problem.origin else ""
    return " → ".join(parts) + why


def _size(shape: Shape, problem: Problem) -> str:
    whole = problem.about_channels or len(shape) != 3
    return (show(shape) if whole else show_pair(shape[-2:])).replace(" ", "&nbsp;")


def _telling(problem: Problem) -> list[tuple[str, Shape | None]]:
    """The blocks of the trace that are shown; (…, None) stands for those left out."""
    trace = list(problem.trace)
    if len(trace) <= TRACE_MOST:
        return list(trace)
    sizes = [shape[:1] if problem.about_channels else shape[-2:] for _, shape in trace]
    changed = [number for number, (a, b) in enumerate(pairwise(sizes), 1) if a != b]
    kept = sorted({0, len(trace) - 2, len(trace) - 1, *changed[-(TRACE_MOST - 3) :]})
    found: list[tuple[str, Shape | None]] = []
    before = -1
    for number in kept:
        if number != before + 1:
            found.append(("…", None))
        found.append(trace[number])
        before = number
    return found


def _why(problem: Problem, report: Report) -> str:
    """How the origin's size (or number of channels) came about."""
    what = "this number of channels" if problem.about_channels else "this size"
    block = report.graph.blocks[str(problem.origin)]
    if not report.graph.wiring.sources[block.id]:
        return f"{what} is that of {block.id}"
    formulas = block.layer.formulas(*report.input_shapes(block.id)) if block.layer else []
    meant = [str(formula) for formula in formulas if formula.left.startswith("D") == problem.about_channels]
    same = len({formula.partition("=")[2] for formula in meant}) == 1
    told = " and ".join(meant[:1] if same else meant)
    return f"{what} came about in {block.id}" + (f": {told}" if told else "")
