"""One gradient, of a value or a weight: what it is made of."""

from collections.abc import Sequence

from cnnbuilder.engine.backward import Gradients
from cnnbuilder.explain.terms import Explanation


def explain_gradient(gradients: Gradients, what: str, index: int | Sequence[int], sample: int = 0) -> Explanation:
    """dJ/d(a value of block `what`) or dJ/d(one number of weight `what`); see `explain`."""
    raise NotImplementedError("only values of blocks are explained as yet")
