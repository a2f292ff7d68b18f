"""Grants that differ in the service alone that they are for, as one with a list of services. Pure.

A role is handed to one of several services, a key is used through one of several: IAM compares
with any of a list, so together they allow what they allow apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.delivery.actions import Grant
from reconciler.delivery.places import Bound, When

_FOR = frozenset({"iam:PassedToService", "kms:ViaService"})
"""The keys that say for which service something is."""


def listed(grants: Iterable[Grant]) -> Iterator[tuple[Grant, str, tuple[str, ...]]]:
    """Each grant without the service, the key that named it, and all services; "" where none is."""
    found: dict[tuple[tuple[str, ...], When, Bound, str], dict[str, set[str]]] = {}
    for grant in grants:
        key, service, rest = _apart(grant.when)
        by = found.setdefault((grant.on, rest, grant.bound, key), {})
        for action in grant.actions:
            by.setdefault(action, set()).add(service)
    for (on, rest, bound, key), by in found.items():
        for services in sorted({tuple(sorted(each)) for each in by.values()}):
            actions = sorted(each for each, its in by.items() if tuple(sorted(its)) == services)
            yield Grant(tuple(actions), on, rest, bound), key, services


def _apart(when: When) -> tuple[str, str, When]:
    """The key of a service and the service in conditions, and the conditions without it."""
    named = [item for operator, keys in when if operator == "StringEquals" for item in keys]
    key, service = next((item for item in named if item[0] in _FOR), ("", ""))
    left = ((operator, tuple(it for it in keys if it[0] != key)) for operator, keys in when)
    return key, service, tuple((operator, keys) for operator, keys in left if keys)
