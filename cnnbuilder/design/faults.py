"""What is wrong with a block in itself: an unknown kind, unknown parameters, values that a parameter cannot hold."""

from difflib import get_close_matches
from typing import Any

from cnnbuilder.design.graph import Block
from cnnbuilder.design.layer import kinds, parameters_of
from cnnbuilder.design.parameters import label_of
from cnnbuilder.design.problem import Change, Drop, Misfit

LONGEST = 40
"""Characters of a value that a message shows."""


def faults_of(block: Block) -> tuple[Misfit, ...]:
    """The misfits of `block` whatever it is joined to; found once a block."""
    found = block.__dict__.get("_misfits")
    if found is None:
        found = block.__dict__["_misfits"] = tuple(_faults(block))
    assert isinstance(found, tuple)
    return found


def _faults(block: Block) -> list[Misfit]:
    if block.layer_class is None:
        near = get_close_matches(block.kind, kinds(), 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        text = f"{{block}} is of the kind {escaped(repr(block.kind))}, which this version does not know.{escaped(hint)}"
        return [Misfit("unknown-kind", text, "unknown kind")]
    known = parameters_of(block.layer_class)
    found: list[Misfit] = []
    for name, fault in block.faults.items():
        if name in known:
            label = label_of(name, known[name])
            default = known[name].write(known[name].default)
            text = f"{{block}}: {label.lower()} {fault}; it is {escaped(_shortened(block.given[name]))}."
            change = Change(f"{label} {_shortened(default)} in {{block}}", {name: default})
            found.append(Misfit("bad-value", text, f"{label.lower()} {fault}", (change,)))
        else:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            text = f"{{block}} has no parameter {escaped(repr(name))}{escaped(hint)}"
            drop = Drop(f"Remove {escaped(_shortened(name))} from {{block}}", name)
            found.append(Misfit("unknown-parameter", text, "unknown parameter", (drop,)))
    return found


def escaped(text: str) -> str:
    """`text` as it is, inside a template."""
    return text.replace("{", "{{").replace("}", "}}")


def _shortened(value: Any) -> str:
    """A JSON value as a short line; what cannot be printed is escaped."""
    shown = value if isinstance(value, str) and value.isprintable() else repr(value)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}…"
