"""Whether the region has AWS's handlers for what a plan makes: asked before anything is made.

Types differ by region and by month, so what Moorline's data say of a type is not enough. What is
read by its name is told by its own reading; what AWS names is asked for here, once for each type.
Source: CloudFormation API reference, DescribeType; a handler that is missing is in no schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import orjson

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.resources.answers import absent
from reconciler.resources.api import Resource

CODE = "CLOUD011"
UNKNOWN_TYPE = "TypeNotFoundException"
NO_HANDLER = "UnsupportedActionException"
NEEDED = ("create", "read", "delete")
"""Handlers without which nothing is made."""
UNPROVISIONED = "NON_PROVISIONABLE"
HELP = "take the spec out of this environment, or use a region that has the type"


def look(
    session: Session, steps: Iterable[Step], graph: Graph, resources: Mapping[str, Resource]
) -> list[Diagnostic]:
    """What the region cannot make of the types of which something is to be made."""
    makes = (Action.CREATE, Action.REPLACE)
    made = [each for each in steps if each.action in makes and resources[each.address.type].generic]
    types = dict.fromkeys(each.address.type for each in made)
    said = {type_: _asked(session, type_, graph.region) for type_ in types}
    return [
        replace(told, at=step.at, address=step.address)
        for step in made
        if (told := said[step.address.type])
    ]


def lined(found: Iterable[Diagnostic], graph: Graph) -> Iterator[Diagnostic]:
    """Findings of reads, those of this kind with the lines of their specs."""
    for each in found:
        node = graph.nodes.get(each.address) if each.address and each.code == CODE else None
        yield replace(each, at=node.origin.at) if node and node.origin else each


def refused(error: AwsError, address: Address | None) -> Diagnostic | None:
    """The finding for a read that says that the region lacks the type; nothing for others."""
    if error.code not in {UNKNOWN_TYPE, NO_HANDLER} or address is None:
        return None
    text = f"AWS cannot read {address.type} in this region: {error}"
    return Diagnostic(CODE, text, help=HELP, address=address)


def _asked(session: Session, type_: str, region: str) -> Diagnostic | None:
    reader = ReadOnly(session, "cloudformation", (absent(UNKNOWN_TYPE),))
    try:
        told = reader.call("describe_type", {"Type": "RESOURCE", "TypeName": type_})
    except Gone:
        return Diagnostic(CODE, f"{region or 'the region'} has no {type_}", help=HELP)
    except AwsError as error:
        text = f"cannot tell whether {region or 'the region'} has {type_}: {error}"
        help_ = (
            "allow cloudformation:DescribeType to the role that plans; apply finds out otherwise"
        )
        return Diagnostic(CODE, text, help=help_, severity=Severity.NOTE)
    lacks = _lacks(told.get("Schema"))
    if told.get("ProvisioningType") == UNPROVISIONED:
        lacks = lacks or NEEDED
    if not lacks:
        return None
    text = f"in {region or 'the region'} AWS's handlers cannot {' or '.join(lacks)} {type_}"
    return Diagnostic(CODE, text, help=HELP)


def _lacks(schema: object) -> tuple[str, ...]:
    """The handlers that a schema lacks; nothing where it cannot be read or lists none at all."""
    try:
        found = orjson.loads(schema) if isinstance(schema, str) else None
    except orjson.JSONDecodeError:
        return ()
    handlers = found.get("handlers") if isinstance(found, dict) else None
    if not isinstance(handlers, dict) or not handlers:
        return ()
    return tuple(each for each in NEEDED if each not in handlers)
