"""Finds what there is for each service.

A module, or the `register` of a package, has an `install`; the files of a package without one are
types that moto lacks, see `sandbox.beside`.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

from reconciler.sandbox import beside, services


def install() -> None:
    """Put every service into moto's classes, in the order of their names."""
    for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        if module.name == __name__:
            continue
        name = f"{module.name}.register" if module.ispkg else module.name
        if module.ispkg and importlib.util.find_spec(name) is None:
            beside.install(module.name)
            continue
        importlib.import_module(name).install()
