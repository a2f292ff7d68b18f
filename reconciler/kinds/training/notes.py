"""What is allowed and costs something: said when a spec is compiled."""

from __future__ import annotations

import json

from reconciler.kinds.api import Scope
from reconciler.kinds.training.check import report as report_fields
from reconciler.kinds.training.pipeline import Plan
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.step import CACHED
from reconciler.kinds.training.steps import compare, record
from reconciler.model.diagnostic import Severity
from reconciler.model.value import to_json


def report(spec: Training, found: Plan, scope: Scope) -> None:
    """Report all of it."""
    _cached(spec, found, scope)
    report_fields(spec, scope)


def _cached(spec: Training, found: Plan, scope: Scope) -> None:
    """What keeps a step from being found in the cache, though its spec asks for one."""
    if spec.cache is None:
        return
    never: dict[str, str] = {}
    for step in found.every:
        if step.name in {compare.NAME, record.NAME}:
            continue  # nothing else uses what it finds
        text = json.dumps(to_json(step.arguments))
        why = next((never[name] for name in never if f"Steps.{name}." in text), "")
        if step.fresh:
            why = f"step {step.name!r} depends on when it runs"
        elif step.type in CACHED and spec.checkpoints and "CheckpointConfig" in text:
            why = f"the checkpoints of step {step.name!r} are in a place of each execution"
        if why:
            never[step.name] = why
    for why in dict.fromkeys(never.values()):
        names = [name for name, because in never.items() if because == why]
        kept = [it.name for it in found.every if it.name in names and it.type in CACHED]
        if kept:
            scope.problem(
                ("cache",),
                f"{why}, so never found in the cache: {', '.join(kept)}",
                help="use a fixed `asOf`, or remove 'checkpoints'; or live with it",
                code="SPEC042",
                severity=Severity.WARNING,
            )
