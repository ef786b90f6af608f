"""One value of a block: what it is made of."""

from collections.abc import Sequence

import numpy as np

from cnnbuilder.engine.run import Run
from cnnbuilder.explain.formulas import indexed, number, right_side, sum_of
from cnnbuilder.explain.local import Slopes, added, computed, slopes
from cnnbuilder.explain.site import Site, checked_index, checked_sample, method_of, site_of
from cnnbuilder.explain.taps import index_of, place_of, reads_of
from cnnbuilder.explain.terms import Explanation, Part, Terms, total_of


def explain_output(run: Run, block: str, index: int | Sequence[int], sample: int = 0) -> Explanation:
    """A value of `block`; see `explain`."""
    array = run[block]
    sample = checked_sample(run, sample)
    shape = array.shape[1:]
    at = checked_index(block, shape, index)
    value, place = float(array[sample][at]), place_of(at, shape)
    site = site_of(run, run.tape.output[block], sample)
    left = indexed(block, at)
    if site is None:
        formula = f"{left} = {number(value)}"
        return Explanation(block, at, sample, value, 0.0, Terms(), value, formula, is_sum=False)
    operation = site.operation
    own = index_of(place, operation.output_shape)  # in a view inside the block the same place has another index
    equation = f"{left} = {right_side(operation, site, own)}"
    total = computed(operation, site, place)
    terms = Terms(tuple(_parts(site, place, total is None)))
    if total is not None:
        formula = f"{equation} = {number(total)}"
        return Explanation(block, at, sample, value, 0.0, terms, total, formula, is_sum=False)
    bias = added(operation, site, place)
    total = total_of(bias, terms)
    formula = sum_of(equation, total_of(0.0, terms), bias, total)
    method = method_of(run, site.node, "forward")
    return Explanation(block, at, sample, value, bias, terms, total, formula, method=method)


def _parts(site: Site, place: int, is_sum: bool) -> list[Part]:
    """The terms of each input; masks of dropout are factors of the others."""
    found: list[Part] = []
    for taps in reads_of(site.operation, place):
        sources = site.named_input(taps.input, taps.inputs)
        if sources is None:
            continue
        values = site.read(taps.input, taps.inputs)
        by = slopes(site.operation, site, taps) if is_sum else Slopes(np.ones(len(values)))
        found.append(Part(sources, values, by.numbers, by.factors, site.sample, by.picks))
    return found
