"""Check a compiled graph by every rule. Pure.

A finding here is a fault of a spec that its kind did not catch.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.policy import Policy
from reconciler.policy import api as rules
from reconciler.policy.api import AnyRule, Grounds, Ruled


def refusals(graph: Graph) -> list[Diagnostic]:
    """What of the graph alone is an error. A plan says no more: `validate` gives advice."""
    plain = [rule for rule in rules.load().values() if not isinstance(rule, Ruled)]
    return [each for each in _found(plain, graph, Grounds()) if each.is_error]


def problems(graph: Graph, policy: Policy | None = None) -> list[Diagnostic]:
    """What all rules find, rule by rule, before AWS was asked.

    Raises:
        ValueError: a rule gave a finding the code of another one.
    """
    return _found(rules.load().values(), graph, Grounds(policy or Policy()))


def planned(
    graph: Graph, policy: Policy, used: frozenset[str], *, asked: bool = True
) -> list[Diagnostic]:
    """What the rules find that depend on more than the graph.

    `used` are closed services of which something is live.

    Raises:
        ValueError: as `problems`.
    """
    ruled = [rule for rule in rules.load().values() if isinstance(rule, Ruled)]
    return _found(ruled, graph, Grounds(policy, used, asked))


def _found(chosen: Iterable[AnyRule], graph: Graph, grounds: Grounds) -> list[Diagnostic]:
    found = []
    for rule in chosen:
        for each in rule.find(graph, grounds):
            if each.code != rule.code.code:
                raise ValueError(f"the rule {rule.code.code} found {each.code}")
            found.append(each)
    return found
