"""One gradient, of a value or a weight: what it is made of."""

from collections.abc import Iterator, Sequence

from cnnbuilder.design.errors import DesignError, UnknownNameError
from cnnbuilder.engine.backward import Gradients
from cnnbuilder.engine.tape import Node
from cnnbuilder.explain.back import Back, to_input, to_weight
from cnnbuilder.explain.formulas import FEW, indexed, number, sum_of
from cnnbuilder.explain.gradient_formulas import at_input, at_weight
from cnnbuilder.explain.site import Site, checked_index, checked_sample, method_of
from cnnbuilder.explain.taps import place_of
from cnnbuilder.explain.terms import Explanation, Part, Terms, total_of


def explain_gradient(gradients: Gradients, what: str, index: int | Sequence[int], sample: int = 0) -> Explanation:
    """dJ/d(a value of block `what`), or dJ/d(one number of weight `what`), over all samples; see `explain`."""
    tape = gradients.run.tape
    if what in tape.output:
        return _of_output(gradients, what, index, sample)
    if what not in tape.weights:
        raise UnknownNameError(f"there is no block or weight {what!r} in this run")
    if not tape.weights[what].trained:
        raise DesignError(f"{what} has no gradient: it is not trained")
    return _of_weight(gradients, what, index, sample)


def _of_output(gradients: Gradients, block: str, index: int | Sequence[int], sample: int) -> Explanation:
    run = gradients.run
    array = gradients.outputs[block]
    sample = checked_sample(run, sample)
    at = checked_index(block, array.shape[1:], index)
    value, place = run.tape.output[block], place_of(at, array.shape[1:])
    bias, words = _begun(gradients, value, place, sample)
    parts: list[Part] = []
    methods = []
    for node, input in _readers(gradients, value):
        methods.append(method_of(run, node, "to_input"))
        found = to_input(node.operation, Back(gradients, Site(run, node, sample)), input, place)
        parts += found
        words.append(_few(found) or at_input(node.operation, found[0].sources.name, input, place))
    method = max(methods, default="direct")  # one sum made by Winograd's method is enough to differ
    return _made(block, at, sample, float(array[sample][at]), bias, parts, " + ".join(words), method)


def _of_weight(gradients: Gradients, weight: str, index: int | Sequence[int], sample: int) -> Explanation:
    run = gradients.run
    array = gradients.weights[weight]
    sample = checked_sample(run, sample)
    at = checked_index(weight, array.shape, index)
    name = weight.rpartition(".")[2]
    (node,) = [node for node in run.tape.nodes if weight in node.weights]
    parts: list[Part] = []
    words = ""
    if node.output in gradients.reached:
        back = Back(gradients, Site(run, node, sample))
        parts = [to_weight(node.operation, back.on(n), name, place_of(at, array.shape)) for n in range(run.batch)]
        words = at_weight(node.operation, back.source, name, at) + (f" over {run.batch} pictures" * (run.batch > 1))
    return _made(weight, at, sample, float(array[at]), 0.0, parts, words, method_of(run, node, "to_weights"))


def _made(
    what: str, at: tuple[int, ...], sample: int, value: float, bias: float, parts: list[Part], words: str,
    method: str,
) -> Explanation:
    terms = Terms(tuple(parts))
    total = total_of(bias, terms)
    formula = f"dJ/d{indexed(what, at)} = 0, because J does not depend on it"
    if words:
        left = f"dJ/d{indexed(what, at)} = {words}"
        formula = sum_of(left, total_of(0.0, terms), bias if len(terms) else 0.0, total)
    return Explanation(what, at, sample, value, bias, terms, total, formula, method=method)


def _readers(gradients: Gradients, value: int) -> Iterator[tuple[Node, int]]:
    """The operations that read a value and that the gradient came through, each with the number of the input; views
    inside a block are passed by, because a place in them is the same."""
    tape = gradients.run.tape
    named = set(tape.output.values())
    for node in tape.readers.get(value, []):
        if node.output not in gradients.reached:
            continue
        if node.is_view and node.output not in named:
            yield from _readers(gradients, node.output)
        else:
            yield from ((node, input) for input, read in enumerate(node.inputs) if read == value)


def _few(parts: list[Part]) -> str:
    """The terms one by one, where there are few."""
    if sum(map(len, parts)) > FEW:
        return ""
    terms = [term for part in parts for term in part.terms()]
    return " + ".join(
        (f"{number(term.weight)} · " if term.weight != 1 else "") + f"dJ/d{indexed(*term.source)}" for term in terms
    )


def _begun(gradients: Gradients, value: int, place: int, sample: int) -> tuple[float, list[str]]:
    """What the loss itself gives to a value, and how in words. Cross-entropy goes through its softmax at once,
    `(p − 1) / n` at the target and `p / n` elsewhere."""
    run, start = gradients.run, gradients.start
    if value not in start.reported and value != start.value:
        return 0.0, []
    shown = float(run.value(value)[sample].reshape(-1)[place])
    if value in start.reported:
        told = float(start.reported[value][sample].reshape(-1)[place])
        return told, [f"−{int(told != 0)} / ({run.batch} · {number(shown)})"]
    seed = float(start.gradient[sample].reshape(-1)[place])
    if start.entropy is not None:
        p = number(float(start.entropy.probabilities()[sample, place]))
        target = int(start.entropy.targets[sample]) == place
        return seed, [f"({p} − 1) / {run.batch}" if target else f"{p} / {run.batch}"]
    if start.squares:
        count = start.gradient.size
        return seed, [f"2 · ({number(shown)} − {number(shown - seed * count / 2)}) / {count}"]
    return seed, ["the gradient that was given"]
