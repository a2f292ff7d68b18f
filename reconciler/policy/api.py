"""What a rule file needs in order to find something wrong with a graph."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph

__all__ = ["Rule", "codes", "load", "register"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to check, with the code that its findings have."""

    code: Code
    check: Callable[[Graph], Iterable[Diagnostic]]


REGISTRY: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Add a rule.

    Raises:
        ValueError: there is one with this code.
    """
    if REGISTRY.setdefault(rule.code.code, rule) is not rule:
        raise ValueError(f"{rule.code.code} is registered twice")
    return rule


@cache
def load() -> Mapping[str, Rule]:
    """Import every rule's file once and return the rules by code."""
    package = importlib.import_module("reconciler.policy")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(REGISTRY.items()))


def codes() -> dict[str, Code]:
    """What the codes of all rules mean."""
    return {code: rule.code for code, rule in load().items()}
