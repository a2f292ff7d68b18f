"""Which IAM actions it takes to plan and to apply resources of some types, on what, and when. Pure.

Methods follow from the resource files: their reads, listings, parts, tags and updates. What an
action is asked on follows from IAM's tables in `access.table`, and what a service does in the
caller's name from `access.caller`. Writes are confined to names that begin with ours, and to what
carries no tag of ownership that is another's; keys have no names, so there it is our tags.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from reconciler.access import table
from reconciler.access.caller import Demand, rows
from reconciler.access.handlers import (
    SERVICE,
    handler_demands,
    looks,
    places,
    reads_data,
    service_of,
)
from reconciler.delivery.forms import forms
from reconciler.delivery.own import places_of
from reconciler.delivery.places import (
    FOR_A_SERVICE,
    KEYS,
    NAMED,
    OURS,
    Bound,
    Place,
    When,
    forwarded,
)
from reconciler.resources import api as resources
from reconciler.resources.api import Resource, fill
from reconciler.resources.cloudcontrol.events import READ
from reconciler.resources.permissions import WORDS, permission

ALWAYS = frozenset({"cloudtrail:LookupEvents", "tag:GetResources"})
"""What every plan and drift report may ask, whatever the types."""
OFFERED = "cloudformation:DescribeType"
"""What a plan that makes something asks of a type that AWS's own handlers serve."""
OPENS = "kms:Decrypt"
NOT_OURS = frozenset({"iam:CreateServiceLinkedRole"})
"""Demands of what no kind writes: alarms that stop machines or run documents."""

HANDLERS = (("read", "list"), ("create", "read", "update", "delete", "list"))
"""Handlers that a plan runs, and that an apply runs."""
_CATALOGUE = ("catalog", "database/sagemaker_featurestore", "table/sagemaker_featurestore/*")


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions that are allowed on the same things under the same conditions."""

    actions: tuple[str, ...]
    on: tuple[str, ...]
    when: When
    bound: Bound

    def named(self, begins: Iterable[str]) -> tuple[str, ...]:
        """The patterns of names that begin with ours, which may be another environment's too."""
        return tuple(at for at in self.on if any(each in at for each in begins))


def reads(types: Iterable[Resource]) -> set[str]:
    """The actions that only look, which may be asked of anything.

    What the tagging API knows nothing of is listed by every plan, whether specs make it or not:
    something may be left of an earlier one.
    """
    found = set(ALWAYS)
    for resource in resources.load().values():
        if not (resource.tags and resource.tags.indexed):
            found |= _all(resource.service, (each.method for each in resource.listings))
    for resource in types:
        found |= _all(resource.service, methods(resource)[0])
        found |= {each for each in _handled(resource, HANDLERS[0]) if looks(each)}
        found |= set(resource.aside.looks) | _told(resource)
        found |= {OFFERED} if resource.generic else set()
    return found


def seen(types: Iterable[Resource], slots: Mapping[str, str]) -> tuple[Grant, ...]:
    """The data that a plan reads of our own resources: a handler that reads them asks for it.

    Only where names say which they are, and no secrets. Keys of ours open what a handler reads
    that is sealed with them, for a service of AWS and for nobody else.
    """
    found: dict[Place, set[str]] = {}
    for resource in types:
        for action in _handled(resource, HANDLERS[0]):
            if action == OPENS:
                for place in forwarded(action, resource):
                    found.setdefault(place, set()).add(action)
            own = action.partition(":")[0] == service_of(resource.type)
            if own and resource.name and reads_data(action) and places(resource.type, action):
                for place in forwarded(action, resource):
                    found.setdefault(place, set()).add(action)
    return _granted(found, slots)


def _granted(found: Mapping[Place, set[str]], slots: Mapping[str, str]) -> tuple[Grant, ...]:
    grants = (Grant(tuple(sorted(found[place])), *place) for place in sorted(found))
    return tuple(_filled(grant, slots) for grant in grants)


def writes(types: Iterable[Resource], slots: Mapping[str, str]) -> tuple[Grant, ...]:
    """The actions that change something; of `slots`, `prefix` begins our names."""
    known = list(types)
    looked = reads(known)
    found: dict[Place, set[str]] = {}
    for resource in known:
        for action, place in _asked(resource):
            if action not in looked:
                found.setdefault(place, set()).add(action)
    return _granted(found, slots)


def actions_of(service: str, names: Iterable[str]) -> set[str]:
    """The actions that client methods take, and what AWS does for them in the caller's name."""
    known = {*names}
    found = _all(service, known)
    for name in known:
        found |= {
            action for row in rows(service, _operation(service, name)) for action in row.actions
        }
    return found - NOT_OURS


def _filled(grant: Grant, given: Mapping[str, str]) -> Grant:
    slots = {**forms(given["prefix"]), **given}
    when = tuple(
        (operator, tuple((key, str(fill(value, slots))) for key, value in keys))
        for operator, keys in grant.when
    )
    return Grant(grant.actions, tuple(str(fill(at, slots)) for at in grant.on), when, grant.bound)


def _handled(resource: Resource, verbs: Iterable[str]) -> set[str]:
    """What AWS's own handlers ask of the caller, if they serve the type."""
    if resource.service != SERVICE:
        return set()
    return {each for verb in verbs for each in handler_demands(resource.type, verb)}


def _told(resource: Resource) -> set[str]:
    """What it takes to be told of a resource by AWS's own handler, where its calls would do too."""
    if not resource.aside.document:
        return set()
    demands = handler_demands(resource.type, HANDLERS[0][0])
    return _all(SERVICE, (READ,)) | {each for each in demands if looks(each)}


def _asked(resource: Resource) -> Iterator[tuple[str, Place]]:
    for action in _handled(resource, HANDLERS[1]):
        for place in forwarded(action, resource):
            yield action, place
    yield from _stopping(resource)
    for method in methods(resource)[1]:
        for action in permission(resource.service, method):
            for place in places_of(action, resource):
                yield action, place
        for row in rows(resource.service, _operation(resource.service, method)):
            for action in {*row.actions} - NOT_OURS:
                yield action, _demanded(action, row)


def _stopping(resource: Resource) -> Iterator[tuple[str, Place]]:
    """What stops and starts it by calls of another client than the type's."""
    stopped = resource.stages.stopped
    both = (stopped.stop, stopped.start) if stopped else ()
    for each in (it for it in both if it and it.service):
        for action in permission(each.service, each.method):
            yield from ((action, place) for place in forwarded(action, resource))


def _demanded(action: str, row: Demand) -> Place:
    """Where the caller must be allowed what a service does for it."""
    service = action.partition(":")[0]
    if service == "kms" and table.action(action).types:
        via = ("kms:ViaService", f"{row.via}.{{region}}.amazonaws.com")
        when: When = (("StringEquals", (*OURS, via)),)
        if action == "kms:CreateGrant":
            when = (("Bool", (("kms:GrantIsForAWSResource", "true"),)), *when)
        return (KEYS,), when, Bound.FREE
    if service == "glue":
        at = "arn:{partition}:glue:{region}:{account}:"
        return tuple(f"{at}{name}" for name in _CATALOGUE), (), Bound.FREE
    if service == "secretsmanager" and table.action(action).types:
        at = f"arn:{{partition}}:{service}:{{region}}:{{account}}:secret:"
        return (f"{at}{_SECRETS[row.service]}",), (FOR_A_SERVICE,), Bound.FREE
    if service == "application-autoscaling":
        at = f"arn:{{partition}}:{service}:{{region}}:{{account}}:scalable-target/*"
        return (at,), NAMED, Bound.FREE
    return ("*",), (), Bound.FREE


_SECRETS = {
    "events": "events!connection/{prefix}*",
    "rds": "rds!*",
    "redshift-serverless": "redshift!*",
}
"""How secrets are called that a service keeps. Those of databases have ids that AWS chooses."""


def methods(resource: Resource) -> tuple[set[str], set[str]]:
    """The client methods that read a resource, and those that write it."""
    looks = {resource.read.method, *(listing.method for listing in resource.listings)}
    looks |= resource.asks | {detail.method for detail in resource.details}
    changes = {resource.create.method, resource.delete.method, *_updates(resource)}
    if stopped := resource.stages.stopped:
        own = (it for it in (stopped.stop, stopped.start) if it and not it.service)
        changes |= {each.method for each in own}
    if resource.operation:
        looks |= {resource.operation.poll, resource.operation.pending} - {""}
        changes |= set(resource.operation.timeout)  # those that there is a handler for
    for part in resource.parts:
        looks |= set(part.reads)
        changes |= set(part.writes)
    if resource.tags:
        looks.add(resource.tags.read.method)
        changes |= {op.method for op in (resource.tags.add, resource.tags.remove) if op}
    return looks, changes - looks


def _updates(resource: Resource) -> frozenset[str]:
    """The methods that a resource file gives to what makes requests, in whatever branch."""
    module = inspect.getmodule(resource.update)
    service = resource.service.replace("-", "")
    if module is None or f".resources.{service}" not in module.__name__:
        return frozenset()
    return _made_by(module)


@cache
def _made_by(module: ModuleType) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and node.args:
            method, made = node.args[0], node.func
            by = made.id if isinstance(made, ast.Name) else getattr(made, "attr", "")
            if by in _MAKES and isinstance(method, ast.Constant):
                found.add(str(method.value))
    return frozenset(found)


_MAKES = frozenset({"Request", "modified"})
"""What makes a request of a method: itself, and what RDS's types share."""


def _operation(service: str, method: str) -> str:
    """As botocore names it, `CreateEndpoint`; enough for the operations that demand something."""
    words = WORDS.get(service, {})
    return "".join(words.get(word, word.capitalize()) for word in method.split("_"))


def _all(service: str, names: Iterable[str]) -> set[str]:
    return {action for name in names for action in permission(service, name)}
