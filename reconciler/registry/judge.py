"""The one judgement of a version: what its registry's policy wants against what is known of it.

`judge` is asked before an approval and again before a deployment, by commands, in CI and in a
plan; all of them see the same rows. Each module of `rules` is one rule and found by its place.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import ModuleType

from reconciler.registry import rules
from reconciler.registry.evidence import Evidence
from reconciler.registry.policy import Policy
from reconciler.registry.verdict import Row, Verdict


class Purpose(StrEnum):
    """What the judgement is for: a deployment also asks for an approval that lasts."""

    APPROVE = "approve"
    DEPLOY = "deploy"


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is given. `now` has a time zone."""

    policy: Policy
    evidence: Evidence
    now: datetime
    purpose: Purpose


def judge(
    policy: Policy, evidence: Evidence, now: datetime, purpose: Purpose = Purpose.APPROVE
) -> Verdict:
    """All rows of a version; it passes if none failed and none is unknown."""
    case = Case(policy, evidence, now, purpose)
    return Verdict(tuple(row for rule in _rules() for row in rule(case)))


@cache
def _rules() -> tuple[Callable[[Case], Iterator[Row]], ...]:
    """The rules in the order that they give themselves."""
    names = [module.name for module in pkgutil.iter_modules(rules.__path__)]
    found: list[ModuleType] = [
        importlib.import_module(f"{rules.__name__}.{name}") for name in sorted(names)
    ]
    return tuple(module.rows for module in sorted(found, key=lambda module: module.ORDER))
