"""How a write of the Cloud Control API goes on, and what whole answers of it have. Pure.

Source: botocore's model of `cloudcontrol`, ProgressEvent.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.facts import Facts
from reconciler.model.value import Json, Props
from reconciler.resources.answers import Absent, absent, codes
from reconciler.resources.cloudcontrol.document import parsed
from reconciler.resources.generic import IDENTIFIER, PRIMARY
from reconciler.resources.ops import Operation
from reconciler.resources.whole import Whole, members

CREATE, UPDATE, DELETE = "create_resource", "update_resource", "delete_resource"
READ, LIST, POLL = "get_resource", "list_resources", "get_resource_request_status"
REQUESTS = "list_resource_requests"
EVENT = "ProgressEvent"
SLACK = 300.0
"""Seconds beyond what a handler may take, in which its last event arrives."""
GONE: tuple[Absent, ...] = (absent("ResourceNotFound"), absent("NotFound"))
"""By class alone: what a handler says with it is any text."""


def operation(facts: Facts) -> Operation:
    """How long a handler may take is in the schema: 2 minutes to 36 hours."""
    verbs = {CREATE: "create", UPDATE: "update", DELETE: "delete"}
    return Operation(
        methods=frozenset(verbs),
        poll=POLL,
        param="RequestToken",
        token=f"{EVENT}.RequestToken",
        state=f"{EVENT}.OperationStatus",
        done=codes("SUCCESS"),
        busy=codes("PENDING", "IN_PROGRESS", "CANCEL_IN_PROGRESS"),
        failed=codes("FAILED", "CANCEL_COMPLETE"),
        code=f"{EVENT}.ErrorCode",
        message=f"{EVENT}.StatusMessage",
        after=f"{EVENT}.RetryAfter",
        hooks="HooksProgressEvent",
        pending=REQUESTS,
        about=event_about,
        outputs={PRIMARY: f"{EVENT}.{IDENTIFIER}"},
        timeout={
            method: handler.timeout * 60.0 + SLACK
            for method, verb in verbs.items()
            if (handler := facts.handlers.get(verb))
        },
    )


def about(params: Props, answer: Mapping[str, Json]) -> str:
    """Why an answer to a read is not about what was asked for; "" when it is.

    An identifier is repeated in another spelling, so only its parts are compared; the type's
    facts say which they are.
    """
    found = answer.get("ResourceDescription") or {}
    if parsed(found.get("Properties")) is None:
        return "its properties are no document"
    asked, told = str(params.get(IDENTIFIER) or ""), str(found.get(IDENTIFIER) or "")
    return "" if _alike(asked, told) else f"it is not about {asked!r}"


def event_about(params: Props, answer: Mapping[str, Json]) -> str:
    """Why an event is not about the write that was asked for; "" when it is.

    What it does not say, and an identifier that AWS makes, says nothing against it.
    """
    found = answer.get(EVENT) or {}
    type_, asked = params.get("TypeName"), params.get(IDENTIFIER)
    if found.get("TypeName") not in {None, "", type_}:
        return f"it is about {found['TypeName']!r}, not {type_!r}"
    verb = "UPDATE" if "PatchDocument" in params else "CREATE" if asked is None else "DELETE"
    if found.get("Operation") not in {None, "", verb}:
        return f"it is about {found['Operation']!r}, not {verb!r}"
    told = found.get(IDENTIFIER)
    if type(asked) is str and type(told) is str and told and not _alike(asked, told):
        return f"it is not about {asked!r}"
    return ""


def _alike(asked: str, told: str) -> bool:
    """Whether two spellings share what they are made of; the schema's order is not known here."""
    if asked.casefold() == told.casefold():
        return True
    document = parsed(asked)
    one = [str(each) for each in document.values()] if document else asked.split("|")
    two = {_last(each) for each in told.split("|")}
    joined = {told.casefold()}
    return all(
        _last(each) in two or any(each.casefold() in text for text in joined) for each in one
    )


def _last(part: str) -> str:
    if part.startswith("arn:"):
        part = part.rpartition("/")[2] if "/" in part else part.rpartition(":")[2]
    return part.casefold()


READING = Whole(
    has=members(f"ResourceDescription.{IDENTIFIER}", "ResourceDescription.Properties"),
    same={"TypeName": ("TypeName",)},
    about=about,
)
LISTING = Whole(
    has=members("TypeName"),
    same={"TypeName": ("TypeName",)},
    items="ResourceDescriptions",
    each=members(IDENTIFIER),
)
POLLING = Whole(
    has=members(f"{EVENT}.RequestToken", f"{EVENT}.OperationStatus"),
    same={"RequestToken": (f"{EVENT}.RequestToken",)},
)
WRITING = Whole(has=members(f"{EVENT}.RequestToken", f"{EVENT}.OperationStatus"), about=event_about)
PENDING = Whole(items="ResourceRequestStatusSummaries", each=members("RequestToken"))
