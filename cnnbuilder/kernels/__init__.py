"""Native functions for every operation, forward and backward, and the caller of plans made of them.

Importing this costs nothing: each name is imported when it is first used, and numba never is (`library.py`).
`prepare` loads the functions, `step` gives one of them with its numbers, `Program` runs many in one native call. A
step's *frame* is its addresses, in this order, 0 where there is none: one of each input, of each weight
(`operation.weight_names`), of the output, of what forward saves, of the gradient of each input, of the gradient of
each weight, and of the gradient of the output. Arrays are C-contiguous, the batch axis first.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnbuilder.kernels.library import is_cached, is_prepared, prepare
    from cnnbuilder.kernels.pool import set_thread_count, thread_count
    from cnnbuilder.kernels.program import Program, Step
    from cnnbuilder.kernels.steps import has, needs, step
    from cnnbuilder.kernels.winograd_choice import choose as choose_winograd
    from cnnbuilder.kernels.winograd_choice import method

__all__ = [
    "Program", "Step", "choose_winograd", "has", "is_cached", "is_prepared", "method", "needs", "prepare",
    "set_thread_count", "step", "thread_count",
]

_FILES = {
    "choose_winograd": "winograd_choice", "method": "winograd_choice",
    "Program": "program", "Step": "program", "has": "steps", "is_cached": "library", "is_prepared": "library",
    "needs": "steps", "prepare": "library", "set_thread_count": "pool", "step": "steps", "thread_count": "pool",
}


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_FILES[name]}"), name.removesuffix("_winograd"))
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
