"""What is behind a value: fields from index maps without running anything, terms and connections with their numbers.

`cnnbuilder.explain` is the name of a function of the library and of this package, so the package can be called.
"""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnbuilder.engine.backward import Gradients
    from cnnbuilder.engine.run import Run
    from cnnbuilder.explain.terms import Explanation


def explain(source: "Run | Gradients", what: str, index: int | Sequence[int], sample: int = 0) -> "Explanation":
    """What one number is made of: of a run a value of block `what`; of gradients dJ/d(that value), or dJ/d(one weight).

    `index` is `(channel, row, column)`, the place in a vector, or the place in the weight's array. Raises DesignError
    for a name that there is not, InputError for an index or a sample.
    """
    import numpy as np

    from cnnbuilder.engine.run import Run
    from cnnbuilder.explain import backward, forward

    with np.errstate(all="ignore"):  # infinite values and NaN are explained like others
        if isinstance(source, Run):
            return forward.explain_output(source, what, index, sample)
        return backward.explain_gradient(source, what, index, sample)


class _Callable(ModuleType):
    """This package, called: `explain`."""

    __call__ = staticmethod(explain)


sys.modules[__name__].__class__ = _Callable
