"""What is wrong with a definition, before anybody is asked: one file for each check, found here.

A check is a module with ``ORDER`` and ``find``, from a definition to faults. What CreateStateMachine
itself refuses is `refused`; the rest would run, and fail or never end.

Sources: Amazon States Language specification; Step Functions API, ValidateStateMachineDefinition.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong, and where."""

    at: tuple[str, ...]
    text: str
    refused: bool = True
    fix: str = ""

    @property
    def pointer(self) -> str:
        """Where it is, as AWS writes it."""
        return "/" + "/".join(self.at)


@cache
def _modules() -> tuple[Any, ...]:
    names = [each.name for each in pkgutil.iter_modules(__path__, f"{__name__}.")]
    return tuple(sorted((importlib.import_module(name) for name in names), key=lambda it: it.ORDER))


def faults(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """All faults, by check. One that finds the form itself wrong lets the later ones rest."""
    for module in _modules():
        found = [*module.find(definition)]
        yield from found
        if found and module.ORDER == 0:
            return
