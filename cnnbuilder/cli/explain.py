"""`cnnbuilder explain`: one number of a network taken apart."""

import json
from dataclasses import dataclass
from functools import partial
from math import ceil, isfinite, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnbuilder import kernels
from cnnbuilder.cli.console import Console, interruptible
from cnnbuilder.cli.opening import first_weights, input_of, open_network
from cnnbuilder.design.errors import DesignFileError, InputError
from cnnbuilder.design.shape import grouped, plural
from cnnbuilder.engine.backward import Gradients
from cnnbuilder.engine.run import Run
from cnnbuilder.explain import explain
from cnnbuilder.explain.data import as_data
from cnnbuilder.explain.formulas import computed_by, indexed, number
from cnnbuilder.explain.patches import Sheet, sheets, window_of
from cnnbuilder.explain.site import site_of
from cnnbuilder.explain.terms import Explanation, Term
from cnnbuilder.files.atomic import write_atomically
from cnnbuilder.files.pictures import prepare, read_picture
from cnnbuilder.files.sheets import stacked

if TYPE_CHECKING:
    from cnnbuilder.engine.cancel import Cancellation

TOP = 10
"""Terms that are listed."""
_MOST_SOURCES = 6
"""Blocks whose terms are drawn."""


@dataclass(frozen=True)
class Question:
    """Which number is asked for."""

    block: str
    at: str
    """Its place, whole numbers with commas between them."""
    target: int | None
    """The class whose loss is gone backward from; None: forward."""

    @property
    def index(self) -> tuple[int, ...]:
        """The place; InputError."""
        try:
            return tuple(int(part) for part in self.at.split(","))
        except ValueError:
            raise InputError(f"--at: {self.at!r} is no place; give channel,row,column, or one number") from None


def explain_file(
    path: str, image: str, question: Question, as_json: bool, output: str | None, console: Console
) -> int:
    """Run the picture `image` through the design in `path` and say what a number is made of: in words, as JSON, or also
    as a picture in the file `output`. Raises Error for what cannot be used."""
    index = question.index
    if output is not None and Path(output).suffix.lower() != ".png":
        raise DesignFileError(f"{output}: explain writes a .png")
    network, given = open_network(path)
    x = prepare(read_picture(image), input_of(path, network))

    def work(cancellation: "Cancellation") -> Run | Gradients:
        kernels.prepare(partial(console.progress, before="compiling, once: "), cancellation)
        run = network.forward(x, cancelled=cancellation, progress=console.progress)
        if question.target is None:
            return run
        return run.backward(target=question.target, cancelled=cancellation, progress=console.progress)

    source = interruptible(work)
    found = explain(source, question.block, index)
    if as_json:
        console.say(json.dumps(as_data(found), ensure_ascii=False, allow_nan=False))
        return 0
    if first := first_weights(path, network, given):
        console.say(first)
    _report(found, console)
    if output is not None:
        content = stacked(list(_pictures(source, found)))
        write_atomically(output, lambda file: file.write(content))
        console.say(f"what is read, the weights and the products are in {output}, one below the other")
    return 0


def _report(found: Explanation, console: Console) -> None:
    console.say(found.formula)
    console.say(computed_by(found) or f"the network computed {number(found.value)}")
    terms = found.terms
    if not len(terms):
        return
    console.say()
    listed = f"{plural(len(terms), 'term')}" + (", the largest first:" if len(terms) > 1 else ":")
    console.say(listed if found.is_sum else f"{plural(len(terms), 'value')} read:")
    order = np.argsort(-np.abs(np.nan_to_num(terms.products)), kind="stable")[:TOP]
    rows = [_row(terms[int(place)], found.is_sum) for place in order]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        product, value, weight = (cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        numbers = f"{product} = {value} · {weight}" if found.is_sum else value
        console.say(f"  {numbers}  {row[3]}")
    if len(terms) > TOP:
        rest = float(terms.products.sum() - terms.products[order].sum())
        together = f", {number(rest)} together" if found.is_sum and isfinite(rest) else ""
        console.say(f"  and {grouped(len(terms) - TOP)} more{together}")


def _row(term: Term, is_sum: bool) -> tuple[str, str, str, str]:
    """Product, value, weight, and where the two stand."""
    place = indexed(*term.source) + (f" of picture {term.sample}" if term.sample else "")
    if not is_sum:
        return "", number(term.value), "", place
    by = f" · {indexed(*term.factor)}" if term.factor else ""
    return number(term.product), number(term.value), number(term.weight), place + by


def _pictures(source: Run | Gradients, found: Explanation) -> Any:
    """For each block that is read three sheets: values, weights and products."""
    run = source if isinstance(source, Run) else source.run
    window = None
    if source is run:
        site = site_of(run, run.tape.output[found.what], found.sample)
        window = window_of(site.operation, found.index) if site is not None else None
    shapes = {part.sources.name: part.sources.shape for part in found.terms.parts}
    laid = sheets(found, shapes.__getitem__, _lines, window)[:_MOST_SOURCES]
    if not laid:
        here = np.full((1, 1, 1), found.value)
        yield here, np.zeros(here.shape, bool), "auto"
    for sheet in laid:
        yield from _three(sheet, found.is_sum)


def _three(sheet: Sheet, is_sum: bool) -> Any:
    absent = sheet.numbers < 0
    yield sheet.values, absent, "auto"
    if is_sum:
        yield sheet.weights, absent, "signed"
        yield sheet.products, absent, "signed"


def _lines(count: int) -> tuple[int, int]:
    """A vector in rows, nearly as many as columns."""
    columns = ceil(sqrt(count))
    return ceil(count / columns), columns
