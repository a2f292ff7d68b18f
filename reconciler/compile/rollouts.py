"""The rollouts of an environment: their endpoints, and who drives them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.compile import compiler
from reconciler.compile.spec import Spec
from reconciler.rollout.checks import Analysis, read
from reconciler.specs.overlay import EnvironmentView

KIND = "Rollout"
DRIVEN = ("canary", "ab_test", "shadow")
"""Strategies that somebody drives; SageMaker goes through all others by itself."""


@dataclass(frozen=True, slots=True)
class Known:
    """One rollout of an environment."""

    name: str
    spec: Spec
    endpoint: str
    drive: str
    """Who drives it: `ci`, `cli` or `aws`; "" where its strategy has no steps of ours."""
    analysis: Analysis = field(default_factory=Analysis)
    """How its steps are judged."""


def rollouts(specs: Iterable[Spec], view: EnvironmentView) -> dict[str, Known]:
    """The rollouts that the specs make, by name."""
    known = {spec.id: spec for spec in specs}
    found = {}
    for id_, about in compiler.exported(known.values(), view).items():
        kind, _, name = id_.partition("/")
        endpoint = about.get("endpointName")
        if kind == KIND and isinstance(endpoint, str):
            told = about.get("analysis")
            judged = read(told) if isinstance(told, Mapping) else Analysis()
            found[name] = Known(name, known[id_], endpoint, driver(known[id_].model), judged)
    return found


def driver(model: object) -> str:
    """Who drives a rollout whose weights Moorline moves; "" of any other."""
    strategy = getattr(model, "strategy", None)
    if all(getattr(strategy, name, None) is None for name in DRIVEN):
        return ""
    return str(getattr(model, "drive", None) or "ci")
