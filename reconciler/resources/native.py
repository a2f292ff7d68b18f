"""The calls of a service's own API that change what Cloud Control's handlers serve. Pure.

Moorline asks Cloud Control; people, consoles and other tools ask the service. Which calls those are
says the type's schema: its handlers make them too. Source: CloudFormation CLI user guide, "Resource
type schema", `handlers`; of each, `permissions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from reconciler.facts import facts

CONTROL = "cloudcontrolapi"
UPDATE = frozenset({f"{CONTROL}:updateresource"})
_TAGGING = re.compile(r"(?:un)?tag|(?:add|remove)tags")


@cache
def calls(type_: str, verb: str) -> frozenset[str]:
    """``service:method`` of each call, in small letters; tagging is left out, reads are not."""
    found = (each.lower() for each in facts(type_).permissions.get(verb, ()))
    return frozenset(each for each in found if not _TAGGING.match(each.partition(":")[2]))


def services(type_: str) -> frozenset[str]:
    """Whose events may be about it, Cloud Control's too, as CloudTrail calls them."""
    return frozenset({CONTROL, *(each.partition(":")[0] for each in _all(type_))})


def tagging(type_: str) -> frozenset[str]:
    """``service:method`` of the calls that set its tags."""
    said = facts(type_).permissions
    found = (each.lower() for verb in ("create", "update") for each in said.get(verb, ()))
    return frozenset(each for each in found if _TAGGING.match(each.partition(":")[2]))


def _all(type_: str) -> Iterable[str]:
    return (each for verb in facts(type_).permissions for each in calls(type_, verb))
