"""What a rule file needs in order to find something wrong with a graph."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.policy import Policy

__all__ = ["Grounds", "Rule", "Ruled", "Shared", "codes", "load", "register"]


T = TypeVar("T")


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
    _seen: dict[object, tuple[Graph, Sequence[Any]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def once(self, look: Callable[[Graph, Grounds], Iterable[T]], graph: Graph) -> Sequence[T]:
        """What a look at a graph finds; rules that look for the same look once."""
        seen = self._seen.get(look)
        if seen is None or seen[0] is not graph:
            seen = self._seen[look] = graph, [*look(graph, self)]
        return seen[1]


@dataclass(frozen=True, slots=True)
class Shared(Generic[T]):
    """One of several rules that judge what the same look at a graph has found."""

    code: Code
    look: Callable[[Graph, Grounds], Iterable[T]]
    judge: Callable[[Graph, Sequence[T]], Iterable[Diagnostic]]

    def check(self, graph: Graph) -> Iterable[Diagnostic]:
        """What it finds, alone."""
        return self.find(graph, Grounds())

    def find(self, graph: Graph, grounds: Grounds) -> Iterable[Diagnostic]:
        """What it finds, wherever the graph is planned."""
        return self.judge(graph, grounds.once(self.look, graph))


@dataclass(frozen=True, slots=True)
class Ruled:
    """One thing to check that depends on more than the graph; checked again when planning."""

    code: Code
    find: Callable[[Graph, Grounds], Iterable[Diagnostic]]


AnyRule: TypeAlias = Rule | Shared[Any] | Ruled
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
