"""Compare what a spec asks for with what is live. Pure.

Only what the graph mentions is compared, so a default that AWS filled in is
never drift; lists, policies and documents are compared whole. Equal bytes end
the comparison early; the recursive walk explains what is left, and `deepdiff`
explains the inside of a document. `normal` has the form that both sides are brought into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.facts import UnknownType, change_effect, facts
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Effect, FieldChange, Observed, Reason, Status
from reconciler.model.given import marked
from reconciler.model.graph import Origin
from reconciler.model.secret import Secret
from reconciler.model.step import Step
from reconciler.model.value import SENSITIVE, Hidden, Json, JsonText, Path, Props, canonical, digest
from reconciler.plan.lent import lent, theirs
from reconciler.plan.members import Reader, itself
from reconciler.plan.normal import member, normal, settled
from reconciler.plan.spoken import written
from reconciler.plan.walk import walk
from reconciler.resources.api import HOLDS_TAG, NAME_TAG, OWNERSHIP, Resource
from reconciler.resources.generic import Difference
from reconciler.resources.members import only
from reconciler.secret.veil import REFERENCE, veiled

TAGS = "Tags"
SYSTEM = "aws:"
"""Begins the keys of tags that AWS writes, such as CloudFormation's; nobody else may."""
DECIDING = frozenset({*OWNERSHIP, NAME_TAG, HOLDS_TAG})
"""Tag keys that a deletion is decided by."""
RESERVED = (SYSTEM, "moorline:attempt", "moorline:rollout", "moorline:test-")
"""Tag keys with these prefixes belong to AWS, to Moorline's memory of failed updates, and to who
drives a rollout or a test."""


def compare(
    address: Address,
    desired: Props,
    observed: Observed | None,
    resource: Resource,
    origin: Origin | None = None,
) -> Change:
    """What to do so that the live resource is as desired."""
    if observed is None:
        return Change(address, Action.CREATE, Reason.ABSENT, desired, None)
    desired = lent(desired, observed, resource)
    unsure: list[tuple[Path, str]] = []
    fields = (*_kept(observed, resource), *_fields(desired, observed, resource, origin, unsure))
    found = _verdict(address, desired, observed, fields)
    return replace(found, unsure=tuple(unsure)) if unsure else found


def _verdict(
    address: Address, desired: Props, observed: Observed, fields: tuple[FieldChange, ...]
) -> Change:
    if observed.status is Status.FAILED:
        return Change(address, Action.REPLACE, Reason.FAILED, desired, observed, fields)
    if not fields:
        return Change(address, Action.NONE, Reason.IN_SYNC, desired, observed)
    if any(field.effect is Effect.REPLACE for field in fields):
        return Change(address, Action.REPLACE, Reason.CANNOT_UPDATE, desired, observed, fields)
    return Change(address, Action.UPDATE, Reason.DIFFERS, desired, observed, fields)


def guard(observed: Observed, resource: Resource) -> str:
    """The digest of everything about a live resource that a plan relied on.

    Not set and empty are the same, and so are busy and ready, because apply waits. The
    properties of a type that is named after its content cannot change. Of tags that only the tag
    index has shown, those count that decide whose a resource is and what is lost with it: the
    others may have changed shortly before.
    """
    own = theirs(observed.props, resource)
    form = resource.generic.form if resource.generic else lambda live: settled(live, resource)
    props = {} if resource.content_named else form(own)
    props = {key: item for key, item in props.items() if key != TAGS}
    tags = sorted(item for item in (observed.tags or {}).items() if not _reserved(item[0]))
    if resource.generic and resource.tags is None:
        tags = []  # whose it is is told otherwise
    seen = [props, tags, observed.status is Status.FAILED]
    if observed.hearsay:
        seen = [props, [item for item in tags if item[0] in DECIDING], *seen[2:], "index"]
    return digest([*seen, observed.state] if scheduled(observed, resource) else seen, 32)


def as_planned(step: Step, observed: Observed, resource: Resource) -> bool:
    """Whether a resource that is to be deleted is as its plan saw it, itself or in the index."""
    seen = removed(observed, resource)
    told = (seen, replace(seen, hearsay=True))
    return not step.guard or step.guard in {guard(each, resource) for each in told}


def scheduled(observed: Observed, resource: Resource) -> bool:
    """Whether it is about to be deleted, and AWS takes that back when it is asked to."""
    return resource.lifecycle is not None and observed.state in resource.lifecycle.scheduled


def stuck(observed: Observed, resource: Resource) -> bool:
    """Whether nobody can work on it until a person has done something elsewhere."""
    return resource.lifecycle is not None and observed.state in resource.lifecycle.stuck


def removed(observed: Observed, resource: Resource) -> Observed:
    """What is looked at before a resource is deleted: the parts that must go before it."""
    last = {part.prop for part in resource.parts if part.last}
    props = {key: value for key, value in observed.props.items() if key in last}
    return replace(observed, props=props)


def _kept(observed: Observed, resource: Resource) -> Iterator[FieldChange]:
    """That it is to stay, where it is scheduled for deletion; no line of a spec says so."""
    lifecycle = resource.lifecycle
    if lifecycle and scheduled(observed, resource):
        path = (lifecycle.field.rpartition(".")[2],)
        yield FieldChange(path, observed.state, lifecycle.restored, Effect.IN_PLACE)


def _fields(
    desired: Props,
    observed: Observed,
    resource: Resource,
    origin: Origin | None,
    unsure: list[tuple[Path, str]],
) -> Iterator[FieldChange]:
    skip = {TAGS, *resource.unread} | _addressing(resource)
    secret = marked(desired)
    want = {key: shown for key, value in desired.items() if (shown := seen(value)) is not ...}
    want = {key: value for key, value in want.items() if key not in skip}
    if resource.generic:
        have = {key: observed.props.get(key) for key in want}
        judged = resource.generic.judge(want, have)
        unsure += judged.unsure
        yield from _changes(judged.differences, Reader(want, have, resource, secret), origin)
        if resource.generic.fixed_tags:
            return
    elif not observed.proven:
        yield from _properties(want, observed, resource, origin)
    if TAGS in desired and observed.tags is not None:
        yield from _tags(desired[TAGS], observed.tags, origin)


def _addressing(resource: Resource) -> set[str]:
    """The name, where what is live was found by it; else it may be another by now."""
    loose = resource.generic and (resource.name,) not in facts(resource.type).identity
    return set() if loose else {resource.name}


def seen(value: Json) -> Json:
    """What of a desired value AWS would give back; ``...`` where that is nothing of it."""
    match value:
        case Hidden():
            return value.value if value.readable and value.value is not None else ...
        case Secret():
            return value if value.version else ...
        case JsonText():
            inside = seen(value.document)
            return ... if inside is ... else JsonText(inside)
        case Mapping() if value:
            kept = {key: shown for key, item in value.items() if (shown := seen(item)) is not ...}
            return kept or ...
        case list() | tuple() if value:
            return [shown for item in value if (shown := seen(item)) is not ...] or ...
        case _:
            return value


def _properties(
    want: Props, observed: Observed, resource: Resource, origin: Origin | None
) -> Iterator[FieldChange]:
    have = {key: member(observed.props, key, "", resource) for key in want}
    wanted, live = normal(want, resource), normal(have, resource)
    if canonical(wanted) == canonical(live):
        return
    reader = Reader(wanted, live, resource)
    yield from _changes(walk(wanted, live, (), (), resource), reader, origin)


def _changes(
    differences: Iterable[Difference], reader: Reader, origin: Origin | None
) -> Iterator[FieldChange]:
    for difference in differences:
        effect = _effect(difference, reader.resource)
        if effect is Effect.NONE:
            continue
        before, after = _shown(difference, reader.resource, reader.secret)
        before = reader.concealed(difference.path, before)
        told = reader.read(difference)
        at = origin.line_of(reader.asked_at(difference.path, told.listed)) if origin else None
        both = told.listed
        one = only(both.before, both.after, both.keys) if both else (before, after)
        spec, back = written(at, *one) if one else (at and replace(at, inside=None), None)
        yield FieldChange(
            difference.path,
            before,
            after,
            effect,
            at,
            spec=spec,
            back=back,
            members=told.members,
            listed=None if itself(told.listed, before, after) else told.listed,
        )


def _shown(
    difference: Difference, resource: Resource, secret: frozenset[Path]
) -> tuple[Json, Json]:
    """Both sides as a plan may show them: what is or may be a secret is not shown."""
    path, place, before, after = difference
    try:
        hidden = facts(resource.type).untold | secret
    except UnknownType:
        hidden = secret
    shown = veiled(path, place, after, hidden)
    if before is not None and isinstance(after, str) and REFERENCE in after:
        return SENSITIVE, shown
    return veiled(path, place, before, hidden, live=True), shown


def _tags(desired: Json, live: Mapping[str, str], origin: Origin | None) -> Iterator[FieldChange]:
    want = {tag["Key"]: tag["Value"] for tag in desired if not _reserved(tag["Key"])}
    have = {key: value for key, value in live.items() if not _reserved(key)}
    for key in sorted(want.keys() | have.keys()):
        if want.get(key) != have.get(key):
            path = (TAGS, key)
            before = veiled(path, path, have.get(key), frozenset(), live=True)
            after = veiled(path, path, want.get(key), frozenset())
            at = origin.line_of(path) if origin else None
            spec, back = written(at, before, after)
            yield FieldChange(path, before, after, Effect.IN_PLACE, at, spec=spec, back=back)


def _reserved(key: str) -> bool:
    return key.startswith(RESERVED)


def _effect(difference: Difference, resource: Resource) -> Effect:
    prop = difference.place[0]
    if prop in resource.append_only and len(difference.place) > 1:
        added = difference.before is None and len(difference.place) == 2  # noqa: PLR2004 - the item
        return Effect.APPEND_ONLY if added else Effect.REPLACE
    if prop in resource.effects:
        return resource.effects[prop]
    if resource.part(prop) is not None:
        return Effect.IN_PLACE
    verdict = change_effect(
        resource.type, difference.place, difference.before, difference.after
    ).effect
    return Effect.REPLACE if verdict is Effect.APPEND_ONLY else verdict
