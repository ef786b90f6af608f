"""`cnnbuilder check`: a line a block, totals, problems with their fixes, notes."""

import json

from cnnbuilder.cli.console import Console
from cnnbuilder.design.check import Report, check
from cnnbuilder.design.problem import Problem
from cnnbuilder.design.shape import grouped, plural, show
from cnnbuilder.files import load

_HEADS = ("block", "kind", "output", "parameters", "multiply-adds", "memory")
_LEFT = 2
"""Columns that are aligned left; the others are numbers."""
_LONGEST = 40


def check_file(path: str, as_json: bool, console: Console) -> int:
    """Check the design in a file and print what was found; 1 if it cannot run. Raises DesignFileError."""
    design = load(path)
    report = check(design)
    if as_json:
        for line in json.dumps(report.to_dict(), indent=1).splitlines():
            console.say(line)
    else:
        _print(report, design.name or path, console)
    if report.problems:
        console.complain(f"{path} cannot run: {plural(len(report.problems), 'problem')}")
        return 1
    return 0


def _print(report: Report, name: str, console: Console) -> None:
    console.say(name)
    for line in _table(report):
        console.say(line)
    memory = report.total_memory_bytes
    console.say()
    costs = (plural(report.total_parameters, "parameter"), plural(report.total_macs, "multiply-add"))
    console.say(f"In all {costs[0]} and {costs[1]}.")
    console.say(f"Memory in float32: weights {_bytes(memory['weights'])}; for one picture {_bytes(memory['forward'])} "
                f"forward and {_bytes(memory['backward'])} more backward.")
    _list("problem", report.problems, console)
    _list("note", report.notes, console)


def _table(report: Report) -> list[str]:
    rows: list[tuple[str, ...]] = [_HEADS]
    for id, shape in report.shapes.items():
        costs = (grouped(report.parameters[id]), grouped(report.macs[id]), _bytes(report.memory_bytes[id]))
        kind = report.graph.blocks[id].kind
        rows.append((id[:_LONGEST], kind[:_LONGEST], show(shape), *(costs if shape else ("?", "?", "?"))))
    rows.append(("total", "", "", grouped(report.total_parameters), grouped(report.total_macs),
                 _bytes(report.total_memory_bytes["forward"])))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return [
        "  ".join(
            cell.ljust(width) if column < _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _list(noun: str, items: list[Problem], console: Console) -> None:
    if not items:
        return
    console.say()
    console.say(f"{plural(len(items), noun)}:")
    for item in items:
        console.say(f"  {item.message}")
        for fix in item.fixes:
            console.say(f"    fix: {fix.label} → {fix.effect}" if fix.effect else f"    fix: {fix.label}")


def _bytes(count: int) -> str:
    from cnnbuilder.engine.memory import show_bytes

    return show_bytes(count)
