"""The pages of the help as HTML: those of the kinds made from the registry, that of the keys from the actions."""

from collections.abc import Iterable, Mapping
from html import escape
from inspect import cleandoc
from typing import Any

from PySide6.QtGui import QAction

from cnnbuilder.app.actions import keys_of
from cnnbuilder.app.gestures import FIRST_STEPS, GESTURES
from cnnbuilder.design.formula import weights_formula
from cnnbuilder.design.infer import infer
from cnnbuilder.design.layer import Layer, kinds, parameters_of
from cnnbuilder.design.parameters import Parameter, label_of
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape, grouped, plural, show

FIRST, KEYS = "first-steps", "keys"
MAPS: Shape = (8, 28, 28)
VECTOR: Shape = (64,)
"""What the examples read."""


def titles() -> dict[str, str]:
    """Every page with its title, in the order of the list."""
    return {FIRST: "First steps", KEYS: "Keys and gestures", **{kind: layer.label for kind, layer in kinds().items()}}


def group_of(page: str) -> str:
    """Under which heading a page stands in the list."""
    layer = kinds().get(page)
    return layer.group if layer else "Using the program"


def page(name: str, actions: Mapping[str, QAction]) -> str:
    """The HTML of a page."""
    if name == KEYS:
        return _keys(actions.values())
    layer = kinds().get(name)
    return _kind(layer) if layer else _first_steps()


def _first_steps() -> str:
    parts = ["<h1>First steps</h1>"]
    for number, (title, text) in enumerate(FIRST_STEPS, 1):
        parts.append(f"<h2>{number}. {escape(title)}</h2><p>{escape(text)}</p>")
    return "".join(parts)


def _keys(actions: Iterable[QAction]) -> str:
    rows = [(keys_of(action), str(action.property("plain")), action.statusTip()) for action in actions]
    known = "".join(
        f"<tr><td width='26%'><b>{escape(keys)}</b></td><td>{escape(words)}"
        f"{f'<br><span class=dim>{escape(says)}</span>' if says else ''}</td></tr>"
        for keys, words, says in rows
        if keys
    )
    parts = [f"<h1>Keys and gestures</h1><h2>Commands</h2>{_table(known)}"]
    for head, lines in GESTURES.items():
        body = "".join(
            f"<tr><td width='42%'><b>{escape(how)}</b></td><td>{escape(what)}</td></tr>" for how, what in lines
        )
        parts.append(f"<h2>{escape(head)}</h2>{_table(body)}")
    return "".join(parts)


def _table(rows: str) -> str:
    return f"<table cellpadding='4' width='100%'>{rows}</table>"


# Kinds


def _kind(layer_class: type[Layer]) -> str:
    text = "".join(f"<p>{_code(part)}</p>" for part in cleandoc(layer_class.__doc__ or "").split("\n\n"))
    return (
        f"<h1>{escape(layer_class.label)}</h1><p class='dim'>{layer_class.group} · <code>{layer_class.kind}</code></p>"
        f"{text}{_inputs(layer_class)}{_parameters(layer_class)}{_examples(layer_class)}"
    )


def _code(text: str) -> str:
    """Words with what stands between backticks set as code."""
    parts = escape(text.replace("\n", " ")).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _inputs(layer_class: type[Layer]) -> str:
    low, high = layer_class.inputs
    if high == 0:
        words = "It reads no other block: this is where data comes in."
    elif low == high:
        words = f"It reads {plural(low, 'block')}."
    else:
        words = f"It reads {low} or more blocks." if high is None else f"It reads {low} to {high} blocks."
    if high == 0:
        return f"<h2>Input</h2><p>{words}</p>"
    taken = [name for name, shape in (("maps", MAPS), ("a vector", VECTOR)) if _takes(layer_class, shape)]
    return f"<h2>Input</h2><p>{words} {'It takes ' + ' or '.join(taken) + '.' if taken else ''}</p>"


def _takes(layer_class: type[Layer], shape: Shape) -> bool:
    layer, _ = layer_class.read({})
    return layer is not None and infer(layer, (shape,) * layer_class.inputs[0]).misfit is None


def _parameters(layer_class: type[Layer]) -> str:
    declared = parameters_of(layer_class)
    if not declared:
        return "<h2>Parameters</h2><p>There is nothing to choose.</p>"
    rows = "".join(
        f"<tr><td><b>{escape(label_of(name, parameter))}</b><br><code>{name}</code></td>"
        f"<td>{_code(parameter.help)}</td><td>{escape(_default(parameter))}</td></tr>"
        for name, parameter in declared.items()
    )
    head = "<tr><td class='dim'>name</td><td class='dim'>what it does</td><td class='dim'>at first</td></tr>"
    return f"<h2>Parameters</h2>{_table(head + rows)}"


def _default(parameter: Parameter) -> str:
    value: Any = parameter.default
    if value is None:
        return parameter.null_words
    words = dict(getattr(parameter, "options", ()))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " × ".join(str(item) for item in value)
    return str(words.get(value, value))


def _examples(layer_class: type[Layer]) -> str:
    """What the kind, as it is at first, makes of maps or of a vector."""
    count = layer_class.inputs[0]
    layer, _ = layer_class.read({})
    if layer is None:
        return ""
    found = ""
    for shape in (MAPS, VECTOR) if count else ((),):
        inputs = (shape,) * count
        result = infer(layer, inputs)
        if result.shape is not None:
            found += _example(layer, inputs, result.shape, result.parameters)
        elif isinstance(result.misfit, Misfit) and shape:
            found += f"<p>{show(shape)}: {escape(result.misfit.short)}</p>"
    return f"<h2>As it is at first</h2>{found}"


def _example(layer: Layer, inputs: tuple[Shape, ...], shape: Shape, parameters: int) -> str:
    given = " and ".join(show(item) for item in inputs)
    lines = [f"<p>{given} → <b>{show(shape)}</b></p>" if given else f"<p><b>{show(shape)}</b></p>"]
    formulas = [escape(str(formula)) for formula in layer.formulas(*inputs)]
    trained = {name: weight.shape for name, weight in layer.weights(*inputs).items() if weight.trained}
    if trained:
        formulas.append(escape(weights_formula(trained, parameters)))
        names = ", ".join(f"{name} {' × '.join(str(n) for n in size)}" for name, size in trained.items())
        lines.append(f"<p>{grouped(parameters)} parameters: {escape(names)}</p>")
    if formulas:
        lines.append(f"<pre>{'<br>'.join(formulas)}</pre>")
    return "".join(lines)
