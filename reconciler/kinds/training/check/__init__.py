"""What SageMaker refuses, or takes and loses work by: one file for each subject, found here.

A subject is a module with ``check``, from a spec to problems between its fields, or ``report``,
which says what only shows when the spec meets the platform, or both. Limits: AWS_FACTS 5.3, 5.4.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from reconciler.kinds.api import Problem, Scope
from reconciler.kinds.training.spec import Training


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = sorted(each.name for each in pkgutil.iter_modules(__path__, f"{__name__}."))
    return tuple(importlib.import_module(name) for name in names)


def check(spec: Training) -> Iterator[Problem]:
    """Every problem between the fields of a spec."""
    for module in _modules():
        if hasattr(module, "check"):
            yield from module.check(spec)


def report(spec: Training, scope: Scope) -> None:
    """Report what shows when a spec is compiled: what does not fit, and what costs something."""
    for module in _modules():
        if hasattr(module, "report"):
            module.report(spec, scope)
