"""Finds what there is for each service: a module, or `register` of a package, with `install`."""

from __future__ import annotations

import importlib
import pkgutil

from reconciler.sandbox import services


def install() -> None:
    """Put every service into moto's classes, in the order of their names."""
    for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        if module.name == __name__:
            continue
        name = f"{module.name}.register" if module.ispkg else module.name
        importlib.import_module(name).install()
