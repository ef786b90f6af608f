"""The layer kinds, one a file. Importing this package finds them all: a kind exists by having a file here."""

import importlib
import pkgutil

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")
