"""Hypothesis strategies of what files may hold: all that JSON can, also what no parameter or design should be."""

from typing import Any

from hypothesis import strategies as st

from cnnbuilder.design.layer import kinds, parameters_of
from tests.strategies import parameter_values, quarters

NASTY: list[Any] = [
    None,
    True,
    False,
    -1,
    0,
    1,
    2,
    2**31 - 1,
    2**31,
    2**63,
    -(2**64),
    10**400,
    -(10**400),
    0.0,
    -0.0,
    0.5,
    3.0,
    1e300,
    -1e300,
    5e-324,
    "",
    "same",
    "valid",
    "full",
    "SAME",
    "relu",
    "{}",
    "{block}",
    "{0}",
    "a\nb",
    "\x00",
    "9" * 300,
    "ünï",
    [],
    {},
    [[]],
    [None],
    [3],
    [3, 3],
    [3, 3, 3],
    [1, 2, 3, 4],
    [2**31 - 1] * 2,
    [0, 0],
    [-1, -1],
    [True, True],
    [1.0, 2.0],
    [10**400, 10**400],
    [[0], [0, 1]],
    [[0, 0]],
    [[2**31 - 1]],
    ["3", "3"],
    {"a": 1},
    [[[[[[]]]]]],
]


def json_values() -> st.SearchStrategy[Any]:
    """Whatever JSON can hold, with a liking for what parameters are not prepared for."""
    nasty = st.sampled_from(NASTY)
    leaves = st.one_of(nasty, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5))
    nested = st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
        max_leaves=8,
    )
    return st.one_of(nasty, leaves, nested)


def ids() -> st.SearchStrategy[str]:
    """Names of blocks."""
    return st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)


@st.composite
def messy_blocks(draw: st.DrawFn, id: str) -> dict[str, Any]:
    """A block of any kind, known or not, with any parameters, known or not, right or wrong."""
    known = list(kinds())
    kind = draw(st.one_of(st.sampled_from(known), st.sampled_from(known), st.text(max_size=8)))
    values: dict[str, Any] = {}
    if kind in kinds():
        declared = parameters_of(kinds()[kind])
        for name, parameter in declared.items():
            form = draw(st.sampled_from("----+++!"))
            if form == "+":
                values[name] = draw(parameter_values(parameter))
            elif form == "!":
                values[name] = draw(json_values())
    if draw(st.integers(0, 7)) == 0:
        name = draw(st.one_of(st.text(max_size=6), st.sampled_from(["filter", "self", "layer", "kind"])))
        values[name] = draw(json_values())
    block: dict[str, Any] = {"id": id, "kind": kind}
    if values or draw(st.booleans()):
        block["params"] = values
    if draw(st.integers(0, 9)) == 0:
        block[draw(st.text(max_size=5).filter(lambda key: key not in ("id", "kind", "params")))] = draw(json_values())
    return block


@st.composite
def messy_designs(draw: st.DrawFn) -> dict[str, Any]:
    """A design as a file may hold it: unknown kinds, wrong values, gaps, doubled inputs, loops, later keys."""
    names = draw(st.lists(ids(), max_size=7, unique=True))
    data: dict[str, Any] = {"format": "cnnbuilder", "version": 1, "blocks": [draw(messy_blocks(id)) for id in names]}
    if draw(st.booleans()) and names:
        end = st.sampled_from(names)
        form = draw(st.sampled_from(["forward", "any"]))
        links: list[dict[str, Any]] = []
        if form == "any":
            for source, target, number in draw(st.lists(st.tuples(end, end, st.integers(0, 3)), max_size=10)):
                links.append({"from": source, "to": target, "input": number})
        else:
            for place, target in enumerate(names[1:], 1):
                sources = draw(st.lists(st.sampled_from(names[:place]), max_size=3))
                links += [{"from": source, "to": target, "input": n} for n, source in enumerate(sources)]
        data["links"] = links
    if draw(st.booleans()):
        data["layout"] = {id: [draw(quarters(-900, 900)), draw(st.integers(-9999, 9999))] for id in names}
    for key, values in (
        ("name", st.text(max_size=9)),
        ("seed", st.integers(0, 2**63 - 1)),
        ("labels", st.lists(st.text(max_size=4), max_size=4)),
    ):
        if draw(st.booleans()):
            data[key] = draw(values)
    if draw(st.integers(0, 4)) == 0:
        taken = ("format", "version", "name", "seed", "labels", "blocks", "links", "layout")
        data[draw(st.text(max_size=5).filter(lambda key: key not in taken))] = draw(json_values())
    return data
