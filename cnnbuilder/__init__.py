"""cnnbuilder: draw a convolutional network, run it, and see every number explained.

The names below are the library (see docs/). They are loaded when first used, so that importing the package, loading
and checking a design need neither numba nor Qt.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnbuilder.design.check import Report as Report
    from cnnbuilder.design.check import check as check
    from cnnbuilder.design.document import Design as Design
    from cnnbuilder.design.errors import Cancelled as Cancelled
    from cnnbuilder.design.errors import DesignError as DesignError
    from cnnbuilder.design.errors import DesignFileError as DesignFileError
    from cnnbuilder.design.errors import Error as Error
    from cnnbuilder.design.errors import InputError as InputError
    from cnnbuilder.design.errors import MemoryLimitError as MemoryLimitError
    from cnnbuilder.engine.backward import Gradients as Gradients
    from cnnbuilder.engine.network import Network as Network
    from cnnbuilder.engine.run import Run as Run
    from cnnbuilder.explain import explain as explain
    from cnnbuilder.explain.connectivity import Connectivity as Connectivity
    from cnnbuilder.explain.connectivity import connectivity as connectivity
    from cnnbuilder.explain.fields import projective_field as projective_field
    from cnnbuilder.explain.fields import receptive_field as receptive_field
    from cnnbuilder.files import load as load
    from cnnbuilder.files import load_weights as load_weights
    from cnnbuilder.files import save as save

__version__ = "0.1.0"

_HOMES = {
    "cnnbuilder.design.check": ("Report", "check"),
    "cnnbuilder.design.document": ("Design",),
    "cnnbuilder.design.errors": (
        "Cancelled",
        "DesignError",
        "DesignFileError",
        "Error",
        "InputError",
        "MemoryLimitError",
    ),
    "cnnbuilder.engine.backward": ("Gradients",),
    "cnnbuilder.engine.network": ("Network",),
    "cnnbuilder.engine.run": ("Run",),
    "cnnbuilder.explain": ("explain",),
    "cnnbuilder.explain.connectivity": ("Connectivity", "connectivity"),
    "cnnbuilder.explain.fields": ("projective_field", "receptive_field"),
    "cnnbuilder.files": ("load", "load_weights", "save"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
