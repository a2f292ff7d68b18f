"""Writes that take their time: accepted, pending, in progress, and done or failed.

Nothing runs by itself: whenever somebody asks, what is due by the sandbox's clock is done first.
"""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import Any

from reconciler.facts import rates
from reconciler.sandbox.services.cloudcontrol import made, paths, refusals, types
from reconciler.sandbox.services.cloudcontrol.failures import Broken, Failure, not_found
from reconciler.sandbox.services.cloudcontrol.identifiers import Asked
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.reading import reading
from reconciler.sandbox.services.cloudcontrol.schema import Kind, kind
from reconciler.sandbox.services.cloudcontrol.shelf import Shelf
from reconciler.sandbox.services.cloudcontrol.store import (
    KEPT,
    CloudControlBackend,
    Record,
    Request,
)
from reconciler.sandbox.state.handlers import Fault
from reconciler.sandbox.state.world import WORLD

PENDING = 0.5
"""Seconds until work begins."""
USUAL = 20.0
"""Seconds that an operation takes."""
CANCELLING = 2.0
STEP = 5.0
"""Seconds after which a handler that waits is called again."""


def accept(
    backend: CloudControlBackend,
    of: Kind,
    operation: str,
    parts: tuple[str, ...],
    **more: Any,  # noqa: ANN401  (further fields of a request)
) -> Request:
    """Begin a write.

    Raises:
        Failure: ConcurrentOperationException.
    """
    name = "|".join(parts)
    for other in backend.requests.values():
        if not other.over and other.type == of.name and name and "|".join(other.parts) == name:
            text = (
                f"Resource of type '{of.name}' with identifier '{name}' has an operation in"
                f" progress: {other.token}"
            )
            raise Failure("ConcurrentOperationException", text)
    fault: Fault | None = more.get("fault")
    took = of.habits.seconds.get(operation, USUAL)
    seconds = took if fault is None or fault.seconds is None else fault.seconds
    now, number = WORLD.clock.now(), WORLD.next_number()
    request = Request(
        token=_token(backend, number),
        type=of.name,
        operation=operation,
        number=number,
        began=now,
        starts=now + min(PENDING, seconds / 2),
        ends=now + seconds,
        parts=parts,
        at=now,
        identifier=name,
        **more,
    )
    backend.requests[request.token] = request
    return request


def settle(backend: CloudControlBackend) -> None:
    """Do what is due, in the order in which it falls due."""
    now = WORLD.clock.now()
    open_ = [request for request in backend.requests.values() if not request.over]
    for request in sorted(open_, key=lambda it: (it.ends, it.number)):
        if request.status == "PENDING" and request.starts <= now:
            _begin(backend, request)
        if request.status == "IN_PROGRESS" and request.ends <= now:
            _end(backend, request)
        if request.status == "CANCEL_IN_PROGRESS" and request.at + CANCELLING <= now:
            request.status, request.at = "CANCEL_COMPLETE", request.at + CANCELLING
    for token, request in [*backend.requests.items()]:
        if request.over and request.at + KEPT < now:
            del backend.requests[token]


def cancel(request: Request) -> None:
    """End a request, if it is not over.

    Raises:
        Failure: ConcurrentModificationException.
    """
    if request.status not in {"PENDING", "IN_PROGRESS"}:
        text = f"Request {request.token} is {request.status} and cannot be cancelled"
        raise Failure("ConcurrentModificationException", text)
    request.status, request.at = "CANCEL_IN_PROGRESS", WORLD.clock.now()


def event(request: Request) -> dict[str, Json]:
    """The ProgressEvent of a request as it is now."""
    waits = request.status == "IN_PROGRESS"
    now = WORLD.clock.now()
    at = request.at + STEP * ((now - request.at) // STEP) if waits else request.at
    found: dict[str, Json] = {
        "TypeName": request.type,
        "RequestToken": request.token,
        "Operation": request.operation.upper(),
        "OperationStatus": request.status,
        "EventTime": round(at, 3),
    }
    if waits:
        found["RetryAfter"] = round(min(at + STEP, request.ends), 3)
    if request.identifier:
        found["Identifier"] = request.identifier
    if request.model:
        found["ResourceModel"] = request.model
    if request.message is not None:
        found["StatusMessage"] = request.message[:2048]
    if request.code:
        found["ErrorCode"] = request.code
    if request.hooks:
        found["HooksRequestToken"] = request.token
    return found


def _shelf(backend: CloudControlBackend, request: Request) -> Shelf:
    return Shelf(backend, kind(request.type, backend.region_name))


def _begin(backend: CloudControlBackend, request: Request) -> None:
    request.status, request.at = "IN_PROGRESS", request.starts
    if request.operation != "create" or request.parts:
        return
    shelf = _shelf(backend, request)
    if not shelf.native:
        request.parts = made.parts(shelf.kind, request.desired, shelf.place(request.number))
        if shelf.kind.habits.early:
            request.identifier = "|".join(request.parts)


def _end(backend: CloudControlBackend, request: Request) -> None:
    """Do the work, and come to an end once what was made in moto has settled."""
    shelf, fault = _shelf(backend, request), request.fault
    fails = fault is not None and bool(fault.code)
    broken: Broken | None = None
    try:
        if not request.done and (not fails or fault.work != "none"):
            _work(shelf, request)
        if not fails and _waits(shelf, request):
            return
    except Broken as found:
        broken = found
    request.at = max(request.ends, WORLD.clock.now() if request.done else 0.0)
    if fails and fault.hook:
        broken = _hooked(request, fault)
    if fails and broken is None:
        text = "" if fault.message is None else fault.message
        broken = Broken(fault.code, text)
        parts = "|".join(request.parts)
        request.identifier = (parts or request.identifier) if fault.identifier else ""
    if broken:
        request.status, request.code = "FAILED", broken.code
        request.message = None if fails and fault.message is None else str(broken)
        request.identifier = broken.found or request.identifier
        return
    request.status = "SUCCESS"
    if request.operation != "delete":
        request.identifier = "|".join(request.parts)
        request.model = _model(shelf, request)


def _hooked(request: Request, fault: Fault) -> Broken:
    """A hook has refused: the event names it, its own events say why."""
    request.hooks = [
        {
            "HookTypeName": fault.hook,
            "HookTypeVersionId": "00000001",
            "InvocationPoint": "PRE_PROVISION",
            "HookStatus": "HOOK_COMPLETE_FAILED",
            "HookEventTime": round(request.ends, 3),
            "HookStatusMessage": fault.message or "",
            "FailureMode": "FAIL",
        }
    ]
    return Broken(fault.code, f"The following hook(s) failed: [{fault.hook}]")


def _work(shelf: Shelf, request: Request) -> None:
    if _throttled(shelf, request.operation):
        raise Broken("Throttling", "Rate exceeded")
    record = WORK[request.operation](shelf, request)
    half = request.fault is not None and request.fault.code and request.fault.work == "half"
    if record and half and request.operation == "create":
        record.half = True
    request.done = True


def _throttled(shelf: Shelf, operation: str) -> bool:
    """Whether the service of the type takes no more calls of handlers now, as of others."""
    buckets, owner = WORLD.buckets, shelf.kind.name.split("::")[1].lower()
    if not buckets.share:
        return False
    family = rates.family(owner, f"{operation}_{shelf.kind.name.rpartition('::')[2]}")
    now = buckets.seconds() if buckets.seconds is not None else WORLD.clock.now()
    key = (owner, shelf.backend.region_name, family.name)
    return not buckets.take(key, family.rate, family.burst, now)


def _waits(shelf: Shelf, request: Request) -> bool:
    """Whether moto is at work still on what was asked."""
    works = getattr(shelf.native, "works", None)
    return bool(works and request.done and works(shelf.aws, request.parts, request.operation))


def _model(shelf: Shelf, request: Request) -> str:
    """What the event of a success shows of the resource: often little."""
    shown = shelf.kind.habits.model
    if shown == "full":
        record = shelf.find(Asked(request.identifier, shelf.kind.identity, request.parts))
        return json.dumps(reading(shelf.kind, record)) if record else ""
    names = [path[0] for path in shelf.kind.identity]
    thin = json.dumps(dict(zip(names, request.parts, strict=True)))
    return thin if shown == "thin" else ""


# -- the work


def _create(shelf: Shelf, request: Request) -> Record:
    if not shelf.native and shelf.taken(request.parts):
        name = "|".join(request.parts)
        text = f"Resource of type '{request.type}' with identifier '{name}' already exists."
        raise Broken("AlreadyExists", text, name)
    types.admitted(request.type, request.desired, shelf.backend.of)
    desired = deepcopy(types.begun(shelf.kind.name, request.desired))
    if request.fault is not None and request.fault.code and request.fault.work == "half":
        wanted = shelf.kind.facts.required | {path[0] for path in shelf.kind.identity}
        desired = {name: value for name, value in desired.items() if name in wanted}
    tagging = shelf.kind.facts.tagging
    if tagging and not tagging.on_create:  # the handler makes it without them
        paths.drop(desired, tagging.property)
    record = shelf.create(desired, request.number, request.parts)
    request.parts = record.parts
    record.unseen, record.unlisted = shelf.kind.habits.unseen, shelf.kind.habits.unlisted
    record.unseen = max(record.unseen, WORLD.lag.of("cloudcontrol.CreateResource"))
    return record


def _update(shelf: Shelf, request: Request) -> Record:
    record = shelf.find(Asked(request.identifier, shelf.kind.identity, request.parts))
    if record is None:
        raise not_found(request.type, request.identifier)
    if record.ends is not None:
        raise Broken("InvalidRequest", f"{request.identifier} is scheduled for deletion.")
    types.refuse(shelf.kind.name, {**record.model, **record.made}, request.desired)
    refusals.check(shelf.kind, record, request.desired)
    before = reading(shelf.kind, record)
    desired = dict(request.desired)
    if request.fault is not None and request.fault.code and request.fault.work == "half":
        changed = sorted(set(request.touched))
        keep = set(changed[: (len(changed) + 1) // 2])
        both = {**before, **record.model}
        desired = {
            name: desired[name] if name in keep or name not in both else both[name]
            for name in {*desired, *(name for name in both if name not in keep)}
            if name in desired or name in both
        }
    shelf.update(record, desired)
    lag = WORLD.lag.of("cloudcontrol.UpdateResource")
    record.stale, record.before = max(shelf.kind.habits.unseen, lag), before
    return record


def _delete(shelf: Shelf, request: Request) -> Record | None:
    record = shelf.find(Asked(request.identifier, shelf.kind.identity, request.parts))
    if record is None or record.ends is not None:
        raise not_found(request.type, request.identifier)
    of, whole = shelf.backend.of, {**record.model, **record.made}
    types.release(shelf.kind.name, whole, lambda other: [it.model for it in of(other).values()])
    if request.fault is None or not request.fault.code or request.fault.work != "half":
        shelf.delete(record)
    return record


WORK = {"create": _create, "update": _update, "delete": _delete}


def _token(backend: CloudControlBackend, number: int) -> str:
    seed = f"{backend.account_id} {backend.region_name} {number}"
    found = hashlib.sha256(seed.encode()).hexdigest()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:32]}"
