"""The operations of Cloud Control: a request in, an answer of AWS JSON 1.0 out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException

from reconciler.sandbox.iam import principals
from reconciler.sandbox.protocol import shapes, wire
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.services.cloudcontrol import engine, identifiers, listing, rights, tokens
from reconciler.sandbox.services.cloudcontrol.failures import (
    Broken,
    Failure,
    at_once,
    invalid,
    not_found,
)
from reconciler.sandbox.services.cloudcontrol.patch import apply, parsed
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.reading import reading
from reconciler.sandbox.services.cloudcontrol.schema import Kind, kind
from reconciler.sandbox.services.cloudcontrol.shelf import Shelf
from reconciler.sandbox.services.cloudcontrol.store import (
    SERVICE,
    CloudControlBackend,
    Record,
    Request,
    cloudcontrol_backends,
)
from reconciler.sandbox.services.sagemaker import listing as pages
from reconciler.sandbox.state.handlers import Fault
from reconciler.sandbox.state.world import WORLD

ACCOUNT = "123456789012"
REQUESTS = 20
"""Requests of a page. Source: ListResourceRequests, MaxResults."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: where, from whom, with what."""

    backend: CloudControlBackend
    params: dict[str, Any]
    sent: Sent

    @property
    def type(self) -> str:
        """The type that it is about."""
        return str(self.params.get("TypeName", ""))

    def kind(self, verb: str) -> Kind:
        """The type, if it can do that here.

        Raises:
            Failure: it cannot.
        """
        found = kind(self.type, self.backend.region_name)
        found.needs(verb)
        return found

    def shelf(self, of: Kind) -> Shelf:
        """The resources of a type here."""
        return Shelf(self.backend, of)


def answer(operation: str, sent: Sent) -> wire.Answer:
    """What Cloud Control answers. The caller holds the sandbox's lock."""
    who = principals.of(sent.access_key)
    home = sent.headers.get("x-moto-account-id") or os.environ.get("MOTO_ACCOUNT_ID", ACCOUNT)
    backend = cloudcontrol_backends[who.account if who else home][sent.region]
    try:
        given = json.loads(sent.body or b"{}")
        shapes.check(SERVICE, operation, given)
        found = OPERATIONS[operation](Call(backend, given, sent))
    except Failure as failure:
        return failure.answer() if failure.code else wire.LOST
    except ServiceException as refused:  # of a shape that is broken
        return Failure(refused.code, refused.message).answer()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "sandbox"}
    return 200, headers, json.dumps(found)


def _fails(fault: Fault | None) -> None:
    """Answer with the exception that was planned, or not at all."""
    if fault is not None and fault.code and fault.at == "answer":
        raise Failure(fault.code, fault.message or "", fault.status)
    if fault is not None and fault.code and fault.operation not in engine.WORK:
        raise Failure(fault.code, fault.message or "", fault.status)
    if fault is not None and fault.lost and fault.operation not in engine.WORK:
        raise Failure("", "")


def _object(text: str, name: str) -> dict[str, Json]:
    try:
        found = json.loads(text)
    except ValueError:
        raise invalid(f"{name} is not valid JSON") from None
    if not isinstance(found, dict):
        raise invalid(f"{name} is no JSON object")
    return found


# -- writes


def _create(call: Call) -> dict[str, Json]:
    of = call.kind("create")
    if again := tokens.known(call.backend, of, "create", call.params):
        return {"ProgressEvent": engine.event(again)}
    desired = _object(call.params["DesiredState"], "DesiredState")
    of.check_new(desired)
    given = [str(value) for value in (_given(desired, path) for path in of.chosen) if value]
    parts = tuple(given) if len(given) == len(of.identity) else ()
    return _accepted(call, of, "create", parts, desired=desired)


def _given(desired: dict[str, Json], path: tuple[str, ...]) -> Json:
    here: Json = desired
    for name in path:
        here = here.get(name) if isinstance(here, dict) else None
    return here


def _update(call: Call) -> dict[str, Json]:
    of = call.kind("update")
    if again := tokens.known(call.backend, of, "update", call.params):
        return {"ProgressEvent": engine.event(again)}
    record = _found(call, of)
    operations = parsed(call.params["PatchDocument"])
    patched = apply(reading(of, record), operations)
    of.check_touched(patched.touched)
    of.check(patched.document)
    touched = tuple(each.names[0] for each in patched.touched if each.names)
    return _accepted(call, of, "update", record.parts, desired=patched.document, touched=touched)


def _delete(call: Call) -> dict[str, Json]:
    of = call.kind("delete")
    if again := tokens.known(call.backend, of, "delete", call.params):
        return {"ProgressEvent": engine.event(again)}
    asked = identifiers.parsed(of, call.params["Identifier"])
    record = call.shelf(of).find(asked)
    if of.habits.missing == "answer" and (record is None or record.ends is not None):
        raise at_once(not_found(of.name, asked.text))
    parts = record.parts if record else asked.parts or (asked.text,)
    return _accepted(call, of, "delete", parts)


def _accepted(
    call: Call,
    of: Kind,
    operation: str,
    parts: tuple[str, ...],
    **more: Any,  # noqa: ANN401  (further fields of a request)
) -> dict[str, Json]:
    """Begin a write, and say how it stands."""
    fault = WORLD.handlers.take(operation, of.name)
    _fails(fault)
    try:
        rights.check(of, operation, call.sent)
    except Broken as refused:  # the handler says so, later
        fault = Fault(operation, of.name, code=refused.code, message=str(refused), identifier=False)
    request = engine.accept(call.backend, of, operation, parts, fault=fault, **more)
    tokens.note(call.backend, operation, call.params, request)
    WORLD.handlers.count(operation, of.name, request.identifier)
    if fault is not None and fault.lost:
        raise Failure("", "")
    return {"ProgressEvent": engine.event(request)}


# -- reads


def _get(call: Call) -> dict[str, Json]:
    of = call.kind("read")
    WORLD.handlers.count("read", of.name, call.params["Identifier"])
    _fails(WORLD.handlers.take("read", of.name))
    try:
        rights.check(of, "read", call.sent)
    except Broken as broken:
        raise at_once(broken) from broken
    record = _found(call, of)
    if record.stale > 0:
        record.stale -= 1
        shown = record.before
    else:
        shown = reading(of, record)
    described = {"Identifier": record.identifier, "Properties": json.dumps(shown)}
    return {"TypeName": of.name, "ResourceDescription": described}


def _found(call: Call, of: Kind) -> Record:
    """What a call asks for, if the read handler sees it yet."""
    asked = identifiers.parsed(of, call.params["Identifier"])
    record = call.shelf(of).find(asked)
    hidden = record is not None and (of.habits.unreadable or record.unseen > 0)
    if record is not None and hidden and record.unseen > 0:
        record.unseen -= 1
    if record is None and _elsewhere(call, of, asked):
        raise Failure("GeneralServiceException", "Moved Permanently (Status Code: 301)")
    if record is None or hidden:
        raise at_once(not_found(of.name, asked.text))
    return record


def _elsewhere(call: Call, of: Kind, asked: identifiers.Asked) -> bool:
    """Whether it is in one of the regions that the type's listing shows too."""
    regions = (cloudcontrol_backends[call.backend.account_id][it] for it in of.habits.foreign)
    return any(Shelf(backend, of).find(asked) is not None for backend in regions)


def _list(call: Call) -> dict[str, Json]:
    of = kind(call.type, call.backend.region_name)
    WORLD.handlers.count("list", of.name)
    _fails(WORLD.handlers.take("list", of.name))
    try:
        rights.check(of, "list", call.sent)
    except Broken as broken:
        raise at_once(broken) from broken
    return listing.page(call.shelf(of), call.params)


# -- requests


def _request(call: Call) -> Request:
    token = call.params["RequestToken"]
    found = call.backend.requests.get(token)
    if found is None:
        raise Failure("RequestTokenNotFoundException", f"Request token {token} was not found.")
    return found


def _poll(call: Call) -> dict[str, Json]:
    request = call.backend.requests.get(call.params["RequestToken"])
    about = request.type if request else ""
    WORLD.handlers.count("poll", about, call.params["RequestToken"])
    _fails(WORLD.handlers.take("poll", about))
    request = _request(call)
    if not request.over:
        WORLD.clock.polled()
        engine.settle(call.backend)
    found = engine.event(request)
    hooks = {"HooksProgressEvent": request.hooks} if request.hooks else {}
    return {"ProgressEvent": found, **hooks}


def _requests(call: Call) -> dict[str, Json]:
    WORLD.handlers.count("requests", "")
    _fails(WORLD.handlers.take("requests", ""))
    wanted = call.params.get("ResourceRequestStatusFilter") or {}
    found = [
        engine.event(each)
        for each in sorted(call.backend.requests.values(), key=lambda it: -it.number)
        if each.operation.upper() in (wanted.get("Operations") or (each.operation.upper(),))
        and each.status in (wanted.get("OperationStatuses") or (each.status,))
    ]
    start = int(pages.content_of(call.params["NextToken"])) if "NextToken" in call.params else 0
    end = start + int(call.params.get("MaxResults") or REQUESTS)
    more = {"NextToken": pages.token(end)} if end < len(found) else {}
    return {"ResourceRequestStatusSummaries": found[start:end], **more}


def _cancel(call: Call) -> dict[str, Json]:
    request = _request(call)
    WORLD.handlers.count("cancel", request.type, request.identifier)
    _fails(WORLD.handlers.take("cancel", request.type))
    engine.cancel(request)
    return {"ProgressEvent": engine.event(request)}


OPERATIONS: dict[str, Callable[[Call], dict[str, Json]]] = {
    "CreateResource": _create,
    "UpdateResource": _update,
    "DeleteResource": _delete,
    "GetResource": _get,
    "ListResources": _list,
    "GetResourceRequestStatus": _poll,
    "ListResourceRequests": _requests,
    "CancelResourceRequest": _cancel,
}
