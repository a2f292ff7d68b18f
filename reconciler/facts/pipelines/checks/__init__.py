"""What is wrong with a definition, before anybody is asked: one file for each check, found here.

A check is a module with ``ORDER`` and ``find``, from a definition to faults. What CreatePipeline
itself refuses is `refused`; the rest would be taken, and runs of it fail, or steps never begin.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

from reconciler.facts.asl.checks import Fault
from reconciler.model.value import Json

__all__ = ["Fault", "faults"]


@cache
def _modules() -> tuple[Json, ...]:
    names = [each.name for each in pkgutil.iter_modules(__path__, f"{__name__}.")]
    return tuple(sorted((importlib.import_module(name) for name in names), key=lambda it: it.ORDER))


def faults(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """All faults, by check. One that finds the form itself wrong lets the later ones rest."""
    for module in _modules():
        found = [*module.find(definition)]
        yield from found
        if found and module.ORDER == 0:
            return
