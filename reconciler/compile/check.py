"""Check a compiled graph by every rule. Pure.

A finding here is a fault of a spec that its kind did not catch.
"""

from __future__ import annotations

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.policy import api as policy


def refusals(graph: Graph) -> list[Diagnostic]:
    """What of it is an error. A plan says no more: `validate` gives advice."""
    return [each for each in problems(graph) if each.is_error]


def problems(graph: Graph) -> list[Diagnostic]:
    """What all rules find, rule by rule.

    Raises:
        ValueError: a rule gave a finding the code of another one.
    """
    found = []
    for code, rule in policy.load().items():
        for each in rule.check(graph):
            if each.code != code:
                raise ValueError(f"the rule {code} found {each.code}")
            found.append(each)
    return found
