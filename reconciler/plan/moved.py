"""Whether what a step touches is still as its plan saw it, and how it moved. Pure.

Asked before the first write of a plan that was made earlier. The digest in the
plan decides; the properties that a comparison names are for people, and decide
only where no digest does: for what a plan creates or recreates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from reconciler.model.change import Action, FieldChange, Observed, Status
from reconciler.model.diagnostic import in_words
from reconciler.model.plan import Step
from reconciler.model.value import UNKNOWN, Json, Path, Props, canonical, leaves, resolve
from reconciler.plan.calls import making
from reconciler.plan.diff import TAGS, as_planned, compare, guard
from reconciler.plan.live import owned
from reconciler.resources.api import MAKING_TAG, OWNERSHIP, Place, Resource

_SHOWN = 5


def moved(
    step: Step,
    live: Observed | None,
    resource: Resource,
    place: Place,
    made: Step | None = None,
) -> str:
    """How the resource of a step moved, as in ``has changed``; "" when the step may run.

    `made` is the other half of a replacement, for the step that removes the old half.
    """
    match step.action:
        case Action.CREATE:
            return _created(step, live, resource, place) if live else ""
        case Action.DELETE:
            return _deleted(step, live, resource, made) if live else ""
        case _:
            return _updated(step, live, resource)


def _updated(step: Step, live: Observed | None, resource: Resource) -> str:
    if live is None:
        return "is gone"
    if not step.guard or guard(live, resource) == step.guard:
        return ""
    now = compare(step.address, resolve(step.desired, lambda _: UNKNOWN), live, resource).fields
    if not now:  # an earlier run of the plan has done it
        return ""
    return _changed(_differences(step.fields, now))


def _deleted(step: Step, live: Observed, resource: Resource, made: Step | None) -> str:
    """A replacement that was carried out already must not be undone: it may hold new records."""
    differences = _differences(made.fields, _fields(made, live, resource)) if made else []
    return "" if as_planned(step, live, resource) and not differences else _changed(differences)


def _created(step: Step, live: Observed, resource: Resource, place: Place) -> str:
    """What exists may only be what an interrupted run of ours has begun to make."""
    if not owned(live, place, resource):
        return "exists now and is not ours"
    if (live.tags or {}).get(OWNERSHIP[2], step.spec) != step.spec:
        return "exists now and belongs to another spec of ours"
    if live.status is Status.FAILED:
        return f"exists now and has failed: {live.reason}"
    if live.status is Status.BUSY:
        return ""
    differing: Iterable[FieldChange] = _fields(step, live, resource)
    if _begun(step, differing, live, resource):
        return ""
    differing = [field for field in differing if field.path != (TAGS, MAKING_TAG)]
    if not differing:
        return "exists now and is being made by another run"
    return f"exists now and differs from the plan in {_listed(_paths(differing))}"


def _begun(
    step: Step, differing: Iterable[FieldChange], live: Observed, resource: Resource
) -> bool:
    """Whether what differs is what the later calls of a create have still to set.

    What several calls make carries a mark meanwhile, which says what was asked for. Anything
    else was made otherwise by somebody, or changed after it was complete.
    """
    left = [field for field in differing if field.path != (TAGS, MAKING_TAG)]
    mark = (live.tags or {}).get(MAKING_TAG)
    if mark is None or mark != making(step.desired):
        return mark is None and not left
    later = [part.prop for part in resource.parts if _is_set(step.desired, part.prop, resource)]
    return {field.path[0] for field in left} <= set(later)


def _is_set(desired: Props, prop: str, resource: Resource) -> bool:
    """Whether a create has a call for a part."""
    wanted = desired.get(prop)
    return wanted not in (None, [], {}, "") and wanted != resource.defaults.get(prop)


def _fields(step: Step, live: Observed, resource: Resource) -> tuple[FieldChange, ...]:
    """What differs from the plan's wishes, as far as they were known when it was made."""
    desired = resolve(step.desired, lambda _: UNKNOWN)
    fields = compare(step.address, desired, live, resource).fields
    return tuple(field for field in fields if UNKNOWN not in leaves(field.after))


def _differences(planned: Collection[FieldChange], now: Iterable[FieldChange]) -> list[str]:
    """Paths whose live value is another one than the plan saw."""
    saw, sees = _befores(planned), _befores(now)
    paths = sorted(saw.keys() | sees.keys())
    told = {field.path: field.spec for field in planned}
    differing = [path for path in paths if saw.get(path) != sees.get(path)]
    return [in_words(".".join(path), told.get(path)) for path in differing]


def _befores(fields: Iterable[FieldChange]) -> dict[Path, bytes]:
    known = (field for field in fields if UNKNOWN not in leaves(_settled(field.after)))
    return {field.path: canonical(field.before) for field in known}


def _settled(value: Json) -> Json:
    """A planned value with `UNKNOWN` for whatever was not known."""
    return resolve(value, lambda _: UNKNOWN)


def _paths(fields: Iterable[FieldChange]) -> list[str]:
    return sorted({".".join(field.path) for field in fields})


def _changed(paths: list[str]) -> str:
    return f"has changed: {_listed(paths)}" if paths else "has changed"


def _listed(paths: list[str]) -> str:
    """The first few paths."""
    return ", ".join(_few(paths))


def _few(paths: list[str]) -> Iterator[str]:
    yield from paths[:_SHOWN]
    if len(paths) > _SHOWN:
        yield f"and {len(paths) - _SHOWN} more"
