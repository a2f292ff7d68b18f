"""What a rule file needs in order to find something wrong with a graph."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.policy import Policy

__all__ = ["Grounds", "Rule", "Ruled", "codes", "load", "register"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to check, with the code that its findings have."""

    code: Code
    check: Callable[[Graph], Iterable[Diagnostic]]

    def find(self, graph: Graph, _grounds: Grounds) -> Iterable[Diagnostic]:
        """What it finds, wherever the graph is planned."""
        return self.check(graph)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides besides the graph: the environment, and what was found live."""

    policy: Policy = field(default_factory=Policy)
    used: frozenset[str] = frozenset()
    """Names of closed services of which something is live; empty where AWS was not asked."""
    asked: bool = False
    """Whether AWS was asked."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """One thing to check that depends on more than the graph; checked again when planning."""

    code: Code
    find: Callable[[Graph, Grounds], Iterable[Diagnostic]]


AnyRule: TypeAlias = Rule | Ruled
REGISTRY: dict[str, AnyRule] = {}


def register(rule: AnyRule) -> AnyRule:
    """Add a rule.

    Raises:
        ValueError: there is one with this code.
    """
    if REGISTRY.setdefault(rule.code.code, rule) is not rule:
        raise ValueError(f"{rule.code.code} is registered twice")
    return rule


@cache
def load() -> Mapping[str, AnyRule]:
    """Import every rule's file once and return the rules by code."""
    package = importlib.import_module("reconciler.policy")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(REGISTRY.items()))


def codes() -> dict[str, Code]:
    """What the codes of all rules mean."""
    return {code: rule.code for code, rule in load().items()}
