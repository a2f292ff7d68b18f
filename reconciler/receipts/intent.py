"""What a run was meant to do, and the part of a plan that was meant then. Pure.

A spec's digest holds all that it uses, so that a step of an earlier run and one of now
mean the same when their specs have the same digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.compile.spec import Spec
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import Receipt
from reconciler.model.value import SENSITIVE, Json, Path, digest
from reconciler.specs.overlay import EnvironmentView

LENGTH = 32


@dataclass(frozen=True, slots=True)
class Left:
    """A step that a resumed apply leaves out, and why."""

    step: Step
    why: str


def digests(specs: Iterable[Spec], view: EnvironmentView) -> dict[str, str]:
    """The digest of every spec, with what it uses and what the environment adds to it."""
    by_id = {spec.id: spec for spec in specs}
    own = {id_: _own(spec, view) for id_, spec in by_id.items()}
    return {id_: digest(sorted(own[each] for each in _closure(id_, by_id)), LENGTH) for id_ in own}


def _own(spec: Spec, view: EnvironmentView) -> str:
    owner = spec.envelope.metadata.owner
    data = spec.envelope.document.data.get("spec")
    for path in spec.kind.hidden(data):  # nobody may guess one and compare
        data = _without(data, path)
    files = sorted((path, str(form), it.digest) for (path, form), it in spec.packed.items())
    return digest([spec.id, owner, data, view.spec.tags, *([files] if files else [])], LENGTH)


def _without(value: Json, path: Path) -> Json:
    """A copy with a mark in the place of one value."""
    if not path:
        return SENSITIVE
    if isinstance(value, list):
        at = int(path[0])
        return [_without(it, path[1:]) if n == at else it for n, it in enumerate(value)]
    return {k: _without(it, path[1:]) if k == path[0] else it for k, it in value.items()}


def _closure(id_: str, by_id: Mapping[str, Spec]) -> set[str]:
    found: set[str] = set()
    todo = [id_]
    while todo:
        here = todo.pop()
        if here in by_id and here not in found:
            found.add(here)
            todo += [f"{kind}/{name}" for _, kind, name in by_id[here].uses]
    return found


def resumed(plan: Plan, last: Receipt, specs: Mapping[str, str]) -> tuple[Plan, tuple[Left, ...]]:
    """The steps of a plan that the last run meant too, and those that it did not.

    A step that needs one that is left out is left out as well. A run of a plan file knew
    no specs; of it, the steps are all there is to go by.
    """
    meant = {step.id for step in last.steps}
    why: dict[str, str] = {}
    for step in plan.steps:
        if step.id not in meant:
            why[step.id] = f"not in the plan of {last.id}"
        elif last.specs and specs.get(step.spec) != last.specs.get(step.spec):
            why[step.id] = f"{step.spec} has changed since {last.id}"
    _spread(plan, why)
    kept = tuple(step for step in plan.steps if step.id not in why)
    gone = tuple(Left(step, why[step.id]) for step in plan.steps if step.id in why)
    return replace(plan, steps=kept), gone


def _spread(plan: Plan, why: dict[str, str]) -> None:
    """Leave out what waits for a step that is left out, directly or by its type."""
    types = {step.id: step.address.type for step in plan.steps}
    changed = True
    while changed:
        before = len(why)
        out = {types[id_] for id_ in why}
        for step in plan.steps:
            if step.id in why:
                continue
            needed = next((need for need in step.needs if need in why), "")
            needed = needed or next((type_ for type_ in step.after if type_ in out), "")
            if needed:
                why[step.id] = f"needs {needed}, which is left out"
        changed = len(why) > before
